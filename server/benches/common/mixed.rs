//! Mails as they come in on a mixed day: our own fixtures of every format, each made another one by its number, and some
//! with a table, an archive or a long body.
use std::{fmt::Write as _, path::Path};

/// Every format that comes by mail, some of them more than once.
const FIXTURES: [&str; 36] = [
    "acns.eml",
    "acns_quoted.eml",
    "aol_notice.eml",
    "arf_abuse.eml",
    "arf_abuse.eml",
    "arf_abuse.eml",
    "arf_auth_failure.eml",
    "arf_not_spam.eml",
    "arf_virus.eml",
    "arf_without_date.eml",
    "arf_without_source.eml",
    "auto_reply.eml",
    "bitninja.eml",
    "cleanmx_table.eml",
    "cyscon.eml",
    "dmarc.eml",
    "dsn_failed.eml",
    "dsn_qmail.eml",
    "dsn_verp.eml",
    "fail2ban_complain.eml",
    "free_text.eml",
    "honeypot_free.eml",
    "honeypot_paid.eml",
    "leakix.eml",
    "mynetwatchman.eml",
    "netcraft_text.eml",
    "safebrowsing.eml",
    "sbl.eml",
    "spamcop_alert.eml",
    "spamcop_report.eml",
    "spamcop_site.eml",
    "uceprotect.eml",
    "webiron.eml",
    "xarf3_mixed.eml",
    "xarf_old_fail2ban.eml",
    "xarf_old_phishing.eml",
];

/// The fixtures' bytes.
pub(crate) struct Mixed {
    fixtures: Vec<String>,
}

impl Mixed {
    pub(crate) fn load() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("intake/tests/fixtures");
        let fixtures = FIXTURES.iter().map(|name| std::fs::read_to_string(folder.join(name)).unwrap());
        Self { fixtures: fixtures.collect() }
    }

    /// The mail of this number: one in twenty brings a table of two hundred rows, one in thirty a long log.
    pub(crate) fn mail(&self, n: usize) -> Vec<u8> {
        if n % 20 == 7 {
            return table(n).into_bytes();
        }
        if n % 30 == 11 {
            return log(n).into_bytes();
        }
        let fixture = &self.fixtures[n % self.fixtures.len()];
        let head =
            format!("Received: from mx{}.relay.example by mail.isp.example; Wed, 1 May 2024 16:40:00 +0000\n", n);
        // The mbox line of some stays the first.
        match fixture.strip_prefix("From ").and_then(|rest| rest.split_once('\n')) {
            Some((line, rest)) => format!("From {line}\n{head}{rest}").into_bytes(),
            None => format!("{head}{fixture}").into_bytes(),
        }
    }
}

fn table(n: usize) -> String {
    let mut mail = format!(
        "From: reports@feed.example\nTo: abuse@isp.example\nSubject: report {n}\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=\"t{n}\"\n\n--t{n}\nContent-Type: text/plain\n\nSee the table.\n\n\
         --t{n}\nContent-Type: text/csv; name=\"2024-05-01-event4_sinkhole-bench-asn.csv\"\n\
         Content-Disposition: attachment; filename=\"2024-05-01-event4_sinkhole-bench-asn.csv\"\n\n\
         \"timestamp\",\"protocol\",\"src_ip\",\"src_port\",\"src_asn\",\"src_geo\",\"dst_port\",\"infection\",\"tag\"\n"
    );
    for row in 0..200 {
        let _ = writeln!(
            mail,
            "\"2024-05-01 {:02}:{:02}:00\",\"tcp\",\"192.0.2.{}\",{},64496,\"AT\",80,\"mirai-like\",\"iot\"",
            row % 24,
            n % 60,
            row % 250,
            1024 + (row * 7 + n) % 60_000
        );
    }
    let _ = write!(mail, "\n--t{n}--\n");
    mail
}

fn log(n: usize) -> String {
    let mut mail = format!(
        "From: admin@complainer.example\nTo: abuse@isp.example\nSubject: attack from 198.51.100.{}\n\
         Date: Wed, 1 May 2024 12:00:00 +0000\nContent-Type: text/plain\n\nYour customer attacks our server, please stop it:\n\n",
        n % 250
    );
    for row in 0..400 {
        let _ = writeln!(
            mail,
            "2024-05-01T11:{:02}:{:02}+00:00 sshd[{row}]: Failed password for root from 198.51.100.{} port {} ssh2",
            row / 60,
            row % 60,
            n % 250,
            1024 + row
        );
    }
    mail
}
