//! What a customer is offered on his page is what is accepted from him, in every state.
use chrono::{Offset, Utc};
use domain::case::Claim::{self, Dispute, Fixed, NeedHelp, NotMe};
use domain::class::Class;
use domain::language::Language;
use domain::limit::TEXT_CHARS_MAX;
use domain::portal::{Line, May, PortalState, PortalView, Said, StatementFault, check};

fn view(state: PortalState, may: May) -> PortalView {
    let at = chrono::DateTime::<Utc>::UNIX_EPOCH;
    PortalView {
        desk_name: "Northlight".into(),
        desk_phone: None,
        redress: None,
        case_number: "L-2026-000001".into(),
        state,
        class: Class::Spam,
        language: Language::En,
        zone: Utc.fix(),
        first_seen: at,
        last_seen: at,
        count: 1,
        source_text: "192.0.2.7".into(),
        service: None,
        details: vec![],
        moments: vec![],
        answer_by: None,
        watched_until: None,
        restriction: None,
        conversation: vec![],
        claim: None,
        may,
        receipt: None,
        recipient: "•••@mail.example".into(),
        link_expires_at: at,
    }
}

#[test]
fn offered_and_accepted_agree_in_every_state() {
    let all = May { state_fixed: true, self_release_left: 1, ask_release: true, dispute: true };
    let table: [(PortalState, May, &[Claim]); 6] = [
        (PortalState::Told, all, &[Fixed, NeedHelp, NotMe, Dispute]),
        (PortalState::Restricted, May { dispute: false, ..all }, &[Fixed, NeedHelp, NotMe]),
        (PortalState::WaitingForUs, all, &[Fixed, NeedHelp, NotMe, Dispute]),
        (PortalState::Released, May::default(), &[NeedHelp]),
        (PortalState::Closed, May { dispute: true, ..May::default() }, &[NeedHelp, Dispute]),
        (PortalState::Closed, May::default(), &[NeedHelp]),
    ];
    for (state, may, offered) in table {
        let view = view(state, may);
        assert_eq!(view.options(), offered, "{state}");
        for &claim in Claim::ALL {
            let accepted = check(&view, claim.as_str(), "I ran a scan").is_ok();
            assert_eq!(accepted, offered.contains(&claim), "{state} {claim}");
        }
    }
}

#[test]
fn faults_are_named() {
    let view = view(PortalState::Told, May { state_fixed: true, dispute: true, ..May::default() });
    assert_eq!(check(&view, "", "text"), Err(StatementFault::Choose));
    assert_eq!(check(&view, "closed", "text"), Err(StatementFault::Choose));
    assert_eq!(check(&view, "fixed", " \r\n a "), Err(StatementFault::SayWhatYouDid));
    assert_eq!(check(&view, "dispute", ""), Err(StatementFault::SayWhy));
    let long = "é".repeat(TEXT_CHARS_MAX + 1);
    assert_eq!(check(&view, "fixed", &long), Err(StatementFault::TooLong { chars: TEXT_CHARS_MAX + 1 }));
    assert_eq!(check(&view, "need_help", "").unwrap().text, "");
    assert_eq!(check(&view, "fixed", " a\r\nb\u{0}\u{1b}[1m c ").unwrap().text, "a\nb[1m c");
}

#[test]
fn the_desks_last_word_shows_until_it_is_answered() {
    let mut view = view(PortalState::Told, May::default());
    assert_eq!(view.unanswered(), None);
    let desk = |text: &str| Line { at: view.first_seen, said: Said::Desk { text: text.into() } };
    let (one, two) = (desk("one"), desk("two"));
    let customer = Line { at: view.first_seen, said: Said::Customer { claim: None, text: "hm".into() } };
    view.conversation = vec![one, customer.clone(), two, Line { at: view.first_seen, said: Said::Restricted }];
    assert_eq!(view.unanswered().map(|(_, text)| text), Some("two"));
    view.conversation.push(customer);
    assert_eq!(view.unanswered(), None);
}
