//! What runs in the browser: keys, ticks, and a queue that says when something is new. Every page works without them.
//!
//! Islands are flat: strings as props, no nesting, no server calls but one plain address that answers JSON.

pub mod bulk;
pub mod live;
pub mod shortcuts;

pub use bulk::BulkCount;
pub use live::LiveQueue;
pub use shortcuts::Shortcuts;

#[cfg(feature = "hydrate")]
mod dom;
