//! Names that belong to services: hosted domains and hosts, mail accounts, login names, servers.
use crate::{
    id::{CustomerId, ServiceId, ServiceNameId},
    words::words,
};
use chrono::{DateTime, Utc};

words! {
    /// What kind of name it is.
    NameKind {
        /// A domain or host name; everything below it counts too, unless somebody else has a longer one.
        Host = "host",
        /// A mail account.
        Mail = "mail",
        /// A login name, such as a SASL user.
        Account = "account",
        /// The name of a server. Its service is shared: what is hosted on it belongs to whoever has the host name.
        Server = "server",
    }
}

/// Longest name, in characters (a mail address of RFC 5321).
pub const NAME_CHARS_MAX: usize = 254;

impl NameKind {
    /// The word for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::Host => "hosted domain",
            Self::Mail => "mail account",
            Self::Account => "login name",
            Self::Server => "server",
        }
    }

    /// The name as it is kept and looked up.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn canonical(self, text: &str) -> Result<String, String> {
        match self {
            Self::Host | Self::Server => {
                host(text).ok_or_else(|| format!("{text:?} is no host name; write umlauts as xn--"))
            }
            Self::Mail => mail(text).ok_or_else(|| format!("{text:?} is no mail address")),
            Self::Account => {
                let text = text.trim();
                let right = !text.is_empty() && text.chars().count() <= NAME_CHARS_MAX;
                right.then(|| text.to_owned()).ok_or_else(|| "must have 1 to 254 characters".to_owned())
            }
        }
    }
}

/// A host name in small letters without a dot at its end (RFC 1123; underscores are met in the wild). At least two labels,
/// the last not a number: no address.
pub fn host(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('.').to_ascii_lowercase();
    let text = text.strip_prefix("*.").unwrap_or(&text);
    let label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let labels: Vec<&str> = text.split('.').collect();
    let last = labels.last()?;
    let named = labels.len() >= 2 && !last.bytes().all(|byte| byte.is_ascii_digit());
    (text.len() <= 253 && named && labels.iter().all(|one| label(one))).then(|| text.to_owned())
}

/// A mail address: its domain in small letters, and the rest too, as providers have it.
pub fn mail(text: &str) -> Option<String> {
    let text = text.trim().trim_start_matches('<').trim_end_matches('>').trim_start_matches("mailto:");
    let (local, domain) = text.rsplit_once('@')?;
    let domain = host(domain)?;
    let right = (1..=64).contains(&local.len()) && !local.contains(char::is_whitespace);
    right.then(|| format!("{}@{domain}", local.to_lowercase()))
}

/// The name itself and what it lies in, the longest first; the last has two labels.
pub fn suffixes(host: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = host;
    while rest.contains('.') {
        found.push(rest);
        rest = rest.split_once('.').map_or("", |(_, rest)| rest);
    }
    found
}

/// That a name belonged to a service for a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServiceName {
    /// Identifier.
    pub id: ServiceNameId,
    /// What kind of name.
    pub kind: NameKind,
    /// The name, canonical.
    pub name: String,
    /// Whose.
    pub service: ServiceId,
    /// Whose service.
    pub customer: CustomerId,
    /// First instant.
    pub from: DateTime<Utc>,
    /// First instant after it; none = still his.
    pub to: Option<DateTime<Utc>>,
}

impl ServiceName {
    /// Whether it was his at some instant of the span.
    pub fn touches(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.from <= to && self.to.is_none_or(|end| end > from)
    }

    /// Whether it was his at every instant of the span.
    pub fn covers(&self, from: DateTime<Utc>, to: DateTime<Utc>) -> bool {
        self.from <= from && self.to.is_none_or(|end| end > to)
    }
}

#[cfg(test)]
mod tests {
    use super::{NameKind, host, mail, suffixes};

    #[test]
    fn names_have_one_form() {
        assert_eq!(host("WWW.Shop.Example."), Some("www.shop.example".into()));
        assert_eq!(host("*.shop.example"), Some("shop.example".into()));
        for wrong in ["", "example", "192.0.2.1", "a..example", "-a.example", "a b.example", "münchen.example"] {
            assert_eq!(host(wrong), None, "{wrong:?}");
        }
        assert_eq!(mail("<Anna.B@Mail.Example>"), Some("anna.b@mail.example".into()));
        assert_eq!(mail("anna"), None);
        assert_eq!(NameKind::Account.canonical(" web17 "), Ok("web17".into()));
        assert!(NameKind::Account.canonical(" ").is_err());
    }

    #[test]
    fn a_name_lies_in_those_it_ends_with() {
        assert_eq!(suffixes("a.b.shop.example"), ["a.b.shop.example", "b.shop.example", "shop.example"]);
        assert_eq!(suffixes("shop.example"), ["shop.example"]);
    }
}
