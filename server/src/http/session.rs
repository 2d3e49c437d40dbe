//! The session cookie of the staff.
pub(super) use crate::sessions::USER;

use crate::{desk::Desk, sessions::Sessions};
use tower_sessions::{SessionManagerLayer, cookie::SameSite};

/// The layer: cookie `lazaret` (`__Host-lazaret` over https), HttpOnly, SameSite=Lax.
pub(super) fn layer(desk: &Desk) -> SessionManagerLayer<Sessions> {
    let secure = desk.public_url().starts_with("https://");
    SessionManagerLayer::new(Sessions(desk.clone()))
        .with_name(if secure { "__Host-lazaret" } else { "lazaret" })
        .with_secure(secure)
        .with_same_site(SameSite::Lax)
        .with_http_only(true)
}
