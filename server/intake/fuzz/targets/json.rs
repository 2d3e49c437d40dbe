//! JSON: XARF in all versions, and objects a line.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: intake_fuzz::expect_caught_panics(), |bytes: &[u8]| {
    intake_fuzz::check(bytes, Some("application/json"), Some("x.json"));
    let profile = intake::profile::guess(bytes);
    let _ = intake::profile::read(bytes, &profile, intake_fuzz::received_at());
});
