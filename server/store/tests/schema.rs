//! The schemas of both engines are the same, and every statement runs on both.
use domain::clock::SystemClock;
use std::{collections::BTreeSet, sync::Arc};
use store::{Store, testing};

async fn fresh(url: &str) -> Store {
    let store = Store::open(url, Arc::new(SystemClock)).await.unwrap();
    store.migrate().await.unwrap();
    store
}

#[tokio::test]
async fn every_statement_is_prepared_on_both_engines() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), Arc::new(SystemClock), |store| async move {
        let count =
            testing::prepare_all(&store).await.unwrap_or_else(|error| panic!("{}: {error}", store.engine_name()));
        assert!(count > 100, "only {count} statements are registered");
    })
    .await;
}

#[tokio::test]
async fn both_engines_have_the_same_tables_columns_and_indexes() {
    let folder = tempfile::tempdir().unwrap();
    let sqlite = fresh(&format!("sqlite://{}", folder.path().join("desk.db").display())).await;
    let ours: BTreeSet<String> = testing::shape(&sqlite).await.unwrap().into_iter().collect();
    assert!(ours.iter().any(|line| line.starts_with("column ledger.seq")), "{ours:?}");
    testing::both(folder.path(), Arc::new(SystemClock), |store| {
        let ours = ours.clone();
        async move {
            let theirs: BTreeSet<String> = testing::shape(&store).await.unwrap().into_iter().collect();
            let differences: Vec<_> = ours.symmetric_difference(&theirs).collect();
            assert!(differences.is_empty(), "{} differs from sqlite in {differences:#?}", store.engine_name());
        }
    })
    .await;
}

#[tokio::test]
async fn migrating_again_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    testing::both(folder.path(), Arc::new(SystemClock), |store| async move {
        let before = testing::shape(&store).await.unwrap();
        store.migrate().await.unwrap();
        assert_eq!(before, testing::shape(&store).await.unwrap());
    })
    .await;
}
