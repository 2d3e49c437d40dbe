//! What may be done with a quarantine: one form per act, each with its reason.
use crate::{
    routes,
    ui::{Act, Btn, Field, LongField, PostForm, Select},
};
use domain::{
    id::CaseId,
    quarantine::{QuarantineCommand as Q, QuarantineRow, QuarantineState},
};
use leptos::prelude::*;

/// Everything an act needs to know.
pub(super) struct Acting<'a> {
    /// The quarantine.
    pub(super) row: &'a QuarantineRow,
    /// What the table and the role allow.
    pub(super) may: &'a [Q],
    /// The case one looks from: its cause goes first.
    pub(super) case: Option<CaseId>,
    /// Where to go afterwards.
    pub(super) back: &'a str,
    /// It was ordered by whoever looks.
    pub(super) own_order: bool,
}

impl Acting<'_> {
    fn form(&self, act: &str, fields: AnyView, label: &str, kind: &str) -> AnyView {
        let hidden = vec![
            ("version".to_owned(), self.row.quarantine.version.to_string()),
            ("back".to_owned(), self.back.to_owned()),
        ];
        let action = routes::quarantine_act(self.row.quarantine.id, act);
        let (label, kind) = (label.to_owned(), kind.to_owned());
        view! { <PostForm action=action hidden=hidden>{fields} <Btn label=label kind=kind /></PostForm> }.into_any()
    }

    fn reason(&self, act: &str, hint: &'static str) -> AnyView {
        let id = format!("{act}-{}", self.row.quarantine.id);
        view! { <LongField label="Reason" name="reason" id=id rows=2 required=true hint=hint /> }.into_any()
    }

    fn release(&self) -> AnyView {
        let cases = &self.row.cases;
        let here = self.case.filter(|id| cases.iter().any(|(known, _)| known == id));
        let which = (cases.len() > 1).then(|| {
            let mut options: Vec<(String, String)> =
                cases.iter().map(|(id, number)| (id.to_string(), format!("Only {number} lets go"))).collect();
            options.push((String::new(), "All cases: the service is free".to_owned()));
            let id = format!("case-{}", self.row.quarantine.id);
            let value = here.map(|id| id.to_string()).unwrap_or_default();
            view! { <Select label="Which" name="case" id=id options=options value=value /> }
        });
        let reason = self.reason("release", "The customer does not read this; the record keeps it.");
        let fields = view! { {which} {reason} }.into_any();
        let form = self.form("release", fields, "Release", "main");
        view! { <Act label="Release…" key="r" group="quarantine">{form}</Act> }.into_any()
    }

    fn review(&self) -> AnyView {
        let id = format!("days-{}", self.row.quarantine.id);
        let reason = self.reason("review", "What you looked at, and why it must go on.");
        let fields = view! {
            <Field label="Look again in (days)" name="days" id=id kind="number" value="7" required=true
                hint="Never later than the day it ends." />
            {reason}
        };
        let form = self.form("review", fields.into_any(), "Keep it", "");
        view! { <Act label="Review…" group="quarantine">{form}</Act> }.into_any()
    }

    fn simple(&self, act: &str, dots: &'static str, label: &str, kind: &'static str, hint: &'static str) -> AnyView {
        let form = self.form(act, self.reason(act, hint), label, kind);
        view! { <Act label=dots kind=kind group="quarantine">{form}</Act> }.into_any()
    }

    fn one(&self, command: Q) -> AnyView {
        match command {
            Q::Approve if self.own_order => {
                view! { <small>"You ordered it: another supervisor must sign."</small> }.into_any()
            }
            Q::Approve => {
                self.simple("approve", "Approve…", "Sign and apply", "", "Why a protected service must be cut.")
            }
            Q::Refuse => self.simple("refuse", "Refuse…", "Refuse", "", "What should be done instead."),
            Q::Cancel => self.simple("cancel", "Withdraw…", "Withdraw", "", "Why it is not needed."),
            Q::Lift => self.release(),
            Q::Retry => self.form("retry", ().into_any(), "Try again", "main"),
            Q::Begin | Q::Confirm | Q::Fail | Q::ConfirmLifted | Q::Repair => ().into_any(),
        }
    }

    /// The buttons in a row.
    pub(super) fn buttons(&self) -> AnyView {
        let mut parts: Vec<AnyView> = self.may.iter().map(|command| self.one(*command)).collect();
        let holds = matches!(
            self.row.quarantine.state,
            QuarantineState::Applying | QuarantineState::InForce | QuarantineState::Failed
        );
        if holds && self.may.contains(&Q::Lift) {
            parts.push(self.review());
        }
        if parts.is_empty() {
            return ().into_any();
        }
        view! { <div class="btns">{parts}</div> }.into_any()
    }
}
