//! The bulk bar's voice: counts the ticks, and ticks all. (The style hides the bar while nothing is ticked.)
#![expect(missing_docs, reason = "the island macro writes a struct that takes no docstring")]

use leptos::prelude::*;

/// "2 selected", in the bar of that id.
#[island]
pub fn BulkCount(
    /// The bar's id.
    form: String,
) -> impl IntoView {
    let (text, set_text) = signal("With the ticked rows:".to_owned());
    #[cfg(feature = "hydrate")]
    browser::start(form, set_text);
    #[cfg(not(feature = "hydrate"))]
    drop((form, set_text));
    view! { <span class="count" aria-live="polite">{text}</span> }
}

#[cfg(feature = "hydrate")]
mod browser {
    use leptos::{ev, prelude::*};
    use web_sys::{HtmlElement, HtmlInputElement};

    use crate::islands::dom;

    pub(super) fn start(form: String, set_text: WriteSignal<String>) {
        Effect::new(move |_| {
            for all in dom::all::<HtmlElement>(&format!("[data-all=\"{form}\"]")) {
                all.set_hidden(false);
            }
            refresh(&form, set_text);
            let form = form.clone();
            // Kept for as long as the page lives, as the island is.
            std::mem::forget(window_event_listener(ev::change, move |event| {
                let tick: HtmlInputElement = event_target(&event);
                if tick.get_attribute("data-all").as_deref() == Some(form.as_str()) {
                    dom::picks(&form).iter().for_each(|pick| pick.set_checked(tick.checked()));
                }
                refresh(&form, set_text);
            }));
        });
    }

    fn refresh(form: &str, set_text: WriteSignal<String>) {
        let picks = dom::picks(form);
        let count = picks.iter().filter(|pick| pick.checked()).count();
        set_text.set(format!("{count} selected"));
        for all in dom::all::<HtmlInputElement>(&format!("[data-all=\"{form}\"]")) {
            all.set_checked(count > 0 && count == picks.len());
            all.set_indeterminate(count > 0 && count < picks.len());
        }
    }
}
