//! Makes the folder of the islands, so that the server compiles before `cargo xtask wasm` has filled it.
use std::path::Path;

fn main() -> std::io::Result<()> {
    let pkg = Path::new(env!("CARGO_MANIFEST_DIR")).join("../.build/site/pkg");
    std::fs::create_dir_all(&pkg)?;
    println!("cargo::rerun-if-changed=build.rs");
    // New islands are embedded again.
    println!("cargo::rerun-if-changed={}", pkg.display());
    Ok(())
}
