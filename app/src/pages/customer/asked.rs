//! What a resolver is asked for a look-up: that it has not answered yet, or when it did.
use crate::{
    routes,
    ui::{Card, LinkBtn, When, defang, number},
};
use chrono::{DateTime, Utc};
use domain::{id::LookUpId, lease::resolver::Asked};
use leptos::prelude::*;

/// The card of one question.
pub(super) fn asked(asked: &Asked, look: LookUpId, now: DateTime<Utc>) -> AnyView {
    let resolver = asked.question.resolver.clone();
    let question = defang(&asked.question.to_string());
    if let Some((at, leases)) = asked.answered {
        let said = match u64::try_from(leases) {
            Ok(0) => " answered: nobody held it then.".to_owned(),
            Ok(n) => format!(" answered with {}.", number::plural(n, "lease", "leases")),
            Err(_) => " answered.".to_owned(),
        };
        return view! {
            <Card title="Asked elsewhere" aside=view! { <When at=at now=now /> }.into_any()>
                <p><b>{resolver}</b> {said}</p>
                <p class="sub">{question}</p>
            </Card>
        }
        .into_any();
    }
    let problem = (!asked.problem.is_empty()).then(|| {
        let words = format!("The last try: {}. It is asked again by itself.", asked.problem);
        view! { <p>{words}</p> }
    });
    let since = asked.made_at;
    view! {
        <Card title="Asked elsewhere" kind="warn" aside=view! { <When at=since now=now relative=true /> }.into_any()>
            <p>"Asked " <b>{resolver}</b> ", no answer yet: reload this page. What stands below is what is known here."</p>
            {problem}
            <p class="sub">{question}</p>
            <p class="btns"><LinkBtn label="Reload" href=routes::look_up(look) /></p>
        </Card>
    }
    .into_any()
}
