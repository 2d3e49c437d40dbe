//! Lazaret, the abuse desk: everything that touches the world.
//!
//! * [`desk`]: what the desk can do, noun by noun; each act is one transaction with its ledger entry and its jobs;
//! * [`enforcement`]: quarantine back ends;
//! * [`http`]: forms and pages, the API, the customer's page: each handler makes one call to the desk;
//! * [`worker`]: what the desk owes the world (mail, quarantines, timers); only workers touch it;
//! * [`channel`]: mailboxes, feeds, block lists and mail handed over, from which reports come in by themselves;
//! * [`lease_source`]: DHCP, RADIUS and NAT, which tell who had which address;
//! * [`cli`]: the commands; [`config`]: every setting with its meaning; [`ledger_key`]: what signs the record;
//! * [`demo`]: a provider that does not exist, for trying it all out.
pub mod channel;
pub mod cli;
pub mod config;
pub mod demo;
pub mod desk;
pub mod enforcement;
pub mod http;
pub mod lease_source;
pub mod ledger_key;
mod outside;
pub mod secret;
pub mod serve;
mod sessions;
pub mod worker;

/// For the bundled engine too, which is written in C: rows are made on one thread and freed on another.
#[global_allocator]
static MEMORY: mimalloc::MiMalloc = mimalloc::MiMalloc;
