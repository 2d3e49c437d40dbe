//! From bytes at the door to events on cases: reports, attribution, imports, and the HTTP interface, on both engines.
mod again;
mod api;
mod asking;
mod copies;
mod corpus;
mod feedback;
mod feeds;
mod histories;
mod imports;
mod late;
mod pages;
mod passing;
mod pipeline;
mod reporters;
mod triage;
mod webhooks;
mod world;
