//! The channels against real peers on loopback: Dovecot, Python's LMTP client, rbldnsd, and an HTTP server that lies.
mod authority;
mod dnsbl;
mod feed;
mod house;
mod imap;
mod kill;
mod kill_reread;
mod leases;
mod lmtp;
mod peers;
mod radius;
mod resolver;
mod world;
