//! The small files every page needs, embedded, with one version for all so that browsers may keep them for ever.

use std::sync::LazyLock;

/// The one stylesheet: tokens first, print last.
pub const STYLE: &str = concat!(
    include_str!("../../style/tokens.css"),
    include_str!("../../style/base.css"),
    include_str!("../../style/layout.css"),
    include_str!("../../style/table.css"),
    include_str!("../../style/parts.css"),
    include_str!("../../style/form.css"),
    include_str!("../../style/chart.css"),
    include_str!("../../style/narrow.css"),
    include_str!("../../style/print.css"),
);

/// The script that loads the islands (an own file: the policy of our pages allows no inline script).
pub const START_JS: &str = include_str!("../../public/start.js");

/// The sign of the house, for the browser's tab.
pub const ICON_SVG: &str = include_str!("../../public/icon.svg");

/// Sixteen hex digits that change whenever one of the files above does.
pub static VERSION: LazyLock<String> = LazyLock::new(|| {
    let mut sum = Fnv::START;
    for text in [STYLE, START_JS, ICON_SVG] {
        sum = Fnv::add(sum, text.as_bytes());
    }
    format!("{sum:016x}")
});

/// FNV-1a, 64 bits: names a file's version, guards nothing.
struct Fnv;

impl Fnv {
    const START: u64 = 0xcbf2_9ce4_8422_2325;

    fn add(start: u64, bytes: &[u8]) -> u64 {
        bytes.iter().fold(start, |sum, byte| (sum ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
    }
}
