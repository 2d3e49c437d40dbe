//! What people see: pages rendered on the server, the parts they are made of, and the few islands that run in the browser.
//!
//! * `ssr`: pages, parts, document, addresses and embedded files; used by the server.
//! * `hydrate`: only the islands; compiled to WebAssembly through `app/front`.

#[cfg(feature = "ssr")]
pub mod assets;
#[cfg(feature = "ssr")]
pub mod document;
pub mod islands;
#[cfg(feature = "ssr")]
pub mod pages;
#[cfg(feature = "ssr")]
pub mod portal;
#[cfg(feature = "ssr")]
pub mod routes;
#[cfg(feature = "ssr")]
pub mod ui;
