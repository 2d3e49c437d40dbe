//! What the reports of each reporter were like, from few rows a day, and the provenance of mailed reports.
use super::{
    Raw, Result, Row,
    load::{Load, all, get, json, micros, optional, query, run, time, to_json, word, word_opt},
};
use chrono::{DateTime, Utc};
use domain::{
    attribution::Certainty,
    case::{CaseState, Outcome},
    evidence::EventState,
    id::{CaseId, ReportId},
    metrics::Period,
    report::Report,
    reporter::{Endings, OutcomeClass, Provenance, ReporterFigures, Standing, median_step},
};
use std::collections::BTreeMap;

const DAY: i64 = 86_400_000_000;

pub(crate) const DAYS: &str = "SELECT reporter, day, reports, parked, events, repeated FROM reporter_days
    WHERE day >= $1 AND day < $2 AND ($3 = '' OR reporter = $3) ORDER BY day";
pub(crate) const AGES: &str = "SELECT reporter, minutes, CAST(SUM(events) AS BIGINT) AS n FROM reporter_ages
    WHERE day >= $1 AND day < $2 AND ($3 = '' OR reporter = $3) GROUP BY reporter, minutes";
pub(crate) const CASES: &str = "SELECT reporter, outcome, CAST(SUM(cases) AS BIGINT) AS n FROM reporter_endings
    WHERE day >= $1 AND day < $2 AND cases > 0 AND ($3 = '' OR reporter = $3) GROUP BY reporter, outcome";
pub(crate) const DUPLICATES: &str =
    "SELECT o.reporter, COUNT(*) AS n FROM reports d JOIN reports o ON o.id = d.duplicate_of
    WHERE d.state = 'duplicate' AND d.received_at >= $1 AND d.received_at < $2 AND o.reporter IS NOT NULL
        AND ($3 = '' OR o.reporter = $3)
    GROUP BY o.reporter";
pub(crate) const STANDINGS: &str = "SELECT standing, COUNT(*) AS n FROM provenances
    WHERE reporter = $1 AND received_at >= $2 AND received_at < $3 GROUP BY standing";
pub(crate) const RECENT: &str = "SELECT id, received_at, channel, sha256, size, file_name, content_type, format,
        disposition, state, reason, reporter, sender, subject, events, duplicate_of, parser_version
    FROM reports WHERE reporter = $1 ORDER BY received_at DESC, id DESC LIMIT $2";
pub(crate) const CLOSED: &str =
    "SELECT c.number, r.outcome, r.closed_at FROM reporter_cases r JOIN cases c ON c.id = r.case_id
    WHERE r.reporter = $1 AND r.closed_at >= $2 AND r.closed_at < $3 ORDER BY r.closed_at DESC LIMIT $4";
pub(crate) const CLOSE: &str = "INSERT INTO reporter_cases (case_id, reporter, outcome, closed_at)
    SELECT DISTINCT e.case_id, e.reporter, c.outcome, c.closed_at FROM events e JOIN cases c ON c.id = e.case_id
    WHERE e.case_id = $1 AND c.state = 'closed' AND c.outcome IS NOT NULL AND c.closed_at IS NOT NULL";
pub(crate) const REOPEN: &str = "DELETE FROM reporter_cases WHERE case_id = $1";
pub(crate) const OWED_AN_END: &str =
    "SELECT COUNT(*) AS n FROM reporter_cases c JOIN reporters r ON r.name = c.reporter
    WHERE c.case_id = $1 AND r.feedback = 'receipt_and_outcome'";
pub(crate) const REPORTS_OF_CASE: &str = "SELECT DISTINCT e.report_id AS id FROM events e
        JOIN reporters r ON r.name = e.reporter
    WHERE e.case_id = $1 AND r.feedback = 'receipt_and_outcome' LIMIT $2";
pub(crate) const ENDINGS: &str = "SELECT e.state, e.certainty, c.state AS case_state, c.outcome, COUNT(*) AS n
    FROM events e LEFT JOIN cases c ON c.id = e.case_id
    WHERE e.report_id = $1 GROUP BY e.state, e.certainty, c.state, c.outcome";
pub(crate) const KEEP: &str = "INSERT INTO provenances
        (report_id, reporter, received_at, standing, verdicts, message_id, silent)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (report_id) DO UPDATE SET reporter = excluded.reporter, standing = excluded.standing,
        verdicts = excluded.verdicts, message_id = excluded.message_id, silent = excluded.silent";
pub(crate) const PROVENANCE: &str =
    "SELECT standing, verdicts, message_id, silent FROM provenances WHERE report_id = $1";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[
    DAYS,
    AGES,
    CASES,
    DUPLICATES,
    STANDINGS,
    RECENT,
    CLOSED,
    CLOSE,
    REOPEN,
    OWED_AN_END,
    REPORTS_OF_CASE,
    ENDINGS,
    KEEP,
    PROVENANCE,
];

impl Load for Provenance {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self {
            standing: word(row, "standing", Standing::parse)?,
            verdicts: json(row, "verdicts")?,
            message_id: get(row, "message_id")?,
            silent: get(row, "silent")?,
        })
    }
}

/// Days of one reporter: (day since 1970, reports, new events).
pub(crate) type Days = Vec<(i64, i64, i64)>;

/// The numbers of each reporter with reports or closed cases in the period, and his days. `name` empty: of all.
pub(crate) async fn figures(
    conn: &mut Raw,
    period: Period,
    name: &str,
) -> Result<BTreeMap<String, (ReporterFigures, Days)>> {
    let days = |sql| query(sql).bind(micros(period.from) / DAY).bind(micros(period.to) / DAY).bind(name.to_owned());
    let instants = |sql| query(sql).bind(micros(period.from)).bind(micros(period.to)).bind(name.to_owned());
    let mut found: BTreeMap<String, (ReporterFigures, Days)> = BTreeMap::new();
    for row in &days(DAYS).fetch_all(&mut *conn).await? {
        let (figures, days) = found.entry(get(row, "reporter")?).or_default();
        let (reports, events): (i64, i64) = (get(row, "reports")?, get(row, "events")?);
        figures.reports += reports;
        figures.parked += get::<i64>(row, "parked")?;
        figures.events += events;
        figures.repeated += get::<i64>(row, "repeated")?;
        days.push((get(row, "day")?, reports, events));
    }
    let mut ages: BTreeMap<String, Vec<(i64, i64)>> = BTreeMap::new();
    for row in &days(AGES).fetch_all(&mut *conn).await? {
        ages.entry(get(row, "reporter")?).or_default().push((get(row, "minutes")?, get(row, "n")?));
    }
    for (reporter, ages) in ages {
        found.entry(reporter).or_default().0.late = median_step(&ages);
    }
    for row in &days(CASES).fetch_all(&mut *conn).await? {
        let figures = &mut found.entry(get(row, "reporter")?).or_default().0;
        let n: i64 = get(row, "n")?;
        figures.closed += n;
        match word(row, "outcome", Outcome::parse)? {
            Outcome::Resolved => figures.held += n,
            Outcome::FalsePositive | Outcome::NotOurs => figures.refuted += n,
            _ => {}
        }
    }
    for row in &instants(DUPLICATES).fetch_all(&mut *conn).await? {
        found.entry(get(row, "reporter")?).or_default().0.duplicates += get::<i64>(row, "n")?;
    }
    Ok(found)
}

fn of(sql: &'static str, name: &str, period: Period) -> super::load::Bound {
    query(sql).bind(name.to_owned()).bind(micros(period.from)).bind(micros(period.to))
}

/// How the mails of a reporter in the period stood to him.
pub(crate) async fn standings(conn: &mut Raw, name: &str, period: Period) -> Result<Vec<(Standing, i64)>> {
    let rows = of(STANDINGS, name, period).fetch_all(conn).await?;
    let counts = rows.iter().map(|row| Ok((word(row, "standing", Standing::parse)?, get(row, "n")?)));
    let mut counts: Vec<(Standing, i64)> = counts.collect::<Result<_>>()?;
    counts.sort();
    Ok(counts)
}

/// His newest reports.
pub(crate) async fn recent(conn: &mut Raw, name: &str, limit: i64) -> Result<Vec<Report>> {
    all(conn, query(RECENT).bind(name.to_owned()).bind(limit)).await
}

/// Cases with his evidence that were closed in the period, newest first.
pub(crate) async fn closed(
    conn: &mut Raw,
    name: &str,
    period: Period,
    limit: i64,
) -> Result<Vec<(String, Outcome, DateTime<Utc>)>> {
    let rows = of(CLOSED, name, period).bind(limit).fetch_all(conn).await?;
    rows.iter()
        .map(|row| Ok((get(row, "number")?, word(row, "outcome", Outcome::parse)?, time(row, "closed_at")?)))
        .collect()
}

/// Counts a case that was just closed for its reporters; whether one of them is to be told.
pub(crate) async fn case_closed(conn: &mut Raw, case: CaseId) -> Result<bool> {
    run(conn, query(REOPEN).bind(case.0)).await?;
    run(conn, query(CLOSE).bind(case.0)).await?;
    Ok(super::load::one::<i64>(conn, query(OWED_AN_END).bind(case.0)).await? > 0)
}

/// A closed case that is open again counts for nobody.
pub(crate) async fn case_reopened(conn: &mut Raw, case: CaseId) -> Result<()> {
    run(conn, query(REOPEN).bind(case.0)).await.map(drop)
}

/// Reports with events on the case whose reporters are to be told the outcome.
pub(crate) async fn reports_to_end(conn: &mut Raw, case: CaseId, limit: i64) -> Result<Vec<ReportId>> {
    all(conn, query(REPORTS_OF_CASE).bind(case.0).bind(limit)).await
}

/// How the events of a report ended. What was said before counts where it was said first.
pub(crate) async fn endings(conn: &mut Raw, report: ReportId) -> Result<Endings> {
    let rows = query(ENDINGS).bind(report.0).fetch_all(conn).await?;
    let mut endings = Endings::default();
    for row in &rows {
        let n: i64 = get(row, "n")?;
        let certainty = word(row, "certainty", Certainty::parse)?;
        let outcome = word_opt(row, "outcome", Outcome::parse)?;
        match (get::<String>(row, "state")?.as_str(), word_opt(row, "case_state", CaseState::parse)?) {
            (state, Some(CaseState::Closed)) if state == EventState::OnCase.as_str() => {
                endings.over.extend(outcome.map(OutcomeClass::of));
            }
            (state, _) if state == EventState::Dismissed.as_str() => {
                let sure = certainty == Certainty::Certain;
                endings.over.push(if sure { OutcomeClass::NoAbuse } else { OutcomeClass::Unidentified });
            }
            (state, _) if [EventState::Pending.as_str(), EventState::OnCase.as_str()].contains(&state) => {
                endings.open += n;
            }
            _ => {}
        }
    }
    Ok(endings)
}

/// Keeps what the delivery of a report showed; a later reading replaces it.
pub(crate) async fn keep(
    conn: &mut Raw,
    report: ReportId,
    reporter: &str,
    received_at: DateTime<Utc>,
    shown: &Provenance,
) -> Result<()> {
    let bound = query(KEEP)
        .bind(report.0)
        .bind(reporter.to_owned())
        .bind(micros(received_at))
        .bind(shown.standing.as_str())
        .bind(to_json(&shown.verdicts))
        .bind(shown.message_id.clone())
        .bind(shown.silent.clone());
    run(conn, bound).await.map(drop)
}

/// What the delivery of a report showed; none for one that did not come by mail.
pub(crate) async fn provenance(conn: &mut Raw, report: ReportId) -> Result<Option<Provenance>> {
    optional(conn, query(PROVENANCE).bind(report.0)).await
}
