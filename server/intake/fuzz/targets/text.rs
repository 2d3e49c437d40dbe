//! Free text: logs, forms, complaints.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: intake_fuzz::expect_caught_panics(), |bytes: &[u8]| {
    intake_fuzz::check(bytes, Some("text/plain"), Some("x.txt"));
    let mail = [b"From: a@b.example\nSubject: Abuse report for 192.0.2.1\n\nyour network\n", bytes].concat();
    intake_fuzz::check(&mail, None, None);
});
