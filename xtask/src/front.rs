//! How cargo is called for the `front` crate, which exists for wasm32 only.
use crate::{Outcome, call, root};
use std::path::PathBuf;
use std::process::Command;

pub(crate) const TARGET: &str = "wasm32-unknown-unknown";

/// `cargo VERB` for the front crate: with the target's standard library of the toolchain, or, where rustup could not
/// fetch that, with the one that `tools/setup` built from source into `.build/wasm-sysroot`.
pub(crate) fn cargo(verb: &str) -> Result<Command, String> {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root()).args([verb, "--package", "front", "--target", TARGET]);
    if let Some(sysroot) = own_sysroot()? {
        // Encoded, because a path may hold spaces. It replaces the flags of .cargo/config.toml, so they stand here too.
        command.env("CARGO_ENCODED_RUSTFLAGS", format!("--cfg=erase_components\x1f--sysroot={}", sysroot.display()));
    }
    Ok(command)
}

/// The own sysroot, if it has to be used: the toolchain lacks the target, or `LAZARET_WASM_FALLBACK=1` asks for it.
fn own_sysroot() -> Result<Option<PathBuf>, String> {
    let forced = std::env::var_os("LAZARET_WASM_FALLBACK").is_some_and(|v| v == "1");
    if !forced && toolchain_has_target()? {
        return Ok(None);
    }
    // The link's target is named after the compiler, so cargo sees by the path that the library is another one.
    let own = root().join(".build/wasm-sysroot").canonicalize();
    own.map(Some).map_err(|_| {
        format!("the toolchain has no standard library for {TARGET}: run tools/setup, which gets or builds it")
    })
}

fn toolchain_has_target() -> Result<bool, String> {
    let rustc = std::env::var_os("RUSTC").unwrap_or_else(|| "rustc".into());
    let said = Command::new(rustc)
        .current_dir(root())
        .args(["--print", "target-libdir", "--target", TARGET])
        .output()
        .map_err(|e| format!("could not start rustc: {e}"))?;
    let folder = PathBuf::from(String::from_utf8_lossy(&said.stdout).trim());
    Ok(std::fs::read_dir(folder).is_ok_and(|mut files| files.next().is_some()))
}

/// Clippy over the front crate, and with it over `app` as the browser sees it.
pub(crate) fn lint() -> Outcome {
    call(cargo("clippy")?.args(["--quiet", "--", "-D", "warnings"]))
}
