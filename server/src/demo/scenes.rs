//! The scenes of the last days: one of everything a desk can be in, so that whoever opens the demo finds it there.
use super::{
    acts, leases, people,
    tale::{Step, Tale},
};
use crate::desk::{DeskError, Relayed};
use chrono::TimeDelta;
use domain::{
    actor::Actor,
    case::{Case, CaseFilter, CaseOrder, CaseState},
    class::Category,
    evidence::InboxFilter,
    id::{NoticeId, QuarantineId},
    page::PageOf,
    quarantine::{Measure, QuarantineState},
    reporter::{Feedback, ReporterSettings},
};

/// One scene. The cases in it are left alone by everything else, so that they still stand there at the end.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scene {
    /// Some lines are restricted, with so many days until somebody looks again.
    Hold { lines: usize, review_days: i64 },
    /// The lines of those who let themselves out too often are restricted (once more).
    HoldAgain,
    /// They say that it is fixed; the third time a person must decide.
    FixedAgain,
    /// Protected lines wait for a signature; one is not signed for.
    Protected,
    /// The network refuses some, one begins tomorrow, one was withdrawn.
    Trouble,
    /// One line gets no answer of the network yet.
    Silence,
    /// Customers who are restricted object.
    Object,
    /// One is let out and watched.
    LetOut,
    /// Cases that are looked at later.
    Later,
    /// Mara takes some cases.
    Take,
    /// The customer of Mara's case number so and so answers.
    Answer(usize),
    /// Cases that nobody has taken yet.
    Nobodys,
    /// Mail that is refused, mail that waits, mail that was taken back.
    Mail,
    /// What some reporters are worth, and what one is told.
    Reporters,
    /// What lease sources say beside the books.
    Leases(leases::Part),
}

/// Who plays in scenes that go on.
#[derive(Debug, Default)]
pub(super) struct Cast {
    /// Numbers of the cases whose customers let themselves out.
    again: Vec<String>,
    /// Numbers of the cases that hold a line.
    held: Vec<String>,
    /// Numbers of Mara's cases.
    mara: Vec<String>,
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// When which scene is played: minutes before the end.
const PLAN: &[(i64, Scene)] = &[
    (12 * DAY + 3 * HOUR, Scene::Reporters),
    (9 * DAY, Scene::HoldAgain),
    (9 * DAY - 5 * HOUR, Scene::FixedAgain),
    (6 * DAY, Scene::HoldAgain),
    (6 * DAY - 9 * HOUR, Scene::FixedAgain),
    (5 * DAY, Scene::Hold { lines: 2, review_days: 3 }),
    (3 * DAY - HOUR, Scene::Hold { lines: 2, review_days: 6 }),
    (31 * HOUR, Scene::Leases(leases::Part::Silent)),
    (30 * HOUR, Scene::HoldAgain),
    (26 * HOUR, Scene::Leases(leases::Part::Late { kept: true })),
    (20 * HOUR, Scene::Later),
    (6 * HOUR, Scene::LetOut),
    (5 * HOUR + 30, Scene::Leases(leases::Part::Sessions)),
    (5 * HOUR, Scene::Protected),
    (4 * HOUR + 40, Scene::Trouble),
    (4 * HOUR + 20, Scene::Take),
    (4 * HOUR, Scene::FixedAgain),
    (3 * HOUR + 20, Scene::Object),
    (2 * HOUR + 40, Scene::Leases(leases::Part::Ask)),
    (2 * HOUR + 30, Scene::Leases(leases::Part::Late { kept: false })),
    (2 * HOUR + 25, Scene::Nobodys),
    (2 * HOUR + 5, Scene::Answer(0)),
    (95, Scene::Answer(1)),
    (55, Scene::Mail),
    (54, Scene::Silence),
    (48, Scene::Answer(2)),
    (38, Scene::Leases(leases::Part::Watermark)),
    (21, Scene::Answer(3)),
    (9, Scene::Answer(4)),
];
/// So many of the scenes' last minutes the mailer and the network try again and again.
const TRYING: i64 = 52;

/// Writes the scenes into the history.
pub(super) fn expect(tale: &mut Tale) {
    let ends = tale.ends;
    for (before, scene) in PLAN {
        tale.then(ends - TimeDelta::minutes(*before), Step::Scene(*scene));
    }
    for minutes in (5..TRYING).step_by(4) {
        tale.then(ends - TimeDelta::minutes(minutes), Step::World);
    }
}

/// Plays one scene; what a rule forbids is left out.
pub(super) async fn play(tale: &mut Tale, scene: Scene) -> anyhow::Result<()> {
    let done = match scene {
        Scene::Hold { lines, review_days } => hold(tale, lines, review_days).await,
        Scene::HoldAgain => hold_again(tale).await,
        Scene::FixedAgain => say(tale, tale.cast.again.clone(), "fixed").await,
        Scene::Protected => protected(tale).await,
        Scene::Trouble => trouble(tale).await,
        Scene::Silence => silence(tale).await,
        Scene::Object => {
            let who = tale.cast.held.iter().rev().take(2).cloned().collect();
            say(tale, who, "dispute").await
        }
        Scene::LetOut => let_out(tale).await,
        Scene::Later => later(tale).await,
        Scene::Take => take(tale).await,
        Scene::Answer(nth) => {
            let claim = ["need_help", "fixed", "not_me", "fixed", "need_help"].get(nth).unwrap_or(&"fixed");
            let who = tale.cast.mara.get(nth).cloned().into_iter().collect();
            say(tale, who, claim).await
        }
        Scene::Nobodys => nobodys(tale).await,
        Scene::Mail => mail(tale).await,
        Scene::Reporters => reporters(tale).await,
        Scene::Leases(part) => leases::play(tale, part).await,
    };
    tale.soon(1, Step::World);
    acts::gently(done)
}

/// Cases in that state which no scene has and whose customers are not protected, newest first.
pub(super) async fn free(tale: &Tale, state: CaseState) -> Result<Vec<Case>, DeskError> {
    let filter = CaseFilter { state: Some(state), ..CaseFilter::default() };
    let found = tale.desk.cases(&tale.staff.supervisor, &filter, CaseOrder::Newest, PageOf::default()).await?;
    let rows = found.rows.into_iter().filter(|row| !tale.kept.contains(&row.case.number));
    let rows = rows.filter(|row| people::PROTECTED.iter().all(|(name, ..)| *name != row.customer_name));
    let mut cases: Vec<Case> = rows.map(|row| row.case).collect();
    // Opened in one instant: the numbers keep one seed's desk the same.
    cases.sort_by(|one, other| other.number.cmp(&one.number));
    Ok(cases)
}

async fn known(tale: &Tale, number: &str) -> Result<Option<Case>, DeskError> {
    Ok(tale.desk.store().read().await?.case_by_number(number).await?)
}

/// Restricts the line of one case, if it can be; whether it was.
async fn cut(tale: &mut Tale, case: &Case, wish: &acts::Wish) -> Result<bool, DeskError> {
    let by = tale.analyst();
    match acts::order(tale, case, &by, wish).await {
        Ok(Some(ordered)) => {
            tale.kept.insert(case.number.clone());
            Ok(!ordered.joined)
        }
        // No ground for it: another case then.
        Ok(None) | Err(DeskError::Refused(_)) => Ok(false),
        Err(other) => Err(other),
    }
}

/// Restricts the lines of up to `many` free cases; the cases with their quarantines.
async fn cut_free(
    tale: &mut Tale,
    many: usize,
    review_days: i64,
    start_hours: i64,
) -> Result<Vec<(Case, QuarantineId)>, DeskError> {
    let mut done = Vec::new();
    let mut cases = free(tale, CaseState::Notified).await?;
    cases.extend(free(tale, CaseState::Released).await?);
    cases.extend(free(tale, CaseState::Open).await?);
    for case in cases {
        if done.len() == many {
            break;
        }
        let measure = if case.category == Category::Vulnerability { Measure::PortBlock } else { Measure::WalledGarden };
        let wish = acts::Wish { id: QuarantineId::new(), measure, review_days, start_hours };
        if cut(tale, &case, &wish).await? {
            done.push((case, wish.id));
        }
    }
    Ok(done)
}

async fn hold(tale: &mut Tale, lines: usize, review_days: i64) -> Result<(), DeskError> {
    let done = cut_free(tale, lines, review_days, 0).await?;
    tale.cast.held.extend(done.into_iter().map(|(case, _)| case.number));
    Ok(())
}

async fn hold_again(tale: &mut Tale) -> Result<(), DeskError> {
    if tale.cast.again.is_empty() {
        let done = cut_free(tale, 3, 6, 0).await?;
        tale.cast.again.extend(done.into_iter().map(|(case, _)| case.number));
        return Ok(());
    }
    for number in tale.cast.again.clone() {
        let Some(case) = known(tale, &number).await? else { continue };
        let wish =
            acts::Wish { id: QuarantineId::new(), measure: Measure::WalledGarden, review_days: 6, start_hours: 0 };
        cut(tale, &case, &wish).await?;
    }
    Ok(())
}

async fn say(tale: &mut Tale, numbers: Vec<String>, claim: &str) -> Result<(), DeskError> {
    for number in numbers {
        if let Some(case) = known(tale, &number).await? {
            acts::state(tale, &case, claim).await?;
        }
    }
    Ok(())
}

async fn protected(tale: &mut Tale) -> Result<(), DeskError> {
    let mut waiting = Vec::new();
    for index in 0..people::PROTECTED.len() {
        let number = super::provider::customer_number(index);
        let Some(customer) = tale.desk.store().read().await?.customer_by_number(&number).await? else { continue };
        let by = tale.analyst();
        let opened = match tale.desk.open_case(&by, customer.id, Category::Connection).await {
            Ok(opened) => opened,
            Err(DeskError::Refused(_)) => continue,
            Err(other) => return Err(other),
        };
        let Some(case) = known(tale, &opened.number).await? else { continue };
        let wish =
            acts::Wish { id: QuarantineId::new(), measure: Measure::WalledGarden, review_days: 5, start_hours: 0 };
        if cut(tale, &case, &wish).await? {
            waiting.push(wish.id);
        }
    }
    let Some(id) = waiting.pop().filter(|_| !waiting.is_empty()) else { return Ok(()) };
    let Some(version) = version(tale, id).await? else { return Ok(()) };
    let why = "the ward depends on this line: call their technician first";
    tale.desk.quarantine_refuse(&tale.staff.supervisor, id, version, why).await
}

async fn version(tale: &Tale, id: QuarantineId) -> Result<Option<i64>, DeskError> {
    Ok(tale.desk.store().read().await?.quarantine_by_id(id).await?.map(|found| found.version))
}

async fn trouble(tale: &mut Tale) -> Result<(), DeskError> {
    for (_, id) in cut_free(tale, 2, 7, 0).await? {
        tale.stubborn.insert(id);
    }
    cut_free(tale, 1, 7, 20).await?;
    for (_, id) in cut_free(tale, 1, 7, 20).await? {
        let by = tale.analyst();
        let why = "the customer has just called, his technician comes today";
        if let Some(version) = version(tale, id).await? {
            tale.desk.quarantine_cancel(&by, id, version, why).await?;
        }
    }
    Ok(())
}

async fn silence(tale: &mut Tale) -> Result<(), DeskError> {
    for (_, id) in cut_free(tale, 1, 7, 0).await? {
        tale.silent.insert(id);
    }
    Ok(())
}

async fn let_out(tale: &mut Tale) -> Result<(), DeskError> {
    let Some(number) = tale.cast.held.pop() else { return Ok(()) };
    let Some(case) = known(tale, &number).await? else { return Ok(()) };
    let states = [QuarantineState::InForce];
    let Some((id, version)) = acts::live(tale, &case, &states).await? else { return Ok(()) };
    let by = tale.analyst();
    let why = "the customer sent the log of his virus scanner, nothing seen since";
    tale.desk.quarantine_release(&by, id, version, Some(case.id), why).await.map(drop)
}

async fn later(tale: &mut Tale) -> Result<(), DeskError> {
    let until = tale.now() + TimeDelta::days(4);
    for case in free(tale, CaseState::Notified).await?.into_iter().take(3) {
        let by = tale.analyst();
        let why = "the customer is abroad until the end of the week";
        tale.desk.snooze_case(&by, &case.number, case.version, Some(until), why).await?;
        tale.kept.insert(case.number);
    }
    Ok(())
}

async fn take(tale: &mut Tale) -> Result<(), DeskError> {
    let Some(mara) = tale.staff.analysts.first().cloned() else { return Ok(()) };
    let Some(user) = mara.user() else { return Ok(()) };
    for case in free(tale, CaseState::Notified).await?.into_iter().take(7) {
        if case.assignee != Some(user) {
            tale.desk.assign_case(&mara, &case.number, case.version, user).await?;
        }
        tale.kept.insert(case.number.clone());
        tale.cast.mara.push(case.number);
    }
    Ok(())
}

/// Opens up to `many` cases from the evidence that waits, oldest first.
async fn open(tale: &mut Tale, by: &Actor, many: usize) -> Result<Vec<Case>, DeskError> {
    let inbox = tale.desk.inbox(by, &InboxFilter::default(), PageOf::default()).await?;
    let mut cases = Vec::new();
    let mut rows = inbox.rows.rows;
    rows.sort_by(|one, other| (one.received_at, &one.customer_name).cmp(&(other.received_at, &other.customer_name)));
    for row in rows {
        let Some(customer) = row.customer.filter(|_| cases.len() < many) else { continue };
        let opened = match tale.desk.open_case(by, customer, row.category).await {
            Ok(opened) if !opened.joined => opened,
            Ok(_) | Err(DeskError::Refused(_)) => continue,
            Err(other) => return Err(other),
        };
        if let Some(case) = known(tale, &opened.number).await? {
            tale.kept.insert(opened.number);
            cases.push(case);
        }
    }
    Ok(cases)
}

async fn nobodys(tale: &mut Tale) -> Result<(), DeskError> {
    let by = tale.analyst();
    let mut cases = open(tale, &by, 4).await?;
    // Where little evidence waits, some are given back that were somebody's.
    let mut others = free(tale, CaseState::Open).await?;
    others.extend(free(tale, CaseState::Notified).await?);
    let missing = 6_usize.saturating_sub(cases.len());
    cases.extend(others.into_iter().take(missing));
    for case in cases {
        tale.kept.insert(case.number.clone());
        let why = "my shift ends here, somebody else please";
        tale.desk.hand_back_case(&by, &case.number, case.version, why).await?;
    }
    Ok(())
}

async fn mail(tale: &mut Tale) -> Result<(), DeskError> {
    let by = tale.analyst();
    let mut cases = open(tale, &by, 4).await?;
    for state in [CaseState::Open, CaseState::Notified, CaseState::Answered, CaseState::Released] {
        cases.extend(free(tale, state).await?);
    }
    // A small desk has no others left.
    for number in tale.cast.held.clone() {
        cases.extend(known(tale, &number).await?);
    }
    let mut ids: Vec<NoticeId> = Vec::new();
    for case in cases {
        if ids.len() == 4 {
            break;
        }
        match acts::tell(tale, &case, &by).await {
            Ok(id) => ids.push(id),
            Err(DeskError::Refused(_)) => continue,
            Err(other) => return Err(other),
        }
        tale.kept.insert(case.number);
    }
    let unknown = Relayed::Never("550 5.1.1 recipient address rejected: user unknown".to_owned());
    let full = Relayed::Never("552 5.2.2 mailbox full, message refused".to_owned());
    let grey = Relayed::Later("451 4.7.1 greylisted, please try again later".to_owned());
    let mut ids = ids.into_iter();
    for (said, id) in [unknown, full, grey].into_iter().zip(ids.by_ref()) {
        tale.relay.insert(id, said);
    }
    match ids.next() {
        Some(id) => tale.desk.cancel_notice(&by, id).await.map(drop),
        None => Ok(()),
    }
}

/// Experience with some reporters, as the supervisor wrote it down.
async fn reporters(tale: &mut Tale) -> Result<(), DeskError> {
    let told = |to: &str| ReporterSettings {
        weight: 7,
        feedback: Feedback::Outcome,
        feedback_to: to.to_owned(),
        ..ReporterSettings::default()
    };
    let decided = [
        ("shadowserver", ReporterSettings { weight: 9, ..ReporterSettings::default() }, "years of clean data"),
        (
            "sensor.example",
            ReporterSettings { weight: 3, never_automatic: true, ..ReporterSettings::default() },
            "names the attacked port, not the attacker's: look before anybody is cut",
        ),
        ("blockcoop.example", told("desk@blockcoop.example"), "agreed with their desk: receipts and outcomes"),
    ];
    let supervisor = tale.staff.supervisor.clone();
    for (name, settings, why) in decided {
        let known = tale.desk.store().read().await?.reporter_by_name(name).await?;
        let Some(known) = known else { continue };
        tale.desk.change_reporter(&supervisor, name, known.version, settings, why).await?;
    }
    Ok(())
}
