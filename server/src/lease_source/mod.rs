//! Where leases come from by themselves: files that others write, and RADIUS accounting.
//!
//! | file | source |
//! | --- | --- |
//! | [`follow`] | files that DHCP servers, RADIUS servers and translators write, read as they grow |
//! | [`accounting`] | RADIUS accounting packets, answered once they are durable |
//! | [`resolver`] | other systems, asked by HTTP about one address and time |
//!
//! What they write is read by the crate `leases`; what it means is decided by the desk.
pub mod accounting;
mod accounting_batch;
pub mod follow;
pub mod resolver;
mod resolver_call;
mod tail;

use crate::{config::lease::Origin, desk::Desk, worker::Workers};
use domain::lease::{LeaseSourceKind, SourceSetUp};

/// Starts everything that the settings name.
pub(crate) fn start(workers: &Workers, desk: &Desk) {
    let holder = format!("leases-{}", uuid::Uuid::now_v7().simple());
    for origin in desk.config().lease_origins() {
        workers.spawn(follow::run(desk.clone(), origin, holder.clone(), workers.stopping()));
    }
    for resolver in desk.resolvers.iter() {
        workers.spawn(resolver::run(desk.clone(), resolver.clone(), holder.clone(), workers.stopping()));
    }
    if desk.config().radius_listen().is_some() {
        workers.spawn(accounting::listen(desk.clone(), workers.stopping()));
    }
}

/// What a followed file is, for the board of lease sources.
fn set_up(origin: &Origin) -> SourceSetUp {
    use leases::Format as F;
    let kind = match origin.format {
        F::Kea | F::Kea6 | F::Isc | F::Isc6 => LeaseSourceKind::Dhcp,
        F::RadiusDetail => LeaseSourceKind::Radius,
        F::Cgnat | F::Conntrack => LeaseSourceKind::Cgnat,
        F::Csv | F::Ndjson => LeaseSourceKind::Import,
    };
    SourceSetUp { kind, skew: origin.skew, silent_after: origin.silent_after }
}
