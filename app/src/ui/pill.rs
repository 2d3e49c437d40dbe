//! States, certainty and strikes: the small marks that mean the same on every page.

use leptos::prelude::*;

/// A state: dot and word, never colour alone. `class` is one of the six state colours, see [`state_class`].
#[component]
pub fn Pill(
    /// The state's word; underscores are shown as blanks.
    #[prop(into)]
    word: String,
    /// Its colour: open, notified, quarantined, answered, released, closed.
    #[prop(optional, into)]
    class: String,
) -> AnyView {
    let class = if class.is_empty() { state_class(&word) } else { &class };
    view! { <span class=format!("pill {class}")>{word.replace('_', " ")}</span> }.into_any()
}

/// The colour of a case's, quarantine's or notice's state, from its word with spaces or underscores.
pub fn state_class(word: &str) -> &'static str {
    match word.replace(' ', "_").as_str() {
        "open" | "awaiting_approval" | "scheduled" | "queued" => "open",
        "notified" | "applying" | "lifting" | "sending" | "retrying" => "notified",
        "quarantined" | "in_force" | "failed" | "bounced" | "disputed" | "parked" => "quarantined",
        "answered" => "answered",
        "released" | "lifted" | "delivered" | "sent" => "released",
        _ => "closed",
    }
}

/// A small fact in a box: certainty (`kind` "sure" for certain, "unsure" for ambiguous or unknown), "bad", or plain.
#[component]
pub fn Tag(
    /// The word.
    #[prop(into)]
    word: String,
    /// `sure`, `unsure`, `bad` or none; the words certain, ambiguous and unknown choose theirs.
    #[prop(optional, into)]
    kind: String,
) -> AnyView {
    let kind = match (kind.as_str(), word.as_str()) {
        ("", "certain") => "sure",
        ("", "ambiguous" | "unknown") => "unsure",
        (other, _) => other,
    };
    view! { <span class=format!("tag {kind}")>{word}</span> }.into_any()
}

/// Cases in the last twelve months as dots, five at the most, with the number for those who cannot see them.
#[component]
pub fn Strikes(
    /// How many.
    n: u64,
) -> AnyView {
    if n == 0 {
        return ().into_any();
    }
    let text = format!("{n} {} in 12 months", if n == 1 { "strike" } else { "strikes" });
    let more = (n > 5).then(|| view! { <small>{format!("+{}", n - 5)}</small> });
    let dots = "●".repeat(usize::try_from(n.min(5)).unwrap_or(5));
    view! { <span class="strikes" role="img" aria-label=text.clone() title=text>{dots} {more}</span> }.into_any()
}
