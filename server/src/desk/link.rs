//! The customer's secret address: made fresh for each mail, kept as a hash, withdrawn by staff.
use super::{Desk, DeskError};
use crate::secret;
use domain::{
    act::Act,
    actor::{Actor, Permission},
    case::Case,
    id::LinkId,
    ledger::NewEntry,
    limit::LINK_LIFE,
    link::Link,
    refusal::Refusal,
};
use store::Tx;

/// Characters of a secret: 32 bytes in base64url.
const SECRET_CHARS: usize = 43;

/// A link just made: the only moment its address is known.
pub(crate) struct NewLink {
    /// The whole address.
    pub(crate) url: String,
    /// What the ledger says about it; without the secret.
    pub(crate) entry: NewEntry,
}

impl Desk {
    /// Makes a link to the customer's page of the case within the caller's transaction.
    pub(crate) async fn make_link(&self, tx: &mut Tx, actor: &Actor, case: &Case) -> Result<NewLink, DeskError> {
        let secret = secret::fresh()?;
        let now = tx.now();
        let link = Link {
            id: LinkId::new(),
            case: case.id,
            customer: case.customer,
            created_at: now,
            expires_at: now + LINK_LIFE,
            revoked_at: None,
        };
        tx.link_add(&link, &secret::hash(&secret)).await?;
        let entry = NewEntry::new(actor, Act::LinkMade, "link", link.id)
            .case(case.id)
            .fact("expires_at", link.expires_at.to_rfc3339());
        Ok(NewLink { url: format!("{}{}", self.link_base(), secret), entry })
    }

    /// Where customers' links begin.
    fn link_base(&self) -> String {
        format!("{}/c/", self.public_url())
    }

    /// The secret within a text that holds a link.
    pub fn secret_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        secret_after(text, &self.link_base())
    }

    /// The secret within a letter that holds the link to a reporter's form.
    pub fn form_secret_in<'t>(&self, text: &'t str) -> Option<&'t str> {
        secret_after(text, &self.form_base())
    }

    /// The text with the secret of a reporter's form struck out.
    pub(crate) fn without_form_secret(&self, text: &str) -> String {
        match secret_after(text, &self.form_base()) {
            Some(secret) => text.replace(secret, "…"),
            None => text.to_owned(),
        }
    }

    /// The text with the secret of its link struck out.
    pub(crate) fn without_secret(&self, text: &str) -> String {
        match self.secret_in(text) {
            Some(secret) => text.replace(secret, "…"),
            None => text.to_owned(),
        }
    }

    /// Withdraws every living link of a case: the customer's pages lead nowhere from now on.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or reason, an unknown case, or when none lives.
    pub async fn revoke_links(&self, actor: &Actor, number: &str, why: &str) -> Result<i64, DeskError> {
        self.require(actor, Permission::WorkCases)?;
        domain::case_text("reason", why)?;
        let mut tx = self.store.write().await?;
        let case = tx.case_by_number(number).await?.ok_or(Refusal::NotFound)?;
        let now = tx.now();
        let count = tx.link_revoke_of_case(case.id, now).await?;
        if count == 0 {
            return Err(Refusal::invalid("link", "no link of this case is alive").into());
        }
        let entry =
            NewEntry::new(actor, Act::LinkRevoked, "case", case.id).case(case.id).fact("links", count).why(why.trim());
        tx.commit(entry).await?;
        Ok(count)
    }
}

fn secret_after<'t>(text: &'t str, base: &str) -> Option<&'t str> {
    let start = text.find(base)? + base.len();
    let secret = text.get(start..start + SECRET_CHARS)?;
    secret.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')).then_some(secret)
}
