//! What the desk can do, noun by noun. Each act is one transaction: authorise, load, decide in `domain`, save with the
//! state guard in the WHERE, ledger entry, jobs, commit. Only workers touch the world.
mod account;
mod again;
mod again_apply;
mod answer;
mod attribute;
mod attribute_name;
mod attribute_part;
mod attribute_resolver;
mod batch;
mod case;
mod case_bulk;
mod case_view;
mod channel;
mod channel_board;
mod contradiction;
mod copies;
mod correct;
mod correct_apply;
mod counts;
mod customer;
mod delivery;
mod dispute;
mod enforcing;
mod error;
mod event_question;
mod evidence;
mod feed;
mod feed_read;
mod feedback;
mod fresh;
mod import;
mod intake;
mod lease_board;
mod lease_expire;
mod lease_holder;
mod lease_names;
mod lease_ready;
mod lease_rules;
mod lease_session;
mod lease_settle;
mod lease_take;
mod letter;
mod link;
mod listing;
mod look_up;
mod metrics;
mod note;
mod notice;
mod notice_text;
mod passing;
mod passing_deliver;
pub mod password;
mod portal;
mod portal_view;
mod quarantine;
mod quarantine_read;
mod quarantine_step;
mod reading;
mod reconcile;
mod record;
mod release;
mod report;
mod reporter;
mod reread;
mod resolver;
mod sender;
mod settings;
mod timers;
mod triage;

pub use account::SignIn;
pub use answer::{AskedOf, Complained, Form, OpenForm, Replying};
pub use case::Opened;
pub use case_bulk::{BulkAct, BulkDone};
pub use channel::{Kept, Turn};
pub use correct::{CorrectBoard, CorrectOrder, CorrectPreview, Whose};
pub use correct_apply::Corrected;
pub use counts::Counts;
pub use customer::Found;
pub use delivery::{Delivery, Relayed, Returned};
pub use error::DeskError;
pub use event_question::{AskEvent, about_event};
pub use feed::SAMPLE_BYTES;
pub use feedback::{CLOSED_JOB, OUTCOME_JOB, RECEIPT_JOB, WEBHOOK_JOB};
pub use import::{ImportOrder, LeaseImport, LeaseOrder, Progress};
pub use lease_expire::EXPIRE_BATCH;

pub use lease_take::{SAYINGS_FULL, SAYINGS_MAX};
pub use letter::{LETTER_JOB, LetterDelivery};
pub use listing::Finding;
pub use note::Replied;
pub use notice::{Preview, StateCounts};
pub use passing::{Draft, Leaving, Order};
pub use passing_deliver::{PASSING_JOB, PassingDelivery};
pub use portal::{Portal, Stated};
pub use quarantine::Ordered;
pub use record::RecordState;
pub use report::{Arrival, PARSE_JOB, Received, ReportView};
pub use reread::{REREAD_JOB, RereadView};
pub use resolver::Due;
pub use settings::Inventory;
pub use triage::Ask;

use crate::config::{Config, resolver::Resolver};
use domain::{
    actor::{Actor, Permission},
    clock::SharedClock,
    enforcement::NetworkBoard,
    refusal::Refusal,
};
use std::sync::{Arc, Mutex};
use store::Store;
use tokio::sync::Notify;

/// The desk. Cheap to clone.
#[derive(Clone)]
pub struct Desk {
    pub(crate) store: Store,
    pub(crate) clock: SharedClock,
    pub(crate) config: Arc<Config>,
    pub(crate) wake: Arc<Wake>,
    pub(crate) passwords: password::Hasher,
    pub(crate) network: Arc<Mutex<NetworkBoard>>,
    /// Whom the settings name to be asked who had an address.
    pub(crate) resolvers: Arc<[Resolver]>,
    counted: Arc<counts::Counted>,
    names: Arc<lease_names::NamesSeen>,
}

/// Wakes the workers of this process at once; those of other replicas look every second.
#[derive(Default)]
pub struct Wake {
    /// Jobs `mail`.
    pub mail: Notify,
    /// Jobs `apply` and `lift`.
    pub enforcement: Notify,
    /// The network has changed: compare.
    pub compare: Notify,
    /// Jobs `parse`.
    pub intake: Notify,
    /// Jobs `receipt`, `outcome`, `closed_case` and `webhook`.
    pub feedback: Notify,
    /// Jobs `reread`.
    pub reread: Notify,
    /// Jobs `passing`.
    pub passing: Notify,
    /// Events to be asked again.
    pub asks: Notify,
    /// Questions to resolvers.
    pub resolver: Notify,
}

impl Desk {
    /// A desk over a store.
    pub fn new(store: Store, config: Config) -> Self {
        let clock = store.clock().clone();
        let passwords = password::Hasher::default();
        let (wake, network, counted, names) = (Arc::default(), Arc::default(), Arc::default(), Arc::default());
        let resolvers = config.resolvers().into();
        Self { store, clock, config: Arc::new(config), wake, passwords, network, resolvers, counted, names }
    }

    /// The same desk with cheap password hashing, for tests and the demo's throw-away accounts.
    #[must_use]
    pub fn with_cheap_passwords(mut self) -> Self {
        self.passwords = password::Hasher::cheap();
        self
    }

    /// The settings.
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The clock.
    pub fn clock(&self) -> &SharedClock {
        &self.clock
    }

    /// The store, for workers and tests.
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Where browsers and customers reach the desk, without a trailing slash.
    pub fn public_url(&self) -> String {
        match self.config.text("http.public_url") {
            "" => format!("http://{}", self.config.text("http.listen")),
            url => url.trim_end_matches('/').to_owned(),
        }
    }

    /// Refuses an actor without the right.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`].
    pub(crate) fn require(&self, actor: &Actor, permission: Permission) -> Result<(), DeskError> {
        if actor.may(permission) { Ok(()) } else { Err(Refusal::NotAllowed(permission).into()) }
    }
}
