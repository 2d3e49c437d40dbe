//! The first screen: the worst news in the first line, then what works, how to get back, by when.
use super::{PortalForm, words::Words};
use domain::{
    advice::{Advice, what_works},
    case::Claim,
    portal::{Phase, PortalState, PortalView, Restriction},
};
use leptos::prelude::*;

/// The first line. A restriction in force is always the news, whatever else is true.
pub(super) fn headline(view: &PortalView, words: &Words) -> String {
    let advice = Advice::about(view.class, view.language);
    if let Some(restriction) = &view.restriction {
        return match restriction.phase {
            Phase::Coming => (words.head_coming)(advice.because),
            Phase::InForce => (words.head_restricted)(advice.because),
            Phase::Lifting => words.head_lifting.to_owned(),
        };
    }
    match view.state {
        PortalState::Told | PortalState::Restricted => advice.news,
        PortalState::WaitingForUs => words.head_waiting,
        PortalState::Released => words.head_released,
        PortalState::Closed => words.head_closed,
    }
    .to_owned()
}

/// The box below the headline.
pub(super) fn state_box(view: &PortalView, words: &Words) -> AnyView {
    let day = |at| view.language.day(at, view.zone);
    let mut lines: Vec<String> = Vec::new();
    if let Some(restriction) = &view.restriction {
        return restriction_box(view, restriction, words);
    }
    let kind = match view.state {
        PortalState::Told | PortalState::Restricted => {
            lines.push(words.told.to_owned());
            if let Some(at) = view.answer_by {
                lines.push((words.answer_by)(&view.language.moment_short(at, view.zone)));
            }
            "box"
        }
        PortalState::WaitingForUs => {
            lines.push(words.waiting.to_owned());
            "box"
        }
        PortalState::Released => {
            lines.push(words.released.to_owned());
            lines.extend(view.watched_until.map(|at| (words.watched)(&day(at))));
            "box ok"
        }
        PortalState::Closed => {
            lines.push(words.closed.to_owned());
            "box ok"
        }
    };
    paragraphs(kind, None, lines)
}

fn restriction_box(view: &PortalView, restriction: &Restriction, words: &Words) -> AnyView {
    let since = view.language.moment_short(restriction.since, view.zone);
    let works = what_works(restriction.measure, &restriction.ports, view.language);
    if restriction.phase == Phase::Lifting {
        return paragraphs("box ok", None, vec![words.back_lifting.to_owned()]);
    }
    let begin = if restriction.phase == Phase::Coming { (words.from)(&since) } else { (words.since)(&since) };
    let back = if restriction.asked_for_lift {
        Some(words.back_asked)
    } else if !view.may.ask_release {
        None
    } else if view.may.self_release_left > 0 {
        Some(words.back_at_once)
    } else {
        Some(words.back_by_person)
    };
    let mut lines = vec![works];
    lines.extend(back.map(str::to_owned));
    lines.push((words.ends)(&view.language.day(restriction.until, view.zone)));
    paragraphs("box bad", Some(begin), lines)
}

fn paragraphs(kind: &'static str, bold: Option<String>, lines: Vec<String>) -> AnyView {
    let lines: Vec<_> = lines.into_iter().map(|line| view! { <p>{line}</p> }).collect();
    view! {
        <div class=kind>
            {bold.map(|bold| view! { <p><b>{bold}</b></p> })}
            {lines}
        </div>
    }
    .into_any()
}

/// The answer to a statement just sent: what happens now, and the receipt.
pub(super) fn done(view: &PortalView, form: &PortalForm, words: &Words) -> Option<AnyView> {
    if !form.done {
        return None;
    }
    let restriction = view.restriction.as_ref();
    let next = match view.claim {
        Some(Claim::Fixed) if restriction.is_some_and(|r| r.phase == Phase::Lifting) => words.thanks_lifting,
        Some(Claim::Fixed) if restriction.is_some_and(|r| r.asked_for_lift) => words.thanks_person,
        Some(Claim::NeedHelp) => words.thanks_help,
        Some(Claim::Dispute) => words.thanks_dispute,
        _ => words.thanks_other,
    };
    let receipt = view.receipt.as_ref().map(|receipt| {
        let hash = (!receipt.leaf_hash.is_empty()).then(|| format!(" ({})", receipt.leaf_hash));
        view! { <p><small>{(words.receipt)(receipt.seq)}{hash}</small></p> }
    });
    let view = view! {
        <div class="box ok" role="status">
            <h2>{words.thanks}</h2>
            <p>{next}</p>
            {receipt}
        </div>
    };
    Some(view.into_any())
}

/// The desk's last words as long as they are not answered.
pub(super) fn desk_wrote(view: &PortalView, words: &Words) -> Option<AnyView> {
    let (at, text) = view.unanswered()?;
    let head = (words.desk_wrote)(&view.language.moment_short(at, view.zone));
    let text = text.to_owned();
    Some(
        view! { <section class="box"><h2>{head}</h2><blockquote class="said">{text}</blockquote></section> }.into_any(),
    )
}
