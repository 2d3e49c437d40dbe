//! What a connection can do, noun by noun: each line is forwarded to the same function of the engine at hand.
mod again;
mod case;
mod channel;
mod contradiction;
mod correction;
mod counts;
mod customer;
mod event;
mod feed;
mod job;
mod lease;
mod ledger;
mod letter;
mod look_up;
mod metrics;
mod notice;
mod quarantine;
mod release;
mod report;
mod reporter;
mod resolver;
mod session;
mod terms;
mod user;

/// `fn name(args) -> T = module::function;` becomes a method of [`crate::Conn`] that calls
/// `repo::module::function(conn, args)` of the engine.
macro_rules! forward {
    ($($(#[$doc:meta])* fn $name:ident($($arg:ident: $ty:ty),* $(,)?) -> $out:ty = $module:ident::$function:ident;)+) => {
        impl crate::Conn {$(
            $(#[$doc])*
            ///
            /// # Errors
            /// [`crate::StoreError`]; inside a transaction nothing of it is kept then.
            pub async fn $name(&mut self, $($arg: $ty),*) -> crate::Result<$out> {
                match self.raw() {
                    crate::conn::Raw::Sqlite(conn) => crate::sqlite::repo::$module::$function(conn, $($arg),*).await,
                    crate::conn::Raw::Postgres(conn) => crate::postgres::repo::$module::$function(conn, $($arg),*).await,
                }
            }
        )+}
    };
}
pub(crate) use forward;
