//! Whose fault it is, by Shadowserver report type: which column is our customer and what he is in it.
use domain::class::Class;
use domain::event::Role;

/// Which side of a row is ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// `ip` and `port`: a machine that was looked at.
    Own,
    /// `src_ip` and `src_port` (in reports of the last decade `ip`): a machine that did something.
    Src,
    /// `dst_ip` and `dst_port`: a machine to which something was done.
    Dst,
    /// `http_referer_ip`: the host of a page that sends its visitors to malware.
    Referer,
}

/// What the rows of a report type say.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Kind {
    pub(crate) class: Class,
    pub(crate) role: Role,
    pub(crate) side: Side,
    /// A row that names an infection is an infected machine, whatever it was seen doing.
    pub(crate) infection_decides: bool,
    /// False when class and role were guessed from the columns.
    pub(crate) certain: bool,
}

const fn kind(class: Class, role: Role, side: Side) -> Kind {
    Kind { class, role, side, infection_decides: false, certain: true }
}

/// Type and date of a report from its file name (`2024-05-01-event4_sinkhole-example-asn.csv`).
pub(crate) fn of_file(name: &str) -> Option<(Option<&str>, &str)> {
    let base = name.rsplit(['/', '\\']).next()?;
    let stem = base.split_once(".csv").map_or(base, |(stem, _)| stem);
    let dated = stem
        .get(..10)
        .filter(|d| d.bytes().enumerate().all(|(i, b)| if i == 4 || i == 7 { b == b'-' } else { b.is_ascii_digit() }));
    let kind = match dated {
        Some(_) => stem.get(11..)?.split('-').next()?,
        None => stem.split('-').next()?,
    };
    let plain = !kind.is_empty() && kind.len() <= 60 && kind.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_');
    plain.then_some((dated, kind))
}

/// The meaning of a report type; event6, scan6 and population6 mean the same as their elder sisters.
pub(crate) fn by_name(name: &str) -> Option<Kind> {
    use Role::{Actor, Infected, Unknown, Victim, Vulnerable};
    use Side::{Dst, Own, Referer, Src};
    let plain = name
        .to_ascii_lowercase()
        .replace("event6_", "event4_")
        .replace("scan6_", "scan_")
        .replace("population6_", "population_");
    Some(match plain.as_str() {
        "event4_sinkhole_http_referer" | "sinkhole_http_referer" | "sinkhole6_http_referer" => {
            kind(Class::RemoteCompromise, Infected, Referer)
        }
        // A resolver that asked for somebody: information only.
        "event4_sinkhole_dns" | "sinkhole_dns" => kind(Class::ThreatIntelligence, Unknown, Src),
        "event4_honeypot_brute_force" | "drone_brute_force" | "hp_brute_force" => kind(Class::LoginAttack, Actor, Src),
        "event4_honeypot_darknet" | "darknet" => Kind { infection_decides: true, ..kind(Class::PortScan, Actor, Src) },
        "event4_ddos_participant" | "ddos_participant" => kind(Class::Ddos, Actor, Src),
        "event4_honeypot_ddos" => kind(Class::Botnet, Actor, Src),
        "event4_honeypot_ddos_target" | "ddos_target" => kind(Class::Ddos, Victim, Dst),
        // The source was spoofed: it is the one that was flooded.
        "event4_honeypot_ddos_amp" | "ddos_amplification" | "amplification_ddos_victim" => {
            kind(Class::Ddos, Victim, Src)
        }
        "event4_ip_spoofer" | "caida_ip_spoofer" => kind(Class::Misconfiguration, Vulnerable, Src),
        "event4_honeypot_http_scan" | "hp_http_scan" => kind(Class::VulnerabilityScan, Actor, Src),
        "botnet_drone" | "drone" => kind(Class::InfectedHost, Infected, Src),
        "botnet_ccip" | "cc_ip" => kind(Class::Botnet, Actor, Own),
        "blocklist" | "blacklist" => kind(Class::Blocklist, Unknown, Own),
        "compromised_website" | "compromised_website6" => kind(Class::RemoteCompromise, Infected, Own),
        "scan_synfulknock" => kind(Class::CompromisedServer, Infected, Own),
        // A command server of Cobalt Strike and the like, no service that merely stands open.
        "scan_post_exploitation_framework" => kind(Class::Botnet, Infected, Own),
        "malware_url" => kind(Class::Malware, Actor, Own),
        "phish_url" => kind(Class::Phishing, Actor, Own),
        "spam_url" => kind(Class::Spam, Actor, Own),
        "ransomware_victim" => kind(Class::CompromisedServer, Victim, Own),
        "compromised_account" => kind(Class::Unclassified, Vulnerable, Own),
        "special" | "event4_special" => kind(Class::Unclassified, Unknown, Own),
        "device_id" | "device_id6" => kind(Class::Unclassified, Unknown, Own),
        "outdated_dnssec_key" | "outdated_dnssec_key_v6" | "scan_ssl_freak" | "scan_ssl_poodle" | "scan_badsecrets" => {
            kind(Class::Misconfiguration, Vulnerable, Own)
        }
        "dns_openresolver"
        | "open_proxy"
        | "openproxy"
        | "netis_router"
        | "ntp_monitor"
        | "ntp_version"
        | "cisco_smart_install" => kind(Class::OpenService, Vulnerable, Own),
        other => return by_prefix(other),
    })
}

fn by_prefix(name: &str) -> Option<Kind> {
    use Role::{Actor, Infected, Unknown, Vulnerable};
    use Side::{Own, Src};
    Some(match name {
        n if ["event4_sinkhole", "event4_microsoft_sinkhole", "sinkhole", "microsoft_sinkhole"]
            .iter()
            .any(|start| n.starts_with(start)) =>
        {
            kind(Class::InfectedHost, Infected, Src)
        }
        n if n.starts_with("event4_honeypot_") || n.starts_with("hp_") => kind(Class::PortScan, Actor, Src),
        n if n.starts_with("sandbox_") || n.starts_with("cwsandbox_") => kind(Class::ThreatIntelligence, Unknown, Own),
        n if n.starts_with("compromised_") => kind(Class::CompromisedServer, Infected, Own),
        n if n.starts_with("scan_") && n.ends_with("_vulnerable") => kind(Class::Cve, Vulnerable, Own),
        "scan_exchange" | "scan_netscaler" | "scan_fortinet" | "scan_isakmp" | "scan_loop_dos" => {
            kind(Class::Cve, Vulnerable, Own)
        }
        n if n.starts_with("scan_") || n.starts_with("population_") => kind(Class::OpenService, Vulnerable, Own),
        _ => return None,
    })
}

/// A word in the column `tag` that says: this machine is not merely weak, somebody is inside.
pub(crate) fn says_compromised(tag: &[u8]) -> bool {
    tag.split(|b| matches!(b, b';' | b',' | b' '))
        .any(|word| [&b"webshell"[..], b"implant", b"compromised"].iter().any(|end| word.ends_with(end)))
}

/// Class and role by the column `infection`, which in some reports says what was done instead of an infection.
pub(crate) fn by_infection(said: &[u8]) -> Option<(Class, Role)> {
    match said {
        b"ddos-participant" => Some((Class::Ddos, Role::Actor)),
        b"http-scan" => Some((Class::VulnerabilityScan, Role::Actor)),
        b"brute-force" => Some((Class::LoginAttack, Role::Actor)),
        scan if scan.ends_with(b"-scan") => Some((Class::PortScan, Role::Actor)),
        _ => None,
    }
}

/// Class and role by the column `status` of the special reports, whose matter changes from one to the next.
pub(crate) fn by_status(said: &[u8]) -> Option<(Class, Role)> {
    match said {
        b"compromised" => Some((Class::CompromisedServer, Role::Infected)),
        b"vulnerable" => Some((Class::Cve, Role::Vulnerable)),
        _ => None,
    }
}

/// Class and role guessed from the columns, for files whose name does not tell.
pub(crate) fn by_columns(has: impl Fn(&str) -> bool) -> Kind {
    let found = if has("src_ip") && !has("ip") {
        doer(has)
    } else if has("http_referer_ip") && !has("ip") {
        kind(Class::RemoteCompromise, Role::Infected, Side::Referer)
    } else {
        looked_at(has)
    };
    Kind { certain: false, ..found }
}

/// Columns of the reports on what an address did.
fn doer(has: impl Fn(&str) -> bool) -> Kind {
    use Role::{Actor, Infected, Unknown, Victim, Vulnerable};
    use Side::Src;
    match () {
        () if has("avg_pps") || has("max_pps") => kind(Class::Ddos, Victim, Src),
        // Participant, command server and target share these columns.
        () if has("attack_src_ip") => kind(Class::Ddos, Unknown, Src),
        () if has("password") && has("service") => kind(Class::LoginAttack, Actor, Src),
        () if has("routedspoof") => kind(Class::Misconfiguration, Vulnerable, Src),
        () if has("http_request_method") => kind(Class::VulnerabilityScan, Actor, Src),
        () if has("query") && !has("dst_ip") => kind(Class::ThreatIntelligence, Unknown, Src),
        () if has("infection") || has("http_referer_ip") => kind(Class::InfectedHost, Infected, Src),
        () => kind(Class::Unclassified, Unknown, Src),
    }
}

/// Columns of the reports on what an address is.
fn looked_at(has: impl Fn(&str) -> bool) -> Kind {
    use Role::{Actor, Infected, Unknown, Vulnerable};
    use Side::{Own, Src};
    match () {
        () if has("reason") && has("source") => kind(Class::Blocklist, Unknown, Own),
        // What malware talked to in a sandbox, the innocent included.
        () if has("md5") && (has("bytes_in") || has("method") || has("request")) => {
            kind(Class::ThreatIntelligence, Unknown, Own)
        }
        () if has("http_host") && has("category") && has("system") => kind(Class::RemoteCompromise, Infected, Own),
        () if has("url") && has("source") && has("sender") => kind(Class::Spam, Actor, Own),
        () if has("url") && has("source") && has("sha256") => kind(Class::Malware, Actor, Own),
        () if has("url") && has("source") => kind(Class::Phishing, Actor, Own),
        () if has("ransomware") => kind(Class::CompromisedServer, Role::Victim, Own),
        () if has("beacon_type") => kind(Class::Botnet, Infected, Own),
        () if has("malpubkey_sha256") => kind(Class::CompromisedServer, Infected, Own),
        () if has("status") && has("detail") && has("public_source") => kind(Class::Unclassified, Unknown, Own),
        () if has("infection") && has("cc_ip") => kind(Class::InfectedHost, Infected, Src),
        () if has("type") && has("http_agent") && has("src_port") => kind(Class::InfectedHost, Infected, Src),
        () if has("freak_vulnerable") || has("ssl_poodle") => kind(Class::Misconfiguration, Vulnerable, Own),
        () if has("port") => kind(Class::OpenService, Vulnerable, Own),
        () => kind(Class::Unclassified, Unknown, Own),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn victims_are_victims() {
        for name in ["event4_honeypot_ddos_target", "event4_honeypot_ddos_amp", "event6_honeypot_ddos_amp"] {
            assert_eq!(by_name(name).unwrap().role, Role::Victim, "{name}");
        }
        assert_eq!(by_name("event4_honeypot_ddos_target").unwrap().side, Side::Dst);
    }

    #[test]
    fn names_of_files() {
        assert_eq!(
            of_file("a/2024-05-01-event4_sinkhole-example-asn.csv"),
            Some((Some("2024-05-01"), "event4_sinkhole"))
        );
        assert_eq!(of_file("2019-01-16-scan_afp-sample-ip.csv.zip"), Some((Some("2019-01-16"), "scan_afp")));
        assert_eq!(of_file("scan_adb.csv"), Some((None, "scan_adb")));
        assert_eq!(of_file("bad name.csv"), None);
        assert_eq!(of_file(""), None);
    }
}
