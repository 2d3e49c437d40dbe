//! One thing that happened, its canonical bytes and its hashes.
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

/// A SHA-256 digest.
pub type Hash = [u8; 32];

/// Random bytes that keep a short body from being guessed from its hash; erased together with it.
pub type Salt = [u8; 16];

/// First byte of the leaf data; a new encoding gets a new number, old rows keep theirs.
pub const LEAF_VERSION: u8 = 1;

/// What is written: who did what to which noun, and the details.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Place in the ledger, from 0, without gaps.
    pub seq: i64,
    /// Microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who did it, e.g. `user:anna`, `playbook:3`, `customer`.
    pub actor: String,
    /// What was done, e.g. `case.close`.
    pub action: String,
    /// The kind of thing it was done to, e.g. `case`.
    pub noun: String,
    /// Which one of that kind.
    pub noun_id: String,
    /// The case it belongs to, if any.
    pub case_id: Option<String>,
    /// Canonical JSON with old and new values and the reason: personal data, may be erased later.
    pub body: String,
    /// See [`Salt`].
    pub salt: Salt,
}

/// An entry as it is stored: with its hashes, and with body and salt gone once they were erased.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// Place in the ledger, from 0, without gaps.
    pub seq: i64,
    /// Microseconds since 1970-01-01 UTC.
    pub at: i64,
    /// Who did it.
    pub actor: String,
    /// What was done.
    pub action: String,
    /// The kind of thing it was done to.
    pub noun: String,
    /// Which one of that kind.
    pub noun_id: String,
    /// The case it belongs to, if any.
    pub case_id: Option<String>,
    /// The details, or `None` once erased.
    pub body: Option<String>,
    /// The salt, or `None` once erased.
    pub salt: Option<Salt>,
    /// SHA-256(salt || body); stays when both are erased.
    #[serde(with = "hex::serde")]
    pub content_hash: Hash,
    /// SHA-256(0x00 || leaf data), RFC 6962 §2.1.
    #[serde(with = "hex::serde")]
    pub leaf_hash: Hash,
}

impl Entry {
    /// The row to store: this entry with both hashes.
    pub fn into_row(self) -> Row {
        let mut row = Row {
            content_hash: content_hash(&self.salt, &self.body),
            leaf_hash: [0; 32],
            seq: self.seq,
            at: self.at,
            actor: self.actor,
            action: self.action,
            noun: self.noun,
            noun_id: self.noun_id,
            case_id: self.case_id,
            body: Some(self.body),
            salt: Some(self.salt),
        };
        row.leaf_hash = row.computed_leaf_hash();
        row
    }
}

impl Row {
    /// The canonical bytes that the leaf hash is taken of.
    ///
    /// `version u8, seq i64, at i64, actor, action, noun, noun_id, case_id, content_hash`, integers big-endian, a text as
    /// its length in bytes (u32) and its UTF-8, an absent text as the length 0xFFFF_FFFF: no two rows share one encoding.
    pub fn leaf_data(&self) -> Vec<u8> {
        let mut data = Vec::with_capacity(192);
        self.write_leaf_data(&mut data);
        data
    }

    /// The leaf hash as it follows from the other columns; equal to `leaf_hash` unless somebody changed the row.
    pub fn computed_leaf_hash(&self) -> Hash {
        leaf_hash(&self.leaf_data())
    }

    pub(crate) fn write_leaf_data(&self, out: &mut Vec<u8>) {
        out.clear();
        out.push(LEAF_VERSION);
        out.extend_from_slice(&self.seq.to_be_bytes());
        out.extend_from_slice(&self.at.to_be_bytes());
        for text in [&self.actor, &self.action, &self.noun, &self.noun_id] {
            write_text(out, Some(text));
        }
        write_text(out, self.case_id.as_deref());
        out.extend_from_slice(&self.content_hash);
    }
}

/// A text longer than 4 GiB cannot reach a database column; its length saturates instead of wrapping.
fn write_text(out: &mut Vec<u8>, text: Option<&str>) {
    let length = text.map_or(u32::MAX, |t| u32::try_from(t.len()).unwrap_or(u32::MAX - 1));
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(text.unwrap_or_default().as_bytes());
}

/// SHA-256(salt || body). The salt has a fixed length, so the border is never in doubt.
pub fn content_hash(salt: &Salt, body: &str) -> Hash {
    Sha256::new().chain_update(salt).chain_update(body.as_bytes()).finalize().into()
}

/// SHA-256(0x00 || data), RFC 6962 §2.1.
pub(crate) fn leaf_hash(data: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(data).finalize().into()
}

/// A new random salt from the operating system.
///
/// # Errors
/// When the operating system has no random source; the caller must not write the entry then.
pub fn fresh_salt() -> Result<Salt, getrandom::Error> {
    let mut salt = [0; 16];
    getrandom::fill(&mut salt)?;
    Ok(salt)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entry() -> Entry {
        Entry {
            seq: 7,
            at: 1_795_000_000_000_000,
            actor: "user:anna".into(),
            action: "case.close".into(),
            noun: "case".into(),
            noun_id: "L-2026-000123".into(),
            case_id: None,
            body: r#"{"outcome":"resolved"}"#.into(),
            salt: [9; 16],
        }
    }

    #[test]
    fn the_encoding_never_changes() {
        let data = entry().into_row().leaf_data();
        let expected = [
            "01",                                                               // version
            "0000000000000007",                                                 // seq
            "0006608b015f3000",                                                 // at
            "00000009757365723a616e6e61",                                       // actor
            "0000000a636173652e636c6f7365",                                     // action
            "0000000463617365",                                                 // noun
            "0000000d4c2d323032362d303030313233",                               // noun_id
            "ffffffff",                                                         // no case
            "0cd52b5025ea1a2e36ed9d76a128ce4643548e197d698e7e1da3f43ae6dd4d0f", // content hash
        ];
        assert_eq!(hex::encode(data), expected.concat());
    }

    #[test]
    fn moving_the_border_between_two_texts_changes_the_leaf() {
        let one = Entry { actor: "ab".into(), action: "c".into(), ..entry() }.into_row();
        let two = Entry { actor: "a".into(), action: "bc".into(), ..entry() }.into_row();
        assert_ne!(one.leaf_hash, two.leaf_hash);
        let none = Entry { case_id: None, ..entry() }.into_row();
        let empty = Entry { case_id: Some(String::new()), ..entry() }.into_row();
        assert_ne!(none.leaf_hash, empty.leaf_hash);
    }

    #[test]
    fn the_leaf_hash_stays_when_body_and_salt_are_erased() {
        let mut row = entry().into_row();
        (row.body, row.salt) = (None, None);
        assert_eq!(row.leaf_hash, row.computed_leaf_hash());
    }

    #[test]
    fn salts_differ() {
        assert_ne!(fresh_salt().unwrap(), fresh_salt().unwrap());
    }
}
