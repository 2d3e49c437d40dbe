//! Defanged text made whole again: `hxxp://bad[.]example` and its cousins.
use std::borrow::Cow;

/// What people write so that nobody clicks, and what they mean; compared without regard to case.
const PAIRS: [(&str, &str); 36] = [
    (" _._ ", "."),
    ("_._", "."),
    ("htxtp", "http"),
    ("hxxps", "https"),
    ("hxxp", "http"),
    ("hxtp", "http"),
    ("h**p", "http"),
    ("h__p", "http"),
    ("fxp:", "ftp:"),
    (" [:] ", ":"),
    (" [://] ", "://"),
    (" :// ", "://"),
    (" / ", "/"),
    (" [.] ", "."),
    (" (.) ", "."),
    (" [dot] ", "."),
    ("[.]", "."),
    ("(.)", "."),
    ("{.}", "."),
    ("[.", "."),
    (".]", "."),
    ("[dot]", "."),
    ("(dot)", "."),
    ("{dot}", "."),
    (" dot ", "."),
    ("[:][//]", "://"),
    ("[:]", ":"),
    ("[://]", "://"),
    ("(://)", "://"),
    ("[/]", "/"),
    ("[//]", "//"),
    ("[at]", "@"),
    ("(at)", "@"),
    ("\\.", "."),
    (" .", "."),
    (":// ", "://"),
];

/// Signs without which there is nothing to do.
const SIGNS: [&str; 18] = [
    "XXp", "_._", "tXtp", "txtp", "xxp", "xtp", "**p", "__p", "fxp:", "[", "(", "{", ".]", "\\.", " dot ", " DOT ",
    " .", ":// ",
];

/// Makes a line whole. Brackets that defang nothing stay.
pub(crate) fn refang(line: &str) -> Cow<'_, str> {
    if !SIGNS.iter().any(|sign| line.contains(sign)) && !line.contains("XXP") {
        return Cow::Borrowed(line);
    }
    let lower = line.to_ascii_lowercase();
    let mut out = String::with_capacity(line.len());
    let mut at = 0;
    while at < line.len() {
        let rest = lower.get(at..).unwrap_or_default();
        let pair = PAIRS.iter().find(|(from, to)| rest.starts_with(from) && fits(&lower, at, from, to));
        if let Some((from, to)) = pair {
            out.push_str(to);
            at += from.len();
            continue;
        }
        let Some(c) = line.get(at..).and_then(|r| r.chars().next()) else { break };
        out.push(c);
        at += c.len_utf8();
    }
    if out == line { Cow::Borrowed(line) } else { Cow::Owned(out) }
}

/// A dot joins two labels; half a bracket counts only between digits, where people write `192.0.2[.1`.
fn fits(lower: &str, at: usize, from: &str, to: &str) -> bool {
    let before = lower.get(..at).and_then(|t| t.chars().next_back());
    let after = lower.get(at + from.len()..).and_then(|t| t.chars().next());
    // With blanks on both sides it is ordinary text, unless a defanged link was pulled apart so.
    let pulled = lower.contains("xxp")
        || lower.contains("[://]")
        || lower.matches(" [.] ").count() >= 3
        || from == " [.] " && (lower.contains("://") || is_name(lower, at, from));
    if from.len() > 2 && from.starts_with(' ') && from.ends_with(' ') && !matches!(from, " dot " | " _._ ") && !pulled {
        return false;
    }
    match to {
        "://" if matches!(from, " :// " | " [://] " | "[://]" | "(://)" | "[:][//]") => {
            before.is_some_and(|c| matches!(c, 'p' | 's'))
        }
        "://" if from == ":// " => {
            before.is_some_and(|c| matches!(c, 'p' | 's')) && after.is_some_and(char::is_alphanumeric)
        }
        "." | ":" | "@" | "/" => {
            let half = matches!(from, "[." | ".]");
            let joins =
                |c: Option<char>| c.is_some_and(|c| if half { c.is_ascii_digit() } else { c.is_alphanumeric() });
            let slash = to != "." && after == Some('/');
            let last = to == "/" && from == "[/]" && after.is_none_or(char::is_whitespace);
            joins(before) && (joins(after) || slash || last)
        }
        _ => !before.is_some_and(char::is_alphanumeric),
    }
}

/// Whether the words on both sides make the name of a host: no sentence has a dot in brackets between two words.
fn is_name(lower: &str, at: usize, from: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || c == '-';
    let before = lower.get(..at).unwrap_or_default();
    let label = before.get(before.rfind(|c| !plain(c)).map_or(0, |p| p + 1)..).unwrap_or_default();
    let after = lower.get(at + from.len()..).unwrap_or_default();
    let end = after.find(|c: char| !c.is_ascii_alphabetic()).unwrap_or(after.len());
    let joined = before.bytes().all(|b| b.is_ascii()) && label.len() >= 3 && (2..=18).contains(&end);
    joined && after.get(end..).is_some_and(|r| r.is_empty() || r.starts_with(['/', ' ', ',', ')', '"', '?', '.']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whole_again() {
        let cases = [
            ("hxxp://bad[.]example/x", "http://bad.example/x"),
            ("hXXps[:]//bad(dot)example", "https://bad.example"),
            ("192.0.2[.]1 and 192[.]0[.]2[.]1", "192.0.2.1 and 192.0.2.1"),
            ("192.0.2[.1 bob[at]shop.example", "192.0.2.1 bob@shop.example"),
            ("sshd[123]: from [192.0.2.1] (see.)", "sshd[123]: from [192.0.2.1] (see.)"),
            ("http [://] bad [.] example/x", "http://bad.example/x"),
            ("IP: 192 [.] 0 [.] 2 [.] 1", "IP: 192.0.2.1"),
            ("häßlich [.] text", "häßlich [.] text"),
            ("a page at bad-shop [.] example/ for you", "a page at bad-shop.example/ for you"),
            ("https://bad [.] example/a [.] html", "https://bad.example/a.html"),
            ("hxxps[:][//]bad[.]example[/]x", "https://bad.example/x"),
        ];
        for (from, to) in cases {
            assert_eq!(refang(from), to);
        }
    }
}
