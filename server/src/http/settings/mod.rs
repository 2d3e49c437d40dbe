//! Settings: the overview, accounts, API tokens, own address ranges.
mod accounts;
mod channels;
mod ranges;
mod sources;
mod tokens;

use super::{AppState, HttpError, Staff, show};
use crate::{
    config::Config,
    desk::{DeskError, Inventory},
};
use app::{
    pages::settings::{Setting, SettingsPage, Step, settings},
    routes,
    ui::{Place, number},
};
use axum::{Router, extract::State, response::Response, routing::get};
use domain::refusal::Refusal;

pub(super) fn routes() -> Router<AppState> {
    Router::new()
        .route("/settings", get(overview))
        .merge(accounts::routes())
        .merge(channels::routes())
        .merge(ranges::routes())
        .merge(sources::routes())
        .merge(tokens::routes())
}

async fn overview(State(state): State<AppState>, staff: Staff) -> Result<Response, HttpError> {
    let inventory = state.desk.inventory(&staff.actor()).await?;
    let page = SettingsPage { steps: steps(&inventory, state.desk.config()), settings: in_force(state.desk.config()) };
    show(&state, &staff, Place::Settings, "Settings", || settings(page)).await
}

/// Field and problem of a refused value; every other error stays one.
pub(super) fn refused(error: DeskError) -> Result<(String, String), HttpError> {
    match error {
        DeskError::Refused(Refusal::Invalid { field, problem }) => Ok((field.to_owned(), problem)),
        other => Err(other.into()),
    }
}

fn step(title: &str, n: i64, (one, many): (&str, &str), how: &str) -> Step {
    let now = if n == 0 { "none yet".to_owned() } else { number::plural(u64::try_from(n).unwrap_or(0), one, many) };
    Step { title: title.to_owned(), now, done: n > 0, how: how.to_owned(), command: String::new(), href: String::new() }
}

fn steps(have: &Inventory, config: &Config) -> Vec<Step> {
    let set = |title: &str, key: &str, unset: &str, how: &str| Step {
        now: if config.text(key).is_empty() { unset.to_owned() } else { "set".to_owned() },
        done: !config.text(key).is_empty(),
        command: key.to_owned(),
        ..step(title, 0, ("", ""), how)
    };
    vec![
        Step {
            href: routes::settings_page("users"),
            ..step("People", have.users, ("account", "accounts"), "Make an account for everybody who works here.")
        },
        Step {
            href: routes::settings_page("ranges"),
            ..step("Own ranges", have.ranges, ("range", "ranges"), "Add the prefixes you announce.")
        },
        Step {
            command: "lazaret import terms FILE.csv".to_owned(),
            href: routes::settings_page("import"),
            ..step("Terms", have.terms, ("version", "versions"), "Without a clause nobody can be quarantined.")
        },
        Step {
            command: "lazaret import customers FILE.csv".to_owned(),
            href: routes::settings_page("import"),
            ..step("Customers", have.customers, ("customer", "customers"), "With contracts and services.")
        },
        Step {
            command: "lazaret import leases FILE.csv".to_owned(),
            href: routes::settings_page("import"),
            ..step("Leases", have.leases, ("lease", "leases"), "Whose address it was, and when.")
        },
        Step {
            href: routes::settings_page("tokens"),
            ..step(
                "Reports",
                have.tokens,
                ("token", "tokens"),
                "Let machines hand in reports, or pipe mail into lazaret ingest -.",
            )
        },
        set("Mail", "smtp.url", "notices wait", "The relay that takes your notices."),
        set("Network", "quarantine.url", "demo back end", "The system that restricts lines."),
        set(
            "Heads",
            "ledger.heads_file",
            "kept here only",
            "Signed heads of the record belong on another machine too.",
        ),
    ]
}

fn in_force(config: &Config) -> Vec<Setting> {
    let shown = config.in_force().into_iter().map(|(name, key)| {
        let value = config.text(&name);
        let secret = if value.is_empty() { "" } else { "set, not shown" };
        Setting {
            name,
            value: if key.secret { secret.to_owned() } else { value.to_owned() },
            changed: value != key.default,
            meaning: key.meaning.to_owned(),
        }
    });
    shown.collect()
}
