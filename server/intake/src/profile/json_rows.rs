//! Objects as rows: of a list somewhere in a JSON document, or one a line. Columns are paths such as `network.source.ip`.
use super::table::{COLUMNS, Cells, Place, Row, Visit};
use crate::limits;
use domain::feed::{FeedProfile, TableForm};
use serde_json::Value;
use std::borrow::Cow;

/// Objects inside one another that are looked into.
const DEPTH: usize = 6;
/// Elements of a list of objects that become columns.
const ELEMENTS: usize = 3;
/// Points of a path.
const POINTS: usize = 10;
/// Rows that are looked at for the names of columns.
const NAMING_ROWS: usize = 2000;

/// The rows.
pub(super) enum Source<'b> {
    /// Of one document.
    List(Vec<Value>),
    /// One a line.
    Lines(&'b str),
}

/// Reads the document, or as much of the lines as names the columns.
pub(super) fn open<'b>(bytes: &'b [u8], profile: &FeedProfile) -> Result<(Vec<String>, Source<'b>), String> {
    let text = std::str::from_utf8(bytes).map_err(|_| "the file is not UTF-8 text".to_owned())?;
    let mut columns = Vec::new();
    if profile.form == TableForm::Ndjson {
        for value in text.lines().take(NAMING_ROWS).filter_map(|line| object(line).ok()) {
            flatten(&value, "", 0, &mut columns);
        }
        return if columns.is_empty() {
            Err("no line holds a JSON object".into())
        } else {
            Ok((columns, Source::Lines(text)))
        };
    }
    if text.bytes().filter(|b| matches!(b, b'{' | b'[' | b',')).count() > limits::JSON_VALUES {
        return Err(format!("JSON of more than {} values: split the file", limits::JSON_VALUES));
    }
    let document: Value = serde_json::from_str(text).map_err(|error| format!("JSON is broken: {error}"))?;
    let rows = list(document, &profile.rows)?;
    for value in rows.iter().take(NAMING_ROWS) {
        flatten(value, "", 0, &mut columns);
    }
    if columns.is_empty() {
        return Err("the list holds no objects".into());
    }
    Ok((columns, Source::List(rows)))
}

/// The list at a path; an object stands for a list of one.
fn list(document: Value, path: &str) -> Result<Vec<Value>, String> {
    let mut here = document;
    for name in path.split('.').filter(|name| !name.is_empty()) {
        here = match here {
            Value::Object(mut object) => object.remove(name),
            Value::Array(mut items) => {
                let index = name.parse::<usize>().ok().filter(|index| *index < items.len());
                index.map(|index| items.swap_remove(index))
            }
            _ => None,
        }
        .ok_or_else(|| format!("there is no list at {path:?}"))?;
    }
    match here {
        Value::Array(items) => Ok(items),
        Value::Object(_) => Ok(vec![here]),
        _ => Err(format!("at {path:?} stands no list of objects")),
    }
}

fn object(line: &str) -> Result<Value, String> {
    match serde_json::from_str(line) {
        Ok(value @ Value::Object(_)) => Ok(value),
        Ok(_) => Err("is no JSON object".into()),
        Err(error) => Err(format!("JSON is broken: {error}")),
    }
}

/// Adds the paths of all values that `value` holds and that are not there yet.
pub(super) fn flatten(value: &Value, path: &str, depth: usize, columns: &mut Vec<String>) {
    let join = |name: &str| if path.is_empty() { name.to_owned() } else { format!("{path}.{name}") };
    match value {
        Value::Object(object) if depth < DEPTH => {
            for (name, inner) in object {
                flatten(inner, &join(name), depth + 1, columns);
            }
        }
        Value::Array(items) if depth < DEPTH && items.iter().any(Value::is_object) => {
            for (index, inner) in items.iter().enumerate().take(ELEMENTS) {
                flatten(inner, &join(&index.to_string()), depth + 1, columns);
            }
        }
        _ if path.is_empty() || columns.len() > COLUMNS || columns.iter().any(|c| c == path) => {}
        // A path of many points could be read in too many ways.
        _ if path.matches('.').count() > POINTS => {}
        _ => columns.push(limits::clip(path, 200).to_owned()),
    }
}

/// The value at a path. Names may hold points themselves: the longest name that is there counts.
pub(super) fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    match value {
        Value::Object(object) => {
            if let Some(found) = object.get(path) {
                return Some(found);
            }
            let splits = path.rmatch_indices('.').map(|(dot, _)| path.split_at(dot));
            splits.into_iter().find_map(|(head, tail)| at(object.get(head)?, tail.get(1..)?))
        }
        Value::Array(items) => {
            let (head, tail) = path.split_once('.').unwrap_or((path, ""));
            let item = items.get(head.parse::<usize>().ok()?)?;
            if tail.is_empty() { Some(item) } else { at(item, tail) }
        }
        _ => None,
    }
}

/// A value as the text of a cell; lists of plain values with commas.
pub(super) fn text(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(Cow::Borrowed(text)),
        Value::Number(number) => Some(Cow::Owned(number.to_string())),
        Value::Bool(yes) => Some(Cow::Owned(yes.to_string())),
        Value::Array(items) => {
            let all: Vec<_> = items.iter().take(20).filter(|i| !i.is_array()).filter_map(text).collect();
            (!all.is_empty()).then(|| Cow::Owned(all.join(", ")))
        }
        Value::Null | Value::Object(_) => None,
    }
}

impl Source<'_> {
    pub(super) fn visit(&self, columns: &[String], visit: &mut Visit<'_>) {
        let mut show = |place, row: Result<&Value, String>| match row {
            Ok(value) => visit(Ok(Row { place, cells: Cells::Json(value, columns), odd: None })),
            Err(why) => visit(Err((place, why))),
        };
        match self {
            Self::List(rows) => {
                for (number, value) in (1..).zip(rows) {
                    let row = if value.is_object() { Ok(value) } else { Err("is no JSON object".to_owned()) };
                    if show(Place::Row(number), row).is_break() {
                        return;
                    }
                }
            }
            Self::Lines(text) => {
                for (number, line) in (1..).zip(text.lines()).filter(|(_, line)| !line.trim().is_empty()) {
                    let row = object(line);
                    if show(Place::Line(number), row.as_ref().map_err(Clone::clone)).is_break() {
                        return;
                    }
                }
            }
        }
    }
}
