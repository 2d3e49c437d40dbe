//! The box on the case page that says what is cut, and what can be done about it.
use super::{acts::Acting, ends, measure, network_says, state};
use crate::{
    routes,
    ui::{Card, KeyValues, Pair, Pill, Tag, When},
};
use chrono::{DateTime, Utc};
use domain::{
    id::CaseId,
    quarantine::{QuarantineCommand, QuarantineRow, QuarantineState},
};
use leptos::prelude::*;

/// One quarantine as a case shows it.
#[component]
pub fn QuarantineCard(
    /// It.
    row: QuarantineRow,
    /// What the role of whoever looks allows: [`domain::quarantine::offered`].
    may: Vec<QuarantineCommand>,
    /// The case one looks from.
    #[prop(default = None)]
    case: Option<CaseId>,
    /// Where to go after an act.
    #[prop(into)]
    back: String,
    /// The time of the page.
    now: DateTime<Utc>,
) -> AnyView {
    let kind = match row.quarantine.state {
        QuarantineState::Failed => "bad",
        QuarantineState::InForce if row.quarantine.review_at < now => "warn",
        _ => "",
    };
    let acting = Acting { row: &row, may: &may, case, back: &back, own_order: false };
    let (buttons, facts) = (acting.buttons(), facts(&row, case, now));
    let link = routes::quarantine(row.quarantine.id);
    let aside = view! { <a href=link>"details"</a> }.into_any();
    view! {
        <Card title="Quarantine" aside=aside kind=kind>
            {facts}
            {buttons}
        </Card>
    }
    .into_any()
}

/// The facts of a quarantine as pairs.
pub(super) fn facts(row: &QuarantineRow, case: Option<CaseId>, now: DateTime<Utc>) -> AnyView {
    let found = &row.quarantine;
    let since = found.confirmed_at.map(|at| {
        view! { <Pair term="In force since"><When at=at now=now /></Pair> }
    });
    let begins = (found.confirmed_at.is_none() && found.starts_at > now).then(|| {
        let at = found.starts_at;
        view! { <Pair term="Begins"><When at=at now=now /></Pair> }
    });
    let live = found.state.live();
    let review = live.then(|| {
        let overdue = (found.review_at < now).then(|| view! { " " <Tag word="overdue" kind="bad" /> });
        let at = found.review_at;
        view! { <Pair term="Review by"><When at=at now=now /> {overdue}</Pair> }
    });
    let ended = ends(found, now);
    let ends_term = if live { "Ends at the latest" } else { "Ended" };
    let (word, how, says) = (state(found.state), measure(found), network_says(found, now));
    let service = format!("{} {}", row.service_number, row.product);
    let ground = format!("clause {} of {}", row.clause_number, row.terms_version);
    let held_by = held_by(row, case);
    view! {
        <KeyValues>
            <Pair term="State"><Pill word=word /></Pair>
            <Pair term="Measure">{how}</Pair>
            <Pair term="Service">{service}</Pair>
            <Pair term="Held by">{held_by}</Pair>
            {begins}
            {since}
            {review}
            <Pair term=ends_term>{ended}</Pair>
            <Pair term="Network says">{says}</Pair>
            <Pair term="Ground">{ground}</Pair>
        </KeyValues>
    }
    .into_any()
}

fn held_by(row: &QuarantineRow, case: Option<CaseId>) -> AnyView {
    if let ([(only, _)], Some(here)) = (row.cases.as_slice(), case)
        && *only == here
    {
        return "this case only".into_any();
    }
    if row.cases.is_empty() {
        return "no case any more".into_any();
    }
    let links: Vec<AnyView> = row
        .cases
        .iter()
        .map(|(_, number)| view! { <a href=routes::case(number)>{number.clone()}</a> " " }.into_any())
        .collect();
    links.into_any()
}
