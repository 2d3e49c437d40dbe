//! The islands as the browser loads them: cargo, then wasm-bindgen, then wasm-opt, into `.build/site/pkg`.
use crate::{Outcome, call, front, root, sizes};
use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasm_bindgen_cli_support::Bindgen;

/// File names under `/pkg`.
pub(crate) const NAMES: [&str; 2] = ["lazaret.js", "lazaret_bg.wasm"];

/// Dev is quick to build, release is small to download.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mode {
    Dev,
    Release,
}

impl Mode {
    fn profile(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Release => "wasm-release",
        }
    }

    /// Cargo's name for the folder of the profile.
    fn folder(self) -> &'static str {
        match self {
            Self::Dev => "debug",
            Self::Release => "wasm-release",
        }
    }
}

/// The folder that the server embeds. It does not move with `CARGO_TARGET_DIR`, because the server's source names it.
pub(crate) fn site() -> PathBuf {
    root().join(".build/site/pkg")
}

/// Builds the front crate and brings the site up to date; what has not changed is not done again.
pub(crate) fn build(mode: Mode) -> Outcome {
    call(front::cargo("build")?.args(["--quiet", "--lib", "--profile", mode.profile()]))?;
    let input = target_dir().join(front::TARGET).join(mode.folder()).join("front.wasm");
    let bytes = fs::read(&input).map_err(|e| format!("{}: {e}", input.display()))?;
    let optimiser = if mode == Mode::Release { optimiser() } else { None };

    // Both modes keep their own result, so that going back and forth between `make test` and `make run` is cheap.
    let made = root().join(".build/wasm").join(mode.folder());
    let stamp = made.join("stamp");
    let wanted = fingerprint(&bytes, optimiser.as_deref());
    if fs::read_to_string(&stamp).ok().as_deref() != Some(wanted.as_str()) {
        bindgen(&input, &made, mode)?;
        match &optimiser {
            Some(tool) => optimise(tool, &made.join(NAMES[1]))?,
            None if mode == Mode::Release => {
                eprintln!("xtask: wasm-opt is missing (npm ci in tools/ brings it): the wasm stays a third larger");
            }
            None => {}
        }
        fs::write(&stamp, wanted).map_err(|e| format!("{}: {e}", stamp.display()))?;
    }
    for name in NAMES {
        place(&made.join(name), &site().join(name))?;
    }
    if mode == Mode::Release { sizes::report() } else { Ok(()) }
}

/// Where cargo puts what it builds.
pub(crate) fn target_dir() -> PathBuf {
    std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| root().join("target"), |dir| root().join(dir))
}

fn bindgen(input: &Path, made: &Path, mode: Mode) -> Outcome {
    let fault = |e: &dyn std::fmt::Display| format!("wasm-bindgen, {}: {e:#}", input.display());
    fs::create_dir_all(made).map_err(|e| format!("{}: {e}", made.display()))?;
    Bindgen::new()
        .input_path(input)
        .out_name("lazaret")
        .web(true)
        .map_err(|e| fault(&e))?
        .typescript(false)
        .debug(mode == Mode::Dev)
        .keep_debug(false)
        .remove_name_section(mode == Mode::Release)
        .remove_producers_section(true)
        .generate(made)
        .map_err(|e| fault(&e))
}

/// wasm-opt of npm's binaryen in `tools/`, started by node; Debian's is too old for today's wasm.
fn optimiser() -> Option<PathBuf> {
    let script = root().join("tools/node_modules/binaryen/bin/wasm-opt");
    let node = Command::new("node").arg("--version").output().is_ok_and(|said| said.status.success());
    (node && script.is_file()).then_some(script)
}

fn optimise(tool: &Path, wasm: &Path) -> Outcome {
    let out = wasm.with_extension("opt");
    // The features are those that rustc 1.95 itself turns on for this target; more would shut out browsers.
    let features = [
        "--enable-bulk-memory",
        "--enable-multivalue",
        "--enable-mutable-globals",
        "--enable-nontrapping-float-to-int",
        "--enable-reference-types",
        "--enable-sign-ext",
    ];
    call(Command::new("node").arg(tool).arg("-Oz").args(features).arg(wasm).arg("-o").arg(&out))?;
    fs::rename(&out, wasm).map_err(|e| format!("{}: {e}", wasm.display()))
}

fn fingerprint(wasm: &[u8], optimiser: Option<&Path>) -> String {
    let mut hasher = DefaultHasher::new();
    wasm.hash(&mut hasher);
    optimiser.hash(&mut hasher);
    optimiser.and_then(|tool| fs::metadata(tool).ok()).map(|m| m.len()).hash(&mut hasher);
    format!("{:016x} {} bytes", hasher.finish(), wasm.len())
}

/// Copies a file only when it differs, because a newer file makes cargo build the server again.
fn place(from: &Path, to: &Path) -> Outcome {
    let fault = |e: std::io::Error| format!("{}: {e}", to.display());
    let new = fs::read(from).map_err(|e| format!("{}: {e}", from.display()))?;
    if fs::read(to).is_ok_and(|old| old == new) {
        return Ok(());
    }
    fs::create_dir_all(site()).map_err(fault)?;
    let part = to.with_extension("part");
    fs::write(&part, new).map_err(fault)?;
    fs::rename(&part, to).map_err(fault)
}
