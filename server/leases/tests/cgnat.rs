//! Logs of address translation in the styles of their devices.
mod common;

use common::{read, refused, said, settings};
use leases::Format;

#[test]
fn blocks_of_juniper() {
    // 0x6a0cfff0 is 2026-05-20 00:27:28 UTC, 0x6a0d0e00 an hour later.
    let text = r#"<134>1 2026-05-20T02:27:29.000+02:00 srx-1 RT_NAT - RT_SRC_NAT_PBA_ALLOC [junos@2636.1.1.1.2.25 internal-ip="100.64.0.9" block-used="1" block-max-per-host="4" block-port-low="1024" block-port-high="1151" reflexive-ip="203.0.113.5" nat-pool-name="p" logical-system-id="0" epoch-time-64="6a0cfff0"]
May 20 03:27:28 srx-1 RT_NAT: RT_SRC_NAT_PBA_RELEASE: Subscriber 100.64.0.9 used/maximum [0/4] blocks, releases port block [1024-1151] from 203.0.113.5 in source pool p lsys_id: 0
May 20 03:27:30 mx-1 (FPC Slot 2, PIC Slot 0) 2026-05-20 01:27:30 {sset}[FWNAT]:JSERVICES_NAT_PORT_BLOCK_ALLOC: 100.64.0.9 -> 203.0.113.5:2048-2175 0x6a0d0e00
May 20 03:28:30 mx-1 (FPC Slot 2, PIC Slot 0) 2026-05-20 01:28:30 {sset}[FWNAT]:JSERVICES_NAT_PORT_BLOCK_RELEASE: 100.64.0.9 -> 203.0.113.5:2048-2175 0x6a0d0e00
May 20 03:28:31 mx-1 ASP_NAT_PORT_BLOCK_ACTIVE: 2001:db8::9 -> 203.0.113.6:1050-1099
May 20 03:28:32 mx-1 sshd[7]: somebody signed in
<14>1 2026-05-20T03:28:33Z srx-1 RT_FLOW - RT_FLOW_SESSION_CREATE [junos@2636 source-address="100.64.0.9" source-port="46776" destination-address="198.51.100.9" destination-port="80" nat-source-address="203.0.113.5" nat-source-port="53328" protocol-id="6" session-id="9"]
<14>1 2026-05-20T03:28:33Z srx-1 RT_FLOW - RT_FLOW_SESSION_CREATE [junos@2636 source-address="192.0.2.9" nat-source-address="192.0.2.9" nat-source-port="53328" protocol-id="6"]
May 20 03:28:34 srx-1 RT_NAT: RT_SRC_NAT_PBA_ALLOC: Subscriber 100.64.0.9 used/maximum
"#;
    let out = read(Format::Cgnat, &settings("Europe/Berlin"), text);
    assert_eq!(
        said(&out),
        [
            "1 203.0.113.5/32:1024-1151 inside 100.64.0.9: start 2026-05-20T00:27:28Z srx-1/:203.0.113.5:1024-1151/100.64.0.9",
            "2 203.0.113.5/32:1024-1151 inside 100.64.0.9: stop 2026-05-20T01:27:28Z srx-1/:203.0.113.5:1024-1151/100.64.0.9",
            "3 203.0.113.5/32:2048-2175 inside 100.64.0.9: start 2026-05-20T01:27:28Z mx-1/:203.0.113.5:2048-2175/100.64.0.9",
            "4 203.0.113.5/32:2048-2175 inside 100.64.0.9: stop 2026-05-20T01:28:30Z mx-1/:203.0.113.5:2048-2175/100.64.0.9 since 2026-05-20T01:27:28Z",
            "5 203.0.113.6/32:1050-1099 inside 2001:db8::9: alive 2026-05-20T01:28:31Z mx-1/:203.0.113.6:1050-1099/2001:db8::9",
            "7 203.0.113.5/32:53328-53328 p6 inside 100.64.0.9: start 2026-05-20T03:28:33Z srx-1/6:203.0.113.5:53328-53328/100.64.0.9",
        ]
        .map(String::from)
    );
    assert_eq!(refused(&out), ["9: the message of the port block cannot be read"]);
}

#[test]
fn blocks_of_others() {
    let text = "\
<190>1 2026 Nov 19 10:00:00 192.0.2.3 - - NAT44 - [UserbasedA - 100.64.0.9 IN - 203.0.113.5 - 1024 1535 - -][UserbasedW - 100.64.0.10 IN - 203.0.113.5 - 1536 2047 - -]
2026-11-19T10:00:00Z cgn-2 CEF:0|A10|CFW|6.0.0-P1|CGN 106|Nat Port Batch Pool Allocated|5|proto=UDP src=100.64.0.9 sourceTranslatedAddress=203.0.113.5 sourceTranslatedPort=22016 cn3=22271 cn3Label=Last Nat Port
Nov 19 10:00:01 a10 NAT-TCP-C: 100.64.0.9:10000 -> 203.0.113.5: 10001
Nov 19 10:00:02 a10 NAT-TCP-F: 100.64.0.9:10000<-->203.0.113.5:10001 to 198.51.100.9:443
Nov 19 10:00:03 a10 NAT-UDP-C: 100.64.0.9:10000<->198.51.100.9:53,203.0.113.5:10002<-->198.51.100.9:53
2026-11-19T10:00:00Z nf A VRF 0 INT 100.64.0.9 EXT 203.0.113.5:1024-1535
2026-11-19T10:00:00Z nf D VRF 0 17 INT 100.64.0.9:57938 EXT 203.0.113.5:28475 DST 198.51.100.9:53 DIR OUT
Nov 19 10:00:00 v fp-cgnat-logd@main[4269]: USER 100.64.0.9 (matching rule 1): NEW BLOCK (203.0.113.5, proto 6, port 1024 - 1536) at Thu Nov 19 10:00:00 2026
2026-11-19T10:00:00Z nf A VRF 0 INT 100.64.0.9 EXT 203.0.113.5:99999-1535
2026-11-19T10:00:00Z nf A VRF 0 INT 100.64.0.9 EXT 203.0.113.5:2000-1000
";
    let out = read(Format::Cgnat, &settings("UTC"), text);
    let all: Vec<String> = said(&out).iter().map(|line| line.rsplit_once(' ').unwrap().0.to_owned()).collect();
    assert_eq!(
        all,
        [
            "1 203.0.113.5/32:1024-1535 inside 100.64.0.9: start 2026-11-19T10:00:00Z",
            "1 203.0.113.5/32:1536-2047 inside 100.64.0.10: stop 2026-11-19T10:00:00Z",
            "2 203.0.113.5/32:22016-22271 p17 inside 100.64.0.9: start 2026-11-19T10:00:00Z",
            "3 203.0.113.5/32:10001-10001 p6 inside 100.64.0.9: start 2026-11-19T10:00:01Z",
            "4 203.0.113.5/32:10001-10001 p6 inside 100.64.0.9: stop 2026-11-19T10:00:02Z",
            "5 203.0.113.5/32:10002-10002 p17 inside 100.64.0.9: start 2026-11-19T10:00:03Z",
            "6 203.0.113.5/32:1024-1535 inside 100.64.0.9: start 2026-11-19T10:00:00Z",
            "7 203.0.113.5/32:28475-28475 p17 inside 100.64.0.9: stop 2026-11-19T10:00:00Z",
            "8 203.0.113.5/32:1024-1536 p6 inside 100.64.0.9: start 2026-11-19T10:00:00Z",
        ]
        .map(String::from)
    );
    assert_eq!(out.refused.len(), 2, "{:?}", refused(&out));
    // Without a zone only what has one is kept.
    let out = read(Format::Cgnat, &settings(""), text);
    assert!(refused(&out).iter().any(|problem| problem.contains("no time zone")), "{:?}", refused(&out));
    assert_eq!(out.said.len(), 3);
}

#[test]
fn connections_of_a_linux_router() {
    let text = "\
[1795082400.123456]\t    [NEW] tcp      6 120 SYN_SENT src=100.64.0.5 dst=198.51.100.9 sport=5555 dport=443 [UNREPLIED] src=198.51.100.9 dst=203.0.113.5 sport=443 dport=40001
[1795082401.5]\t [UPDATE] tcp      6 60 SYN_RECV src=100.64.0.5 dst=198.51.100.9 sport=5555 dport=443 src=198.51.100.9 dst=203.0.113.5 sport=443 dport=40001
[1795082460]\t[DESTROY] tcp      6 src=100.64.0.5 dst=198.51.100.9 sport=5555 dport=443 packets=5 bytes=300 src=198.51.100.9 dst=203.0.113.5 sport=443 dport=40001 packets=4 bytes=200 [ASSURED]
[1795082460]\t    [NEW] icmp     1 30 src=100.64.0.5 dst=198.51.100.9 type=8 code=0 id=7 [UNREPLIED] src=198.51.100.9 dst=203.0.113.5 type=0 code=0 id=7
[1795082460]\t    [NEW] udp     17 30 src=192.0.2.5 dst=198.51.100.9 sport=5 dport=53 [UNREPLIED] src=198.51.100.9 dst=192.0.2.5 sport=53 dport=5
\t    [NEW] udp     17 30 src=100.64.0.5 dst=198.51.100.9 sport=5 dport=53 [UNREPLIED] src=198.51.100.9 dst=203.0.113.5 sport=53 dport=5
";
    let out = read(Format::Conntrack, &settings("UTC"), text);
    assert_eq!(
        said(&out),
        [
            "1 203.0.113.5/32:40001-40001 p6 inside 100.64.0.5: start 2026-11-19T10:00:00.123456Z /6:100.64.0.5:5555>198.51.100.9:443",
            "3 203.0.113.5/32:40001-40001 p6 inside 100.64.0.5: stop 2026-11-19T10:01:00Z /6:100.64.0.5:5555>198.51.100.9:443",
        ]
        .map(String::from)
    );
    assert_eq!(out.refused.len(), 1, "{:?}", refused(&out));
}
