//! Quarantines end to end below the browser: the desk, its workers, and a back end that can be slow, wrong, down and lying.
mod backend;
mod causes;
mod correct;
mod network;
mod portal;
mod races;
mod world;
