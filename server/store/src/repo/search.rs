//! The words that customers and cases are found by: kept by their writers, asked for by their beginnings.
use super::{
    Db, Raw, Result, Row, bulk,
    load::{Load, all, get, one, query, run},
};
use domain::search::{after, asked, words};
use sqlx::QueryBuilder;
use uuid::Uuid;

/// Customers.
pub(crate) const CUSTOMER: &str = "customer";
/// Cases.
pub(crate) const CASE: &str = "case";
/// A beginning that more rows than this have is common: their list is walked in its order until a page is full. Others
/// are rare: their rows are fetched and put in order. A name may stand anywhere in the order of names: no walk for those.
const RARE_MAX: i64 = 10_000;

pub(crate) const FORGET: &str = "DELETE FROM search_words WHERE noun_id = $1";
const KEEP: &str = "INSERT INTO search_words (noun, word, noun_id) ";
pub(crate) const PROBE: &str = "SELECT COUNT(*) AS n FROM
    (SELECT 1 AS found FROM search_words WHERE noun = $1 AND word >= $2 AND word < $3 LIMIT $4) AS few";
pub(crate) const ANY: &str = "SELECT COUNT(*) AS n FROM (SELECT 1 AS found FROM search_words LIMIT 1) AS few";
pub(crate) const CUSTOMERS_AFTER: &str = "SELECT id, search FROM customers WHERE id > $1 ORDER BY id LIMIT 1000";
pub(crate) const CASES_AFTER: &str = "SELECT id, search FROM cases WHERE id > $1 ORDER BY id LIMIT 1000";

/// Statements of this file.
#[cfg(feature = "testing")]
pub(crate) const SQL: &[&str] = &[FORGET, PROBE, ANY, CUSTOMERS_AFTER, CASES_AFTER];

/// What is asked for, as the engine is to look for it.
pub(crate) struct Ask {
    noun: &'static str,
    /// The beginnings, the rarest first.
    begins: Vec<String>,
    rare: bool,
}

/// A row and the text it is found by.
struct Searched {
    id: Uuid,
    search: String,
}

impl Load for Searched {
    fn load(row: &Row) -> Result<Self> {
        Ok(Self { id: get(row, "id")?, search: get(row, "search")? })
    }
}

/// Has the noun found by the words of `text`, and by no others.
pub(crate) async fn keep(conn: &mut Raw, noun: &'static str, id: Uuid, text: &str) -> Result<()> {
    run(conn, query(FORGET).bind(id)).await?;
    add(conn, noun, id, text).await
}

/// Has a new noun found by the words of `text`.
pub(crate) async fn add(conn: &mut Raw, noun: &'static str, id: Uuid, text: &str) -> Result<()> {
    let words: Vec<String> = words(text).into_iter().collect();
    for chunk in words.chunks(bulk::CHUNK) {
        let builder = bulk::insert(KEEP, "", chunk, |row, word| {
            row.push_bind(noun).push_bind(word.clone()).push_bind(id);
        });
        bulk::run(conn, builder, true).await?;
    }
    Ok(())
}

/// Fills the table where it is empty: a desk from before it.
pub(crate) async fn fill(conn: &mut Raw) -> Result<()> {
    if one::<i64>(conn, query(ANY)).await? > 0 {
        return Ok(());
    }
    for (noun, sql) in [(CUSTOMER, CUSTOMERS_AFTER), (CASE, CASES_AFTER)] {
        let mut last = Uuid::nil();
        loop {
            let page: Vec<Searched> = all(conn, query(sql).bind(last)).await?;
            let Some(end) = page.last() else { break };
            last = end.id;
            for row in &page {
                add(conn, noun, row.id, &row.search).await?;
            }
        }
    }
    Ok(())
}

/// How to look for a typed text; `None` when nothing was typed.
pub(crate) async fn ask(conn: &mut Raw, noun: &'static str, text: &str) -> Result<Option<Ask>> {
    if text.trim().is_empty() {
        return Ok(None);
    }
    let mut counted = Vec::new();
    for begin in asked(text) {
        let bound = query(PROBE).bind(noun).bind(begin.clone()).bind(after(&begin)).bind(RARE_MAX + 1);
        counted.push((one::<i64>(conn, bound).await?, begin));
    }
    counted.sort();
    let rare = counted.first().is_none_or(|(fewest, _)| *fewest <= RARE_MAX);
    Ok(Some(Ask { noun, rare, begins: counted.into_iter().map(|(_, begin)| begin).collect() }))
}

impl Ask {
    /// Whether the rows are few enough to be fetched and put in order; else their list is to be walked in its order.
    pub(crate) const fn is_rare(&self) -> bool {
        self.rare
    }

    /// Adds ` AND …`: the row with this id is found by every word.
    pub(crate) fn push(&self, sql: &mut QueryBuilder<Db>, id: &'static str) {
        if self.begins.is_empty() {
            // Typed, but without letters and digits.
            sql.push(" AND FALSE");
        }
        for (place, begin) in self.begins.iter().enumerate() {
            if place == 0 && self.rare {
                sql.push(" AND ").push(id).push(" IN (SELECT w.noun_id FROM search_words w WHERE w.noun = ");
                sql.push_bind(self.noun);
            } else {
                sql.push(" AND EXISTS (SELECT 1 FROM search_words w WHERE w.noun_id = ").push(id);
            }
            sql.push(" AND w.word >= ")
                .push_bind(begin.clone())
                .push(" AND w.word < ")
                .push_bind(after(begin))
                .push(")");
        }
    }
}
