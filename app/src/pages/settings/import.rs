//! Import of customers, leases and terms: choose a file, see what would happen, then do it.
use super::tabs;
use crate::{
    routes,
    ui::{Btn, Card, Choice, DataTable, Desk, Field, PostForm, Tabs, Tag, Th, Top, number},
};
use domain::import::{ImportKind, ImportReport, PROBLEMS_MAX, Problem};
use leptos::prelude::*;

/// What the page shows.
#[derive(Debug, Clone)]
pub struct ImportPage {
    /// What the file holds.
    pub kind: ImportKind,
    /// Name of the file, once chosen.
    pub file_name: String,
    /// Its text after the dry run, for the confirmation.
    pub csv: String,
    /// What would happen, or what happened.
    pub report: Option<ImportReport>,
    /// Why the file as a whole was refused.
    pub error: Option<String>,
}

/// The page.
pub fn import(page: ImportPage) -> AnyView {
    let result = page.report.clone().map(|report| result(&page, report));
    let columns: Vec<_> = ImportKind::ALL.iter().map(|kind| columns(*kind, page.kind)).collect();
    let choices = ImportKind::ALL
        .iter()
        .map(|kind| (kind.as_str().to_owned(), title(*kind).to_owned(), meaning(*kind).to_owned()))
        .collect();
    let side = view! { {columns} }.into_any();
    view! {
        <Top title="Import" sub="from the provider's books" />
        <Tabs tabs=tabs("import") />
        <Desk side=Some(side)>
            {result}
            <Card title="Choose a file">
                <PostForm action=routes::settings_page("import") files=true>
                    <Choice label="What it holds" name="kind" options=choices value=page.kind.as_str() />
                    <Field
                        label="CSV file"
                        name="file"
                        kind="file"
                        hint="At most 2 MiB here; for more: lazaret import on the command line. Nothing is written before you confirm."
                        error=page.error
                        required=true
                    />
                    <Btn label="See what would happen" kind="main" />
                </PostForm>
            </Card>
        </Desk>
    }
    .into_any()
}

const fn title(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Customers => "Customers",
        ImportKind::Leases => "Leases",
        ImportKind::Terms => "Terms",
        ImportKind::CgnatRules => "CGNAT rules",
        ImportKind::Names => "Names",
    }
}

const fn meaning(kind: ImportKind) -> &'static str {
    match kind {
        ImportKind::Customers => "with contracts, services and fixed addresses; one row a service",
        ImportKind::Leases => "who held which address and ports from when to when",
        ImportKind::CgnatRules => "which inside address has which ports of a shared address, where that is computed",
        ImportKind::Terms => "versions of the contract text and the clauses that permit something; import these first",
        ImportKind::Names => {
            "hosted domains, mail accounts, login names and servers, and whose they were from when to when"
        }
    }
}

fn result(page: &ImportPage, report: ImportReport) -> AnyView {
    let (rows, refused) = (number::plural(report.rows, "row", "rows"), number::thousands(report.refused));
    let good = number::thousands(report.good);
    let (heading, words) = if report.dry_run {
        ("What would happen", format!("{good} of {rows} would be imported, {refused} refused. Nothing is written yet."))
    } else {
        ("Imported", format!("{good} of {rows} imported, {refused} refused."))
    };
    let hidden = vec![
        ("kind".to_owned(), page.kind.as_str().to_owned()),
        ("file_name".to_owned(), page.file_name.clone()),
        ("csv".to_owned(), page.csv.clone()),
    ];
    let confirm = (report.dry_run && report.good > 0).then(|| {
        let label = if report.refused > 0 {
            format!("Import the {good} good rows")
        } else {
            format!("Import {}", number::plural(report.good, "row", "rows"))
        };
        view! {
            <PostForm action=routes::settings_page("import/confirm") hidden=hidden>
                <Btn label=label kind="main" />
            </PostForm>
        }
    });
    let problems = (!report.problems.is_empty()).then(|| problems(&report));
    let kind = if report.refused > 0 { "warn" } else { "" };
    view! {
        <Card title=heading kind=kind aside=page.file_name.clone().into_any()>
            <p>{words}</p>
            {problems}
            {confirm}
        </Card>
    }
    .into_any()
}

fn problems(report: &ImportReport) -> AnyView {
    let rows: Vec<_> = report.problems.iter().map(problem).collect();
    let cut =
        (report.problems.len() == PROBLEMS_MAX).then(|| view! { <p><small>"Only the first are shown."</small></p> });
    view! {
        <DataTable label="What is wrong">
            <thead><tr><Th label="Line" class="n" /> <Th label="Column" /> <Th label="Problem" /></tr></thead>
            <tbody>{rows}</tbody>
        </DataTable>
        {cut}
    }
    .into_any()
}

fn problem(problem: &Problem) -> AnyView {
    view! {
        <tr>
            <td class="n">{problem.line}</td>
            <td class="mono">{problem.column.clone()}</td>
            <td>{problem.problem.clone()}</td>
        </tr>
    }
    .into_any()
}

fn columns(kind: ImportKind, chosen: ImportKind) -> AnyView {
    let rows: Vec<_> = kind
        .columns()
        .iter()
        .map(|column| {
            let needed = column.required.then(|| view! { " " <Tag word="needed" /> });
            view! {
                <div>
                    <dt class="mono">{column.name} {needed}</dt>
                    <dd><small>{column.meaning}</small></dd>
                </div>
            }
        })
        .collect();
    view! {
        <Card title=format!("Columns of {}.csv", kind.as_str())>
            <details open=kind == chosen>
                <summary>{number::plural(kind.columns().len() as u64, "column", "columns")} ", any order"</summary>
                <dl class="columns">{rows}</dl>
                <p><small>"Dates need a zone: 2026-03-14T10:00:00Z. Text is UTF-8."</small></p>
            </details>
        </Card>
    }
    .into_any()
}
