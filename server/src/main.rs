//! The one binary: see `lazaret --help`.
use std::process::ExitCode;

fn main() -> ExitCode {
    lazaret::cli::main()
}
