//! Reports as the world writes them: Shadowserver files, feedback reports, XARF in three ages, free text, bounces.
use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::json;
use std::{fmt::Write as _, net::IpAddr};

/// What the demo desk's own mail server writes on top of each mail it verified (RFC 8601).
const OUR_SERVER: &str = "Authentication-Results: mx.seetal.example; ";

/// A report on its way.
#[derive(Debug, Clone)]
pub(super) struct Mail {
    pub(super) bytes: Vec<u8>,
    pub(super) content_type: &'static str,
    pub(super) file_name: String,
}

impl Mail {
    fn message(text: String) -> Self {
        Self { bytes: text.into_bytes(), content_type: "message/rfc822", file_name: String::new() }
    }

    fn json(value: &serde_json::Value) -> Self {
        Self { bytes: value.to_string().into_bytes(), content_type: "application/json", file_name: String::new() }
    }
}

/// What was seen of one line at one moment.
#[derive(Debug, Clone)]
pub(super) struct Sighting {
    pub(super) at: DateTime<Utc>,
    pub(super) address: IpAddr,
    pub(super) port: Option<u16>,
    /// Number that makes it different from every other.
    pub(super) serial: u64,
}

/// A file of one of Shadowserver's reports: its name and the columns after the address.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Feed {
    /// As in the file's name.
    pub(super) name: &'static str,
    /// What its rows are tagged with.
    pub(super) tag: &'static str,
    /// Port of the service, or of the far end.
    pub(super) port: u16,
}

/// One day of a feed. Files about machines that did something name their source column `src_ip`.
pub(super) fn shadowserver(feed: Feed, day: DateTime<Utc>, rows: &[Sighting]) -> Mail {
    let acting = feed.name.starts_with("event4");
    let mut out = String::from(if acting {
        "\"timestamp\",\"protocol\",\"src_ip\",\"src_port\",\"src_asn\",\"src_geo\",\"dst_port\",\"infection\",\"tag\",\"severity\",\"event_id\"\n"
    } else {
        "\"timestamp\",\"ip\",\"protocol\",\"port\",\"hostname\",\"tag\",\"asn\",\"geo\",\"severity\",\"event_id\"\n"
    });
    for row in rows {
        let at = row.at.format("%Y-%m-%d %H:%M:%S");
        let _ = if acting {
            let port = row.port.map(|port| port.to_string()).unwrap_or_default();
            writeln!(
                out,
                "\"{at}\",\"tcp\",\"{}\",\"{port}\",64496,\"AT\",{},\"{}\",\"{}\",\"critical\",\"{:x}\"",
                row.address, feed.port, feed.tag, feed.tag, row.serial
            )
        } else {
            writeln!(
                out,
                "\"{at}\",\"{}\",\"udp\",{},\"\",\"{}\",64496,\"AT\",\"medium\",\"{:x}\"",
                row.address, feed.port, feed.tag, row.serial
            )
        };
    }
    let file_name = format!("{}-{}-lazaret_demo-asn.csv", day.format("%Y-%m-%d"), feed.name);
    Mail { bytes: out.into_bytes(), content_type: "text/csv", file_name }
}

fn rfc2822(at: DateTime<Utc>) -> String {
    at.to_rfc2822()
}

fn rfc3339(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// A feedback report (RFC 5965) about one spam mail.
pub(super) fn arf(seen: &Sighting, subject: &str) -> Mail {
    let (date, ip, serial) = (rfc2822(seen.at), seen.address, seen.serial);
    let port = seen.port.map(|port| format!("Source-Port: {port}\n")).unwrap_or_default();
    Mail::message(format!(
        "{OUR_SERVER}dkim=pass header.d=mailhost.example; spf=pass smtp.mailfrom=mailhost.example\n\
From: Feedback Loop <fbl@mailhost.example>\nTo: abuse@desk.example\nSubject: FW: {subject}\n\
Message-ID: <fbl-{serial:x}@mailhost.example>\nDate: {date}\nMIME-Version: 1.0\n\
Content-Type: multipart/report; report-type=feedback-report; boundary=\"b{serial:x}\"\n\n\
--b{serial:x}\nContent-Type: text/plain; charset=us-ascii\n\nA recipient called this mail spam.\n\n\
--b{serial:x}\nContent-Type: message/feedback-report\n\n\
Feedback-Type: abuse\nUser-Agent: MailhostFBL/3.2\nVersion: 1\nOriginal-Mail-From: <offers@shop.example>\n\
Arrival-Date: {date}\nSource-IP: {ip}\n{port}Reported-Domain: shop.example\n\n\
--b{serial:x}\nContent-Type: message/rfc822\n\n\
Received: from shop.example ([{ip}]) by mx.mailhost.example with ESMTP; {date}\n\
From: offers@shop.example\nTo: trap@mailhost.example\nSubject: {subject}\nMessage-ID: <o-{serial:x}@shop.example>\n\n\
Only today: 80 % off. http://shop.example/{serial:x}\n\n--b{serial:x}--\n"
    ))
}

/// A fail2ban mail in the old X-ARF form. It names the attacked port, not the attacker's.
pub(super) fn fail2ban(seen: &Sighting, service: &str, port: u16, times: i64) -> Mail {
    let (date, ip, serial) = (rfc2822(seen.at), seen.address, seen.serial);
    // Now and then a server of theirs is not among those that may send for them.
    let spf = if seen.serial.is_multiple_of(7) { "softfail" } else { "pass" };
    Mail::message(format!(
        "{OUR_SERVER}dkim=none; spf={spf} smtp.mailfrom=sensor.example\nFrom: fail2ban@sensor.example\nTo: abuse@desk.example\nSubject: abuse report about {ip} - {date}\n\
Message-ID: <f2b-{serial:x}@sensor.example>\nAuto-Submitted: auto-generated\nX-XARF: PLAIN\nDate: {date}\nMIME-Version: 1.0\n\
Content-Type: multipart/mixed; charset=utf8; boundary=Abuse-{serial:x};\n\n\
--Abuse-{serial:x}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8;\n\n\
Dear Sir or Madam, the address {ip} attacked our server.\n\n\
--Abuse-{serial:x}\nMIME-Version: 1.0\nContent-Type: text/plain; charset=utf8; name=\"report.txt\";\n\n\
---\nReported-From: fail2ban@sensor.example\nCategory: abuse\nReport-ID: {serial}@sensor.example\nReport-Type: login-attack\n\
Service: {service}\nVersion: 0.2\nUser-Agent: Fail2ban v0.11\nDate: {date}\nSource-Type: ip-address\nSource: {ip}\nPort: {port}\n\
Occurances: {times}\nAttachment: text/plain\n\n\
--Abuse-{serial:x}\nContent-Type: text/plain; charset=utf8; name=\"logfile.log\";\n\n\
{} host {service}d[1]: Failed password for root from {ip} port 51234\n\n--Abuse-{serial:x}--\n",
        seen.at.format("%b %e %H:%M:%S")
    ))
}

/// XARF v4 about one observation; `more` holds the fields of its type.
pub(super) fn xarf4(seen: &Sighting, reporter: (&str, &str), class: (&str, &str), more: serde_json::Value) -> Mail {
    let (org, domain) = reporter;
    let mut report = json!({
        "xarf_version": "4.2.0",
        "report_id": format!("{:08x}-0000-4000-8000-{:012x}", seen.serial >> 32, seen.serial & 0xffff_ffff),
        "timestamp": rfc3339(seen.at),
        "reporter": { "org": org, "contact": format!("reports@{domain}"), "domain": domain },
        "sender": { "org": org, "contact": format!("reports@{domain}"), "domain": domain },
        "source_identifier": seen.address.to_string(),
        "category": class.0,
        "type": class.1,
        "evidence_source": "automated_scan",
    });
    if let Some(port) = seen.port {
        report["source_port"] = json!(port);
    }
    if let (Some(report), serde_json::Value::Object(more)) = (report.as_object_mut(), more) {
        report.extend(more);
    }
    Mail::json(&report)
}

/// XARF v3 about a login attack or a port scan.
pub(super) fn xarf3(seen: &Sighting, kind: &str, port: u16) -> Mail {
    Mail::json(&json!({
        "Version": "3",
        "ReporterInfo": {
            "ReporterOrg": "Blocklist Cooperative",
            "ReporterOrgDomain": "blockcoop.example",
            "ReporterOrgEmail": "reports@blockcoop.example"
        },
        "Disclosure": true,
        "Report": {
            "ReportClass": "Activity",
            "ReportType": kind,
            "ReporterCaseID": format!("bc-{:x}", seen.serial),
            "Date": rfc3339(seen.at),
            "SourceIp": seen.address.to_string(),
            "SourcePort": seen.port,
            "DestinationIp": "192.0.2.200",
            "DestinationPort": port
        }
    }))
}

/// A letter of a person that no parser understands.
pub(super) fn letter(at: DateTime<Utc>, serial: u64, (subject, body): (&str, &str)) -> Mail {
    // People write through forwarders, too.
    let (dkim, spf) =
        if serial.is_multiple_of(5) { ("fail", "list.forwarder.example") } else { ("pass", "somewhere.example") };
    Mail::message(format!(
        "{OUR_SERVER}dkim={dkim} header.d=somewhere.example; spf=pass smtp.mailfrom={spf}\nFrom: A Person <person{}@somewhere.example>\nTo: abuse@desk.example\nSubject: {subject}\n\
Message-ID: <p-{serial:x}@somewhere.example>\nDate: {}\nContent-Type: text/plain; charset=utf-8\n\n{body}\n",
        serial % 90 + 10,
        rfc2822(at)
    ))
}

/// An absence note to one of our mails.
pub(super) fn away(at: DateTime<Utc>, from: &str, message_id: &str) -> Mail {
    Mail::message(format!(
        "From: <{from}>\nTo: abuse@desk.example\nSubject: Automatic reply: Out of office\nAuto-Submitted: auto-replied\n\
In-Reply-To: {message_id}\nMessage-ID: <away-{}@somewhere.example>\nDate: {}\n\nI am away until Monday.\n",
        at.timestamp(),
        rfc2822(at)
    ))
}

/// A delivery report (RFC 3464): the notice with this Message-ID came back.
pub(super) fn bounce(at: DateTime<Utc>, recipient: &str, message_id: &str) -> Mail {
    Mail::message(format!(
        "Return-Path: <>\nFrom: Mail Delivery System <MAILER-DAEMON@mx.mail.example>\nTo: abuse@desk.example\n\
Subject: Undelivered Mail Returned to Sender\nMessage-ID: <dsn-{}@mx.mail.example>\nDate: {}\nAuto-Submitted: auto-replied\n\
MIME-Version: 1.0\nContent-Type: multipart/report; report-type=delivery-status; boundary=\"d1\"\n\n\
--d1\nContent-Type: text/plain\n\nYour mail could not be delivered.\n\n\
--d1\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; mx.mail.example\n\n\
Final-Recipient: rfc822; {recipient}\nAction: failed\nStatus: 5.1.1\nDiagnostic-Code: smtp; 550 5.1.1 <{recipient}>: mailbox unavailable\n\n\
--d1\nContent-Type: text/rfc822-headers\n\nFrom: abuse@desk.example\nTo: {recipient}\nSubject: Your connection\nMessage-ID: {message_id}\n\n--d1--\n",
        at.timestamp(),
        rfc2822(at)
    ))
}
