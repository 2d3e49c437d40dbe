//! What people see: pages rendered on the server, the parts they are made of, and the few islands that run in the browser.

#[cfg(feature = "ssr")]
pub mod ui;
