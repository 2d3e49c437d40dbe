//! How the lease sources do: what each knows, what is wrong with them, what imports are under way.
use super::{ImportRow, LeaseSource, LeaseSourceKind, RefusedRow};
use chrono::{DateTime, TimeDelta, Utc};
use std::fmt;

/// A source with a watermark that lags so far behind is behind.
const BEHIND: TimeDelta = TimeDelta::hours(24);

/// What a person should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LeaseWarning {
    /// Nothing was heard for longer than its owner accepts.
    Silent {
        /// Which source.
        source: String,
        /// When it was last heard.
        since: DateTime<Utc>,
    },
    /// It knows less of the past than reports may be old.
    TooYoung {
        /// Which source.
        source: String,
        /// Where its knowledge begins.
        from: DateTime<Utc>,
    },
    /// What it says reaches less and less near to now.
    Behind {
        /// Which source.
        source: String,
        /// How far it reaches.
        through: DateTime<Utc>,
    },
    /// Leases are kept for less time than reports may be old.
    KeptTooShort,
}

impl LeaseWarning {
    /// Which source it is about.
    pub fn source(&self) -> &str {
        match self {
            Self::Silent { source, .. } | Self::TooYoung { source, .. } | Self::Behind { source, .. } => source,
            Self::KeptTooShort => "",
        }
    }
}

impl fmt::Display for LeaseWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let at = |at: &DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
        match self {
            Self::Silent { source, since } => write!(f, "{source} is silent since {}", at(since)),
            Self::TooYoung { source, from } => {
                write!(
                    f,
                    "{source} knows nothing before {}: older reports that are still accepted stay unknown",
                    at(from)
                )
            }
            Self::Behind { source, through } => {
                write!(f, "what {source} says reaches only to {}: newer events wait", at(through))
            }
            Self::KeptTooShort => f.write_str(
                "leases.keep_days is less than leases.report_days: leases are gone before their reports come",
            ),
        }
    }
}

/// What is wrong with the sources. `report_days`: reports may be so many days old; `keep_days`: leases are kept so long.
pub fn warnings(sources: &[LeaseSource], report_days: i64, keep_days: i64, now: DateTime<Utc>) -> Vec<LeaseWarning> {
    let oldest = now - TimeDelta::days(report_days);
    let mut found = Vec::new();
    if keep_days < report_days {
        found.push(LeaseWarning::KeptTooShort);
    }
    for source in sources.iter().filter(|source| source.kind != LeaseSourceKind::Static) {
        let name = || source.name.clone();
        if let Some(since) = source.last_heard_at.filter(|_| source.silent(now)) {
            found.push(LeaseWarning::Silent { source: name(), since });
        } else if let Some(through) = source.known_through.filter(|through| now - *through > BEHIND) {
            found.push(LeaseWarning::Behind { source: name(), through });
        }
        if let Some(from) = source.known_from.filter(|from| keep_days >= report_days && *from > oldest) {
            found.push(LeaseWarning::TooYoung { source: name(), from });
        }
    }
    found
}

/// The page of lease sources.
#[derive(Debug, Clone)]
pub struct LeaseBoard {
    /// All sources by name.
    pub sources: Vec<LeaseSource>,
    /// What is wrong.
    pub warnings: Vec<LeaseWarning>,
    /// The newest refused rows.
    pub refused: Vec<RefusedRow>,
    /// Imports of files, the one that moved last first.
    pub imports: Vec<ImportRow>,
    /// Names of hosts and accounts that are known.
    pub names: i64,
    /// Days for which leases are kept after their end.
    pub keep_days: i64,
    /// Days that a report may be old.
    pub report_days: i64,
    /// When it was read.
    pub now: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::{LeaseWarning, warnings};
    use crate::lease::{LeaseSource, LeaseSourceKind};
    use chrono::{DateTime, TimeDelta, Utc};

    #[test]
    fn silence_and_too_little_of_the_past_are_told() {
        let now: DateTime<Utc> = "2026-11-22T10:00:00Z".parse().unwrap();
        let days = TimeDelta::days;
        let good = LeaseSource {
            id: 1,
            name: "radius.bng-1".into(),
            kind: LeaseSourceKind::Radius,
            skew: TimeDelta::seconds(5),
            silent_after: Some(TimeDelta::hours(1)),
            known_from: Some(now - days(14)),
            known_through: Some(now),
            last_heard_at: Some(now),
            erased_before: None,
            rows_kept: 1,
            rows_refused: 0,
        };
        let told = |source: &LeaseSource| warnings(std::slice::from_ref(source), 7, 14, now);
        assert_eq!(told(&good), []);
        let since = now - TimeDelta::hours(2);
        let silent = LeaseSource { last_heard_at: Some(since), ..good.clone() };
        assert_eq!(told(&silent), [LeaseWarning::Silent { source: good.name.clone(), since }]);
        let from = now - days(3);
        let young = LeaseSource { known_from: Some(from), ..good.clone() };
        assert_eq!(told(&young), [LeaseWarning::TooYoung { source: good.name.clone(), from }]);
        let through = now - days(2);
        let behind = LeaseSource { known_through: Some(through), ..good.clone() };
        assert_eq!(told(&behind), [LeaseWarning::Behind { source: good.name.clone(), through }]);
        let books = LeaseSource { kind: LeaseSourceKind::Static, known_from: Some(now), ..good.clone() };
        assert_eq!(told(&books), []);
        assert_eq!(warnings(&[good], 30, 14, now), [LeaseWarning::KeptTooShort]);
    }
}
