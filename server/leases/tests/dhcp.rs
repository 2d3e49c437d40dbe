//! Lease files of Kea and of ISC dhcpd.
mod common;

use common::{read, refused, said, settings};
use leases::Format;

const KEA4: &str =
    "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,user_context\n";
const KEA6: &str = "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source\n";

#[test]
fn renewals_are_one_lease_and_the_next_holder_ends_it() {
    // 1763546400 is 2025-11-19 10:00 UTC.
    let text = format!(
        "{KEA4}192.0.2.10,00:1a:2b:3c:4d:01,,3600,1763550000,1,0,0,host,0,\n\
         192.0.2.10,00:1a:2b:3c:4d:01,,3600,1763551800,1,0,0,host,0,\n\
         192.0.2.11,00:1a:2b:3c:4d:09,,4294967295,6058513695,1,0,0,,0,\n\
         192.0.2.10,00:1a:2b:3c:4d:02,,3600,1763553000,1,0,0,,0,\n"
    );
    let out = read(Format::Kea, &settings(""), &text);
    assert_eq!(
        said(&out),
        [
            "3 192.0.2.10/32 mac 00:1a:2b:3c:4d:01: held 2025-11-19T10:00:00Z to 2025-11-19T10:50:00Z",
            "5 192.0.2.10/32 mac 00:1a:2b:3c:4d:02: held 2025-11-19T10:50:00Z to 2025-11-19T11:50:00Z",
            "4 192.0.2.11/32 mac 00:1a:2b:3c:4d:09: held 2025-11-19T10:00:00Z to ever",
        ]
        .map(String::from)
    );
    assert_eq!((out.rows, refused(&out)), (4, vec![]));
}

#[test]
fn what_is_given_back_is_held_no_longer_than_is_proven() {
    let text = format!(
        "{KEA4}192.0.2.10,00:1a:2b:3c:4d:01,,3600,1763550000,1,0,0,,0,\n\
         192.0.2.11,00:1a:2b:3c:4d:02,,3600,1763550600,1,0,0,,0,\n\
         192.0.2.10,00:1a:2b:3c:4d:01,,0,1763546400,1,0,0,,0,\n\
         192.0.2.12,00:1a:2b:3c:4d:03,,3600,1763560000,1,0,0,,0,\n\
         192.0.2.11,00:1a:2b:3c:4d:02,,3600,1763550600,1,0,0,,2,\n\
         192.0.2.11,00:1a:2b:3c:4d:02,,0,1763547000,1,0,0,,0,\n\
         192.0.2.13,,,3600,1763560000,1,0,0,,1,\n"
    );
    let out = read(Format::Kea, &settings(""), &text);
    let all = said(&out);
    // Given back after 10:10, when the other was given; how much later nobody knows.
    assert!(
        all.contains(
            &"4 192.0.2.10/32 mac 00:1a:2b:3c:4d:01: held 2025-11-19T10:00:00Z to 2025-11-19T10:10:00Z".into()
        ),
        "{all:#?}"
    );
    // Run out at 11:10, removed later.
    assert!(
        all.contains(
            &"3 192.0.2.11/32 mac 00:1a:2b:3c:4d:02: held 2025-11-19T10:10:00Z to 2025-11-19T11:10:00Z".into()
        ),
        "{all:#?}"
    );
    assert_eq!((all.len(), refused(&out)), (3, vec![]));
}

#[test]
fn relays_name_the_line_and_bad_rows_cost_themselves() {
    let text = format!(
        "{KEA4}192.0.2.10,00:1a:2b:3c:4d:01,,3600,1763550000,1,0,0,,0,{{ \"ISC\": {{ \"relay-agent-info\": {{ \"sub-options\": \"0x01066c696e6537610206010203040506\" }} }}&#x2c \"note\": \"a\" }}\n\
         nonsense\n\
         192.0.2.300,00:1a:2b:3c:4d:01,,3600,1763550000,1,0,0,,0,\n\
         192.0.2.12,,,3600,1763550000,1,0,0,,0,\n\
         192.0.2.13,00:1a:2b:3c:4d:04,,x,1763550000,1,0,0,,0,\n\
         192.0.2.14,00:1a:2b:3c:4d:05,,3600,1763550000,1,0,0,,0,\n"
    );
    let out = read(Format::Kea, &settings(""), &text);
    assert_eq!(
        said(&out),
        [
            "2 192.0.2.10/32 circuit line7a: held 2025-11-19T10:00:00Z to 2025-11-19T11:00:00Z",
            "7 192.0.2.14/32 mac 00:1a:2b:3c:4d:05: held 2025-11-19T10:00:00Z to 2025-11-19T11:00:00Z",
        ]
        .map(String::from)
    );
    let lines: Vec<u64> = out.refused.iter().map(|refused| refused.line).collect();
    assert_eq!(lines, [3, 4, 5, 6], "{:?}", refused(&out));
}

#[test]
fn prefixes_are_delegated() {
    let text = format!(
        "{KEA6}2001:db8:1:100::,00:03:00:01:00:1a:2b:3c:4d:01,3600,1763550000,1,1800,2,1,56,0,0,,,0,,,\n\
         2001:db8::10,00:01:00:01:2a:2b:2c:2d:00:1a:2b:3c:4d:02,3600,1763550000,1,1800,0,1,128,0,0,,,0,,,\n\
         2001:db8::11,00:02:00:00:01:37:aa:bb,3600,1763550000,1,1800,0,1,128,0,0,,,0,,,\n"
    );
    let out = read(Format::Kea6, &settings(""), &text);
    assert_eq!(
        said(&out),
        [
            "2 2001:db8:1:100::/56 mac 00:1a:2b:3c:4d:01: held 2025-11-19T10:00:00Z to 2025-11-19T11:00:00Z",
            "3 2001:db8::10/128 mac 00:1a:2b:3c:4d:02: held 2025-11-19T10:00:00Z to 2025-11-19T11:00:00Z",
            "4 2001:db8::11/128 circuit duid:00:02:00:00:01:37:aa:bb: held 2025-11-19T10:00:00Z to 2025-11-19T11:00:00Z",
        ]
        .map(String::from)
    );
}

#[test]
fn whoever_watches_the_file_knows_when_a_lease_was_given_back() {
    let at = |text: &str| text.parse::<chrono::DateTime<chrono::Utc>>().unwrap();
    let mut reader = leases::Reader::new(Format::Kea, &settings(""));
    reader.written(at("2025-11-19T10:00:01Z"));
    reader.bytes(format!("{KEA4}192.0.2.10,00:1a:2b:3c:4d:01,,3600,1763550000,1,0,0,,0,\n").as_bytes());
    reader.pause();
    reader.take();
    for look in ["2025-11-19T10:19:59Z", "2025-11-19T10:20:00Z"] {
        reader.written(at(look));
    }
    reader.bytes(b"192.0.2.10,00:1a:2b:3c:4d:01,,0,1763546400,1,0,0,,0,\n");
    reader.pause();
    let wanted = "3 192.0.2.10/32 mac 00:1a:2b:3c:4d:01: held 2025-11-19T10:00:00Z to 2025-11-19T10:19:59Z";
    assert_eq!(said(&reader.take()), [wanted]);
}

const ISC: &str = r#"# The format of this file is documented in the dhcpd.leases(5) manual page.
authoring-byte-order little-endian;
server-duid "\000\001\000\001*{;\"\000\032+<M^";
failover peer "other" state {
  my state normal at 4 2026/11/19 09:00:00;
}
lease 192.0.2.10 {
  starts 4 2026/11/19 10:00:00;
  ends 4 2026/11/19 11:00:00;
  cltt 4 2026/11/19 10:00:00;
  binding state active;
  next binding state free;
  rewind binding state free;
  hardware ethernet 00:1a:2b:3c:4d:01;
  uid "\001\000\032+<M\001";
  client-hostname "a;b{";
}
lease 192.0.2.11 {
  starts epoch 1795082400; # Thu Nov 19 10:00:00 2026
  ends never;
  binding state active;
  hardware ethernet 00:1a:2b:3c:4d:02;
  option agent.circuit-id "eth 1/1/04#7";
  on expiry or release {
    set gone = "yes";
  }
}
lease 192.0.2.10 {
  starts 4 2026/11/19 10:00:00;
  ends 4 2026/11/19 10:20:00;
  tstp 4 2026/11/19 10:20:00;
  binding state free;
  hardware ethernet 00:1a:2b:3c:4d:01;
}
lease 192.0.2.12 {
  starts 4 2026/11/19 10:00:00;
  ends 4 soon;
  binding state active;
  hardware ethernet 00:1a:2b:3c:4d:03;
}
lease 192.0.2.13 {
  binding state abandoned;
}
lease 192.0.2.14 {
  starts 4 2026/11/19 10:00:00;
  ends 4 20
lease 192.0.2.15 {
  starts 4 2026/11/19 10:00:00;
  ends 4 2026/11/19 11:00:00;
  binding state active;
  hardware ethernet 00:1a:2b:3c:4d:05;
}
lease 192.0.2.16 {
  starts 4 2026/11/19 10:00:00;
"#;

#[test]
fn blocks_of_dhcpd_override_each_other() {
    let out = read(Format::Isc, &settings(""), ISC);
    assert_eq!(
        said(&out),
        [
            "28 192.0.2.10/32 mac 00:1a:2b:3c:4d:01: held 2026-11-19T10:00:00Z to 2026-11-19T10:20:00Z",
            "18 192.0.2.11/32 circuit eth 1/1/04#7: held 2026-11-19T10:00:00Z to ever",
            "47 192.0.2.15/32 mac 00:1a:2b:3c:4d:05: held 2026-11-19T10:00:00Z to 2026-11-19T11:00:00Z",
        ]
        .map(String::from)
    );
    let lines: Vec<u64> = out.refused.iter().map(|refused| refused.line).collect();
    assert_eq!(lines, [35, 44, 53], "{:?}", refused(&out));
}

#[test]
fn blocks_of_dhcpd6_name_the_client_by_its_duid() {
    let text = r#"default-duid "\000\001\000\001*{;\"\000\032+<M^";
ia-na "\001\000\000\000\000\003\000\001\000\032+<M\001" {
  cltt 4 2026/11/19 10:00:00;
  iaaddr 2001:db8::10 {
    binding state active;
    preferred-life 375;
    max-life 600;
    ends 4 2026/11/19 10:10:00;
  }
}
ia-pd "\001\000\000\000\000\003\000\001\000\032+<M\001" {
  cltt 4 2026/11/19 10:00:00;
  iaprefix 2001:db8:1:100::/56 {
    binding state active;
    preferred-life 375;
    max-life 600;
    ends 4 2026/11/19 10:10:00;
  }
}
ia-na "\001\000\000\000\000\003\000\001\000\032+<M\001" {
  cltt 4 2026/11/19 10:05:00;
  iaaddr 2001:db8::10 {
    binding state released;
    preferred-life 375;
    max-life 600;
    ends 4 2026/11/19 10:10:00;
  }
}
"#;
    let out = read(Format::Isc6, &settings(""), text);
    assert_eq!(
        said(&out),
        [
            "22 2001:db8::10/128 mac 00:1a:2b:3c:4d:01: held 2026-11-19T10:00:00Z to 2026-11-19T10:05:00Z",
            "13 2001:db8:1:100::/56 mac 00:1a:2b:3c:4d:01: held 2026-11-19T10:00:00Z to 2026-11-19T10:10:00Z",
        ]
        .map(String::from)
    );
    assert_eq!(refused(&out), Vec::<String>::new());
}
