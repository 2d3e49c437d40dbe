//! Mails of every kind: feedback reports, bounces, attachments inside attachments.
#![no_main]
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    intake_fuzz::check(bytes, Some("message/rfc822"), Some("x.eml"));
});
