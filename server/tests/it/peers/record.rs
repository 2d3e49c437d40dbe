//! The history of what happened.
use crate::support::House;

/// 13, PacketFence, AbuseIO, IRIS: with the customer, the case or a year went the history.
#[tokio::test]
async fn bug_13_nothing_takes_the_history_along_when_it_goes() {
    for engine in ["sqlite", "postgres"] {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../migrations").join(engine);
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            let sql = std::fs::read_to_string(&path).unwrap().to_uppercase();
            assert!(!sql.contains("CASCADE"), "{}", path.display());
        }
    }
    let house = House::new().await;
    let number = house.with_case().await;
    house.cut(&number).await;
    let before = house.ledger_size().await;
    for sql in [
        "DELETE FROM customers",
        "DELETE FROM cases",
        "DELETE FROM reports",
        "DELETE FROM ledger",
        "DELETE FROM ledger WHERE at < 0 OR seq = 0",
        "UPDATE ledger SET act = 'nothing'",
        "INSERT OR REPLACE INTO ledger SELECT * FROM ledger WHERE seq = 0",
    ] {
        assert!(house.sql(sql).await.is_err(), "{sql}");
    }
    assert_eq!(house.ledger_size().await, before);
    let case = house.case(&number).await;
    let mut conn = house.desk.store().read().await.unwrap();
    assert!(!conn.ledger_of_case(case.id, 10).await.unwrap().is_empty());
}
