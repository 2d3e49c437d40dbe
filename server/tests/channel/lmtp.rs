//! A real LMTP client hands mails over; the limits and the moments when the store is away.
use crate::{
    house::{House, free_port, mail},
    peers::python,
};
use chrono::TimeDelta;
use domain::{
    clock::{Clock as _, SystemClock},
    report::{Channel, ReportState},
};
use std::{
    io::{BufRead as _, BufReader, Write as _},
    net::TcpStream,
    time::Duration,
};

/// Sends the mail of standard argument 3 to two recipients and prints what each was answered.
const SEND: &str = r#"
import smtplib, sys
host, port, mail = sys.argv[1:4]
with smtplib.LMTP(host, int(port), timeout=20) as client:
    client.ehlo_or_helo_if_needed()
    print(sorted(client.esmtp_features))
    client.mail("fbl@reporter.example", ["SIZE=%d" % len(mail)])
    for whom in ("abuse@isp.example", "postmaster@isp.example"):
        print(client.rcpt(whom))
    print(client.data(mail.encode()))
    print(client.getreply())
"#;

/// A client that types.
struct Typist {
    from: BufReader<TcpStream>,
}

impl Typist {
    fn new(port: u16) -> Self {
        let stream = TcpStream::connect(("127.0.0.1", port)).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        let mut typist = Self { from: BufReader::new(stream) };
        assert!(typist.answer().starts_with("220"));
        typist
    }

    /// The last line of an answer.
    fn answer(&mut self) -> String {
        loop {
            let mut line = String::new();
            self.from.read_line(&mut line).unwrap();
            if line.as_bytes().get(3) != Some(&b'-') {
                return line.trim_end().to_owned();
            }
        }
    }

    fn send(&mut self, bytes: &[u8]) {
        self.from.get_mut().write_all(bytes).unwrap();
    }

    fn say(&mut self, line: &str) -> String {
        self.send(format!("{line}\r\n").as_bytes());
        self.answer()
    }
}

async fn serve() -> (House, crate::house::Process, u16) {
    let port = free_port();
    let house = House::new(&[("lmtp.listen", &format!("127.0.0.1:{port}"))]).await;
    let server = house.serve();
    house.until("the door", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
    (house, server, port)
}

#[tokio::test]
async fn a_real_client_hands_a_mail_over_by_address_and_by_socket() {
    let (house, _server, port) = serve().await;
    let folder = tempfile::tempdir().unwrap();
    let socket = folder.path().join("lmtp").display().to_string();
    let other = House::new(&[("lmtp.listen", &socket)]).await;
    // What a killed process leaves behind must not keep the next one out.
    drop(std::os::unix::net::UnixListener::bind(&socket).unwrap());
    let _other = other.serve();
    other.until("the socket", async || std::os::unix::net::UnixStream::connect(&socket).is_ok()).await;
    let text = mail(1, SystemClock.now() - TimeDelta::hours(1));
    for (house, host, port) in [(&house, "127.0.0.1", port), (&other, socket.as_str(), 0)] {
        let Some(mut client) = python(SEND, &[host, &port.to_string(), &text]) else { return };
        let output = client.output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        assert!(said.contains("['8bitmime', 'enhancedstatuscodes', 'pipelining', 'size', 'smtputf8']"), "{said}");
        assert_eq!(said.matches("(250, b'2.0.0 kept as ").count(), 2, "one answer for each recipient: {said}");
        house
            .until("the report", async || house.reports().await.iter().any(|report| report.state == ReportState::Done))
            .await;
        let reports = house.reports().await;
        assert_eq!((reports.len(), reports[0].channel), (1, Channel::Lmtp));
        let bytes = house.desk.store().read().await.unwrap().report_bytes(reports[0].id).await.unwrap().unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), text, "dots unstuffed, nothing added");
    }
}

#[tokio::test]
async fn the_order_of_commands_and_the_limits_are_kept() {
    let (house, _server, port) = serve().await;
    let mut typist = Typist::new(port);
    assert!(typist.say("EHLO x").starts_with("500 5.5.1"));
    assert!(typist.say("MAIL FROM:<a@x.example>").starts_with("503"));
    assert_eq!(typist.say("LHLO x"), "250 SIZE 26214400");
    assert!(typist.say("RCPT TO:<a@x.example>").starts_with("503"));
    assert!(typist.say("DATA").starts_with("503"));
    assert!(typist.say("MAIL FROM:<a@x.example> SIZE=99999999").starts_with("552 5.3.4"));
    assert!(typist.say(&"x".repeat(5_000)).starts_with("500 5.5.2"));
    assert!(typist.say("MAIL FROM:<> BODY=8BITMIME").starts_with("250"));
    for n in 0..100 {
        assert!(typist.say(&format!("RCPT TO:<{n}@isp.example>")).starts_with("250"));
    }
    assert!(typist.say("RCPT TO:<101@isp.example>").starts_with("452 4.5.3"));
    assert!(typist.say("RSET").starts_with("250"));
    // Pipelined: everything at once, the answers in order.
    typist.send(b"MAIL FROM:<a@x.example>\r\nRCPT TO:<b@isp.example>\r\nDATA\r\n");
    let answers: Vec<String> = (0..3).map(|_| typist.answer()).collect();
    assert!(
        answers[0].starts_with("250") && answers[1].starts_with("250") && answers[2].starts_with("354"),
        "{answers:?}"
    );
    // A bare LF before the dot does not end the mail: nothing can be smuggled behind it.
    typist.send(b"Subject: one\r\n\r\nx\n.\nMAIL FROM:<evil@x.example>\r\n.\r\n");
    assert!(typist.answer().starts_with("250 2.0.0 kept as"));
    assert_eq!(house.reports().await.len(), 1);
    // Too large although not announced: refused for good, and the talk goes on.
    for line in ["MAIL FROM:<a@x.example>", "RCPT TO:<b@isp.example>"] {
        assert!(typist.say(line).starts_with("250"));
    }
    assert!(typist.say("DATA").starts_with("354"));
    for _ in 0..27 {
        typist.send(&b"0123456789abcdef".repeat(65_536));
    }
    typist.send(b"\r\n.\r\n");
    assert!(typist.answer().starts_with("552 5.3.4"));
    assert!(typist.say("NOOP").starts_with("250"));
    assert!(typist.say("QUIT").starts_with("221"));
    assert_eq!(house.reports().await.len(), 1);
    assert_eq!(house.desk.store().read().await.unwrap().channel_turned_away().await.unwrap().len(), 1);
}

#[tokio::test]
async fn while_the_store_refuses_the_mail_server_keeps_the_mail() {
    let (house, _server, port) = serve().await;
    let refuse = "CREATE TRIGGER full BEFORE INSERT ON reports BEGIN SELECT RAISE(ABORT, 'disk full'); END";
    let mut answers = Vec::new();
    for sql in [refuse, "DROP TRIGGER full"] {
        let mut tx = house.desk.store().write().await.unwrap();
        store::testing::tamper(&mut tx, sql).await.unwrap();
        tx.commit_chore(store::Chore::Channel).await.unwrap();
        let mut typist = Typist::new(port);
        for line in ["LHLO x", "MAIL FROM:<a@x.example>", "RCPT TO:<b@isp.example>", "DATA"] {
            typist.say(line);
        }
        answers.push(typist.say("Subject: again\r\n\r\nagain\r\n."));
    }
    assert!(answers[0].starts_with("451 4.3.0"), "{answers:?}");
    assert!(answers[1].starts_with("250 2.0.0"), "{answers:?}");
    assert_eq!(house.reports().await.len(), 1);
}

#[tokio::test]
async fn only_workers_open_the_door() {
    let port = free_port();
    let house = House::new(&[("lmtp.listen", &format!("127.0.0.1:{port}"))]).await;
    let web = house.serve_as("web");
    house
        .until("the web server", async || std::fs::read_to_string(house.log()).is_ok_and(|log| log.contains("ready")))
        .await;
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(TcpStream::connect(("127.0.0.1", port)).is_err());
    drop(web);
    let _worker = house.serve_as("worker");
    house.until("the door", async || TcpStream::connect(("127.0.0.1", port)).is_ok()).await;
}

#[tokio::test]
async fn the_envelope_stays_with_the_report() {
    let (house, _server, port) = serve().await;
    let mut typist = Typist::new(port);
    assert!(typist.say("LHLO mx.isp.example").starts_with("250"));
    for (n, sender) in ["bounces+7@relay.example", ""].into_iter().enumerate() {
        assert!(typist.say(&format!("MAIL FROM:<{sender}>")).starts_with("250"));
        for whom in ["abuse@isp.example", "bounce+x@isp.example"] {
            assert!(typist.say(&format!("RCPT TO:<{whom}>")).starts_with("250"));
        }
        assert!(typist.say("DATA").starts_with("354"));
        typist.send(format!("Subject: {n}\r\n\r\nx\r\n.\r\n").as_bytes());
        assert!(typist.answer().starts_with("250") && typist.answer().starts_with("250"));
    }
    let mut conn = house.desk.store().read().await.unwrap();
    let mut senders = Vec::new();
    for report in house.reports().await {
        let envelope = conn.report_envelope(report.id).await.unwrap().unwrap();
        assert_eq!(envelope.recipients, ["abuse@isp.example", "bounce+x@isp.example"]);
        senders.push(envelope.sender);
    }
    senders.sort();
    assert_eq!(senders, ["", "bounces+7@relay.example"]);
}
