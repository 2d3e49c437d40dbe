//! A desk with a few customers and leases, at a standing clock.
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    clock::FrozenClock,
    evidence::{Event, InboxCounts, InboxFilter, InboxRow, InboxTab},
    id::ReportId,
    import::{ImportKind, ImportReport},
    page::PageOf,
    report::{Channel, Report},
};
use lazaret::{
    config::Config,
    desk::{Arrival, Desk, ImportOrder, Received},
};
use std::sync::Arc;

const TERMS: &str = "version,published_at,clause,text,permits,days_max
2026-03,2026-03-01T00:00:00Z,7.2,We may restrict an infected line.,port_block walled_garden,30
";
const CUSTOMERS: &str = "customer_number,name,email,phone,language,contract_number,terms_version,accepted_at,service_number,product,username,circuit_id,mac,protected,addresses
C-1,\"Okafor, Nadia\",nadia@customer.example,,en,K-1,2026-03,2026-03-14T10:00:00Z,ln-1,Fibre 500,nadia@isp.example,,02-00-5E-10-00-01,,
C-2,Bakkerij De Vries BV,bakery@customer.example,,de,K-2,2026-03,2026-03-14T10:00:00Z,ln-2,Business DSL,,,,,203.0.113.9 2001:db8:4f:1200::/56
C-3,St. Anna Hospital,it@hospital.example,,en,K-3,2026-03,,ln-3,Fibre 1000,,,,hospital,
";
const LEASES: &str = "address,port_from,port_to,service_number,from,to,source
198.51.100.77,,,ln-1,2026-11-01T00:00:00Z,2026-11-20T12:00:00Z,radius bng-3
198.51.100.77,,,ln-2,2026-11-20T12:00:00Z,,radius bng-3
192.0.2.14,1024,2047,ln-1,2026-11-01T00:00:00Z,,cgnat
192.0.2.14,2048,3071,ln-3,2026-11-01T00:00:00Z,,cgnat
";

/// The desk and its clock.
#[derive(Clone)]
pub(crate) struct World {
    pub(crate) desk: Desk,
    pub(crate) clock: Arc<FrozenClock>,
}

/// The system as the actor of a test.
pub(crate) fn system() -> Actor {
    Actor::system("test")
}

/// Sunday, 22 November 2026, 10:42 UTC.
pub(crate) fn now() -> DateTime<Utc> {
    "2026-11-22T10:42:00Z".parse().unwrap()
}

/// An instant of that month, such as `20T09:00:00`.
pub(crate) fn at(text: &str) -> DateTime<Utc> {
    format!("2026-11-{text}Z").parse().unwrap()
}

/// Runs the test on a fresh desk over each engine.
pub(crate) async fn both<F: Future<Output = ()>>(test: impl Fn(World) -> F) {
    with(Config::defaults().with("mail.keep", "true"), test).await;
}

/// The same with these settings.
pub(crate) async fn with<F: Future<Output = ()>>(config: Config, test: impl Fn(World) -> F) {
    let folder = tempfile::tempdir().unwrap();
    let clock = Arc::new(FrozenClock::at(now()));
    store::testing::both(folder.path(), clock.clone(), |store| {
        let world = World { desk: Desk::new(store, config.clone()), clock: clock.clone() };
        clock.set(now());
        let run = test(world.clone());
        async move {
            for (kind, csv) in
                [(ImportKind::Terms, TERMS), (ImportKind::Customers, CUSTOMERS), (ImportKind::Leases, LEASES)]
            {
                let report = world.import(kind, csv, false).await;
                assert_eq!(report.refused, 0, "{:?}", report.problems);
            }
            run.await;
        }
    })
    .await;
}

/// A feedback report about an address at a time.
pub(crate) fn arf(address: &str, port: Option<u16>, at: &str) -> String {
    let port = port.map(|port| format!("Source-Port: {port}\r\n")).unwrap_or_default();
    let at = at.parse::<DateTime<Utc>>().unwrap().to_rfc2822();
    format!(
        "From: fbl@reporter.example\r\nTo: abuse@isp.example\r\nSubject: complaint {address}\r\n\
         Date: Sun, 22 Nov 2026 10:00:00 +0000\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: R/1\r\nVersion: 1\r\n\
         Arrival-Date: {at}\r\nSource-IP: {address}\r\n{port}\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@shop.example\r\nSubject: Buy\r\n\r\nBuy.\r\n--b--\r\n"
    )
}

impl World {
    /// Imports a file.
    pub(crate) async fn import(&self, kind: ImportKind, csv: &str, dry_run: bool) -> ImportReport {
        let order = ImportOrder { kind, dry_run, progress: &|_| {} };
        self.desk.import(&system(), csv.as_bytes(), order).await.unwrap()
    }

    /// Makes the bytes durable, nothing more.
    pub(crate) async fn receive(&self, bytes: &[u8]) -> Received {
        let arrival =
            Arrival { channel: Channel::Api, bytes, content_type: "", file_name: "report.eml", read_by_caller: false };
        self.desk.receive(&system(), arrival).await.unwrap()
    }

    /// Takes a report in and reads it.
    pub(crate) async fn take_in(&self, bytes: &[u8]) -> Report {
        let received = self.receive(bytes).await;
        self.desk.read_report(received.id).await.unwrap()
    }

    /// The only event of a report.
    pub(crate) async fn event(&self, report: ReportId) -> Event {
        let mut conn = self.desk.store().read().await.unwrap();
        let mut events = conn.events_of_report(report, PageOf::default()).await.unwrap().rows;
        assert_eq!(events.len(), 1);
        events.remove(0)
    }

    /// The numbers on the inbox's tabs.
    pub(crate) async fn counts(&self) -> InboxCounts {
        self.desk.inbox(&system(), &InboxFilter::default(), PageOf::default()).await.unwrap().counts
    }

    /// The rows of a tab.
    pub(crate) async fn rows(&self, tab: InboxTab) -> Vec<InboxRow> {
        let filter = InboxFilter { tab, ..InboxFilter::default() };
        self.desk.inbox(&system(), &filter, PageOf::default()).await.unwrap().rows.rows
    }

    /// What the clock says.
    pub(crate) fn clock_now(&self) -> DateTime<Utc> {
        use domain::clock::Clock as _;
        self.clock.now()
    }

    /// Closes a case as it stands.
    pub(crate) async fn close(&self, number: &str, outcome: domain::case::Outcome) {
        let version = self.version(number).await;
        self.desk.close_case(&system(), number, version, outcome, "looked into it").await.unwrap();
    }

    /// Takes a closed case up again.
    pub(crate) async fn reopen(&self, number: &str) {
        let version = self.version(number).await;
        self.desk.reopen_case(&system(), number, version, "not over after all").await.unwrap();
    }

    async fn version(&self, number: &str) -> i64 {
        self.desk.store().read().await.unwrap().case_by_number(number).await.unwrap().unwrap().version
    }

    /// Time goes on.
    pub(crate) fn later(&self, days: i64) {
        self.clock.advance(TimeDelta::days(days));
    }
}
