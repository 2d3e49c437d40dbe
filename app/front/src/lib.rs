//! The wasm crate that the browser loads: it wakes the islands of [`app`] and holds nothing else.

// Without this use the linker drops the islands, because nothing calls them by name.
use app as _;
use wasm_bindgen::prelude::wasm_bindgen;

/// Called once by the page's script, before the islands are hydrated one by one.
#[wasm_bindgen]
pub fn hydrate() {
    leptos::mount::hydrate_islands();
}
