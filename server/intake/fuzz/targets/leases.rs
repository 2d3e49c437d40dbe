//! Lease files, detail files and NAT logs: the first byte chooses the form, the second the size of the pieces.
#![no_main]
use leases::{Format, Prefer, Reader, Settings, Zone};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let [form, size, rest @ ..] = bytes else { return };
    let Some(format) = Format::ALL.get(usize::from(*form) % Format::ALL.len()) else { return };
    let settings =
        Settings { zone: Zone::parse("Europe/Berlin"), written: intake_fuzz::received_at(), prefer: Prefer::Best };
    let read = |size: usize| {
        let mut reader = Reader::new(*format, &settings);
        rest.chunks(size).for_each(|piece| reader.bytes(piece));
        reader.end();
        reader.take()
    };
    let whole = read(usize::MAX);
    assert_eq!(read(usize::from(*size) + 1), whole);
    for said in &whole.said {
        assert!(said.saying.ports.0 <= said.saying.ports.1);
        assert_eq!(said.saying.net.addr(), said.saying.net.network());
    }
});
