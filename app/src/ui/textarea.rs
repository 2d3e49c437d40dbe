//! Text of several lines in a form, escaped: the only place where a `<textarea>` may be written.
use leptos::prelude::*;

/// A bare `<textarea>`; label, hint and error are the caller's.
///
/// Leptos 0.8 does not escape the children of `<textarea>` on the server, so that a hostile value could end the
/// element and bring its own markup. This part escapes, and keeps a leading line break, which HTML would swallow.
#[component]
pub fn TextArea(
    /// The form field's name.
    #[prop(into)]
    name: String,
    /// Its id; the name if empty.
    #[prop(optional, into)]
    id: String,
    /// What is in it.
    #[prop(optional, into)]
    value: String,
    /// Height in lines.
    #[prop(default = 3)]
    rows: u32,
    /// Most characters the browser lets in.
    #[prop(optional)]
    maxlength: Option<usize>,
    /// Must be filled in.
    #[prop(optional)]
    required: bool,
    /// Is marked as wrong.
    #[prop(optional)]
    invalid: bool,
    /// Ids of hint and error, separated by blanks.
    #[prop(optional, into)]
    described_by: Option<String>,
    /// The `autocomplete` token.
    #[prop(optional)]
    complete: Option<&'static str>,
) -> AnyView {
    let id = if id.is_empty() { name.clone() } else { id };
    let text = format!("\n{}", escape(&value));
    view! {
        <textarea
            id=id
            name=name
            rows=rows
            maxlength=maxlength
            required=required
            autocomplete=complete
            aria-invalid=invalid.then_some("true")
            aria-describedby=described_by
        >
            {text}
        </textarea>
    }
    .into_any()
}

fn escape(text: &str) -> String {
    let mut safe = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        match c {
            '&' => safe.push_str("&amp;"),
            '<' => safe.push_str("&lt;"),
            '>' => safe.push_str("&gt;"),
            _ => safe.push(c),
        }
    }
    safe
}

#[cfg(all(test, feature = "ssr"))]
mod tests {
    use super::*;

    fn html(value: &str) -> String {
        let value = value.to_owned();
        Owner::new().with(|| view! { <TextArea name="text" value=value/> }.to_html())
    }

    /// Fails also when a new leptos begins to escape by itself: then drop our escaping, or it is done twice.
    #[test]
    fn hostile_text_cannot_leave_the_element() {
        let html = html("</textarea><script>alert(1)</script> & \"x\"");
        assert!(
            html.contains(">\n&lt;/textarea&gt;&lt;script&gt;alert(1)&lt;/script&gt; &amp; \"x\"</textarea>"),
            "{html}"
        );
        assert_eq!(html.matches("</textarea").count(), 1);
        assert!(!html.contains("<script"));
    }

    #[test]
    fn a_leading_line_break_is_kept() {
        assert!(html("\nsecond line").contains(">\n\nsecond line</textarea>"));
    }
}
