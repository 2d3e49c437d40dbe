//! The keys that sign tree heads: Ed25519, kept as PKCS#8 and SPKI PEM files.
use ed25519_dalek::pkcs8::{
    DecodePrivateKey, DecodePublicKey, EncodePrivateKey, EncodePublicKey, spki::der::pem::LineEnding,
};
use ed25519_dalek::{Signature, Signer};
use sha2::{Digest, Sha256};

/// The desk's secret signing key. Its debug form shows the key id only.
pub struct SigningKey(ed25519_dalek::SigningKey);

/// The public half: what an auditor needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicKey(ed25519_dalek::VerifyingKey);

/// Why a key could not be made, read or written.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// The operating system gave no random bytes.
    #[error("no random source for a new ledger key: {0}")]
    Random(#[from] getrandom::Error),
    /// The PEM text is not an Ed25519 private key in PKCS#8.
    #[error("the ledger key is no Ed25519 private key in PKCS#8 PEM (\"BEGIN PRIVATE KEY\"): {0}")]
    Private(String),
    /// The PEM text is not an Ed25519 public key.
    #[error("this is no Ed25519 public key in PEM (\"BEGIN PUBLIC KEY\"): {0}")]
    Public(String),
}

impl SigningKey {
    /// A new random key.
    ///
    /// # Errors
    /// [`KeyError::Random`] when the operating system has no random source.
    pub fn generate() -> Result<Self, KeyError> {
        let mut secret = [0; 32];
        getrandom::fill(&mut secret)?;
        Ok(Self(ed25519_dalek::SigningKey::from_bytes(&secret)))
    }

    /// Reads a PKCS#8 PEM text, as written by [`SigningKey::to_pem`] or `openssl genpkey -algorithm ed25519`.
    ///
    /// # Errors
    /// [`KeyError::Private`] when it is anything else.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        ed25519_dalek::SigningKey::from_pkcs8_pem(pem).map(Self).map_err(|e| KeyError::Private(e.to_string()))
    }

    /// The PKCS#8 PEM text to keep in a file only the desk can read.
    ///
    /// # Errors
    /// [`KeyError::Private`]; does not happen for a key made by this type.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.0.to_pkcs8_pem(LineEnding::LF).map(|pem| pem.to_string()).map_err(|e| KeyError::Private(e.to_string()))
    }

    /// The public half.
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key())
    }

    pub(crate) fn sign(&self, message: &[u8]) -> [u8; 64] {
        self.0.sign(message).to_bytes()
    }
}

impl std::fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "SigningKey({})", self.public().id())
    }
}

impl PublicKey {
    /// Reads an SPKI PEM text.
    ///
    /// # Errors
    /// [`KeyError::Public`] when it is anything else than an Ed25519 public key.
    pub fn from_pem(pem: &str) -> Result<Self, KeyError> {
        ed25519_dalek::VerifyingKey::from_public_key_pem(pem).map(Self).map_err(|e| KeyError::Public(e.to_string()))
    }

    /// The SPKI PEM text to hand to auditors and to put into dispute packs.
    ///
    /// # Errors
    /// [`KeyError::Public`]; does not happen for a key read or made by this crate.
    pub fn to_pem(&self) -> Result<String, KeyError> {
        self.0.to_public_key_pem(LineEnding::LF).map_err(|e| KeyError::Public(e.to_string()))
    }

    /// Short name of the key: the first 8 bytes of SHA-256 of its 32 bytes, in hex.
    pub fn id(&self) -> String {
        hex::encode(&Sha256::digest(self.0.as_bytes())[..8])
    }

    /// Strict: refuses the malleable signatures and weak keys that plain Ed25519 lets pass.
    pub(crate) fn verifies(&self, message: &[u8], signature: &[u8; 64]) -> bool {
        self.0.verify_strict(message, &Signature::from_bytes(signature)).is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_back_from_pem() {
        let key = SigningKey::generate().unwrap();
        let pem = key.to_pem().unwrap();
        assert!(pem.starts_with("-----BEGIN PRIVATE KEY-----\n"));
        assert_eq!(SigningKey::from_pem(&pem).unwrap().public(), key.public());
        let public = key.public().to_pem().unwrap();
        assert_eq!(PublicKey::from_pem(&public).unwrap().id(), key.public().id());
    }

    #[test]
    fn a_key_of_openssl_is_read() {
        // RFC 8410 §10.3.
        let pem = "-----BEGIN PRIVATE KEY-----\nMC4CAQAwBQYDK2VwBCIEINTuctv5E1hK1bbY8fdp+K06/nwoy/HU++CXqI9EdVhC\n-----END PRIVATE KEY-----\n";
        let public = SigningKey::from_pem(pem).unwrap().public().to_pem().unwrap();
        assert!(public.contains("MCowBQYDK2VwAyEAGb9ECWmEzf6FQbrBZ9w7lshQhqowtrbLDFw4rXAxZuE="));
    }

    #[test]
    fn other_text_is_refused_and_secrets_are_not_shown() {
        assert!(SigningKey::from_pem("secret").is_err());
        assert!(PublicKey::from_pem("-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----\n").is_err());
        let key = SigningKey::generate().unwrap();
        assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.public().id()));
    }
}
