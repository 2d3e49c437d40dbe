//! Letters to reporters with their delivery, and one letter as written.
use crate::{
    routes,
    ui::{
        Card, Cols, DataTable, Desk, EmptyState, KeyValues, LinkBtn, Pager, Pair, Pill, Tab, Tabs, Th, Top, When, time,
    },
};
use chrono::{DateTime, Utc};
use domain::{
    letter::Letter,
    page::{PageOf, Rows},
};
use leptos::prelude::*;

/// What the list shows.
#[derive(Debug, Clone)]
pub struct LettersPage {
    /// The rows of this page.
    pub rows: Rows<Letter>,
    /// How many letters there are.
    pub total: i64,
    /// Which page.
    pub page: PageOf,
    /// Time of the page.
    pub now: DateTime<Utc>,
}

/// The list of letters.
pub fn letters(data: LettersPage) -> AnyView {
    let LettersPage { rows, total, page, now } = data;
    let to_page = |n: i64| routes::with_query(routes::letters(), &[("page", &n.to_string())]);
    let (prev, next) =
        ((page.number > 1).then(|| to_page(page.number - 1)), rows.more.then(|| to_page(page.number + 1)));
    let tabs = vec![
        Tab::new("To customers", routes::mail(), None, false),
        Tab::new("To reporters", routes::letters(), u64::try_from(total).ok(), true),
    ];
    let lines: Vec<_> = rows.rows.into_iter().map(|letter| line(letter, now)).collect();
    let table = if lines.is_empty() {
        let text =
            "Questions to reporters are asked on a report that waits to be sorted out; receipts go out by themselves.";
        view! { <EmptyState title="No letter yet">{text}</EmptyState> }.into_any()
    } else {
        view! {
            <DataTable label="Letters" class="stack">
                <thead>
                    <tr>
                        <Th label="Written" /> <Th label="Subject" /> <Th label="To" /> <Th label="State" />
                        <Th label="What the relay said" />
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </DataTable>
            <Pager prev=prev next=next />
        }
        .into_any()
    };
    view! {
        <Top title="Mail" sub="to reporters" />
        <Tabs tabs=tabs>""</Tabs>
        <Cols>{table}</Cols>
    }
    .into_any()
}

fn line(letter: Letter, now: DateTime<Utc>) -> AnyView {
    view! {
        <tr data-row="">
            <td class="nowrap" data-label="Written"><When at=letter.created_at now=now /></td>
            <td class="lead">
                <a class="who" href=routes::letter(letter.id) data-open="">{letter.subject}</a>
                <small><a href=routes::report(letter.report)>"the report"</a> {format!(" · {}", letter.kind)}</small>
            </td>
            <td data-label="To"><span class="mono">{letter.recipient}</span></td>
            <td data-label="State"><Pill word=letter.state.as_str() /></td>
            <td data-label="Relay">{letter.answer}</td>
        </tr>
    }
    .into_any()
}

/// One letter; `form` is the address of its form, where this desk may show it.
pub fn letter(letter: Letter, form: Option<String>) -> AnyView {
    let form = form.map(|href| {
        view! {
            <Card title="The reporter's form" kind="next">
                <p>"No relay is set, so this page is the only way to follow the link as the reporter would."</p>
                <div class="btns"><LinkBtn label="Open the form" href=href /></div>
            </Card>
        }
    });
    let (word, kind) = (letter.state.as_str(), letter.kind.as_str().into_any());
    let (title, sub, body) = (letter.subject.clone(), letter.recipient.clone(), letter.body.clone());
    let stamp = |at: Option<DateTime<Utc>>| at.map_or_else(|| "–".to_owned(), time::full);
    let side = view! {
        {form}
        <Card title="Delivery">
            <KeyValues>
                <Pair term="To"><span class="mono">{letter.recipient.clone()}</span></Pair>
                <Pair term="Report"><a href=routes::report(letter.report)>"as received"</a></Pair>
                <Pair term="Written">{time::full(letter.created_at)}</Pair>
                <Pair term="Sent">{stamp(letter.sent_at)}</Pair>
                <Pair term="Tries">{letter.attempts}</Pair>
                <Pair term="Relay">{if letter.answer.is_empty() { "–".to_owned() } else { letter.answer.clone() }}</Pair>
                <Pair term="Message-ID"><span class="mono">{letter.message_id.clone()}</span></Pair>
            </KeyValues>
        </Card>
    }
    .into_any();
    view! {
        <Top title=title sub=sub><Pill word=word /></Top>
        <Desk side=Some(side)>
            <Card title="As written" aside=kind><pre class="raw" tabindex="0">{body}</pre></Card>
        </Desk>
    }
    .into_any()
}
