//! The mailer against a real SMTP server that takes, refuses, delays and hangs up.
use crate::world::{World, with};
use chrono::TimeDelta;
use domain::{
    case::CaseState,
    class::Category,
    id::NoticeId,
    language::Language,
    notice::{Notice, NoticeForm, NoticeState},
};
use lazaret::{config::Config, worker::mail::Mailer};
use std::{
    path::{Path, PathBuf},
    process::{Child, Command, Stdio},
    time::Duration,
};
use tempfile::TempDir;

/// tools/smtp-sink; it ends when its standard input closes.
pub(crate) struct Sink {
    process: Child,
    port: u16,
    folder: TempDir,
}

impl Sink {
    /// None (loudly) where aiosmtpd is missing.
    pub(crate) fn start() -> Option<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
        let python = std::env::var("LAZARET_PYTHON").unwrap_or_else(|_| "python3".to_owned());
        let folder = tempfile::tempdir().unwrap();
        let port_file = folder.path().join("port");
        let process = Command::new(python)
            .arg(root.join("tools/smtp-sink"))
            .arg("--dir")
            .arg(folder.path().join("mail"))
            .arg("--port-file")
            .arg(&port_file)
            .stdin(Stdio::piped())
            .spawn();
        let Ok(mut process) = process else {
            eprintln!("SKIPPED: no Python for tools/smtp-sink (tools/setup test)");
            return None;
        };
        for _ in 0..200 {
            if let Ok(text) = std::fs::read_to_string(&port_file)
                && let Ok(port) = text.trim().parse()
            {
                return Some(Self { process, port, folder });
            }
            if process.try_wait().unwrap().is_some() {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        eprintln!("SKIPPED: tools/smtp-sink does not start: is aiosmtpd there? (tools/setup test)");
        None
    }

    pub(crate) fn config(&self) -> Config {
        let url = format!("smtp://127.0.0.1:{}", self.port);
        Config::defaults().with("smtp.url", url).with("http.public_url", "https://desk.example")
    }

    /// The mails taken so far: bytes and envelope.
    pub(crate) fn mails(&self) -> Vec<(String, String)> {
        let Ok(folder) = std::fs::read_dir(self.folder.path().join("mail")) else { return Vec::new() };
        let mut envelopes: Vec<PathBuf> = folder.map(|entry| entry.unwrap().path()).collect();
        envelopes.retain(|path| path.extension().is_some_and(|end| end == "json"));
        envelopes.sort();
        let read = |path: &Path| std::fs::read_to_string(path).unwrap();
        envelopes.iter().map(|path| (read(&path.with_extension("eml")), read(path))).collect()
    }

    pub(crate) fn clear(&self) {
        let _ = std::fs::remove_dir_all(self.folder.path().join("mail"));
        std::fs::create_dir_all(self.folder.path().join("mail")).unwrap();
    }
}

impl Drop for Sink {
    fn drop(&mut self) {
        drop(self.process.stdin.take());
        let _ = self.process.wait();
    }
}

async fn owed(world: &World, address: &str) -> (String, NoticeId) {
    world.address(address).await;
    world.events(1).await;
    let opened = world.desk.open_case(&world.mara, world.customer.id, Category::Connection).await.unwrap();
    let form = NoticeForm {
        id: NoticeId::new(),
        template: "bot".to_owned(),
        language: Language::De,
        subject: None,
        body: None,
        version: world.case(&opened.number).await.version,
    };
    world.desk.send_notice(&world.mara, &opened.number, &form).await.unwrap();
    world.clock.advance(TimeDelta::seconds(11));
    (opened.number, form.id)
}

async fn notice(world: &World, id: NoticeId) -> Notice {
    world.desk.store().read().await.unwrap().notice_by_id(id).await.unwrap().unwrap()
}

#[tokio::test]
async fn taken() {
    let Some(sink) = Sink::start() else { return };
    with(sink.config(), |world| {
        let sink = &sink;
        async move {
            sink.clear();
            let mailer = Mailer::new(&world.desk, "t").unwrap();
            let (number, id) = owed(&world, "n.okafor@mail.example").await;
            assert!(mailer.deliver_one().await.unwrap());
            assert!(!mailer.deliver_one().await.unwrap());
            let sent = notice(&world, id).await;
            assert_eq!(sent.state, NoticeState::Sent);
            assert!(sent.answer.starts_with("250"), "{}", sent.answer);
            assert_eq!(world.case(&number).await.state, CaseState::Notified);
            let mails = sink.mails();
            assert_eq!(mails.len(), 1);
            let (mail, envelope) = &mails[0];
            for header in [
                format!("Message-ID: {}", sent.message_id),
                "Auto-Submitted: auto-generated".to_owned(),
                "Content-Language: de".to_owned(),
                "To: n.okafor@mail.example".to_owned(),
                "Reply-To: ".to_owned(),
                "Date: Sun, 22 Nov 2026 10:42:".to_owned(),
            ] {
                assert!(mail.contains(&header), "{header}\n{mail}");
            }
            assert!(envelope.contains(&format!("bounce+{}@desk.example", sent.return_key())), "{envelope}");
            // The link's secret left the house and is struck out here.
            assert!(sent.body.contains("https://desk.example/c/…"), "{}", sent.body);
        }
    })
    .await;
}

#[tokio::test]
async fn refused_and_put_off() {
    let Some(sink) = Sink::start() else { return };
    with(sink.config(), |world| {
        let sink = &sink;
        async move {
            sink.clear();
            let mailer = Mailer::new(&world.desk, "t").unwrap();
            for address in ["reject@mail.example", "reject-data@mail.example"] {
                let (number, id) = owed(&world, address).await;
                assert!(mailer.deliver_one().await.unwrap());
                let failed = notice(&world, id).await;
                assert_eq!(failed.state, NoticeState::Failed, "{}", failed.answer);
                assert!(failed.answer.contains("55"), "{}", failed.answer);
                assert_eq!(world.case(&number).await.state, CaseState::Open, "not given");
            }
            let (_, id) = owed(&world, "tempfail@mail.example").await;
            for tries in 1..domain::limit::MAIL_ATTEMPTS_MAX {
                assert!(mailer.deliver_one().await.unwrap(), "try {tries}");
                let later = notice(&world, id).await;
                assert_eq!((later.state, later.attempts), (NoticeState::Queued, tries), "{}", later.answer);
                assert!(!mailer.deliver_one().await.unwrap(), "not before its time");
                world.clock.set(later.next_at);
            }
            assert!(mailer.deliver_one().await.unwrap());
            assert_eq!(notice(&world, id).await.state, NoticeState::Failed);
            // A person mends the address and has it sent again: the notice goes where it was written to.
            world.desk.retry_notice(&world.mara, id).await.unwrap();
            assert_eq!(notice(&world, id).await.state, NoticeState::Queued);
            assert!(sink.mails().is_empty());
        }
    })
    .await;
}

#[tokio::test]
async fn hung_up_after_the_mail_was_kept() {
    let Some(sink) = Sink::start() else { return };
    with(sink.config(), |world| {
        let sink = &sink;
        async move {
            sink.clear();
            let mailer = Mailer::new(&world.desk, "t").unwrap();
            let (number, id) = owed(&world, "drop@mail.example").await;
            assert!(mailer.deliver_one().await.unwrap());
            let unsure = notice(&world, id).await;
            assert_eq!((unsure.state, unsure.attempts), (NoticeState::Queued, 0), "{}", unsure.answer);
            assert_eq!(world.case(&number).await.state, CaseState::Open, "no answer is no delivery");
            world.clock.set(unsure.next_at);
            assert!(mailer.deliver_one().await.unwrap());
            let mails = sink.mails();
            assert_eq!(mails.len(), 2);
            assert_eq!(mails[0].0, mails[1].0, "the same bytes under the same Message-ID");
        }
    })
    .await;
}

#[tokio::test]
async fn relay_away() {
    let config = Config::defaults().with("smtp.url", "smtp://127.0.0.1:9");
    with(config, |world| async move {
        let mailer = Mailer::new(&world.desk, "t").unwrap();
        let (_, id) = owed(&world, "n.okafor@mail.example").await;
        for _ in 0..domain::limit::MAIL_ATTEMPTS_MAX + 5 {
            assert!(mailer.deliver_one().await.unwrap());
            let waiting = notice(&world, id).await;
            assert_eq!(waiting.state, NoticeState::Queued, "a relay that is down fails no mail");
            world.clock.set(waiting.next_at);
        }
    })
    .await;
}

#[tokio::test]
async fn two_workers_never_send_twice() {
    let Some(sink) = Sink::start() else { return };
    with(sink.config(), |world| {
        let sink = &sink;
        async move {
            sink.clear();
            let (number, _) = owed(&world, "n.okafor@mail.example").await;
            for _ in 0..19 {
                let form = NoticeForm {
                    id: NoticeId::new(),
                    template: "bot".to_owned(),
                    language: Language::En,
                    subject: None,
                    body: None,
                    version: world.case(&number).await.version,
                };
                world.desk.send_notice(&world.mara, &number, &form).await.unwrap();
            }
            world.clock.advance(TimeDelta::seconds(11));
            let workers = ["a", "b", "c"].map(|name| Mailer::new(&world.desk, name).unwrap());
            let drain = |mailer: Mailer| async move { while mailer.deliver_one().await.unwrap() {} };
            let [a, b, c] = workers;
            tokio::join!(drain(a), drain(b), drain(c));
            let mut ids: Vec<String> = sink
                .mails()
                .iter()
                .filter_map(|(mail, _)| mail.lines().find(|line| line.starts_with("Message-ID:")).map(str::to_owned))
                .collect();
            ids.sort();
            assert_eq!(ids.len(), 20);
            ids.dedup();
            assert_eq!(ids.len(), 20, "each exactly once");
            assert_eq!(world.case(&number).await.state, CaseState::Notified);
        }
    })
    .await;
}

#[tokio::test]
async fn without_a_relay_it_waits_and_nobody_was_told() {
    with(Config::defaults(), |world| async move {
        let mailer = Mailer::new(&world.desk, "t").unwrap();
        let (number, id) = owed(&world, "n.okafor@mail.example").await;
        for _ in 0..20 {
            mailer.deliver_one().await.unwrap();
            world.clock.advance(TimeDelta::hours(1));
        }
        let waiting = notice(&world, id).await;
        assert_eq!((waiting.state, waiting.answer.as_str()), (NoticeState::Queued, "no relay is set: smtp.url"));
        assert_eq!((world.case(&number).await.state, world.case(&number).await.notified_at), (CaseState::Open, None));
        let shown = world.desk.mail_one(&world.mara, id).await.unwrap().notice.body;
        assert_eq!(world.desk.secret_in(&shown), None, "the link is the customer's, who will get it later");
    })
    .await;
}

#[tokio::test]
async fn a_desk_for_trying_out_keeps_it_and_says_so() {
    with(Config::defaults().with("mail.keep", "true"), |world| async move {
        let mailer = Mailer::new(&world.desk, "t").unwrap();
        let (number, id) = owed(&world, "n.okafor@mail.example").await;
        assert!(mailer.deliver_one().await.unwrap());
        let kept = notice(&world, id).await;
        assert_eq!((kept.state, kept.answer.as_str()), (NoticeState::Sent, "kept here: no smtp.url set"));
        assert!(world.desk.secret_in(&kept.body).is_some(), "the mail page is the only way to the customer's page");
        assert_eq!(world.case(&number).await.state, CaseState::Notified);
    })
    .await;
}
