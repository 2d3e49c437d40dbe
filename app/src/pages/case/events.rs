//! The list of all events, or of those of a case, customer, class or reporter.

use domain::{
    evidence::{Event, EventFilter},
    page::{PageOf, Rows},
};
use leptos::prelude::*;

use super::evidence::{row, table};
use crate::{
    routes,
    ui::{Cols, EmptyState, LinkBtn, Pager, Query, Top},
};

/// Everything the list shows.
#[derive(Debug, Clone)]
pub struct EventsPage {
    /// The rows of this page.
    pub rows: Rows<Event>,
    /// What was asked for.
    pub filter: EventFilter,
    /// Which page.
    pub page: PageOf,
    /// The address as it is now.
    pub query: Query,
}

/// The list.
pub fn events(data: EventsPage) -> AnyView {
    let EventsPage { rows, filter, page, query } = data;
    let shown = i64::try_from(rows.rows.len()).unwrap_or(0);
    let whole = |n: i64| u64::try_from(n).unwrap_or(0);
    let to_page = |n: i64| query.with("page", n.to_string()).url();
    let prev = (page.number > 1).then(|| to_page(page.number - 1));
    let next = rows.more.then(|| to_page(page.number + 1));
    let first = page.offset() + 1;
    let lines: Vec<AnyView> = rows.rows.iter().map(|event| row(event, &[])).collect();
    let list = if lines.is_empty() {
        view! { <EmptyState title="No event fits">"Take the filter away to see all."</EmptyState> }.into_any()
    } else {
        view! { {table(lines)} <Pager from=whole(first) to=whole(first + shown - 1) prev=prev next=next /> }.into_any()
    };
    let back = (!filter.case.is_empty()).then(|| {
        view! { <span class="end"><LinkBtn label="To the case" href=routes::case(&filter.case) key="o" /></span> }
    });
    view! {
        <Top title="Events" sub=words(&filter)>{back}</Top>
        <Cols>{list}</Cols>
    }
    .into_any()
}

fn words(filter: &EventFilter) -> String {
    if !filter.case.is_empty() {
        return format!("on {}, the newest first", filter.case);
    }
    let of = match (filter.customer, filter.class, filter.reporter.as_str()) {
        (Some(_), _, _) => "of one customer".to_owned(),
        (None, Some(class), "") => format!("of the class {class}"),
        (None, Some(class), reporter) => format!("of the class {class} from {}", crate::ui::defang(reporter)),
        (None, None, "") => "of everybody".to_owned(),
        (None, None, reporter) => format!("from {}", crate::ui::defang(reporter)),
    };
    format!("{of}, the latest arrival first")
}
