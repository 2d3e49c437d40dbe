//! What the desk decided about a reporter, and the form that decides anew.
use super::one::ReporterPage;
use crate::{
    routes,
    ui::{Btn, Choice, Field, Figure, KeyValues, LongField, Pair, PostForm, Select, Tick, defang, time},
};
use domain::{
    actor::Actor,
    reporter::{Feedback, FeedbackBy, MarkKind, Reporter},
};
use leptos::prelude::*;

/// The form, as typed.
#[derive(Debug, Clone, Default)]
pub struct SettingsFields {
    /// Ticked: his reports are taken.
    pub switched_on: bool,
    /// 1 to 10.
    pub weight: String,
    /// Ticked: a person decides.
    pub never_automatic: bool,
    /// The word of a [`Feedback`].
    pub feedback: String,
    /// The word of a [`FeedbackBy`].
    pub feedback_by: String,
    /// Address or URL.
    pub feedback_to: String,
    /// Why.
    pub reason: String,
}

impl SettingsFields {
    /// As it stands.
    #[must_use]
    pub fn of(reporter: &Reporter) -> Self {
        let settings = &reporter.settings;
        Self {
            switched_on: settings.switched_on,
            weight: settings.weight.to_string(),
            never_automatic: settings.never_automatic,
            feedback: settings.feedback.to_string(),
            feedback_by: settings.feedback_by.to_string(),
            feedback_to: settings.feedback_to.clone(),
            reason: String::new(),
        }
    }
}

pub(super) fn settings(page: &ReporterPage) -> AnyView {
    let reporter = &page.view.reporter;
    let settings = &reporter.settings;
    let word = |yes: bool, on: &'static str, off: &'static str| if yes { on } else { off };
    let taken = word(settings.switched_on, "yes", "no: kept and set aside");
    let machine = word(settings.never_automatic, "never", "as the playbook says");
    let told = match settings.feedback {
        Feedback::None => "nothing".to_owned(),
        Feedback::Receipt => format!("receipts, by {} to {}", settings.feedback_by, defang(&settings.feedback_to)),
        Feedback::Outcome => {
            format!("receipts and outcomes, by {} to {}", settings.feedback_by, defang(&settings.feedback_to))
        }
    };
    let decided = reporter.changed_at.map(|at| {
        let who = Actor::label(&reporter.changed_by).to_owned();
        let text = format!("{who}, {}: {}", time::stamp(at, page.now), reporter.reason);
        view! { <Pair term="Decided">{text}</Pair> }
    });
    let form = page.decides.then(|| form(page));
    let marked = marked(page);
    view! {
        <Figure title="What we decided" wide=true>
            {marked}
            <KeyValues>
                <Pair term="Taken">{taken}</Pair>
                <Pair term="Automatic">{machine}</Pair>
                <Pair term="Is told">{told}</Pair>
                {decided}
            </KeyValues>
            {form}
        </Figure>
    }
    .into_any()
}

fn marked(page: &ReporterPage) -> Option<AnyView> {
    let mark = page.view.mark.clone()?;
    let back = page.works.then(|| super::mark::back(MarkKind::Reporter, &mark.name));
    let text = format!("Marked by {}: {}", Actor::label(&mark.marked_by), mark.reason);
    Some(view! { <p><b>"Always not abuse. "</b> {text}</p> {back} }.into_any())
}

fn form(page: &ReporterPage) -> AnyView {
    let fields = page.fields.clone();
    let error = |name: &str| page.error.as_ref().filter(|(field, _)| field == name).map(|(_, problem)| problem.clone());
    let (open, name) = (page.error.is_some(), page.view.reporter.name.as_str());
    let hidden = vec![("version".to_owned(), page.view.reporter.version.to_string())];
    let weights = (1..=10).map(|n| (n.to_string(), n.to_string())).collect();
    let option = |word: &str, label: &str, why: &str| (word.to_owned(), label.to_owned(), why.to_owned());
    let feedback = vec![
        option(Feedback::None.as_str(), "Nothing", ""),
        option(Feedback::Receipt.as_str(), "That a report arrived", ""),
        option(
            Feedback::Outcome.as_str(),
            "That it arrived, and what came of it",
            "Only: acted on, no abuse found, not our customer, could not identify. Never a word about the customer.",
        ),
    ];
    let by = vec![
        (FeedbackBy::Mail.to_string(), "mail".to_owned()),
        (FeedbackBy::Webhook.to_string(), "webhook (signed POST)".to_owned()),
    ];
    let action = routes::reporter(name);
    let (weight, by_wrong, to_wrong, why_wrong) =
        (error("weight"), error("feedback_by"), error("feedback_to"), error("reason"));
    view! {
        <details class="more" open=open>
            <summary>"Change…"</summary>
            <PostForm action=action hidden=hidden>
                <Tick label="Take his reports (off: they are kept and set aside)" name="switched_on" on=fields.switched_on />
                <Tick label="Never act on his word without a person" name="never_automatic" on=fields.never_automatic />
                <Select label="Weight" name="weight" options=weights value=fields.weight hint="10: his word is enough; 1: hardly counts" error=weight />
                <Choice label="He is told" name="feedback" options=feedback value=fields.feedback />
                <Select label="By" name="feedback_by" options=by value=fields.feedback_by error=by_wrong />
                <Field label="Mail address or URL" name="feedback_to" value=fields.feedback_to error=to_wrong hint="As agreed with him; his report's own sender is never used" />
                <LongField label="Reason" name="reason" value=fields.reason rows=2 hint="One sentence for the record." error=why_wrong required=true />
                <Btn label="Save" kind="main" />
            </PostForm>
        </details>
    }
    .into_any()
}
