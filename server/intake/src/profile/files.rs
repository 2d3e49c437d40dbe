//! The files of a delivery that may be a feed's table: the file itself, those in an archive, those that a mail brings.
use crate::{Hint, archive, detect, limits, mail};
use std::sync::Arc;

/// One file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FeedFile {
    /// Its name, or empty.
    pub name: String,
    /// Its bytes, UTF-16 made UTF-8.
    pub bytes: Arc<Vec<u8>>,
}

/// What a delivery holds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Files {
    /// From of the mail, lower case.
    pub sender: Option<String>,
    /// Subject of the mail.
    pub subject: Option<String>,
    /// The files, most likely tables first: attachments before the mail's text.
    pub files: Vec<FeedFile>,
}

/// Takes a delivery apart as far as tables may be in it. What cannot be opened is left out.
#[must_use]
pub fn files(bytes: &[u8], hint: Hint<'_>) -> Files {
    let mut found = Files::default();
    let outer = bytes.trim_ascii_start();
    if outer.len() <= limits::INPUT_BYTES && detect::is_mail(outer, hint) && limits::hostile_mail(outer).is_none() {
        let opened = mail::open(outer, |message| {
            let mail = mail::Mail::new(message);
            found.sender = mail.from();
            found.subject = mail.subject();
            let (named, unnamed): (Vec<_>, Vec<_>) = mail.parts.iter().partition(|part| part.name.is_some());
            for part in named.into_iter().chain(unnamed).filter(|part| !part.bytes.is_empty()) {
                add(&mut found.files, part.name.unwrap_or_default(), part.bytes);
            }
        });
        if opened.is_some() {
            return found;
        }
    }
    add(&mut found.files, hint.file_name.unwrap_or_default(), bytes);
    found
}

fn add(files: &mut Vec<FeedFile>, name: &str, bytes: &[u8]) {
    if archive::is_zip(bytes) {
        let inner = archive::entries(bytes).unwrap_or_default();
        files.extend(inner.into_iter().map(|(name, bytes)| FeedFile { name, bytes: Arc::new(bytes) }));
    } else {
        let bytes = detect::decode_utf16(bytes).into_owned();
        files.push(FeedFile { name: name.to_owned(), bytes: Arc::new(bytes) });
    }
}
