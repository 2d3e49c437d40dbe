//! Text from outside, shown as what it is: text.

use leptos::prelude::*;

use super::defang;

/// Hostile text in a block: escaped, links defanged, control characters made visible.
#[component]
pub fn Raw(
    /// As received.
    #[prop(into)]
    text: String,
) -> AnyView {
    view! { <pre class="raw" tabindex="0">{defang(&text)}</pre> }.into_any()
}
