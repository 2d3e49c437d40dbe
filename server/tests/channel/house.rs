//! The real program as a process of its own on a temporary folder, and a look into its database.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    channel::ChannelState,
    clock::SystemClock,
    page::PageOf,
    report::{Report, ReportFilter, ReportState},
};
use lazaret::{config::Config, desk::Desk};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    sync::Arc,
    time::{Duration, Instant},
};
use store::Store;
use tempfile::TempDir;

/// How long anything may take in these tests; other work on the machine may make them slow.
pub(crate) const PATIENCE: Duration = Duration::from_secs(120);

/// A process that ends with its test.
pub(crate) struct Process(pub(crate) Child);

impl Process {
    /// kill -9; the number of the dead process.
    pub(crate) fn crash(mut self) -> u32 {
        self.0.kill().unwrap();
        self.0.wait().unwrap();
        self.0.id()
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// A desk's folder, settings and database.
pub(crate) struct House {
    pub(crate) folder: TempDir,
    settings: Vec<(String, String)>,
    pub(crate) desk: Desk,
}

impl House {
    /// On SQLite; settings as `section.key` and value.
    pub(crate) async fn new(settings: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let url = format!("sqlite://{}", folder.path().join("desk.db").display());
        Self::on(folder, &url, settings).await
    }

    /// On any database.
    pub(crate) async fn on(folder: TempDir, url: &str, settings: &[(&str, &str)]) -> Self {
        let store = Store::open(url, Arc::new(SystemClock)).await.unwrap();
        store.migrate().await.unwrap();
        let own = [("database.url", url), ("http.listen", "127.0.0.1:0"), ("ledger.head_minutes", "0")];
        let settings = own.iter().chain(settings).map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        let settings: Vec<_> = settings.collect();
        let variables = settings.iter().map(|(name, value)| (variable(name), value.clone()));
        let config = Config::load(None, variables).unwrap();
        Self { folder, settings, desk: Desk::new(store, config) }
    }

    /// `lazaret serve`.
    pub(crate) fn serve(&self) -> Process {
        self.serve_as("all")
    }

    /// `lazaret serve --role ROLE`.
    pub(crate) fn serve_as(&self, role: &str) -> Process {
        let mut command = self.command();
        let log = std::fs::File::options().create(true).append(true).open(self.log()).unwrap();
        Process(command.args(["serve", "--role", role]).stderr(log).spawn().unwrap())
    }

    fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_lazaret"));
        command.current_dir(self.folder.path()).stdin(Stdio::null()).stdout(Stdio::null());
        for (name, value) in &self.settings {
            command.env(variable(name), value);
        }
        command
    }

    /// What `lazaret check` prints.
    pub(crate) fn check(&self) -> String {
        let output = self.command().arg("check").stdout(Stdio::piped()).output().unwrap();
        assert!(output.status.success());
        String::from_utf8(output.stdout).unwrap()
    }

    /// Where the program writes its log.
    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("log")
    }

    /// Every report, newest first.
    pub(crate) async fn reports(&self) -> Vec<Report> {
        let mut conn = self.desk.store().read().await.unwrap();
        let mut reports = Vec::new();
        for number in 1.. {
            let page = conn.report_list(&ReportFilter::default(), PageOf::new(number)).await.unwrap();
            reports.extend(page.rows);
            if !page.more {
                break;
            }
        }
        reports
    }

    /// Reports that are not the same bytes again.
    pub(crate) async fn firsts(&self) -> Vec<Report> {
        let mut reports = self.reports().await;
        reports.retain(|report| report.state != ReportState::Duplicate);
        reports
    }

    /// What is known of a channel.
    pub(crate) async fn channel(&self, name: &str) -> Option<ChannelState> {
        self.desk.store().read().await.unwrap().channel_by_name(name).await.unwrap()
    }

    /// The last problem of a channel, or empty.
    pub(crate) async fn problem(&self, name: &str) -> String {
        self.channel(name).await.and_then(|state| state.problem).unwrap_or_default()
    }

    /// The acts in the record that begin with a word, in order.
    pub(crate) async fn acts(&self, word: &str) -> Vec<String> {
        let mut conn = self.desk.store().read().await.unwrap();
        let mut acts = Vec::new();
        for seq in 0..conn.ledger_size().await.unwrap() {
            acts.extend(conn.ledger_entry(seq).await.unwrap().map(|entry| entry.act));
        }
        acts.retain(|act| act.starts_with(word));
        acts
    }

    /// Makes a channel due at once, as if its time had come.
    pub(crate) async fn due(&self, name: &str) {
        self.make_due(&format!("name = '{name}'")).await;
    }

    /// Makes due what a dead process had in its hands, and nothing of the living.
    pub(crate) async fn due_after(&self, process: u32) {
        self.make_due(&format!("held_by LIKE 'channels-{process}-%'")).await;
    }

    async fn make_due(&self, which: &str) {
        let mut tx = self.desk.store().write().await.unwrap();
        let sql = format!("UPDATE channels SET due_at = 0, held_until = 0 WHERE {which}");
        store::testing::tamper(&mut tx, &sql).await.unwrap();
        tx.commit_chore(store::Chore::Channel).await.unwrap();
    }

    /// Makes every report due to be read, as if the lease of a killed reader were over.
    pub(crate) async fn due_to_be_read(&self) {
        self.due_to_be_done("parse").await;
    }

    /// The same for every job of a kind.
    pub(crate) async fn due_to_be_done(&self, kind: &str) {
        let mut tx = self.desk.store().write().await.unwrap();
        let sql = format!("UPDATE jobs SET locked_until = 0 WHERE kind = '{kind}'");
        store::testing::tamper(&mut tx, &sql).await.unwrap();
        tx.commit_chore(store::Chore::JobLease).await.unwrap();
    }

    /// Waits for something, with the log when it does not come.
    pub(crate) async fn until(&self, what: &str, mut there: impl AsyncFnMut() -> bool) {
        let end = Instant::now() + PATIENCE;
        while !there().await {
            let log = || std::fs::read_to_string(self.log()).unwrap_or_default();
            assert!(Instant::now() < end, "waited in vain: {what}\n{}", log());
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }
}

fn variable(name: &str) -> String {
    format!("LAZARET_{}", name.replace('.', "__").to_uppercase())
}

/// The test as an actor.
pub(crate) fn system() -> Actor {
    Actor::system("test")
}

/// A port that was free a moment ago.
pub(crate) fn free_port() -> u16 {
    std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port()
}

/// A feedback report of its own for each number.
pub(crate) fn mail(number: usize, at: DateTime<Utc>) -> String {
    let (at, host) = (at.to_rfc2822(), number % 250 + 1);
    format!(
        "From: fbl@reporter.example\r\nTo: abuse@isp.example\r\nSubject: complaint {number}\r\n\
         Message-ID: <{number}@reporter.example>\r\nDate: {at}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=feedback-report; boundary=\"b\"\r\n\r\n\
         --b\r\nContent-Type: text/plain\r\n\r\nSpam.\r\n.dot\r\n\
         --b\r\nContent-Type: message/feedback-report\r\n\r\nFeedback-Type: abuse\r\nUser-Agent: R/1\r\nVersion: 1\r\n\
         Arrival-Date: {at}\r\nSource-IP: 198.51.100.{host}\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: x@shop.example\r\nSubject: Buy {number}\r\n\r\nBuy.\r\n--b--\r\n"
    )
}

/// Whether a program is installed; says loudly when not.
pub(crate) fn have(program: &str) -> bool {
    let folders = std::env::var("PATH").unwrap_or_default() + ":/usr/sbin:/sbin";
    let found = folders.split(':').any(|folder| Path::new(folder).join(program).exists());
    if !found {
        eprintln!("SKIPPED: no {program} (tools/setup test brings it)");
    }
    found
}
