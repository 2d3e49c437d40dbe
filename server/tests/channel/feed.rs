//! A feed server that answers as it should, and one that lies, hangs, cuts off and leads elsewhere.
use crate::house::House;
use domain::report::Channel;
use std::{
    sync::{Arc, Mutex},
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
};

const CSV: &str = "timestamp,ip,port\n2026-11-21T08:00:00Z,198.51.100.7,25\n";

/// What was asked: the requests' heads.
type Asked = Arc<Mutex<Vec<String>>>;

/// Starts the server; its port.
async fn start(asked: Asked) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(answer(stream, port, asked.clone()));
        }
    });
    port
}

async fn answer(mut stream: TcpStream, port: u16, asked: Asked) {
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        let Ok(byte) = stream.read_u8().await else { return };
        head.push(byte);
    }
    let head = String::from_utf8_lossy(&head).to_lowercase();
    asked.lock().unwrap().push(head.clone());
    let path = head.split(' ').nth(1).unwrap_or_default().to_owned();
    let whole =
        |more: &str, body: &str| format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{more}\r\n{body}", body.len());
    let to = |place: &str| format!("HTTP/1.1 302 Found\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n");
    let text = match path.as_str() {
        "/etag.csv" if head.contains("if-none-match: \"one\"") => "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        "/etag.csv" => whole("ETag: \"one\"\r\nContent-Type: text/csv\r\n", CSV),
        // Another ETag for the same bytes each time.
        "/same.csv" => whole(&format!("ETag: \"{}\"\r\n", asked.lock().unwrap().len()), &CSV.replace("25", "26")),
        "/moved.csv" => to("/token.csv"),
        "/token.csv" if head.contains("auth-key: sesame") => whole("", &CSV.replace("25", "27")),
        "/cut" => "HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nonly this".to_owned(),
        "/page" => whole("Content-Type: text/html\r\n", "<h1>Please sign in</h1>"),
        "/brotli" => whole("Content-Encoding: br\r\n", "x"),
        "/notgzip" => whole("Content-Encoding: gzip\r\n", "x"),
        "/packed.csv" => return packed(stream, "Content-Encoding: gzip\r\n", &gzip(b"1,2\n3,4\n")).await,
        "/packed.csv.gz" => return packed(stream, "", &gzip(b"1,2\n3,5\n")).await,
        "/bomb" => return packed(stream, "Content-Encoding: gzip\r\n", &gzip(&[0; 1 << 20]).repeat(20)).await,
        "/huge.gz" => return packed(stream, "", &gzip(&noise(1 << 18)).repeat(108)).await,
        "/half.gz" => return packed(stream, "", &gzip(&noise(4_000))[..900]).await,
        "/loop" => to("/loop"),
        "/file" => to("file:///etc/passwd"),
        "/inner" => to("http://169.254.169.254/latest"),
        // Names that lead here, which the settings did not write.
        "/name" => to(&format!("http://localhost:{port}/etag.csv")),
        "/short" => to(&format!("http://127.1.2:{port}/etag.csv")),
        "/nothing" => whole("", ""),
        "/304" => "HTTP/1.1 304 Not Modified\r\n\r\n".to_owned(),
        "/500" => "HTTP/1.1 500 Oops\r\nContent-Length: 0\r\n\r\n".to_owned(),
        "/large" => "HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\nx".to_owned(),
        "/endless" => return endless(stream).await,
        "/hang" => return hang(stream).await,
        _ => "HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n".to_owned(),
    };
    let _ = stream.write_all(text.as_bytes()).await;
    let _ = stream.shutdown().await;
}

/// Says nothing of its size and does not stop.
async fn endless(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n").await;
    let part = [b"10000\r\n".to_vec(), vec![b'x'; 65_536], b"\r\n".to_vec()].concat();
    while stream.write_all(&part).await.is_ok() {}
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    use std::io::Write as _;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    packer.write_all(bytes).unwrap();
    packer.finish().unwrap()
}

/// Bytes that can be squeezed a little.
fn noise(size: usize) -> Vec<u8> {
    let mut state = 7_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        b'0' + u8::try_from(state >> 29).unwrap()
    };
    std::iter::repeat_with(next).take(size).collect()
}

async fn packed(mut stream: TcpStream, more: &str, body: &[u8]) {
    let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\n{more}\r\n", body.len());
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
    let _ = stream.shutdown().await;
}

/// Begins and falls asleep.
async fn hang(mut stream: TcpStream) {
    let _ = stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nonly").await;
    tokio::time::sleep(Duration::from_secs(60)).await;
}

#[tokio::test]
async fn what_has_not_changed_makes_nothing_new() {
    let asked = Asked::default();
    let base = format!("http://127.0.0.1:{}", start(asked.clone()).await);
    let house = House::new(&[
        ("feed.etag.url", &format!("{base}/etag.csv")),
        ("feed.etag.every_seconds", "1"),
        ("feed.same.url", &format!("{base}/same.csv")),
        ("feed.same.every_seconds", "1"),
        ("feed.moved.url", &format!("{base}/moved.csv")),
        ("feed.moved.header", "Auth-Key"),
        ("feed.moved.token", "sesame"),
        ("feed.moved.profile", "nobody-made-it"),
    ])
    .await;
    let server = house.serve();
    let times =
        |path: &str| asked.lock().unwrap().iter().filter(|head| head.starts_with(&format!("get {path} "))).count();
    house.until("three fetches", async || times("/etag.csv") >= 3 && times("/same.csv") >= 3).await;
    house.until("three reports", async || house.reports().await.len() >= 3).await;
    server.crash();
    // What is remembered outlives the process.
    let before = times("/etag.csv");
    let _server = house.serve();
    for name in ["feed.etag", "feed.same", "feed.moved"] {
        house.due(name).await;
    }
    house.until("another fetch", async || times("/etag.csv") > before + 1 && times("/moved.csv") > 1).await;
    let reports = house.reports().await;
    assert_eq!(reports.len(), 3, "{reports:#?}");
    assert!(reports.iter().all(|report| report.channel == Channel::Feed && report.duplicate_of.is_none()));
    let one = reports.iter().find(|report| report.file_name == "etag.csv").unwrap();
    assert_eq!(one.content_type, "text/csv");
    assert!(asked.lock().unwrap().iter().any(|head| head.contains("if-none-match: \"one\"")));
    assert!(house.channel("feed.etag").await.unwrap().news_at.is_some());
    let told = async || house.problem("feed.moved").await.contains("no feed profile \"nobody-made-it\"");
    house.until("the missing profile to be named", told).await;
}

#[tokio::test]
async fn what_is_packed_is_unpacked_before_it_is_kept() {
    let asked = Asked::default();
    let base = format!("http://127.0.0.1:{}", start(asked.clone()).await);
    let settings =
        [("feed.wire.url", format!("{base}/packed.csv")), ("feed.file.url", format!("{base}/packed.csv.gz"))];
    let house = House::new(&settings.each_ref().map(|(name, url)| (*name, url.as_str()))).await;
    let _server = house.serve();
    house.until("two reports", async || house.reports().await.len() == 2).await;
    let mut conn = house.desk.store().read().await.unwrap();
    let mut kept = Vec::new();
    for report in house.reports().await {
        assert_eq!(report.file_name, "packed.csv");
        kept.push(conn.report_bytes(report.id).await.unwrap().unwrap());
    }
    kept.sort();
    assert_eq!(kept, [b"1,2\n3,4\n".to_vec(), b"1,2\n3,5\n".to_vec()]);
    assert!(asked.lock().unwrap().iter().all(|head| head.contains("accept-encoding: gzip")));
}

#[tokio::test]
async fn a_server_that_lies_hangs_or_cuts_off_gives_nothing_and_is_named() {
    let base = format!("http://127.0.0.1:{}", start(Asked::default()).await);
    let wanted = [
        ("cut", "cut off"),
        ("page", "a web page"),
        ("brotli", "not asked for"),
        ("notgzip", "packed wrongly"),
        ("bomb", "250 times"),
        ("huge.gz", "25 MiB unpacked"),
        ("half.gz", "packed wrongly"),
        ("loop", "more than 5 times"),
        ("file", "file://"),
        ("inner", "inside the own network"),
        ("name", "inside the own network"),
        ("short", "inside the own network"),
        ("nothing", "nothing at all"),
        ("304", "304"),
        ("500", "answers 500"),
        ("large", "larger than 25 MiB"),
        ("endless", "larger than 25 MiB"),
        ("forbidden", "token"),
        ("hang", "stopped in the middle"),
    ];
    let urls: Vec<_> = wanted
        .iter()
        .map(|(name, _)| (format!("feed.{}.url", name.replace(".gz", "")), format!("{base}/{name}")))
        .collect();
    let settings: Vec<(&str, &str)> = urls.iter().map(|(name, url)| (name.as_str(), url.as_str())).collect();
    let house = House::new(&settings).await;
    let _server = house.serve();
    for (name, words) in wanted {
        house
            .until(words, async || house.problem(&format!("feed.{}", name.replace(".gz", ""))).await.contains(words))
            .await;
    }
    assert!(house.reports().await.is_empty());
    let state = house.channel("feed.cut").await.unwrap();
    assert!(state.failures >= 1 && state.failing_since.is_some() && state.due_at > state.problem_at.unwrap());
}

#[tokio::test]
async fn an_alarm_is_raised_once_and_ends() {
    let asked = Asked::default();
    let base = format!("http://127.0.0.1:{}", start(asked.clone()).await);
    let house = House::new(&[("feed.x.url", &format!("{base}/500")), ("channel.alarm_hours", "1")]).await;
    let server = house.serve();
    house.until("a failure", async || house.channel("feed.x").await.is_some_and(|state| state.failures > 0)).await;
    let mut tx = house.desk.store().write().await.unwrap();
    let long_ago = "UPDATE channels SET failing_since = failing_since - 3700000000, due_at = 0";
    store::testing::tamper(&mut tx, long_ago).await.unwrap();
    tx.commit_chore(store::Chore::Channel).await.unwrap();
    house.until("the alarm", async || house.channel("feed.x").await.is_some_and(|state| state.alarm.is_some())).await;
    assert!(house.check().contains("feed.x") && house.check().contains("alarm"), "{}", house.check());
    house.due("feed.x").await;
    house
        .until("another failure", async || house.channel("feed.x").await.is_some_and(|state| state.failures > 2))
        .await;
    server.crash();
    house.desk.channel_went_well("feed.x", None).await.unwrap();
    assert_eq!(house.channel("feed.x").await.unwrap().alarm, None);
    let acts = house.acts("channel.").await;
    assert_eq!(acts, ["channel.alarm", "channel.mended"]);
}
