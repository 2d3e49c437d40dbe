//! The sender of webhooks against servers that lead inside, send elsewhere, sleep, talk nonsense and lie.
use crate::world::{World, with};
use lazaret::{
    config::Config,
    desk::Relayed,
    worker::webhook::{Call, Poster},
};
use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

/// Starts a server whose answer is named by the path; its port, and how many have called.
async fn start() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let calls = Arc::new(AtomicUsize::new(0));
    let counted = calls.clone();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            counted.fetch_add(1, Ordering::SeqCst);
            tokio::spawn(answer(stream, port));
        }
    });
    (port, calls)
}

async fn answer(mut stream: TcpStream, port: u16) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).into_owned();
    let text = match head.split(' ').nth(1).unwrap_or_default() {
        "/taken" => "HTTP/1.1 202 Accepted\r\nContent-Length: 4\r\n\r\ngood".to_owned(),
        "/elsewhere" => {
            format!("HTTP/1.1 307 Moved\r\nLocation: http://127.0.0.1:{port}/taken\r\nContent-Length: 0\r\n\r\n")
        }
        "/cut" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\ntaken, I th".to_owned(),
        "/nonsense" => "220 mail.example ESMTP\r\n".to_owned(),
        "/gone" => "HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/busy" => "HTTP/1.1 429 Slow\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/control" => "HTTP/1.1 400 Bad\r\nContent-Length: 12\r\n\r\n\x1b[2J\0evil\r\nx".to_owned(),
        "/endless" => {
            let _ = stream.write_all(b"HTTP/1.1 500 Oops\r\nTransfer-Encoding: chunked\r\n\r\n").await;
            let part = [b"10000\r\n".to_vec(), vec![b'x'; 65_536], b"\r\n".to_vec()].concat();
            while stream.write_all(&part).await.is_ok() {}
            return;
        }
        // Begins and falls asleep, before or behind the status.
        "/drip" => {
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly").await;
            return tokio::time::sleep(Duration::from_secs(60)).await;
        }
        _ => return tokio::time::sleep(Duration::from_secs(60)).await,
    };
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

async fn post(world: &World, url: &str, inside: bool) -> Relayed {
    let call = Call {
        url,
        id: "0198b0de-0000-7000-8000-000000000001",
        media_type: "application/json",
        body: "{}",
        key: "secret",
        inside,
        allowed_by: "webhook.private",
    };
    Poster::new(&world.desk).post(call).await
}

#[tokio::test]
async fn nobody_leads_the_sender_inside_or_holds_it_up() {
    with(Config::defaults().with("webhook.seconds", "1"), |world| async move {
        let (port, calls) = start().await;
        // Names and numbers of this machine, as strangers might write them.
        for host in ["localhost", "127.0.0.1", "127.1", "0x7f.1", "2130706433", "[::1]", "[::ffff:127.0.0.1]"] {
            let said = post(&world, &format!("http://{host}:{port}/taken"), false).await;
            let Relayed::Never(why) = said else { panic!("{host}: {said:?}") };
            assert!(why.contains("private network: set webhook.private"), "{host}: {why}");
        }
        assert_eq!(calls.load(Ordering::SeqCst), 0, "nobody was called");
        let nowhere = post(&world, "http://nobody.invalid/taken", false).await;
        assert!(matches!(nowhere, Relayed::Later(_)), "{nowhere:?}");

        let here = |path: &str| format!("http://localhost:{port}/{path}");
        assert_eq!(post(&world, &here("taken"), true).await, Relayed::Taken("answered 202 good".to_owned()));
        let before = calls.load(Ordering::SeqCst);
        let sent = post(&world, &here("elsewhere"), true).await;
        assert_eq!(sent, Relayed::Never("answered 307: redirects are not followed".to_owned()));
        assert_eq!(calls.load(Ordering::SeqCst), before + 1, "only the first was called");

        let start = Instant::now();
        assert_eq!(post(&world, &here("asleep"), true).await, Relayed::Later("no answer in time".to_owned()));
        // The status came: that it was taken is known, whatever becomes of the words behind it.
        for path in ["drip", "cut"] {
            assert!(matches!(post(&world, &here(path), true).await, Relayed::Taken(_)), "{path}");
        }
        let Relayed::Later(endless) = post(&world, &here("endless"), true).await else { panic!("500 means later") };
        assert!(endless.len() < 300, "{endless}");
        assert!(start.elapsed() < Duration::from_secs(20), "{:?}", start.elapsed());

        assert!(matches!(post(&world, &here("nonsense"), true).await, Relayed::Later(_)));
        assert!(matches!(post(&world, &here("busy"), true).await, Relayed::Later(_)));
        assert!(matches!(post(&world, &here("gone"), true).await, Relayed::Never(_)));
        let Relayed::Never(said) = post(&world, &here("control"), true).await else { panic!("400 means never") };
        assert!(!said.contains(char::is_control), "{said:?}");
        let closed = post(&world, "http://127.0.0.1:1/taken", true).await;
        assert_eq!(closed, Relayed::Later("cannot be reached".to_owned()));
    })
    .await;
}
