//! Tables in text: a head of names, then rows with the same columns.
use super::label::{self, Part};
use super::lines::{Ready, Setting};
use super::spot;
use std::collections::HashMap;

/// What is known of the cells of the tables in a text.
#[derive(Debug, Default)]
pub(crate) struct Tables {
    /// By line: where each column of addresses begins and ends, and what it means.
    columns: HashMap<usize, Vec<(usize, usize, Part)>>,
    ports: HashMap<usize, u16>,
}

/// Columns of the head that is in force.
struct Head {
    sign: char,
    count: usize,
    parts: Vec<Option<Part>>,
    port: Option<usize>,
}

impl Tables {
    pub(crate) fn read(lines: &[Ready]) -> Self {
        let mut tables = Self::default();
        for (at, part) in super::stacked::cells(lines) {
            tables.columns.insert(at, vec![(0, usize::MAX, part)]);
        }
        let mut head: Option<Head> = None;
        let mut order: Option<Vec<Part>> = None;
        for (at, line) in lines.iter().enumerate() {
            if line.setting != Setting::Plain {
                (head, order) = (None, None);
                continue;
            }
            if let Some(found) = in_order(line) {
                order = Some(found);
            }
            if let Some(found) = read_head(line) {
                head = Some(found);
                continue;
            }
            if let Some(head) = &head {
                tables.row(at, line, head);
            }
            if let Some(order) = order.as_ref().filter(|_| !tables.columns.contains_key(&at)) {
                tables.ordered(at, line, order);
            }
        }
        tables
    }

    /// What the column says in which an address begins.
    pub(crate) fn part(&self, line: usize, start: usize) -> Option<Part> {
        let columns = self.columns.get(&line)?;
        columns.iter().find(|(from, to, _)| (*from..*to).contains(&start)).map(|(.., part)| *part)
    }

    /// The source port of a row.
    pub(crate) fn port(&self, line: usize) -> Option<u16> {
        self.ports.get(&line).copied()
    }

    /// A row whose cells cannot be told apart: its addresses stand in the order of the names.
    fn ordered(&mut self, at: usize, line: &Ready, order: &[Part]) {
        let spots = spot::all(&line.text);
        if spots.len() == order.len() {
            let columns = spots.iter().zip(order).map(|(spot, part)| (spot.start, spot.end, *part));
            self.columns.insert(at, columns.collect());
        }
    }

    fn row(&mut self, at: usize, line: &Ready, head: &Head) {
        let cells = cells(&line.text, head.sign);
        if cells.len() != head.count {
            return;
        }
        let mut columns = Vec::new();
        for ((start, cell), part) in cells.iter().zip(&head.parts) {
            if let Some(part) = part
                && spot::all(cell).len() == 1
            {
                columns.push((*start, start + cell.len(), *part));
            }
        }
        if let Some(port) = head.port.and_then(|p| cells.get(p)).and_then(|(_, c)| c.trim().parse::<u16>().ok())
            && port > 0
        {
            self.ports.insert(at, port);
        }
        if !columns.is_empty() {
            self.columns.insert(at, columns);
        }
    }
}

/// The columns of addresses in a head whose names run into each other: `Time Source address Destination address Port`.
fn in_order(line: &Ready) -> Option<Vec<Part>> {
    const SOURCES: [&str; 8] =
        ["source ip", "source address", "sourceip", "src ip", "srcip", "src_ip", "source_ip", "attacker ip"];
    const OTHERS: [&str; 11] = [
        "destination ip",
        "destination address",
        "destinationip",
        "dest ip",
        "destip",
        "dst ip",
        "dstip",
        "dst_ip",
        "destination_ip",
        "target ip",
        "victim ip",
    ];
    let lower = line.lower.as_str();
    let about = ["port", "time", "date", "protocol", "action"].iter().any(|w| lower.contains(w));
    if !about || lower.len() > 300 || lower.contains(". ") || lower.contains(':') || !spot::all(lower).is_empty() {
        return None;
    }
    let mut found: Vec<(usize, Part)> = Vec::new();
    for (names, part) in [(&SOURCES[..], Part::Labelled), (&OTHERS[..], Part::Other)] {
        found.extend(names.iter().find_map(|name| lower.find(name)).map(|at| (at, part)));
    }
    found.sort_by_key(|(at, _)| *at);
    let parts: Vec<Part> = found.into_iter().map(|(_, part)| part).collect();
    (parts.len() == 2).then_some(parts)
}

/// A line of at least three names, one of which means an address.
fn read_head(line: &Ready) -> Option<Head> {
    if !spot::all(&line.text).is_empty() {
        return None;
    }
    let sign = ['|', '\t', ';', ',', ' '].into_iter().find(|sign| {
        let count = cells(&line.lower, *sign).len();
        count >= 3 || count == 2 && matches!(sign, '|' | '\t' | ' ')
    })?;
    let cells = cells(&line.lower, sign);
    // The end of a row of names that was broken names nothing where it stands.
    if cells.len() == 2 && cells.first().is_some_and(|(_, name)| name.trim().is_empty()) {
        return None;
    }
    let parts: Vec<Option<Part>> = cells
        .iter()
        .map(|(_, cell)| {
            let name = cell.trim();
            let is_name = name.len() < 40 && name.chars().any(char::is_alphabetic);
            match label::column(name) {
                Some(part) if is_name => Some(part),
                _ => None,
            }
        })
        .collect();
    let port = cells
        .iter()
        .position(|(_, c)| matches!(c.trim(), "source port" | "src port" | "srcport" | "src_port" | "sport" | "spt"));
    let mut parts = parts;
    // Where hosts are controlled by others, the victim is the customer's machine.
    let controlled = cells.iter().any(|(_, c)| c.trim().starts_with("c2") || c.contains("c&c"));
    for ((_, cell), part) in cells.iter().zip(&mut parts) {
        if controlled && matches!(cell.trim(), "victim ip" | "victimip" | "ip de la víctima") {
            *part = Some(Part::Labelled);
        }
    }
    // Flows between clients and a server are shown in both directions: the client is meant, whoever sent.
    let ends_of =
        |side: &str| cells.iter().any(|(_, c)| c.trim().starts_with(side) && (c.contains("ip") || c.contains("addr")));
    if ends_of("client") && ends_of("server") {
        for ((_, cell), part) in cells.iter().zip(&mut parts) {
            let name = cell.trim();
            if part.is_some() || name.starts_with("server") {
                *part = Some(if name.starts_with("client") { Part::Labelled } else { Part::Other });
            }
        }
    }
    let names_source = parts.iter().any(|p| matches!(p, Some(Part::Labelled | Part::Field)));
    let count = cells.len();
    names_source.then_some(Head { sign, count, parts, port })
}

/// The cells of a line and where they begin; a blank as sign means two blanks or more.
fn cells(text: &str, sign: char) -> Vec<(usize, &str)> {
    let mut cells = Vec::new();
    let mut start = 0;
    let sign_text = if sign == ' ' { "  ".to_owned() } else { sign.to_string() };
    for piece in text.split(sign_text.as_str()) {
        let gap = sign == ' ' && piece.trim().is_empty();
        if !gap {
            cells.push((start, piece));
        }
        start += piece.len() + sign_text.len();
        if cells.len() > 60 {
            break;
        }
    }
    cells
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<(usize, Option<Part>, Option<u16>)> {
        let document = crate::text::document::Document::of_text(text);
        let lines = crate::text::lines::ready(&document);
        let tables = Tables::read(&lines);
        lines
            .iter()
            .enumerate()
            .flat_map(|(at, l)| spot::all(&l.text).into_iter().map(move |s| (at, s.start)))
            .map(|(at, start)| (at, tables.part(at, start), tables.port(at)))
            .collect()
    }

    #[test]
    fn columns_say_which_side_an_address_is_on() {
        let text =
            "Date | Source IP | Source Port | Destination IP\n-----\n2024-05-01 | 192.0.2.1 | 4711 | 198.51.100.2\n";
        assert_eq!(read(text), [(2, Some(Part::Labelled), Some(4711)), (2, Some(Part::Other), Some(4711))]);
        let text = "time                 src ip       dst ip\n10:00:00             192.0.2.1    198.51.100.2\nother 192.0.2.9\n";
        assert_eq!(read(text), [(1, Some(Part::Labelled), None), (1, Some(Part::Other), None), (2, None, None)]);
    }
}
