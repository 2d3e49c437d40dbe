//! A session as its Start, Alive and Stop tell of it, in whatever order and however often they come.
use crate::saying::Word;
use chrono::{DateTime, TimeDelta, Utc};

/// Two words about the begin of one session may differ by this much: one may be computed from a session time.
const SAME_START: TimeDelta = TimeDelta::seconds(60);

/// What is known of one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Span {
    /// First instant known.
    pub from: DateTime<Utc>,
    /// First instant after it; none = no end is known.
    pub to: Option<DateTime<Utc>>,
    /// Last proof that it went on, where the rest is only presumed; none = held to `to`.
    pub sure_until: Option<DateTime<Utc>>,
}

impl Span {
    /// Whether its own Stop has ended it.
    const fn stopped(&self) -> bool {
        self.to.is_some() && self.sure_until.is_none()
    }

    /// Whether a word of this instant may be about it, and not about a later session with the same name.
    fn meant(&self, began: DateTime<Utc>) -> bool {
        self.to.is_none_or(|to| began < to)
    }

    /// Whether a Start of this instant begins another session with the same name: the end of this one was lost.
    fn begun_again(&self, at: DateTime<Utc>) -> bool {
        self.to.is_none() && at > self.from + SAME_START && self.sure_until.is_none_or(|sure| sure <= at)
    }

    /// From when to when something else may be known than before: a session that goes on says nothing new of what was proven.
    pub fn changed(self, before: Option<Self>) -> (DateTime<Utc>, Option<DateTime<Utc>>) {
        let Some(before) = before else { return (self.from, self.to) };
        let proven = |span: &Self| span.sure_until.or(span.to);
        let from = if before.from == self.from {
            [proven(&before), proven(&self)].into_iter().flatten().min().unwrap_or(self.from)
        } else {
            before.from.min(self.from)
        };
        (from, before.to.zip(self.to).map(|(one, other)| one.max(other)))
    }

    /// The access server forgot it at `at`: from its last proof to there it is presumed.
    #[must_use]
    pub fn forgotten(self, at: DateTime<Utc>) -> Self {
        match (self.to, self.sure_until) {
            (None, Some(sure)) if self.from < at => Self { to: Some(at.max(sure)), ..self },
            _ => self,
        }
    }
}

/// What the word makes of the session: of the one known by this name, or of a new one. None for words about no session.
///
/// # Errors
/// What is wrong, in words for the list of refused rows.
pub fn fold(known: Option<Span>, word: &Word) -> Result<Option<Span>, String> {
    let begins = |at: &DateTime<Utc>, started: &Option<DateTime<Utc>>| started.unwrap_or(*at).min(*at);
    match word {
        Word::Held { .. } | Word::Reboot { .. } => Ok(None),
        Word::Start { at, .. } => Ok(Some(alive(known.filter(|span| !span.begun_again(*at)), *at, *at))),
        Word::Alive { at, started, .. } => Ok(Some(alive(known, begins(at, started), *at))),
        Word::Stop { at, started, .. } => {
            let known = known.filter(|span| span.meant(begins(at, started)) || span.to == Some(*at));
            stop(known, *at, *started).map(Some)
        }
    }
}

fn alive(known: Option<Span>, began: DateTime<Utc>, at: DateTime<Utc>) -> Span {
    let Some(span) = known.filter(|span| span.meant(began)) else {
        return Span { from: began, to: None, sure_until: Some(at) };
    };
    let from = span.from.min(began);
    if span.stopped() {
        return Span { from, ..span };
    }
    let sure = span.sure_until.map_or(at, |sure| sure.max(at));
    // It goes on after its access server was said to have forgotten it: so it had not.
    Span { from, to: span.to.filter(|to| *to > sure), sure_until: Some(sure) }
}

fn stop(known: Option<Span>, at: DateTime<Utc>, started: Option<DateTime<Utc>>) -> Result<Span, String> {
    let from = match (known.map(|span| span.from), started) {
        (Some(known), Some(started)) => known.min(started),
        (Some(from), None) | (None, Some(from)) => from,
        (None, None) => return Err("a Stop without a Start, and without a session time to say since when".to_owned()),
    };
    if from >= at {
        return Err("the session ends before it begins, or at once".to_owned());
    }
    match known {
        // Two Stops that disagree: sure up to the earlier one.
        Some(Span { to: Some(to), sure_until: None, .. }) if to != at => {
            Ok(Span { from, to: Some(to.max(at)), sure_until: Some(to.min(at)) })
        }
        Some(span @ Span { to: Some(to), sure_until: Some(sure), .. }) if to >= at && sure == at => {
            Ok(Span { from, ..span })
        }
        _ => Ok(Span { from, to: Some(at), sure_until: None }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_790_000_000 + second, 0).unwrap()
    }

    fn start(second: i64) -> Word {
        Word::Start { at: at(second), session: String::new() }
    }

    fn alive(second: i64, started: Option<i64>) -> Word {
        Word::Alive { at: at(second), session: String::new(), started: started.map(at) }
    }

    fn stop(second: i64, started: Option<i64>) -> Word {
        Word::Stop { at: at(second), session: String::new(), started: started.map(at) }
    }

    fn told(words: &[Word]) -> Span {
        words.iter().fold(None, |known, word| fold(known, word).unwrap()).unwrap()
    }

    #[test]
    fn order_and_doubles_do_not_matter() {
        let whole = Span { from: at(0), to: Some(at(100)), sure_until: None };
        let words = [start(0), alive(50, None), stop(100, None)];
        assert_eq!(told(&words), whole);
        for order in [[0, 2, 1], [1, 0, 2], [1, 2, 0]] {
            let mixed: Vec<Word> = order.iter().flat_map(|n| [words[*n].clone(), words[*n].clone()]).collect();
            assert_eq!(told(&mixed), whole, "{order:?}");
        }
    }

    #[test]
    fn an_open_session_is_sure_up_to_its_last_proof() {
        assert_eq!(told(&[start(0)]), Span { from: at(0), to: None, sure_until: Some(at(0)) });
        assert_eq!(told(&[alive(90, Some(0))]), Span { from: at(0), to: None, sure_until: Some(at(90)) });
        let forgotten = told(&[start(0), alive(50, None)]).forgotten(at(80));
        assert_eq!(forgotten, Span { from: at(0), to: Some(at(80)), sure_until: Some(at(50)) });
        assert_eq!(fold(Some(forgotten), &alive(90, Some(0))).unwrap().unwrap().to, None);
        // The name of a session comes back after a reboot.
        assert_eq!(fold(Some(forgotten), &start(85)).unwrap().unwrap().from, at(85));
    }

    #[test]
    fn only_what_was_not_proven_before_is_news() {
        let (begun, later) = (told(&[start(0), alive(600, None)]), told(&[start(0), alive(1_200, None)]));
        assert_eq!(begun.changed(None), (at(0), None));
        assert_eq!(later.changed(Some(begun)), (at(600), None));
        let over = told(&[start(0), alive(600, None), stop(1_500, None)]);
        // Before, it might have gone on for ever.
        assert_eq!(over.changed(Some(begun)), (at(600), None));
        assert_eq!(over.changed(Some(over.forgotten(at(1_600)))), (at(1_500), Some(at(1_500))));
        let earlier = told(&[alive(600, Some(-300))]);
        assert_eq!(earlier.changed(Some(begun)), (at(-300), None));
        assert_eq!(begun.changed(Some(earlier)), (at(-300), None), "nor is it held any more from then");
    }

    #[test]
    fn a_later_start_of_the_same_name_is_another_session() {
        let first = told(&[start(0)]);
        assert_eq!(fold(Some(first), &start(0)).unwrap(), Some(first));
        assert_eq!(fold(Some(first), &start(600)).unwrap().unwrap().from, at(600));
        // It came late: signs of life after it were told before.
        let living = told(&[alive(900, Some(590))]);
        assert_eq!(fold(Some(living), &start(600)).unwrap().unwrap().from, at(590));
    }

    #[test]
    fn a_stop_alone_needs_to_say_since_when() {
        assert!(fold(None, &stop(100, None)).unwrap_err().contains("without a Start"));
        assert_eq!(told(&[stop(100, Some(40))]), Span { from: at(40), to: Some(at(100)), sure_until: None });
        assert!(fold(None, &stop(100, Some(100))).is_err());
        let twice = told(&[start(0), stop(100, None), stop(110, Some(0))]);
        assert_eq!(twice, Span { from: at(0), to: Some(at(110)), sure_until: Some(at(100)) });
    }
}
