//! The queue's address, read: view, filters, order, page.
use app::ui::Query;
use domain::{
    case::{CaseFilter, CaseOrder, CaseState, Outcome},
    class::Category,
    id::UserId,
    page::PageOf,
};

/// What an address asks for, as `me` sees it; unknown words count as nothing.
pub(super) fn read(query: &Query, me: UserId) -> (CaseFilter, CaseOrder, PageOf) {
    let mut filter = CaseFilter {
        state: query.get("state").and_then(CaseState::parse),
        category: query.get("category").and_then(Category::parse),
        customer: query.get("customer").and_then(|id| id.parse().ok()),
        opened_from: query.get("from").and_then(|at| at.parse().ok()),
        opened_to: query.get("to").and_then(|at| at.parse().ok()),
        outcome: query.get("outcome").and_then(Outcome::parse),
        closed_from: query.get("closed_from").and_then(|at| at.parse().ok()),
        closed_to: query.get("closed_to").and_then(|at| at.parse().ok()),
        text: query.get("q").unwrap_or_default().chars().take(200).collect(),
        ..CaseFilter::default()
    };
    match query.get("view").unwrap_or_default() {
        "mine" => filter.assignee = Some(me),
        "unassigned" => filter.unassigned = true,
        "unread" => filter.unread = true,
        "overdue" => filter.overdue = true,
        "disputed" => filter.disputed = true,
        "snoozed" => filter.snoozed = true,
        "closed" => filter.state = Some(CaseState::Closed),
        "all" => filter.all = true,
        _ => {}
    }
    let closed = filter.state == Some(CaseState::Closed) || filter.all;
    let usual = if closed { CaseOrder::Newest } else { CaseOrder::Due };
    let order = query.get("sort").and_then(CaseOrder::parse).unwrap_or(usual);
    let page = query.get("page").and_then(|n| n.parse().ok()).map_or_else(PageOf::default, PageOf::new);
    (filter, order, page)
}
