//! Pages of the record, newest first. Each filter has the index that walks backwards in it: the record is long.
use super::{Db, Raw, Result, load::Load};
use domain::{
    act::Act,
    ledger::{Entry, LedgerFilter},
};
use sqlx::QueryBuilder;

const HEAD: &str = "SELECT seq, at, actor, act, noun, noun_id, case_id, body, leaf_hash FROM ledger WHERE seq < ";

/// A page of the record, newest first.
pub(crate) async fn list(conn: &mut Raw, filter: &LedgerFilter, limit: i64) -> Result<Vec<Entry>> {
    let mut sql = QueryBuilder::<Db>::new(HEAD);
    let before = filter.before.unwrap_or(i64::MAX);
    sql.push_bind(before);
    if let Some(case) = filter.case {
        sql.push(" AND case_id = ").push_bind(case.0);
    }
    push_actor(&mut sql, &filter.actor);
    // A case has few entries and a person's walk has its own index: only alone the acts decide the way.
    let narrow = filter.case.is_some() || !filter.actor.is_empty();
    push_act(&mut sql, &filter.act, (!narrow).then_some((before, limit)));
    sql.push(" ORDER BY seq DESC LIMIT ").push_bind(limit);
    sql.build().fetch_all(conn).await?.iter().map(Entry::load).collect()
}

/// The whole text of an actor, or a kind of actors such as `system:`.
fn push_actor(sql: &mut QueryBuilder<Db>, actor: &str) {
    if actor.is_empty() {
        return;
    }
    if actor.starts_with("user:") {
        sql.push(" AND substr(actor, 1, 5) = 'user:'");
    }
    if actor.ends_with(':') {
        sql.push(" AND actor LIKE ").push_bind(format!("{}%", actor.replace(['%', '_'], "")));
    } else {
        sql.push(" AND actor = ").push_bind(actor.to_owned());
    }
}

/// One act, or all acts of a noun. `newest`: take the newest of each act by its index before they are put in order.
fn push_act(sql: &mut QueryBuilder<Db>, act: &str, newest: Option<(i64, i64)>) {
    if act.is_empty() {
        return;
    }
    let noun = format!("{}.", act.trim_end_matches('.'));
    let mut acts: Vec<&str> = Act::ALL.iter().map(|act| act.as_str()).filter(|word| word.starts_with(&noun)).collect();
    if acts.is_empty() {
        acts.push(act);
    }
    match newest {
        Some((before, limit)) if acts.len() > 1 => {
            sql.push(" AND seq IN (");
            for (place, word) in acts.iter().enumerate() {
                sql.push(if place == 0 { "" } else { " UNION ALL " });
                sql.push("SELECT seq FROM (SELECT seq FROM ledger WHERE act = ").push_bind((*word).to_owned());
                sql.push(" AND seq < ").push_bind(before);
                sql.push(" ORDER BY seq DESC LIMIT ").push_bind(limit).push(") n");
            }
            sql.push(")");
        }
        _ => {
            let mut list = sql.push(" AND act IN (").separated(", ");
            for word in acts {
                list.push_bind(word.to_owned());
            }
            sql.push(")");
        }
    }
}
