//! What happens at the demo desk, in the order in which it happens: reports arrive, people decide, customers answer, the
//! network obeys. Everything goes through the desk's own doors; only the clock is ours.
use super::{Rng, Tell, acts, hours, reports::Mail, scenes, staff::Staff};
use crate::{
    desk::{Arrival, Desk, DeskError, Relayed},
    enforcement::{Demo, Network},
    worker,
};
use anyhow::Context as _;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    clock::FrozenClock,
    enforcement::{BackendAnswer, BackendOutcome},
    evidence::{InboxFilter, InboxRow, InboxTab},
    id::{NoticeId, QuarantineId},
    page::PageOf,
    report::{Channel, ReportFilter, ReportState},
};
use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
};

/// One thing that happens.
pub(super) enum Step {
    /// A report arrives.
    Arrive(Mail),
    /// A working hour: the staff looks at what waits.
    Hour,
    /// Mail and network do what they owe.
    World,
    /// Something about one case.
    Case(String, acts::Act),
    /// One of the scenes of the last days.
    Scene(scenes::Scene),
}

/// The history while it is made.
pub(super) struct Tale {
    pub(super) desk: Desk,
    pub(super) staff: Staff,
    pub(super) rng: Rng,
    /// Quarantines that the network will not take.
    pub(super) stubborn: HashSet<QuarantineId>,
    /// Quarantines about which the network says nothing.
    pub(super) silent: HashSet<QuarantineId>,
    /// What the relay says of a mail, where it does not take it.
    pub(super) relay: HashMap<NoticeId, Relayed>,
    /// Cases of the scenes: their drawn course does not go on.
    pub(super) kept: HashSet<String>,
    /// Who plays in the scenes.
    pub(super) cast: scenes::Cast,
    pub(super) ends: DateTime<Utc>,
    clock: Arc<FrozenClock>,
    steps: BTreeMap<(DateTime<Utc>, u64), Step>,
    written: u64,
    network: Network,
}

impl Tale {
    pub(super) fn new(
        desk: Desk,
        clock: Arc<FrozenClock>,
        staff: Staff,
        rng: Rng,
        (begins, ends): (DateTime<Utc>, DateTime<Utc>),
    ) -> Self {
        let network = Network::new(Arc::new(Demo::quick()));
        let mut tale = Self {
            desk,
            staff,
            rng,
            stubborn: HashSet::new(),
            silent: HashSet::new(),
            relay: HashMap::new(),
            kept: HashSet::new(),
            cast: scenes::Cast::default(),
            ends,
            clock,
            steps: BTreeMap::new(),
            written: 0,
            network,
        };
        for at in hours::ticks(begins, ends) {
            tale.then(at, Step::Hour);
        }
        tale
    }

    /// What will arrive.
    pub(super) fn expect(&mut self, arrivals: Vec<(DateTime<Utc>, Mail)>) {
        for (at, mail) in arrivals {
            self.then(at, Step::Arrive(mail));
        }
    }

    /// Something will happen at `at`, unless the history ends before.
    pub(super) fn then(&mut self, at: DateTime<Utc>, step: Step) {
        self.written += 1;
        if at < self.ends {
            self.steps.insert((at, self.written), step);
        }
    }

    /// The same with the clock's time plus so many minutes.
    pub(super) fn soon(&mut self, minutes: i64, step: Step) {
        let at = self.now() + TimeDelta::minutes(minutes);
        self.then(at, step);
    }

    pub(super) fn now(&self) -> DateTime<Utc> {
        use domain::clock::Clock as _;
        self.clock.now()
    }

    /// Somebody who works on cases.
    pub(super) fn analyst(&mut self) -> Actor {
        self.rng.pick(&self.staff.analysts).clone()
    }

    /// Lets it all happen.
    pub(super) async fn live(&mut self, tell: Tell<'_>) -> anyhow::Result<()> {
        let mut done = 0;
        while let Some(((at, _), step)) = self.steps.pop_first() {
            self.clock.set(at);
            match step {
                Step::Arrive(mail) => self.arrive(&mail).await.context("a report")?,
                Step::Hour => {
                    self.look().await.context("an hour of work")?;
                    self.world().await?;
                }
                Step::World => self.world().await?,
                Step::Case(number, act) => acts::happen(self, &number, act).await.context(number)?,
                Step::Scene(scene) => scenes::play(self, scene).await.with_context(|| format!("{scene:?}"))?,
            }
            done += 1;
            if done % 50 == 0 {
                tell("history", done, done + self.steps.len());
            }
        }
        self.clock.set(self.ends);
        self.world().await
    }

    async fn arrive(&mut self, mail: &Mail) -> anyhow::Result<()> {
        let gateway = Actor::system("mail gateway");
        let channel = if mail.content_type == "message/rfc822" { Channel::Pipe } else { Channel::Api };
        let arrival = Arrival {
            channel,
            bytes: &mail.bytes,
            content_type: mail.content_type,
            file_name: &mail.file_name,
            read_by_caller: true,
        };
        let received = self.desk.receive(&gateway, arrival).await?;
        if received.duplicate_of.is_none() {
            self.desk.read_report(received.id).await?;
        }
        Ok(())
    }

    /// Mail goes out, the network obeys, time-outs run out.
    async fn world(&mut self) -> anyhow::Result<()> {
        worker::timers::tick(&self.desk).await;
        while self.desk.ask_again().await? {}
        // No mailer: not a single mail of a history may leave this machine.
        while let Some(delivery) = self.desk.begin_delivery("mailer").await? {
            let said = self.relay.get(&delivery.notice.id).cloned();
            let said = said.unwrap_or_else(|| Relayed::Taken("kept here: no smtp.url set".to_owned()));
            self.desk.settle_delivery("mailer", &delivery, &said).await?;
        }
        while self.desk.feedback_step("feedback").await? {}
        while let Some(letter) = self.desk.begin_letter("mailer").await? {
            let kept = Relayed::Taken("kept here: no smtp.url set".to_owned());
            self.desk.settle_letter("mailer", &letter, &kept).await?;
        }
        while let Some(job) = self.desk.enforcement_take("enforcer").await? {
            if job.kind == "apply" && self.stubborn.contains(&QuarantineId(job.noun)) {
                let words = "bng-3: profile garden-v2 is not provisioned on this port";
                let answer = BackendAnswer::new(BackendOutcome::Refused, words);
                self.desk.applied(&job, "enforcer", &answer).await?;
            } else if job.kind == "apply" && self.silent.contains(&QuarantineId(job.noun)) {
                let answer = BackendAnswer::unknown("no answer within 10 seconds");
                self.desk.applied(&job, "enforcer", &answer).await?;
            } else {
                worker::enforcement::run(&self.desk, &self.network, "enforcer", &job).await?;
            }
        }
        Ok(())
    }

    /// The staff looks at the evidence, at what nobody could read, and at what nobody could be found for.
    async fn look(&mut self) -> anyhow::Result<()> {
        // The last hours' evidence still waits when somebody looks at the demo.
        if self.now() > self.ends - TimeDelta::minutes(150) {
            return Ok(());
        }
        let weekend = !hours::working(self.now());
        let reader = self.staff.supervisor.clone();
        let filter = InboxFilter { tab: InboxTab::Decide, ..InboxFilter::default() };
        let inbox = self.desk.inbox(&reader, &filter, PageOf::default()).await?;
        let mut rows: Vec<InboxRow> = inbox.rows.rows;
        rows.sort_by_key(|row| row.received_at);
        let many = if weekend { 2 } else { 8 };
        let now = self.now();
        for row in rows.iter().filter(|row| ripe(row, now)).take(many) {
            self.decide(row).await?;
        }
        if !weekend {
            self.tidy(InboxTab::Unknown, "not an address of a customer at that time").await?;
            self.tidy(InboxTab::Ambiguous, "shared address, and the reporter gives no port").await?;
            self.letters().await?;
        }
        Ok(())
    }

    async fn decide(&mut self, row: &InboxRow) -> anyhow::Result<()> {
        let analyst = self.analyst();
        if self.rng.chance(6) {
            let why = "a single report, nothing in the flow data, nothing seen since";
            let done = self.desk.dismiss_evidence(&analyst, &[row.event], why).await;
            return acts::gently(done.map(drop));
        }
        let Some(customer) = row.customer else { return Ok(()) };
        match self.desk.open_case(&analyst, customer, row.category).await {
            Ok(opened) if opened.joined => Ok(()),
            Ok(opened) => {
                acts::begin(self, &opened.number, &analyst, row);
                Ok(())
            }
            Err(error) => acts::gently(Err(error)),
        }
    }

    async fn tidy(&mut self, tab: InboxTab, why: &str) -> anyhow::Result<()> {
        let reader = self.staff.supervisor.clone();
        let filter = InboxFilter { tab, ..InboxFilter::default() };
        let inbox = self.desk.inbox(&reader, &filter, PageOf::default()).await?;
        let old = self.now() - TimeDelta::days(3);
        for row in inbox.rows.rows.iter().filter(|row| row.received_at < old).take(3) {
            let analyst = self.analyst();
            acts::gently(self.desk.dismiss_evidence(&analyst, &[row.event], why).await.map(drop))?;
        }
        Ok(())
    }

    async fn letters(&mut self) -> anyhow::Result<()> {
        let reader = self.staff.supervisor.clone();
        let filter = ReportFilter { state: Some(ReportState::Parked), ..ReportFilter::default() };
        let parked = self.desk.reports(&reader, &filter, PageOf::default()).await?;
        let old = self.now() - TimeDelta::days(4);
        for report in parked.rows.iter().filter(|report| report.received_at < old).take(2) {
            let analyst = self.analyst();
            let done: Result<(), DeskError> =
                self.desk.dismiss_report(&analyst, report.id, "answered by hand, nothing for a case").await;
            acts::gently(done)?;
        }
        Ok(())
    }
}

/// Weak services wait until they were seen twice; everything else is looked at as it comes.
fn ripe(row: &InboxRow, now: DateTime<Utc>) -> bool {
    row.category != domain::class::Category::Vulnerability
        || row.events > 1
        || row.received_at < now - TimeDelta::days(1)
}
