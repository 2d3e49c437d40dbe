//! What happens to one case: the course it takes is drawn when it is opened, each step is one act at the desk.
use super::{
    hours, people, reports,
    tale::{Step, Tale},
};
use crate::desk::{DeskError, Ordered, Stated};
use chrono::{TimeDelta, Utc};
use domain::{
    actor::Actor,
    case::{Case, CaseState, Outcome},
    class::Category,
    dispute::Verdict,
    evidence::InboxRow,
    id::{MessageId, NoticeId, QuarantineId},
    notice::{NoticeForm, NoticeState},
    quarantine::{Measure, Order, QuarantineState},
    release::ReleaseState,
};

/// Something about one case.
pub(super) enum Act {
    /// Take it and tell the customer.
    Tell(Actor),
    /// The notice comes back.
    Bounce,
    /// An absence note comes.
    Away,
    /// An internal note.
    Note,
    /// The customer says something.
    State(&'static str),
    /// The desk answers.
    Reply,
    /// The desk has nothing to add.
    Settle,
    /// Restrict the line.
    Quarantine(Measure),
    /// The supervisor looks at what waits for a signature.
    Sign,
    /// The desk lets go.
    Release,
    /// The desk decides a request for release.
    Grant(bool),
    /// The supervisor decides the objection.
    Judge(Verdict),
    /// Look again later.
    Snooze,
    /// Try once more what the network refused.
    Retry,
    /// Done.
    Close(Outcome),
}

/// Lets a rule say no; passes on what is broken.
pub(super) fn gently(done: Result<(), DeskError>) -> anyhow::Result<()> {
    match done {
        Err(DeskError::Refused(refusal)) => {
            tracing::debug!(%refusal, "the demo's staff tried something");
            Ok(())
        }
        other => Ok(other?),
    }
}

/// Draws the course of a case that was just opened.
pub(super) fn begin(tale: &mut Tale, number: &str, by: &Actor, row: &InboxRow) {
    let told = tale.now() + TimeDelta::minutes(tale.rng.between(2, 14));
    tale.then(told, Step::Case(number.to_owned(), Act::Tell(by.clone())));
    let mut course = Course { tale, number, at: told };
    match row.category {
        Category::Copyright => course.later(60 * 24 * 8, 60 * 24 * 12, Act::Close(Outcome::NoAction)),
        Category::Vulnerability => weak(&mut course),
        _ if people::PROTECTED.iter().any(|(name, ..)| *name == row.customer_name) => guarded(&mut course),
        Category::Connection if row.strikes > 0 => restricted(&mut course, Measure::WalledGarden),
        _ => harm(&mut course, row),
    }
}

/// A course while it is drawn.
struct Course<'t> {
    tale: &'t mut Tale,
    number: &'t str,
    at: chrono::DateTime<Utc>,
}

impl Course<'_> {
    /// Between so many minutes later, whenever it is: customers and machines.
    fn anytime(&mut self, low: i64, high: i64, act: Act) {
        self.at += TimeDelta::minutes(self.tale.rng.between(low, high));
        self.tale.then(self.at, Step::Case(self.number.to_owned(), act));
    }

    /// Between so many minutes later, when somebody works.
    fn later(&mut self, low: i64, high: i64, act: Act) {
        let minutes = self.tale.rng.between(3, 300);
        self.at = hours::next(self.at + TimeDelta::minutes(self.tale.rng.between(low, high)), minutes);
        self.tale.then(self.at, Step::Case(self.number.to_owned(), act));
    }

    fn dice(&mut self) -> i64 {
        self.tale.rng.between(0, 99)
    }
}

const HOUR: i64 = 60;
const DAY: i64 = 24 * HOUR;

/// An open service: patience, few restrictions.
fn weak(course: &mut Course<'_>) {
    match course.dice() {
        0..=44 => {
            course.anytime(3 * HOUR, 4 * DAY, Act::State("fixed"));
            course.later(HOUR, 7 * HOUR, Act::Settle);
            course.later(3 * DAY, 8 * DAY, Act::Close(Outcome::Resolved));
        }
        45..=56 => {
            course.anytime(3 * HOUR, 2 * DAY, Act::State("need_help"));
            course.later(HOUR, 5 * HOUR, Act::Reply);
            course.anytime(5 * HOUR, 3 * DAY, Act::State("fixed"));
            course.later(HOUR, 9 * HOUR, Act::Settle);
            course.later(2 * DAY, 6 * DAY, Act::Close(Outcome::Resolved));
        }
        57..=62 => {
            course.anytime(10, 40, Act::Bounce);
            course.later(2 * HOUR, DAY, Act::Note);
            course.later(DAY, 4 * DAY, Act::Close(Outcome::NoAction));
        }
        63..=78 => {
            course.later(3 * DAY, 5 * DAY, Act::Quarantine(Measure::PortBlock));
            course.anytime(3 * HOUR, 6 * DAY, Act::State("fixed"));
            course.later(HOUR, 6 * HOUR, Act::Grant(true));
            course.later(6 * DAY, 9 * DAY, Act::Close(Outcome::Resolved));
        }
        79..=84 => {
            course.later(4 * DAY, 5 * DAY, Act::Snooze);
            course.later(10 * DAY, 14 * DAY, Act::Close(Outcome::NoAction));
        }
        _ => course.later(8 * DAY, 15 * DAY, Act::Close(Outcome::NoAction)),
    }
}

/// Harm to others: bots, spam, attacks, fraud.
fn harm(course: &mut Course<'_>, row: &InboxRow) {
    let measure = if row.category == Category::Content { Measure::Suspension } else { Measure::WalledGarden };
    match course.dice() {
        0..=27 => {
            course.anytime(HOUR, 2 * DAY, Act::State("fixed"));
            course.later(HOUR, 5 * HOUR, Act::Reply);
            course.later(3 * DAY, 7 * DAY, Act::Close(Outcome::Resolved));
        }
        28..=62 => restricted(course, measure),
        63..=68 => {
            course.anytime(2 * HOUR, 2 * DAY, Act::State("not_me"));
            course.later(HOUR, 6 * HOUR, Act::Note);
            let outcome = if course.dice() < 50 { Outcome::FalsePositive } else { Outcome::NotOurs };
            course.later(2 * HOUR, DAY, Act::Close(outcome));
        }
        69..=76 => {
            course.later(20 * HOUR, 2 * DAY, Act::Quarantine(measure));
            course.anytime(2 * HOUR, DAY, Act::State("dispute"));
            let verdict = if course.dice() < 30 { Verdict::Upheld } else { Verdict::Rejected };
            course.later(DAY, 3 * DAY, Act::Judge(verdict));
            course.later(DAY, 4 * DAY, Act::Release);
            course.later(5 * DAY, 8 * DAY, Act::Close(Outcome::Resolved));
        }
        77..=82 => {
            course.anytime(HOUR, 20 * HOUR, Act::State("need_help"));
            course.later(30, 4 * HOUR, Act::Reply);
            course.later(DAY, 2 * DAY, Act::Note);
            course.later(3 * DAY, 6 * DAY, Act::Close(Outcome::Resolved));
        }
        83..=86 => {
            course.anytime(15, 90, Act::Away);
            course.later(2 * DAY, 4 * DAY, Act::Close(Outcome::Victim));
        }
        _ => course.later(6 * DAY, 12 * DAY, Act::Close(Outcome::NoAction)),
    }
}

/// A protected line: the supervisor signs, does not, or has not looked yet.
fn guarded(course: &mut Course<'_>) {
    course.later(HOUR, 3 * HOUR, Act::Quarantine(Measure::PortBlock));
    course.later(HOUR, 6 * HOUR, Act::Sign);
    course.anytime(HOUR, 9 * HOUR, Act::State("need_help"));
    course.later(HOUR, 3 * HOUR, Act::Reply);
    course.later(2 * DAY, 4 * DAY, Act::Release);
    course.later(5 * DAY, 8 * DAY, Act::Close(Outcome::Resolved));
}

/// The usual course of a restriction: most let themselves out, some ask and are let out or not.
fn restricted(course: &mut Course<'_>, measure: Measure) {
    course.later(18 * HOUR, 2 * DAY, Act::Quarantine(measure));
    match course.dice() {
        0..=49 => {
            course.anytime(40, 20 * HOUR, Act::State("fixed"));
            course.later(HOUR, 4 * HOUR, Act::Grant(true));
        }
        50..=57 => {
            course.anytime(HOUR, DAY, Act::State("fixed"));
            course.later(HOUR, 4 * HOUR, Act::Grant(false));
            course.anytime(DAY, 2 * DAY, Act::State("fixed"));
            course.later(HOUR, 8 * HOUR, Act::Grant(true));
        }
        58..=65 => {
            course.later(HOUR, DAY, Act::Retry);
            course.later(3 * DAY, 6 * DAY, Act::Release);
        }
        66..=79 => course.later(2 * DAY, 7 * DAY, Act::Release),
        // Nobody stirs: the review comes, and goes by.
        _ => course.later(9 * DAY, 13 * DAY, Act::Release),
    }
    course.later(HOUR, 5 * HOUR, Act::Settle);
    course.later(6 * DAY, 9 * DAY, Act::Close(Outcome::Resolved));
}

/// Does it, if the rules let it and no scene has the case.
pub(super) async fn happen(tale: &mut Tale, number: &str, act: Act) -> anyhow::Result<()> {
    if tale.kept.contains(number) {
        return Ok(());
    }
    let found = tale.desk.store().read().await?.case_by_number(number).await?;
    let Some(case) = found.filter(|case| case.state != CaseState::Closed) else { return Ok(()) };
    let by = match &case.assignee {
        Some(id) => tale.staff.analysts.iter().find(|one| one.user() == Some(*id)).cloned(),
        None => None,
    };
    let by = match by {
        Some(by) => by,
        None => tale.analyst(),
    };
    let done = one(tale, &case, &by, act).await;
    tale.soon(1, Step::World);
    gently(done)
}

async fn one(tale: &mut Tale, case: &Case, by: &Actor, act: Act) -> Result<(), DeskError> {
    let (desk, number) = (tale.desk.clone(), case.number.as_str());
    match act {
        Act::Tell(by) => tell(tale, case, &by).await.map(drop),
        Act::Bounce | Act::Away => {
            let bounced = matches!(act, Act::Bounce);
            let notices = desk.store().read().await?.notices_of_case(case.id).await?;
            if let Some(notice) = notices.iter().find(|notice| notice.state == NoticeState::Sent) {
                let now = tale.now();
                let mail = if bounced {
                    reports::bounce(now, &notice.recipient, &notice.message_id)
                } else {
                    reports::away(now, &notice.recipient, &notice.message_id)
                };
                tale.soon(1, Step::Arrive(mail));
            }
            Ok(())
        }
        Act::Note => {
            let text = *tale.rng.pick(people::NOTES);
            desk.note_case(by, number, MessageId::new(), text).await
        }
        Act::State(claim) => state(tale, case, claim).await,
        Act::Reply => {
            let text = *tale.rng.pick(people::REPLIES);
            desk.reply_case(by, number, case.version, MessageId::new(), text).await.map(drop)
        }
        Act::Settle => desk.settle_case(by, number, case.version).await.map(drop),
        Act::Snooze => {
            let until = tale.now() + TimeDelta::days(4);
            let why = "waits for the customer's technician";
            desk.snooze_case(by, number, case.version, Some(until), why).await.map(drop)
        }
        Act::Close(outcome) => {
            let why = match outcome {
                Outcome::Resolved => "nothing seen since the customer acted",
                Outcome::FalsePositive => "the reporter took it back",
                Outcome::NotOurs => "the address had changed hands, the reporter's clock was off",
                Outcome::Victim => "the customer is the one who was attacked",
                Outcome::NoAction => "told, nothing more can be done here",
                Outcome::Duplicate => "handled in the other case",
                Outcome::WrongCustomer => "it was another customer",
            };
            desk.close_case(by, number, case.version, outcome, why).await.map(drop)
        }
        Act::Quarantine(measure) => quarantine(tale, case, by, measure).await,
        Act::Sign => sign(tale, case).await,
        Act::Release => release(tale, case, by).await,
        Act::Retry => retry(tale, case, by).await,
        Act::Grant(yes) => grant(tale, case, by, yes).await,
        Act::Judge(verdict) => judge(tale, case, verdict).await,
    }
}

/// Takes the case and tells the customer.
pub(super) async fn tell(tale: &mut Tale, case: &Case, by: &Actor) -> Result<NoticeId, DeskError> {
    let (desk, number) = (tale.desk.clone(), case.number.as_str());
    let case = match by.user() {
        Some(user) => desk.assign_case(by, number, case.version, user).await?,
        None => case.clone(),
    };
    let draft = desk.notice_preview(by, number, None, None).await?.draft;
    let form = NoticeForm {
        id: NoticeId::new(),
        template: draft.template,
        language: draft.language,
        subject: None,
        body: None,
        version: case.version,
    };
    desk.send_notice(by, number, &form).await
}

/// The customer opens the link of his last mail and says something.
pub(super) async fn state(tale: &mut Tale, case: &Case, claim: &str) -> Result<(), DeskError> {
    let notices = tale.desk.store().read().await?.notices_of_case(case.id).await?;
    let secret = notices.iter().rev().find_map(|notice| {
        let (_, rest) = notice.body.split_once("/c/")?;
        rest.split_whitespace().next().map(str::to_owned)
    });
    let Some(secret) = secret else { return Ok(()) };
    let words = match claim {
        "fixed" => people::FIXED,
        "not_me" => people::NOT_ME,
        "need_help" => people::HELP,
        _ => people::DISPUTE,
    };
    let text = *tale.rng.pick(words);
    let stated = tale.desk.portal_state(&secret, MessageId::new(), claim, text, None).await?;
    if !matches!(stated, Stated::Taken) {
        tracing::debug!(case = case.number, claim, "the demo's customer could not say so");
    }
    Ok(())
}

async fn quarantine(tale: &mut Tale, case: &Case, by: &Actor, measure: Measure) -> Result<(), DeskError> {
    let wish = Wish { id: QuarantineId::new(), measure, review_days: tale.rng.between(4, 10), start_hours: 0 };
    if tale.rng.chance(8) {
        tale.stubborn.insert(wish.id);
    }
    order(tale, case, by, &wish).await.map(drop)
}

/// A restriction as the staff wants it; the clause may not go as far.
pub(super) struct Wish {
    pub(super) id: QuarantineId,
    pub(super) measure: Measure,
    pub(super) review_days: i64,
    pub(super) start_hours: i64,
}

/// Restricts the customer's line; None when nothing is left to restrict.
pub(super) async fn order(tale: &Tale, case: &Case, by: &Actor, wish: &Wish) -> Result<Option<Ordered>, DeskError> {
    let choices = tale.desk.quarantine_choices(by, &case.number).await?;
    let fitting = choices.services.iter().filter(|choice| choice.live.is_none()).find_map(|choice| {
        let clause = choice.clauses.iter().find(|clause| clause.permits.contains(&wish.measure));
        let clause = clause.or_else(|| choice.clauses.first())?;
        Some((choice.service.id, clause.clone()))
    });
    let Some((service, clause)) = fitting else { return Ok(None) };
    let order = Order {
        id: wish.id,
        service,
        measure: if clause.permits.contains(&wish.measure) { wish.measure } else { Measure::WalledGarden },
        ports: Vec::new(),
        clause: clause.id,
        reason: "still seen after our letter, others are harmed by it".to_owned(),
        review_days: clause.days_max.min(wish.review_days),
        start_hours: wish.start_hours,
    };
    tale.desk.quarantine_order(by, case.id, order, true).await.map(Some)
}

/// The case's quarantine in one of these states, with its version.
pub(super) async fn live(
    tale: &Tale,
    case: &Case,
    states: &[QuarantineState],
) -> Result<Option<(QuarantineId, i64)>, DeskError> {
    let all = tale.desk.store().read().await?.quarantines_of_case(case.id).await?;
    Ok(all.iter().find(|one| states.contains(&one.state)).map(|one| (one.id, one.version)))
}

async fn sign(tale: &mut Tale, case: &Case) -> Result<(), DeskError> {
    // Some still wait when somebody looks at the demo.
    if tale.rng.chance(30) || tale.now() > tale.ends - TimeDelta::hours(26) {
        return Ok(());
    }
    let Some((id, version)) = live(tale, case, &[QuarantineState::AwaitingApproval]).await? else { return Ok(()) };
    let supervisor = tale.staff.supervisor.clone();
    if tale.rng.chance(75) {
        let why = "spoke with the house technician, emergency calls go over the other line";
        tale.desk.quarantine_approve(&supervisor, id, version, why).await
    } else {
        tale.desk.quarantine_refuse(&supervisor, id, version, "too risky for this line, call them instead").await
    }
}

async fn release(tale: &mut Tale, case: &Case, by: &Actor) -> Result<(), DeskError> {
    let states = [QuarantineState::InForce, QuarantineState::Failed];
    let Some((id, version)) = live(tale, case, &states).await? else { return Ok(()) };
    let why = "customer called, device replaced, nothing seen since";
    tale.desk.quarantine_release(by, id, version, Some(case.id), why).await.map(drop)
}

async fn retry(tale: &mut Tale, case: &Case, by: &Actor) -> Result<(), DeskError> {
    let Some((id, version)) = live(tale, case, &[QuarantineState::Failed]).await? else { return Ok(()) };
    if tale.rng.chance(50) {
        tale.stubborn.remove(&id);
    }
    tale.desk.quarantine_retry(by, id, version).await
}

async fn grant(tale: &mut Tale, case: &Case, by: &Actor, yes: bool) -> Result<(), DeskError> {
    let requests = tale.desk.store().read().await?.releases_of_case(case.customer, case.id).await?;
    let waiting = requests.iter().find(|request| request.state == ReleaseState::Waiting);
    match waiting {
        Some(request) if yes => {
            tale.desk.release_grant(by, request.id, "says what he did, and nothing seen since").await
        }
        Some(request) => {
            let why = "the same bot was seen an hour ago; please reinstall the device first";
            tale.desk.release_refuse(by, request.id, why).await
        }
        // He let himself out, or nothing holds him.
        None if case.state == CaseState::Answered => {
            tale.desk.settle_case(by, &case.number, case.version).await.map(drop)
        }
        None => Ok(()),
    }
}

async fn judge(tale: &mut Tale, case: &Case, verdict: Verdict) -> Result<(), DeskError> {
    let objections = tale.desk.store().read().await?.disputes_of_case(case.id).await?;
    let Some(open) = objections.iter().find(|one| one.decided_at.is_none()) else { return Ok(()) };
    let why = match verdict {
        Verdict::Upheld => "the reporter's clock was wrong; we apologise and lift the measure",
        Verdict::Rejected => "three reporters independently saw the same bot at these times",
    };
    let supervisor = tale.staff.supervisor.clone();
    tale.desk.dispute_decide(&supervisor, open.id, verdict, why).await
}
