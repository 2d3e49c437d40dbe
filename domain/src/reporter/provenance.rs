//! How a report was delivered: what our own mail server had verified of it, and whether a machine may answer it.
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// A way of verifying a mail.
    Method {
        /// A signature of the domain (RFC 6376).
        Dkim = "dkim",
        /// The domain lets this server send (RFC 7208).
        Spf = "spf",
        /// One of the two, for the domain in From (RFC 7489).
        Dmarc = "dmarc",
        /// What a forwarder says it had verified (RFC 8617): a hint, never a proof.
        Arc = "arc",
    }
}

/// One verdict of our own mail server (RFC 8601).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// How it was verified.
    pub method: Method,
    /// `pass`, `fail`, `softfail`, `none`, `temperror` and so on.
    pub result: String,
    /// For which domain; empty where none was named.
    pub domain: String,
}

words! {
    /// How the verified origin of a report stands to its reporter.
    Standing {
        /// A verified domain is the reporter's own.
        Verified = "verified",
        /// Something was verified, for another domain: somebody else transmitted it.
        Other = "other_domain",
        /// Verifying failed.
        Failed = "failed",
        /// Our server said nothing about it.
        Unchecked = "not_checked",
    }
}

impl Standing {
    /// In words, with its meaning.
    #[must_use]
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::Verified => "our mail server verified that it comes from the reporter",
            Self::Other => {
                "our mail server verified another domain than the reporter's: somebody forwarded it, or pretends"
            }
            Self::Failed => "our mail server could not verify where it comes from",
            Self::Unchecked => "nothing that we trust says where it really comes from",
        }
    }
}

/// What the delivery of a mailed report showed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Provenance {
    /// How it stands to the reporter.
    pub standing: Standing,
    /// What our server said, in its order.
    pub verdicts: Vec<Verdict>,
    /// Message-ID without angle brackets; empty: none.
    pub message_id: String,
    /// Why no machine may answer it (RFC 3834); empty: it may be answered.
    pub silent: String,
}

/// How the verdicts stand to a reporter.
#[must_use]
pub fn standing(verdicts: &[Verdict], reporter: &str) -> Standing {
    // ARC is what others say; it neither proves nor disproves.
    let own = || verdicts.iter().filter(|verdict| verdict.method != Method::Arc);
    let passed = || own().filter(|verdict| verdict.result == "pass");
    if passed().any(|verdict| same_organisation(&verdict.domain, reporter)) {
        Standing::Verified
    } else if passed().next().is_some() {
        Standing::Other
    } else if own().next().is_some() {
        Standing::Failed
    } else {
        Standing::Unchecked
    }
}

/// Whether a verified domain is the one of the reporter: the same, or one lies within the other. A reporter is named by
/// a domain, a mail address, or the first word of his domain (`shadowserver`).
#[must_use]
pub fn same_organisation(domain: &str, reporter: &str) -> bool {
    let domain = domain.trim().trim_end_matches('.').to_ascii_lowercase();
    let reporter = reporter.trim().to_ascii_lowercase();
    let reporter = reporter.rsplit_once('@').map_or(reporter.as_str(), |(_, domain)| domain);
    if domain.is_empty() || reporter.is_empty() {
        return false;
    }
    if !reporter.contains('.') {
        let labels: Vec<&str> = domain.split('.').collect();
        return labels.len() >= 2 && labels.get(labels.len() - 2) == Some(&reporter);
    }
    // Two labels at least: nobody is "com".
    let within = |inner: &str, outer: &str| {
        outer.contains('.') && inner.strip_suffix(outer).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    };
    within(&domain, reporter) || within(reporter, &domain)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_is_the_same() {
        for (domain, reporter) in [
            ("spamcop.example", "spamcop.example"),
            ("mail.spamcop.example", "spamcop.example"),
            ("spamcop.example", "reports.spamcop.example"),
            ("sensor.example", "fail2ban@sensor.example"),
            ("shadowserver.example", "shadowserver"),
            ("mx.shadowserver.example", "Shadowserver"),
        ] {
            assert!(same_organisation(domain, reporter), "{domain} {reporter}");
        }
        for (domain, reporter) in [
            ("notspamcop.example", "spamcop.example"),
            ("example", "spamcop.example"),
            ("", "spamcop.example"),
            ("spamcop.example.attacker.test", "spamcop.example"),
            ("shadowserver.attacker.test", "shadowserver"),
            ("attacker.test", "shadowserver"),
        ] {
            assert!(!same_organisation(domain, reporter), "{domain} {reporter}");
        }
    }

    #[test]
    fn the_best_verdict_counts_and_arc_is_none() {
        let verdict = |method, result: &str, domain: &str| Verdict {
            method,
            result: result.to_owned(),
            domain: domain.to_owned(),
        };
        let of = |verdicts: &[Verdict]| standing(verdicts, "r.example");
        assert_eq!(of(&[]), Standing::Unchecked);
        assert_eq!(of(&[verdict(Method::Arc, "pass", "r.example")]), Standing::Unchecked);
        assert_eq!(of(&[verdict(Method::Spf, "softfail", "r.example")]), Standing::Failed);
        assert_eq!(of(&[verdict(Method::Spf, "pass", "forwarder.example")]), Standing::Other);
        let both = [verdict(Method::Spf, "pass", "forwarder.example"), verdict(Method::Dkim, "pass", "r.example")];
        assert_eq!(of(&both), Standing::Verified);
    }
}
