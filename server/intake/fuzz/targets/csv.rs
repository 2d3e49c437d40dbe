//! Tables: Shadowserver's, and any other under a guessed profile.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: intake_fuzz::expect_caught_panics(), |bytes: &[u8]| {
    intake_fuzz::check(bytes, Some("text/csv"), Some("2024-05-01-scan_telnet-x.csv"));
    intake_fuzz::check(bytes, None, Some("list.csv"));
    let profile = intake::profile::guess(bytes);
    let _ = intake::profile::read(bytes, &profile, intake_fuzz::received_at());
    let _ = intake::profile::preview(bytes, &profile, intake_fuzz::received_at(), 20);
});
