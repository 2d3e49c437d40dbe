//! The house rules that a compiler does not know: which layer may name which, one clock, short files.
use std::fs;
use std::path::{Path, PathBuf};

/// A layer and what its sources must not name.
struct Arrow {
    layer: &'static str,
    /// Crates, ours and others'.
    crates: &'static [&'static str],
    /// Modules of the server (`crate::mail`).
    modules: &'static [&'static str],
    reason: &'static str,
}

const ARROWS: &[Arrow] = &[
    Arrow {
        layer: "domain/src",
        crates: &["app", "intake", "store", "ledger", "leptos", "sqlx", "axum", "tokio", "reqwest", "lettre"],
        modules: &[],
        reason: "the rules know nothing of the world",
    },
    Arrow {
        layer: "app/src",
        crates: &["sqlx", "lettre", "argon2", "store", "ledger", "intake", "axum", "reqwest", "tokio"],
        modules: &[],
        reason: "pages are given their data",
    },
    Arrow { layer: "server/store/src", crates: &["app", "axum"], modules: &["desk", "http"], reason: "SQL only" },
    Arrow {
        layer: "server/src/http",
        crates: &["store", "sqlx", "lettre"],
        modules: &["mail", "enforcement"],
        reason: "HTTP asks the desk",
    },
    Arrow {
        layer: "server/src/desk",
        crates: &["lettre", "reqwest", "axum", "sqlx", "async_imap", "hickory_resolver"],
        modules: &["mail", "enforcement", "worker", "http", "channel"],
        reason: "only workers touch the world",
    },
    Arrow {
        layer: "server/intake/src",
        crates: &["store", "sqlx", "tokio", "reqwest"],
        modules: &[],
        reason: "intake is pure",
    },
    Arrow {
        layer: "server/leases/src",
        crates: &["store", "sqlx", "tokio", "reqwest"],
        modules: &[],
        reason: "the readers of lease sources are pure",
    },
    Arrow {
        layer: "server/ledger/src",
        crates: &["store", "sqlx", "tokio", "reqwest"],
        modules: &[],
        reason: "an auditor runs it alone",
    },
];

/// Crates whose manifest must not list the words of their layer either.
const MANIFESTS: &[(&str, &str)] = &[
    ("domain/Cargo.toml", "domain/src"),
    ("app/Cargo.toml", "app/src"),
    ("server/store/Cargo.toml", "server/store/src"),
    ("server/intake/Cargo.toml", "server/intake/src"),
    ("server/leases/Cargo.toml", "server/leases/src"),
    ("server/ledger/Cargo.toml", "server/ledger/src"),
];

const LONGEST_FILE: usize = 600;

#[test]
fn no_layer_names_one_it_must_not_know() {
    let mut faults = Vec::new();
    for arrow in ARROWS {
        for source in sources(&root().join(arrow.layer)) {
            for path in paths(&code(&source)) {
                let named = |name: &&&str| path.first().is_some_and(|first| first == **name);
                let inside = |name: &&&str| path.len() > 1 && path[0] == "crate" && path[1] == **name;
                let crates = arrow.crates.iter().filter(named);
                for word in crates.chain(arrow.modules.iter().filter(inside)) {
                    faults.push(format!("{}: names {word} ({}): {}", shown(&source), path.join("::"), arrow.reason));
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
        for word in ARROWS.iter().filter(|arrow| arrow.layer == *layer).flat_map(|arrow| arrow.crates) {
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
    let outside = all_sources().into_iter().filter(|source| !source.starts_with(&store) && !is_this(source));
    let faults: Vec<String> = outside
        .filter(|source| paths(&code(source)).iter().any(|p| p.first().is_some_and(|head| head == "sqlx")))
        .map(|p| shown(&p))
        .collect();
    assert!(faults.is_empty(), "SQL outside the store:\n{}", faults.join("\n"));
}

#[test]
fn lints_are_expected_with_a_reason_and_never_allowed() {
    // The benchmarks share modules of which each uses its part: an expectation would fail in the one that uses all.
    let allowed = |line: &str| line.contains("#[allow(") || line.contains("#![allow(");
    let faults = grep(|source, line| !shown(source).starts_with("server/benches/") && allowed(line));
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
fn the_detector_reads_use_trees_and_paths() {
    let seen = |text: &str| paths(text).iter().map(|path| path.join("::")).collect::<Vec<_>>();
    assert_eq!(seen("use store::Store;"), ["store::Store"]);
    assert_eq!(seen("pub(crate) use crate::mail;"), ["crate::mail"]);
    assert_eq!(
        seen("use domain::{\n    ledger::NewEntry,\n    id::{self, CaseId as Case},\n};"),
        ["domain::ledger::NewEntry", "domain::id::self", "domain::id::CaseId",]
    );
    assert_eq!(seen("let row = store::repo::load(id);"), ["store::repo::load"]);
    assert_eq!(seen("x.store.load(id); tower_sessions::Session"), ["tower_sessions::Session"]);
    assert_eq!(seen("let mail = desk.mail();"), Vec::<String>::new());
}

/// Every path with at least two segments in a source text, `use` trees spread out.
fn paths(text: &str) -> Vec<Vec<String>> {
    let mut found = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find("use ") {
        let starts = rest[..at].chars().next_back().is_none_or(char::is_whitespace);
        let end = rest[at..].find(';').map_or(rest.len(), |end| at + end);
        if starts {
            found.extend(plain(&rest[..at]));
            spread(&[], &rest[at + 4..end], &mut found);
            rest = &rest[end..];
        } else {
            found.extend(plain(&rest[..at + 4]));
            rest = &rest[at + 4..];
        }
    }
    found.extend(plain(rest));
    found
}

/// The paths of code that is no `use`.
fn plain(text: &str) -> Vec<Vec<String>> {
    let is_path = |c: char| c.is_alphanumeric() || c == '_' || c == ':' || c == '.';
    let words = text.split(|c: char| !is_path(c)).filter(|word| !word.starts_with([':', '.']));
    let words = words.filter_map(|word| word.split('.').next()).filter(|word| word.contains("::"));
    words.map(|word| word.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()).collect()
}

/// One `use` tree: `a::{b, c::d}` becomes `a::b` and `a::c::d`.
fn spread(before: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let (head, branches) = match tree.find('{') {
        Some(open) => (&tree[..open], tree[open + 1..].trim_end().strip_suffix('}')),
        None => (tree, None),
    };
    let mut path = before.to_vec();
    let head = head.split(" as ").next().unwrap_or_default();
    path.extend(head.split("::").map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned));
    let Some(branches) = branches else {
        found.push(path);
        return;
    };
    let (mut depth, mut start) = (0_i32, 0);
    for (at, c) in branches.char_indices().chain([(branches.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if !branches[start..at].trim().is_empty() {
                    spread(&path, branches[start..at].trim(), found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
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
    for source in all_sources().into_iter().filter(|source| !is_this(source)) {
        for (number, line) in code_lines(&source) {
            if fault(&source, &line) {
                faults.push(format!("{}:{number}: {}", shown(&source), line.trim()));
            }
        }
    }
    faults
}

fn is_this(source: &Path) -> bool {
    source.ends_with("server/tests/it/tidy.rs")
}

/// A source file without its comment lines.
fn code(source: &Path) -> String {
    code_lines(source).into_iter().map(|(_, line)| line + "\n").collect()
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
