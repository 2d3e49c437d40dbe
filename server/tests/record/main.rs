//! The record, and the demo desk that fills it.
mod demo;
mod verify;
