//! Secrets: random words for links, tokens and passwords, kept only as hashes.
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};

/// A new secret of 32 random bytes, base64url without padding (43 characters).
///
/// # Errors
/// When the operating system gives no randomness.
pub fn fresh() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 32];
    getrandom::fill(&mut bytes)?;
    Ok(URL_SAFE_NO_PAD.encode(bytes))
}

/// 64 random bits as 16 lower-case hex digits: for what must survive mail relays that change letters.
///
/// # Errors
/// When the operating system gives no randomness.
pub fn tag() -> Result<String, getrandom::Error> {
    let mut bytes = [0_u8; 8];
    getrandom::fill(&mut bytes)?;
    Ok(hex::encode(bytes))
}

/// SHA-256 of a secret: what the store keeps. Enough for secrets of 256 random bits; passwords get argon2id.
pub fn hash(secret: &str) -> Vec<u8> {
    Sha256::digest(secret.as_bytes()).to_vec()
}
