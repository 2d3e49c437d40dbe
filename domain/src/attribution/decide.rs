//! The rule: certain only if one holder is proven for the whole of the event's time, clocks being what they are, and nobody
//! else can have held it then.
use super::{Answer, Candidate, Certainty, Doubt, Moment, Wait};
use crate::lease::{
    Held, LeaseSource, LeaseSourceKind,
    held::{after, before},
};
use chrono::{DateTime, TimeDelta, Utc};

/// What is known of the sources' knowledge when an answer is given.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Known {
    /// Leases that ended before are erased, of at least one source.
    pub erased_before: Option<DateTime<Utc>>,
    /// The source whose knowledge reaches back least far, of those that bring leases.
    pub begins: Option<DateTime<Utc>>,
    /// The source with a watermark that reaches least far.
    pub through: Option<(String, DateTime<Utc>)>,
}

impl Known {
    /// Of these sources.
    pub fn of(sources: &[LeaseSource]) -> Self {
        // A resolver is asked anew: what it said of one time bounds nothing that it knows of another.
        let told = || sources.iter().filter(|source| source.kind != LeaseSourceKind::Resolver);
        let moving = || told().filter(|source| source.kind != LeaseSourceKind::Static);
        let reach = |source: &LeaseSource| source.known_through.map(|through| (source.name.clone(), through));
        Self {
            erased_before: moving().filter_map(|source| source.erased_before).max(),
            begins: told().filter_map(|source| source.known_from).min(),
            through: moving().filter_map(reach).min_by_key(|reach| reach.1),
        }
    }
}

type Instants = (DateTime<Utc>, DateTime<Utc>);

/// Decides from all rows of the address that may reach the event's time.
pub fn decide(held: &[Held], moment: &Moment, known: &Known) -> Answer {
    let window = moment.window();
    let fitting = fitting(held, moment, window);
    let Some(first) = fitting.first() else { return unknown(window, known) };
    let mut holders: Vec<&Held> = Vec::new();
    for one in &fitting {
        if !holders.iter().any(|other| other.by.same(&one.by)) {
            holders.push(one);
        }
    }
    let candidates: Vec<Candidate> = holders.iter().filter_map(|one| Candidate::of(one)).collect();
    let method = method(first);
    let doubt = match doubt(&fitting, &holders, moment, window, known) {
        None => match candidates.into_iter().next() {
            Some(holder) => return Answer::certain(holder, method),
            None => return unknown(window, known),
        },
        Some(doubt) => doubt,
    };
    let certainty = if candidates.is_empty() { Certainty::Unknown } else { Certainty::Ambiguous };
    let why = words(doubt, &fitting, holders.len(), known);
    let answer = Answer::open(certainty, candidates, why).because(doubt);
    Answer { method: method.to_owned(), total: holders.len(), waits: waits(doubt, &holders), ..answer }
}

/// What would change the answer beside leases of the address itself.
fn waits(doubt: Doubt, holders: &[&Held]) -> Vec<Wait> {
    let nameless = holders.iter().filter(|one| one.by.service.is_none());
    let mut waits: Vec<Wait> = nameless.map(|one| Wait::Name(one.by.name.clone())).collect();
    if doubt == Doubt::Waiting {
        let sources = holders.iter().flat_map(|one| one.source.split(", "));
        waits.extend(sources.map(|source| Wait::Source(source.to_owned())));
    }
    waits
}

/// Nobody held it: as far as the sources' knowledge reaches, or because it does not.
pub fn unknown(window: Instants, known: &Known) -> Answer {
    let day = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M UTC").to_string();
    if let Some(before) = known.erased_before.filter(|before| window.0 < *before) {
        return Answer::unknown(&format!("leases that ended before {} are erased", day(before))).because(Doubt::Gone);
    }
    if let Some((source, through)) = known.through.as_ref().filter(|(_, through)| *through < window.1) {
        let why = format!("what {source} has said reaches only to {}: waiting", day(*through));
        let waits = vec![Wait::Source(source.clone())];
        return Answer { waits, ..Answer::unknown(&why).because(Doubt::Waiting) };
    }
    if let Some(begins) = known.begins.filter(|begins| window.1 < *begins) {
        let why = format!("the lease sources' knowledge begins at {}", day(begins));
        return Answer::unknown(&why).because(Doubt::BeforeKnowledge);
    }
    Answer::unknown("no lease of this address covers the event's time").because(Doubt::NoLease)
}

/// The rows that may be the event's. Of static ranges inside each other the narrowest speaks.
fn fitting<'h>(held: &'h [Held], moment: &Moment, window: Instants) -> Vec<&'h Held> {
    let may = |one: &&Held| one.may_reach(window.0, window.1) && one.fits(moment.port, moment.protocol);
    let rows: Vec<&Held> = held.iter().filter(may).collect();
    let whole = |one: &Held| one.from <= window.0 && one.to.is_none_or(|to| to > window.1);
    let outdone = |one: &Held| {
        let narrower = |other: &Held| other.net.prefix_len() > one.net.prefix_len() && one.net.contains(&other.net);
        let fixed = |other: &Held| other.kind == LeaseSourceKind::Static && other.whole_address();
        one.kind == LeaseSourceKind::Static && rows.iter().any(|o| fixed(o) && narrower(o) && whole(o))
    };
    let mut kept: Vec<&Held> = rows.iter().copied().filter(|one| !outdone(one)).collect();
    kept.sort_by_key(|one| (one.from, one.ports, one.id));
    kept
}

fn doubt(fitting: &[&Held], holders: &[&Held], moment: &Moment, window: Instants, known: &Known) -> Option<Doubt> {
    let shared = fitting.iter().any(|one| !one.whole_address());
    if moment.port.is_none() && shared {
        return Some(Doubt::NoPort);
    }
    // What the books and a resolver say is all there is to say, however much of other sources is erased.
    let erasable = |one: &&Held| !matches!(one.kind, LeaseSourceKind::Static | LeaseSourceKind::Resolver);
    if fitting.iter().any(erasable) && known.erased_before.is_some_and(|before| window.0 < before) {
        return Some(Doubt::Gone);
    }
    if holders.len() > 1 {
        return Some(several(fitting, holders, window));
    }
    if holders.iter().any(|one| one.by.service.is_none()) {
        return Some(Doubt::NameUnknown);
    }
    let spans = joined(fitting);
    let over = |margin: TimeDelta| spans.iter().any(|span| span.covers(window, margin));
    if !over(TimeDelta::zero()) {
        return Some(unproven(fitting, window));
    }
    let skew = fitting.iter().map(|one| one.skew).max().unwrap_or_default();
    if !over(skew) {
        let known = after(window.1, skew);
        let early = |one: &&Held| one.kind != LeaseSourceKind::Static && one.through.is_some_and(|end| end <= known);
        // Not a change of hands but the end of what was proven.
        let presumed = |one: &&Held| {
            one.sure_until.is_some_and(|sure| sure <= known) && one.over_by().is_none_or(|over| over > known)
        };
        return Some(match (fitting.iter().any(early), fitting.iter().any(presumed)) {
            (true, _) => Doubt::Waiting,
            (false, true) => Doubt::Presumed,
            (false, false) => Doubt::NearChange,
        });
    }
    let long = (before(window.0, TimeDelta::days(1)), window.1);
    (!moment.time_stated && !spans.iter().any(|span| span.covers(long, TimeDelta::zero()))).then_some(Doubt::NoTime)
}

/// Several may have held it: within the event's own span, or only because clocks may be off?
fn several(fitting: &[&Held], holders: &[&Held], window: Instants) -> Doubt {
    let exactly = |one: &&&Held| one.from <= window.1 && one.over_by().is_none_or(|over| over > window.0);
    let mut within = fitting.iter().filter(exactly);
    let Some(first) = within.next() else { return Doubt::NearChange };
    if within.any(|one| !one.by.same(&first.by)) || holders.is_empty() {
        return Doubt::SeveralHolders;
    }
    Doubt::NearChange
}

/// One holder, but not proven for the whole span: for want of which knowledge?
fn unproven(fitting: &[&Held], window: Instants) -> Doubt {
    let ends_late = |one: &&&Held| one.from <= window.0 && one.over_by().is_none_or(|over| over > window.1);
    match fitting.iter().find(ends_late) {
        Some(one) if one.sure_until.is_none() => Doubt::Waiting,
        Some(one) if one.through.is_some_and(|through| through <= window.1) => Doubt::Waiting,
        Some(_) => Doubt::Presumed,
        None => Doubt::PartOfSpan,
    }
}

/// Proven time of one holder: renewed leases count as one, so that only its ends are subject to clocks.
struct Proven {
    from: DateTime<Utc>,
    to: Option<DateTime<Utc>>,
}

impl Proven {
    fn covers(&self, span: Instants, margin: TimeDelta) -> bool {
        after(self.from, margin) <= span.0 && self.to.is_none_or(|to| before(to, margin) > span.1)
    }
}

fn joined(rows: &[&Held]) -> Vec<Proven> {
    let mut joined: Vec<Proven> = Vec::new();
    for row in rows {
        let to = row.sure_to();
        if to.is_some_and(|to| to < row.from) {
            continue;
        }
        match joined.last_mut().filter(|last| last.to.is_none_or(|end| end >= row.from)) {
            Some(last) => last.to = last.to.and_then(|end| to.map(|to| to.max(end))),
            None => joined.push(Proven { from: row.from, to }),
        }
    }
    joined
}

const fn method(first: &Held) -> &'static str {
    match (first.inside.is_some(), first.kind) {
        (true, _) => "inside address behind a CGNAT",
        (false, LeaseSourceKind::Static) => "static range",
        (false, LeaseSourceKind::Cgnat) => "CGNAT log",
        (false, LeaseSourceKind::Resolver) => "external resolver",
        (false, _) => "lease",
    }
}

fn words(doubt: Doubt, fitting: &[&Held], holders: usize, known: &Known) -> String {
    let clock = |at: DateTime<Utc>| at.format("%Y-%m-%d %H:%M:%S UTC").to_string();
    let last = fitting.last();
    match doubt {
        Doubt::NoPort if holders == 1 => "shared address and the report gives no source port".to_owned(),
        Doubt::NoPort => {
            format!("shared address and the report gives no source port: {holders} customers shared this address")
        }
        Doubt::NoTime => {
            "the report states no time, and the address changed hands within a day of its arrival".to_owned()
        }
        Doubt::SeveralHolders => "several services held this address within the event's time span".to_owned(),
        Doubt::NearChange => {
            let skew = fitting.iter().map(|one| one.skew).max().unwrap_or_default();
            format!("the address changed hands so near to the event that clocks decide (± {} s)", skew.num_seconds())
        }
        Doubt::Waiting => {
            let through = last.and_then(|one| one.through).map(clock).unwrap_or_default();
            format!("what is known of this lease reaches only to {through}: waiting")
        }
        Doubt::Presumed => {
            let sure = last.and_then(|one| one.sure_until).map(clock).unwrap_or_default();
            format!("the session's end was never told; its last sign of life was at {sure}")
        }
        Doubt::PartOfSpan => "the lease covers only part of the event's time span".to_owned(),
        Doubt::Gone => {
            let before = known.erased_before.map(clock).unwrap_or_default();
            format!("leases that ended before {before} are erased: others may have held it")
        }
        Doubt::NameUnknown => {
            let name = fitting.iter().find(|one| one.by.service.is_none()).map(|one| one.by.name.to_string());
            format!("held by {}, which no service has", name.unwrap_or_default())
        }
        other => other.settles().to_owned(),
    }
}
