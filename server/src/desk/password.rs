//! Passwords: argon2id, hashed off the async threads and never more than two at a time.
use super::DeskError;
use argon2::{
    Algorithm, Argon2, Params, Version,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use domain::{
    limit::{PASSWORD_BYTES_MAX, PASSWORD_CHARS_MIN},
    refusal::Refusal,
};
use std::sync::Arc;
use tokio::sync::Semaphore;

/// Hashes and verifies.
#[derive(Clone)]
pub struct Hasher {
    params: Params,
    permits: Arc<Semaphore>,
}

impl Default for Hasher {
    /// 19 MiB, two passes, one lane: the OWASP recommendation for argon2id.
    fn default() -> Self {
        Self { params: Params::DEFAULT, permits: Arc::new(Semaphore::new(2)) }
    }
}

impl Hasher {
    /// As cheap as argon2 can be: for tests and throw-away demo accounts only.
    pub fn cheap() -> Self {
        let params = Params::new(Params::MIN_M_COST, 1, 1, None).unwrap_or(Params::DEFAULT);
        Self { params, ..Self::default() }
    }

    /// The hash of a new password in PHC form.
    ///
    /// # Errors
    /// [`Refusal::Invalid`] for a too short or too long password.
    pub async fn hash(&self, password: &str) -> Result<String, DeskError> {
        if password.chars().count() < PASSWORD_CHARS_MIN {
            let problem = format!("at least {PASSWORD_CHARS_MIN} characters");
            return Err(Refusal::invalid("password", problem).into());
        }
        if password.len() > PASSWORD_BYTES_MAX {
            return Err(Refusal::invalid("password", format!("at most {PASSWORD_BYTES_MAX} bytes")).into());
        }
        let password = password.to_owned();
        self.run(move |argon| {
            let hash = argon.hash_password(password.as_bytes());
            hash.map(|hash| hash.to_string()).map_err(|error| DeskError::Broken(format!("argon2: {error}")))
        })
        .await?
    }

    /// Whether the password fits the hash. `None` (no such account) takes as long and is false.
    ///
    /// # Errors
    /// [`DeskError::Broken`] when hashing itself fails.
    pub async fn verify(&self, password: &str, hash: Option<String>) -> Result<bool, DeskError> {
        if password.len() > PASSWORD_BYTES_MAX {
            return Ok(false);
        }
        let password = password.to_owned();
        self.run(move |argon| match hash {
            Some(hash) => {
                PasswordHash::new(&hash).is_ok_and(|parsed| argon.verify_password(password.as_bytes(), &parsed).is_ok())
            }
            None => {
                let _same_time = argon.hash_password(password.as_bytes());
                false
            }
        })
        .await
    }

    async fn run<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Argon2<'_>) -> T + Send + 'static,
    ) -> Result<T, DeskError> {
        let broken = |what: String| DeskError::Broken(format!("password hashing: {what}"));
        let permit = self.permits.clone().acquire_owned().await.map_err(|error| broken(error.to_string()))?;
        let params = self.params.clone();
        let done = tokio::task::spawn_blocking(move || {
            let result = work(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params));
            drop(permit);
            result
        });
        done.await.map_err(|error| broken(error.to_string()))
    }
}
