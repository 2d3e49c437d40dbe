//! Tables that a mail program took apart: each cell on a line of its own, the names of the columns first.
use super::label::{self, Part};
use super::lines::{Ready, Setting};
use super::spot;

/// Longest cell in bytes; longer lines are sentences.
const CELL: usize = 60;
/// Most columns.
const WIDE: usize = 24;
/// Most rows.
const ROWS: usize = 2000;

/// Lines that are cells with addresses, and what their column means.
pub(crate) fn cells(lines: &[Ready]) -> Vec<(usize, Part)> {
    let filled: Vec<usize> = lines
        .iter()
        .enumerate()
        .filter(|(_, l)| l.setting == Setting::Plain && !l.text.trim().is_empty())
        .map(|(at, _)| at)
        .collect();
    // Only names above a cell with an address can be a head.
    let addresses: Vec<usize> = filled
        .iter()
        .enumerate()
        .filter(|(_, i)| lines.get(**i).is_some_and(|l| l.text.bytes().any(|b| b.is_ascii_digit()) && is_address(l)))
        .map(|(at, _)| at)
        .collect();
    let mut found = Vec::new();
    let mut at = 0;
    while at < filled.len() {
        let next = addresses.partition_point(|address| *address <= at);
        let Some(address) = addresses.get(next) else { break };
        at = at.max(address.saturating_sub(WIDE * 2));
        match table(lines, filled.get(at..).unwrap_or_default()) {
            Some((cells, used)) => {
                found.extend(cells);
                at += used.max(1);
            }
            None => at += 1,
        }
    }
    found
}

/// The table whose column of sources has its name on the first of these lines, and how many lines it takes.
fn table(lines: &[Ready], filled: &[usize]) -> Option<(Vec<(usize, Part)>, usize)> {
    let line = |at: usize| filled.get(at).and_then(|i| lines.get(*i));
    let source = named(line(0)?).filter(|p| matches!(p, Part::Labelled | Part::Field))?;
    // Names follow until the first cell that holds an address.
    let head = (1..WIDE * 2).take_while(|at| line(*at).is_some_and(|l| l.text.trim().len() <= CELL || is_address(l)));
    let wide = head.clone().find(|at| line(*at).is_some_and(is_address)).filter(|wide| *wide >= 2)?;
    let others: Vec<(usize, Part)> = (1..wide)
        .filter_map(|at| line(at).filter(|l| !l.lower.contains("hostname")).and_then(named).map(|part| (at, part)))
        .collect();
    let wide = (wide..(wide * 2).min(WIDE)).find(|wide| {
        let holds = |at: usize| line(at + wide).is_some_and(|l| is_address(l) || at > 0 && !has_letters(l));
        holds(0) && others.iter().filter(|(at, _)| at < wide).all(|(at, _)| holds(*at))
    })?;
    // Another column of addresses before this one would have been met first.
    let mut found = Vec::new();
    let serial = |at: usize| line(at).and_then(|l| l.text.trim().parse::<usize>().ok());
    // The number of a row stands before its source, whether the row is whole or not.
    let numbered = serial(wide - 1).filter(|_| wide > 2);
    let (mut row, mut start) = (0, wide);
    while row < ROWS && line(start).is_some_and(is_address) {
        row += 1;
        let next = numbered.and_then(|first| {
            (start + 1..=start + wide)
                .find(|at| serial(*at) == Some(first + row) && line(at + 1).is_some_and(is_address))
        });
        let end = next.unwrap_or(start + wide);
        found.extend(filled.get(start).map(|i| (*i, source)));
        for (at, part) in others.iter().filter(|(at, _)| *at < wide && start + at < end) {
            found.extend(filled.get(start + at).map(|i| (*i, *part)));
        }
        start = match next {
            Some(at) => at + 1,
            // A cell was broken or is missing: the next address is near where it should be.
            None if others.is_empty() && !line(end).is_some_and(is_address) => {
                (end.saturating_sub(2)..=end + 3).find(|at| line(*at).is_some_and(is_address)).unwrap_or(end)
            }
            None => end,
        };
    }
    (!found.is_empty()).then_some((found, start))
}

/// What a line means as the name of a column.
fn named(line: &Ready) -> Option<Part> {
    // The end of a row of names that was broken is no column of its own.
    if line.text.starts_with('\t') {
        return None;
    }
    let bare = line.lower.trim().trim_end_matches([':', '*']).trim_start_matches('*').trim();
    (bare.len() <= 40 && !bare.is_empty() && !bare.ends_with('.')).then(|| label::column(bare)).flatten()
}

/// A cell of nothing but addresses.
fn is_address(line: &Ready) -> bool {
    let spots = spot::all(&line.text);
    let used: usize = spots.iter().map(|s| s.end - s.start).sum();
    let rest = line.text.chars().filter(|c| c.is_alphanumeric()).count();
    !spots.is_empty() && rest <= used && !line.text.contains(": ")
}

fn has_letters(line: &Ready) -> bool {
    line.text.chars().filter(|c| c.is_alphabetic()).count() > 3
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::document::Document;

    fn read(text: &str) -> Vec<(usize, Part)> {
        cells(&crate::text::lines::ready(&Document::of_text(text)))
    }

    #[test]
    fn a_cell_a_line() {
        let text = "Details:\nTime\nSource IP\nPort\n\n10:00\n192.0.2.1\n80\n10:01\n192.0.2.2\n81\nRegards\n";
        assert_eq!(read(text), [(6, Part::Labelled), (9, Part::Labelled)]);
        let text = "No\nSource IP\nDestination IP\nPort\n1\n192.0.2.1\n198.51.100.2\n80\n";
        assert_eq!(read(text), [(5, Part::Labelled), (6, Part::Other)]);
        let text = "IP Address\n192.0.2.1\nThanks\n";
        assert_eq!(read(text), []);
    }
}
