//! Mails of every kind: feedback reports, bounces, attachments inside attachments.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(init: intake_fuzz::expect_caught_panics(), |bytes: &[u8]| {
    intake_fuzz::check(bytes, Some("message/rfc822"), Some("x.eml"));
});
