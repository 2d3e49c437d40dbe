//! What the top of a mail says about its delivery: the verdicts of our own mail server (RFC 8601), and whether a machine
//! may answer it (RFC 3834). Everything a stranger may have written there is passed over.
use domain::reporter::{Method, Provenance, Verdict, standing};

/// As much of a mail is looked through for headers, in bytes.
const HEADER_BYTES: usize = 256 * 1024;
/// As many verdicts are kept.
const VERDICTS_MAX: usize = 12;
/// Characters kept of a word from outside.
const WORD_CHARS: usize = 255;

/// What the delivery of these bytes showed; none when they are no mail. `authserv_id` is the name our own mail server
/// writes into `Authentication-Results`, empty: none is believed. `own` are addresses we write from.
#[must_use]
pub fn provenance(bytes: &[u8], reporter: &str, authserv_id: &str, own: &[&str]) -> Option<Provenance> {
    let headers = headers(bytes)?;
    let verdicts = verdicts(&headers, authserv_id);
    Some(Provenance {
        standing: standing(&verdicts, reporter),
        verdicts,
        message_id: value(&headers, "message-id").and_then(within_brackets).map(short).unwrap_or_default(),
        silent: silent(&headers, own).unwrap_or_default(),
    })
}

/// Names in lower case and unfolded values, in their order; none when this is not the top of a mail.
fn headers(bytes: &[u8]) -> Option<Vec<(String, String)>> {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    let text = String::from_utf8_lossy(bytes.get(..HEADER_BYTES).unwrap_or(bytes));
    let text = text.trim_start();
    let mut found: Vec<(String, String)> = Vec::new();
    for line in text.lines() {
        if line.trim().is_empty() {
            break;
        }
        if line.starts_with([' ', '\t']) {
            if let Some((_, last)) = found.last_mut() {
                last.push(' ');
                last.push_str(line.trim());
            }
            continue;
        }
        // A mailbox file puts a line of its own before the mail.
        if found.is_empty() && line.starts_with("From ") {
            continue;
        }
        match line.split_once(':').filter(|(name, _)| !name.is_empty() && name.bytes().all(|b| b.is_ascii_graphic())) {
            Some((name, value)) => found.push((name.to_ascii_lowercase(), value.trim().to_owned())),
            // One broken line must not hide the others: they may forbid an answer.
            None if !found.is_empty() => {}
            None => return None,
        }
    }
    let mail = ["from", "received", "message-id", "return-path"];
    found.iter().any(|(name, _)| mail.contains(&name.as_str())).then_some(found)
}

fn value<'h>(headers: &'h [(String, String)], name: &str) -> Option<&'h str> {
    headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
}

fn within_brackets(text: &str) -> Option<&str> {
    let (_, rest) = text.split_once('<')?;
    rest.split_once('>').map(|(id, _)| id.trim()).filter(|id| !id.is_empty())
}

fn short(text: &str) -> String {
    text.chars().filter(|letter| !letter.is_control()).take(WORD_CHARS).collect()
}

/// Why no machine may answer.
fn silent(headers: &[(String, String)], own: &[&str]) -> Option<String> {
    let word = |name: &str| {
        let text = without_comments(value(headers, name)?);
        let word = text.split([';', ',']).next().unwrap_or_default().trim().to_ascii_lowercase();
        (!word.is_empty()).then(|| short(&word))
    };
    if let Some(how) = word("auto-submitted").filter(|how| how != "no") {
        return Some(format!("Auto-Submitted says {how}"));
    }
    if let Some(how) = word("precedence").filter(|how| ["bulk", "list", "junk", "auto_reply"].contains(&how.as_str())) {
        return Some(format!("Precedence says {how}"));
    }
    if let Some((name, _)) = headers.iter().find(|(name, _)| name.starts_with("list-")) {
        return Some(format!("it came through a mailing list ({})", short(name)));
    }
    if let Some(what) = word("x-auto-response-suppress").filter(|what| what != "none") {
        return Some(format!("X-Auto-Response-Suppress says {what}"));
    }
    if value(headers, "return-path").is_some_and(|path| address(path).is_empty()) {
        return Some("its return path is empty".to_owned());
    }
    for name in ["return-path", "from", "sender", "reply-to"] {
        let Some(from) = value(headers, name).map(address) else { continue };
        let local = from.split('@').next().unwrap_or_default();
        if local == "mailer-daemon" || local.starts_with("owner-") || local.ends_with("-request") {
            return Some(format!("{local} is a machine"));
        }
        if own.iter().any(|own| own.eq_ignore_ascii_case(&from)) {
            return Some("it comes from our own address".to_owned());
        }
    }
    None
}

/// The address of a header, lower case; empty when there is none.
fn address(text: &str) -> String {
    let inner = text.rsplit_once('<').map_or(text, |(_, rest)| rest.split('>').next().unwrap_or_default());
    inner.trim().to_ascii_lowercase()
}

/// The verdicts under our server's name. Whatever stands further down may be a stranger's: of each method only the
/// topmost header that speaks of it counts.
fn verdicts(headers: &[(String, String)], authserv_id: &str) -> Vec<Verdict> {
    let mut found: Vec<Verdict> = Vec::new();
    if authserv_id.is_empty() {
        return found;
    }
    for (_, text) in headers.iter().filter(|(name, _)| name == "authentication-results") {
        let text = without_comments(text);
        let mut parts = split(&text, ';').into_iter();
        let id = parts.next().unwrap_or_default();
        let id = id.split_whitespace().next().unwrap_or_default();
        if !unquoted(id).eq_ignore_ascii_case(authserv_id) {
            continue;
        }
        let said: Vec<Verdict> = parts.filter_map(|part| verdict(&part)).collect();
        let known: Vec<Method> = found.iter().map(|verdict| verdict.method).collect();
        found.extend(said.into_iter().filter(|verdict| !known.contains(&verdict.method)));
    }
    found.truncate(VERDICTS_MAX);
    found
}

/// One `method=result ptype.property=value ...`.
fn verdict(text: &str) -> Option<Verdict> {
    // White space may stand around the signs (RFC 8601 section 2.2).
    let text = text.replace(" =", "=").replace("= ", "=");
    let mut words = split(&text, ' ').into_iter().filter(|word| !word.is_empty());
    let first = words.next()?;
    let (method, result) = first.split_once('=')?;
    let method = Method::parse(&method.split('/').next().unwrap_or_default().trim().to_ascii_lowercase())?;
    let properties: Vec<(String, String)> = words
        .filter_map(|word| {
            let (name, value) = word.split_once('=')?;
            Some((name.to_ascii_lowercase(), unquoted(value).to_owned()))
        })
        .collect();
    let wanted: &[&str] = match method {
        Method::Dkim => &["header.d", "header.i"],
        Method::Spf => &["smtp.mailfrom", "smtp.mail", "smtp.helo"],
        Method::Dmarc => &["header.from"],
        Method::Arc => &["header.d"],
    };
    let domain = wanted.iter().find_map(|name| properties.iter().find(|(known, _)| known == name));
    let domain = domain.map_or("", |(_, value)| value.rsplit_once('@').map_or(value.as_str(), |(_, domain)| domain));
    let domain = domain.trim_matches(['<', '>']);
    Some(Verdict {
        method,
        result: short(&result.trim().to_ascii_lowercase()),
        domain: short(&domain.to_ascii_lowercase()),
    })
}

fn unquoted(text: &str) -> &str {
    text.trim().trim_matches('"')
}

/// Splits at a sign that does not stand in quotes.
fn split(text: &str, at: char) -> Vec<String> {
    let (mut parts, mut quoted) = (vec![String::new()], false);
    for letter in text.chars() {
        quoted ^= letter == '"';
        if letter == at && !quoted {
            parts.push(String::new());
        } else if let Some(last) = parts.last_mut() {
            last.push(letter);
        }
    }
    parts
}

/// The text without its comments, which may be nested (RFC 5322 section 3.2.2).
fn without_comments(text: &str) -> String {
    let (mut out, mut depth, mut quoted, mut escaped) = (String::new(), 0_u32, false, false);
    for letter in text.chars() {
        if escaped {
            escaped = false;
        } else {
            match letter {
                '\\' => escaped = true,
                '"' if depth == 0 => quoted = !quoted,
                '(' if !quoted => depth += 1,
                ')' if !quoted && depth > 0 => {
                    depth -= 1;
                    continue;
                }
                _ => {}
            }
        }
        if depth == 0 {
            out.push(letter);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use domain::reporter::Standing;

    const OURS: &str = "mx.isp.example";

    fn of(headers: &str) -> Provenance {
        let mail = format!("{headers}From: Reports <reports@r.example>\r\nMessage-ID: <m1@r.example>\r\n\r\nHello\r\n");
        provenance(mail.as_bytes(), "r.example", OURS, &["abuse@isp.example"]).unwrap()
    }

    #[test]
    fn our_own_servers_word_counts() {
        let seen = of(
            "Authentication-Results: mx.isp.example 1;\r\n dkim=pass (2048-bit key; secure) header.d=r.example\r\n header.i=@r.example header.s=s1;\r\n spf=pass smtp.mailfrom=bounce@list.example; dmarc=pass (p=none) header.from=r.example;\r\n arc=none\r\n",
        );
        let words: Vec<(&str, &str, &str)> =
            seen.verdicts.iter().map(|v| (v.method.as_str(), v.result.as_str(), v.domain.as_str())).collect();
        assert_eq!(
            words,
            [
                ("dkim", "pass", "r.example"),
                ("spf", "pass", "list.example"),
                ("dmarc", "pass", "r.example"),
                ("arc", "none", "")
            ]
        );
        assert_eq!(
            (seen.standing, seen.message_id.as_str(), seen.silent.as_str()),
            (Standing::Verified, "m1@r.example", "")
        );
    }

    #[test]
    fn a_strangers_word_does_not() {
        let forged = "Authentication-Results: mx.attacker.test; dkim=pass header.d=r.example\r\n";
        assert_eq!(of(forged).standing, Standing::Unchecked);
        // The name in a comment or as a part of another is not the name.
        for id in ["(mx.isp.example) other.test", "mx.isp.example.attacker.test", "xmx.isp.example"] {
            assert_eq!(
                of(&format!("Authentication-Results: {id}; dkim=pass header.d=r.example\r\n")).standing,
                Standing::Unchecked
            );
        }
        // Ours says fail; one further down, in our name, is the sender's own.
        let both = "Authentication-Results: mx.isp.example; dkim=fail header.d=r.example\r\n\
            Received: from x by mx.isp.example; now\r\n\
            Authentication-Results: mx.isp.example; dkim=pass header.d=r.example\r\n";
        assert_eq!(of(both).standing, Standing::Failed);
        assert_eq!(provenance(b"From: a@r.example\r\n\r\n", "r.example", "", &[]).unwrap().verdicts, []);
        // Inside a quoted string and behind a semicolon in it.
        let quoted = "Authentication-Results: mx.isp.example; dkim=fail reason=\"x; spf=pass smtp.mailfrom=r.example\" header.d=r.example\r\n";
        assert_eq!(of(quoted).verdicts.len(), 1);
    }

    #[test]
    fn odd_spelling_is_read() {
        let seen =
            of("AUTHENTICATION-RESULTS: \"MX.isp.example\" ; DKIM/1 = PASS header.d = Mail.R.Example (good)\r\n");
        assert_eq!((seen.standing, seen.verdicts[0].domain.as_str()), (Standing::Verified, "mail.r.example"));
        let others = "Authentication-Results: mx.isp.example; none\r\n";
        assert_eq!(of(others).standing, Standing::Unchecked);
    }

    #[test]
    fn machines_are_not_answered() {
        for (header, why) in [
            ("Auto-Submitted: auto-generated (cron)", "Auto-Submitted says auto-generated"),
            ("Auto-Submitted: auto-replied; owner-email=x@y.example", "Auto-Submitted says auto-replied"),
            ("Precedence: Bulk", "Precedence says bulk"),
            ("Precedence: list", "Precedence says list"),
            ("Precedence: junk", "Precedence says junk"),
            ("List-Id: <abuse.r.example>", "mailing list"),
            ("List-Unsubscribe: <mailto:x@r.example>", "mailing list"),
            ("X-Auto-Response-Suppress: All", "X-Auto-Response-Suppress says all"),
            ("Return-Path: <>", "return path is empty"),
            ("Return-Path: <MAILER-DAEMON@r.example>", "mailer-daemon is a machine"),
            ("Sender: owner-list@r.example", "owner-list is a machine"),
            ("Reply-To: Abuse <Abuse@ISP.example>", "our own address"),
        ] {
            assert!(
                of(&format!("{header}\r\n")).silent.contains(why),
                "{header}: {}",
                of(&format!("{header}\r\n")).silent
            );
        }
        for header in [
            "Auto-Submitted: no",
            "Auto-Submitted: No (a person)",
            "Precedence: first-class",
            "Return-Path: <r@r.example>",
        ] {
            assert_eq!(of(&format!("{header}\r\n")).silent, "", "{header}");
        }
    }

    #[test]
    fn what_is_no_mail_has_none() {
        for bytes in [
            &b""[..],
            b"{\"a\": 1}",
            b"\"timestamp\",\"ip\"\n1,2\n",
            b"Hello: this is text\n\nFrom: x",
            b"\xff\xfe\x00",
        ] {
            assert_eq!(provenance(bytes, "r.example", OURS, &[]), None);
        }
        let broken = b"From: x@r.example\n***\nAuto-Submitted: auto-generated\n\n";
        assert!(!provenance(broken, "r.example", OURS, &[]).unwrap().silent.is_empty());
        let folded = b" folded without a header\r\nFrom: x\r\n\r\n";
        assert!(provenance(folded, "r.example", OURS, &[]).is_none_or(|seen| seen.verdicts.is_empty()));
        assert!(provenance(b"From x@y Sun Nov 22\nFrom: x@y.example\n\nhi", "y.example", OURS, &[]).is_some());
    }
}
