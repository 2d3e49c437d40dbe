//! The build steps that cargo has no word for: the wasm half of the pages, its size, its lints, and the watch loop.
mod front;
mod sizes;
mod wasm;
mod watch;

use std::path::{Path, PathBuf};
use std::process::{Command, ExitCode};

/// What a step returns: nothing, or one sentence that says what failed and what to do.
type Outcome = Result<(), String>;

const USAGE: &str = "usage: cargo xtask wasm [--dev] | lint | sizes | watch [ARGS OF lazaret...]";

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["wasm"] => wasm::build(wasm::Mode::Release),
        ["wasm", "--dev"] => wasm::build(wasm::Mode::Dev),
        ["lint"] => front::lint(),
        ["sizes"] => sizes::print(),
        ["watch", args @ ..] => watch::run(args),
        ["help" | "--help" | "-h"] => {
            println!("{USAGE}");
            Ok(())
        }
        _ => Err(USAGE.to_owned()),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(words) => {
            eprintln!("xtask: {words}");
            ExitCode::FAILURE
        }
    }
}

/// The folder of the workspace: the parent of this crate's.
fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.parent().unwrap_or(here).to_path_buf()
}

/// Runs a command and waits; anything but exit 0 is an error that names the command.
fn call(command: &mut Command) -> Outcome {
    let shown = format!("{:?} {:?}", command.get_program(), command.get_args().collect::<Vec<_>>());
    let status = command.status().map_err(|e| format!("could not start {shown}: {e}"))?;
    if status.success() { Ok(()) } else { Err(format!("{shown} ended with {status}")) }
}
