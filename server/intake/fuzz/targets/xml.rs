//! XML: copyright notices, Safe Browsing, statistics.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: intake_fuzz::expect_caught_panics(), |bytes: &[u8]| {
    intake_fuzz::check(bytes, Some("application/xml"), Some("x.xml"));
    let mail = [b"From: a@b.example\nSubject: notice\nContent-Type: text/plain\n\n", bytes].concat();
    intake_fuzz::check(&mail, None, None);
});
