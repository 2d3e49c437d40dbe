//! Every report type of Shadowserver: whose address it names, what kind of abuse it is, and who is to blame.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
use chrono::DateTime;
use domain::class::Class;
use domain::event::{Disposition, Observation, Role, SourceKind};
use intake::{Hint, Parsed, parse};

/// Types, as in the names of the files, with the class and role that every row of theirs gets.
type Group = (Class, Role, &'static str);

/// Rows that name a machine which was looked at: `ip` and `port`.
const LOOKED_AT: &[Group] = &[
    (
        Class::OpenService,
        Role::Vulnerable,
        "scan_activemq scan_adb scan_afp scan_amqp scan_ard scan_bgp scan_chargen scan_cisco_smart_install scan_coap \
         scan_couchdb scan_cwmp scan_db2 scan_ddos_middlebox scan_dns scan_docker scan_dvr_dhcpdiscover \
         scan_elasticsearch scan_epmd scan_ftp scan_gtp scan_hadoop scan_http scan_http_proxy scan_ics scan_imap \
         scan_ip_tunnel scan_ipmi scan_ipp scan_kubernetes scan_ldap scan_ldap_tcp scan_ldap_udp scan_mdns \
         scan_memcached scan_mongodb scan_mqtt scan_mqtt_anon scan_msrdpeudp scan_msrpc scan_mssql scan_mysql \
         scan_nat_pmp scan_netbios scan_netis_router scan_ntp scan_ntpmonitor scan_pop3 scan_portmapper scan_postgres \
         scan_qotd scan_quic scan_radmin scan_rdp scan_rdpeudp scan_redis scan_rsync scan_sip scan_slp scan_smb \
         scan_smtp scan_snmp scan_socks scan_ssdp scan_ssh scan_ssl scan_stun scan_telnet scan_tftp scan_ubiquiti \
         scan_vnc scan_ws_discovery scan_xdmcp population_bgp population_http_proxy population_isakmp \
         population_msmq population_ntrip dns_openresolver cisco_smart_install netis_router ntp_monitor ntp_version",
    ),
    (
        Class::Cve,
        Role::Vulnerable,
        "scan_exchange scan_http_vulnerable scan_imap_vulnerable scan_isakmp scan_loop_dos scan_pop3_vulnerable \
         scan_smtp_vulnerable",
    ),
    (
        Class::Misconfiguration,
        Role::Vulnerable,
        "scan_badsecrets scan_ssl_freak scan_ssl_poodle outdated_dnssec_key outdated_dnssec_key_v6",
    ),
    (Class::RemoteCompromise, Role::Infected, "compromised_website"),
    (Class::CompromisedServer, Role::Infected, "compromised_iot scan_synfulknock"),
    (Class::Botnet, Role::Infected, "scan_post_exploitation_framework"),
    (Class::Botnet, Role::Actor, "botnet_ccip"),
    (Class::Malware, Role::Actor, "malware_url"),
    (Class::Phishing, Role::Actor, "phish_url"),
    (Class::Spam, Role::Actor, "spam_url"),
    (Class::Blocklist, Role::Unknown, "blocklist blacklist"),
    (Class::ThreatIntelligence, Role::Unknown, "sandbox_conn sandbox_url cwsandbox_url"),
    (Class::Unclassified, Role::Unknown, "device_id special"),
];

/// Rows that name a machine which did something: `src_ip` and `src_port`.
const DOERS: &[Group] = &[
    (
        Class::InfectedHost,
        Role::Infected,
        "event4_sinkhole event4_sinkhole_http event4_microsoft_sinkhole event4_microsoft_sinkhole_http botnet_drone \
         microsoft_sinkhole sinkhole_http_drone sinkhole6_http",
    ),
    (
        Class::PortScan,
        Role::Actor,
        "event4_honeypot_adb_scan event4_honeypot_darknet event4_honeypot_ics_scan event4_honeypot_ikev2_scan \
         event4_honeypot_rdp_scan event4_honeypot_rocketmq_scan event4_honeypot_smb_scan darknet hp_ics_scan",
    ),
    (Class::VulnerabilityScan, Role::Actor, "event4_honeypot_http_scan hp_http_scan"),
    (Class::LoginAttack, Role::Actor, "event4_honeypot_brute_force drone_brute_force"),
    (Class::Ddos, Role::Actor, "event4_ddos_participant"),
    (Class::Botnet, Role::Actor, "event4_honeypot_ddos"),
    (Class::Ddos, Role::Victim, "event4_honeypot_ddos_amp ddos_amplification"),
    (Class::Misconfiguration, Role::Vulnerable, "event4_ip_spoofer caida_ip_spoofer"),
    (Class::ThreatIntelligence, Role::Unknown, "event4_sinkhole_dns sinkhole_dns"),
];

fn read(text: &str, name: &str) -> Parsed {
    let received_at = DateTime::parse_from_rfc3339("2024-05-02T08:00:00Z").unwrap().to_utc();
    parse(text.as_bytes(), Hint { content_type: None, file_name: Some(name) }, received_at)
}

/// The one event of a report of that type with these columns and this row.
fn only(kind: &str, columns: &str, row: &str) -> Observation {
    let parsed = read(&format!("{columns}\n{row}\n"), &format!("2024-05-01-{kind}-example-asn.csv"));
    assert_eq!((parsed.disposition, parsed.events.len()), (Disposition::Events, 1), "{kind}: {parsed:?}");
    let event = parsed.events.into_iter().next().unwrap();
    assert_eq!(event.from.unwrap().to_rfc3339(), "2024-05-01T00:00:01+00:00", "{kind}");
    assert_eq!(event.faults, [""; 0], "{kind}");
    event
}

/// The type and its sister for the other address family, where there is one.
fn sisters(kind: &str) -> Vec<String> {
    let six = [("scan_", "scan6_"), ("event4_", "event6_"), ("population_", "population6_")]
        .iter()
        .find_map(|(four, six)| kind.strip_prefix(four).map(|rest| format!("{six}{rest}")));
    let last = ["compromised_website", "compromised_iot", "device_id"].contains(&kind).then(|| format!("{kind}6"));
    [Some(kind.to_owned()), six, last].into_iter().flatten().collect()
}

fn check(groups: &[Group], columns: &str, row: &str, source: (&str, u16)) {
    for (class, role, kinds) in groups {
        for kind in kinds.split_whitespace().flat_map(sisters) {
            let event = only(&kind, columns, row);
            assert_eq!((event.source.value.as_str(), event.source.port), (source.0, Some(source.1)), "{kind}");
            assert_eq!((event.class, event.role), (*class, *role), "{kind}");
            assert_eq!(event.details["report"], kind);
        }
    }
}

#[test]
fn what_was_looked_at() {
    let columns = "timestamp,severity,ip,protocol,port,hostname,tag,asn,geo,url,source";
    let row = "2024-05-01 00:00:01,high,192.0.2.10,tcp,8080,host.example,seen,64496,ZZ,/x,sensor";
    check(LOOKED_AT, columns, row, ("192.0.2.10", 8080));
}

#[test]
fn what_did_something() {
    let columns = "timestamp,protocol,src_ip,src_port,src_asn,src_geo,dst_ip,dst_port,dst_asn,dst_geo,infection,tag";
    let row = "2024-05-01 00:00:01,tcp,2001:db8::10,40123,64496,ZZ,198.51.100.20,443,64511,ZZ,,";
    check(DOERS, columns, row, ("2001:db8::10", 40123));
    let target = only("event4_honeypot_ddos_target", columns, row);
    assert_eq!((target.source.value.as_str(), target.source.port), ("198.51.100.20", Some(443)));
    assert_eq!((target.class, target.role), (Class::Ddos, Role::Victim));
    let scanning = only("event4_honeypot_darknet", columns, &row.replace(",ZZ,,", ",ZZ,mirai,"));
    assert_eq!((scanning.class, scanning.role), (Class::InfectedHost, Role::Infected));
}

#[test]
fn pages_that_send_their_visitors_to_malware() {
    let columns = "timestamp,protocol,http_referer_ip,http_referer_port,http_referer_asn,http_referer_geo,dst_ip,dst_port,asn,geo";
    for kind in sisters("event4_sinkhole_http_referer") {
        let event = only(&kind, columns, "2024-05-01 00:00:01,tcp,192.0.2.30,8081,64496,ZZ,198.51.100.20,443,,");
        assert_eq!((event.source.value.as_str(), event.source.port), ("192.0.2.30", Some(8081)));
        assert_eq!((event.class, event.role), (Class::RemoteCompromise, Role::Infected));
    }
}

#[test]
fn reports_without_an_address() {
    let account = only(
        "compromised_account",
        "timestamp,email,infection,source_url,public_source,status,tag,severity,service,username,detail",
        "2024-05-01 00:00:01,bob@customer.example,,https://shop.example/,,,,critical,,bob,",
    );
    assert_eq!((account.source.kind, account.source.value.as_str()), (SourceKind::Account, "bob@customer.example"));
    assert_eq!((account.class, account.role), (Class::Unclassified, Role::Vulnerable));

    let columns = "timestamp,entity_name,website,geo,region,sector,date_published,ransomware,leak_site_url,severity";
    for (site, kind, value) in [
        ("www.customer.example", SourceKind::Host, "www.customer.example"),
        ("https://customer.example/shop", SourceKind::Url, "https://customer.example/shop"),
    ] {
        let row = format!("2024-05-01 00:00:01,Customer,{site},ZZ,,,2024-05-01,lock,http://leak.example/,high");
        let victim = only("ransomware_victim", columns, &row);
        assert_eq!((victim.source.kind, victim.source.value.as_str()), (kind, value));
        assert_eq!((victim.class, victim.role), (Class::CompromisedServer, Role::Victim));
    }

    let asked = only(
        "sandbox_dns",
        "timestamp,md5,request,request_type,response,family,tag,source,severity",
        "2024-05-01 00:00:01,00,c2.example,A,198.51.100.9,,,sandbox,info",
    );
    assert_eq!((asked.source.kind, asked.source.value.as_str()), (SourceKind::Host, "c2.example"));
    assert_eq!((asked.class, asked.role), (Class::ThreatIntelligence, Role::Unknown));
}

#[test]
fn a_web_shell_is_more_than_a_weakness() {
    let columns = "timestamp,ip,port,hostname,tag,asn,geo";
    let meaning = |kind: &str, tag: &str| {
        let event = only(kind, columns, &format!("2024-05-01 00:00:01,192.0.2.10,443,,\"{tag}\",64496,ZZ"));
        (event.class, event.role)
    };
    assert_eq!(meaning("scan_exchange", "exchange;cve-2021-26855"), (Class::Cve, Role::Vulnerable));
    assert_eq!(meaning("scan_exchange", "exchange;webshell"), (Class::CompromisedServer, Role::Infected));
    assert_eq!(meaning("scan6_http_vulnerable", "router-implant,http"), (Class::CompromisedServer, Role::Infected));
    assert_eq!(meaning("blocklist", "webshell"), (Class::Blocklist, Role::Unknown));
}

/// A file that comes without its name: nobody may be blamed for what his columns do not say.
#[test]
fn nameless_files_are_told_by_their_columns() {
    let infection_said = |columns: &str, infection: &'static str| {
        let cells: Vec<&str> = columns
            .split(',')
            .map(|c| match c {
                "timestamp" => "2024-05-01 00:00:01",
                c if c.ends_with("ip") => "192.0.2.10",
                c if c.ends_with("port") => "80",
                "infection" => infection,
                _ => "x",
            })
            .collect();
        let parsed = read(&format!("{columns}\n{}\n", cells.join(",")), "upload");
        let event = parsed.events.first().unwrap_or_else(|| panic!("{columns}: {parsed:?}"));
        assert!(event.faults.iter().any(|f| f.contains("guessed")), "{columns}");
        (event.class, event.role)
    };
    let guess = |columns: &str| infection_said(columns, "");
    let infected = (Class::InfectedHost, Role::Infected);
    let event = "timestamp,src_ip,src_port,src_asn,src_geo,dst_ip,dst_port,infection";
    assert_eq!(infection_said(event, "mirai"), infected);
    assert_eq!(infection_said(event, "rdp-scan"), (Class::PortScan, Role::Actor));
    assert_eq!(infection_said(event, "ddos-participant"), (Class::Ddos, Role::Actor));
    let referer = "timestamp,http_referer_ip,http_referer_port,http_referer_asn,http_referer_geo,dst_ip,infection";
    assert_eq!(infection_said(referer, "kit"), (Class::RemoteCompromise, Role::Infected));
    assert_eq!(guess("timestamp,ip,asn,geo,url,type,http_agent,src_port,http_referer_ip"), infected);
    assert_eq!(guess("timestamp,src_ip,src_asn,src_geo,src_port,http_host,http_referer_ip"), infected);
    assert_eq!(guess("timestamp,ip,asn,geo,md5,protocol,port,bytes_in").1, Role::Unknown);
    assert_eq!(guess("timestamp,ip,asn,geo,url,host,port,source,sha256"), (Class::Malware, Role::Actor));
    assert_eq!(guess("timestamp,ip,asn,geo,port,url,source,sender,subject,src_ip"), (Class::Spam, Role::Actor));
    assert_eq!(guess("timestamp,ip,asn,geo,port,beacon_type"), (Class::Botnet, Role::Infected));
    assert_eq!(guess("timestamp,src_ip,src_port,src_asn,src_geo,avg_pps"), (Class::Ddos, Role::Victim));
    assert_eq!(guess("timestamp,ip,port,asn,geo,tag"), (Class::OpenService, Role::Vulnerable));
}
