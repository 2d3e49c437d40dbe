//! Who acts, and THE permission table: what each role may do. Enforced at the desk, not by hiding buttons.
use crate::id::{CaseId, CustomerId, TokenId, UserId};
use crate::words::words;
use serde::{Deserialize, Serialize};

words! {
    /// What a member of staff is.
    Role {
        /// Works on evidence and cases all day.
        Analyst = "analyst",
        /// Also approves hard actions, decides disputes, reads the figures.
        Supervisor = "supervisor",
        /// Also manages users, ranges, back ends.
        Administrator = "administrator",
        /// Reads everything, changes nothing.
        Auditor = "auditor",
    }
}

words! {
    /// A right at the desk.
    Permission {
        /// See evidence, customers, cases, mail, quarantines.
        ReadDesk = "read_desk",
        /// Ask whose an address was, and what a customer held; each time with a reason.
        LookUp = "look_up",
        /// Open and work on cases, write notices, take in reports by hand.
        WorkCases = "work_cases",
        /// Order a quarantine and release one.
        OrderQuarantine = "order_quarantine",
        /// Approve or refuse a quarantine of a protected service; decide disputes.
        Approve = "approve",
        /// Read the figures.
        ReadFigures = "read_figures",
        /// Read the ledger.
        ReadLedger = "read_ledger",
        /// Say what the columns of a feed mean.
        ManageFeeds = "manage_feeds",
        /// Decide what reporters are worth and what they are told.
        SetPolicy = "set_policy",
        /// Manage users, API tokens, address ranges, terms, customer and lease imports.
        Administer = "administer",
    }
}

/// The permission table.
pub const fn may(role: Role, permission: Permission) -> bool {
    use Permission as P;
    match role {
        Role::Analyst => {
            matches!(permission, P::ReadDesk | P::LookUp | P::WorkCases | P::OrderQuarantine | P::ReadFigures)
        }
        Role::Supervisor => !matches!(permission, P::Administer),
        Role::Administrator => true,
        Role::Auditor => matches!(permission, P::ReadDesk | P::ReadFigures | P::ReadLedger),
    }
}

/// Who did something: stands in every ledger entry.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A member of staff.
    User {
        /// Whose account.
        id: UserId,
        /// The name at that time.
        name: String,
        /// The role at that time.
        role: Role,
    },
    /// The customer, through the link of one case.
    Customer {
        /// Whose link.
        id: CustomerId,
        /// The case the link is for.
        case: CaseId,
    },
    /// A machine that holds an API token.
    Machine {
        /// Which token.
        id: TokenId,
        /// Its name.
        name: String,
    },
    /// Lazaret itself: a worker, a timer, a policy, the command line.
    System {
        /// Which part, for example `policy 1`, `mailer`, `enforcer`, `cli`.
        part: String,
    },
}

impl Actor {
    /// Lazaret's own part named `part`.
    pub fn system(part: &str) -> Self {
        Self::System { part: part.to_owned() }
    }

    /// Whether this actor holds `permission`. Customers hold none of the staff's rights; machines may hand in reports and
    /// leases (checked at the API); the system acts under rules of its own.
    pub const fn may(&self, permission: Permission) -> bool {
        match self {
            Self::User { role, .. } => may(*role, permission),
            Self::System { .. } => true,
            Self::Machine { .. } => matches!(permission, Permission::WorkCases | Permission::ReadDesk),
            Self::Customer { .. } => false,
        }
    }

    /// The account of the member of staff, if one acts.
    pub const fn user(&self) -> Option<UserId> {
        match self {
            Self::User { id, .. } => Some(*id),
            _ => None,
        }
    }

    /// `user:<id>:<name>` and the like: the text stored in the ledger's actor column.
    pub fn ledger_text(&self) -> String {
        match self {
            Self::User { id, name, .. } => format!("user:{id}:{name}"),
            Self::Customer { id, .. } => format!("customer:{id}"),
            Self::Machine { id, name } => format!("machine:{id}:{name}"),
            Self::System { part } => format!("system:{part}"),
        }
    }

    /// The account in an actor text of the ledger, if a member of staff acted.
    pub fn user_of(ledger_text: &str) -> Option<UserId> {
        ledger_text.strip_prefix("user:")?.split(':').next()?.parse().ok()
    }

    /// The words a timeline shows for an actor text of the ledger.
    pub fn label(ledger_text: &str) -> &str {
        match ledger_text.split_once(':') {
            Some(("user" | "machine", rest)) => rest.split_once(':').map_or(rest, |(_, name)| name),
            Some(("customer", _)) => "Customer",
            Some(("system", part)) => part,
            _ => ledger_text,
        }
    }
}
