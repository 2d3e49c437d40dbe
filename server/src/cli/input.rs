//! Files named on the command line: files, folders walked in order, and standard input.
use std::{
    io::Read as _,
    path::{Path, PathBuf},
};

/// One input: its name as shown, and where it is; none = standard input.
pub(super) struct Input {
    pub(super) name: String,
    path: Option<PathBuf>,
}

impl Input {
    /// The bytes.
    pub(super) fn read(&self) -> std::io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        match &self.path {
            Some(path) => bytes = std::fs::read(path)?,
            None => {
                std::io::stdin().lock().read_to_end(&mut bytes)?;
            }
        }
        Ok(bytes)
    }

    /// Whether it is standard input.
    pub(super) const fn is_pipe(&self) -> bool {
        self.path.is_none()
    }

    /// The file name without its folder.
    pub(super) fn file_name(&self) -> String {
        let name = self.path.as_deref().and_then(Path::file_name);
        name.map(|name| name.to_string_lossy().into_owned()).unwrap_or_default()
    }
}

/// Every input that the arguments name; what cannot be listed is told on stderr and counted.
pub(super) fn inputs(arguments: &[PathBuf]) -> (Vec<Input>, usize) {
    let (mut found, mut failed) = (Vec::new(), 0);
    for argument in arguments {
        if argument.as_os_str() == "-" {
            found.push(Input { name: "-".to_owned(), path: None });
        } else {
            walk(argument, &mut found, &mut failed);
        }
    }
    (found, failed)
}

fn walk(path: &Path, found: &mut Vec<Input>, failed: &mut usize) {
    if !path.is_dir() {
        found.push(Input { name: path.display().to_string(), path: Some(path.to_owned()) });
        return;
    }
    let listed = std::fs::read_dir(path).and_then(|entries| entries.map(|entry| Ok(entry?.path())).collect());
    let mut entries: Vec<PathBuf> = match listed {
        Ok(entries) => entries,
        Err(error) => {
            eprintln!("lazaret: {}: {error}", path.display());
            *failed += 1;
            return;
        }
    };
    entries.sort();
    for entry in entries.iter().filter(|entry| !entry.is_symlink()) {
        walk(entry, found, failed);
    }
}

/// A line on a terminal that says how far the work is; silent in a pipe.
pub(super) struct Ticker {
    shown: bool,
    what: &'static str,
}

impl Ticker {
    /// `what` is counted, such as `rows`.
    pub(super) fn new(what: &'static str) -> Self {
        Self { shown: std::io::IsTerminal::is_terminal(&std::io::stderr()), what }
    }

    /// So many are done.
    pub(super) fn at(&self, done: u64) {
        if self.shown {
            eprint!("\r\x1b[K{done} {}", self.what);
        }
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        if self.shown {
            eprint!("\r\x1b[K");
        }
    }
}
