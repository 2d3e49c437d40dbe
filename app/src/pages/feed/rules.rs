//! What holds for the whole feed: its name, who vouches, which reports it reads, times, kind, form of the file.
use super::{form_title, map::MapPage, sheet::class_options, time_title};
use crate::ui::{Card, Field, Select};
use domain::{
    event::{Role, SourceKind},
    feed::{TableForm, TimeForm},
};
use leptos::prelude::*;

fn words<T: Copy>(all: &[T], value: fn(T) -> &'static str, title: fn(T) -> &'static str) -> Vec<(String, String)> {
    all.iter().map(|one| (value(*one).to_owned(), title(*one).to_owned())).collect()
}

/// Name, reporter, and which reports it reads.
pub(super) fn source(page: &MapPage) -> AnyView {
    let (page, profile) = (page.clone(), page.profile.clone());
    let name = if profile.version == 0 {
        view! {
            <Field label="Name" name="name" value=profile.name.clone() error=page.problem("name") hint="Small letters, digits, hyphens: cert-blocklist. It stays." required=true />
        }
        .into_any()
    } else {
        view! { <input type="hidden" name="name" value=profile.name.clone() /> }.into_any()
    };
    let mut tokens = vec![(String::new(), "no token".to_owned())];
    tokens.extend(page.tokens.iter().map(|token| (token.id.to_string(), token.name.clone())));
    let token = profile.found.token.map(|id| id.to_string()).unwrap_or_default();
    view! {
        <Card title="Whose feed, and which reports?">
            <div class="stack">
                {name}
                <Field label="Who vouches for it" name="reporter" value=profile.reporter.clone() error=page.problem("reporter") hint="A short name, such as cert.example" required=true />
                <Select label="Posted with the token" name="token" options=tokens value=token error=page.problem("token") />
                <Field label="Or mail from" name="sender" value=profile.found.sender.clone() error=page.problem("sender") hint="feed@cert.example, or @cert.example" />
                <Field label="with a file named" name="file" value=profile.found.file.clone() error=page.problem("file") hint="blocklist-*.csv; alone it fits files of any sender" />
            </div>
        </Card>
    }
    .into_any()
}

/// How times are written.
pub(super) fn time(page: &MapPage) -> AnyView {
    const ZONES: [&str; 14] = [
        "UTC",
        "Europe/Berlin",
        "Europe/Amsterdam",
        "Europe/London",
        "Europe/Paris",
        "Europe/Madrid",
        "Europe/Warsaw",
        "Europe/Kyiv",
        "America/New_York",
        "America/Los_Angeles",
        "America/Sao_Paulo",
        "Asia/Tokyo",
        "Australia/Sydney",
        "+02:00",
    ];
    let (page, profile) = (page.clone(), page.profile.clone());
    let forms = words(TimeForm::ALL, TimeForm::as_str, time_title);
    let zones: Vec<_> = ZONES.iter().map(|zone| view! { <option value=*zone></option> }).collect();
    let late = if profile.silent_hours > 0 { profile.silent_hours.to_string() } else { String::new() };
    let error = page.problem("zone");
    let invalid = error.is_some().then_some("true");
    let error = error.map(|text| view! { <small class="error" id="zone-error">{text}</small> });
    view! {
        <Card title="Times">
            <div class="stack">
                <Select label="How they are written" name="time_form" options=forms value=profile.time_form.as_str() />
                <Field label="Its own pattern" name="time_pattern" value=profile.time_pattern.clone() error=page.problem("time_pattern") hint="Only for “a pattern of its own”: %d/%b/%Y:%H:%M:%S %z" />
                <div class="field">
                    <label for="zone">"Zone of times that name none"</label>
                    <input id="zone" name="zone" value=profile.zone.clone() list="zones" aria-invalid=invalid aria-describedby="zone-hint" autocomplete="off" />
                    <datalist id="zones">{zones}</datalist>
                    <small id="zone-hint">"UTC, Europe/Berlin, +02:00. Empty: UTC is assumed, and nobody is named on it by rule."</small>
                    {error}
                </div>
                <Field label="Late after so many hours" name="silent_hours" value=late hint="Without a report for so long an alarm is raised. Empty: it may come when it likes." />
            </div>
        </Card>
    }
    .into_any()
}

/// What kind of abuse, what our customer is in it, what the source is.
pub(super) fn what(page: &MapPage) -> AnyView {
    let profile = page.profile.clone();
    let mut kinds = vec![(String::new(), "judged by its look".to_owned())];
    kinds.extend(words(SourceKind::ALL, SourceKind::as_str, |kind| match kind {
        SourceKind::Ip => "an address",
        SourceKind::Url => "a URL",
        SourceKind::Host => "a host name",
        SourceKind::Account => "an account",
        SourceKind::Phone => "a telephone number",
    }));
    let mut roles = vec![(String::new(), "what follows from the kind".to_owned())];
    roles.extend(words(Role::ALL, Role::as_str, |role| match role {
        Role::Actor => "did it, knowingly or not",
        Role::Infected => "infected",
        Role::Vulnerable => "offers something weak",
        Role::Victim => "victim: can never be cut",
        Role::RightsClaim => "named by a rights holder",
        Role::Unknown => "not known",
    }));
    view! {
        <Card title="What it is about">
            <div class="stack">
                <div class="field">
                    <label for="class">"Kind of abuse, unless a column tells"</label>
                    <select id="class" name="class">{class_options(Some(profile.class))}</select>
                </div>
                <Select label="Our customer is" name="role" options=roles value=profile.role.map(Role::as_str).unwrap_or_default() />
                <Select label="The source is" name="source" options=kinds value=profile.source.map(SourceKind::as_str).unwrap_or_default() />
            </div>
        </Card>
    }
    .into_any()
}

/// How the rows stand in the file.
pub(super) fn form(page: &MapPage) -> AnyView {
    let (page, profile) = (page.clone(), page.profile.clone());
    let forms = words(TableForm::ALL, TableForm::as_str, form_title);
    let delimiters =
        [(",", "comma"), (";", "semicolon"), ("|", "bar"), ("\t", "tab stop"), (" ", "blank"), (":", "colon")];
    let mut delimiters: Vec<_> =
        delimiters.iter().map(|(value, word)| ((*value).to_owned(), (*word).to_owned())).collect();
    let sign = profile.delimiter.to_string();
    if !delimiters.iter().any(|(value, _)| *value == sign) {
        delimiters.push((sign.clone(), sign.clone()));
    }
    let quotes = [("\"", "double quotes \""), ("'", "single quotes '"), ("", "none")];
    let quotes = quotes.iter().map(|(value, word)| ((*value).to_owned(), (*word).to_owned())).collect();
    let quote = profile.quote.map(String::from).unwrap_or_default();
    let lines = [("yes", "names the columns"), ("no", "is a row like the others")];
    let lines = lines.iter().map(|(value, word)| ((*value).to_owned(), (*word).to_owned())).collect();
    let word = profile.form.as_str().to_uppercase();
    let open = page.sheet.broken.is_some() || page.problem("delimiter").is_some();
    view! {
        <Card title="How the file is built" aside=view! { {word} }.into_any()>
            <details open=open>
                <summary>"Delimiter, quotes, first line, path"</summary>
                <div class="stack">
                    <Select label="Form" name="form" options=forms value=profile.form.as_str() />
                    <Select label="Between values (CSV)" name="delimiter" options=delimiters value=sign error=page.problem("delimiter") />
                    <Select label="Around values (CSV, TSV)" name="quote" options=quotes value=quote error=page.problem("quote") />
                    <Select label="The first line (CSV, TSV)" name="header" options=lines value=if profile.header { "yes" } else { "no" } />
                    <Field label="Path to the rows (JSON)" name="rows" value=profile.rows.clone() hint="Such as data.items; empty: the document is the list" />
                    <small>"After a change: Try it. The columns are looked up again."</small>
                </div>
            </details>
        </Card>
    }
    .into_any()
}
