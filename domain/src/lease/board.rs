//! How the lease sources do: what each knows, what is wrong with them, what imports are under way.
use super::{ImportRow, LeaseSource, LeaseSourceKind, RefusedRow, resolver::Standing};
use crate::channel::{ChannelState, Health};
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
    /// Its file cannot be read, nobody listens, or a resolver does not answer.
    Failing {
        /// Which source.
        source: String,
        /// Since when.
        since: DateTime<Utc>,
        /// What is wrong, in plain words.
        problem: String,
    },
    /// A resolver answers some questions with what is no answer.
    NoAnswer {
        /// Which resolver.
        source: String,
        /// How many questions.
        questions: i64,
        /// What is wrong with the newest answer.
        problem: String,
    },
    /// Leases are kept for less time than reports may be old.
    KeptTooShort,
}

impl LeaseWarning {
    /// Which source it is about.
    pub fn source(&self) -> &str {
        match self {
            Self::Silent { source, .. }
            | Self::TooYoung { source, .. }
            | Self::Behind { source, .. }
            | Self::Failing { source, .. }
            | Self::NoAnswer { source, .. } => source,
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
            Self::Failing { source, since, problem } => {
                write!(f, "{source} does not work since {}: {problem}", at(since))
            }
            Self::NoAnswer { source, questions: 1, problem } => {
                write!(f, "{source} has not answered one question: {problem}")
            }
            Self::NoAnswer { source, questions, problem } => {
                write!(f, "{source} has not answered {questions} questions: {problem}")
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
    // A resolver speaks when it is asked, and of what it is asked.
    let speaks = |source: &&LeaseSource| !matches!(source.kind, LeaseSourceKind::Static | LeaseSourceKind::Resolver);
    for source in sources.iter().filter(speaks) {
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

/// What does not work right now: `ways` by their state, resolvers by their questions too.
pub fn failures(ways: &[LeaseWay], standings: &[Standing]) -> Vec<LeaseWarning> {
    let mut found = Vec::new();
    for way in ways {
        let source = way.source.clone();
        let failing = way.state.as_ref().and_then(|state| Some((state.failing_since?, state.problem.clone()?)));
        let wrong = standings.iter().find(|standing| standing.resolver == way.source && standing.wrong > 0);
        match (failing, wrong) {
            (Some((since, problem)), _) => found.push(LeaseWarning::Failing { source, since, problem }),
            (None, Some(Standing { wrong, problem, .. })) => {
                found.push(LeaseWarning::NoAnswer { source, questions: *wrong, problem: problem.clone() });
            }
            (None, None) => {}
        }
    }
    found
}

/// A way by which leases come in, for the page of channels.
#[derive(Debug, Clone)]
pub struct LeaseWay {
    /// The source it speaks for; `radius` is the door of all access servers.
    pub source: String,
    /// What it is.
    pub kind: LeaseSourceKind,
    /// Where it leads: a file, an address; empty for what others bring.
    pub place: String,
    /// What is known of it, where it works by itself.
    pub state: Option<ChannelState>,
    /// When it was last heard.
    pub heard_at: Option<DateTime<Utc>>,
    /// Whether it was to be heard by now.
    pub silent: bool,
}

impl LeaseWay {
    /// How it does, in one word.
    pub fn health(&self) -> Health {
        match &self.state {
            _ if self.silent => Health::Alarm,
            Some(state) => state.health(),
            None if self.heard_at.is_some() => Health::Fine,
            None => Health::New,
        }
    }
}

/// The page of lease sources.
#[derive(Debug, Clone)]
pub struct LeaseBoard {
    /// All sources by name.
    pub sources: Vec<LeaseSource>,
    /// What is wrong.
    pub warnings: Vec<LeaseWarning>,
    /// How the questions to resolvers do, of those that have open ones.
    pub standings: Vec<Standing>,
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
