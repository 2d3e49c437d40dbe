//! A piece of a file small enough to travel in a form, and still a file of the same form.
use serde_json::Value;

/// Elements of each list that stay.
const ELEMENTS: usize = 60;

/// The first rows of a file as text of at most about `max` bytes: whole lines, or JSON with shorter lists.
#[must_use]
pub fn sample(bytes: &[u8], max: usize) -> String {
    let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
    if bytes.len() <= max {
        return String::from_utf8_lossy(bytes).replace('\0', "\u{fffd}");
    }
    if matches!(bytes.trim_ascii_start().first(), Some(b'{' | b'['))
        && let Ok(mut document) = serde_json::from_slice::<Value>(bytes)
    {
        let mut elements = ELEMENTS;
        while elements > 0 {
            shorten(&mut document, elements);
            let text = document.to_string();
            if text.len() <= max {
                return text;
            }
            elements /= 2;
        }
    }
    let head = bytes.get(..max).unwrap_or(bytes);
    let end = head.iter().rposition(|b| *b == b'\n').map_or(head.len(), |at| at + 1);
    String::from_utf8_lossy(head.get(..end).unwrap_or_default()).replace('\0', "\u{fffd}")
}

fn shorten(value: &mut Value, elements: usize) {
    match value {
        Value::Array(items) => {
            items.truncate(elements);
            items.iter_mut().for_each(|item| shorten(item, elements));
        }
        Value::Object(object) => object.values_mut().for_each(|item| shorten(item, elements)),
        _ => {}
    }
}
