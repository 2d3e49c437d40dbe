//! Small line drawings, sixteen units square, in the colour of the text beside them.

use leptos::prelude::*;

/// A drawing by name; an unknown name draws nothing. Always decoration: the word stands beside it.
#[component]
pub fn Icon(
    /// Which one.
    name: &'static str,
) -> AnyView {
    view! {
        <svg class="icon" width="16" height="16" viewBox="0 0 16 16" aria-hidden="true">
            <path d=path(name) fill="none" stroke="currentColor" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round" />
        </svg>
    }
    .into_any()
}

fn path(name: &str) -> &'static str {
    match name {
        "sign" => "M13.2 5.2A6 6 0 1 0 13.9 9M8 5.2v5.6M5.2 8h5.6",
        "inbox" => "M2 9h3.4l1 2h3.2l1-2H14M2 9l2-6h8l2 6v4H2z",
        "sort" => "M3 4h10M3 8h6M3 12h3M12 8v5M10 11l2 2 2-2",
        "case" => "M2 5h12v8H2zM6 5V3h4v2M2 9h12",
        "stamp" => "M3 13.5h10M4 11h8V9.500H9.500V6a2 2 0 1 0-3 0v3.500H4z",
        "shield" => "M8 2l5 2v4c0 3-2.200 5-5 6-2.800-1-5-3-5-6V4zM5.800 8h4.400",
        "mail" => "M2 4h12v8.500H2zM2 4.500l6 4.500 6-4.500",
        "people" => {
            "M6 8a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5zM1.500 13.500c.3-2.500 2-4 4.500-4s4.200 1.500 4.500 4M11 3.300a2.500 2.500 0 0 1 0 4.500M12.300 9.800c1.300.6 2.100 1.900 2.300 3.700"
        }
        "lookup" => "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.300 10.300L14 14M7 4.800V7l1.500 1",
        "chart" => "M2.500 13.500h11M4 13V9M7 13V5M10 13V7.500M13 13V3",
        "megaphone" => "M2.500 6.500v3h2.500l6 3V3.500l-6 3zM5 9.500l1 3.500h1.500M13 6.500v3",
        "record" => "M3.500 2h7l2 2v10h-9zM6 6h4M6 8.500h4M6 11h2.500",
        "feed" => "M2.500 3h11v10h-11zM2.500 6.300h11M2.500 9.600h11M6.500 3v10",
        "policy" => "M8 2v12M4 14h8M3 4.500h10M3 4.500L1.500 9h3zM13 4.500L11.500 9h3z",
        "settings" => "M2 5h6M12 5h2M2 11h2M8 11h6M10 7a2 2 0 1 0 0-4 2 2 0 0 0 0 4zM6 13a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
        "find" => "M7 11.500a4.500 4.500 0 1 0 0-9 4.500 4.500 0 0 0 0 9zM10.300 10.300L14 14",
        "ok" => "M3 8.500l3.200 3L13 4.500",
        "alert" => "M8 2.500l6 11H2zM8 6.500v3.200M8 11.600v.1",
        _ => "",
    }
}
