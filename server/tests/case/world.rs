//! A desk with one customer and as much evidence as a test wants, on each engine.

use chrono::TimeDelta;
use domain::{
    act::Act,
    actor::{Actor, Role},
    attribution::Certainty,
    case::Case,
    class::Class,
    clock::{Clock as _, FrozenClock},
    customer::{Contract, Customer, Service},
    event::{Observation, Role as EventRole, Source, TimeGrade},
    evidence::{Event, EventState},
    id::{CaseId, ClauseId, ContractId, CustomerId, EventId, QuarantineId, ReportId, ServiceId},
    ledger::NewEntry,
    quarantine::{Measure, Quarantine, QuarantineState},
    report::{Channel, Report, ReportState},
    terms::Clause,
};
use lazaret::{config::Config, desk::Desk};
use std::{future::Future, sync::Arc};
use store::{NewEvent, Store};

/// The desk and who is at it.
#[derive(Clone)]
pub(crate) struct World {
    /// The desk.
    pub(crate) desk: Desk,
    /// Its clock.
    pub(crate) clock: Arc<FrozenClock>,
    /// The customer.
    pub(crate) customer: Customer,
    /// An analyst.
    pub(crate) mara: Actor,
}

/// Runs a test on a fresh desk of each engine (PostgreSQL where LAZARET_TEST_PG names a server).
pub(crate) async fn both<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    with(Config::defaults(), test).await;
}

/// The same with other settings.
pub(crate) async fn with<F: Future<Output = ()>>(config: Config, test: impl Fn(World) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at("2026-11-22T10:42:00Z".parse().unwrap()));
    store::testing::both(folder.path(), clock.clone(), |store| {
        let (clock, config) = (clock.clone(), config.clone());
        let test = &test;
        async move { test(World::new(store, clock, config).await).await }
    })
    .await;
}

impl World {
    async fn new(store: Store, clock: Arc<FrozenClock>, config: Config) -> Self {
        let desk = Desk::new(store, config).with_cheap_passwords();
        let customer = Customer {
            id: CustomerId::new(),
            number: "k-1".to_owned(),
            name: "Okafor, Nadia".to_owned(),
            email: "n.okafor@mail.example".to_owned(),
            phone: String::new(),
            language: "en".to_owned(),
            created_at: clock.now(),
        };
        let mut tx = desk.store().write().await.unwrap();
        tx.customer_add(&customer).await.unwrap();
        tx.commit(entry()).await.unwrap();
        let mut world = Self { desk, clock, customer, mara: Actor::system("nobody") };
        world.mara = world.user(Role::Analyst, "Mara").await;
        world
    }

    /// A new account of that role.
    pub(crate) async fn user(&self, role: Role, name: &str) -> Actor {
        let email = format!("{}@desk.example", name.to_lowercase());
        let added = self.desk.add_user(&Actor::system("test"), &email, name, role, "correct horse battery").await;
        added.unwrap().actor()
    }

    /// `count` more waiting events of an infected host.
    pub(crate) async fn events(&self, count: u8) {
        let (id, now) = (ReportId::new(), self.clock.now());
        let new: Vec<NewEvent> = (0..count).map(|n| self.event(id, n)).collect();
        let mut tx = self.desk.store().write().await.unwrap();
        let report = report(id, now);
        tx.report_add_bytes(&report.sha256, b"x").await.unwrap();
        tx.report_add(&report).await.unwrap();
        tx.event_add(&new).await.unwrap();
        tx.commit(entry()).await.unwrap();
    }

    fn event(&self, report: ReportId, n: u8) -> NewEvent {
        let at = self.clock.now() - TimeDelta::minutes(i64::from(n) + 1);
        let mut fingerprint = [n; 32];
        fingerprint[..16].copy_from_slice(report.0.as_bytes());
        let observation = Observation {
            source: Source::from_ip("192.0.2.7".parse().unwrap(), Some(50_000)),
            from: Some(at),
            to: None,
            time_grade: TimeGrade::Stated,
            class: Class::InfectedHost,
            role: EventRole::Infected,
            count: 1,
            reference: None,
            details: serde_json::Map::new(),
            faults: Vec::new(),
        };
        let event = Event {
            id: EventId::new(),
            report,
            position: i64::from(n),
            reporter: "Shadowserver".to_owned(),
            observation,
            at,
            received_at: self.clock.now(),
            certainty: Certainty::Certain,
            customer: Some(self.customer.id),
            service: None,
            case: None,
            state: EventState::Pending,
        };
        NewEvent { event, fingerprint }
    }

    /// The case as it stands.
    pub(crate) async fn case(&self, number: &str) -> Case {
        self.desk.store().read().await.unwrap().case_by_number(number).await.unwrap().unwrap()
    }

    /// The case to which a link with this secret leads now.
    pub(crate) async fn leads_to(&self, secret: &str) -> Option<CaseId> {
        let hash = lazaret::secret::hash(secret);
        let link = self.desk.store().read().await.unwrap().link_by_hash(&hash).await.unwrap()?;
        link.alive(self.clock.now()).then_some(link.case)
    }

    /// A quarantine in that state, held by the case.
    pub(crate) async fn quarantine(&self, number: &str, state: QuarantineState) -> Quarantine {
        let (now, case) = (self.clock.now(), self.case(number).await);
        let contract = Contract {
            id: ContractId::new(),
            customer: self.customer.id,
            number: "c-1".to_owned(),
            terms_version: "2026-03".to_owned(),
            accepted_at: Some(now),
        };
        let service = Service {
            id: ServiceId::new(),
            customer: self.customer.id,
            contract: contract.id,
            number: "ln-1".to_owned(),
            product: "Fibre".to_owned(),
            username: String::new(),
            circuit_id: String::new(),
            mac: String::new(),
            protected: None,
        };
        let clause = Clause {
            id: ClauseId::new(),
            terms_version: "2026-03".to_owned(),
            number: "7.2".to_owned(),
            text: "We may.".to_owned(),
            permits: vec![Measure::WalledGarden],
            days_max: 14,
        };
        let quarantine = Quarantine {
            id: QuarantineId::new(),
            service: service.id,
            customer: self.customer.id,
            measure: Measure::WalledGarden,
            ports: Vec::new(),
            state,
            clause: clause.id,
            reason: "Bots.".to_owned(),
            ordered_by: "system:test".to_owned(),
            ordered_at: now,
            approved_by: None,
            starts_at: now + TimeDelta::hours(1),
            review_at: now + TimeDelta::days(7),
            expires_at: now + TimeDelta::days(14),
            confirmed_at: None,
            verified_at: None,
            lift_asked_at: None,
            lifted_at: None,
            attempts: 0,
            answer: String::new(),
            version: 1,
        };
        let mut tx = self.desk.store().write().await.unwrap();
        tx.terms_add("2026-03", now).await.unwrap();
        tx.clause_add(&clause).await.unwrap();
        tx.contract_put(&contract).await.unwrap();
        tx.service_put(&service).await.unwrap();
        tx.quarantine_add(&quarantine).await.unwrap();
        tx.quarantine_cause_add(quarantine.id, case.id).await.unwrap();
        tx.commit(entry()).await.unwrap();
        quarantine
    }

    /// Ends it without a trace of the network.
    pub(crate) async fn end(&self, mut quarantine: Quarantine) {
        quarantine.state = QuarantineState::Cancelled;
        let mut tx = self.desk.store().write().await.unwrap();
        tx.quarantine_save(&quarantine).await.unwrap();
        tx.commit(entry()).await.unwrap();
    }

    /// Another mail address for the customer.
    pub(crate) async fn address(&self, email: &str) {
        let customer = Customer { email: email.to_owned(), ..self.customer.clone() };
        let mut tx = self.desk.store().write().await.unwrap();
        tx.customer_update(&customer).await.unwrap();
        tx.commit(entry()).await.unwrap();
    }
}

fn entry() -> NewEntry {
    NewEntry::new(&Actor::system("test"), Act::CustomersImported, "test", 1)
}

fn report(id: ReportId, now: chrono::DateTime<chrono::Utc>) -> Report {
    Report {
        id,
        received_at: now,
        channel: Channel::Api,
        sha256: id.to_string(),
        size: 1,
        file_name: String::new(),
        content_type: String::new(),
        format: None,
        disposition: None,
        state: ReportState::Done,
        reason: None,
        reporter: None,
        sender: None,
        subject: None,
        events: 0,
        duplicate_of: None,
        parser_version: 1,
    }
}
