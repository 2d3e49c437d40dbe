//! Every test of the whole server, in one binary: linking it many times would cost more than the tests do.
mod accounts;
mod cases;
mod demo;
mod feeds;
mod look_ups;
mod neighbours;
mod peers;
mod roles;
mod support;
mod tidy;
