//! Headers on every answer; a handler may set its own, stricter ones.
use axum::{
    extract::Request,
    http::{HeaderName, HeaderValue, header},
    middleware::{FromFnLayer, Next, from_fn},
    response::Response,
};
use std::{future::Future, pin::Pin};

/// Pages of the staff: nothing from elsewhere, no inline script, no frame.
const STAFF_POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self'; \
     connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";

const HEADERS: &[(HeaderName, &str)] = &[
    (header::CONTENT_SECURITY_POLICY, STAFF_POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    // Not no-referrer: browsers would then send `Origin: null` with form posts, which the CSRF guard refuses.
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

type Handled = Pin<Box<dyn Future<Output = Response> + Send>>;
type Setter = fn(Request, Next) -> Handled;

/// The layer that sets them where the handler set none.
pub(super) fn layer() -> FromFnLayer<Setter, (), (Request,)> {
    from_fn(set as Setter)
}

fn set(request: Request, next: Next) -> Handled {
    Box::pin(async move {
        let mut response = next.run(request).await;
        for (name, value) in HEADERS {
            response.headers_mut().entry(name).or_insert(HeaderValue::from_static(value));
        }
        response
    })
}
