//! The house rules that a compiler does not know: which layer may name which, one clock, short files.
use std::fs;
use std::path::{Path, PathBuf};

/// A layer and the words its sources must not hold: a path segment (`store::`), a crate, or a call.
struct Arrow {
    layer: &'static str,
    never: &'static [&'static str],
    reason: &'static str,
}

const ARROWS: &[Arrow] = &[
    Arrow {
        layer: "domain/src",
        never: &["app", "intake", "store", "ledger", "leptos", "sqlx", "axum", "tokio", "reqwest", "lettre"],
        reason: "the rules know nothing of the world",
    },
    Arrow {
        layer: "app/src",
        never: &["sqlx", "lettre", "argon2", "store", "ledger", "intake", "axum", "reqwest", "tokio"],
        reason: "pages are given their data",
    },
    Arrow { layer: "server/store/src", never: &["desk", "http", "app", "axum"], reason: "the store is SQL only" },
    Arrow { layer: "server/src/http", never: &["store", "sqlx", "lettre"], reason: "HTTP asks the desk" },
    Arrow {
        layer: "server/src/desk",
        never: &["mail", "enforcement", "http", "lettre", "reqwest", "axum"],
        reason: "only workers touch the world",
    },
    Arrow { layer: "server/intake/src", never: &["store", "sqlx", "tokio", "reqwest"], reason: "intake is pure" },
    Arrow {
        layer: "server/ledger/src",
        never: &["store", "sqlx", "tokio", "reqwest"],
        reason: "an auditor runs it alone",
    },
];

/// Crates whose manifest must not list the words of their layer either.
const MANIFESTS: &[(&str, &str)] = &[
    ("domain/Cargo.toml", "domain/src"),
    ("app/Cargo.toml", "app/src"),
    ("server/store/Cargo.toml", "server/store/src"),
    ("server/intake/Cargo.toml", "server/intake/src"),
    ("server/ledger/Cargo.toml", "server/ledger/src"),
];

const LONGEST_FILE: usize = 600;

#[test]
fn no_layer_names_one_it_must_not_know() {
    let mut faults = Vec::new();
    for arrow in ARROWS {
        for source in sources(&root().join(arrow.layer)) {
            for (number, line) in code_lines(&source) {
                for word in arrow.never.iter().filter(|word| names_module(&line, word)) {
                    faults.push(format!("{}:{number}: names {word}: {}", shown(&source), arrow.reason));
                }
            }
        }
    }
    assert!(faults.is_empty(), "forbidden arrows:\n{}", faults.join("\n"));
}

#[test]
fn no_manifest_lists_a_crate_its_layer_must_not_know() {
    let mut faults = Vec::new();
    for (manifest, layer) in MANIFESTS {
        let text = fs::read_to_string(root().join(manifest)).expect(manifest);
        let listed = dependencies(&text);
        for word in ARROWS.iter().filter(|arrow| arrow.layer == *layer).flat_map(|arrow| arrow.never) {
            if listed.iter().any(|name| name == word) {
                faults.push(format!("{manifest}: depends on {word}"));
            }
        }
    }
    assert!(faults.is_empty(), "forbidden dependencies:\n{}", faults.join("\n"));
}

#[test]
fn only_the_clock_reads_the_time() {
    let clock = root().join("domain/src/clock.rs");
    let calls = ["Utc::now", "Local::now", "SystemTime::now"];
    let faults = grep(|source, line| source != clock && calls.iter().any(|call| line.contains(call)));
    assert!(faults.is_empty(), "ask domain::clock instead:\n{}", faults.join("\n"));
}

#[test]
fn sql_stays_in_the_store() {
    let store = root().join("server/store");
    let faults = grep(|source, line| !source.starts_with(&store) && names_module(line, "sqlx"));
    assert!(faults.is_empty(), "SQL outside the store:\n{}", faults.join("\n"));
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    let faults = grep(|_, line| line.contains("#[allow(") || line.contains("#![allow("));
    assert!(faults.is_empty(), "write #[expect(.., reason = ..)]:\n{}", faults.join("\n"));
}

/// Leptos 0.8 does not escape what stands inside these two elements, and hostile mail is what we show.
#[test]
fn unescaped_elements_have_one_home() {
    let faults = grep(|source, line| {
        let home = source.file_name().is_some_and(|name| name == "textarea.rs");
        !home
            && ["<textarea", "<noscript", "inner_html"].iter().any(|word| line.contains(word))
            && source.starts_with(root().join("app/src"))
    });
    assert!(faults.is_empty(), "use the TextArea component:\n{}", faults.join("\n"));
}

#[test]
fn files_are_short_and_say_what_they_are() {
    let mut faults = Vec::new();
    for source in all_sources() {
        let text = fs::read_to_string(&source).expect("a source file is UTF-8");
        let lines = text.lines().count();
        if lines > LONGEST_FILE {
            faults.push(format!("{}: {lines} lines, {LONGEST_FILE} is the end", shown(&source)));
        }
        if !text.starts_with("//! ") {
            faults.push(format!("{}: the first line has to say what the file is (//! ...)", shown(&source)));
        }
    }
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

#[test]
fn the_detector_sees_modules_and_crates_but_not_parts_of_words() {
    assert!(names_module("use store::Store;", "store"));
    assert!(names_module("use crate::mail;", "mail"));
    assert!(names_module("    let row = store::repo::load(id).await?;", "store"));
    assert!(names_module("use crate::{http, mail::send};", "mail"));
    assert!(!names_module("use tower_sessions::session_store::Error;", "store"));
    assert!(!names_module("self.store.load(id).await?", "store"));
    assert!(!names_module("let mail = desk.mail();", "mail"));
}

/// Whether a line of code names the module or crate `word`: as `word::`, or at the end of a `use` path.
fn names_module(line: &str, word: &str) -> bool {
    let is_use = line.trim_start().trim_start_matches("pub ").trim_start_matches("pub(crate) ").starts_with("use ");
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = &line[at + word.len()..];
        let whole = !before.is_some_and(|c| c.is_alphanumeric() || c == '_' || c == '.' || c == '"' || c == '/');
        let ends_use = is_use && (after.starts_with([';', ',', '}']) || after.is_empty());
        whole && (after.starts_with("::") || ends_use)
    })
}

/// The names on the left of every `[..dependencies]` table.
fn dependencies(manifest: &str) -> Vec<String> {
    let mut inside = false;
    let mut names = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            // What only tests need does not reach the product.
            inside = line.contains("dependencies") && !line.contains("dev-dependencies");
        } else if inside && !line.starts_with('#') {
            names.extend(line.split(['.', ' ', '=']).next().filter(|name| !name.is_empty()).map(str::to_owned));
        }
    }
    names
}

/// Every line of code in the workspace for which `fault` holds, as `file:line: text`.
fn grep(fault: impl Fn(&Path, &str) -> bool) -> Vec<String> {
    let mut faults = Vec::new();
    for source in all_sources().into_iter().filter(|source| !source.ends_with("server/tests/tidy.rs")) {
        for (number, line) in code_lines(&source) {
            if fault(&source, &line) {
                faults.push(format!("{}:{number}: {}", shown(&source), line.trim()));
            }
        }
    }
    faults
}

/// Numbered lines without comments.
fn code_lines(source: &Path) -> Vec<(usize, String)> {
    let text = fs::read_to_string(source).expect("a source file is UTF-8");
    let lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.to_owned()));
    lines.filter(|(_, line)| !line.trim_start().starts_with("//")).collect()
}

fn all_sources() -> Vec<PathBuf> {
    ["domain", "app", "server", "xtask"].iter().flat_map(|folder| sources(&root().join(folder))).collect()
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        let name = entry.file_name();
        if path.is_dir() && name != "target" && name != "node_modules" {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf()
}

fn shown(path: &Path) -> String {
    path.strip_prefix(root()).unwrap_or(path).display().to_string()
}
