//! Cases and notices at the desk, on both engines, and the mailer against a real relay.
mod bounce;
mod desk;
mod feedback;
mod mailer;
mod passing;
mod world;
