//! The page of lease sources, what is wrong with them, and the limits a person sets for each.
use super::{Desk, DeskError};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    lease::{
        LeaseSource, LeaseSourceKind,
        board::{LeaseBoard, LeaseWarning, LeaseWay, failures, warnings},
    },
    ledger::NewEntry,
    refusal::Refusal,
};
use store::Conn;

/// Refused rows that the page shows.
const REFUSED_SHOWN: i64 = 50;
/// Imports that the page shows.
const IMPORTS_SHOWN: i64 = 20;
/// A clock may be off by an hour at most: beyond, nothing would be certain any more.
const SKEW_MAX: i64 = 3_600;
/// Longest accepted silence, in hours.
const SILENCE_MAX: i64 = 8_760;

impl Desk {
    /// Days for which leases are kept after their end.
    pub(crate) fn lease_keep_days(&self) -> i64 {
        self.config.number("leases.keep_days")
    }

    /// Everything on the page of lease sources.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn lease_board(&self, actor: &Actor) -> Result<LeaseBoard, DeskError> {
        self.require(actor, Permission::Administer)?;
        let warnings = self.lease_warnings().await?;
        let mut conn = self.store.read().await?;
        Ok(LeaseBoard {
            sources: conn.lease_sources().await?,
            warnings,
            standings: conn.resolver_standings().await?,
            refused: conn.lease_refusals(REFUSED_SHOWN).await?,
            imports: conn.lease_imports(IMPORTS_SHOWN).await?,
            names: conn.service_name_count().await?,
            keep_days: self.lease_keep_days(),
            report_days: self.config.number("leases.report_days"),
            now: self.clock.now(),
        })
    }

    /// The ways by which leases come in: those of the settings, and the sources that others bring.
    pub(super) async fn lease_ways(&self, conn: &mut Conn) -> Result<Vec<LeaseWay>, DeskError> {
        let now = self.clock.now();
        let states = conn.channel_list().await?;
        let sources = conn.lease_sources().await?;
        let mut ways: Vec<LeaseWay> = Vec::new();
        for (source, section, kind, place) in self.lease_places() {
            let known = sources.iter().find(|known| known.name == source);
            ways.push(LeaseWay {
                kind: known.map_or(kind, |known| known.kind),
                state: states.iter().find(|state| state.name == section).cloned(),
                heard_at: known.and_then(|known| known.last_heard_at),
                silent: known.is_some_and(|known| known.silent(now)),
                source,
                place,
            });
        }
        let brought = |source: &&LeaseSource| {
            source.kind != LeaseSourceKind::Static && !ways.iter().any(|way| way.source == source.name)
        };
        let others: Vec<LeaseWay> = sources.iter().filter(brought).map(|source| way(source, now)).collect();
        ways.extend(others);
        Ok(ways)
    }

    /// The lease sources of the settings: source, section, kind, and where each leads.
    fn lease_places(&self) -> Vec<(String, String, LeaseSourceKind, String)> {
        use LeaseSourceKind as K;
        let mut places = Vec::new();
        for origin in self.config.lease_origins() {
            places.push((origin.source.to_string(), origin.section, K::Import, origin.file.display().to_string()));
        }
        if let Some(listen) = self.config.radius_listen() {
            places.push(("radius".to_owned(), "radius".to_owned(), K::Radius, listen.to_string()));
        }
        for client in self.config.radius_clients() {
            let single = client.net.prefix_len() == client.net.max_prefix_len();
            let place = if single { client.net.addr().to_string() } else { client.net.to_string() };
            places.push((client.source.to_string(), client.source.to_string(), K::Radius, place));
        }
        for resolver in self.resolvers.iter() {
            let source = resolver.source.to_string();
            places.push((source.clone(), source, K::Resolver, resolver.place()));
        }
        places
    }

    /// What is wrong with the lease sources: for the rail, the health page and `lazaret check`.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn lease_warnings(&self) -> Result<Vec<LeaseWarning>, DeskError> {
        let mut conn = self.store.read().await?;
        let sources = conn.lease_sources().await?;
        let ways = self.lease_ways(&mut conn).await?;
        let standings = conn.resolver_standings().await?;
        let report_days = self.config.number("leases.report_days");
        let mut found = failures(&ways, &standings);
        found.extend(warnings(&sources, report_days, self.lease_keep_days(), self.clock.now()));
        Ok(found)
    }

    /// Says how far a source's clock may be off, in seconds, and after how many hours of silence to warn (0: never).
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a limit that makes no sense; [`Refusal::NotFound`]; any store error.
    pub async fn lease_source_limits(
        &self,
        actor: &Actor,
        name: &str,
        skew_s: &str,
        silent_hours: &str,
    ) -> Result<(), DeskError> {
        self.require(actor, Permission::Administer)?;
        let number = |field: &'static str, text: &str, most: i64| {
            let found = text.trim().parse::<i64>().ok().filter(|number| (0..=most).contains(number));
            found.ok_or_else(|| Refusal::invalid(field, format!("a whole number from 0 to {most}")))
        };
        let skew = number("skew", skew_s, SKEW_MAX)?;
        let silent = number("silent", silent_hours, SILENCE_MAX)?;
        let mut tx = self.store.write().await?;
        let sources = tx.lease_sources().await?;
        let source = sources.iter().find(|source| source.name == name).ok_or(Refusal::NotFound)?;
        let after = (silent > 0).then(|| TimeDelta::hours(silent));
        tx.lease_source_limits(source.id, TimeDelta::seconds(skew), after).await?;
        let words = |skew: i64, silent: i64| format!("clock ± {skew} s, silent after {silent} h");
        let before = source.silent_after.map_or(0, |after| after.num_hours());
        let entry = NewEntry::new(actor, Act::LeaseSourceChanged, "lease_source", name)
            .change(words(source.skew.num_seconds(), before), words(skew, silent));
        tx.commit(entry).await?;
        Ok(())
    }
}

/// A source that others bring.
fn way(source: &LeaseSource, now: DateTime<Utc>) -> LeaseWay {
    LeaseWay {
        source: source.name.clone(),
        kind: source.kind,
        place: String::new(),
        state: None,
        heard_at: source.last_heard_at,
        silent: source.silent(now),
    }
}
