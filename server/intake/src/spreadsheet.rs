//! Workbooks (XLSX): the cells of the first sheet that has any, as lines of CSV.
use crate::{archive, limits, xml};
use csv::WriterBuilder;
use std::io::Read as _;

/// Most rows that are taken.
const ROWS: usize = 20_000;
/// Most columns; real lists have some ten.
const COLUMNS: usize = 60;
/// Sheets that are looked at until one has cells.
const SHEETS: usize = 5;
/// Largest part of a workbook, unpacked.
const PART_BYTES: u64 = 16 * 1024 * 1024;

/// Whether an archive is a workbook.
pub(crate) fn is_workbook(bytes: &[u8]) -> bool {
    const SIGN: &[u8] = b"xl/workbook.xml";
    archive::is_zip(bytes) && bytes.windows(SIGN.len()).any(|w| w == SIGN)
}

/// The cells of a workbook's first filled sheet as CSV; `None` if there is none or it cannot be read.
pub(crate) fn csv(bytes: &[u8]) -> Option<String> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(bytes)).ok()?;
    let mut part = |name: &str| {
        let mut text = String::new();
        zip.by_name(name).ok()?.take(PART_BYTES).read_to_string(&mut text).ok()?;
        Some(text)
    };
    let shared = part("xl/sharedStrings.xml").map(|text| strings(&text)).unwrap_or_default();
    (1..=SHEETS).find_map(|number| {
        let sheet = xml::parse(&part(&format!("xl/worksheets/sheet{number}.xml"))?)?.root;
        rows(&sheet, &shared)
    })
}

/// The texts that cells refer to by number.
fn strings(text: &str) -> Vec<String> {
    let Some(document) = xml::parse(text) else { return Vec::new() };
    document.root.all("si").map(text_of).collect()
}

/// All `t` inside an element: a text of several styles is cut into runs.
fn text_of(node: &xml::Node) -> String {
    let mut runs = Vec::new();
    node.descendants("t", &mut runs);
    runs.iter().filter_map(|run| run.text()).collect::<Vec<_>>().join(" ")
}

fn rows(sheet: &xml::Node, shared: &[String]) -> Option<String> {
    let mut out = WriterBuilder::new().flexible(true).from_writer(Vec::new());
    let mut filled = 0;
    for row in sheet.child("sheetData")?.all("row").take(ROWS) {
        let mut cells: Vec<String> = Vec::new();
        for cell in row.all("c") {
            let at = cell.attribute("r").and_then(column).unwrap_or(cells.len());
            if at >= COLUMNS {
                break;
            }
            cells.resize(cells.len().max(at), String::new());
            cells.push(value(cell, shared));
        }
        if cells.iter().any(|c| !c.is_empty()) {
            filled += 1;
            out.write_record(&cells).ok()?;
        }
    }
    let text = String::from_utf8(out.into_inner().ok()?).ok()?;
    (filled > 0).then_some(text)
}

/// Number of the column that `C12` names, from 0.
fn column(reference: &str) -> Option<usize> {
    let letters = reference.bytes().take_while(u8::is_ascii_alphabetic).take(3);
    let number = letters.fold(0_usize, |n, b| n * 26 + usize::from(b.to_ascii_uppercase() - b'A') + 1);
    number.checked_sub(1)
}

fn value(cell: &xml::Node, shared: &[String]) -> String {
    let value = cell.child("v").and_then(xml::Node::text).unwrap_or_default();
    let mut text = match cell.attribute("t") {
        Some("s") => value.parse::<usize>().ok().and_then(|at| shared.get(at)).cloned().unwrap_or_default(),
        Some("inlineStr") => text_of(cell),
        _ => value.to_owned(),
    };
    limits::shorten(&mut text, limits::NAME_BYTES);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_by_number_in_line_and_with_gaps() {
        let shared = strings("<sst><si><t>IP</t></si><si><r><t>first</t></r><r><t>seen</t></r></si></sst>");
        assert_eq!(shared, ["IP", "first seen"]);
        let sheet = "<worksheet><sheetData><row/><row><c r=\"A2\" t=\"s\"><v>0</v></c><c r=\"C2\" t=\"s\"><v>1</v></c></row>\
            <row><c r=\"A3\" t=\"inlineStr\"><is><t>192.0.2.10</t></is></c><c r=\"C3\"><v>45413.5</v></c></row></sheetData></worksheet>";
        let sheet = xml::parse(sheet).unwrap().root;
        assert_eq!(rows(&sheet, &shared).unwrap(), "IP,,first seen\n192.0.2.10,,45413.5\n");
        assert_eq!((column("A1"), column("AB7"), column("7")), (Some(0), Some(27), None));
        assert!(!is_workbook(b"PK\x03\x04 something else"));
    }
}
