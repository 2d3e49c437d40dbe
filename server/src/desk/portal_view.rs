//! Fills the customer's page from his case: redacted, only what is his (design rule 6).
use super::{Desk, DeskError};
use domain::{
    act::Act,
    attribution::Certainty,
    case::{Case, CaseState, DisputeState, MessageKind},
    customer::Customer,
    dispute::{Dispute, Verdict},
    event::Source,
    evidence::Event,
    language::Language,
    limit::SELF_RELEASE_WINDOW,
    link::Link,
    notice::NoticeState,
    page::PageOf,
    portal::{
        Line, May, Moment, Phase, PortalState, PortalView, Receipt, Restriction, Said,
        redact::{details, mask_email},
    },
    quarantine::{Quarantine, QuarantineState},
    release::{self, Release, ReleaseState},
};
use store::Conn;

/// Texts of the conversation looked at.
const MESSAGES: i64 = 50;
/// Ledger entries of the case looked through for his last statement.
const ENTRIES: i64 = 200;

/// The whole view.
pub(super) async fn fill(
    desk: &Desk,
    conn: &mut Conn,
    link: &Link,
    case: &Case,
    customer: &Customer,
    language: Language,
) -> Result<PortalView, DeskError> {
    let mut events = conn.events_of_case(case.id, PageOf::default()).await?.rows;
    events.retain(|event| event.certainty == Certainty::Certain && event.customer == Some(customer.id));
    let quarantines = conn.quarantines_of_case(case.id).await?;
    let releases = conn.releases_of_case(customer.id, case.id).await?;
    let waiting = releases.iter().any(|request| request.state == ReleaseState::Waiting);
    let live = quarantines.iter().find(|held| held.state.live());
    let restriction = match live {
        Some(held) => restriction(conn, held, waiting).await?,
        None => None,
    };
    let used = conn.self_releases_used(customer.id, desk.clock.now() - SELF_RELEASE_WINDOW).await?;
    let holds = match live {
        Some(held) => conn.quarantine_causes(held.id).await?.contains(&case.id),
        None => false,
    };
    let on_network = live.is_some_and(|held| held.state.holding() && held.state != QuarantineState::Lifting);
    let active = !matches!(case.state, CaseState::Closed | CaseState::Released);
    let service = match live.map(|held| held.service).or(case.service) {
        Some(id) => conn.service_by_id(id).await?.map(|service| service.product),
        None => None,
    };
    Ok(PortalView {
        desk_name: desk.contact().name,
        desk_phone: desk.contact().phone,
        redress: Some(desk.config().text("desk.redress")).filter(|name| !name.is_empty()).map(str::to_owned),
        case_number: case.number.clone(),
        state: standing(case, restriction.as_ref()),
        class: case.class,
        language,
        zone: desk.config().offset(desk.clock.now()),
        first_seen: case.first_event_at,
        last_seen: case.last_event_at,
        count: case.events.max(1),
        source_text: events.first().map(|event| shown(&event.observation.source)).unwrap_or_default(),
        service,
        details: events.first().map(|event| details(&event.observation.details)).unwrap_or_default(),
        moments: events.iter().take(10).map(moment).collect(),
        answer_by: case.due_at.filter(|_| matches!(case.state, CaseState::Notified)),
        watched_until: case.due_at.filter(|_| case.state == CaseState::Released),
        may: May {
            state_fixed: active,
            self_release_left: release::left(used),
            ask_release: on_network && holds && active && !waiting,
            dispute: case.dispute == DisputeState::None,
        },
        restriction,
        conversation: conversation(conn, case, customer, &quarantines, &releases).await?,
        claim: case.claim,
        receipt: receipt(conn, case).await?,
        recipient: mask_email(&customer.email),
        link_expires_at: link.expires_at,
    })
}

fn standing(case: &Case, restriction: Option<&Restriction>) -> PortalState {
    match case.state {
        CaseState::Closed => PortalState::Closed,
        CaseState::Answered => PortalState::WaitingForUs,
        _ if restriction.is_some_and(|held| held.phase != Phase::Coming) => PortalState::Restricted,
        CaseState::Released => PortalState::Released,
        CaseState::Open | CaseState::Notified | CaseState::Quarantined => PortalState::Told,
    }
}

/// His own address with its port, or his own URL or account.
fn shown(source: &Source) -> String {
    match source.port {
        Some(port) if source.value.contains(':') => format!("[{}]:{port}", source.value),
        Some(port) => format!("{}:{port}", source.value),
        None => source.value.clone(),
    }
}

fn moment(event: &Event) -> Moment {
    Moment { at: event.at, source_text: shown(&event.observation.source), count: event.observation.count }
}

async fn restriction(
    conn: &mut Conn,
    held: &Quarantine,
    asked_for_lift: bool,
) -> Result<Option<Restriction>, DeskError> {
    let Some(clause) = conn.clause_by_id(held.clause).await? else { return Ok(None) };
    let contract = match conn.service_by_id(held.service).await? {
        Some(service) => conn.contract_by_id(service.contract).await?,
        None => None,
    };
    Ok(Some(Restriction {
        measure: held.measure,
        phase: match held.state {
            QuarantineState::InForce => Phase::InForce,
            QuarantineState::Lifting => Phase::Lifting,
            // Being asked for again after it was in force: for him it never ended.
            _ if held.confirmed_at.is_some() => Phase::InForce,
            _ => Phase::Coming,
        },
        since: held.confirmed_at.unwrap_or(held.starts_at),
        until: held.expires_at,
        review_at: held.review_at,
        ports: held.ports.clone(),
        reason: held.reason.clone(),
        by_machine: held.ordered_by.starts_with("system:"),
        clause_number: clause.number,
        clause_text: clause.text,
        terms_version: clause.terms_version,
        accepted_at: contract.and_then(|contract| contract.accepted_at),
        asked_for_lift,
    }))
}

async fn conversation(
    conn: &mut Conn,
    case: &Case,
    customer: &Customer,
    quarantines: &[Quarantine],
    releases: &[Release],
) -> Result<Vec<Line>, DeskError> {
    let mut lines = Vec::new();
    for message in conn.messages_of_case(case.id, MESSAGES).await? {
        let said = match message.kind {
            // For the staff only.
            MessageKind::Note => continue,
            MessageKind::Reply => Said::Desk { text: message.text },
            MessageKind::Statement => Said::Customer { claim: message.claim, text: message.text },
        };
        lines.push(Line { at: message.at, said });
    }
    for notice in conn.notices_of_case(case.id).await? {
        if let (NoticeState::Sent, Some(at)) = (notice.state, notice.sent_at) {
            lines.push(Line { at, said: Said::Noticed { to: mask_email(&customer.email) } });
        }
    }
    for held in quarantines {
        lines.extend(held.confirmed_at.map(|at| Line { at, said: Said::Restricted }));
        lines.extend(held.lifted_at.map(|at| Line { at, said: Said::Lifted }));
    }
    for request in releases {
        if let (ReleaseState::Refused, Some(at)) = (request.state, request.decided_at) {
            lines.push(Line { at, said: Said::ReleaseRefused { reason: request.reason.clone() } });
        }
    }
    lines.extend(conn.disputes_of_case(case.id).await?.into_iter().filter_map(decided));
    lines.extend(case.closed_at.map(|at| Line { at, said: Said::Closed }));
    lines.sort_by_key(|line| line.at);
    Ok(lines)
}

fn decided(dispute: Dispute) -> Option<Line> {
    let upheld = dispute.verdict? == Verdict::Upheld;
    Some(Line { at: dispute.decided_at?, said: Said::DisputeDecided { upheld, reason: dispute.reason } })
}

async fn receipt(conn: &mut Conn, case: &Case) -> Result<Option<Receipt>, DeskError> {
    let entries = conn.ledger_of_case(case.id, ENTRIES).await?;
    let last = entries.into_iter().find(|entry| entry.act == Act::CaseStated.as_str());
    Ok(last.map(|entry| Receipt { seq: entry.seq, leaf_hash: entry.leaf }))
}
