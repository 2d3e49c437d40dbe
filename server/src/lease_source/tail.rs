//! A file that somebody else writes: read as it grows, found again after it was renamed or cut.
use leases::Place;
use serde::{Deserialize, Serialize};
use std::{
    fs::{File, Metadata},
    io::{self, Read as _, Seek as _, SeekFrom},
    os::unix::fs::MetadataExt as _,
    path::{Path, PathBuf},
};

/// Bytes at the beginning of a file by which it is known again.
const HEAD_BYTES: usize = 256;

/// How far a file was read: kept in the store.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Mark {
    /// The file's number on its disk.
    pub(super) inode: u64,
    /// Its first bytes, in hex: numbers are used again.
    pub(super) head: String,
    pub(super) offset: u64,
    pub(super) line: u64,
}

/// What has become of the file since it was opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// It is still the one.
    Same,
    /// Another stands in its place; the old one may have got its last lines.
    Replaced,
    /// It was cut.
    Cut,
}

/// An open file.
pub(super) struct Tail {
    path: PathBuf,
    file: File,
    inode: u64,
    offset: u64,
}

impl Tail {
    /// Opens the file at its beginning.
    pub(super) fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        let inode = file.metadata()?.ino();
        Ok(Self { path: path.to_owned(), file, inode, offset: 0 })
    }

    /// The file that a mark was made of, where it is now: in its place, or beside it under another name.
    pub(super) fn find(path: &Path, mark: &Mark) -> io::Result<Option<Self>> {
        let mut candidates = vec![path.to_owned()];
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        for entry in std::fs::read_dir(path.parent().unwrap_or_else(|| Path::new("/")))? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().starts_with(&name) {
                candidates.push(entry.path());
            }
        }
        for candidate in candidates {
            let Ok(mut tail) = Self::open(&candidate) else { continue };
            let long_enough = tail.file.metadata()?.len() >= mark.offset;
            if tail.inode == mark.inode && long_enough && tail.head(mark.head.len() / 2)? == mark.head {
                tail.path = path.to_owned();
                tail.seek(mark.offset)?;
                return Ok(Some(tail));
            }
        }
        Ok(None)
    }

    /// The mark of a place in this file.
    pub(super) fn mark(&mut self, place: Place) -> io::Result<Mark> {
        let length = usize::try_from(place.offset).unwrap_or(HEAD_BYTES).min(HEAD_BYTES);
        let head = self.head(length)?;
        self.seek(self.offset)?;
        Ok(Mark { inode: self.inode, head, offset: place.offset, line: place.line })
    }

    /// The first line, where columns are named.
    pub(super) fn first_line(&mut self) -> io::Result<String> {
        let here = self.offset;
        self.seek(0)?;
        let mut bytes = vec![0; 64 * 1024];
        let count = self.file.read(&mut bytes)?;
        self.seek(here)?;
        let line = bytes.get(..count).unwrap_or_default().split(|byte| *byte == b'\n').next().unwrap_or_default();
        Ok(String::from_utf8_lossy(line).trim_end().to_owned())
    }

    fn head(&mut self, length: usize) -> io::Result<String> {
        let here = self.offset;
        self.seek(0)?;
        let mut bytes = vec![0; length];
        let read = self.file.read_exact(&mut bytes);
        self.seek(here)?;
        Ok(if read.is_ok() { hex::encode(bytes) } else { String::new() })
    }

    fn seek(&mut self, offset: u64) -> io::Result<()> {
        self.offset = self.file.seek(SeekFrom::Start(offset))?;
        Ok(())
    }

    /// The next bytes; none at the end.
    pub(super) fn read(&mut self, bytes: &mut [u8]) -> io::Result<usize> {
        let count = self.file.read(bytes)?;
        self.offset += u64::try_from(count).unwrap_or(0);
        Ok(count)
    }

    /// What has become of it.
    pub(super) fn fate(&self) -> io::Result<Fate> {
        if self.file.metadata()?.len() < self.offset {
            return Ok(Fate::Cut);
        }
        match std::fs::metadata(&self.path).as_ref().map(Metadata::ino) {
            Ok(inode) if inode != self.inode => Ok(Fate::Replaced),
            // Renamed, and the next one not there yet.
            _ => Ok(Fate::Same),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fate, Tail};
    use leases::Place;

    fn rest(tail: &mut Tail) -> String {
        let mut bytes = [0; 100];
        let count = tail.read(&mut bytes).unwrap();
        String::from_utf8_lossy(&bytes[..count]).into_owned()
    }

    #[test]
    fn a_renamed_file_is_found_again_and_a_cut_one_known() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("detail");
        std::fs::write(&path, "one\ntwo\n").unwrap();
        let mut tail = Tail::open(&path).unwrap();
        assert_eq!((rest(&mut tail).as_str(), tail.fate().unwrap()), ("one\ntwo\n", Fate::Same));
        let mark = tail.mark(Place { offset: 4, line: 1 }).unwrap();
        assert_eq!(rest(&mut tail), "");
        std::fs::rename(&path, folder.path().join("detail.1")).unwrap();
        assert_eq!(tail.fate().unwrap(), Fate::Same);
        std::fs::write(&path, "three\n").unwrap();
        assert_eq!(tail.fate().unwrap(), Fate::Replaced);
        let mut found = Tail::find(&path, &mark).unwrap().unwrap();
        assert_eq!((rest(&mut found).as_str(), found.fate().unwrap()), ("two\n", Fate::Replaced));
        std::fs::remove_file(folder.path().join("detail.1")).unwrap();
        assert!(Tail::find(&path, &mark).unwrap().is_none());
        let mut tail = Tail::open(&path).unwrap();
        rest(&mut tail);
        std::fs::write(&path, "").unwrap();
        assert_eq!(tail.fate().unwrap(), Fate::Cut);
    }
}
