//! Keys: move over the rows, open, tick, find, and press whatever on the page carries the key.

use leptos::prelude::*;

const KEYS: [(&str, &str); 18] = [
    ("j k", "next, previous row"),
    ("Enter →", "open the row"),
    ("x", "tick the row"),
    ("/", "find"),
    ("o", "open case"),
    ("n", "notice"),
    ("q", "quarantine"),
    ("r", "release"),
    ("c", "close"),
    ("m", "note"),
    ("a", "assign to me"),
    ("y", "accept the report"),
    ("s", "skip it"),
    ("t", "teach: make a feed of it"),
    ("z", "undo"),
    ("[ ]", "previous, next page"),
    (".", "show what is new"),
    ("?", "this list"),
];

/// The list of all keys, and the keys themselves. Once on every staff page.
#[island]
pub fn Shortcuts() -> impl IntoView {
    #[cfg(feature = "hydrate")]
    browser::start();
    let rows: Vec<_> =
        KEYS.into_iter().map(|(key, what)| view! { <div><dt><kbd>{key}</kbd></dt><dd>{what}</dd></div> }).collect();
    view! {
        <dialog id="keys" aria-label="Keys">
            <h2>"Keys"</h2>
            <dl>{rows}</dl>
            <form method="dialog"><button class="btn">"Close"</button></form>
        </dialog>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::{cell::Cell, time::Duration};

    use leptos::{ev, prelude::*};
    use wasm_bindgen::JsCast;
    use web_sys::{Element, HtmlDialogElement, HtmlElement, HtmlInputElement, KeyboardEvent};

    use crate::islands::{dom, shortcuts::peek};

    /// How long a row must stay selected before its panel is fetched: a held-down `j` fetches nothing on its way.
    const REST: Duration = Duration::from_millis(120);

    pub(super) fn start() {
        Effect::new(|_| {
            // Kept for as long as the page lives, as the island is.
            std::mem::forget(window_event_listener(ev::keydown, pressed));
            std::mem::forget(window_event_listener(ev::click, |event| {
                if let Some(target) = event.target().and_then(|t| t.dyn_into::<Element>().ok()) {
                    clicked(&target);
                }
            }));
        });
    }

    fn pressed(event: KeyboardEvent) {
        if event.ctrl_key() || event.meta_key() || event.alt_key() || event.default_prevented() {
            return;
        }
        let focused = document().active_element();
        let key = event.key();
        if focused.as_ref().is_some_and(dom::takes_text) {
            if key == "Escape"
                && let Some(field) = focused.and_then(|f| f.dyn_into::<HtmlElement>().ok())
            {
                // Blur fails on nothing that has the focus.
                drop(field.blur());
            }
            return;
        }
        if dom::first::<Element>("dialog[open]").is_none() && act(&key, focused.as_ref()) {
            event.prevent_default();
        }
    }

    /// Does what the key stands for; says whether there was anything to do.
    fn act(key: &str, focused: Option<&Element>) -> bool {
        match key {
            "j" => step(1),
            "k" => step(-1),
            // What has the focus and knows Enter keeps it.
            "Enter" if focused.is_some_and(|f| f.matches("a,button,summary,input,audio,video").unwrap_or(false)) => {
                false
            }
            "Enter" | "ArrowRight" => current().and_then(|row| link_of(&row)).map(|link| link.click()).is_some(),
            "x" => current().and_then(|row| tick_of(&row)).map(|tick| toggle(&tick)).is_some(),
            "/" => dom::first::<HtmlInputElement>("[data-find]").map(|find| find.select()).is_some(),
            "?" => dom::first::<HtmlDialogElement>("dialog#keys").map(|keys| keys.show_modal()).is_some(),
            "Escape" => dom::first::<HtmlElement>("details.act[open]").map(|d| d.remove_attribute("open")).is_some(),
            other => press(other),
        }
    }

    fn rows() -> Vec<HtmlElement> {
        dom::all("[data-row]")
    }

    fn current() -> Option<HtmlElement> {
        dom::first("[data-row][aria-selected=true]")
    }

    fn link_of(row: &HtmlElement) -> Option<HtmlElement> {
        row.query_selector("a[href]").ok().flatten()?.dyn_into().ok()
    }

    fn tick_of(row: &HtmlElement) -> Option<HtmlInputElement> {
        row.query_selector("input[type=checkbox]").ok().flatten()?.dyn_into().ok()
    }

    fn toggle(tick: &HtmlInputElement) {
        tick.set_checked(!tick.checked());
        dom::announce(tick);
    }

    fn step(by: isize) -> bool {
        let rows = rows();
        let now = rows.iter().position(|r| r.get_attribute("aria-selected").as_deref() == Some("true"));
        let next = match now {
            None => 0,
            Some(index) => index.saturating_add_signed(by).min(rows.len().saturating_sub(1)),
        };
        let Some(row) = rows.get(next) else { return false };
        select(row);
        true
    }

    fn select(row: &HtmlElement) {
        for other in rows() {
            // Setting a valid attribute name cannot fail.
            drop(other.set_attribute("aria-selected", "false"));
        }
        drop(row.set_attribute("aria-selected", "true"));
        let options = web_sys::ScrollIntoViewOptions::new();
        options.set_block(web_sys::ScrollLogicalPosition::Nearest);
        row.scroll_into_view_with_scroll_into_view_options(&options);
        if let Some(url) = row.get_attribute("data-peek") {
            let turn = TURN.with(|t| {
                t.set(t.get() + 1);
                t.get()
            });
            set_timeout(
                move || {
                    if TURN.with(Cell::get) == turn {
                        peek::show(url)
                    }
                },
                REST,
            );
        }
    }

    thread_local! {
        /// Counts selections, so that only the last of a fast run is fetched.
        static TURN: Cell<u64> = const { Cell::new(0) };
    }

    /// A click beside the links of a row selects it.
    fn clicked(target: &Element) {
        if target.closest("a,button,input,label,summary,select,textarea").ok().flatten().is_some() {
            return;
        }
        let row = target.closest("[data-peek]").ok().flatten().and_then(|r| r.dyn_into::<HtmlElement>().ok());
        if let Some(row) = row {
            select(&row);
        }
    }

    /// Presses what carries the key: in the bulk bar while rows are ticked, else the first outside it.
    fn press(key: &str) -> bool {
        let all: Vec<HtmlElement> = dom::all("[data-key]");
        let mut fit = all.into_iter().filter(|e| e.get_attribute("data-key").as_deref() == Some(key) && dom::shown(e));
        let ticked = dom::first::<Element>("[data-pick]:checked").is_some();
        let in_bar = |e: &HtmlElement| e.closest("[data-bulk]").ok().flatten().is_some();
        let Some(target) = fit.find(|e| in_bar(e) == ticked) else { return false };
        target.click();
        if target.tag_name() == "SUMMARY"
            && let Some(field) = first_field(&target)
        {
            // Focus fails on nothing that is shown.
            drop(field.focus());
        }
        true
    }

    fn first_field(summary: &HtmlElement) -> Option<HtmlElement> {
        let inside = summary.parent_element()?;
        let field = inside.query_selector("textarea,select,input:not([type=hidden]),button").ok().flatten()?;
        field.dyn_into().ok()
    }
}

#[cfg(feature = "hydrate")]
mod peek {
    //! The panel of the row just selected: the same page with that row in the panel, of which only the panel is taken.

    use leptos::prelude::{document, window};
    use wasm_bindgen::{JsCast, JsValue, prelude::Closure};
    use web_sys::{DomParser, SupportedType, XmlHttpRequest};

    pub(super) fn show(url: String) {
        // Without an answer the panel stays as it is; Enter still opens the row.
        drop(ask(url));
    }

    fn ask(url: String) -> Result<(), JsValue> {
        let request = XmlHttpRequest::new()?;
        request.open("GET", &url)?;
        let answer = request.clone();
        let done = Closure::once_into_js(move || drop(swap(&answer, &url)));
        request.set_onload(Some(done.unchecked_ref()));
        request.send()
    }

    fn swap(answer: &XmlHttpRequest, url: &str) -> Result<(), JsValue> {
        let text = answer.response_text()?.unwrap_or_default();
        let page = DomParser::new()?.parse_from_string(&text, SupportedType::TextHtml)?;
        let (Some(new), Some(old)) = (page.query_selector("#peek")?, document().query_selector("#peek")?) else {
            return Ok(());
        };
        old.replace_with_with_node_1(&new)?;
        window().history()?.replace_state_with_url(&JsValue::NULL, "", Some(url))
    }
}
