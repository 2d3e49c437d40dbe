//! Signing in and out, accounts and API tokens.
use super::{Desk, DeskError};
use crate::secret;
use domain::{
    act::Act,
    actor::{Actor, Permission, Role},
    id::{TokenId, UserId},
    ledger::NewEntry,
    limit::{SIGN_IN_FAILURES_MAX, SIGN_IN_WAIT},
    refusal::Refusal,
    user::{Token, TokenScope, User},
};
use store::{Chore, StoreError};

/// What came of a sign-in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SignIn {
    /// Welcome.
    Welcome(User),
    /// Wrong address or password; never says which.
    Wrong,
    /// Too many failures: wait this many minutes.
    Wait(i64),
}

impl Desk {
    /// Checks a password. Failures are counted per account and per client address.
    ///
    /// # Errors
    /// Only when the store or the hashing fails.
    pub async fn sign_in(&self, email: &str, password: &str, client: &str) -> Result<SignIn, DeskError> {
        let email = email.trim().to_lowercase();
        let since = self.clock.now() - SIGN_IN_WAIT;
        let keys = [format!("account:{email}"), format!("address:{client}")];
        let mut conn = self.store.read().await?;
        for key in &keys {
            if conn.sign_in_failures(key, since).await? >= SIGN_IN_FAILURES_MAX {
                return Ok(SignIn::Wait(SIGN_IN_WAIT.num_minutes()));
            }
        }
        let user = conn.user_by_email(&email).await?.filter(|user| user.disabled_at.is_none());
        let hash = match &user {
            Some(user) => conn.user_password(user.id).await?,
            None => None,
        };
        drop(conn);
        let fits = self.passwords.verify(password, hash).await?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        let Some(user) = user.filter(|_| fits) else {
            for key in &keys {
                tx.sign_in_failed(key, now, since).await?;
            }
            let entry = NewEntry::new(&Actor::system("sign-in"), Act::SignInFailed, "user", &email);
            tx.commit(entry.fact("from", client)).await?;
            return Ok(SignIn::Wrong);
        };
        for key in &keys {
            tx.sign_in_forgive(key).await?;
        }
        tx.user_signed_in(user.id, now).await?;
        tx.commit(NewEntry::new(&user.actor(), Act::SignedIn, "user", user.id).fact("from", client)).await?;
        Ok(SignIn::Welcome(user))
    }

    /// Notes that somebody signed out.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn sign_out(&self, user: &User) -> Result<(), DeskError> {
        let tx = self.store.write().await?;
        tx.commit(NewEntry::new(&user.actor(), Act::SignedOut, "user", user.id)).await?;
        Ok(())
    }

    /// The account behind a session, unless it was closed.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn staff(&self, id: UserId) -> Result<Option<User>, DeskError> {
        let user = self.store.read().await?.user_by_id(id).await?;
        Ok(user.filter(|user| user.disabled_at.is_none()))
    }

    /// Makes an account.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, a bad or taken address, a bad password.
    pub async fn add_user(
        &self,
        actor: &Actor,
        email: &str,
        name: &str,
        role: Role,
        password: &str,
    ) -> Result<User, DeskError> {
        self.require(actor, Permission::Administer)?;
        let email = email.trim().to_lowercase();
        let name = name.trim();
        if !email.contains('@') || email.contains(char::is_whitespace) {
            return Err(Refusal::invalid("email", "is not a mail address").into());
        }
        if name.is_empty() || name.contains(':') || name.chars().any(char::is_control) {
            return Err(Refusal::invalid("name", "must not be empty nor hold a colon").into());
        }
        let hash = self.passwords.hash(password).await?;
        let mut tx = self.store.write().await?;
        let user = User {
            id: UserId::new(),
            email,
            name: name.to_owned(),
            role,
            disabled_at: None,
            created_at: tx.now(),
            signed_in_at: None,
        };
        match tx.user_add(&user, &hash).await {
            Err(StoreError::Conflict(_)) => {
                return Err(Refusal::invalid("email", format!("{} has an account already", user.email)).into());
            }
            other => other?,
        }
        let entry = NewEntry::new(actor, Act::UserAdded, "user", user.id);
        tx.commit(entry.fact("email", user.email.as_str()).fact("role", role.as_str())).await?;
        Ok(user)
    }

    /// Sets a new password and ends every session of the account.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, an unknown account or a bad password.
    pub async fn set_password(&self, actor: &Actor, id: UserId, password: &str) -> Result<(), DeskError> {
        if actor.user() != Some(id) {
            self.require(actor, Permission::Administer)?;
        }
        let hash = self.passwords.hash(password).await?;
        let mut tx = self.store.write().await?;
        tx.user_set_password(id, &hash).await?;
        tx.session_forget_of_user(id).await?;
        tx.commit(NewEntry::new(actor, Act::UserChanged, "user", id).fact("changed", "password")).await?;
        Ok(())
    }

    /// Closes an account and ends its sessions; the last administrator stays.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right, an unknown account, or the last administrator.
    pub async fn disable_user(&self, actor: &Actor, id: UserId) -> Result<(), DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut tx = self.store.write().await?;
        let open: Vec<User> = tx.user_list().await?.into_iter().filter(|user| user.disabled_at.is_none()).collect();
        let user = open.iter().find(|user| user.id == id).ok_or(Refusal::NotFound)?;
        let administrators = open.iter().filter(|user| user.role == Role::Administrator).count();
        if user.role == Role::Administrator && administrators < 2 {
            let problem = "is the last administrator; make another one first";
            return Err(Refusal::invalid("account", problem).into());
        }
        let now = tx.now();
        tx.user_set_disabled(id, Some(now)).await?;
        tx.session_forget_of_user(id).await?;
        tx.commit(NewEntry::new(actor, Act::UserDisabled, "user", id).fact("email", user.email.as_str())).await?;
        Ok(())
    }

    /// Makes an API token; the secret is returned once and kept only as a hash.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or name.
    pub async fn add_token(&self, actor: &Actor, name: &str) -> Result<(Token, String), DeskError> {
        self.add_token_for(actor, name, TokenScope::All).await
    }

    /// The same for one use only.
    ///
    /// # Errors
    /// As [`Desk::add_token`].
    pub async fn add_token_for(
        &self,
        actor: &Actor,
        name: &str,
        scope: TokenScope,
    ) -> Result<(Token, String), DeskError> {
        self.require(actor, Permission::Administer)?;
        let name = name.trim();
        if name.is_empty() || name.contains(':') {
            return Err(Refusal::invalid("name", "must not be empty nor hold a colon").into());
        }
        let secret = format!("lzt_{}", secret::fresh()?);
        let mut tx = self.store.write().await?;
        let token = Token { id: TokenId::new(), name: name.to_owned(), created_at: tx.now(), revoked_at: None, scope };
        tx.token_add(&token, &secret::hash(&secret)).await?;
        let entry = NewEntry::new(actor, Act::TokenAdded, "token", token.id).fact("name", name);
        tx.commit(entry.fact("scope", scope.as_str())).await?;
        Ok((token, secret))
    }

    /// Withdraws an API token.
    ///
    /// # Errors
    /// [`Refusal`] for a missing right or a token that is gone already.
    pub async fn revoke_token(&self, actor: &Actor, id: TokenId) -> Result<(), DeskError> {
        self.require(actor, Permission::Administer)?;
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.token_revoke(id, now).await?;
        tx.commit(NewEntry::new(actor, Act::TokenRevoked, "token", id)).await?;
        Ok(())
    }

    /// The machine behind an API token.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn machine(&self, secret: &str) -> Result<Option<Actor>, DeskError> {
        let token = self.store.read().await?.token_by_hash(&secret::hash(secret)).await?;
        Ok(token.map(|token| Actor::Machine { id: token.id, name: token.name }))
    }

    /// Forgets expired sessions.
    ///
    /// # Errors
    /// Only when the store fails.
    pub async fn forget_expired_sessions(&self) -> Result<(), DeskError> {
        let mut tx = self.store.write().await?;
        let now = tx.now();
        tx.session_forget_expired(now).await?;
        Ok(tx.commit_chore(Chore::Session).await?)
    }
}
