//! Accounting from a real RADIUS client and from a wicked one: nothing is answered that is not durable.
use crate::{
    house::{House, Process, free_port, have},
    world::{holders, services},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::clock::{Clock as _, SystemClock};
use leases::radius::packet::{ACCOUNTING_REQUEST, answers, request};
use std::{
    net::{Ipv4Addr, UdpSocket},
    process::{Command, Stdio},
    time::Duration,
};

const SECRET: &str = "testing123secret";

async fn desk() -> (House, Process, u16) {
    let port = free_port();
    let listen = format!("127.0.0.1:{port}");
    let settings =
        [("radius.listen", listen.as_str()), ("radius.bng.client", "127.0.0.1"), ("radius.bng.secret", SECRET)];
    let house = House::new(&settings).await;
    services(&house, &[("ln-1", "anna@isp.example", "", ""), ("ln-2", "bert@isp.example", "", "")]).await;
    let process = house.serve();
    house
        .until("accounting is listened for", async || house.channel("radius").await.is_some_and(|c| c.ok_at.is_some()))
        .await;
    (house, process, port)
}

/// Sends with FreeRADIUS' client; whether it was answered.
fn radclient(port: u16, secret: &str, lines: &str) -> bool {
    let mut command = Command::new("radclient");
    command.args(["-q", "-r", "1", "-t", "8", "-f", "/dev/stdin", &format!("127.0.0.1:{port}"), "acct", secret]);
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = command.spawn().unwrap();
    std::io::Write::write_all(&mut child.stdin.take().unwrap(), lines.as_bytes()).unwrap();
    child.wait().unwrap().success()
}

fn lines(status: &str, session: &str, more: &str) -> String {
    format!(
        "User-Name = \"anna@isp.example\"\nAcct-Status-Type = {status}\nAcct-Session-Id = \"{session}\"\n\
         NAS-Identifier = \"bng-1\"\nFramed-IP-Address = 198.51.100.10\nDelegated-IPv6-Prefix = 2001:db8:1:100::/56\n{more}\n"
    )
}

#[tokio::test]
async fn a_session_is_known_from_start_to_stop() {
    if !have("radclient") {
        return;
    }
    let (house, process, port) = desk().await;
    let before = SystemClock.now();
    assert!(radclient(port, SECRET, &lines("Start", "1", "")));
    // Answered: so it is durable, at once.
    let now = SystemClock.now();
    let found = holders(&house, "198.51.100.10", now).await;
    assert_eq!(found.len(), 1, "{found:?}");
    assert_eq!((found[0].0.as_str(), found[0].2), ("ln-1", None));
    assert!(found[0].1 >= before - TimeDelta::seconds(1) && found[0].1 <= now, "{found:?}");
    assert_eq!(holders(&house, "2001:db8:1:142::7", now).await[0].0, "ln-1");
    assert!(radclient(port, SECRET, &lines("Interim-Update", "1", "Acct-Session-Time = 1\n")));
    assert!(radclient(port, SECRET, &lines("Stop", "1", "Acct-Session-Time = 2\n")));
    let found = holders(&house, "198.51.100.10", now).await;
    assert!(found.len() == 1 && found[0].2.is_some(), "{found:?}");
    // A Stop whose Start was lost still says from when.
    assert!(radclient(port, SECRET, &lines("Stop", "2", "Acct-Session-Time = 7200\n").replace("100.10", "100.11")));
    let found = holders(&house, "198.51.100.11", now - TimeDelta::hours(1)).await;
    assert_eq!(found.len(), 1, "{found:?}");
    // Whoever was on when the access server started again is not on any more.
    assert!(radclient(port, SECRET, &lines("Start", "3", "").replace("100.10", "100.12")));
    assert!(radclient(port, SECRET, "Acct-Status-Type = Accounting-On\nNAS-Identifier = \"bng-1\"\n"));
    let found = holders(&house, "198.51.100.12", SystemClock.now()).await;
    assert!(found[0].2.is_some() || found.is_empty(), "{found:?}");
    drop(process);
}

#[tokio::test]
async fn a_wrong_secret_is_never_answered_and_shown() {
    if !have("radclient") {
        return;
    }
    let (house, process, port) = desk().await;
    assert!(!radclient(port, "not the secret", &lines("Start", "1", "")));
    assert_eq!(holders(&house, "198.51.100.10", SystemClock.now()).await, []);
    house.until("it is shown", async || house.problem("radius.bng").await.contains("wrong secret")).await;
    assert_eq!(house.acts("channel.turned_away").await.len(), 1);
    assert!(radclient(port, SECRET, &lines("Start", "1", "")));
    drop(process);
}

fn start(identifier: u8, number: u32) -> Vec<u8> {
    let ip = Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number).octets();
    let session = format!("s{number}");
    let attributes: [(u8, &[u8]); 6] = [
        (40, &[0, 0, 0, 1]),
        (1, b"bert@isp.example"),
        (32, b"bng-1"),
        (44, session.as_bytes()),
        (8, &ip),
        (33, b"proxy"),
    ];
    request(ACCOUNTING_REQUEST, identifier, &attributes, SECRET.as_bytes())
}

fn client(port: u16) -> UdpSocket {
    let socket = UdpSocket::bind("127.0.0.1:0").unwrap();
    socket.connect(("127.0.0.1", port)).unwrap();
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    socket
}

fn answer(socket: &UdpSocket) -> Option<Vec<u8>> {
    let mut bytes = [0; 4096];
    let length = socket.recv(&mut bytes).ok()?;
    Some(bytes[..length].to_vec())
}

#[tokio::test]
async fn what_is_sent_again_changes_nothing_and_what_is_broken_is_not_answered() {
    let (house, process, port) = desk().await;
    let socket = client(port);
    let bytes = start(7, 1);
    for _ in 0..3 {
        socket.send(&bytes).unwrap();
        let answer = answer(&socket).unwrap();
        assert!(answers(&answer, &bytes, SECRET.as_bytes()));
        assert!(answer.ends_with(b"proxy"));
    }
    let found = holders(&house, "198.18.0.1", SystemClock.now()).await;
    assert_eq!(found.len(), 1, "{found:?}");
    socket.set_read_timeout(Some(Duration::from_millis(700))).unwrap();
    let mut changed = bytes.clone();
    *changed.last_mut().unwrap() ^= 1;
    for broken in [&changed[..], &bytes[..30], &[4, 1, 0, 19], &[]] {
        socket.send(broken).unwrap();
    }
    assert_eq!(answer(&socket), None);
    house.until("they are noted", async || !house.acts("channel.turned_away").await.is_empty()).await;
    drop(process);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_answered_while_the_store_is_away_and_everything_afterwards() {
    let (house, process, port) = desk().await;
    let socket = client(port);
    socket.set_read_timeout(Some(Duration::from_millis(1_500))).unwrap();
    let lock = house.desk.store().write().await.unwrap();
    let bytes = start(1, 9);
    socket.send(&bytes).unwrap();
    assert_eq!(answer(&socket), None);
    drop(lock);
    socket.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    // It waited, or is sent again as access servers do.
    let mut told = answer(&socket);
    for _ in 0..5 {
        if told.is_none() {
            socket.send(&bytes).unwrap();
            told = answer(&socket);
        }
    }
    assert!(answers(&told.unwrap(), &bytes, SECRET.as_bytes()));
    assert_eq!(holders(&house, "198.18.0.9", SystemClock.now()).await.len(), 1);
    drop(process);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rush_is_kept_in_batches_and_survives_a_crash() {
    let (house, process, port) = desk().await;
    let socket = client(port);
    let (all, window) = (2_000_u32, 200_u32);
    let begun = std::time::Instant::now();
    let mut answered = 0;
    for first in (0..all).step_by(usize::try_from(window).unwrap()) {
        for number in first..first + window {
            socket.send(&start(u8::try_from(number % 256).unwrap(), number)).unwrap();
        }
        for _ in 0..window {
            assert!(answer(&socket).is_some(), "{answered} answered");
            answered += 1;
        }
    }
    eprintln!("{all} requests in {} ms", begun.elapsed().as_millis());
    process.crash();
    let at: DateTime<Utc> = SystemClock.now();
    for number in [0, 1, 999, 1_999] {
        let ip = Ipv4Addr::from(u32::from(Ipv4Addr::new(198, 18, 0, 0)) + number).to_string();
        assert_eq!(holders(&house, &ip, at).await.len(), 1, "{ip}");
    }
}
