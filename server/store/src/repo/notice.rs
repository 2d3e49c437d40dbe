//! Notices: written once, then only their delivery changes.
use super::{
    Db, Raw, Result, Row,
    load::{Load, all, get, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, word},
    search,
};
use domain::{
    id::{CaseId, CustomerId, NoticeId},
    limit::PAGE_ROWS,
    notice::{Notice, NoticeFilter, NoticeRow, NoticeState},
    page::{PageOf, Rows},
    search::after,
};
use sqlx::QueryBuilder;

macro_rules! columns {
    () => {
        "n.id, n.case_id, n.customer_id, n.template, n.language, n.recipient, n.subject, n.body, n.message_id, n.state,
        n.attempts, n.answer, n.created_at, n.next_at, n.sent_at, n.bounced_at"
    };
}

pub(crate) const ADD: &str = "INSERT INTO notices
    (id, case_id, customer_id, template, language, recipient, subject, body, message_id, state, attempts, answer,
     created_at, next_at, sent_at, bounced_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) ON CONFLICT (id) DO NOTHING";
pub(crate) const BY_ID: &str = concat!("SELECT ", columns!(), " FROM notices n WHERE n.id = $1");
pub(crate) const BY_MESSAGE_ID: &str = concat!("SELECT ", columns!(), " FROM notices n WHERE n.message_id = $1");
pub(crate) const OF_CASE: &str = concat!(
    "SELECT ",
    columns!(),
    " FROM notices n WHERE n.case_id = $1 ORDER BY n.created_at DESC, n.id DESC LIMIT 200"
);
pub(crate) const SAVE: &str = "UPDATE notices SET state = $3, attempts = $4, answer = $5, next_at = $6, sent_at = $7,
    bounced_at = $8, body = $9 WHERE id = $1 AND state = $2";
pub(crate) const LIST: &str = concat!(
    "SELECT ",
    columns!(),
    ", c.number AS case_number, k.name AS customer_name
    FROM (SELECT * FROM notices WHERE $1 = '' OR state = $1 ORDER BY created_at DESC, id DESC LIMIT $2 OFFSET $3) n
    JOIN cases c ON c.id = n.case_id JOIN customers k ON k.id = n.customer_id
    ORDER BY n.created_at DESC, n.id DESC"
);
const FIND: &str = concat!(
    "SELECT ",
    columns!(),
    ", c.number AS case_number, k.name AS customer_name
    FROM (SELECT n.* FROM notices n WHERE TRUE"
);
const FIND_TAIL: &str = ") n JOIN cases c ON c.id = n.case_id JOIN customers k ON k.id = n.customer_id
    ORDER BY n.created_at DESC, n.id DESC";
pub(crate) const COUNTS: &str = "SELECT part AS state, n FROM figure_days
    WHERE figure = 'mail' AND day = 0 AND n > 0 ORDER BY part";
pub(crate) const TROUBLE: &str = "SELECT COUNT(*) FROM notices WHERE state IN ('failed', 'bounced')";
pub(crate) const GIVEN: &str =
    "SELECT COUNT(*) FROM notices WHERE case_id = $1 AND state IN ('queued', 'sending', 'sent')";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[ADD, BY_ID, BY_MESSAGE_ID, OF_CASE, SAVE, LIST, COUNTS, TROUBLE, GIVEN];

impl Load for Notice {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: NoticeId(get(row, "id")?),
            case: CaseId(get(row, "case_id")?),
            customer: CustomerId(get(row, "customer_id")?),
            template: get(row, "template")?,
            language: get(row, "language")?,
            recipient: get(row, "recipient")?,
            subject: get(row, "subject")?,
            body: get(row, "body")?,
            message_id: get(row, "message_id")?,
            state: word(row, "state", NoticeState::parse)?,
            attempts: get(row, "attempts")?,
            answer: get(row, "answer")?,
            created_at: time(row, "created_at")?,
            next_at: time(row, "next_at")?,
            sent_at: time_opt(row, "sent_at")?,
            bounced_at: time_opt(row, "bounced_at")?,
        })
    }
}

impl Load for NoticeRow {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            notice: Notice::load(row)?,
            case_number: get(row, "case_number")?,
            customer_name: get(row, "customer_name")?,
        })
    }
}

/// A state and how many notices are in it.
struct InState(NoticeState, i64);

impl Load for InState {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(word(row, "state", NoticeState::parse)?, get(row, "n")?))
    }
}

/// Adds a notice; false when one with this id is there already.
pub(crate) async fn add(conn: &mut Raw, notice: &Notice) -> Result<bool> {
    let bound = query(ADD)
        .bind(notice.id.0)
        .bind(notice.case.0)
        .bind(notice.customer.0)
        .bind(notice.template.clone())
        .bind(notice.language.clone())
        .bind(notice.recipient.clone())
        .bind(notice.subject.clone())
        .bind(notice.body.clone())
        .bind(notice.message_id.clone())
        .bind(notice.state.as_str())
        .bind(notice.attempts)
        .bind(notice.answer.clone())
        .bind(micros(notice.created_at))
        .bind(micros(notice.next_at))
        .bind(micros_opt(notice.sent_at))
        .bind(micros_opt(notice.bounced_at));
    Ok(run(conn, bound).await? == 1)
}

/// The notice with this id.
pub(crate) async fn by_id(conn: &mut Raw, id: NoticeId) -> Result<Option<Notice>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

/// The notice with this Message-ID (angle brackets included).
pub(crate) async fn by_message_id(conn: &mut Raw, message_id: &str) -> Result<Option<Notice>> {
    optional(conn, query(BY_MESSAGE_ID).bind(message_id.to_owned())).await
}

/// The notices of a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId) -> Result<Vec<Notice>> {
    all(conn, query(OF_CASE).bind(case.0)).await
}

/// Keeps what became of a notice; stale when it is no longer in `from`.
pub(crate) async fn save(conn: &mut Raw, notice: &Notice, from: NoticeState) -> Result<()> {
    let bound = query(SAVE)
        .bind(notice.id.0)
        .bind(from.as_str())
        .bind(notice.state.as_str())
        .bind(notice.attempts)
        .bind(notice.answer.clone())
        .bind(micros(notice.next_at))
        .bind(micros_opt(notice.sent_at))
        .bind(micros_opt(notice.bounced_at))
        .bind(notice.body.clone());
    run_one(conn, bound).await
}

/// A page of the mail, newest first.
pub(crate) async fn list(conn: &mut Raw, filter: &NoticeFilter, page: PageOf) -> Result<Rows<NoticeRow>> {
    let text = filter.text.trim().to_lowercase();
    if !text.is_empty() {
        return find(conn, filter.state, &text, page).await;
    }
    let bound = query(LIST).bind(filter.state.map_or("", NoticeState::as_str));
    Ok(Rows::cut(all(conn, bound.bind(PAGE_ROWS + 1).bind(page.offset())).await?))
}

/// Mail about cases or to customers with these words, or to an address that begins so.
async fn find(conn: &mut Raw, state: Option<NoticeState>, text: &str, page: PageOf) -> Result<Rows<NoticeRow>> {
    let cases = search::ask(conn, search::CASE, text).await?;
    let customers = search::ask(conn, search::CUSTOMER, text).await?;
    let mut sql = QueryBuilder::<Db>::new(FIND);
    if let Some(state) = state {
        sql.push(" AND n.state || '' = ").push_bind(state.as_str());
    }
    match (cases, customers) {
        // Few: fetched through their cases and put in order.
        (Some(cases), Some(customers)) if cases.is_rare() && customers.is_rare() => {
            sql.push(
                " AND n.id IN (SELECT m.id FROM notices m WHERE m.case_id IN (SELECT c.id FROM cases c WHERE TRUE",
            );
            cases.push(&mut sql, "c.id");
            sql.push(" UNION SELECT c.id FROM cases c WHERE c.customer_id IN (SELECT p.id FROM customers p WHERE TRUE");
            customers.push(&mut sql, "p.id");
            sql.push(")) UNION SELECT m.id FROM notices m WHERE m.recipient >= ").push_bind(text.to_owned());
            sql.push(" AND m.recipient < ").push_bind(after(text)).push(") ORDER BY n.created_at + 0 DESC, n.id DESC");
        }
        (Some(cases), Some(customers)) => {
            sql.push(" AND ((TRUE");
            cases.push(&mut sql, "n.case_id");
            sql.push(") OR (TRUE");
            customers.push(&mut sql, "n.customer_id");
            sql.push(")) ORDER BY n.created_at DESC, n.id DESC");
        }
        _ => drop(sql.push(" ORDER BY n.created_at DESC, n.id DESC")),
    }
    sql.push(" LIMIT ").push_bind(PAGE_ROWS + 1).push(" OFFSET ").push_bind(page.offset()).push(FIND_TAIL);
    let rows = sql.build().fetch_all(conn).await?;
    Ok(Rows::cut(rows.iter().map(NoticeRow::load).collect::<Result<_>>()?))
}

/// How many notices are in each state that has any.
pub(crate) async fn counts(conn: &mut Raw) -> Result<Vec<(NoticeState, i64)>> {
    let counts: Vec<InState> = all(conn, query(COUNTS)).await?;
    Ok(counts.into_iter().map(|InState(state, n)| (state, n)).collect())
}

/// Notices that failed or came back.
pub(crate) async fn trouble(conn: &mut Raw) -> Result<i64> {
    one(conn, query(TROUBLE)).await
}

/// Notices of the case that were given or are owed: the ground of a quarantine needs one.
pub(crate) async fn given_or_owed(conn: &mut Raw, case: CaseId) -> Result<i64> {
    one(conn, query(GIVEN).bind(case.0)).await
}
