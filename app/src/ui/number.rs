//! Numbers as people read them.

/// `1,234,567`.
pub fn thousands(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    out
}

/// `1 event`, `2,000 events`.
pub fn plural(n: u64, one: &str, many: &str) -> String {
    format!("{} {}", thousands(n), if n == 1 { one } else { many })
}

/// A share with one digit below ten per cent and none above: `0.2 %`, `64 %`; a dash when there is no whole.
pub fn percent(part: u64, whole: u64) -> String {
    if whole == 0 {
        return "–".to_owned();
    }
    let tenths = (u128::from(part) * 2000 / u128::from(whole)).div_ceil(2);
    if tenths == 0 || tenths >= 100 {
        format!("{} %", (tenths + 5) / 10)
    } else {
        format!("{}.{} %", tenths / 10, tenths % 10)
    }
}

/// `812 B`, `1.4 kB`, `25 MB` (powers of 1000).
pub fn bytes(n: u64) -> String {
    let (unit, size) = match n {
        0..=999 => return format!("{n} B"),
        1_000..=999_999 => ("kB", 1_000),
        1_000_000..=999_999_999 => ("MB", 1_000_000),
        _ => ("GB", 1_000_000_000),
    };
    if n / size < 10 {
        format!("{}.{} {unit}", n / size, n % size * 10 / size)
    } else {
        format!("{} {unit}", thousands(n / size))
    }
}

#[cfg(test)]
mod tests {
    use super::{bytes, percent, plural, thousands};

    #[test]
    fn reads_well() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(1_234_567), "1,234,567");
        assert_eq!(plural(1, "event", "events"), "1 event");
        assert_eq!(percent(2, 1000), "0.2 %");
        assert_eq!(percent(64, 100), "64 %");
        assert_eq!(percent(0, 3), "0 %");
        assert_eq!(percent(1, 0), "–");
        assert_eq!(bytes(1_400), "1.4 kB");
        assert_eq!(bytes(25_000_000), "25 MB");
    }
}
