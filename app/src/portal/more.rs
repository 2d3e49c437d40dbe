//! Below the form, folded: why we may, details for somebody technical, what was said so far; and the foot.
use super::{PortalForm, words::Words};
use domain::{
    advice::{Advice, class_title, clause_sentence},
    language::Language,
    portal::{Line, PortalView, Restriction, Said},
};
use leptos::prelude::*;

/// Characters of the conversation shown at once, so that the page stays within one round trip.
const TALK_CHARS: usize = 6_000;
/// Sights shown.
const MOMENTS: usize = 10;

/// The folded parts.
pub(super) fn more(view: &PortalView, form: &PortalForm, action_url: &str, words: &Words) -> AnyView {
    let all = form.all;
    let ground = view.restriction.as_ref().map(|restriction| {
        let inside = ground(view, restriction, words);
        view! { <details open=all><summary>{words.why}</summary>{inside}</details> }
    });
    let talk = (!view.conversation.is_empty()).then(|| {
        let inside = conversation(view, all, action_url, words);
        view! { <details open=all><summary>{words.said}</summary>{inside}</details> }
    });
    view! {
        <h2>{words.more}</h2>
        {super::saw::steps_folded(view, all, words)}
        {ground}
        <details open=all><summary>{words.technical}</summary>{technical(view, words)}</details>
        {talk}
    }
    .into_any()
}

/// The statement of reasons: facts, clause, who decided, how long, how to object.
fn ground(view: &PortalView, restriction: &Restriction, words: &Words) -> AnyView {
    let day = |at| view.language.day(at, view.zone);
    let clause = clause_sentence(
        &restriction.clause_number,
        &restriction.clause_text,
        &restriction.terms_version,
        restriction.accepted_at,
        view.zone,
        view.language,
    );
    let decided = if restriction.by_machine { words.by_machine } else { words.by_person };
    let lasts = (words.lasts)(&day(restriction.since), &day(restriction.until));
    let review = (words.review)(&day(restriction.review_at));
    let reason = restriction.reason.clone();
    let redress = view.may.dispute.then(|| (words.redress)(view.redress.as_deref()));
    view! {
        <p>{clause}</p>
        <p>{words.reason}{reason}</p>
        <p>{decided}" "{lasts}" "{review}</p>
        {redress.map(|text| view! { <p>{text}</p> })}
    }
    .into_any()
}

fn technical(view: &PortalView, words: &Words) -> AnyView {
    let moment = |at| view.language.moment(at, view.zone);
    let mut facts: Vec<(&str, String)> = vec![
        (words.kind, class_title(view.class, view.language).to_owned()),
        (words.source, view.source_text.clone()),
        (words.first, moment(view.first_seen)),
        (words.last, moment(view.last_seen)),
        (words.count, view.language.times(view.count)),
    ];
    facts.extend(view.service.iter().map(|service| (words.service, service.clone())));
    facts.extend(view.details.iter().map(|detail| ((words.detail)(detail.kind), detail.value.clone())));
    let facts: Vec<_> = facts.into_iter().map(|(name, value)| view! { <dt>{name}</dt><dd>{value}</dd> }).collect();
    let moments: Vec<_> = view
        .moments
        .iter()
        .take(MOMENTS)
        .map(|sight| {
            let often = (sight.count > 1).then(|| format!(", {}", view.language.times(sight.count)));
            view! { <li>{moment(sight.at)}", "{sight.source_text.clone()}{often}</li> }
        })
        .collect();
    let moments = (!moments.is_empty()).then(|| view! { <h3>{words.sights}</h3><ul>{moments}</ul> });
    view! {
        <p>{Advice::about(view.class, view.language).expert}</p>
        <dl>{facts}</dl>
        {moments}
        <p><small>{(words.zone)(&Language::zone(view.zone))}</small></p>
    }
    .into_any()
}

fn conversation(view: &PortalView, all: bool, action_url: &str, words: &Words) -> AnyView {
    let shown = if all { view.conversation.as_slice() } else { latest(&view.conversation) };
    let left_out = view.conversation.len() - shown.len();
    let href = format!("{action_url}?all=1&lang={}", view.language);
    let earlier = (left_out > 0).then(|| view! { <p><a href=href>{(words.left_out)(left_out)}</a></p> });
    let lines: Vec<_> = shown
        .iter()
        .map(|line| {
            let (who, text) = said(line, words);
            let when = view.language.moment(line.at, view.zone);
            let who = who.map(|who| format!(" - {who}"));
            view! { <li><small>{when}{who}</small><p class="said">{text}</p></li> }
        })
        .collect();
    view! { {earlier}<ul class="talk">{lines}</ul> }.into_any()
}

/// As many of the latest lines as fit [`TALK_CHARS`], at least one.
fn latest(lines: &[Line]) -> &[Line] {
    let mut room = TALK_CHARS;
    let mut start = lines.len();
    for (place, line) in lines.iter().enumerate().rev() {
        let cost = 120 + text_of(line).chars().count();
        if cost > room && start < lines.len() {
            break;
        }
        room = room.saturating_sub(cost);
        start = place;
    }
    lines.get(start..).unwrap_or_default()
}

fn text_of(line: &Line) -> &str {
    match &line.said {
        Said::Customer { text, .. } | Said::Desk { text } => text,
        Said::ReleaseRefused { reason } | Said::DisputeDecided { reason, .. } => reason,
        Said::Noticed { .. } | Said::Restricted | Said::Lifted | Said::Closed => "",
    }
}

fn said(line: &Line, words: &Words) -> (Option<&'static str>, String) {
    use domain::case::Claim;
    match &line.said {
        Said::Customer { claim, text } => {
            let claim = claim.map(|claim| match claim {
                Claim::Fixed => words.fixed,
                Claim::NotMe => words.not_me,
                Claim::NeedHelp => words.help,
                Claim::Dispute => words.dispute,
            });
            let text = match (claim, text.as_str()) {
                (Some(claim), "") => format!("{claim}."),
                (Some(claim), text) => format!("{claim}: {text}"),
                (None, text) => text.to_owned(),
            };
            (Some(words.you), text)
        }
        Said::Desk { text } => (Some(words.desk), text.clone()),
        Said::Noticed { to } => (None, (words.noticed)(to)),
        Said::Restricted => (None, words.restricted.to_owned()),
        Said::Lifted => (None, words.lifted.to_owned()),
        Said::ReleaseRefused { reason } => (None, format!("{}{reason}", words.refused)),
        Said::DisputeDecided { upheld: true, reason } => (None, format!("{}{reason}", words.upheld)),
        Said::DisputeDecided { upheld: false, reason } => (None, format!("{}{reason}", words.rejected)),
        Said::Closed => (None, words.was_closed.to_owned()),
    }
}

/// Case number, whose page this is, the receipt, telephone, and the way to the printable statement.
pub(super) fn foot(view: &PortalView, form: &PortalForm, action_url: &str, words: &Words) -> AnyView {
    let case = format!("{} {}", words.case, view.case_number);
    let yours = (words.yours)(&view.language.day(view.link_expires_at, view.zone));
    let phone = view.desk_phone.as_deref().map(|phone| view! { <p>{words.questions}{super::plain::tel(phone)}</p> });
    // Just sent: the answer on top says it already.
    let receipt = view.receipt.as_ref().filter(|_| !form.done).map(|receipt| (words.receipt)(receipt.seq));
    let (href, link) = if form.all {
        (format!("{action_url}?lang={}", view.language), words.short)
    } else {
        (format!("{action_url}?all=1&lang={}", view.language), words.print)
    };
    view! {
        <footer>
            {phone}
            <p><small><b>{case}</b></small></p>
            <p><small>{yours}</small></p>
            {receipt.map(|text| view! { <p><small>{text}</small></p> })}
            <nav><small><a href=href>{link}</a></small></nav>
        </footer>
    }
    .into_any()
}
