//! One test for each bug that a rival shipped, named after it (the study's list of 24), so that none of them comes back here.
//!
//! Where the bug was a matter of time (18), the engine's steps are counted; `make bench ONLY=pages` measures the time.
mod entry;
mod links;
mod lists;
mod mail;
mod record;
mod reports;

use crate::support::{Browser, House, PASSWORD};
use domain::{
    actor::{Actor, Role},
    case::Case,
    id::{LinkId, QuarantineId},
    link::Link,
    quarantine::{Measure, Order},
    report::{Channel, Report},
    user::User,
};
use lazaret::{
    desk::Arrival,
    enforcement::{Demo, Network},
    secret,
    worker::enforcement::run,
};
use std::sync::Arc;
use store::{Chore, testing};

impl House {
    /// Takes in a file of any kind and reads it.
    async fn file(&self, bytes: &[u8], content_type: &str, file_name: &str) -> Report {
        let arrival = Arrival { channel: Channel::File, bytes, content_type, file_name, read_by_caller: true };
        let received = self.desk.receive(&Actor::system("test"), arrival).await.unwrap();
        self.desk.read_report(received.id).await.unwrap()
    }

    /// Somebody of that role, the same one each time.
    async fn staff(&self, role: Role) -> User {
        let email = format!("{role}@desk.example");
        let known = self.desk.store().read().await.unwrap().user_by_email(&email).await.unwrap();
        match known {
            Some(user) => user,
            None => self.user(role).await,
        }
    }

    /// His browser, signed in.
    async fn browser_of(&self, role: Role) -> Browser {
        let (user, mut browser) = (self.staff(role).await, self.browser());
        browser.sign_in(&user.email, PASSWORD).await;
        browser
    }

    /// The case with that number.
    async fn case(&self, number: &str) -> Case {
        self.desk.store().read().await.unwrap().case_by_number(number).await.unwrap().unwrap()
    }

    /// A link to the customer's page of the case: its secret.
    async fn link(&self, number: &str) -> String {
        let (case, secret, now) = (self.case(number).await, secret::fresh().unwrap(), self.desk.clock().now());
        let link = Link {
            id: LinkId::new(),
            case: case.id,
            customer: case.customer,
            created_at: now,
            expires_at: now + domain::limit::LINK_LIFE,
            revoked_at: None,
        };
        let mut tx = self.desk.store().write().await.unwrap();
        tx.link_add(&link, &secret::hash(&secret)).await.unwrap();
        tx.commit_chore(Chore::Seen).await.unwrap();
        secret
    }

    /// Orders the walled garden from the case, with its notice; the network of the demo takes it.
    async fn cut(&self, number: &str) -> (QuarantineId, Network) {
        let analyst = self.staff(Role::Analyst).await.actor();
        let choices = self.desk.quarantine_choices(&analyst, number).await.unwrap();
        let service = &choices.services[0];
        let order = Order {
            id: QuarantineId::new(),
            service: service.service.id,
            measure: Measure::WalledGarden,
            ports: Vec::new(),
            clause: service.clauses[0].id,
            reason: "the line sends spam".to_owned(),
            review_days: 7,
            start_hours: 0,
        };
        let ordered = self.desk.quarantine_order(&analyst, choices.case.id, order, true).await.unwrap();
        let network = Network::new(Arc::new(Demo::new()));
        self.enforce(&network).await;
        (ordered.id, network)
    }

    /// Does what is owed to the network.
    async fn enforce(&self, network: &Network) {
        while let Some(job) = self.desk.enforcement_take("w").await.unwrap() {
            run(&self.desk, network, "w", &job).await.unwrap();
        }
    }

    /// What somebody with the database's password would type.
    async fn sql(&self, sql: &str) -> store::Result<()> {
        let mut tx = self.desk.store().write().await.unwrap();
        testing::tamper(&mut tx, sql).await?;
        tx.commit_chore(Chore::Seen).await
    }

    async fn ledger_size(&self) -> i64 {
        self.desk.store().read().await.unwrap().ledger_size().await.unwrap()
    }
}
