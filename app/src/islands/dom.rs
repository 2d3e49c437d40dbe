//! The few questions the islands ask the document.

use leptos::prelude::document;
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, HtmlInputElement};

/// All elements of a selector, in document order.
pub(super) fn all<T: JsCast>(selector: &str) -> Vec<T> {
    let Ok(list) = document().query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.item(i)).filter_map(|node| node.dyn_into().ok()).collect()
}

/// The first element of a selector.
pub(super) fn first<T: JsCast>(selector: &str) -> Option<T> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// The ticks that belong to a bar.
pub(super) fn picks(form: &str) -> Vec<HtmlInputElement> {
    all(&format!("input[data-pick][form=\"{form}\"]"))
}

/// Whether it takes up room on the page.
pub(super) fn shown(element: &HtmlElement) -> bool {
    let area = element.get_bounding_client_rect();
    area.width() > 0.0 && area.height() > 0.0
}

/// Whether what is typed there is text and not a command.
pub(super) fn takes_text(element: &Element) -> bool {
    match element.tag_name().as_str() {
        "TEXTAREA" | "SELECT" => true,
        "INPUT" => {
            !matches!(element.get_attribute("type").as_deref(), Some("checkbox" | "radio" | "button" | "submit"))
        }
        _ => element.closest("[contenteditable]").ok().flatten().is_some(),
    }
}

/// Tells everybody who listens for ticks that they changed.
pub(super) fn announce(tick: &HtmlInputElement) {
    let init = web_sys::EventInit::new();
    init.set_bubbles(true);
    if let Ok(event) = web_sys::Event::new_with_event_init_dict("change", &init) {
        // The only error is an event already being dispatched, and this one is new.
        drop(tick.dispatch_event(&event));
    }
}
