//! The statement form: one choice, a few words, one button.
use super::{PortalForm, words::Words};
use crate::ui::TextArea;
use domain::{
    case::Claim,
    limit::TEXT_CHARS_MAX,
    portal::{PortalState, PortalView, StatementFault},
};
use leptos::prelude::*;

/// The form, with what was typed and what was wrong with it.
pub(super) fn form(view: &PortalView, form: &PortalForm, action_url: &str, words: &Words) -> AnyView {
    let over = matches!(view.state, PortalState::WaitingForUs | PortalState::Released | PortalState::Closed)
        && view.unanswered().is_none();
    let head = if over { words.more_to_say } else { words.tell };
    let fault = form.fault.map(|fault| (fault.in_choice(), fault_text(fault, words)));
    let (in_choice, in_text) = match fault {
        Some((true, text)) => (Some(text), None),
        Some((false, text)) => (None, Some(text)),
        None => (None, None),
    };
    let described = if in_text.is_some() { "text-hint text-wrong" } else { "text-hint" };
    let (id, lang, action) = (form.id.clone(), view.language.as_str(), action_url.to_owned());
    view! {
        <form method="post" action=action id="form" novalidate>
            <h2>{head}</h2>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="lang" value=lang/>
            {in_choice.map(|text| view! { <p class="wrong" id="claim-wrong">{text}</p> })}
            {choices(view, form, words)}
            <label class="q" for="text">{words.text}</label>
            <small id="text-hint">{words.text_hint}</small>
            {in_text.clone().map(|text| view! { <p class="wrong" id="text-wrong">{text}</p> })}
            <TextArea
                name="text"
                value=form.text.clone()
                rows=3
                maxlength=TEXT_CHARS_MAX
                invalid=in_text.is_some()
                described_by=described.to_owned()
            />
            <button>{words.send}</button>
            <small>{words.no_password}</small>
        </form>
    }
    .into_any()
}

/// What is wrong, at the top of the page where the browser lands, with a jump to the field (WCAG 2.2, 3.3.1).
pub(super) fn summary(form: &PortalForm, words: &Words) -> Option<AnyView> {
    let fault = form.fault?;
    let (target, text) = (if fault.in_choice() { "#claim" } else { "#text" }, fault_text(fault, words));
    let view = view! {
        <div class="box bad" role="alert">
            <h2>{words.fault_head}</h2>
            <p><a href=target>{text}</a></p>
        </div>
    };
    Some(view.into_any())
}

fn choices(view: &PortalView, form: &PortalForm, words: &Words) -> AnyView {
    let options = view.options();
    let only = options.len() == 1;
    let first = options.first().copied();
    let options: Vec<_> = options
        .into_iter()
        .map(|claim| {
            let (label, hint) = option(claim, view, words);
            let checked = only || form.claim == claim.as_str();
            let id = (Some(claim) == first).then_some("claim");
            view! {
                <label class="opt">
                    <input type="radio" name="claim" id=id value=claim.as_str() checked=checked/>
                    <span><b>{label}</b><br/><small>{hint}</small></span>
                </label>
            }
        })
        .collect();
    let described = matches!(form.fault, Some(fault) if fault.in_choice()).then_some("claim-wrong");
    view! { <fieldset aria-describedby=described><legend>{words.choose}</legend>{options}</fieldset> }.into_any()
}

fn option(claim: Claim, view: &PortalView, words: &Words) -> (&'static str, String) {
    match claim {
        Claim::Fixed if view.may.ask_release && view.may.self_release_left > 0 => {
            (words.fixed, (words.fixed_self)(view.may.self_release_left))
        }
        Claim::Fixed if view.may.ask_release => (words.fixed, words.fixed_person.to_owned()),
        Claim::Fixed => (words.fixed, words.fixed_told.to_owned()),
        Claim::NeedHelp => {
            let hint = view.desk_phone.as_deref().map_or_else(|| words.help_write.to_owned(), words.help_phone);
            (words.help, hint)
        }
        Claim::NotMe => (words.not_me, words.not_me_hint.to_owned()),
        Claim::Dispute => (words.dispute, words.dispute_hint.to_owned()),
    }
}

fn fault_text(fault: StatementFault, words: &Words) -> String {
    match fault {
        StatementFault::Choose => words.fault_choose.to_owned(),
        StatementFault::SayWhatYouDid => words.fault_did.to_owned(),
        StatementFault::SayWhy => words.fault_why.to_owned(),
        StatementFault::TooLong { chars } => (words.fault_long)(chars, TEXT_CHARS_MAX),
    }
}
