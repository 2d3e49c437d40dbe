//! What an administrator looks after beside accounts and tokens: roles, own address ranges, how far the desk is set up.
use super::{Desk, DeskError};
use domain::{
    act::Act,
    actor::{Actor, Permission, Role},
    id::{RangeId, UserId},
    lease::OwnRange,
    ledger::NewEntry,
    refusal::Refusal,
    user::{Token, User},
};
use ipnet::IpNet;
use store::StoreError;

/// How much of what a desk needs is there.
#[derive(Debug, Clone, Copy, Default)]
pub struct Inventory {
    /// Open accounts.
    pub users: i64,
    /// Versions of the terms.
    pub terms: i64,
    /// Customers.
    pub customers: i64,
    /// Leases.
    pub leases: i64,
    /// Own address ranges.
    pub ranges: i64,
    /// Valid API tokens.
    pub tokens: i64,
}

impl Desk {
    /// All accounts by name.
    ///
    /// # Errors
    /// [`Refusal`] without the right to administer.
    pub async fn users(&self, actor: &Actor) -> Result<Vec<User>, DeskError> {
        self.require(actor, Permission::Administer)?;
        Ok(self.store.read().await?.user_list().await?)
    }

    /// Changes name and role; the last administrator stays one.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, an unknown or closed account, a bad name, or the last administrator.
    pub async fn change_user(&self, actor: &Actor, id: UserId, name: &str, role: Role) -> Result<User, DeskError> {
        self.require(actor, Permission::Administer)?;
        let name = name.trim();
        if name.is_empty() || name.contains(':') || name.chars().any(char::is_control) {
            return Err(Refusal::invalid("name", "must not be empty nor hold a colon").into());
        }
        let mut tx = self.store.write().await?;
        let open: Vec<User> = tx.user_list().await?.into_iter().filter(|user| user.disabled_at.is_none()).collect();
        let user = open.iter().find(|user| user.id == id).cloned().ok_or(Refusal::NotFound)?;
        let administrators = open.iter().filter(|user| user.role == Role::Administrator).count();
        if user.role == Role::Administrator && role != Role::Administrator && administrators < 2 {
            return Err(Refusal::invalid("role", "is the last administrator; make another one first").into());
        }
        tx.user_set_role(id, role, name).await?;
        let old = format!("{}, {}", user.name, user.role);
        let entry = NewEntry::new(actor, Act::UserChanged, "user", id).change(old, format!("{name}, {role}"));
        tx.commit(entry.fact("email", user.email.as_str())).await?;
        Ok(User { name: name.to_owned(), role, ..user })
    }

    /// Opens a closed account again.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or an unknown account.
    pub async fn reopen_user(&self, actor: &Actor, id: UserId) -> Result<User, DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut tx = self.store.write().await?;
        let user = tx.user_by_id(id).await?.ok_or(Refusal::NotFound)?;
        tx.user_set_disabled(id, None).await?;
        let entry = NewEntry::new(actor, Act::UserChanged, "user", id).change("closed", "open");
        tx.commit(entry.fact("email", user.email.as_str())).await?;
        Ok(User { disabled_at: None, ..user })
    }

    /// All API tokens, oldest first.
    ///
    /// # Errors
    /// [`Refusal`] without the right to administer.
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<Token>, DeskError> {
        self.require(actor, Permission::Administer)?;
        Ok(self.store.read().await?.token_list().await?)
    }

    /// The provider's own address ranges.
    ///
    /// # Errors
    /// [`Refusal`] without the right to administer.
    pub async fn ranges(&self, actor: &Actor) -> Result<Vec<OwnRange>, DeskError> {
        self.require(actor, Permission::Administer)?;
        Ok(self.store.read().await?.range_list().await?)
    }

    /// Adds an own range: a prefix in CIDR form or a single address.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a bad prefix, one that is there already or lies within another.
    pub async fn add_range(&self, actor: &Actor, net: &str, label: &str) -> Result<OwnRange, DeskError> {
        self.require(actor, Permission::Administer)?;
        let net = prefix(net)?;
        let label = label.trim();
        if label.is_empty() || label.chars().count() > 120 {
            return Err(Refusal::invalid("label", "say in a few words what it is used for").into());
        }
        let mut tx = self.store.write().await?;
        if let Some(known) = tx.range_list().await?.iter().find(|known| known.net.contains(&net)) {
            return Err(Refusal::invalid("net", format!("lies within {} ({}) already", known.net, known.label)).into());
        }
        let range = OwnRange { id: RangeId::new(), net, label: label.to_owned() };
        match tx.range_add(&range).await {
            Err(StoreError::Conflict(_)) => return Err(Refusal::invalid("net", "is there already").into()),
            other => other?,
        }
        let entry = NewEntry::new(actor, Act::RangeAdded, "range", range.id).fact("net", net.to_string());
        tx.commit(entry.fact("label", label)).await?;
        Ok(range)
    }

    /// Removes an own range.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or a range that is gone already.
    pub async fn remove_range(&self, actor: &Actor, id: RangeId) -> Result<OwnRange, DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut tx = self.store.write().await?;
        let ranges = tx.range_list().await?;
        let range = ranges.into_iter().find(|range| range.id == id).ok_or(Refusal::NotFound)?;
        tx.range_remove(id).await?;
        let entry = NewEntry::new(actor, Act::RangeRemoved, "range", id).fact("net", range.net.to_string());
        tx.commit(entry.fact("label", range.label.as_str())).await?;
        Ok(range)
    }

    /// How much of what a desk needs is there.
    ///
    /// # Errors
    /// [`Refusal`] without the right to administer.
    pub async fn inventory(&self, actor: &Actor) -> Result<Inventory, DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut conn = self.store.read().await?;
        let count = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        let users = conn.user_list().await?.iter().filter(|user| user.disabled_at.is_none()).count();
        let tokens = conn.token_list().await?.iter().filter(|token| token.revoked_at.is_none()).count();
        Ok(Inventory {
            users: count(users),
            terms: count(conn.terms_list().await?.len()),
            customers: conn.customer_count().await?,
            leases: conn.lease_count().await?,
            ranges: count(conn.range_list().await?.len()),
            tokens: count(tokens),
        })
    }
}

/// A prefix as typed: CIDR, or one address; bits behind the mask must be zero, so that a typing error shows.
fn prefix(text: &str) -> Result<IpNet, Refusal> {
    let text = text.trim();
    let net: IpNet = match text.parse::<IpNet>() {
        Ok(net) => net,
        Err(_) => text.parse::<std::net::IpAddr>().map(IpNet::from).map_err(|_| {
            Refusal::invalid("net", format!("{text:?} is no prefix such as 198.51.100.0/24 or 2001:db8::/32"))
        })?,
    };
    if net.trunc() != net {
        return Err(Refusal::invalid("net", format!("has bits behind the mask: did you mean {}?", net.trunc())));
    }
    if net.prefix_len() == 0 {
        return Err(Refusal::invalid("net", "would be the whole internet"));
    }
    Ok(net)
}
