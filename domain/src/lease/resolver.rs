//! A resolver: another system that keeps its lease data to itself and is asked `who had this address and port at this
//! time?`. What it is asked, and whether what it says is an answer.
use super::held::{after, before};
use crate::{
    id::ResolverQuestionId,
    saying::{Saying, Word},
};
use chrono::{DateTime, TimeDelta, Utc};
use ipnet::IpNet;
use std::{fmt, net::IpAddr};

/// Leases of one answer, at most: the blocks of one shared address are no more.
pub const LEASES_MAX: usize = 4_096;

/// What a resolver is asked.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct ResolverQuestion {
    /// Made of all the rest: the same question has the same.
    pub id: ResolverQuestionId,
    /// Which resolver: its source, such as `resolver.books`.
    pub resolver: String,
    /// The address.
    pub address: IpAddr,
    /// Source port, if known.
    pub port: Option<u16>,
    /// IP protocol number of the port; none = not known.
    pub protocol: Option<u8>,
    /// First instant at which it may have been.
    pub from: DateTime<Utc>,
    /// Last instant.
    pub to: DateTime<Utc>,
}

impl fmt::Display for ResolverQuestion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.address)?;
        if let Some(port) = self.port {
            write!(f, " port {port}")?;
        }
        match self.protocol {
            Some(6) => f.write_str(" TCP")?,
            Some(17) => f.write_str(" UDP")?,
            _ => {}
        }
        write!(f, ", {}", stamp(self.from))?;
        if self.to > self.from {
            write!(f, " to {}", stamp(self.to))?;
        }
        f.write_str(" UTC")
    }
}

/// How far the answer to a question is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The question.
    pub question: ResolverQuestion,
    /// Since when it is owed.
    pub made_at: DateTime<Utc>,
    /// When it was last put.
    pub asked_at: Option<DateTime<Utc>>,
    /// How often.
    pub attempts: i64,
    /// Why there is no answer yet; empty when nothing is wrong.
    pub problem: String,
    /// When it was answered, and by how many leases.
    pub answered: Option<(DateTime<Utc>, i64)>,
}

/// How a resolver's questions do in all.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// Which resolver.
    pub resolver: String,
    /// Questions without an answer.
    pub open: i64,
    /// Since when the oldest of them is owed.
    pub since: Option<DateTime<Utc>>,
    /// Of them, those to which something was said that is no answer.
    pub wrong: i64,
    /// The newest reason.
    pub problem: String,
}

/// What a resolver said, read but not judged.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ResolverAnswer {
    /// The leases, all of them [`Word::Held`].
    pub leases: Vec<Saying>,
    /// How far its knowledge reaches; none = to the moment of the answer.
    pub known_through: Option<DateTime<Utc>>,
    /// Whether it says that these are all.
    pub complete: bool,
}

/// An answer that counts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What it says, for the index.
    pub sayings: Vec<Saying>,
    /// How many of them speak of the asked port: none = nobody held it then.
    pub leases: usize,
}

/// Why what a resolver said is no answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NoAnswer {
    /// It cannot be right; in words.
    Wrong(String),
    /// Its knowledge ends before the asked time does: here.
    TooEarly(DateTime<Utc>),
}

/// Whether it is an answer, and what it says for the index. `skew`: how far the resolver's clock may be off; `asked_at`:
/// when it was asked, beyond which nobody knows anything.
///
/// What is still held, or ends later than its knowledge, is said as a session that lived so far: whoever is asked about a
/// later time is asked anew.
///
/// # Errors
/// [`NoAnswer`]: then nothing of it may be used.
pub fn judged(
    question: &ResolverQuestion,
    skew: TimeDelta,
    answer: &ResolverAnswer,
    asked_at: DateTime<Utc>,
) -> Result<Told, NoAnswer> {
    let wrong = |problem: String| Err(NoAnswer::Wrong(problem));
    if !answer.complete {
        return wrong("the answer does not say that it is complete".to_owned());
    }
    if answer.leases.len() > LEASES_MAX {
        return wrong(format!("the answer has more than {LEASES_MAX} leases"));
    }
    let window = (before(question.from, skew), after(question.to, skew));
    let mut spans = Vec::with_capacity(answer.leases.len());
    for lease in &answer.leases {
        match span(question, window, lease) {
            Ok(span) => spans.push(span),
            Err(problem) => return wrong(format!("lease {}: {problem}", lease.line)),
        }
    }
    if let Some((one, other)) = quarrel(&answer.leases, &spans, skew) {
        return wrong(format!("leases {one} and {other} give the same to two holders at the same time"));
    }
    let through = answer.known_through.unwrap_or(asked_at).min(asked_at);
    if through < window.1 {
        return Err(NoAnswer::TooEarly(through));
    }
    let fits = |lease: &&Saying| {
        question.port.is_none_or(|port| lease.ports.0 <= port && port <= lease.ports.1)
            && question.protocol.is_none_or(|asked| lease.protocol.is_none_or(|own| own == asked))
    };
    let leases = answer.leases.iter().filter(fits).count();
    let said = answer.leases.iter().zip(&spans).map(|(lease, span)| said(lease, *span, through));
    Ok(Told { sayings: said.collect(), leases })
}

/// First instant, and the first after it.
type Span = (DateTime<Utc>, Option<DateTime<Utc>>);

/// The span of a lease that speaks of what was asked.
fn span(question: &ResolverQuestion, window: (DateTime<Utc>, DateTime<Utc>), lease: &Saying) -> Result<Span, String> {
    let Word::Held { from, to } = lease.word else { return Err("must have from, not event".to_owned()) };
    if !lease.net.contains(&IpNet::from(question.address)) {
        return Err(format!("{} was not asked about", lease.net));
    }
    if from > window.1 || to.is_some_and(|to| to <= window.0) {
        return Err("does not reach the asked time".to_owned());
    }
    Ok((from, to))
}

/// Two leases that cannot both be true: the same ports at the same time, for longer than clocks explain.
fn quarrel(leases: &[Saying], spans: &[Span], skew: TimeDelta) -> Option<(u64, u64)> {
    let meets = |one: &Saying, other: &Saying| {
        let ports = one.ports.0 <= other.ports.1 && other.ports.0 <= one.ports.1;
        let protocols = one.protocol.is_none_or(|own| other.protocol.is_none_or(|its| own == its));
        ports && protocols && one.holder != other.holder
    };
    let mut order: Vec<(&Saying, &Span)> = leases.iter().zip(spans).collect();
    order.sort_by_key(|(lease, span)| (lease.ports.0, span.0));
    for (at, (one, span)) in order.iter().enumerate() {
        for (other, its) in order.iter().skip(at + 1).take_while(|(other, _)| other.ports.0 <= one.ports.1) {
            let begin = after(span.0.max(its.0), skew);
            let both = |to: &Option<DateTime<Utc>>| to.is_none_or(|to| to > begin);
            if both(&span.1) && both(&its.1) && meets(one, other) {
                return Some((one.line.min(other.line), one.line.max(other.line)));
            }
        }
    }
    None
}

/// What the index is told: a whole span, or that it went on so far.
fn said(lease: &Saying, (from, to): Span, through: DateTime<Utc>) -> Saying {
    let session = format!("asked/{}", from.timestamp_micros());
    let word = match to.filter(|to| *to <= through) {
        Some(to) => Word::Stop { at: to, session, started: Some(from) },
        None => Word::Alive { at: through.max(from), session, started: Some(from) },
    };
    Saying { word, ..lease.clone() }
}

fn stamp(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}
