//! A fresh store of each engine for a test: a file for SQLite; a database of its own for PostgreSQL, where
//! `LAZARET_TEST_PG` names a server (a superuser's address without a database), else loudly skipped.
use crate::{Conn, Result, Store, conn::Raw};
use domain::clock::SharedClock;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, SqlSafeStr as _};
use std::{
    future::Future,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

/// Runs `test` on a fresh SQLite store and on a fresh PostgreSQL database.
///
/// # Panics
/// When a store cannot be made: a test without its store must fail.
#[expect(clippy::unwrap_used, reason = "a test without its store must fail")]
pub async fn both<F: Future<Output = ()>>(folder: &Path, clock: SharedClock, test: impl Fn(Store) -> F) {
    let store = Store::open(&format!("sqlite://{}", folder.join("desk.db").display()), clock.clone()).await.unwrap();
    store.migrate().await.unwrap();
    test(store).await;
    let Some(server) = pg_server() else { return };
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.unwrap();
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.unwrap();
    let store = Store::open(&format!("{server}/{name}"), clock).await.unwrap();
    store.migrate().await.unwrap();
    test(store.clone()).await;
    store.close().await;
    admin.execute(AssertSqlSafe(format!("DROP DATABASE {name} WITH (FORCE)"))).await.unwrap();
}

/// The address of a new database on the server for tests; `None` without a server. It stays until the server ends.
pub async fn pg_database() -> Option<String> {
    let server = pg_server()?;
    let name = format!("t_{}", uuid::Uuid::now_v7().simple());
    let mut admin = PgConnection::connect(&format!("{server}/postgres")).await.ok()?;
    admin.execute(AssertSqlSafe(format!("CREATE DATABASE {name}"))).await.ok()?;
    Some(format!("{server}/{name}"))
}

/// The PostgreSQL server for tests, without a trailing slash and without a database.
pub fn pg_server() -> Option<String> {
    let server = std::env::var("LAZARET_TEST_PG").ok();
    if server.is_none() {
        eprintln!("SKIPPED: no PostgreSQL (set LAZARET_TEST_PG, or run the tests through `make test`)");
    }
    server.map(|url| url.trim_end_matches('/').trim_end_matches("/postgres").to_owned())
}

/// Prepares every registered statement on this engine.
///
/// # Errors
/// The statements that the engine does not take, with its words.
pub async fn prepare_all(store: &Store) -> std::result::Result<usize, String> {
    let mut conn = store.read().await.map_err(|error| error.to_string())?;
    let (statements, made) = match conn.raw() {
        Raw::Sqlite(_) => (crate::sqlite::repo::statements(), crate::sqlite::repo::made()),
        Raw::Postgres(_) => (crate::postgres::repo::statements(), crate::postgres::repo::made()),
    };
    let constant = statements.iter().map(|sql| sqlx::SqlStr::from_static(sql));
    let statements: Vec<_> = constant.chain(made.into_iter().map(|sql| AssertSqlSafe(sql).into_sql_str())).collect();
    let mut faults = Vec::new();
    for sql in &statements {
        let outcome = match conn.raw() {
            Raw::Sqlite(raw) => raw.prepare(sql.clone()).await.map(drop),
            Raw::Postgres(raw) => raw.prepare(sql.clone()).await.map(drop),
        };
        if let Err(error) = outcome {
            faults.push(format!("{error}\n{}", sql.as_str()));
        }
    }
    if faults.is_empty() { Ok(statements.len()) } else { Err(faults.join("\n\n")) }
}

/// Runs SQL text as it stands: what an attacker or a test would type into the database.
///
/// # Errors
/// Whatever the engine says.
pub async fn tamper(conn: &mut Conn, sql: &str) -> Result<()> {
    let sql = AssertSqlSafe(sql.to_owned());
    match conn.raw() {
        Raw::Sqlite(raw) => raw.execute(sql).await.map(drop)?,
        Raw::Postgres(raw) => raw.execute(sql).await.map(drop)?,
    }
    Ok(())
}

/// How many rows a table has.
///
/// # Errors
/// Whatever the engine says.
pub async fn rows(conn: &mut Conn, table: &str) -> Result<i64> {
    let sql = AssertSqlSafe(format!("SELECT COUNT(*) FROM {table}"));
    Ok(match conn.raw() {
        Raw::Sqlite(raw) => sqlx::query_scalar(sql).fetch_one(raw).await?,
        Raw::Postgres(raw) => sqlx::query_scalar(sql).fetch_one(raw).await?,
    })
}

/// Counts the steps SQLite's engine takes on this connection from now on: a measure of work that no other load disturbs.
/// `None` on PostgreSQL.
///
/// # Errors
/// Whatever the engine says.
pub async fn steps(conn: &mut Conn) -> Result<Option<Arc<AtomicU64>>> {
    let Raw::Sqlite(raw) = conn.raw() else { return Ok(None) };
    let taken = Arc::new(AtomicU64::new(0));
    let counted = taken.clone();
    raw.lock_handle().await?.set_progress_handler(STEPS, move || {
        counted.fetch_add(STEPS.unsigned_abs().into(), Ordering::Relaxed);
        true
    });
    Ok(Some(taken))
}

/// How many steps are counted at a time.
const STEPS: i32 = 10;

/// How many rows of a table this transaction has read so far, on PostgreSQL; `None` on SQLite, whose [`steps`] are counted.
///
/// # Errors
/// Whatever the engine says.
pub async fn rows_read(conn: &mut Conn, table: &str) -> Result<Option<i64>> {
    let Raw::Postgres(raw) = conn.raw() else { return Ok(None) };
    let question = sqlx::SqlStr::from_static(
        "SELECT COALESCE(SUM(COALESCE(seq_tup_read, 0) + COALESCE(idx_tup_fetch, 0)), 0)::bigint
            FROM pg_stat_xact_user_tables WHERE relname = $1",
    );
    Ok(Some(sqlx::query_scalar(question).bind(table).fetch_one(raw).await?))
}

/// Asks the engine for nothing: what a question costs before any work is done.
///
/// # Errors
/// Whatever the engine says.
pub async fn round_trip(conn: &mut Conn) -> Result<()> {
    let question = sqlx::SqlStr::from_static("SELECT 1");
    match conn.raw() {
        Raw::Sqlite(raw) => sqlx::query(question).fetch_all(raw).await.map(drop)?,
        Raw::Postgres(raw) => sqlx::query(question).fetch_all(raw).await.map(drop)?,
    }
    Ok(())
}

/// Process numbers of the server's backends that serve this database; none for SQLite, which is part of this process.
///
/// # Errors
/// Whatever the engine says.
pub async fn backends(store: &Store) -> Result<Vec<i32>> {
    let mut conn = store.read().await?;
    let question = sqlx::SqlStr::from_static(
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend'",
    );
    Ok(match conn.raw() {
        Raw::Sqlite(_) => Vec::new(),
        Raw::Postgres(raw) => sqlx::query_scalar(question).fetch_all(raw).await?,
    })
}

const SQLITE_SHAPE: &str = "SELECT 'column ' || m.name || '.' || p.name || ' ' || p.type
        || CASE WHEN p.\"notnull\" = 1 OR p.pk > 0 THEN ' not null' ELSE '' END AS line
    FROM sqlite_master m JOIN pragma_table_info(m.name) p WHERE m.type = 'table' AND m.name NOT LIKE '\\_%' ESCAPE '\\'
        AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
    UNION ALL SELECT 'index ' || i.tbl_name || '.' || i.name FROM sqlite_master i WHERE i.type = 'index' AND i.sql IS NOT NULL
    ORDER BY 1";
const POSTGRES_SHAPE: &str = "SELECT 'column ' || table_name || '.' || column_name || ' '
        || CASE data_type WHEN 'uuid' THEN 'BLOB' WHEN 'bytea' THEN 'BLOB' WHEN 'text' THEN 'TEXT'
            WHEN 'bigint' THEN 'INTEGER' WHEN 'boolean' THEN 'INTEGER' ELSE data_type END
        || CASE WHEN is_nullable = 'NO' THEN ' not null' ELSE '' END AS line
    FROM information_schema.columns WHERE table_schema = 'public' AND table_name NOT LIKE '\\_%'
        AND table_name IN (SELECT tablename FROM pg_tables WHERE schemaname = 'public')
    UNION ALL SELECT 'index ' || tablename || '.' || indexname FROM pg_indexes
        WHERE schemaname = 'public' AND indexname NOT LIKE '%\\_pkey' AND indexname NOT LIKE '%\\_key'
    ORDER BY 1";

/// Tables, columns, nullability and named indexes, one a line, in words that are the same for both engines.
///
/// # Errors
/// Whatever the engine says.
pub async fn shape(store: &Store) -> Result<Vec<String>> {
    let mut conn = store.read().await?;
    Ok(match conn.raw() {
        Raw::Sqlite(raw) => sqlx::query_scalar(SQLITE_SHAPE).fetch_all(raw).await?,
        Raw::Postgres(raw) => sqlx::query_scalar(POSTGRES_SHAPE).fetch_all(raw).await?,
    })
}
