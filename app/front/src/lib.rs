//! The WebAssembly the browser loads: every island of `app`, and the call that readies them.

use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Prepares the reactive runtime; `/assets/start.js` calls it once and then wakes each island on the page.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
