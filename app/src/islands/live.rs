//! The live queue: asks now and then how much is new, and offers to show it. Asks nothing while the tab is hidden.
#![expect(missing_docs, reason = "the island macro writes a struct that takes no docstring")]

use leptos::prelude::*;

/// "Updated 10:42:07", a link to the list itself; in the browser it becomes "3 new: show".
#[island]
pub fn LiveQueue(
    /// Answers `{"new": n}`, see `routes::live`.
    poll: String,
    /// The list.
    href: String,
    /// What stands there until something is new.
    text: String,
) -> impl IntoView {
    let (shown, set_shown) = signal(text);
    let (fresh, set_fresh) = signal(false);
    #[cfg(feature = "hydrate")]
    browser::start(poll, set_shown, set_fresh);
    #[cfg(not(feature = "hydrate"))]
    drop((poll, set_shown, set_fresh));
    view! {
        <span aria-live="polite">
            <a class="live" class:fresh=move || fresh.get() href=href data-key="." title="Show the newest">
                {move || shown.get()}
            </a>
        </span>
    }
}

#[cfg(feature = "hydrate")]
mod browser {
    use std::time::Duration;

    use leptos::prelude::*;
    use wasm_bindgen::{JsCast, prelude::Closure};
    use web_sys::{VisibilityState, XmlHttpRequest};

    const EVERY: Duration = Duration::from_secs(15);

    pub(super) fn start(poll: String, shown: WriteSignal<String>, fresh: WriteSignal<bool>) {
        Effect::new(move |_| {
            let poll = poll.clone();
            set_interval(
                move || {
                    if document().visibility_state() == VisibilityState::Visible {
                        // A question that cannot be asked is asked again next time.
                        drop(ask(&poll, shown, fresh));
                    }
                },
                EVERY,
            );
        });
    }

    fn ask(poll: &str, shown: WriteSignal<String>, fresh: WriteSignal<bool>) -> Result<(), wasm_bindgen::JsValue> {
        let request = XmlHttpRequest::new()?;
        request.open("GET", poll)?;
        let answer = request.clone();
        let done = Closure::once_into_js(move || {
            let text = answer.response_text().ok().flatten().unwrap_or_default();
            if let Some(count) = count(&text).filter(|n| *n > 0) {
                shown.set(format!("{count} new: show"));
                fresh.set(true);
            }
        });
        request.set_onload(Some(done.unchecked_ref()));
        request.send()
    }

    fn count(text: &str) -> Option<u64> {
        leptos::serde_json::from_str::<leptos::serde_json::Value>(text).ok()?.get("new")?.as_u64()
    }
}
