//! The answers on top of a case: who, how sure, what we told him, what is cut, what he says, why we may.

use std::sync::Arc;

use domain::{
    case::{DisputeState, MessageKind},
    notice::NoticeState,
    quarantine::QuarantineState,
};
use leptos::prelude::*;

use super::{page::CasePage, queue::claim_words};
use crate::{
    routes,
    ui::{Fact, Glance, Tag, number::thousands, time},
};

pub(super) fn glance(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    view! { <Glance>{who(&page)} {sure(&page)} {told(&page)} {cut(&page)} {says(&page)} {why(&page)}</Glance> }
        .into_any()
}

fn who(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let line = page.view.service.as_ref().map(|s| format!("{} {} · ", s.product, s.number)).unwrap_or_default();
    let sub = match page.view.case.strikes {
        0 => format!("{line}first case in 12 months"),
        n => format!("{line}{} case in 12 months", ordinal(n + 1)),
    };
    let protected = page.view.service.as_ref().and_then(|s| s.protected.clone());
    let protected = protected.map(|why| view! { " " <Tag word=format!("protected: {why}") kind="bad" /> });
    view! {
        <Fact term="Who" sub=sub>
            <a href=routes::customer(page.view.customer.id)>{page.view.customer.name.clone()}</a>
            {protected}
        </Fact>
    }
    .into_any()
}

fn ordinal(n: i64) -> String {
    let ending = match (n % 10, n % 100) {
        (_, 11..=13) => "th",
        (1, _) => "st",
        (2, _) => "nd",
        (3, _) => "rd",
        _ => "th",
    };
    format!("{n}{ending}")
}

fn count(n: i64) -> String {
    thousands(u64::try_from(n).unwrap_or(0))
}

fn sure(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let (certain, all) = (page.view.sightings.certain, page.view.case.events);
    let word = if certain == all { "certain" } else { "ambiguous" };
    let sub = format!("{} of {} events, attributed at their own time", count(certain), count(all));
    let doubted = page.view.contradictions.len();
    let doubted = (doubted > 0).then(|| view! { " " <Tag word=format!("{doubted} in doubt") kind="bad" /> });
    view! { <Fact term="How sure" sub=sub><Tag word=word /> {doubted}</Fact> }.into_any()
}

fn told(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let newest = page.view.notices.iter().find(|notice| notice.state != NoticeState::Cancelled);
    let (answer, sub, class) = match newest {
        None => ("Not yet".to_owned(), "no notice was written".to_owned(), ""),
        Some(n) => match n.state {
            NoticeState::Sent => {
                let at = n.sent_at.unwrap_or(n.created_at);
                (format!("{}, delivered", time::stamp(at, page.now)), format!("to {}", n.recipient), "notified")
            }
            NoticeState::Queued | NoticeState::Sending => {
                ("On its way".to_owned(), format!("to {}, not counted as given yet", n.recipient), "")
            }
            NoticeState::Failed => ("Failed".to_owned(), n.answer.clone(), "quarantined"),
            NoticeState::Bounced => ("Came back: not given".to_owned(), n.answer.clone(), "quarantined"),
            NoticeState::Cancelled => ("Not yet".to_owned(), String::new(), ""),
        },
    };
    view! { <Fact term="Told" sub=sub class=class>{answer}</Fact> }.into_any()
}

fn cut(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let Some(row) = page.view.quarantines.iter().find(|row| row.quarantine.state.live()) else {
        let last = page.view.quarantines.first().and_then(|row| row.quarantine.lifted_at);
        let sub = last.map(|at| format!("lifted {}", time::stamp(at, page.now))).unwrap_or_default();
        return view! { <Fact term="Cut" sub=sub>"Nothing"</Fact> }.into_any();
    };
    let q = &row.quarantine;
    let sub = match (q.state, q.confirmed_at, q.verified_at) {
        (QuarantineState::InForce, Some(since), Some(seen)) => {
            format!("in force since {}, verified {}", time::stamp(since, page.now), time::ago(seen, page.now))
        }
        (QuarantineState::InForce, Some(since), None) => format!("in force since {}", time::stamp(since, page.now)),
        (state, _, _) => state.as_str().replace('_', " "),
    };
    let words = q.measure.title();
    view! { <Fact term="Cut" sub=sub class="quarantined">{words}</Fact> }.into_any()
}

fn says(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    let last = page.view.messages.iter().find(|message| message.kind == MessageKind::Statement);
    let when = last.map(|message| time::stamp(message.at, page.now));
    let sub = match (page.view.release_waits(), when) {
        (true, Some(when)) => format!("asks for release, {when}"),
        (true, None) => "asks for release".to_owned(),
        (false, Some(when)) => when,
        (false, None) => "nothing yet".to_owned(),
    };
    let dispute = match page.view.case.dispute {
        DisputeState::None => None,
        DisputeState::Open => Some("objection open"),
        DisputeState::Upheld => Some("objection upheld"),
        DisputeState::Rejected => Some("objection rejected"),
    };
    let sub = dispute.map_or_else(|| sub.clone(), |words| format!("{sub} · {words}"));
    let (words, class) = match page.view.case.claim {
        Some(claim) => (capital(claim_words(claim)), "answered"),
        None => ("Nothing".to_owned(), ""),
    };
    view! { <Fact term="They say" sub=sub class=class>{words}</Fact> }.into_any()
}

fn capital(words: &str) -> String {
    let words = words.strip_prefix("says: ").unwrap_or(words);
    let mut chars = words.chars();
    chars.next().map(|c| c.to_uppercase().collect::<String>() + chars.as_str()).unwrap_or_default()
}

fn why(page: &Arc<CasePage>) -> AnyView {
    let page = page.clone();
    if let Some(row) = page.view.quarantines.iter().find(|row| row.quarantine.state.live()) {
        let days = page.view.clauses.iter().find(|c| c.id == row.quarantine.clause).map(|c| c.days_max);
        let most = days.map(|days| format!(", at most {days} days")).unwrap_or_default();
        let sub = format!("terms {}{most}", row.terms_version);
        return view! { <Fact term="Why we may" sub=sub>{format!("Clause {}", row.clause_number)}</Fact> }.into_any();
    }
    let permitting: Vec<&str> =
        page.view.clauses.iter().filter(|c| !c.permits.is_empty()).map(|c| c.number.as_str()).collect();
    let (words, sub) = match &page.view.contract {
        Some(c) if c.accepted_at.is_none() => {
            ("Nothing may be cut".to_owned(), "no proof that the terms were accepted".to_owned())
        }
        Some(c) if permitting.is_empty() => {
            ("Nothing may be cut".to_owned(), format!("terms {} permit nothing", c.terms_version))
        }
        Some(c) => {
            let accepted = c.accepted_at.map(|at| format!(", accepted {}", time::day(at))).unwrap_or_default();
            let word = if permitting.len() == 1 { "Clause" } else { "Clauses" };
            (format!("{word} {}", permitting.join(", ")), format!("not used · terms {}{accepted}", c.terms_version))
        }
        None => ("Nothing may be cut".to_owned(), "no contract known".to_owned()),
    };
    view! { <Fact term="Why we may" sub=sub>{words}</Fact> }.into_any()
}
