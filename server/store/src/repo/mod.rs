//! The statements, noun by noun; compiled once per engine (see the parent module for `Db` and `dialect`).
pub(crate) use super::{Db, dialect};
use crate::error::StoreError;
use sqlx::{Database, migrate::Migrator};

pub(crate) mod bulk;
pub(crate) mod case;
pub(crate) mod case_list;
pub(crate) mod channel;
pub(crate) mod contradiction;
pub(crate) mod correction;
pub(crate) mod counts;
pub(crate) mod customer;
pub(crate) mod dispute;
pub(crate) mod event;
pub(crate) mod event_ask;
pub(crate) mod event_link;
pub(crate) mod evidence;
pub(crate) mod feed;
pub(crate) mod given;
pub(crate) mod grouping;
pub(crate) mod job;
pub(crate) mod lease;
pub(crate) mod lease_find;
pub(crate) mod lease_holder;
pub(crate) mod lease_keep;
pub(crate) mod lease_lot;
pub(crate) mod lease_near;
pub(crate) mod lease_news;
pub(crate) mod lease_next;
pub(crate) mod lease_session;
pub(crate) mod lease_source;
pub(crate) mod lease_watch;
pub(crate) mod ledger;
pub(crate) mod ledger_list;
pub(crate) mod ledger_proof;
pub(crate) mod letter;
pub(crate) mod link;
pub(crate) mod listing;
pub(crate) mod load;
pub(crate) mod look_up;
pub(crate) mod message;
pub(crate) mod metrics;
pub(crate) mod notice;
pub(crate) mod passing;
pub(crate) mod quarantine;
pub(crate) mod quarantine_list;
pub(crate) mod question;
pub(crate) mod release;
pub(crate) mod report;
pub(crate) mod reporter;
pub(crate) mod reporter_figures;
pub(crate) mod reread;
pub(crate) mod resolver;
pub(crate) mod search;
pub(crate) mod service;
pub(crate) mod service_name;
pub(crate) mod session;
pub(crate) mod terms;
pub(crate) mod user;

/// A connection of this engine.
pub(crate) type Raw = <Db as Database>::Connection;
/// A row of this engine.
pub(crate) type Row = <Db as Database>::Row;
/// Result of a repository call.
pub(crate) type Result<T> = std::result::Result<T, StoreError>;

/// Every statement, for the test that prepares all of them on both engines.
#[cfg(feature = "testing")]
pub(crate) fn statements() -> Vec<&'static str> {
    [
        case::SQL,
        case_list::SQL,
        channel::SQL,
        contradiction::SQL,
        correction::SQL,
        counts::SQL,
        customer::SQL,
        dispute::SQL,
        event::SQL,
        event_ask::SQL,
        event_link::SQL,
        evidence::SQL,
        feed::SQL,
        grouping::SQL,
        job::SQL,
        lease::SQL,
        lease_find::SQL,
        lease_holder::SQL,
        lease_keep::SQL,
        lease_lot::SQL,
        lease_near::SQL,
        lease_news::SQL,
        lease_session::SQL,
        lease_source::SQL,
        lease_watch::SQL,
        ledger::SQL,
        ledger_proof::SQL,
        letter::SQL,
        link::SQL,
        listing::SQL,
        look_up::SQL,
        message::SQL,
        metrics::SQL,
        notice::SQL,
        passing::SQL,
        quarantine::SQL,
        quarantine_list::SQL,
        question::SQL,
        release::SQL,
        report::SQL,
        reporter::SQL,
        reporter_figures::SQL,
        reread::SQL,
        resolver::SQL,
        search::SQL,
        service::SQL,
        service_name::SQL,
        session::SQL,
        terms::SQL,
        user::SQL,
    ]
    .concat()
}

/// Statements that are made for as many rows as there are, for the same test.
#[cfg(feature = "testing")]
pub(crate) fn made() -> Vec<String> {
    [
        event_ask::made(),
        lease_find::made(),
        lease_holder::made(),
        lease_keep::made(),
        lease_next::made(),
        lease_session::made(),
    ]
    .concat()
}

/// Migrations of this engine.
pub(crate) fn migrator() -> Migrator {
    let steps = dialect::MIGRATIONS.iter().map(|(version, name, sql)| {
        sqlx::migrate::Migration::new(
            *version,
            (*name).into(),
            sqlx::migrate::MigrationType::Simple,
            sqlx::SqlStr::from_static(sql),
            false,
        )
    });
    Migrator::with_migrations(steps.collect())
}
