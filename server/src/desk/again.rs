//! A stored report beside what today's parsers make of it: the comparison, before anything is changed.
use super::{Desk, DeskError};
use domain::{
    actor::{Actor, Permission},
    again::{Again, as_stored, by_hand, compare, current, state_after},
    evidence::{Event, Kin},
    id::{EventId, ReportId},
    refusal::Refusal,
    report::{Report, ReportState},
};
use intake::Parsed;
use store::Conn;

/// Copies and readings that the page of an event names.
const KIN_SHOWN: i64 = 20;

impl Desk {
    /// A stored report beside what it would be if it came today. Nothing is changed.
    ///
    /// # Errors
    /// [`Refusal::NotFound`]; [`Refusal::Invalid`] for a report that is not read by parsers (see [`readable`]).
    pub async fn again(&self, actor: &Actor, id: ReportId) -> Result<Again, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        self.compared(id).await
    }

    /// The comparison itself.
    pub(super) async fn compared(&self, id: ReportId) -> Result<Again, DeskError> {
        let mut conn = self.store.read().await?;
        let old = conn.report_by_id(id).await?.ok_or(Refusal::NotFound)?;
        readable(&old)?;
        let bytes = conn.report_bytes(id).await?.ok_or(Refusal::NotFound)?;
        let stored = conn.event_all_of_report(id).await?;
        let readings = conn.event_readings(id).await?;
        drop(conn);
        let parsed = self.understand_only(&old, bytes).await?.collect();
        let known = current(stored, &readings);
        let new = told(&old, &known, &parsed);
        let difference = compare(known, parsed.events.into_iter().map(as_stored).collect());
        let mut case_numbers = Vec::new();
        let mut conn = self.store.read().await?;
        for (case, _) in difference.cases() {
            if let Some(found) = conn.case_by_id(case).await? {
                case_numbers.push((case, found.number));
            }
        }
        Ok(Again { old, new, difference, case_numbers })
    }
}

/// Refuses reports that no parser has read, or whose end a person decided.
pub(super) fn readable(report: &Report) -> Result<(), Refusal> {
    let problem = match report.state {
        ReportState::Done | ReportState::Parked | ReportState::Asked => return Ok(()),
        ReportState::Received => "it is not read yet",
        ReportState::Duplicate => "its bytes came before: read the first report with these bytes again",
        ReportState::Dismissed => "a person set it aside",
    };
    Err(Refusal::invalid("report", problem))
}

/// The report as today's parsers would have it told.
fn told(old: &Report, known: &[Event], parsed: &Parsed) -> Report {
    let typed = known.iter().any(by_hand);
    let state = match (state_after(parsed.disposition), old.state) {
        // What a person finished, or asked about, does not go back to where it was before.
        (ReportState::Parked, ReportState::Asked) => ReportState::Asked,
        (ReportState::Parked, state) if typed => state,
        // A bounce that no notice of ours fits stays with whoever looks at it.
        (ReportState::Done, state) if parsed.disposition == domain::event::Disposition::Bounce => state,
        (state, _) => state,
    };
    let typed = i64::try_from(known.iter().filter(|event| by_hand(event)).count()).unwrap_or(0);
    Report {
        format: Some(parsed.format),
        disposition: Some(parsed.disposition),
        state,
        reason: if old.disposition == Some(parsed.disposition) && parsed.bounce.is_some() {
            old.reason.clone()
        } else {
            parsed.reason.clone()
        },
        reporter: parsed.reporter.clone().or_else(|| parsed.sender.clone()),
        sender: parsed.sender.clone(),
        subject: parsed.subject.clone(),
        events: i64::try_from(parsed.events.len()).unwrap_or(i64::MAX) + typed,
        parser_version: intake::PARSER_VERSION,
        ..old.clone()
    }
}

/// Copies and newer readings of an event, and what it is one of.
pub(super) async fn kin(conn: &mut Conn, event: EventId) -> Result<Kin, DeskError> {
    Ok(Kin {
        earlier: conn.event_earlier(event).await?,
        later: conn.event_later(event, KIN_SHOWN).await?,
        copies: conn.event_copies(event).await?,
    })
}
