//! RADIUS packets: whatever comes by UDP.
#![no_main]
use leases::{
    Prefer,
    radius::{
        packet::{Packet, answers},
        record::Record,
    },
};
use libfuzzer_sys::fuzz_target;
use std::net::{IpAddr, Ipv4Addr};

fuzz_target!(|bytes: &[u8]| {
    let Ok(packet) = Packet::parse(bytes) else { return };
    let _ = packet.signed_with(b"secret");
    assert!(answers(&packet.accounting_response(b"secret"), bytes, b"secret"));
    let record = Record::of_packet(&packet, IpAddr::V4(Ipv4Addr::LOCALHOST), intake_fuzz::received_at());
    for saying in record.sayings(1, Prefer::Best).unwrap_or_default() {
        assert_eq!(saying.net.addr(), saying.net.network());
    }
});
