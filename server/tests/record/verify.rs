//! `lazaret verify` is content with a whole record and names what somebody changed behind the desk.
use domain::{act::Act, actor::Actor, clock::SystemClock, ledger::NewEntry};
use lazaret::{config::Config, desk::Desk, ledger_key};
use std::{
    path::Path,
    process::{Command, Output},
    sync::Arc,
};
use store::{Chore, Store, testing::tamper};

fn verify(folder: &Path, more: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_lazaret"))
        .arg("verify")
        .args(more)
        .current_dir(folder)
        .env("LAZARET_DATABASE__URL", "sqlite://desk.db")
        .output()
        .unwrap()
}

fn said(output: &Output) -> (Option<i32>, String) {
    let text = [&output.stdout[..], &output.stderr[..]].concat();
    (output.status.code(), String::from_utf8_lossy(&text).into_owned())
}

async fn desk(folder: &Path) -> Desk {
    let url = format!("sqlite://{}", folder.join("desk.db").display());
    let store = Store::open(&url, Arc::new(SystemClock)).await.unwrap();
    store.migrate().await.unwrap();
    Desk::new(store, Config::defaults())
}

async fn write(desk: &Desk, count: i64) {
    for n in 0..count {
        let tx = desk.store().write().await.unwrap();
        let entry = NewEntry::new(&Actor::system("test"), Act::CaseNoted, "case", n);
        tx.commit(entry.why("because of the test")).await.unwrap();
    }
}

async fn behind_the_desk(desk: &Desk, change: &str) {
    let mut tx = desk.store().write().await.unwrap();
    for sql in ["DROP TRIGGER ledger_no_update", "DROP TRIGGER ledger_no_delete", change] {
        tamper(&mut tx, sql).await.unwrap();
    }
    tx.commit_chore(Chore::Verified).await.unwrap();
}

#[tokio::test]
async fn content_then_not_after_one_changed_byte() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path()).await;
    let key = ledger_key::load_or_make(&folder.path().join("lazaret-ledger-key.pem")).unwrap();
    write(&desk, 20).await;
    let head = desk.sign_head(&key).await.unwrap().unwrap();
    assert!(desk.sign_head(&key).await.unwrap().is_none(), "nothing new, no new head");
    write(&desk, 5).await;
    let (code, text) = said(&verify(folder.path(), &[]));
    assert_eq!(code, Some(0), "{text}");
    assert!(text.contains("25 entries, 20 of them under 1 signed heads"), "{text}");

    behind_the_desk(&desk, "UPDATE ledger SET body = replace(body, 'because', 'Because') WHERE seq = 7").await;
    let (code, text) = said(&verify(folder.path(), &[]));
    assert_eq!(code, Some(1), "{text}");
    assert!(text.contains("entry 7 was changed"), "{text}");
    let json: serde_json::Value = serde_json::from_slice(&verify(folder.path(), &["--json"]).stdout).unwrap();
    assert_eq!(json["findings"][0]["seq"], 7);

    // Heads that left the house show what a rewritten database hides.
    std::fs::write(folder.path().join("heads"), format!("{head}\n")).unwrap();
    let (code, _) = said(&verify(folder.path(), &["--heads", "heads"]));
    assert_eq!(code, Some(1));
}

#[tokio::test]
async fn a_missing_or_unreachable_desk_is_no_content_desk() {
    let folder = tempfile::tempdir().unwrap();
    let (code, text) = said(&verify(folder.path(), &[]));
    assert_eq!(code, Some(3), "{text}");
    assert!(!folder.path().join("desk.db").exists(), "a check makes nothing");
    let (code, text) = said(&verify(folder.path(), &["--heads", "nowhere"]));
    assert_eq!(code, Some(3), "{text}");
}

#[tokio::test]
async fn the_page_of_an_entry_proves_it_and_says_when_it_does_not_fit() {
    let folder = tempfile::tempdir().unwrap();
    let desk = desk(folder.path()).await;
    write(&desk, 300).await;
    let reader = Actor::system("test");
    let (_, proof, size) = desk.record_entry(&reader, 9).await.unwrap();
    assert_eq!((proof.problem.as_str(), proof.signed, size), ("", None, 300));
    behind_the_desk(&desk, "UPDATE ledger SET actor = 'user:x:Somebody' WHERE seq = 9").await;
    let (_, proof, _) = desk.record_entry(&reader, 9).await.unwrap();
    assert_ne!(proof.problem, "");
    assert!(desk.record_entry(&reader, 300).await.is_err());
}
