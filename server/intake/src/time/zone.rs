//! Time zones by number and by name, and the names that mean several zones.

/// Seconds east of Greenwich, and what else the name could mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Zone {
    pub(crate) seconds: i64,
    /// Set for a name that several zones share.
    pub(crate) doubt: Option<&'static str>,
}

/// Names that mean one thing, in minutes east of Greenwich.
const CLEAR: [(&str, i64); 69] = [
    ("z", 0),
    ("ut", 0),
    ("utc", 0),
    ("uct", 0),
    ("gmt", 0),
    ("zulu", 0),
    ("wet", 0),
    ("edt", -240),
    ("cdt", -300),
    ("mdt", -360),
    ("pdt", -420),
    ("akst", -540),
    ("akdt", -480),
    ("hst", -600),
    ("cet", 60),
    ("met", 60),
    ("mez", 60),
    ("west", 60),
    ("wat", 60),
    ("cest", 120),
    ("mest", 120),
    ("mesz", 120),
    ("eet", 120),
    ("sast", 120),
    ("cat", 120),
    ("eest", 180),
    ("msk", 180),
    ("trt", 180),
    ("eat", 180),
    ("msd", 240),
    ("samt", 240),
    ("irst", 210),
    ("irdt", 270),
    ("pkt", 300),
    ("yekt", 300),
    ("uzt", 300),
    ("npt", 345),
    ("omst", 360),
    ("krat", 420),
    ("novt", 420),
    ("ict", 420),
    ("wib", 420),
    ("irkt", 480),
    ("hkt", 480),
    ("sgt", 480),
    ("myt", 480),
    ("pht", 480),
    ("awst", 480),
    ("jst", 540),
    ("kst", 540),
    ("yakt", 540),
    ("acst", 570),
    ("acdt", 630),
    ("vlat", 600),
    ("aest", 600),
    ("aedt", 660),
    ("magt", 660),
    ("nzst", 720),
    ("nzdt", 780),
    ("nst", -210),
    ("ndt", -150),
    ("adt", -180),
    ("brt", -180),
    ("brst", -120),
    ("art", -180),
    ("clt", -240),
    ("clst", -180),
    ("cot", -300),
    ("pet", -300),
];

/// Names that several zones share: the one meant most often in mail, in minutes, and the others.
const SHARED: [(&str, i64, &str); 10] = [
    ("est", -300, "zone EST: -05:00 (US) taken, Australia has it too"),
    ("cst", -360, "zone CST: -06:00 (US) taken, China and Cuba have it too"),
    ("mst", -420, "zone MST: -07:00 (US) taken, Malaysia has it too"),
    ("pst", -480, "zone PST: -08:00 (US) taken, the Philippines have it too"),
    ("bst", 60, "zone BST: +01:00 (Britain) taken, Bangladesh has it too"),
    ("ist", 330, "zone IST: +05:30 (India) taken, Israel and Ireland have it too"),
    ("ast", -240, "zone AST: -04:00 (Atlantic) taken, Arabia has it too"),
    ("gst", 240, "zone GST: +04:00 (Gulf) taken, South Georgia has it too"),
    ("vet", -240, "zone VET: -04:00 taken, it was -04:30 from 2007 to 2016"),
    ("amt", -240, "zone AMT: -04:00 (Amazon) taken, Armenia has it too"),
];

/// Central European time, "summer or winter": the month decides, which a text can get wrong around the change.
pub(crate) const SEASONAL: Zone =
    Zone { seconds: 7200, doubt: Some("zone CE(S)T: summer or winter time taken by the month") };

/// Reads `+0200`, `+02:00`, `Z`, `GMT+2`, `UTC-05:00`, `(CEST)` or a name alone.
pub(crate) fn read(word: &str) -> Option<Zone> {
    let word = word.trim_matches(|c: char| matches!(c, '(' | ')' | '[' | ']' | ',' | ';' | '.' | '"' | '\''));
    if word.starts_with(['+', '-']) {
        return offset(word).map(clear);
    }
    let named = word.find(['+', '-']).and_then(|at| word.split_at_checked(at));
    if let Some((name, rest)) = named {
        let zero = ["utc", "gmt", "ut"].iter().any(|n| name.eq_ignore_ascii_case(n));
        return if zero { offset(rest).map(clear) } else { None };
    }
    if word.len() > 5 || !word.bytes().all(|b| b.is_ascii_alphabetic()) {
        return None;
    }
    if let Some((_, minutes)) = CLEAR.iter().find(|(name, _)| word.eq_ignore_ascii_case(name)) {
        return Some(clear(minutes * 60));
    }
    let (_, minutes, doubt) = SHARED.iter().find(|(name, ..)| word.eq_ignore_ascii_case(name))?;
    Some(Zone { seconds: minutes * 60, doubt: Some(doubt) })
}

/// Whether RFC 5322 (section 4.3) gives the name its one meaning in the date of a mail.
pub(crate) fn is_mail_zone(seconds: i64) -> bool {
    [-5, -6, -7, -8].contains(&(seconds / 3600)) && seconds % 3600 == 0
}

fn clear(seconds: i64) -> Zone {
    Zone { seconds, doubt: None }
}

/// Seconds of `+hhmm`, `+hh:mm`, `+hh` or `+h`; beyond 14 hours there is no zone.
fn offset(text: &str) -> Option<i64> {
    let digits: String = text.get(1..)?.chars().take(6).filter(|c| *c != ':').collect();
    if !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    let number: i64 = digits.parse().ok()?;
    let seconds = match digits.len() {
        4 if number % 100 < 60 => number / 100 * 3600 + number % 100 * 60,
        1 | 2 => number * 3600,
        _ => return None,
    };
    (seconds <= 14 * 3600).then_some(if text.starts_with('-') { -seconds } else { seconds })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_names_and_both() {
        let hours = |word: &str| read(word).map(|z| z.seconds / 60);
        let cases = [
            ("+0200", 120),
            ("-05:00", -300),
            ("Z", 0),
            ("GMT+2", 120),
            ("UTC-0330", -210),
            ("(CEST)", 120),
            ("MSK", 180),
        ];
        for (word, minutes) in cases {
            assert_eq!(hours(word), Some(minutes), "{word}");
        }
        for bad in ["+9999", "+0260", "sshd", "UTC+x", "-", "+", "CET-1", "", "é+1"] {
            assert_eq!(hours(bad), None, "{bad}");
        }
        assert!(read("IST").unwrap().doubt.unwrap().contains("Israel"));
        assert!(read("PDT").unwrap().doubt.is_none());
    }
}
