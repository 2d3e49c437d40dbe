//! From bytes at the door to events on cases: reports, attribution, imports, and the HTTP interface, on both engines.
mod api;
mod feeds;
mod feedback;
mod imports;
mod pages;
mod pipeline;
mod reporters;
mod triage;
mod world;
