//! List state lives in the address: reads the current query and writes a changed one.

/// A path with its parameters, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Query {
    path: String,
    pairs: Vec<(String, String)>,
}

impl Query {
    /// Takes a path and the query as it came (without `?`); what cannot be read is dropped.
    pub fn new(path: impl Into<String>, query: &str) -> Self {
        let pairs = query
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| part.split_once('=').unwrap_or((part, "")))
            .map(|(name, value)| (decode(name), decode(value)))
            .collect();
        Self { path: path.into(), pairs }
    }

    /// The first value of a parameter.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(n, _)| n == name).map(|(_, v)| v.as_str())
    }

    /// With this parameter set (every older value of it goes); an empty value removes it.
    #[must_use]
    pub fn with(&self, name: &str, value: impl Into<String>) -> Self {
        let mut next = self.without(name);
        let value = value.into();
        if !value.is_empty() {
            next.pairs.push((name.to_owned(), value));
        }
        next
    }

    /// Without this parameter.
    #[must_use]
    pub fn without(&self, name: &str) -> Self {
        let mut next = self.clone();
        next.pairs.retain(|(n, _)| n != name);
        next
    }

    /// Every parameter but those named: the hidden fields of a filter form.
    pub fn pairs_without(&self, names: &[&str]) -> Vec<(String, String)> {
        self.pairs.iter().filter(|(n, _)| !names.contains(&n.as_str())).cloned().collect()
    }

    /// The addresses of the pages before and after page `number` (1-based), for [`super::Pager`].
    pub fn around(&self, number: i64, more: bool) -> (Option<String>, Option<String>) {
        let page = |n: i64| self.with("page", if n > 1 { n.to_string() } else { String::new() }).url();
        ((number > 1).then(|| page(number - 1)), more.then(|| page(number + 1)))
    }

    /// The address.
    pub fn url(&self) -> String {
        let mut out = self.path.clone();
        for (index, (name, value)) in self.pairs.iter().enumerate() {
            out.push(if index == 0 { '?' } else { '&' });
            encode(&mut out, name);
            out.push('=');
            encode(&mut out, value);
        }
        out
    }
}

/// Percent-encodes all but unreserved characters (RFC 3986 section 2.3).
pub(crate) fn encode(out: &mut String, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => out.push(byte as char),
            _ => out.push_str(&format!("%{byte:02X}")),
        }
    }
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let hex = (*byte == b'%').then(|| text.get(at + 1..at + 3)).flatten();
        match (byte, hex.and_then(|digits| u8::from_str_radix(digits, 16).ok())) {
            (_, Some(value)) => {
                out.push(value);
                at += 2;
            }
            (b'+', None) => out.push(b' '),
            (other, None) => out.push(*other),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::Query;

    #[test]
    fn keeps_what_it_does_not_know() {
        let query = Query::new("/cases", "state=open&q=a%26b+c&sort=age");
        assert_eq!(query.get("q"), Some("a&b c"));
        assert_eq!(query.with("sort", "-age").url(), "/cases?state=open&q=a%26b%20c&sort=-age");
        assert_eq!(query.without("q").without("sort").url(), "/cases?state=open");
    }

    #[test]
    fn finds_the_pages_around() {
        let query = Query::new("/cases", "q=a&page=2");
        assert_eq!(query.around(2, true), (Some("/cases?q=a".to_owned()), Some("/cases?q=a&page=3".to_owned())));
        assert_eq!(query.around(1, false), (None, None));
    }

    #[test]
    fn survives_broken_encoding() {
        assert_eq!(Query::new("/x", "a=%&b=%zz&%E4%=1&c=%é").get("a"), Some("%"));
    }
}
