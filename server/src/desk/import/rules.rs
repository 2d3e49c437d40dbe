//! Rules of deterministic CGNAT from CSV (RFC 7422): whose an outside port was is computed from them.
use super::{
    ImportOrder,
    table::{Fault, Line, Table, prefix},
};
use crate::desk::{Desk, DeskError, lease_settle::told};
use domain::{
    act::Act,
    actor::Actor,
    id::CgnatRuleId,
    import::{ImportKind, ImportReport, Problem},
    lease::CgnatRule,
    ledger::NewEntry,
};
use ipnet::IpNet;
use store::News;

/// First port where the file says nothing: those below belong to the system (RFC 6056 §3.2).
const FIRST_PORT: i64 = 1_024;

impl Desk {
    pub(super) async fn import_rules(
        &self,
        actor: &Actor,
        csv: &[u8],
        order: ImportOrder<'_>,
    ) -> Result<ImportReport, DeskError> {
        let mut report = ImportReport { dry_run: order.dry_run, ..ImportReport::default() };
        let mut table = Table::open(csv, ImportKind::CgnatRules.columns(), &mut report)?;
        let mut known = self.store.read().await?.cgnat_rules().await?;
        let (mut new, mut ended) = (Vec::new(), Vec::new());
        while let Some(line) = table.next(&mut report) {
            let number = line.number;
            match rule(&line).and_then(|rule| step(&known, rule)) {
                Ok(Step::Known) => report.good += 1,
                Ok(Step::Ends(ending, at)) => {
                    report.good += 1;
                    known.iter_mut().filter(|rule| rule.id == ending.id).for_each(|rule| rule.to = Some(at));
                    ended.push((ending, at));
                }
                Ok(Step::New(rule)) => {
                    report.good += 1;
                    known.push(rule.clone());
                    new.push(rule);
                }
                Err((column, problem)) => {
                    report.refuse(Problem { line: number, column: column.to_owned(), problem });
                }
            }
        }
        (order.progress)(report.rows);
        if order.dry_run || new.is_empty() && ended.is_empty() {
            return Ok(report);
        }
        let mut tx = self.store.write().await?;
        for (rule, at) in &ended {
            tx.cgnat_rule_end(rule.id, *at).await?;
        }
        for rule in &new {
            tx.cgnat_rule_add(rule).await?;
        }
        let begun = new.iter().map(|rule| News { net: rule.outside, from: rule.from, to: rule.to });
        // What came after the end of a rule was answered by it.
        let over = ended.iter().map(|(rule, at)| News { net: rule.outside, from: *at, to: None });
        let again = told(&mut tx, &begun.chain(over).collect::<Vec<_>>()).await?;
        let entry = NewEntry::new(actor, Act::LeasesImported, "lease_source", "cgnat rules");
        tx.commit(entry.fact("rules", new.len()).fact("ended", ended.len())).await?;
        if again {
            self.wake.asks.notify_one();
        }
        Ok(report)
    }
}

/// What a row changes.
enum Step {
    Known,
    Ends(CgnatRule, chrono::DateTime<chrono::Utc>),
    New(CgnatRule),
}

fn step(known: &[CgnatRule], rule: CgnatRule) -> Result<Step, Fault> {
    let shape = |one: &CgnatRule| (one.inside, one.outside, one.ports, one.first_port, one.from);
    if let Some(same) = known.iter().find(|one| shape(one) == shape(&rule)) {
        return match (same.to, rule.to) {
            (one, other) if one == other => Ok(Step::Known),
            (None, Some(at)) => Ok(Step::Ends(same.clone(), at)),
            _ => Err(("to", "this rule has ended already, at another time".to_owned())),
        };
    }
    let meets = |one: &&CgnatRule| {
        let apart = !(one.outside.contains(&rule.outside) || rule.outside.contains(&one.outside));
        let before = one.to.is_some_and(|to| to <= rule.from) || rule.to.is_some_and(|to| to <= one.from);
        !apart && !before
    };
    match known.iter().find(meets) {
        Some(other) => Err(("outside", format!("another rule speaks of {} then: end that first", other.outside))),
        None => Ok(Step::New(rule)),
    }
}

fn rule(line: &Line<'_>) -> Result<CgnatRule, Fault> {
    let net = |column: &'static str| -> Result<IpNet, Fault> {
        prefix(line.text(column)).map_err(|problem| (column, problem))
    };
    let (inside, outside) = (net("inside")?, net("outside")?);
    let small = |number: i64| u16::try_from(number).unwrap_or(u16::MAX);
    let ports = line.number("ports", 1..=64_512)?.ok_or(("ports", "must not be empty".to_owned()))?;
    let first_port = line.number("first_port", 0..=65_535)?.unwrap_or(FIRST_PORT);
    let from = line.instant("from")?.ok_or(("from", "must not be empty".to_owned()))?;
    let to = line.instant("to")?;
    if to.is_some_and(|to| to <= from) {
        return Err(("to", "must be later than from".to_owned()));
    }
    let blocks = u128::try_from((65_536 - first_port) / ports).unwrap_or(0);
    let places = size(&outside).saturating_mul(blocks);
    if places < size(&inside) {
        let problem = format!("has place for {places} subscribers, the inside prefix has {}", size(&inside));
        return Err(("outside", problem));
    }
    Ok(CgnatRule {
        id: CgnatRuleId::new(),
        inside,
        outside,
        ports: small(ports),
        first_port: small(first_port),
        from,
        to,
    })
}

/// How many addresses a prefix has.
fn size(net: &IpNet) -> u128 {
    1_u128.checked_shl(u32::from(net.max_prefix_len() - net.prefix_len())).unwrap_or(u128::MAX)
}
