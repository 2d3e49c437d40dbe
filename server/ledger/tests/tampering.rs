//! Every way to falsify a ledger is found and named; honest ledgers pass.
#![expect(clippy::unwrap_used, reason = "test code outside #[test] functions")]
use ledger::{Checkpoint, Entry, Finding, Frontier, PublicKey, Report, Row, SignedHead, SigningKey, Verifier};
use proptest::prelude::*;

struct Ledger {
    rows: Vec<Row>,
    tree: Frontier,
    heads: Vec<SignedHead>,
    key: SigningKey,
}

impl Ledger {
    /// `n` rows with a head after every `every` of them.
    fn of(n: i64, every: i64) -> Self {
        let bodies = (0..n).map(|i| format!("{{\"n\":{i}}}")).collect();
        Self::with(bodies, every)
    }

    fn with(bodies: Vec<String>, every: i64) -> Self {
        let key = SigningKey::generate().unwrap();
        let (mut rows, mut tree, mut heads) = (Vec::new(), Frontier::new(), Vec::new());
        for (seq, body) in (0..).zip(bodies) {
            let row = entry(seq, body).into_row();
            tree.append(row.leaf_hash);
            rows.push(row);
            if tree.size() % every == 0 {
                heads.push(SignedHead::sign(&tree, seq * 1000, &key));
            }
        }
        Self { rows, tree, heads, key }
    }

    fn public(&self) -> Vec<PublicKey> {
        vec![self.key.public()]
    }

    fn check(&self) -> Report {
        check(&self.rows, Some(&self.tree.to_bytes()), &self.heads, &self.public())
    }

    fn findings(&self) -> Vec<Finding> {
        self.check().findings
    }
}

fn entry(seq: i64, body: String) -> Entry {
    Entry {
        seq,
        at: 1_795_000_000_000_000 + seq,
        actor: "user:anna".into(),
        action: "case.note".into(),
        noun: "case".into(),
        noun_id: format!("L-2026-{seq:06}"),
        case_id: (seq % 3 != 0).then(|| "c".into()),
        body,
        salt: [7; 16],
    }
}

fn check(rows: &[Row], tip: Option<&[u8]>, heads: &[SignedHead], keys: &[PublicKey]) -> Report {
    let mut verifier = Verifier::new(tip, heads, keys);
    for row in rows {
        verifier.push(row);
    }
    verifier.finish()
}

#[test]
fn an_honest_ledger_is_clean_at_every_size() {
    for n in 0..20 {
        let report = Ledger::of(n, 4).check();
        assert!(report.is_clean(), "{n}: {report:?}");
        assert_eq!((report.entries, report.covered, report.heads_checked), (n, n / 4 * 4, (n / 4) as usize));
    }
}

#[test]
fn a_body_erased_on_purpose_is_counted_but_half_an_erasure_is_found() {
    let mut ledger = Ledger::of(9, 4);
    (ledger.rows[3].body, ledger.rows[3].salt) = (None, None);
    assert_eq!((ledger.check().erased, ledger.check().is_clean()), (1, true));
    ledger.rows[5].salt = None;
    assert_eq!(ledger.findings(), [Finding::ContentChanged { seq: 5 }]);
}

#[test]
fn a_changed_row_is_named_with_the_kind_of_change() {
    let mut ledger = Ledger::of(9, 4);
    ledger.rows[2].body = Some("{\"n\":3}".into());
    ledger.rows[6].actor = "user:eve".into();
    let named = [Finding::ContentChanged { seq: 2 }, Finding::FieldsChanged { seq: 6 }];
    assert_eq!(ledger.findings(), named);
    assert_eq!(named[0].to_string(), "entry 2 was changed: its body does not fit its content hash");
}

#[test]
fn a_row_changed_with_its_hashes_is_bounded_by_two_heads() {
    let mut ledger = Ledger::of(14, 4);
    ledger.rows[6] = entry(6, "{}".into()).into_row();
    let checkpoint = Checkpoint::Head { at: 7000, key_id: ledger.key.public().id() };
    assert_eq!(ledger.findings(), [Finding::RootDiffers { checkpoint, size: 8, from: 4, to: 7 }]);
    // Behind the last head only the tip is left to tell.
    let mut ledger = Ledger::of(14, 4);
    ledger.rows[13] = entry(13, "{}".into()).into_row();
    assert_eq!(ledger.findings(), [Finding::RootDiffers { checkpoint: Checkpoint::Tip, size: 14, from: 12, to: 13 }]);
}

#[test]
fn removed_inserted_and_swapped_rows_are_named() {
    let mut ledger = Ledger::of(9, 4);
    ledger.rows.drain(3..5);
    assert_eq!(ledger.findings(), [Finding::Missing { from: 3, to: 4 }]);
    let mut ledger = Ledger::of(9, 4);
    ledger.rows.insert(5, ledger.rows[4].clone());
    assert_eq!(ledger.findings(), [Finding::OutOfPlace { seq: 4, expected: 5 }]);
    let mut ledger = Ledger::of(9, 4);
    ledger.rows.swap(4, 5);
    let named = [Finding::Missing { from: 4, to: 4 }, Finding::OutOfPlace { seq: 4, expected: 6 }];
    assert_eq!(ledger.findings(), named);
}

#[test]
fn a_renumbered_ledger_after_a_removal_is_found() {
    let mut ledger = Ledger::of(9, 4);
    ledger.rows.remove(3);
    for (seq, row) in (0..).zip(&mut ledger.rows) {
        row.seq = seq;
        row.leaf_hash = row.computed_leaf_hash();
    }
    let findings = ledger.findings();
    assert_eq!(findings[0], Finding::Truncated { rows: 8, expected: 9 });
    assert!(matches!(findings[1], Finding::RootDiffers { size: 4, from: 0, to: 3, .. }), "{findings:?}");
}

#[test]
fn a_cut_tail_and_rows_behind_the_tip_are_named() {
    let mut ledger = Ledger::of(9, 4);
    ledger.rows.truncate(6);
    assert_eq!(ledger.findings(), [Finding::Truncated { rows: 6, expected: 9 }]);
    let mut ledger = Ledger::of(9, 4);
    ledger.rows.push(entry(9, "{}".into()).into_row());
    assert_eq!(ledger.findings(), [Finding::AfterTip { from: 9, to: 9 }]);
    // Tip and rows cut together: a head that left the house knows better.
    let ledger = Ledger::of(8, 4);
    let shorter = Ledger::with(vec!["{\"n\":0}".into()], 4);
    let report = check(&ledger.rows[..1], Some(&shorter.tree.to_bytes()), &ledger.heads, &ledger.public());
    assert_eq!(report.findings, [Finding::Truncated { rows: 1, expected: 8 }]);
}

#[test]
fn changed_checkpoints_are_told_from_changed_rows() {
    let ledger = Ledger::of(8, 4);
    let other = Ledger::of(4, 4);
    let mut stale = Frontier::new();
    (0..8).for_each(|_| stale.append([0; 32]));
    let report = check(&ledger.rows, Some(&stale.to_bytes()), &ledger.heads, &ledger.public());
    assert_eq!(report.findings, [Finding::CheckpointChanged { checkpoint: Checkpoint::Tip, size: 8 }]);
    let report = check(&ledger.rows, Some(b"?"), &ledger.heads, &ledger.public());
    assert!(matches!(report.findings[..], [Finding::TipUnreadable { .. }]));
    let report = check(&ledger.rows, None, &other.heads, &ledger.public());
    assert!(matches!(report.findings[..], [Finding::BadSignature { size: 4, .. }]));
    let mut heads = ledger.heads.clone();
    heads[0].signature[5] ^= 1;
    let report = check(&ledger.rows, None, &heads, &ledger.public());
    assert!(matches!(report.findings[..], [Finding::BadSignature { size: 4, .. }]));
    assert_eq!((report.heads_checked, report.covered), (1, 8));
}

#[test]
fn heads_whose_time_runs_back_are_named() {
    let mut ledger = Ledger::of(8, 4);
    ledger.heads[1] = SignedHead::sign(&ledger.tree, 5, &ledger.key);
    assert_eq!(ledger.findings(), [Finding::TimeRunsBack { size: 8 }]);
}

#[test]
fn a_ruined_ledger_does_not_fill_the_memory() {
    let mut ledger = Ledger::of(1500, 4000);
    ledger.rows.iter_mut().for_each(|row| row.at += 1);
    let report = ledger.check();
    assert_eq!((report.findings.len(), report.found), (Report::MOST, 1500));
}

/// Every single falsification of one row that leaves its other columns alone.
fn falsify(row: &mut Row, which: u8, place: usize) {
    fn text(text: &mut String, place: usize) {
        let at = place % (text.len() + 1);
        let at = (0..=at).rev().find(|i| text.is_char_boundary(*i)).unwrap_or(0);
        text.insert(at, '\u{1}');
    }
    match which {
        0 => row.seq += 1,
        1 => row.at ^= 1 << (place % 63),
        2 => text(&mut row.actor, place),
        3 => text(&mut row.action, place),
        4 => text(&mut row.noun, place),
        5 => text(&mut row.noun_id, place),
        6 => row.case_id = if row.case_id.is_some() { None } else { Some(String::new()) },
        7 => row.content_hash[place % 32] ^= 1 << (place % 8),
        8 => row.leaf_hash[place % 32] ^= 1 << (place % 8),
        9 => text(row.body.get_or_insert_default(), place),
        10 => row.salt.get_or_insert_default()[place % 16] ^= 1 << (place % 8),
        11 => row.body = None,
        _ => row.salt = None,
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn random_ledgers_verify(bodies in proptest::collection::vec(".{0,40}", 0..60), every in 1..20_i64) {
        let report = Ledger::with(bodies, every).check();
        prop_assert!(report.is_clean(), "{:?}", report);
    }

    #[test]
    fn any_falsified_column_is_found(n in 1..40_i64, at in 0..1000_usize, which in 0..13_u8, place in 0..1000_usize) {
        let mut ledger = Ledger::of(n, 7);
        let at = at % ledger.rows.len();
        falsify(&mut ledger.rows[at], which, place);
        prop_assert!(!ledger.check().is_clean());
    }

    #[test]
    fn any_drop_insert_or_swap_is_found(n in 2..40_i64, at in 0..1000_usize, to in 0..1000_usize, how in 0..4_u8) {
        let mut ledger = Ledger::of(n, 7);
        let (at, to) = (at % ledger.rows.len(), to % ledger.rows.len());
        match how {
            0 => drop(ledger.rows.remove(at)),
            1 => ledger.rows.insert(to, ledger.rows[at].clone()),
            2 => ledger.rows.insert(to, entry(to as i64, "{\"forged\":1}".into()).into_row()),
            _ if at == to => return Ok(()),
            _ => ledger.rows.swap(at, to),
        }
        prop_assert!(!ledger.check().is_clean());
    }

    #[test]
    fn a_row_rewritten_with_its_hashes_is_found(n in 1..40_i64, at in 0..1000_usize) {
        let mut ledger = Ledger::of(n, 7);
        let at = at % ledger.rows.len();
        ledger.rows[at] = entry(at as i64, "{\"forged\":1}".into()).into_row();
        let named = ledger.findings().into_iter().any(|f| matches!(f,
            Finding::RootDiffers { from, to, .. } if (from..=to).contains(&(at as i64))));
        prop_assert!(named);
    }
}
