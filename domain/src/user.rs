//! Staff accounts and API tokens.
use crate::{
    actor::{Actor, Role},
    id::{TokenId, UserId},
    words::words,
};
use chrono::{DateTime, Utc};

/// A member of staff.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Identifier.
    pub id: UserId,
    /// Sign-in name: an e-mail address, lower case, unique.
    pub email: String,
    /// Name shown to colleagues.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Since when the account is closed.
    pub disabled_at: Option<DateTime<Utc>>,
    /// When the account was made.
    pub created_at: DateTime<Utc>,
    /// Last sign-in.
    pub signed_in_at: Option<DateTime<Utc>>,
}

impl User {
    /// This person as the actor of a command.
    pub fn actor(&self) -> Actor {
        Actor::User { id: self.id, name: self.name.clone(), role: self.role }
    }
}

words! {
    /// What a key of the HTTP interface may be used for.
    TokenScope {
        /// Everything that machines may do.
        All = "all",
        /// Only to hand in reports and to see what became of them.
        Reports = "reports",
        /// Only to say who held which address.
        Leases = "leases",
    }
}

impl TokenScope {
    /// In words, for people.
    pub const fn title(self) -> &'static str {
        match self {
            Self::All => "Everything machines may do",
            Self::Reports => "Reports only",
            Self::Leases => "Leases only",
        }
    }
}

/// A key of the HTTP interface (its secret is stored hashed only).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Token {
    /// Identifier.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// Made.
    pub created_at: DateTime<Utc>,
    /// Withdrawn.
    pub revoked_at: Option<DateTime<Utc>>,
    /// What it may be used for.
    pub scope: TokenScope,
}
