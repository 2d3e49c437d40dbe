//! Complaints whose list or log is packed: ZIP archives and workbooks beside a letter that says what it is about.
#![expect(clippy::unwrap_used, reason = "helpers of tests may fail loudly")]
#[expect(dead_code, reason = "mails are made here, not read from fixtures")]
mod common;

use base64::Engine as _;
use domain::event::Disposition;
use intake::Parsed;
use std::io::Write as _;
use zip::write::SimpleFileOptions;

fn zip(files: &[(&str, &str)]) -> Vec<u8> {
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, text) in files {
        writer.start_file(*name, SimpleFileOptions::default()).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

/// A letter with one packed file.
fn mail(subject: &str, body: &str, name: &str, packed: &[u8]) -> Parsed {
    let packed = base64::engine::general_purpose::STANDARD.encode(packed);
    let text = format!(
        "From: Desk <desk@reporter.example>\nTo: abuse@isp.example\nSubject: {subject}\n\
         Date: Wed, 1 May 2024 20:00:00 +0000\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n\
         --b\nContent-Type: text/plain\n\n{body}\n--b\nContent-Type: application/octet-stream; name=\"{name}\"\n\
         Content-Disposition: attachment; filename=\"{name}\"\nContent-Transfer-Encoding: base64\n\n{packed}\n--b--\n"
    );
    common::read_as(text.as_bytes(), "mail.eml")
}

fn events(parsed: &Parsed) -> Vec<String> {
    let line = |e: &domain::event::Observation| {
        let from = e.from.map_or(String::new(), |t| t.format("%Y-%m-%d %H:%M:%S").to_string());
        format!("{} {} {from} x{}", e.source.value, e.class, e.count)
    };
    parsed.events.iter().map(line).collect()
}

#[test]
fn a_list_in_a_zip_is_read_as_one_beside_the_letter() {
    let list = "datetime,protocol,source_ip,source_port,destination_ip\n\
        2024-05-01 10:00:00,UDP,192.0.2.10,53,198.51.100.7\n2024-05-01 10:00:09,UDP,192.0.2.10,53,198.51.100.7\n\
        2024-05-01 10:01:00,UDP,192.0.2.11,53,198.51.100.7\n";
    let body = "To whom it may concern,\nwe are under a DDoS attack from servers of your network. Times are in UTC.\n";
    let parsed = mail("DDoS amplification attack", body, "report.zip", &zip(&[("report.csv", list)]));
    assert_eq!(
        events(&parsed),
        ["192.0.2.10 connection/ddos 2024-05-01 10:00:00 x2", "192.0.2.11 connection/ddos 2024-05-01 10:01:00 x1"],
        "{:?}",
        parsed.reason
    );
}

#[test]
fn rows_of_a_packed_text_without_names_are_read_where_the_letter_is_plain() {
    let rows = "192.0.2.10  | 64500 | OPEN | 2024-05-01T10:00:00Z | portmap: open/1/108\n\
        192.0.2.11  | 64500 | OPEN | 2024-05-01T10:00:05Z | portmap: open/1/108\n";
    let body = "Dear abuse team,\nthe addresses of your network in the attached list run an open portmap service.\n";
    let parsed = mail("open portmap on your network", body, "64500.zip", &zip(&[("64500.txt", rows)]));
    assert_eq!(
        events(&parsed),
        [
            "192.0.2.10 vulnerability/open_service 2024-05-01 10:00:00 x1",
            "192.0.2.11 vulnerability/open_service 2024-05-01 10:00:05 x1"
        ],
        "{:?}",
        parsed.reason
    );
}

#[test]
fn a_workbook_is_a_list_too() {
    let strings = "<sst><si><t>IP</t></si><si><t>timestamp(UTC+0)</t></si><si><t>source_port</t></si>\
        <si><t>192.0.2.10</t></si><si><t>2024-05-01T10:00:00.000Z</t></si></sst>";
    let sheet = "<worksheet><sheetData>\
        <row><c r=\"A1\" t=\"s\"><v>0</v></c><c r=\"B1\" t=\"s\"><v>1</v></c><c r=\"C1\" t=\"s\"><v>2</v></c></row>\
        <row><c r=\"A2\" t=\"s\"><v>3</v></c><c r=\"B2\" t=\"s\"><v>4</v></c><c r=\"C2\"><v>4711</v></c></row>\
        <row><c r=\"A3\" t=\"inlineStr\"><is><t>192.0.2.11</t></is></c><c r=\"B3\"><v>45413.5</v></c><c r=\"C3\"><v>4712</v></c></row>\
        </sheetData></worksheet>";
    let book = zip(&[
        ("[Content_Types].xml", "<Types/>"),
        ("xl/workbook.xml", "<workbook/>"),
        ("xl/sharedStrings.xml", strings),
        ("xl/worksheets/sheet1.xml", sheet),
    ]);
    let body = "We received a report of SSH brute-force attacks from your network. The logs are attached.\n";
    let parsed = mail("Brute force activity from your network", body, "logs.xlsx", &book);
    assert_eq!(
        events(&parsed),
        [
            "192.0.2.10 connection/login_attack 2024-05-01 10:00:00 x1",
            "192.0.2.11 connection/login_attack 2024-05-01 12:00:00 x1"
        ],
        "{:?}",
        parsed.reason
    );
    assert_eq!(parsed.events[0].source.port, Some(4711));
}

#[test]
fn a_packed_list_that_nobody_knows_waits_unless_the_subject_names_the_one() {
    let list = zip(&[("x.csv", "a,b,c\n1,2,3\n")]);
    let parsed = mail("Scan report", "Port scans from your network are in the list.\n", "x.zip", &list);
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
    assert!(parsed.reason.unwrap().contains("needs a mapping"));
    let body = "Dear abuse team, we saw port scans from your network.\n";
    let parsed = mail("Port scan from 192.0.2.10", body, "x.zip", &list);
    assert_eq!(events(&parsed).len(), 1, "{:?}", parsed.reason);
    assert!(parsed.faults.iter().any(|f| f.contains("needs a mapping")), "{:?}", parsed.faults);
}

#[test]
fn a_packed_bomb_costs_nothing() {
    let parsed =
        mail("Abuse from your network", "See attached.\n", "x.zip", &zip(&[("x.txt", &" ".repeat(4_000_000))]));
    assert_eq!(parsed.disposition, Disposition::NeedsHuman);
}

#[test]
fn a_list_of_connections_in_an_abuse_report_is_of_attempts() {
    let list = zip(&[(
        "x.csv",
        "IP,timestamp(UTC+0),source_port,destination_port\n192.0.2.10,2024-05-01T10:00:00Z,4711,22\n",
    )]);
    let body = "ABUSE REPORT\nThe hosts listed in the attachment of your infrastructure may be involved.\n";
    let parsed = mail("Cyber Event Report", body, "x.zip", &list);
    let seen: Vec<_> = parsed.events.iter().map(|e| (e.source.value.as_str(), e.source.port, e.class)).collect();
    assert_eq!(seen, [("192.0.2.10", Some(4711), domain::class::Class::Reconnaissance)], "{:?}", parsed.reason);
}
