//! kill -9 while mails, hand-overs and feeds are under way: nothing lost, nothing taken twice.
use crate::{
    house::{House, Process, free_port, mail},
    peers::{Dovecot, python},
};
use chrono::TimeDelta;
use domain::{
    channel::ChannelState,
    clock::{Clock as _, SystemClock},
    report::{Channel, Report, ReportState},
};
use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

const KILLS: usize = 12;
const MAILS: usize = 144;
const EDITIONS: usize = 8;

/// Hands mails over one after the other; each again until it is answered 250, as a mail server does.
const MAIL_SERVER: &str = r"
import pathlib, smtplib, sys, time
port, folder = int(sys.argv[1]), pathlib.Path(sys.argv[2])
for path in sorted(folder.glob('*.eml')):
    while True:
        try:
            client = smtplib.LMTP('127.0.0.1', port, timeout=5)
            refused = client.sendmail('fbl@reporter.example', ['abuse@isp.example', 'b@isp.example'], path.read_bytes())
            assert not refused
            break
        except Exception:
            time.sleep(0.03)
    time.sleep(0.03)
";

/// A feed whose next edition comes out only when the last is known to have been taken in, by its ETag.
async fn editions(now: Arc<AtomicUsize>) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (mut stream, _) = listener.accept().await.unwrap();
            let mut head = Vec::new();
            while !head.ends_with(b"\r\n\r\n") {
                let Ok(byte) = stream.read_u8().await else { break };
                head.push(byte);
            }
            let head = String::from_utf8_lossy(&head).to_lowercase();
            let edition = now.load(Ordering::SeqCst);
            if head.contains(&format!("if-none-match: \"{edition}\"")) {
                let _ = stream.write_all(b"HTTP/1.1 304 Not Modified\r\n\r\n").await;
                now.store((edition + 1).min(EDITIONS), Ordering::SeqCst);
                continue;
            }
            let body = format!("edition {edition}\n").repeat(20_000);
            let text = format!("HTTP/1.1 200 OK\r\nETag: \"{edition}\"\r\nContent-Length: {}\r\n\r\n", body.len());
            let _ = stream.write_all(text.as_bytes()).await;
            // Slowly, so that a kill falls into it.
            for part in body.as_bytes().chunks(40_000) {
                let _ = stream.write_all(part).await;
                tokio::time::sleep(Duration::from_millis(15)).await;
            }
        }
    });
    port
}

async fn settings(dovecot: &Dovecot, edition: &Arc<AtomicUsize>, lmtp: u16) -> Vec<(String, String)> {
    let feed = editions(edition.clone()).await;
    let pairs = [
        ("mailbox.abuse.url", format!("imap://abuse@127.0.0.1:{}/INBOX", dovecot.port)),
        ("mailbox.abuse.password", "secret".to_owned()),
        ("mailbox.abuse.poll_seconds", "1".to_owned()),
        ("feed.paper.url", format!("http://127.0.0.1:{feed}/paper.txt")),
        ("feed.paper.every_seconds", "1".to_owned()),
        ("lmtp.listen", format!("127.0.0.1:{lmtp}")),
    ];
    pairs.map(|(name, value)| (name.to_owned(), value)).to_vec()
}

/// Writes the mails of the LMTP client; its process.
fn mail_server(house: &House, port: u16) -> Option<Process> {
    let folder = house.folder.path().join("out");
    std::fs::create_dir(&folder).unwrap();
    let at = SystemClock.now() - TimeDelta::hours(2);
    for n in 0..MAILS {
        std::fs::write(folder.join(format!("{n:04}.eml")), mail(10_000 + n, at)).unwrap();
    }
    let mut command = python(MAIL_SERVER, &[&port.to_string(), &folder.display().to_string()])?;
    Some(Process(command.spawn().unwrap()))
}

/// The leases that a killed process left are not waited for: the test has no three minutes.
async fn let_go(house: &House) {
    for name in ["mailbox.abuse", "feed.paper"] {
        house.due(name).await;
    }
    house.due_to_be_read().await;
}

fn count(reports: &[Report], channel: Channel) -> usize {
    reports.iter().filter(|report| report.channel == channel).count()
}

fn check(reports: &[Report]) {
    let firsts: Vec<_> = reports.iter().filter(|report| report.duplicate_of.is_none()).collect();
    let hashes: BTreeSet<_> = firsts.iter().map(|report| report.sha256.as_str()).collect();
    assert_eq!(hashes.len(), firsts.len(), "the same bytes twice, and both counted");
    assert_eq!(hashes.len(), 2 * MAILS + EDITIONS, "everything there once");
    // A mail of the mailbox makes one report, crash or not; so does an edition of the feed.
    assert_eq!(count(reports, Channel::Imap), MAILS);
    assert_eq!(count(reports, Channel::Feed), EDITIONS);
    // Handed over again after a lost 250, a mail is known as the same bytes.
    let again = count(reports, Channel::Lmtp) - MAILS;
    assert!(again <= KILLS, "{again} handed over again");
    let events: i64 = firsts.iter().filter(|report| report.channel != Channel::Feed).map(|report| report.events).sum();
    assert_eq!(events, i64::try_from(2 * MAILS).unwrap());
}

async fn at_rest(house: &House, dovecot: &Dovecot, out: &mut Process, edition: &AtomicUsize) {
    house.until("the LMTP client to end", async || matches!(out.0.try_wait(), Ok(Some(_)))).await;
    house.until("an empty inbox", async || dovecot.mails("INBOX").is_empty()).await;
    house
        .until("the last edition", async || {
            edition.load(Ordering::SeqCst) == EDITIONS
                && house
                    .channel("feed.paper")
                    .await
                    .is_some_and(|state: ChannelState| state.mark.contains(&format!("\\\"{EDITIONS}\\\"")))
        })
        .await;
    house
        .until("everything read", async || {
            house.reports().await.iter().all(|report| report.state != ReportState::Received)
        })
        .await;
}

#[tokio::test]
async fn killed_at_random_moments_it_loses_nothing_and_takes_nothing_twice() {
    let Some(dovecot) = Dovecot::start("") else { return };
    let edition = Arc::new(AtomicUsize::new(1));
    let lmtp = free_port();
    let settings = settings(&dovecot, &edition, lmtp).await;
    let settings: Vec<(&str, &str)> = settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let house = House::new(&settings).await;
    let Some(mut out) = mail_server(&house, lmtp) else { return };
    let mut chance = 7_u64;
    let at = SystemClock.now() - TimeDelta::hours(1);
    for round in 0..KILLS {
        // Mail comes in all the time, so that each kill finds some under way.
        for n in (round * MAILS / KILLS)..((round + 1) * MAILS / KILLS) {
            dovecot.deliver(&format!("{n:04}"), mail(n, at).as_bytes());
        }
        let_go(&house).await;
        let server = house.serve();
        chance = chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        tokio::time::sleep(Duration::from_millis(300 + (chance >> 33) % 900)).await;
        server.crash();
    }
    let before = house.reports().await.len();
    assert!(before < 2 * MAILS + EDITIONS, "the kills fell into the work: {before}");
    let_go(&house).await;
    let _server = house.serve();
    at_rest(&house, &dovecot, &mut out, &edition).await;
    check(&house.reports().await);
    assert_eq!(dovecot.mails("Lazaret-done").len(), MAILS);
}

/// Two processes on one PostgreSQL with the same mailbox and feed, one of them killed again and again.
#[tokio::test]
async fn two_replicas_share_a_mailbox_and_a_feed() {
    let Some(url) = store::testing::pg_database().await else { return };
    let Some(dovecot) = Dovecot::start("") else { return };
    let edition = Arc::new(AtomicUsize::new(1));
    let (one, two) = (free_port(), free_port());
    let settings = settings(&dovecot, &edition, one).await;
    let mut settings: Vec<(&str, &str)> =
        settings.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let house = House::on(tempfile::tempdir().unwrap(), &url, &settings).await;
    let door = format!("127.0.0.1:{two}");
    settings.push(("lmtp.listen", &door));
    let other = House::on(tempfile::tempdir().unwrap(), &url, &settings).await;
    let at = SystemClock.now() - TimeDelta::hours(1);
    for n in 0..MAILS {
        dovecot.deliver(&format!("{n:04}"), mail(n, at).as_bytes());
    }
    let Some(mut out) = mail_server(&house, one) else { return };
    let _steady = house.serve();
    for _ in 0..3 {
        let restless = other.serve();
        tokio::time::sleep(Duration::from_millis(900)).await;
        let dead = restless.crash();
        // Only what the dead one held: taken from the living one, both would move the same mails.
        house.due_after(dead).await;
        house.due_to_be_read().await;
    }
    let _again = other.serve();
    at_rest(&house, &dovecot, &mut out, &edition).await;
    check(&house.reports().await);
    assert_eq!(dovecot.mails("Lazaret-done").len(), MAILS);
}
