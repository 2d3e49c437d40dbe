//! Events and the dated answers to "whose was it then?".
use super::{
    Raw, Result, Row, bulk,
    load::{
        Load, all, get, json, micros, micros_opt, one, optional, query, run, run_one, time, time_opt, to_json, word,
    },
};
use crate::types::NewEvent;
use domain::{
    attribution::Certainty,
    class::Class,
    event::{Observation, Role, Source, SourceKind, TimeGrade},
    evidence::{Attribution, Event, EventState},
    id::{AttributionId, CaseId, CustomerId, EventId, ReportId, ServiceId},
    lease::address_key,
    limit::PAGE_ROWS,
    page::{PageOf, Rows},
};
use sqlx::Row as _;

const ADD_HEAD: &str = "INSERT INTO events (id, report_id, position, reporter, source_kind, source, port, address, at,
    from_at, to_at, time_grade, class, category, role, count, reference, details, faults, received_at, certainty,
    customer_id, service_id, case_id, state, fingerprint) ";
// What the same reporter said before is not an error; the caller sees which ids came back.
const ADD_TAIL: &str = " ON CONFLICT (fingerprint) WHERE state NOT IN ('duplicate', 'superseded')
    DO NOTHING RETURNING id";
const ADD_ANSWERS_HEAD: &str = "INSERT INTO attributions (id, event_id, made_at, made_by, certainty, answer) ";
pub(crate) const BY_ID: &str =
    "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at, to_at,
        time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id, service_id,
        case_id, state
    FROM events WHERE id = $1";
pub(crate) const OF_REPORT: &str = "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at,
        to_at, time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id,
        service_id, case_id, state
    FROM events WHERE report_id = $1 ORDER BY position LIMIT $2 OFFSET $3";
pub(crate) const OF_CASE: &str = "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at,
        to_at, time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id,
        service_id, case_id, state
    FROM events WHERE case_id = $1 ORDER BY at DESC LIMIT $2 OFFSET $3";
pub(crate) const OF_CUSTOMER: &str = "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at,
        to_at, time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id,
        service_id, case_id, state
    FROM events WHERE customer_id = $1 ORDER BY at DESC LIMIT $2 OFFSET $3";
// Ids sort by arrival: the newest come first from the primary key alone.
pub(crate) const NEWEST: &str = "SELECT id, report_id, position, reporter, source_kind, source, port, at, from_at,
        to_at, time_grade, class, role, count, reference, details, faults, received_at, certainty, customer_id,
        service_id, case_id, state
    FROM events WHERE ($1 = '' OR class = $1) AND ($2 = '' OR reporter = $2) ORDER BY id DESC LIMIT $3 OFFSET $4";
pub(crate) const LAST_POSITION: &str = "SELECT COALESCE(MAX(position), -1) AS n FROM events WHERE report_id = $1";
pub(crate) const ANSWERS: &str = "SELECT id, event_id, made_at, made_by, answer FROM attributions
    WHERE event_id = $1 ORDER BY made_at DESC, id DESC";
// A correction: the event follows the newest answer; an event that is on a case stays there until it is moved.
pub(crate) const SET_HOLDER: &str = "UPDATE events SET certainty = $3, customer_id = $4, service_id = $5
    WHERE id = $1 AND state = $2 AND case_id IS NULL";
pub(crate) const ON_DAY: &str = "INSERT INTO event_days (day, class, reporter, events) VALUES ($1, $2, $3, $4)
    ON CONFLICT (day, class, reporter) DO UPDATE SET events = event_days.events + excluded.events";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] =
    &[BY_ID, OF_REPORT, OF_CASE, OF_CUSTOMER, NEWEST, LAST_POSITION, ANSWERS, SET_HOLDER, ON_DAY];

impl Load for Event {
    fn load(row: &Row) -> Result<Self> {
        let port: Option<i64> = get(row, "port")?;
        let source = Source {
            kind: word(row, "source_kind", SourceKind::parse)?,
            value: get(row, "source")?,
            port: port.and_then(|port| u16::try_from(port).ok()),
        };
        let observation = Observation {
            source,
            from: time_opt(row, "from_at")?,
            to: time_opt(row, "to_at")?,
            time_grade: word(row, "time_grade", TimeGrade::parse)?,
            class: word(row, "class", Class::parse)?,
            role: word(row, "role", Role::parse)?,
            count: get(row, "count")?,
            reference: get(row, "reference")?,
            details: json(row, "details")?,
            faults: json(row, "faults")?,
        };
        Ok(Self {
            id: EventId(get(row, "id")?),
            report: ReportId(get(row, "report_id")?),
            position: get(row, "position")?,
            reporter: get(row, "reporter")?,
            observation,
            at: time(row, "at")?,
            received_at: time(row, "received_at")?,
            certainty: word(row, "certainty", Certainty::parse)?,
            customer: get::<Option<uuid::Uuid>>(row, "customer_id")?.map(CustomerId),
            service: get::<Option<uuid::Uuid>>(row, "service_id")?.map(ServiceId),
            case: get::<Option<uuid::Uuid>>(row, "case_id")?.map(CaseId),
            state: word(row, "state", EventState::parse)?,
        })
    }
}

impl Load for EventId {
    /// The first column.
    fn load(row: &Row) -> Result<Self> {
        Ok(Self(row.try_get(0)?))
    }
}

impl Load for Attribution {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            id: AttributionId(get(row, "id")?),
            event: EventId(get(row, "event_id")?),
            made_at: time(row, "made_at")?,
            made_by: get(row, "made_by")?,
            answer: json(row, "answer")?,
        })
    }
}

/// Adds events of one report; the ids of those that were not known yet. A conflict when another worker stored the
/// same positions of this report first.
pub(crate) async fn add(conn: &mut Raw, events: &[NewEvent]) -> Result<Vec<EventId>> {
    let mut added = Vec::with_capacity(events.len());
    for chunk in events.chunks(bulk::CHUNK) {
        let builder = bulk::insert(ADD_HEAD, ADD_TAIL, chunk, bind_event);
        added.extend(bulk::fetch::<EventId>(conn, builder, bulk::common(chunk.len())).await?);
    }
    Ok(added)
}

/// The same rows as fast as the engine takes them: the yard-stick of the benchmarks.
#[cfg(feature = "testing")]
pub(crate) async fn add_bare(conn: &mut Raw, events: &[NewEvent]) -> Result<()> {
    for chunk in events.chunks(bulk::CHUNK) {
        bulk::run(conn, bulk::insert(ADD_HEAD, "", chunk, bind_event), chunk.len() == bulk::CHUNK).await?;
    }
    Ok(())
}

fn bind_event(row: &mut sqlx::query_builder::Separated<'_, super::Db, &'static str>, new: &NewEvent) {
    let (event, seen) = (&new.event, &new.event.observation);
    row.push_bind(event.id.0)
        .push_bind(event.report.0)
        .push_bind(event.position)
        .push_bind(event.reporter.as_str())
        .push_bind(seen.source.kind.as_str())
        .push_bind(seen.source.value.as_str())
        .push_bind(seen.source.port.map(i64::from))
        .push_bind(seen.source.ip().map(|ip| address_key(ip).to_vec()))
        .push_bind(micros(event.at))
        .push_bind(micros_opt(seen.from))
        .push_bind(micros_opt(seen.to))
        .push_bind(seen.time_grade.as_str())
        .push_bind(seen.class.as_str())
        .push_bind(seen.class.category().as_str())
        .push_bind(seen.role.as_str())
        .push_bind(seen.count)
        .push_bind(seen.reference.as_deref())
        .push_bind(to_json(&seen.details))
        .push_bind(to_json(&seen.faults))
        .push_bind(micros(event.received_at))
        .push_bind(event.certainty.as_str())
        .push_bind(event.customer.map(|id| id.0))
        .push_bind(event.service.map(|id| id.0))
        .push_bind(event.case.map(|id| id.0))
        .push_bind(event.state.as_str())
        .push_bind(new.fingerprint.to_vec());
}

/// Adds dated answers.
pub(crate) async fn add_answers(conn: &mut Raw, answers: &[Attribution]) -> Result<()> {
    for chunk in answers.chunks(bulk::CHUNK) {
        let builder = bulk::insert(ADD_ANSWERS_HEAD, "", chunk, |row, made| {
            row.push_bind(made.id.0)
                .push_bind(made.event.0)
                .push_bind(micros(made.made_at))
                .push_bind(made.made_by.as_str())
                .push_bind(made.answer.certainty.as_str())
                .push_bind(to_json(&made.answer));
        });
        bulk::run(conn, builder, bulk::common(chunk.len())).await?;
    }
    Ok(())
}

/// Adds to the number of events stored on a day (days since 1970 UTC).
pub(crate) async fn on_day(conn: &mut Raw, day: i64, class: Class, reporter: &str, events: i64) -> Result<()> {
    run(conn, query(ON_DAY).bind(day).bind(class.as_str()).bind(reporter.to_owned()).bind(events)).await.map(drop)
}

/// One event.
pub(crate) async fn by_id(conn: &mut Raw, id: EventId) -> Result<Option<Event>> {
    optional(conn, query(BY_ID).bind(id.0)).await
}

async fn page(conn: &mut Raw, sql: &'static str, of: uuid::Uuid, page: PageOf) -> Result<Rows<Event>> {
    Ok(Rows::cut(all(conn, query(sql).bind(of).bind(PAGE_ROWS + 1).bind(page.offset())).await?))
}

/// Events of a report in its order.
pub(crate) async fn of_report(conn: &mut Raw, report: ReportId, at: PageOf) -> Result<Rows<Event>> {
    page(conn, OF_REPORT, report.0, at).await
}

/// Events of a case, newest first.
pub(crate) async fn of_case(conn: &mut Raw, case: CaseId, at: PageOf) -> Result<Rows<Event>> {
    page(conn, OF_CASE, case.0, at).await
}

/// Events of a customer, newest first.
pub(crate) async fn of_customer(conn: &mut Raw, customer: CustomerId, at: PageOf) -> Result<Rows<Event>> {
    page(conn, OF_CUSTOMER, customer.0, at).await
}

/// Position of the last stored event of a report; -1 when there is none.
pub(crate) async fn last_position(conn: &mut Raw, report: ReportId) -> Result<i64> {
    one(conn, query(LAST_POSITION).bind(report.0)).await
}

/// Every answer about an event, newest first.
pub(crate) async fn answers(conn: &mut Raw, event: EventId) -> Result<Vec<Attribution>> {
    all(conn, query(ANSWERS).bind(event.0)).await
}

/// Lets an event without a case follow a newer answer; stale when it is not in state `from`.
pub(crate) async fn set_holder(conn: &mut Raw, event: &Event, from: EventState) -> Result<()> {
    let bound = query(SET_HOLDER)
        .bind(event.id.0)
        .bind(from.as_str())
        .bind(event.certainty.as_str())
        .bind(event.customer.map(|id| id.0))
        .bind(event.service.map(|id| id.0));
    run_one(conn, bound).await
}

/// All events, or those of a class or reporter; the latest arrival first.
pub(crate) async fn newest(conn: &mut Raw, class: Option<Class>, reporter: &str, at: PageOf) -> Result<Rows<Event>> {
    let bound = query(NEWEST)
        .bind(class.map_or("", Class::as_str))
        .bind(reporter.to_owned())
        .bind(PAGE_ROWS + 1)
        .bind(at.offset());
    Ok(Rows::cut(all(conn, bound).await?))
}
