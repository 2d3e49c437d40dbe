//! All notices with their delivery.

use chrono::{DateTime, Utc};
use domain::{
    notice::{MailWay, NoticeFilter, NoticeRow, NoticeState},
    page::{PageOf, Rows},
    search::HINT,
};
use leptos::prelude::*;

use crate::{
    routes,
    ui::{Cols, DataTable, EmptyState, Pager, Pill, Query, Tab, Tabs, Th, Top, When, time},
};

/// Everything the mail page shows.
#[derive(Debug, Clone)]
pub struct MailPage {
    /// The rows of this page.
    pub rows: Rows<NoticeRow>,
    /// How many are in each state that has any.
    pub counts: Vec<(NoticeState, i64)>,
    /// What was asked for.
    pub filter: NoticeFilter,
    /// Which page.
    pub page: PageOf,
    /// The address as it is now.
    pub query: Query,
    /// Time of the page.
    pub now: DateTime<Utc>,
    /// Where mail goes.
    pub outgoing: MailWay,
}

/// The mail page.
pub fn mail_list(data: MailPage) -> AnyView {
    let MailPage { rows, counts, filter, page, query, now, outgoing } = data;
    let shown = i64::try_from(rows.rows.len()).unwrap_or(0);
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let first = page.offset() + 1;
    let to_page = |n: i64| query.with("page", n.to_string()).url();
    let prev = (page.number > 1).then(|| to_page(page.number - 1));
    let next = rows.more.then(|| to_page(page.number + 1));
    let tabs = tabs(&query, &counts, filter.state);
    let kept = query.get("state").unwrap_or_default().to_owned();
    let lines: Vec<_> = rows.rows.into_iter().map(|row| line(row, now)).collect();
    let banner = match outgoing {
        MailWay::Relay => None,
        MailWay::Kept => Some(
            "No relay is set (smtp.url): nothing leaves this machine. Mails are kept here and count as given, so that the whole way can be tried.",
        ),
        MailWay::Waiting => {
            Some("No relay is set (smtp.url): notices wait here, nobody is told, and none counts as given.")
        }
    };
    let banner = banner.map(|words| view! { <p class="banner">{words}</p> });
    let table = if lines.is_empty() {
        view! { <EmptyState title="No mail here">"Notices are written on a case."</EmptyState> }.into_any()
    } else {
        view! {
            <DataTable label="Mail" class="stack">
                <thead>
                    <tr>
                        <Th label="Written" />
                        <Th label="Subject" />
                        <Th label="To" />
                        <Th label="State" />
                        <Th label="What the relay said" />
                        <Th label="Tries" class="n" />
                    </tr>
                </thead>
                <tbody>{lines}</tbody>
            </DataTable>
            <Pager from=whole(first) to=whole(first + shown - 1) prev=prev next=next />
        }
        .into_any()
    };
    view! {
        <Top title="Mail" />
        {banner}
        <Tabs tabs=tabs>
            <form class="filter" method="get" action=routes::mail()>
                <input type="hidden" name="state" value=kept />
                <input type="search" name="q" value=filter.text placeholder="customer, address, case" aria-label="Words" title=HINT />
                <button class="btn">"Filter"</button>
            </form>
        </Tabs>
        <Cols>{table}</Cols>
    }
    .into_any()
}

fn tabs(query: &Query, counts: &[(NoticeState, i64)], now: Option<NoticeState>) -> Vec<Tab> {
    let base = query.without("page");
    let mut tabs = vec![
        Tab::new("To reporters", crate::routes::letters(), None, false),
        Tab::new("All", base.without("state").url(), None, now.is_none()),
    ];
    for state in NoticeState::ALL {
        let count = counts.iter().find(|(known, _)| known == state).map_or(0, |(_, n)| *n);
        let href = base.with("state", state.as_str()).url();
        let word = match state {
            NoticeState::Queued => "Queued",
            NoticeState::Sending => "Sending",
            NoticeState::Sent => "Sent",
            NoticeState::Failed => "Failed",
            NoticeState::Bounced => "Came back",
            NoticeState::Cancelled => "Taken back",
        };
        tabs.push(Tab::new(word, href, Some(u64::try_from(count).unwrap_or(0)), now == Some(*state)));
    }
    tabs
}

fn line(row: NoticeRow, now: DateTime<Utc>) -> AnyView {
    let notice = row.notice;
    let later = (notice.state == NoticeState::Queued && notice.next_at > now)
        .then(|| view! { <small>{format!("next try {}", time::ago(notice.next_at, now))}</small> });
    view! {
        <tr data-row="">
            <td class="nowrap" data-label="Written"><When at=notice.created_at now=now /></td>
            <td class="lead">
                <a class="who" href=routes::mail_one(notice.id) data-open="">{notice.subject}</a>
                <small><a href=routes::case(&row.case_number)>{row.case_number.clone()}</a> {format!(" · {}", notice.template.replace('_', " "))}</small>
            </td>
            <td data-label="To">{row.customer_name} <small class="mono">{notice.recipient}</small></td>
            <td data-label="State"><Pill word=notice.state.as_str() /> {later}</td>
            <td data-label="Relay">{notice.answer}</td>
            <td class="n" data-label="Tries">{notice.attempts}</td>
        </tr>
    }
    .into_any()
}
