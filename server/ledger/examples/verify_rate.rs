//! How fast the ledger is: `cargo run --release -p ledger --example verify_rate [ENTRIES]` prints `name value unit` lines.
use std::time::Instant;

use ledger::{Entry, Frontier, Row, SignedHead, SigningKey, Verifier};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let entries: i64 = std::env::args().nth(1).map_or(Ok(500_000), |n| n.parse())?;
    let key = SigningKey::generate()?;
    let rows: Vec<Row> = (0..entries).map(row).collect();
    let (mut tree, mut heads) = (Frontier::new(), Vec::new());
    let start = Instant::now();
    for row in &rows {
        tree = Frontier::from_bytes(&tree.to_bytes())?;
        tree.append(row.leaf_hash);
    }
    println!("ledger_frontier_append_us {:.2} us", start.elapsed().as_secs_f64() * 1e6 / entries as f64);
    heads.push(SignedHead::sign(&tree, 1, &key));
    let start = Instant::now();
    let mut check = Verifier::new(Some(&tree.to_bytes()), &heads, &[key.public()]);
    for row in &rows {
        check.push(row);
    }
    let report = check.finish();
    assert!(report.is_clean(), "{:?}", report.findings);
    println!("ledger_verify_per_s {:.0} 1/s", entries as f64 / start.elapsed().as_secs_f64());
    Ok(())
}

fn row(seq: i64) -> Row {
    let entry = Entry {
        seq,
        at: 1_795_000_000_000_000 + seq,
        actor: "user:0199a0b2-7c1d-7000-8000-000000000001".into(),
        action: "quarantine.order".into(),
        noun: "quarantine".into(),
        noun_id: "0199a0b2-7c1d-7000-8000-00000000002a".into(),
        case_id: Some("0199a0b2-7c1d-7000-8000-00000000003b".into()),
        body: format!(
            r#"{{"new":{{"measure":"walled_garden","until":"2026-12-06T00:00:00Z"}},"clause":"7.2","why":"{seq}"}}"#
        ),
        salt: [5; 16],
    };
    entry.into_row()
}
