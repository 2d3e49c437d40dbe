//! Text of an HTML mail, line by line: cells become columns, everything that is not text goes.

/// Elements after which a new line begins.
const BLOCKS: [&str; 20] = [
    "br",
    "p",
    "div",
    "tr",
    "li",
    "ul",
    "ol",
    "table",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "pre",
    "blockquote",
    "dd",
    "dt",
    "title",
];

/// Elements whose content nobody sees.
const HIDDEN: [&str; 3] = ["script", "style", "head"];

/// Takes the tags out.
pub(crate) fn text_of(html: &str) -> String {
    let mut out = String::with_capacity(html.len() / 2);
    let mut rest = html;
    // How many elements are open in which the line ends of the source count.
    let mut preserved = 0_usize;
    while let Some(open) = rest.find('<') {
        let (before, tag) = rest.split_at(open);
        push_text(&mut out, before, preserved > 0);
        if let Some(comment) = tag.strip_prefix("<!--") {
            rest = comment.find("-->").and_then(|end| comment.get(end + 3..)).unwrap_or_default();
            continue;
        }
        let Some(end) = tag.find('>') else {
            push_text(&mut out, tag, preserved > 0);
            return out;
        };
        let name = tag.get(1..end).unwrap_or_default();
        let closing = name.starts_with('/');
        let name = name.trim_start_matches('/');
        let name = name.split(|c: char| !c.is_ascii_alphanumeric()).next().unwrap_or_default().to_ascii_lowercase();
        rest = tag.get(end + 1..).unwrap_or_default();
        if name == "pre" {
            preserved = if closing { preserved.saturating_sub(1) } else { preserved + 1 };
        }
        if BLOCKS.contains(&name.as_str()) {
            out.push('\n');
        } else if name == "td" || name == "th" {
            out.push('\t');
        } else if !closing && HIDDEN.contains(&name.as_str()) {
            rest = after_closing(rest, &name);
        }
    }
    push_text(&mut out, rest, preserved > 0);
    out
}

/// What follows the end of a hidden element; all of the text if it never ends, so that nothing is lost.
fn after_closing<'t>(rest: &'t str, name: &str) -> &'t str {
    let end = format!("</{name}");
    let bytes = rest.as_bytes();
    let at = bytes.windows(end.len()).position(|w| w.eq_ignore_ascii_case(end.as_bytes()));
    at.and_then(|at| rest.get(at..)).unwrap_or(rest)
}

/// White space of the source means one space; entities mean their character.
fn push_text(out: &mut String, text: &str, preserved: bool) {
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        if c == '&'
            && let Some((decoded, used)) = entity(rest)
        {
            out.push(decoded);
            rest = rest.get(used..).unwrap_or_default();
            continue;
        }
        match c {
            '\r' if preserved => {}
            c if preserved => out.push(c),
            '\n' | '\r' | '\t' | ' ' if out.ends_with([' ', '\n', '\t']) => {}
            '\n' | '\r' | '\t' => out.push(' '),
            c => out.push(c),
        }
        rest = rest.get(c.len_utf8()..).unwrap_or_default();
    }
}

fn entity(text: &str) -> Option<(char, usize)> {
    let end = text.bytes().take(10).position(|b| b == b';')?;
    let name = text.get(1..end)?;
    let c = match name {
        "nbsp" => ' ',
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        _ => {
            let number = name.strip_prefix('#')?;
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                None => number.parse().ok()?,
            };
            char::from_u32(code).map(|c| if c == '\u{a0}' { ' ' } else { c })?
        }
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_entities_and_hidden_text() {
        let html = "<head><title>x</title></head><p>Hello&nbsp;there &#65;&amp;</p><table><tr><td>Source\n IP</td>\
            <td>192.0.2.1</td></tr></table><script>var a = '<b>';</script><!-- 192.0.2.9 --> end <";
        let lines: Vec<String> = text_of(html).lines().map(|l| l.trim().to_owned()).filter(|l| !l.is_empty()).collect();
        assert_eq!(lines, ["Hello there A&", "Source IP\t\t192.0.2.1", "end <"]);
        assert_eq!(text_of("<pre>\r\none\r\ntwo</pre>three\nfour").trim(), "one\ntwo\nthree four");
    }
}
