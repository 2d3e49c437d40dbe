//! The key that signs heads of the record: made at the first start, readable by the desk's user only.
use anyhow::Context as _;
use ledger::{SignedHead, SigningKey};
use std::{
    fs::OpenOptions,
    io::{ErrorKind, Write as _},
    os::unix::fs::OpenOptionsExt as _,
    path::Path,
};

/// Reads the key, or makes one when the file is not there. Two replicas that start at once agree on one.
///
/// # Errors
/// When the file can neither be read nor made, or holds no key.
pub fn load_or_make(file: &Path) -> anyhow::Result<SigningKey> {
    let place = || format!("ledger.key_file: {}", file.display());
    if let Some(key) = load(file)? {
        return Ok(key);
    }
    let key = SigningKey::generate()?;
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(file) {
        Ok(mut made) => {
            made.write_all(key.to_pem()?.as_bytes()).with_context(place)?;
            made.sync_all().with_context(place)?;
            Ok(key)
        }
        Err(error) if error.kind() == ErrorKind::AlreadyExists => load(file)?.with_context(place),
        Err(error) => Err(error).with_context(place),
    }
}

/// Reads the key, if the file is there.
///
/// # Errors
/// When the file is there and cannot be read, or holds no key.
pub fn load(file: &Path) -> anyhow::Result<Option<SigningKey>> {
    let place = || format!("ledger.key_file: {}", file.display());
    match std::fs::read_to_string(file) {
        Ok(pem) => Ok(Some(SigningKey::from_pem(&pem).with_context(place)?)),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(place),
    }
}

/// Appends a head as one line to the file that leaves the house.
///
/// # Errors
/// When the file cannot be written.
pub fn send_out(file: &Path, head: &SignedHead) -> anyhow::Result<()> {
    let place = || format!("ledger.heads_file: {}", file.display());
    let mut out = OpenOptions::new().append(true).create(true).open(file).with_context(place)?;
    out.write_all(format!("{head}\n").as_bytes()).with_context(place)?;
    out.sync_data().with_context(place)
}

/// Heads written by [`send_out`], from anywhere.
///
/// # Errors
/// When the file cannot be read or a line is no head (named by its number).
pub fn heads_of(file: &Path) -> anyhow::Result<Vec<SignedHead>> {
    let text = std::fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let lines = text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty());
    lines.map(|(n, line)| line.parse().with_context(|| format!("{} line {}", file.display(), n + 1))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use ledger::Frontier;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn a_key_is_made_once_and_kept_from_others() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("key.pem");
        let key = load_or_make(&file).unwrap();
        assert_eq!(load_or_make(&file).unwrap().public(), key.public());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        std::fs::write(&file, "tea").unwrap();
        assert!(load_or_make(&file).is_err());
    }

    #[test]
    fn heads_leave_and_come_back() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("heads");
        let key = SigningKey::generate().unwrap();
        let mut tree = Frontier::new();
        for at in 1..3 {
            tree.append([7; 32]);
            send_out(&file, &SignedHead::sign(&tree, at, &key)).unwrap();
        }
        let heads = heads_of(&file).unwrap();
        assert_eq!(heads.iter().map(|head| head.size).collect::<Vec<_>>(), [1, 2]);
        std::fs::write(&file, "tea\n").unwrap();
        assert!(format!("{:#}", heads_of(&file).unwrap_err()).contains("line 1"));
    }
}
