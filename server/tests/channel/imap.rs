//! A real Dovecot mailbox: emptied into its done folder, by every way the server offers, and nothing touched too early.
use crate::{
    house::{House, free_port, mail},
    peers::Dovecot,
};
use chrono::{TimeDelta, Utc};
use domain::{
    clock::{Clock as _, SystemClock},
    report::{Channel, ReportState},
};
use std::time::{Duration, Instant};

const MAILBOX: &str = "mailbox.abuse";

fn an_hour_ago() -> chrono::DateTime<Utc> {
    SystemClock.now() - TimeDelta::hours(1)
}

async fn house(dovecot: &Dovecot, poll: &str) -> House {
    let url = format!("imaps://abuse@localhost:{}/INBOX", dovecot.tls_port);
    let ca_file = dovecot.ca_file().display().to_string();
    let settings = [("mailbox.abuse.url", url.as_str()), ("mailbox.abuse.password", "secret")];
    let more = [("mailbox.abuse.poll_seconds", poll), ("mailbox.abuse.ca_file", ca_file.as_str())];
    House::new(&[settings, more].concat()).await
}

/// Twelve mails, one of them twice, one too large: all out of the inbox, each where it belongs, bytes unchanged.
async fn empties(capability: &str) {
    let Some(dovecot) = Dovecot::start(capability) else { return };
    let mails: Vec<String> = (0..12).map(|n| mail(n, an_hour_ago())).collect();
    for (n, mail) in mails.iter().enumerate() {
        dovecot.deliver(&format!("{n}.first"), mail.as_bytes());
    }
    dovecot.deliver("twice", mails[3].as_bytes());
    dovecot.deliver("large", format!("Subject: large\r\n\r\n{}", "x".repeat(26 * 1024 * 1024)).as_bytes());
    let house = house(&dovecot, "1").await;
    let _server = house.serve();
    house.until("an empty inbox", async || dovecot.mails("INBOX").is_empty()).await;
    house
        .until("12 reports read", async || {
            house.firsts().await.iter().filter(|report| report.state == ReportState::Done).count() == 12
        })
        .await;
    let reports = house.reports().await;
    assert_eq!(reports.len(), 13, "{}", dovecot.log());
    assert!(reports.iter().all(|report| report.channel == Channel::Imap));
    assert_eq!(dovecot.mails("Lazaret-done").len(), 13);
    assert_eq!(dovecot.mails("Lazaret-parked").len(), 1);
    let mut conn = house.desk.store().read().await.unwrap();
    for report in &reports {
        let bytes = conn.report_bytes(report.id).await.unwrap().unwrap();
        assert!(mails.iter().any(|mail| mail.as_bytes() == bytes), "bytes as delivered");
    }
    let away = conn.channel_turned_away().await.unwrap();
    assert_eq!(away.len(), 1, "{away:?}");
    assert!(away[0].reason.contains("25 MiB"), "{away:?}");
    let state = house.channel(MAILBOX).await.unwrap();
    assert_eq!((state.failures, state.problem), (0, None));
    assert!(house.check().contains("mailbox.abuse (abuse at localhost, INBOX): fine"), "{}", house.check());
}

#[tokio::test]
async fn a_mailbox_is_emptied_after_starttls() {
    let Some(dovecot) = Dovecot::start("") else { return };
    dovecot.deliver("one", mail(1, an_hour_ago()).as_bytes());
    let url = format!("imap+starttls://abuse@localhost:{}/INBOX", dovecot.port);
    let settings = [("mailbox.abuse.url", url.as_str()), ("mailbox.abuse.password", "secret")];
    // Without its authority the server is a stranger, who gets no password.
    let strange = House::new(&settings).await;
    let server = strange.serve();
    strange.until("a refusal", async || strange.problem(MAILBOX).await.contains("TLS with localhost")).await;
    server.crash();
    assert!(!dovecot.log().contains("Login"), "{}", dovecot.log());
    let ca_file = dovecot.ca_file().display().to_string();
    let house = House::new(&[settings.as_slice(), &[("mailbox.abuse.ca_file", ca_file.as_str())]].concat()).await;
    let _server = house.serve();
    house.until("an empty inbox", async || dovecot.mails("INBOX").is_empty()).await;
    assert_eq!(house.reports().await.len(), 1);
    house.until("TLS in the log", async || dovecot.log().contains("TLS")).await;
}

#[tokio::test]
async fn a_mailbox_is_emptied_with_move() {
    empties("").await;
}

#[tokio::test]
async fn a_mailbox_is_emptied_with_copy_and_expunge() {
    empties("IMAP4rev1 UIDPLUS").await;
}

#[tokio::test]
async fn without_uidplus_mails_are_only_marked() {
    empties("IMAP4rev1").await;
}

#[tokio::test]
async fn idle_tells_of_new_mail_at_once() {
    let Some(dovecot) = Dovecot::start("") else { return };
    let house = house(&dovecot, "1200").await;
    let _server = house.serve();
    house
        .until("the first look", async || house.channel(MAILBOX).await.is_some_and(|state| state.ok_at.is_some()))
        .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    dovecot.deliver("new", mail(1, an_hour_ago()).as_bytes());
    let began = Instant::now();
    house.until("the mail", async || house.reports().await.len() == 1).await;
    assert!(began.elapsed() < Duration::from_secs(10), "{:?}", began.elapsed());
}

#[tokio::test]
async fn nothing_is_moved_while_the_store_refuses() {
    let Some(dovecot) = Dovecot::start("") else { return };
    let house = house(&dovecot, "1").await;
    dovecot.deliver("waits", mail(1, an_hour_ago()).as_bytes());
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON reports BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    let mut tx = house.desk.store().write().await.unwrap();
    store::testing::tamper(&mut tx, refuse).await.unwrap();
    tx.commit_chore(store::Chore::Channel).await.unwrap();
    let _server = house.serve();
    house.until("a failure", async || house.channel(MAILBOX).await.is_some_and(|state| state.failures > 0)).await;
    assert_eq!(dovecot.mails("INBOX").len(), 1);
    assert_eq!(dovecot.mails("Lazaret-done").len(), 0);
    let mut tx = house.desk.store().write().await.unwrap();
    store::testing::tamper(&mut tx, "DROP TRIGGER full").await.unwrap();
    tx.commit_chore(store::Chore::Channel).await.unwrap();
    house.until("the mail", async || dovecot.mails("Lazaret-done").len() == 1).await;
    assert_eq!(house.reports().await.len(), 1);
}

#[tokio::test]
async fn what_is_wrong_is_said_in_plain_words() {
    let Some(dovecot) = Dovecot::start("") else { return };
    let url = |port: u16| format!("imaps://abuse@localhost:{port}/INBOX");
    let (right, nobody, ca) = (url(dovecot.tls_port), url(free_port()), dovecot.ca_file().display().to_string());
    let house = House::new(&[
        ("mailbox.password.url", &right),
        ("mailbox.password.password", "wrong"),
        ("mailbox.password.ca_file", &ca),
        ("mailbox.trust.url", &right),
        ("mailbox.trust.password", "secret"),
        ("mailbox.away.url", &nobody),
        ("mailbox.folder.url", &format!("imap://abuse@127.0.0.1:{}/Nowhere", dovecot.port)),
        ("mailbox.folder.password", "secret"),
    ])
    .await;
    let _server = house.serve();
    let wanted = [
        ("mailbox.password", "cannot sign in as abuse"),
        ("mailbox.trust", "TLS with localhost"),
        ("mailbox.away", "cannot be reached"),
        ("mailbox.folder", "folder Nowhere"),
    ];
    for (name, words) in wanted {
        house.until(words, async || house.problem(name).await.contains(words)).await;
    }
    assert!(house.check().contains("failing"));
}
