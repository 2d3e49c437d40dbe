//! The process: how soon it is ready, and how much memory it takes.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark may fail loudly")]
#![allow(clippy::allow_attributes, reason = "not every lint fires in every benchmark")]
mod common;

use common::{millis, say, size};
use std::{
    io::{Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command},
    time::{Duration, Instant},
};

fn main() {
    let folder = tempfile::tempdir().unwrap();
    let events = size("BENCH_EVENTS", 20_000);
    common::run(async { common::demo_desk(folder.path(), events).await.store().close().await });
    let address = folder.path().join("address");
    let start = Instant::now();
    let mut server = started(folder.path(), &address);
    let address = loop {
        match std::fs::read_to_string(&address) {
            Ok(text) if ask(text.trim(), "/readyz").contains(" 200 ") => break text.trim().to_owned(),
            _ => std::thread::sleep(Duration::from_millis(2)),
        }
        assert!(start.elapsed() < Duration::from_secs(30), "not ready");
    };
    say("ready_ms", millis(start.elapsed()), "ms");
    for _ in 0..200 {
        ask(&address, "/sign-in");
        ask(&address, "/assets/desk.css");
    }
    say("rss_mb", resident(&server), "MB");
    say("server_events", events as f64, "events");
    server.kill().unwrap();
    server.wait().unwrap();
}

fn started(folder: &Path, address: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_lazaret"))
        .arg("serve")
        .current_dir(folder)
        .env("LAZARET_DATABASE__URL", format!("sqlite://{}", folder.join("desk.db").display()))
        .env("LAZARET_HTTP__LISTEN", "127.0.0.1:0")
        .env("LAZARET_HTTP__ADDRESS_FILE", address)
        .env("LAZARET_LOG", "error")
        .spawn()
        .unwrap()
}

fn ask(address: &str, path: &str) -> String {
    let Ok(mut stream) = TcpStream::connect(address) else { return String::new() };
    let _ = write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n");
    let mut answer = Vec::new();
    let _ = stream.read_to_end(&mut answer);
    String::from_utf8_lossy(&answer).into_owned()
}

/// Resident memory in megabytes (VmRSS).
fn resident(server: &Child) -> f64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", server.id())).unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap_or_default().trim().to_owned();
    line.trim_end_matches("kB").trim().parse::<f64>().unwrap_or(f64::NAN) / 1024.0
}
