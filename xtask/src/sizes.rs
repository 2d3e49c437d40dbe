//! How much an analyst downloads for the islands.
use crate::{Outcome, wasm};
use std::fs;
use std::io::Write;

/// One file of the site: its name, its bytes, and its bytes after brotli at full strength.
struct Size {
    name: &'static str,
    raw: usize,
    brotli: usize,
}

fn measure() -> Result<Vec<Size>, String> {
    let one = |name: &'static str| {
        let path = wasm::site().join(name);
        let bytes = fs::read(&path).map_err(|e| format!("{}: {e}; run cargo xtask wasm", path.display()))?;
        let mut packed = Vec::new();
        let mut writer = brotli::CompressorWriter::new(&mut packed, 1 << 16, 11, 22);
        writer.write_all(&bytes).and_then(|()| writer.flush()).map_err(|e| format!("{}: {e}", path.display()))?;
        drop(writer);
        Ok(Size { name, raw: bytes.len(), brotli: packed.len() })
    };
    wasm::NAMES.into_iter().map(one).collect()
}

/// The two files with their sizes, for people.
pub(crate) fn report() -> Outcome {
    for size in measure()? {
        println!("{:<16} {:>9} bytes, {:>7} with brotli", size.name, size.raw, size.brotli);
    }
    Ok(())
}

/// The benchmark lines `name value unit`.
pub(crate) fn print() -> Outcome {
    let sizes = measure()?;
    let of = |end: &str| sizes.iter().filter(|s| s.name.ends_with(end)).map(|s| s.brotli).sum::<usize>();
    println!("wasm_brotli_bytes {} bytes", of(".wasm"));
    println!("wasm_glue_brotli_bytes {} bytes", of(".js"));
    Ok(())
}
