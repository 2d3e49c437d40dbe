//! Customers' cases in every state, for the tests and for looking at the pages.
use chrono::{DateTime, Offset, Utc};
use domain::case::Claim;
use domain::class::Class;
use domain::language::Language;
use domain::portal::{
    Detail, DetailKind, Line, May, Moment, Phase, PortalState, PortalView, Receipt, Restriction, Said,
};
use domain::quarantine::Measure;

pub(crate) fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap_or_default()
}

/// A household with an infected device, told but not restricted.
pub(crate) fn told(language: Language) -> PortalView {
    PortalView {
        desk_name: "Northlight".into(),
        desk_phone: Some("0800 555 0142".into()),
        redress: None,
        case_number: "L-2026-001204".into(),
        state: PortalState::Told,
        class: Class::InfectedHost,
        language,
        zone: "+01:00".parse().unwrap_or(Utc.fix()),
        first_seen: at("2026-11-16T07:12:44Z"),
        last_seen: at("2026-11-22T10:38:12Z"),
        count: 184,
        source_text: "203.0.113.77 port 49431".into(),
        service: Some("Fibre 500, ln-20418".into()),
        details: vec![
            Detail { kind: DetailKind::Malware, value: "avalanche-andromeda".into() },
            Detail { kind: DetailKind::TargetPort, value: "80".into() },
            Detail { kind: DetailKind::Protocol, value: "tcp".into() },
        ],
        moments: (0..6)
            .map(|n| Moment {
                at: at("2026-11-22T10:38:12Z") - chrono::TimeDelta::hours(n * 19),
                source_text: format!("203.0.113.77 port {}", 49431 + n * 37),
                count: n + 1,
            })
            .collect(),
        answer_by: Some(at("2026-11-25T09:00:00Z")),
        watched_until: None,
        restriction: None,
        conversation: vec![Line {
            at: at("2026-11-21T14:02:00Z"),
            said: Said::Noticed { to: "n.ok•••@mail.example".into() },
        }],
        claim: None,
        may: May { state_fixed: true, self_release_left: 2, ask_release: false, dispute: true },
        receipt: None,
        recipient: "n.ok•••@mail.example".into(),
        link_expires_at: at("2027-02-19T14:02:00Z"),
    }
}

/// The same household in the walled garden, with one self-release left.
pub(crate) fn restricted(language: Language) -> PortalView {
    let mut view = told(language);
    view.state = PortalState::Restricted;
    view.answer_by = None;
    view.restriction = Some(restriction(language));
    view.may = May { state_fixed: true, self_release_left: 1, ask_release: true, dispute: true };
    view.conversation.push(Line { at: at("2026-11-22T09:51:00Z"), said: Said::Restricted });
    view
}

pub(crate) fn restriction(language: Language) -> Restriction {
    let german = language == Language::De;
    Restriction {
        measure: Measure::WalledGarden,
        phase: Phase::InForce,
        since: at("2026-11-22T09:51:00Z"),
        until: at("2026-12-06T09:51:00Z"),
        review_at: at("2026-11-29T09:51:00Z"),
        ports: vec![],
        reason: if german {
            "Trotz unserer Mail vom 21. November meldet sich das Gerät weiter bei einem Botnetz.".into()
        } else {
            "The device still calls a botnet after our mail of 21 November.".into()
        },
        by_machine: false,
        clause_number: "7.2".into(),
        clause_text: if german {
            "Wenn ein Gerät an Ihrem Anschluss anderen schadet, dürfen wir den Anschluss einschränken, bis es sauber ist, längstens 14 Tage.".into()
        } else {
            "If a device on your line harms others, we may limit the line until it is clean, for at most 14 days."
                .into()
        },
        terms_version: "2026-03".into(),
        accepted_at: Some(at("2026-03-14T00:00:00Z")),
        asked_for_lift: false,
    }
}

/// Fixed, self-released, still lifting; right after the form was sent.
pub(crate) fn lifting(language: Language) -> PortalView {
    let mut view = restricted(language);
    view.state = PortalState::WaitingForUs;
    view.claim = Some(Claim::Fixed);
    if let Some(restriction) = &mut view.restriction {
        restriction.phase = Phase::Lifting;
        restriction.asked_for_lift = true;
    }
    view.may = May { dispute: true, ..May::default() };
    view.receipt = Some(Receipt { seq: 48211, leaf_hash: String::new() });
    let text = "Old tablet switched off, router updated, new wifi password.".to_owned();
    let said = Said::Customer { claim: Some(Claim::Fixed), text };
    view.conversation.push(Line { at: at("2026-11-22T17:20:00Z"), said });
    view
}

/// No self-release left: asked, a person decides, and the desk has a question.
pub(crate) fn waiting(language: Language) -> PortalView {
    let mut view = lifting(language);
    if let Some(restriction) = &mut view.restriction {
        restriction.phase = Phase::InForce;
    }
    view.may = May { state_fixed: true, self_release_left: 0, ask_release: true, dispute: true };
    let text = "Thank you for cleaning up. Which program did you scan with, and did it find anything?".to_owned();
    view.conversation.push(Line { at: at("2026-11-23T08:05:00Z"), said: Said::Desk { text } });
    view
}

/// A port block.
pub(crate) fn ports(language: Language) -> PortalView {
    let mut view = restricted(language);
    view.class = Class::Spam;
    view.may.self_release_left = 0;
    if let Some(restriction) = &mut view.restriction {
        restriction.measure = Measure::PortBlock;
        restriction.ports = vec![25, 139, 445];
        restriction.by_machine = true;
    }
    view
}

/// Open again, watched.
pub(crate) fn released(language: Language) -> PortalView {
    let mut view = lifting(language);
    view.state = PortalState::Released;
    view.restriction = None;
    view.watched_until = Some(at("2026-11-29T17:21:00Z"));
    view.may = May::default();
    view
}

/// As long as it gets: a conversation of sixty long letters.
pub(crate) fn talkative(language: Language) -> PortalView {
    let mut view = restricted(language);
    for n in 0..60 {
        let text: String = (0..60).map(|word| format!("word{} ", (n * 7919 + word * 104_729) % 9973)).collect();
        let said = if n % 2 == 0 { Said::Desk { text } } else { Said::Customer { claim: Some(Claim::NeedHelp), text } };
        view.conversation.push(Line { at: at("2026-11-22T17:20:00Z") + chrono::TimeDelta::hours(n), said });
    }
    view
}
