//! The record cannot be changed unseen, on both engines.
use domain::{
    act::Act,
    actor::Actor,
    clock::{Clock, FrozenClock, SystemClock},
    ledger::{LedgerFilter, NewEntry},
};
use ledger::{Finding, Frontier, Report, SignedHead, SigningKey, Verifier, verify_inclusion};
use std::{future::Future, sync::Arc};
use store::{
    Store,
    testing::{both, tamper},
};

async fn on_both<F: Future<Output = ()>>(test: impl Fn(Store) -> F) {
    let folder = tempfile::tempdir().unwrap();
    both(folder.path(), Arc::new(FrozenClock::at(SystemClock.now())), test).await;
}

fn entry(n: i64) -> NewEntry {
    NewEntry::new(&Actor::system("test"), Act::CaseNoted, "case", n).fact("n", n).why("because of the test")
}

async fn write(store: &Store, first: i64, count: i64) {
    let tx = store.write().await.unwrap();
    let rest: Vec<NewEntry> = (first + 1..first + count).map(entry).collect();
    let written = tx.commit(store::Entries::from(entry(first)).and_all(rest)).await.unwrap();
    assert_eq!(written, first);
}

async fn verify(store: &Store, heads: &[SignedHead], key: &SigningKey) -> Report {
    let mut conn = store.read().await.unwrap();
    let tip = conn.ledger_tip().await.unwrap();
    let mut check = Verifier::new(tip.as_deref(), heads, &[key.public()]);
    for row in conn.ledger_rows_after(i64::MIN, 10_000).await.unwrap() {
        check.push(&row);
    }
    check.finish()
}

async fn without_triggers(store: &Store, change: &str) {
    let mut tx = store.write().await.unwrap();
    for trigger in ["ledger_no_update", "ledger_no_delete"] {
        let on = if store.engine_name() == "postgres" { " ON ledger" } else { "" };
        tamper(&mut tx, &format!("DROP TRIGGER IF EXISTS {trigger}{on}")).await.unwrap();
    }
    tamper(&mut tx, change).await.unwrap();
    tx.commit_chore(store::Chore::Verified).await.unwrap();
}

async fn signed(store: &Store, key: &SigningKey) -> SignedHead {
    let tip = store.read().await.unwrap().ledger_tip().await.unwrap().unwrap();
    SignedHead::sign(&Frontier::from_bytes(&tip).unwrap(), SystemClock.now().timestamp_micros(), key)
}

#[tokio::test]
async fn a_whole_ledger_is_content_and_each_row_can_be_proven() {
    on_both(|store| async move {
        let key = SigningKey::generate().unwrap();
        for batch in 0..3 {
            write(&store, batch * 200, 200).await;
        }
        let head = signed(&store, &key).await;
        write(&store, 600, 77).await;
        let report = verify(&store, std::slice::from_ref(&head), &key).await;
        assert!(report.is_clean(), "{:?}", report.findings);
        assert_eq!((report.entries, report.covered), (677, 600));
        let mut conn = store.read().await.unwrap();
        for seq in [0, 1, 255, 256, 511, 512, 599] {
            let row = conn.ledger_row(seq).await.unwrap().unwrap();
            let proof = conn.ledger_proof(seq, head.size).await.unwrap().unwrap();
            verify_inclusion(&row.leaf_data(), seq, head.size, &head.root, &proof).unwrap();
        }
        assert!(conn.ledger_proof(600, 600).await.unwrap().is_none());
        assert!(conn.ledger_proof(-1, 600).await.unwrap().is_none());
        assert!(conn.ledger_row(677).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test]
async fn the_database_refuses_to_change_or_remove_a_row() {
    on_both(|store| async move {
        write(&store, 0, 5).await;
        for attack in [
            "UPDATE ledger SET actor = 'user:nobody' WHERE seq = 2",
            "UPDATE ledger SET body = '{}' WHERE seq = 2",
            "UPDATE ledger SET seq = 77 WHERE seq = 2",
            "DELETE FROM ledger WHERE seq = 2",
        ] {
            let mut tx = store.write().await.unwrap();
            let refused = tamper(&mut tx, attack).await.unwrap_err().to_string();
            assert!(refused.contains("append-only"), "{attack}: {refused}");
        }
        let mut tx = store.write().await.unwrap();
        tamper(&mut tx, "UPDATE ledger SET body = NULL, salt = NULL WHERE seq = 2").await.unwrap();
        tx.commit_chore(store::Chore::Verified).await.unwrap();
        let report = verify(&store, &[], &SigningKey::generate().unwrap()).await;
        assert!(report.is_clean(), "erasing is allowed: {:?}", report.findings);
        assert_eq!(report.erased, 1);
    })
    .await;
}

#[tokio::test]
async fn each_change_behind_the_desk_is_named() {
    let changes: [(&str, Finding); 5] = [
        (
            "UPDATE ledger SET body = replace(body, 'because', 'becausf') WHERE seq = 3",
            Finding::ContentChanged { seq: 3 },
        ),
        ("UPDATE ledger SET at = at + 1 WHERE seq = 4", Finding::FieldsChanged { seq: 4 }),
        ("DELETE FROM ledger WHERE seq = 5", Finding::Missing { from: 5, to: 5 }),
        ("DELETE FROM ledger WHERE seq = 9", Finding::Truncated { rows: 9, expected: 10 }),
        (
            "INSERT INTO ledger SELECT 10, at, actor, act, noun, noun_id, case_id, body, salt, content_hash, leaf_hash
             FROM ledger WHERE seq = 9",
            Finding::FieldsChanged { seq: 10 },
        ),
    ];
    for (change, expected) in changes {
        on_both(|store| {
            let expected = expected.clone();
            async move {
                write(&store, 0, 10).await;
                without_triggers(&store, change).await;
                let report = verify(&store, &[], &SigningKey::generate().unwrap()).await;
                assert!(report.findings.contains(&expected), "{change}: {:?}", report.findings);
            }
        })
        .await;
    }
}

#[tokio::test]
async fn a_row_rewritten_with_its_hashes_and_tip_is_caught_by_a_head_that_left_the_house() {
    on_both(|store| async move {
        let key = SigningKey::generate().unwrap();
        write(&store, 0, 8).await;
        let head = signed(&store, &key).await;
        let rows = store.read().await.unwrap().ledger_rows_after(-1, 100).await.unwrap();
        let mut forged = rows[3].clone();
        forged.actor = "user:somebody:else".to_owned();
        forged.leaf_hash = forged.computed_leaf_hash();
        let mut tree = Frontier::new();
        rows.iter().for_each(|row| tree.append(if row.seq == 3 { forged.leaf_hash } else { row.leaf_hash }));
        let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
        let literal = |bytes: &[u8]| match store.engine_name() {
            "postgres" => format!("'\\x{}'", hex(bytes)),
            _ => format!("X'{}'", hex(bytes)),
        };
        let leaf = literal(&forged.leaf_hash);
        without_triggers(
            &store,
            &format!("UPDATE ledger SET actor = '{}', leaf_hash = {leaf} WHERE seq = 3", forged.actor),
        )
        .await;
        without_triggers(&store, &format!("UPDATE ledger_tip SET frontier = {}", literal(&tree.to_bytes()))).await;
        assert!(verify(&store, &[], &key).await.is_clean(), "without a head nobody can know");
        let report = verify(&store, &[head], &key).await;
        assert!(matches!(report.findings[..], [Finding::RootDiffers { from: 0, to: 7, .. }]), "{:?}", report.findings);
    })
    .await;
}

#[tokio::test]
async fn a_refused_transaction_leaves_no_entry() {
    on_both(|store| async move {
        write(&store, 0, 2).await;
        let tx = store.write().await.unwrap();
        drop(tx);
        write(&store, 2, 1).await;
        assert_eq!(store.read().await.unwrap().ledger_size().await.unwrap(), 3);
    })
    .await;
}

#[tokio::test]
async fn the_record_is_paged_by_every_filter() {
    on_both(|store| async move {
        let anna =
            Actor::User { id: domain::id::UserId::new(), name: "Anna".into(), role: domain::actor::Role::Analyst };
        let case = domain::id::CaseId::new();
        let acts = [Act::CaseOpened, Act::CaseNoted, Act::NoticeSent, Act::CaseClosed, Act::ReportReceived];
        let entries: Vec<NewEntry> = (0..50)
            .map(|n| {
                let who = if n % 2 == 0 { anna.clone() } else { Actor::system("test") };
                let entry = NewEntry::new(&who, acts[n % 5], "case", n);
                if n < 3 { entry.case(case) } else { entry }
            })
            .collect();
        let tx = store.write().await.unwrap();
        tx.commit(store::Entries::from(entries[0].clone()).and_all(entries[1..].to_vec())).await.unwrap();
        let list = async |filter: LedgerFilter| {
            let entries = store.read().await.unwrap().ledger_list(&filter, 4).await.unwrap();
            entries.iter().map(|entry| entry.seq).collect::<Vec<i64>>()
        };
        let with = LedgerFilter::default;
        assert_eq!(list(with()).await, [49, 48, 47, 46]);
        assert_eq!(list(LedgerFilter { before: Some(3), ..with() }).await, [2, 1, 0]);
        assert_eq!(list(LedgerFilter { act: "case".into(), ..with() }).await, [48, 46, 45, 43]);
        assert_eq!(list(LedgerFilter { act: "case".into(), before: Some(43), ..with() }).await, [41, 40, 38, 36]);
        assert_eq!(list(LedgerFilter { act: "notice.sent".into(), ..with() }).await, [47, 42, 37, 32]);
        assert_eq!(list(LedgerFilter { actor: anna.ledger_text(), ..with() }).await, [48, 46, 44, 42]);
        assert_eq!(
            list(LedgerFilter { actor: "system:".into(), act: "case".into(), ..with() }).await,
            [45, 43, 41, 35]
        );
        assert_eq!(list(LedgerFilter { case: Some(case), act: "case".into(), ..with() }).await, [1, 0]);
        assert!(list(LedgerFilter { act: "tea".into(), ..with() }).await.is_empty());
    })
    .await;
}
