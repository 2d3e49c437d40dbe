//! Style, icon and islands, embedded; browsers may keep them for ever because their address carries the version.
use super::AppState;
use axum::{
    Router,
    extract::Path,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
    routing::get,
};
use rust_embed::RustEmbed;

/// The islands as `cargo xtask wasm` made them. Without them the pages work by plain forms and links.
#[derive(RustEmbed)]
#[folder = "$CARGO_MANIFEST_DIR/../.build/site/pkg"]
#[allow_missing = true]
struct Islands;

const FOR_EVER: &str = "public, max-age=31536000, immutable";
// The islands' file names carry no version: the browser asks each time and mostly hears "not changed".
const ASK_AGAIN: &str = "no-cache";

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/assets/desk.css", get(|| async { embedded("text/css; charset=utf-8", app::assets::STYLE) }))
        .route("/assets/start.js", get(|| async { embedded("text/javascript; charset=utf-8", app::assets::START_JS) }))
        .route("/assets/icon.svg", get(|| async { embedded("image/svg+xml", app::assets::ICON_SVG) }))
        .route("/pkg/{file}", get(islands))
}

fn embedded(kind: &'static str, text: &'static str) -> Response {
    ([(header::CONTENT_TYPE, kind), (header::CACHE_CONTROL, FOR_EVER)], text).into_response()
}

async fn islands(Path(file): Path<String>, request: axum::http::HeaderMap) -> Response {
    let Some(found) = Islands::get(&file) else { return StatusCode::NOT_FOUND.into_response() };
    let kind = match file.rsplit_once('.') {
        Some((_, "js")) => "text/javascript; charset=utf-8",
        Some((_, "wasm")) => "application/wasm",
        _ => "application/octet-stream",
    };
    let tag = format!("\"{}\"", hex::encode(&found.metadata.sha256_hash()[..12]));
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CACHE_CONTROL, ASK_AGAIN.to_owned()),
        (header::ETAG, tag.clone()),
    ];
    if request.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return (StatusCode::NOT_MODIFIED, headers).into_response();
    }
    (headers, found.data.into_owned()).into_response()
}
