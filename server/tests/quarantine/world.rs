//! A desk with one customer, two services, cases with certain evidence, and people of every role.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::{Actor, Role},
    clock::FrozenClock,
    customer::{Contract, Customer, Service},
    id::{CaseId, ClauseId, ContractId, CustomerId, EventId, LinkId, QuarantineId, ReportId, ServiceId, UserId},
    link::Link,
    quarantine::{Measure, Order, Quarantine, QuarantineState},
    terms::Clause,
    user::User,
};
use lazaret::{config::Config, desk::Desk, enforcement::Network, secret, worker::enforcement::run};
use std::{future::Future, sync::Arc};
use store::{Chore, Store, testing};
use uuid::Uuid;

pub(crate) const REASON: &str = "bot traffic since Tuesday";

pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<FrozenClock>,
    pub(crate) customer: CustomerId,
    pub(crate) services: [ServiceId; 2],
    pub(crate) clause: ClauseId,
    pub(crate) cases: [CaseId; 2],
    pub(crate) analyst: Actor,
    pub(crate) supervisor: Actor,
    pub(crate) auditor: Actor,
}

pub(crate) fn start() -> DateTime<Utc> {
    "2026-11-22T12:00:00Z".parse().unwrap()
}

/// Runs a test on a fresh desk of each engine.
pub(crate) async fn both<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(start()));
    let shared = clock.clone();
    let (test, clock) = (&test, &clock);
    testing::both(folder.path(), shared, |store| async move {
        clock.set(start());
        test(world(store, clock.clone()).await).await;
    })
    .await;
}

async fn world(store: Store, clock: Arc<FrozenClock>) -> World {
    let config = Config::defaults().with("http.public_url", "https://desk.example");
    let desk = Desk::new(store, config).with_cheap_passwords();
    let mut tx = desk.store().write().await.unwrap();
    let person = |name: &str, role: Role| User {
        id: UserId::new(),
        email: format!("{name}@desk.example"),
        name: name.to_owned(),
        role,
        disabled_at: None,
        created_at: start(),
        signed_in_at: None,
    };
    let people = [person("mara", Role::Analyst), person("sol", Role::Supervisor), person("ada", Role::Auditor)];
    for user in &people {
        tx.user_add(user, "x").await.unwrap();
    }
    let (customer, contract) = (CustomerId::new(), ContractId::new());
    let clause = Clause {
        id: ClauseId::new(),
        terms_version: "2026-03".into(),
        number: "7.2".into(),
        text: "We may restrict a service that sends out malware traffic.".into(),
        permits: vec![Measure::PortBlock, Measure::WalledGarden],
        days_max: 14,
    };
    tx.terms_add("2026-03", start()).await.unwrap();
    tx.clause_add(&clause).await.unwrap();
    tx.customer_add(&Customer {
        id: customer,
        number: "k-1".into(),
        name: "Okafor, Nadia".into(),
        email: "n.okafor@mail.example".into(),
        phone: String::new(),
        language: "en".into(),
        created_at: start(),
    })
    .await
    .unwrap();
    let accepted_at = Some(start());
    let terms_version = "2026-03".to_owned();
    let contract = Contract { id: contract, customer, number: "c-1".into(), terms_version, accepted_at };
    tx.contract_put(&contract).await.unwrap();
    let services = [ServiceId::new(), ServiceId::new()];
    for (place, id) in services.iter().enumerate() {
        tx.service_put(&Service {
            id: *id,
            customer,
            contract: contract.id,
            number: format!("ln-{place}"),
            product: "Fibre 500".into(),
            username: format!("u{place}@isp.example"),
            circuit_id: String::new(),
            mac: String::new(),
            protected: (place == 1).then(|| "alarm line".to_owned()),
        })
        .await
        .unwrap();
    }
    let cases = [CaseId::new(), CaseId::new()];
    for sql in typed(desk.store(), customer, services[0], cases) {
        testing::tamper(&mut tx, &sql).await.unwrap();
    }
    tx.commit_chore(Chore::Seen).await.unwrap();
    let [analyst, supervisor, auditor] = people.map(|user| user.actor());
    World { desk, clock, customer, services, clause: clause.id, cases, analyst, supervisor, auditor }
}

/// Cases that were told, each with one certain event: typed into the database.
fn typed(store: &Store, customer: CustomerId, service: ServiceId, cases: [CaseId; 2]) -> Vec<String> {
    let (at, report) = (start().timestamp_micros(), id_in(store, REPORT.0));
    let mut sql = vec![
        format!("INSERT INTO report_bytes (sha256, bytes) VALUES ('00', {})", bytes_in(store, Uuid::now_v7())),
        format!(
            "INSERT INTO reports (id, received_at, channel, sha256, size, file_name, content_type, state, events, parser_version)
             VALUES ({report}, {at}, 'api', '00', 1, '', '', 'parsed', 1, 1)"
        ),
    ];
    for (place, case) in cases.iter().enumerate() {
        let class = ["infrastructure/botnet", "connection/ddos"][place];
        sql.extend(typed_case(store, customer, service, *case, place, class));
    }
    sql
}

/// The report from which all evidence here is taken.
const REPORT: ReportId = ReportId(Uuid::from_u128(0x0192_0000_0000_7000_8000_0000_0000_0001));

fn id_in(store: &Store, id: Uuid) -> String {
    if store.engine_name() == "sqlite" { format!("X'{}'", id.simple()) } else { format!("'{id}'") }
}

fn bytes_in(store: &Store, id: Uuid) -> String {
    if store.engine_name() == "sqlite" { format!("X'{}'", id.simple()) } else { format!("'\\x{}'", id.simple()) }
}

fn typed_case(
    store: &Store,
    customer: CustomerId,
    service: ServiceId,
    case: CaseId,
    place: usize,
    class: &str,
) -> [String; 3] {
    let (customer, service, case) = (id_in(store, customer.0), id_in(store, service.0), id_in(store, case.0));
    let (at, report, category) = (start().timestamp_micros(), id_in(store, REPORT.0), class.split('/').next().unwrap());
    [
        format!(
            "INSERT INTO cases (id, number, customer_id, service_id, category, class, state, dispute, opened_at,
               first_event_at, last_event_at, first_stored_at, events, strikes, unread, joinable, search, version)
             VALUES ({case}, 'L-2026-{place:06}', {customer}, {service}, '{category}', '{class}', 'notified', 'none', {at},
               {at}, {at}, {at}, 1, 0, FALSE, FALSE, '', 1)"
        ),
        format!(
            "INSERT INTO events (id, report_id, position, reporter, source_kind, source, port, at, time_grade, class,
               category, role, count, details, faults, received_at, certainty, customer_id, service_id, case_id, state, fingerprint)
             VALUES ({}, {report}, {place}, 'secret-reporter.example', 'ip', '198.51.100.77', 49431, {at}, 'stated', '{class}',
               '{category}', 'infected', 3, '{{\"malware\":\"andromeda\",\"trap\":\"trap@hidden.example\"}}', '[]', {at}, 'certain',
               {customer}, {service}, {case}, 'on_case', {})",
            id_in(store, EventId::new().0),
            bytes_in(store, Uuid::now_v7())
        ),
        format!(
            "INSERT INTO notices (id, case_id, customer_id, template, language, recipient, subject, body, message_id, state,
               attempts, answer, created_at, next_at, sent_at)
             VALUES ({}, {case}, {customer}, 'bot', 'en', 'n.okafor@mail.example', 's', 'b', '<{place}@x>', 'sent', 1, '250', {at},
               {at}, {at})",
            id_in(store, Uuid::now_v7())
        ),
    ]
}

impl World {
    /// One more line of the customer with a case of its own; `place` tells them apart.
    pub(crate) async fn another_line(&self, place: usize) -> (ServiceId, CaseId) {
        let (service, case) = (ServiceId::new(), CaseId::new());
        let mut tx = self.desk.store().write().await.unwrap();
        let first = tx.service_by_id(self.services[0]).await.unwrap().unwrap();
        tx.service_put(&Service { id: service, number: format!("ln-{place}"), ..first }).await.unwrap();
        for sql in typed_case(self.desk.store(), self.customer, service, case, place, "infrastructure/botnet") {
            testing::tamper(&mut tx, &sql).await.unwrap();
        }
        tx.commit_chore(Chore::Seen).await.unwrap();
        (service, case)
    }

    pub(crate) fn order(&self) -> Order {
        Order {
            id: QuarantineId::new(),
            service: self.services[0],
            measure: Measure::WalledGarden,
            ports: vec![],
            clause: self.clause,
            reason: REASON.into(),
            review_days: 7,
            start_hours: 0,
        }
    }

    /// Orders from the first case.
    pub(crate) async fn ordered(&self) -> QuarantineId {
        self.desk.quarantine_order(&self.analyst, self.cases[0], self.order(), false).await.unwrap().id
    }

    pub(crate) async fn now(&self, id: QuarantineId) -> Quarantine {
        self.desk.store().read().await.unwrap().quarantine_by_id(id).await.unwrap().unwrap()
    }

    pub(crate) async fn state(&self, id: QuarantineId) -> QuarantineState {
        self.now(id).await.state
    }

    pub(crate) async fn case(&self, place: usize) -> domain::case::Case {
        self.desk.store().read().await.unwrap().case_by_id(self.cases[place]).await.unwrap().unwrap()
    }

    pub(crate) async fn release(&self, id: QuarantineId, case: Option<CaseId>) -> QuarantineState {
        let version = self.now(id).await.version;
        self.desk.quarantine_release(&self.analyst, id, version, case, "he cleaned up").await.unwrap()
    }

    /// Does all jobs that are due now, as one worker.
    pub(crate) async fn work(&self, network: &Network) -> usize {
        let worker = Uuid::now_v7().to_string();
        let mut done = 0;
        while let Some(job) = self.desk.enforcement_take(&worker).await.unwrap() {
            run(&self.desk, network, &worker, &job).await.unwrap();
            done += 1;
            assert!(done < 1_000, "jobs breed");
        }
        done
    }

    /// Lets time pass and works until nothing is owed any more, or `hours` are over.
    pub(crate) async fn work_for(&self, network: &Network, hours: i64) {
        for _ in 0..hours * 60 {
            self.work(network).await;
            let mut conn = self.desk.store().read().await.unwrap();
            if conn.job_count("apply").await.unwrap() + conn.job_count("lift").await.unwrap() == 0 {
                return;
            }
            drop(conn);
            self.clock.advance(TimeDelta::minutes(1));
        }
    }

    pub(crate) async fn ledger_size(&self) -> i64 {
        self.desk.store().read().await.unwrap().ledger_size().await.unwrap()
    }

    /// A link to the page of one of the first cases: its secret.
    pub(crate) async fn link(&self, place: usize, days: i64) -> (LinkId, String) {
        self.link_to(self.cases[place], start() + TimeDelta::days(days)).await
    }

    /// A link to the page of any case.
    pub(crate) async fn link_to(&self, case: CaseId, expires_at: DateTime<Utc>) -> (LinkId, String) {
        let (secret, id) = (secret::fresh().unwrap(), LinkId::new());
        let link = Link { id, case, customer: self.customer, created_at: start(), expires_at, revoked_at: None };
        let mut tx = self.desk.store().write().await.unwrap();
        tx.link_add(&link, &secret::hash(&secret)).await.unwrap();
        tx.commit_chore(Chore::Seen).await.unwrap();
        (id, secret)
    }
}
