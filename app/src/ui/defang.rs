//! Makes hostile text safe to look at and useless to click or copy.

/// Schemes become `hxxp`, `hxxps`, `fxp`; the last dots of host names after a scheme or an `@`, and of bare
/// names that look like hosts, get brackets; control and direction-changing characters become visible.
pub fn defang(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 16);
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(is_break).unwrap_or(rest.len());
        let (word, tail) = rest.split_at(end);
        push_word(&mut out, word);
        let mut chars = tail.chars();
        if let Some(c) = chars.next() {
            push_visible(&mut out, c);
        }
        rest = chars.as_str();
    }
    out
}

fn is_break(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || is_direction(c)
        || matches!(c, '<' | '>' | '"' | '\'' | '(' | ')' | ',' | ';' | '=')
}

/// Characters that reorder what one reads (Unicode UAX #9) or show nothing.
fn is_direction(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

fn push_visible(out: &mut String, c: char) {
    match c {
        '\n' | '\t' => out.push(c),
        '\r' => {}
        c if c.is_control() || is_direction(c) => out.push('\u{fffd}'),
        c => out.push(c),
    }
}

fn push_word(out: &mut String, word: &str) {
    let lower = word.to_ascii_lowercase();
    for (scheme, safe) in [("https://", "hxxps://"), ("http://", "hxxp://"), ("ftp://", "fxp://")] {
        if lower.starts_with(scheme) {
            out.push_str(safe);
            return push_host(out, word.get(scheme.len()..).unwrap_or_default());
        }
    }
    if let Some((user, host)) = word.rsplit_once('@') {
        out.push_str(user);
        out.push('@');
        return push_host(out, host);
    }
    if is_script(&lower) {
        out.push_str(&word.replacen(':', "[:]", 1));
    } else if is_host(&lower) {
        push_host(out, word);
    } else {
        out.push_str(word);
    }
}

/// `javascript:`, `data:` and `vbscript:` addresses.
fn is_script(lower: &str) -> bool {
    ["javascript:", "data:", "vbscript:"].iter().any(|s| lower.starts_with(s))
}

/// Letters in the last label of two or more, so addresses, versions and file sizes stay as they are.
fn is_host(lower: &str) -> bool {
    let host = lower.split(['/', ':', '?', '#']).next().unwrap_or_default();
    let mut labels = host.rsplit('.');
    let last = labels.next().unwrap_or_default();
    let alphabetic = last.len() >= 2 && last.chars().all(|c| c.is_ascii_alphabetic());
    let mut count = 0;
    let clean = labels.all(|l| {
        count += 1;
        !l.is_empty() && l.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
    });
    alphabetic && clean && count >= 1
}

/// Brackets the last dot of the host; the path stays.
fn push_host(out: &mut String, text: &str) {
    let end = text.find(['/', ':', '?', '#']).unwrap_or(text.len());
    let (host, path) = text.split_at(end);
    match host.rsplit_once('.') {
        Some((name, last)) if !last.is_empty() => {
            out.push_str(name);
            out.push_str("[.]");
            out.push_str(last);
        }
        _ => out.push_str(host),
    }
    out.push_str(path);
}

#[cfg(test)]
mod tests {
    use super::defang;

    #[test]
    fn links_cannot_be_followed() {
        assert_eq!(defang("see https://a.b.example/x.html?u=1 now"), "see hxxps://a.b[.]example/x.html?u=1 now");
        assert_eq!(defang("<HTTP://192.0.2.1/x>"), "<hxxp://192.0.2[.]1/x>");
        assert_eq!(defang("mail a.b@c.example,ok"), "mail a.b@c[.]example,ok");
        assert_eq!(defang("javascript:alert(1)"), "javascript[:]alert(1)");
    }

    #[test]
    fn plain_text_stays() {
        for text in ["192.0.2.1:80 tcp", "1.5 MB, v2.3", "2026-11-22 10:38:12Z", "e.g. this.", "a b\n\tc"] {
            assert_eq!(defang(text), text);
        }
        assert_eq!(defang("evil.example:80"), "evil[.]example:80");
    }

    #[test]
    fn hidden_characters_show() {
        assert_eq!(defang("a\u{202e}b\u{0}c\r\nd"), "a\u{fffd}b\u{fffd}c\nd");
    }
}
