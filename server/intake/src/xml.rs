//! XML without document types and without entities beyond the five of XML: a small tree, bounded and forgiving.
use crate::limits;
use quick_xml::events::{BytesStart, Event};
use quick_xml::{Reader, XmlVersion};

/// Elements of one document; reports have hundreds, feeds some ten thousands.
const ELEMENTS: usize = 300_000;
/// Elements inside one another.
const DEPTH: usize = 40;

/// One element.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Node {
    /// Name without its prefix.
    pub(crate) name: String,
    attributes: Vec<(String, String)>,
    text: String,
    /// The elements in it.
    pub(crate) children: Vec<Node>,
}

impl Node {
    /// The first child of that name (without regard to case).
    pub(crate) fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| c.name.eq_ignore_ascii_case(name))
    }

    /// All children of that name.
    pub(crate) fn all<'n>(&'n self, name: &'n str) -> impl Iterator<Item = &'n Self> {
        self.children.iter().filter(move |c| c.name.eq_ignore_ascii_case(name))
    }

    /// Every element of that name, however deep.
    pub(crate) fn descendants<'n>(&'n self, name: &str, found: &mut Vec<&'n Self>) {
        for child in &self.children {
            if child.name.eq_ignore_ascii_case(name) {
                found.push(child);
            }
            child.descendants(name, found);
        }
    }

    /// Its own text, trimmed, not empty.
    pub(crate) fn text(&self) -> Option<&str> {
        Some(self.text.trim()).filter(|t| !t.is_empty())
    }

    /// The text of the element at the end of a path, trimmed, not empty.
    pub(crate) fn text_at(&self, path: &[&str]) -> Option<&str> {
        let node = path.iter().try_fold(self, |node, name| node.child(name))?;
        Some(node.text.trim()).filter(|t| !t.is_empty())
    }

    /// An attribute, trimmed, not empty.
    pub(crate) fn attribute(&self, name: &str) -> Option<&str> {
        let (_, value) = self.attributes.iter().find(|(key, _)| key.eq_ignore_ascii_case(name))?;
        Some(value.trim()).filter(|v| !v.is_empty())
    }
}

/// A document as far as it could be read.
#[derive(Debug)]
pub(crate) struct Document {
    /// The outermost element.
    pub(crate) root: Node,
    /// Why the reading stopped before the end, if it did.
    pub(crate) fault: Option<String>,
}

/// Reads a document. `None` if it has no element, or declares a document type: that is where entities come from.
pub(crate) fn parse(text: &str) -> Option<Document> {
    let mut reader = Reader::from_str(text);
    let config = reader.config_mut();
    config.allow_dangling_amp = true;
    config.allow_unmatched_ends = true;
    config.check_end_names = false;
    // The root is the first child of a node that stands for the document.
    let mut stack = vec![Node::default()];
    let (mut elements, mut fault) = (0_usize, None);
    loop {
        match reader.read_event() {
            Ok(Event::Start(start)) => {
                elements += 1;
                if elements > ELEMENTS || stack.len() > DEPTH {
                    fault = Some("the XML is too large or too deep".to_owned());
                    break;
                }
                stack.push(element(&start));
            }
            Ok(Event::Empty(start)) => {
                elements += 1;
                if let Some(top) = stack.last_mut().filter(|_| elements <= ELEMENTS) {
                    top.children.push(element(&start));
                }
            }
            Ok(Event::End(_)) => close(&mut stack),
            Ok(Event::Text(raw)) => push(&mut stack, &String::from_utf8_lossy(&raw)),
            Ok(Event::CData(raw)) => push(&mut stack, &String::from_utf8_lossy(&raw)),
            Ok(Event::GeneralRef(raw)) => {
                let known = raw.resolve_char_ref().ok().flatten().or_else(|| predefined(&raw));
                match known {
                    Some(c) => push(&mut stack, c.encode_utf8(&mut [0; 4])),
                    None => push(&mut stack, &format!("&{};", String::from_utf8_lossy(&raw))),
                }
            }
            Ok(Event::DocType(_)) => return None,
            Ok(Event::Comment(_) | Event::PI(_) | Event::Decl(_)) => {}
            Ok(Event::Eof) => {
                if stack.len() > 1 {
                    fault = Some("the XML is cut off".to_owned());
                }
                break;
            }
            Err(error) => {
                fault = Some(format!("the XML is broken at byte {}: {error}", reader.error_position()));
                break;
            }
        }
    }
    while stack.len() > 1 {
        close(&mut stack);
    }
    let root = stack.pop()?.children.into_iter().next()?;
    Some(Document { root, fault })
}

fn element(start: &BytesStart<'_>) -> Node {
    let mut pairs = start.html_attributes();
    let attributes = pairs.with_checks(false).flatten().take(50).map(|a| {
        let raw = String::from_utf8_lossy(&a.value).into_owned();
        let value = a.normalized_value(XmlVersion::Implicit1_0).map_or(raw, std::borrow::Cow::into_owned);
        (String::from_utf8_lossy(a.key.local_name().as_ref()).into_owned(), limits::clip(&value, 4000).to_owned())
    });
    Node {
        name: String::from_utf8_lossy(start.local_name().as_ref()).into_owned(),
        attributes: attributes.collect(),
        ..Node::default()
    }
}

fn close(stack: &mut Vec<Node>) {
    if stack.len() > 1
        && let Some(node) = stack.pop()
        && let Some(parent) = stack.last_mut()
    {
        parent.children.push(node);
    }
}

fn push(stack: &mut [Node], text: &str) {
    if let Some(node) = stack.last_mut()
        && node.text.len() < limits::TEXT_BYTES
    {
        node.text.push_str(limits::clip(text, limits::TEXT_BYTES));
    }
}

fn predefined(name: &[u8]) -> Option<char> {
    match name {
        b"amp" => Some('&'),
        b"lt" => Some('<'),
        b"gt" => Some('>'),
        b"quot" => Some('"'),
        b"apos" => Some('\''),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_tree_with_what_reporters_write_into_it() {
        let text = r#"<?xml version="1.0"?><a:Root x="1 &amp; 2" y='z'><b>Tom & Jerry &lt;3 &#65;</b><c/><d><![CDATA[<raw>]]></d></a:Root>"#;
        let document = parse(text).unwrap();
        assert_eq!(document.fault, None);
        assert_eq!((document.root.name.as_str(), document.root.attribute("X")), ("Root", Some("1 & 2")));
        assert_eq!(document.root.text_at(&["B"]), Some("Tom & Jerry <3 A"));
        assert_eq!(document.root.text_at(&["d"]), Some("<raw>"));
        assert_eq!(document.root.text_at(&["c"]), None);
    }

    #[test]
    fn no_document_types_and_an_end_to_everything() {
        let bomb = r#"<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>"#;
        assert!(parse(bomb).is_none());
        assert_eq!(parse("<a>&x;</a>").unwrap().root.text, "&x;");
        let deep = parse(&"<a>".repeat(100_000)).unwrap();
        assert!(deep.fault.unwrap().contains("too deep"));
        let cut = parse("<a><b>1</b><c>2").unwrap();
        assert_eq!(cut.root.text_at(&["b"]), Some("1"));
        assert!(cut.fault.is_some());
        assert!(parse("no xml").is_none());
    }
}
