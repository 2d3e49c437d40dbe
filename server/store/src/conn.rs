//! One connection of either engine: inside a transaction or not.
use sqlx::{PgConnection, Postgres, Sqlite, SqliteConnection, Transaction, pool::PoolConnection};

/// A connection; what it can do is listed in `forward/`.
pub struct Conn(pub(crate) Inner);

pub(crate) enum Inner {
    Sqlite(PoolConnection<Sqlite>),
    SqliteTx(Transaction<'static, Sqlite>),
    Postgres(PoolConnection<Postgres>),
    PostgresTx(Transaction<'static, Postgres>),
}

pub(crate) enum Raw<'c> {
    Sqlite(&'c mut SqliteConnection),
    Postgres(&'c mut PgConnection),
}

impl Conn {
    pub(crate) const fn sqlite(conn: PoolConnection<Sqlite>) -> Self {
        Self(Inner::Sqlite(conn))
    }

    pub(crate) const fn sqlite_tx(tx: Transaction<'static, Sqlite>) -> Self {
        Self(Inner::SqliteTx(tx))
    }

    pub(crate) const fn postgres(conn: PoolConnection<Postgres>) -> Self {
        Self(Inner::Postgres(conn))
    }

    pub(crate) const fn postgres_tx(tx: Transaction<'static, Postgres>) -> Self {
        Self(Inner::PostgresTx(tx))
    }

    pub(crate) fn raw(&mut self) -> Raw<'_> {
        match &mut self.0 {
            Inner::Sqlite(conn) => Raw::Sqlite(conn),
            Inner::SqliteTx(tx) => Raw::Sqlite(tx),
            Inner::Postgres(conn) => Raw::Postgres(conn),
            Inner::PostgresTx(tx) => Raw::Postgres(tx),
        }
    }

    pub(crate) async fn commit(self) -> crate::Result<()> {
        match self.0 {
            Inner::SqliteTx(tx) => tx.commit().await?,
            Inner::PostgresTx(tx) => tx.commit().await?,
            Inner::Sqlite(_) | Inner::Postgres(_) => {}
        }
        Ok(())
    }
}
