//! Rules of deterministic CGNAT, and the end of old leases.
use super::{Desk, DeskError, lease_settle::told};
use chrono::{DateTime, Utc};
use domain::{
    act::Act,
    actor::{Actor, Permission},
    id::CgnatRuleId,
    lease::CgnatRule,
    ledger::NewEntry,
    refusal::Refusal,
    saying::SourceName,
};
use store::News;

impl Desk {
    /// The rules by which CGNATs give ports to inside addresses (RFC 7422), by outside address.
    ///
    /// # Errors
    /// [`Refusal::NotAllowed`]; any store error.
    pub async fn cgnat_rules(&self, actor: &Actor) -> Result<Vec<CgnatRule>, DeskError> {
        self.require(actor, Permission::ReadDesk)?;
        Ok(self.store.read().await?.cgnat_rules().await?)
    }

    /// A new rule.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] naming the field; any store error.
    pub async fn cgnat_rule_add(&self, actor: &Actor, rule: &CgnatRule) -> Result<(), DeskError> {
        self.require(actor, Permission::Administer)?;
        if rule.ports == 0 {
            return Err(Refusal::invalid("ports", "must be at least 1").into());
        }
        if rule.to.is_some_and(|to| to <= rule.from) {
            return Err(Refusal::invalid("to", "must be later than from").into());
        }
        let mut tx = self.store.write().await?;
        tx.cgnat_rule_add(rule).await?;
        let again = told(&mut tx, &[News { net: rule.outside, from: rule.from, to: rule.to }]).await?;
        let entry = NewEntry::new(actor, Act::CgnatRuleAdded, "cgnat_rule", rule.id);
        tx.commit(entry.fact("outside", rule.outside.to_string()).fact("inside", rule.inside.to_string())).await?;
        if again {
            self.wake.asks.notify_one();
        }
        Ok(())
    }

    /// A rule does not hold any more from now on.
    ///
    /// # Errors
    /// [`Refusal::Stale`] when there is no such rule; any store error.
    pub async fn cgnat_rule_end(&self, actor: &Actor, id: CgnatRuleId) -> Result<(), DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.cgnat_rule_end(id, now).await?;
        tx.commit(NewEntry::new(actor, Act::CgnatRuleEnded, "cgnat_rule", id)).await?;
        Ok(())
    }

    /// Erases a source's leases that ended before; answers that were given keep their rows. How many there were.
    ///
    /// # Errors
    /// [`Refusal::NotFound`] without such a source; any store error.
    pub async fn leases_erase(
        &self,
        actor: &Actor,
        source: &SourceName,
        before: DateTime<Utc>,
    ) -> Result<u64, DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut tx = self.store.write().await?;
        let known = tx.lease_sources().await?.into_iter().find(|known| known.name == source.as_str());
        let known = known.ok_or(Refusal::NotFound)?;
        let gone = tx.lease_erase(known.id, before).await?;
        tx.lease_source_erased(known.id, before).await?;
        let entry = NewEntry::new(actor, Act::LeasesErased, "lease_source", source.as_str());
        tx.commit(entry.fact("leases", gone).fact("before", before.to_rfc3339())).await?;
        Ok(gone)
    }
}
