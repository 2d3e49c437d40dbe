//! The watch loop: builds and starts the server again whenever a source file changes, with nothing to install.
use crate::{Outcome, root, wasm};
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime};

/// What is compiled; style and scripts are compiled in as well.
const WATCHED: [&str; 7] = ["Cargo.toml", "app", "domain", "migrations", "public", "server", "style"];
const PAUSE: Duration = Duration::from_millis(600);
/// How long the server may take to end after it was asked to.
const GRACE: Duration = Duration::from_secs(5);

/// Runs until Ctrl-C. `args` are those of `lazaret`; without any, it is `demo`.
pub(crate) fn run(args: &[&str]) -> Outcome {
    let args = if args.is_empty() { &["demo"] } else { args };
    let mut server: Option<Child> = None;
    let mut seen = None;
    loop {
        let now = newest();
        if seen != Some(now) {
            seen = Some(now);
            match build() {
                Ok(binary) => {
                    stop(server.take());
                    let started = Command::new(&binary).args(args).current_dir(root()).spawn();
                    server = Some(started.map_err(|e| format!("{}: {e}", binary.display()))?);
                }
                // The old server keeps running, so that the page stays there while the fault is mended.
                Err(fault) => eprintln!("watch: {fault}; waiting for the next change"),
            }
        }
        sleep(PAUSE);
    }
}

fn build() -> Result<PathBuf, String> {
    let started = Instant::now();
    wasm::build(wasm::Mode::Dev)?;
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    crate::call(Command::new(cargo).current_dir(root()).args(["build", "--quiet", "--package", "lazaret"]))?;
    eprintln!("watch: built in {:.1} s", started.elapsed().as_secs_f32());
    Ok(wasm::target_dir().join("debug/lazaret"))
}

/// The newest change in any watched file.
fn newest() -> SystemTime {
    let mut newest = SystemTime::UNIX_EPOCH;
    for name in WATCHED {
        walk(&root().join(name), &mut newest);
    }
    newest
}

fn walk(path: &Path, newest: &mut SystemTime) {
    if let Ok(changed) = fs::metadata(path).and_then(|m| m.modified()) {
        *newest = changed.max(*newest);
    }
    for entry in fs::read_dir(path).into_iter().flatten().flatten() {
        walk(&entry.path(), newest);
    }
}

/// Asks the server to end, and ends it when it does not.
fn stop(server: Option<Child>) {
    let Some(mut server) = server else { return };
    let _ = Command::new("kill").args(["-TERM", &server.id().to_string()]).status();
    let deadline = Instant::now() + GRACE;
    while Instant::now() < deadline {
        if matches!(server.try_wait(), Ok(Some(_)) | Err(_)) {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    let _ = server.kill();
    let _ = server.wait();
}
