//! ZIP archives, read through a limit: what is packed small may be large.
use crate::{Context, Hint, Parsed, detect, limits};
use domain::event::{Disposition, Format};
use flate2::read::MultiGzDecoder;
use std::io::{Cursor, Read};
use std::sync::Arc;
use zip::ZipArchive;

/// Whether bytes are a ZIP archive.
pub(crate) fn is_zip(bytes: &[u8]) -> bool {
    bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"PK\x05\x06")
}

/// Whether an archive is a document or a program: nobody reports in those.
pub(crate) fn is_document(bytes: &[u8]) -> bool {
    let head = limits::head(bytes, 4096);
    let signs: [&[u8]; 5] =
        [b"[Content_Types].xml", b"META-INF/", b"mimetypeapplication/", b"AndroidManifest", b"word/document.xml"];
    signs.iter().any(|sign| head.windows(sign.len()).any(|w| w == *sign))
}

/// Whether bytes are a gzip file (RFC 1952).
pub(crate) fn is_gzip(bytes: &[u8]) -> bool {
    bytes.starts_with(&[0x1f, 0x8b, 8])
}

/// Reads the file inside a gzip file.
pub(crate) fn read_gzip(bytes: &[u8], name: Option<&str>, context: Context) -> Parsed {
    if context.depth >= limits::DEPTH {
        return Parsed::parked(Format::Unknown, "an archive too deep inside archives is not opened");
    }
    let most =
        (bytes.len() as u64).saturating_mul(limits::ARCHIVE_RATIO).max(limits::ARCHIVE_SMALL).min(budget(context));
    let mut content = Vec::new();
    if let Err(error) = MultiGzDecoder::new(bytes).take(most + 1).read_to_end(&mut content)
        && content.is_empty()
    {
        return Parsed::unreadable(Format::Unknown, format!("the gzip file is damaged: {error}"));
    }
    if content.len() as u64 > most {
        let reason = format!("gzip file that unpacks to more than {} MiB: a bomb or a mistake", most / (1024 * 1024));
        return Parsed::parked(Format::Unknown, reason);
    }
    let name = name.map(|n| n.strip_suffix(".gz").unwrap_or(n));
    read_file(content, name, context)
}

/// What may be unpacked here: archives inside archives get less, so that the whole stays bounded.
fn budget(context: Context) -> u64 {
    limits::UNPACKED_BYTES >> (2 * u32::from(context.depth.saturating_sub(1)))
}

/// Archives inside one archive.
const NESTED: usize = 5;

/// Reads every file of an archive as one report.
pub(crate) fn read(bytes: &[u8], context: Context) -> Parsed {
    if context.depth >= limits::DEPTH {
        return Parsed::parked(Format::Unknown, "an archive too deep inside archives is not opened");
    }
    let mut archive = match ZipArchive::new(Cursor::new(bytes)) {
        Ok(archive) => archive,
        Err(error) => return Parsed::unreadable(Format::Unknown, format!("the ZIP archive is damaged: {error}")),
    };
    if archive.len() > limits::ARCHIVE_ENTRIES {
        let reason =
            format!("the ZIP archive has {} files; at most {} are read", archive.len(), limits::ARCHIVE_ENTRIES);
        return Parsed::parked(Format::Unknown, reason);
    }
    let mut budget = budget(context);
    let mut nested = 0;
    let (mut all, mut rest): (Option<Parsed>, Option<Parsed>) = (None, None);
    let mut faults = Vec::new();
    for index in 0..archive.len() {
        let (name, content) = match unpack(&mut archive, index, &mut budget) {
            Ok(Some(file)) => file,
            Ok(None) => continue,
            Err(Refusal::Bomb(reason)) => return Parsed::parked(Format::Unknown, reason),
            Err(Refusal::Broken(fault)) => {
                faults.push(fault);
                continue;
            }
        };
        if is_zip(&content) || is_gzip(&content) {
            nested += 1;
            if nested > NESTED {
                faults.push(format!("{name}: more than {NESTED} archives inside an archive are not opened"));
                continue;
            }
        }
        let parsed = read_file(content, Some(&name), context);
        match &mut all {
            _ if parsed.disposition != Disposition::Events => {
                faults.push(format!("{name}: {}", parsed.reason.as_deref().unwrap_or("no event")));
                rest = rest.or(Some(parsed));
            }
            Some(all) => all.merge(parsed),
            None => all = Some(parsed),
        }
    }
    let Some(mut all) = all else {
        let reason = faults.first().map_or("the ZIP archive is empty", String::as_str);
        return rest.unwrap_or_else(|| Parsed::parked(Format::Unknown, reason));
    };
    all.faults.extend(faults);
    all
}

/// The files of an archive that can be unpacked within the limits; the error says why it is not opened.
pub(crate) fn entries(bytes: &[u8]) -> Result<Vec<(String, Vec<u8>)>, String> {
    let mut archive =
        ZipArchive::new(Cursor::new(bytes)).map_err(|error| format!("the ZIP archive is damaged: {error}"))?;
    if archive.len() > limits::ARCHIVE_ENTRIES {
        return Err(format!("the ZIP archive has {} files", archive.len()));
    }
    let (mut budget, mut files) = (limits::UNPACKED_BYTES, Vec::new());
    for index in 0..archive.len() {
        match unpack(&mut archive, index, &mut budget) {
            Ok(file) => files.extend(file),
            Err(Refusal::Bomb(reason)) => return Err(reason),
            Err(Refusal::Broken(_)) => {}
        }
    }
    Ok(files)
}

/// The beginnings of an archive's files, `most` bytes in all. What is cut off is not looked at.
pub(crate) fn heads(bytes: &[u8], most: usize) -> Vec<(String, Vec<u8>)> {
    let Ok(mut archive) = ZipArchive::new(Cursor::new(bytes)) else { return Vec::new() };
    let (mut left, mut files) = (most, Vec::new());
    for index in 0..archive.len().min(limits::ARCHIVE_ENTRIES) {
        let Ok(file) = archive.by_index(index) else { continue };
        let name = limits::clip(file.name(), 200).to_owned();
        let mut content = Vec::new();
        let whole = !file.is_dir() && file.take(left as u64).read_to_end(&mut content).is_ok();
        if whole && !content.is_empty() {
            left = left.saturating_sub(content.len());
            files.push((name, content));
        }
    }
    files
}

/// The beginning of the file in a gzip file.
pub(crate) fn gzip_head(bytes: &[u8], most: usize) -> Option<Vec<u8>> {
    let mut content = Vec::new();
    MultiGzDecoder::new(bytes).take(most as u64).read_to_end(&mut content).ok()?;
    Some(content)
}

fn read_file(content: Vec<u8>, name: Option<&str>, context: Context<'_>) -> Parsed {
    let hint = Hint { content_type: None, file_name: name };
    let content = Arc::new(content);
    let context = Context { streamed: context.streamed.map(|_| &content), ..context.deeper() };
    detect::read(&content, hint, context)
}

enum Refusal {
    /// The whole archive is not to be trusted.
    Bomb(String),
    /// One file cannot be read.
    Broken(String),
}

/// One file, or `None` for a folder.
fn unpack(
    archive: &mut ZipArchive<Cursor<&[u8]>>,
    index: usize,
    budget: &mut u64,
) -> Result<Option<(String, Vec<u8>)>, Refusal> {
    let file = archive
        .by_index(index)
        .map_err(|error| Refusal::Broken(format!("file {} of the ZIP archive cannot be read: {error}", index + 1)))?;
    if file.is_dir() {
        return Ok(None);
    }
    let name = limits::clip(file.name(), 200).to_owned();
    // What the directory says about the size is a claim; only what is read counts.
    let plausible = file.compressed_size().saturating_mul(limits::ARCHIVE_RATIO).max(limits::ARCHIVE_SMALL);
    let most = plausible.min(*budget);
    let mut content = Vec::new();
    let mut reader = file.take(most + 1);
    reader
        .read_to_end(&mut content)
        .map_err(|error| Refusal::Broken(format!("{name}: damaged in the ZIP archive: {error}")))?;
    let size = content.len() as u64;
    if size > most {
        let reason =
            format!("{name} unpacks to more than {} MiB: a ZIP bomb or a mistake, not opened", most / (1024 * 1024));
        return Err(Refusal::Bomb(reason));
    }
    *budget -= size;
    Ok(Some((name, content)))
}
