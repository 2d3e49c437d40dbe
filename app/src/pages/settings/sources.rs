//! Lease sources: what each knows of whose addresses, what it brought in vain, imports under way, and its limits.
use super::tabs;
use crate::{
    pages::customer::reach,
    routes,
    ui::{Act, Btn, Card, DataTable, Desk, EmptyState, Field, PostForm, Tabs, Tag, Th, Top, When, number, time},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::lease::{
    ImportRow, LeaseSource, LeaseSourceKind, RefusedRow,
    board::{LeaseBoard, LeaseWarning},
};
use leptos::prelude::*;

/// An import that moved so lately is still under way.
const UNDER_WAY: TimeDelta = TimeDelta::minutes(2);

/// The limits of a source as they were typed, with field and problem.
#[derive(Debug, Clone)]
pub struct LimitForm {
    /// Which source.
    pub source: String,
    /// Seconds.
    pub skew: String,
    /// Hours.
    pub silent: String,
    /// Field and problem.
    pub error: (String, String),
}

/// What the page shows.
#[derive(Debug, Clone)]
pub struct SourcesPage {
    /// The sources.
    pub board: LeaseBoard,
    /// A form that was refused.
    pub form: Option<LimitForm>,
}

/// How to add a source: title, what it does, text to copy.
const HOW: [(&str, &str, &str); 5] = [
    (
        "DHCP",
        "A lease file of Kea or ISC is read as it grows.",
        "[lease.dhcp-1]\nfile = \"/var/lib/kea/kea-leases4.csv\"\nformat = \"kea\"",
    ),
    (
        "RADIUS",
        "Accounting is taken and answered.",
        "[radius]\nlisten = \"0.0.0.0:1813\"\n\n[radius.bng-3]\nclient = \"192.0.2.3\"\n# LAZARET_RADIUS__BNG_3__SECRET",
    ),
    (
        "CGNAT",
        "The log of port blocks is read as it grows.",
        "[lease.nat-1]\nfile = \"/var/log/nat.log\"\nformat = \"cgnat\"",
    ),
    (
        "Kept elsewhere",
        "Leases stay in your own system; it is asked about one address and time.",
        "[resolver.books]\nurl = \"https://leases.isp.example/who\"\n# LAZARET_RESOLVER__BOOKS__TOKEN",
    ),
    ("Any other", "A file once, or rows by the API (docs/lease-sources.md).", "lazaret import leases FILE.csv"),
];

/// The page of lease sources.
pub fn sources(page: SourcesPage) -> AnyView {
    let SourcesPage { board, form } = page;
    let now = board.now;
    let sub = match board.warnings.len() {
        0 => "who says whose an address was".to_owned(),
        n => number::plural(u64::try_from(n).unwrap_or(0), "warning", "warnings"),
    };
    let warnings: Vec<_> = board.warnings.iter().map(warning).collect();
    let list = list(&board, form.as_ref());
    let imports = (!board.imports.is_empty()).then(|| imports(&board.imports, now));
    let refused = (!board.refused.is_empty()).then(|| refused(&board.refused, now));
    let side = view! { {rules(&board)} {how_to()} }.into_any();
    view! {
        <Top title="Lease sources" sub=sub />
        <Tabs tabs=tabs("sources") />
        <Desk side=Some(side)>
            {warnings}
            <Card title="Sources" flush=true>{list}</Card>
            {imports}
            {refused}
        </Desk>
    }
    .into_any()
}

fn warning(warning: &LeaseWarning) -> AnyView {
    let (title, what) = match warning {
        LeaseWarning::Silent { source, .. } => (
            format!("{source} is silent"),
            "Look whether it still writes or sends. Newer events at its addresses wait meanwhile; nothing is guessed.",
        ),
        LeaseWarning::TooYoung { source, .. } => (
            format!("{source} knows too little of the past"),
            "Import its older leases if it still has them; otherwise this ends by itself as time goes by.",
        ),
        LeaseWarning::Behind { source, .. } => {
            (format!("{source} lags behind"), "Look whether its file is still followed, and whether it still writes.")
        }
        LeaseWarning::Failing { source, .. } => (
            format!("{source} does not work"),
            "It is tried again by itself. Events at its addresses wait meanwhile; nothing is guessed.",
        ),
        LeaseWarning::NoAnswer { source, .. } => (
            format!("{source} gives no usable answer"),
            "It is asked again by itself. Until then those events wait; nothing is guessed.",
        ),
        LeaseWarning::KeptTooShort => {
            ("Leases are kept too short".to_owned(), "Raise leases.keep_days, or lower leases.report_days.")
        }
    };
    let words = format!("{warning}.");
    view! { <Card title=title kind="warn"><p>{words}</p><p>{what}</p></Card> }.into_any()
}

fn list(board: &LeaseBoard, form: Option<&LimitForm>) -> AnyView {
    if board.sources.is_empty() {
        return view! {
            <EmptyState title="No lease source yet">
                "Without one only fixed addresses have an owner, and every other event stays unknown. Follow a DHCP server's lease file, take RADIUS accounting, or "
                <a href=routes::settings_page("import")>"import a file"</a> ": the text to copy stands beside."
            </EmptyState>
        }
        .into_any();
    }
    let rows: Vec<_> = board.sources.iter().map(|source| row(source, board, form)).collect();
    view! {
        <DataTable label="Lease sources" class="stack">
            <thead>
                <tr>
                    <Th label="Source" /> <Th label="Knows from" /> <Th label="Up to" /> <Th label="Last heard" />
                    <Th label="Rows" class="n" /> <Th label="Refused" class="n" /> <Th label="Limits" />
                </tr>
            </thead>
            <tbody>{rows}</tbody>
        </DataTable>
    }
    .into_any()
}

fn row(source: &LeaseSource, board: &LeaseBoard, form: Option<&LimitForm>) -> AnyView {
    let now = board.now;
    let wrong = board.warnings.iter().any(|warning| warning.source() == source.name);
    let mark = wrong.then(|| view! { " " <Tag word="look" kind="bad" /> });
    let kind = match source.kind {
        LeaseSourceKind::Static => "the provider's books",
        LeaseSourceKind::Import => "brought as a file, or by the API",
        LeaseSourceKind::Dhcp => "DHCP",
        LeaseSourceKind::Radius => "RADIUS accounting",
        LeaseSourceKind::Cgnat => "CGNAT log",
        LeaseSourceKind::Resolver => "asked by HTTP",
    };
    let resolver = source.kind == LeaseSourceKind::Resolver;
    let open = board.standings.iter().find(|standing| standing.resolver == source.name && standing.open > 0);
    let open = open.map(|standing| {
        let questions = number::plural(u64::try_from(standing.open).unwrap_or(0), "question waits", "questions wait");
        let since = standing.since.map(|at| view! { " since " <When at=at now=now /> });
        view! { " " <small>{questions} {since}</small> }
    });
    let from = match source.known_from {
        _ if resolver => "asked each time".to_owned(),
        Some(at) => reach(at, now),
        None => "nothing yet".to_owned(),
    };
    let gone = source.erased_before.filter(|_| !resolver).map(|_| view! { <small>"older ones erased"</small> });
    let through = match source.known_through {
        Some(at) => view! { <When at=at now=now /> }.into_any(),
        None if resolver => view! { <span>"–"</span> }.into_any(),
        None => view! { <span>"states none"</span> }.into_any(),
    };
    let heard = source.last_heard_at.map(|at| view! { <When at=at now=now relative=true /> });
    let n = |n: i64| number::thousands(u64::try_from(n).unwrap_or(0));
    let refused = if source.rows_refused > 0 {
        view! { <a href="#refused">{n(source.rows_refused)}</a> }.into_any()
    } else {
        "–".into_any()
    };
    let (name, kept) = (source.name.clone(), n(source.rows_kept));
    view! {
        <tr>
            <td class="lead"><b>{name}</b> {mark} <small>{kind}</small> {open}</td>
            <td data-label="Knows from">{from} {gone}</td>
            <td data-label="Up to">{through}</td>
            <td data-label="Last heard">{heard}</td>
            <td class="n" data-label="Rows">{kept}</td>
            <td class="n" data-label="Refused">{refused}</td>
            <td data-label="Limits">{limits(source, form)}</td>
        </tr>
    }
    .into_any()
}

/// How far its clock may be off and how long it may be silent, and the form that changes both.
fn limits(source: &LeaseSource, form: Option<&LimitForm>) -> AnyView {
    let form = form.filter(|form| form.source == source.name);
    let (skew, silent) = (source.skew.num_seconds(), source.silent_after.map_or(0, |after| after.num_hours()));
    let words = match silent {
        0 => format!("± {skew} s, may be silent"),
        hours => format!("± {skew} s, silent {hours} h at most"),
    };
    let typed =
        form.map_or_else(|| (skew.to_string(), silent.to_string()), |form| (form.skew.clone(), form.silent.clone()));
    let wrong = |field: &str| form.filter(|form| form.error.0 == field).map(|form| form.error.1.clone());
    let (skew_error, silent_error) = (wrong("skew"), wrong("silent"));
    let action = routes::settings_page(&format!("sources/{}", source.name));
    let (skew_id, silent_id) = (format!("skew-{}", source.id), format!("silent-{}", source.id));
    let open = form.is_some();
    view! {
        <small>{words}</small>
        <Act label="Change…" group="limits" open=open>
            <PostForm action=action>
                <Field
                    label="Clock may be off by (s)"
                    name="skew"
                    id=skew_id
                    value=typed.0
                    error=skew_error
                    hint="Events nearer to a change of hands than this are not certain"
                />
                <Field
                    label="Warn after hours of silence"
                    name="silent"
                    id=silent_id
                    value=typed.1
                    error=silent_error
                    hint="0: never"
                />
                <Btn label="Set the limits" kind="main" />
            </PostForm>
        </Act>
    }
    .into_any()
}

fn imports(imports: &[ImportRow], now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = imports
        .iter()
        .map(|import| {
            let n = |n: i64| number::thousands(u64::try_from(n).unwrap_or(0));
            let under_way = now - import.touched_at < UNDER_WAY;
            let state = under_way.then(|| view! { <Tag word="under way" kind="sure" /> });
            let file: String = import.sha256.chars().take(12).collect();
            let (begun, touched) = (import.begun_at, import.touched_at);
            view! {
                <tr>
                    <td class="lead">{import.source.clone()} " " {state}</td>
                    <td class="mono" data-label="File">{file}</td>
                    <td class="n" data-label="Rows done">{n(import.rows_done)}</td>
                    <td class="n" data-label="Refused">{n(import.rows_refused)}</td>
                    <td data-label="Begun"><When at=begun now=now /></td>
                    <td data-label="Last step"><When at=touched now=now /></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title="Imports" flush=true>
            <p class="note">"An import that was broken off goes on where it stopped when the same file is brought again."</p>
            <DataTable label="Imports of files" class="stack">
                <thead>
                    <tr>
                        <Th label="Source" /> <Th label="File (SHA-256)" /> <Th label="Rows done" class="n" />
                        <Th label="Refused" class="n" /> <Th label="Begun" /> <Th label="Last step" />
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn refused(refused: &[RefusedRow], now: DateTime<Utc>) -> AnyView {
    let rows: Vec<_> = refused
        .iter()
        .map(|row| {
            let at = row.at;
            view! {
                <tr>
                    <td class="lead">{row.source.clone()}</td>
                    <td class="n" data-label="Line">{row.line}</td>
                    <td data-label="Reason">{row.problem.clone()}</td>
                    <td data-label="When"><When at=at now=now /></td>
                </tr>
            }
        })
        .collect();
    view! {
        <Card title="Refused rows" id="refused" flush=true aside="the newest; the others were kept".into_any()>
            <DataTable label="Refused rows" class="stack">
                <thead>
                    <tr><Th label="Source" /> <Th label="Line" class="n" /> <Th label="Reason" /> <Th label="When" /></tr>
                </thead>
                <tbody>{rows}</tbody>
            </DataTable>
        </Card>
    }
    .into_any()
}

fn rules(board: &LeaseBoard) -> AnyView {
    let kept = number::plural(u64::try_from(board.keep_days).unwrap_or(0), "day", "days");
    let names = number::plural(u64::try_from(board.names).unwrap_or(0), "name", "names");
    let until = time::day(board.now - TimeDelta::days(board.keep_days));
    let reports = board.report_days;
    view! {
        <Card title="How long leases are kept">
            <p>
                {kept} " after their end (" <code>"leases.keep_days"</code> "), then they are erased: now up to " {until}
                ". What an attribution was based on stays with its event."
            </p>
            <p>"Reports may be " {reports} " days old (" <code>"leases.report_days"</code> "): a source that knows less of the past is named here."</p>
            <p>{names} " of hosts and accounts known: " <a href=routes::settings_page("import")>"import more"</a> "."</p>
        </Card>
    }
    .into_any()
}

fn how_to() -> AnyView {
    let ways: Vec<_> = HOW
        .into_iter()
        .map(|(title, what, text)| {
            view! {
                <h3>{title}</h3>
                <p>{what}</p>
                <pre class="raw" tabindex="0">{text}</pre>
            }
        })
        .collect();
    view! { <Card title="Add a source">{ways}</Card> }.into_any()
}
