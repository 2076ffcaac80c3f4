//! Where the parts of a YAML text stand. Made only when there are problems to point at: the reader of the values
//! ([`super::yaml`]) does not know places, so the text is read once more by a parser that does.

use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

use crate::diagnostics::Pointer;
use crate::yaml;

/// The places of one text, as far as it can be read.
pub(super) struct Places {
    /// In the order of the text. An alias is no node: it leads to the node that it stands for, so that the size is
    /// bounded by that of the text.
    nodes: Vec<Node>,
    next_document: Option<usize>,
}

/// What a pointer leads to.
pub(super) struct Found {
    /// The byte at which its key begins, or its value in a list.
    pub(super) byte: usize,
    /// How many keys of the pointer are in the text.
    pub(super) depth: usize,
    /// Whether all of them are.
    pub(super) is_exact: bool,
    /// Whether it would set something, in an overlay's update: it is no mapping, or has an entry that is none.
    pub(super) sets: bool,
}

struct Node {
    start: usize,
    content: Content,
}

enum Content {
    Scalar,
    List(Vec<Child>),
    Mapping(HashMap<String, Child>),
}

/// An entry of a mapping or of a list.
#[derive(Clone, Copy)]
struct Child {
    start: usize,
    second: Option<usize>,
    node: usize,
}

impl Places {
    /// Reads the first document of a text. Its end is where the text ends or is no YAML any more.
    pub(super) fn read(text: &str) -> Self {
        let mut reader = Reader::default();
        for item in Parser::new_from_str(text) {
            let Ok((event, span)) = item else { break };
            let start = span.start.byte_offset().unwrap_or_default();
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if !reader.nodes.is_empty() => {
                    reader.next_document = Some(start);
                    break;
                }
                Event::Scalar(text, style, anchor, _) => reader.scalar(&text, style, start, anchor),
                Event::SequenceStart(_, anchor, _) => reader.open(start, Content::List(Vec::new()), anchor),
                Event::MappingStart(_, anchor, _) => {
                    reader.open(start, Content::Mapping(HashMap::new()), anchor)
                }
                Event::SequenceEnd | Event::MappingEnd => _ = reader.open.pop(),
                Event::Alias(anchor) => reader.alias(start, anchor),
                _ => {}
            }
        }
        Self { nodes: reader.nodes, next_document: reader.next_document }
    }

    /// Where a second document begins.
    pub(super) fn next_document(&self) -> Option<usize> {
        self.next_document
    }

    /// Follows a pointer as far as it goes; with `second`, to the second entry of its last key.
    pub(super) fn find(&self, pointer: &Pointer, second: bool) -> Found {
        let root = self.nodes.first();
        let mut found =
            Found { byte: root.map_or(0, |root| root.start), depth: 0, is_exact: true, sets: false };
        let (mut node, mut last) = (root, None);
        let mut keys = pointer.keys().peekable();
        while let Some(key) = keys.next() {
            let Some(child) = node.and_then(|node| node.child(&key)) else {
                // `$ref` with siblings is read as a list of one: the text has no such list.
                let reference = node.and_then(|node| node.child("$ref"));
                if key == "allOf" && reference.is_some() && keys.next_if(|key| key == "0").is_some() {
                    found.depth += 2;
                    continue;
                }
                found.is_exact = false;
                break;
            };
            found.byte = child.start;
            found.depth += 1;
            last = Some(child);
            node = self.nodes.get(child.node);
        }
        if let (true, true, Some(Child { second: Some(start), .. })) = (second, found.is_exact, last) {
            found.byte = start;
        }
        found.sets = node.is_some_and(|node| self.sets(node));
        found
    }

    fn sets(&self, node: &Node) -> bool {
        let is_mapping = |child: &Child| {
            self.nodes.get(child.node).is_some_and(|node| matches!(node.content, Content::Mapping(_)))
        };
        match &node.content {
            Content::Mapping(entries) => !entries.values().all(is_mapping),
            Content::Scalar | Content::List(_) => true,
        }
    }
}

impl Node {
    fn child(&self, key: &str) -> Option<Child> {
        match &self.content {
            Content::Scalar => None,
            Content::List(items) => items.get(key.parse::<usize>().ok()?).copied(),
            Content::Mapping(entries) => entries.get(key).copied(),
        }
    }
}

/// Builds the nodes.
#[derive(Default)]
struct Reader {
    nodes: Vec<Node>,
    next_document: Option<usize>,
    /// The collections that are open, and the key that waits for its value. A key that is a collection has no text:
    /// no pointer leads below it.
    open: Vec<(usize, Option<Key>)>,
    /// The nodes with anchors, and their texts.
    anchors: HashMap<usize, (usize, Option<String>)>,
}

struct Key {
    text: Option<String>,
    start: usize,
}

impl Reader {
    fn scalar(&mut self, text: &str, style: ScalarStyle, start: usize, anchor: usize) {
        let text = match style {
            ScalarStyle::Plain if may_be_rewritten(text) => {
                yaml::plain_key(text).unwrap_or_else(|| text.to_owned())
            }
            _ => text.to_owned(),
        };
        self.node(start, Content::Scalar, anchor, Some(text));
    }

    fn open(&mut self, start: usize, content: Content, anchor: usize) {
        let node = self.node(start, content, anchor, None);
        self.open.push((node, None));
    }

    fn alias(&mut self, start: usize, anchor: usize) {
        if let Some((node, text)) = self.anchors.get(&anchor).cloned() {
            self.attach(start, node, text);
        }
    }

    fn node(&mut self, start: usize, content: Content, anchor: usize, text: Option<String>) -> usize {
        let node = self.nodes.len();
        self.nodes.push(Node { start, content });
        // 0 is no anchor.
        if anchor > 0 {
            self.anchors.insert(anchor, (node, text.clone()));
        }
        self.attach(start, node, text);
        node
    }

    /// Puts a node where the text has it: it is an item, a key or the value of the key before it.
    fn attach(&mut self, start: usize, node: usize, text: Option<String>) {
        let Some((parent, pending)) = self.open.last_mut() else { return };
        let Some(parent) = self.nodes.get_mut(*parent) else { return };
        match &mut parent.content {
            Content::Scalar => {}
            Content::List(items) => items.push(Child { start, second: None, node }),
            Content::Mapping(entries) => match pending.take() {
                None => *pending = Some(Key { text, start }),
                Some(Key { text: None, .. }) => {}
                Some(Key { text: Some(text), start }) => {
                    let child = Child { start, second: None, node };
                    entries
                        .entry(text)
                        .and_modify(|first| _ = first.second.get_or_insert(start))
                        .or_insert(child);
                }
            },
        }
    }
}

/// Whether a plain text may be a number, a boolean or null, which are not kept as they are written.
fn may_be_rewritten(text: &str) -> bool {
    let is_word = |word: &str| text.eq_ignore_ascii_case(word);
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '~'))
        || is_word("true")
        || is_word("false")
        || is_word("null")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use serde_json::Value;

    use super::*;
    use crate::diagnostics::{Diagnostics, Source};

    const TEXTS: [&str; 3] = [
        include_str!("../../../spec/outscale.yaml"),
        include_str!("../../../spec/overlay.yaml"),
        include_str!("../../../spec/errors.yaml"),
    ];

    /// Every pointer into a value.
    fn pointers(value: &Value, at: &Pointer, all: &mut Vec<Pointer>) {
        all.push(at.clone());
        match value {
            Value::Object(object) => {
                object.iter().for_each(|(key, value)| pointers(value, &at.join(key), all))
            }
            Value::Array(items) => {
                items.iter().enumerate().for_each(|(index, item)| pointers(item, &at.join(index), all));
            }
            _ => {}
        }
    }

    #[test]
    fn whatever_the_reader_of_values_reads_has_a_place_that_begins_with_its_key() {
        for text in TEXTS {
            let value = yaml::read(text, Source::Description, &mut Diagnostics::default()).unwrap();
            let (mut all, places) = (Vec::new(), Places::read(text));
            pointers(&value, &Pointer::root(), &mut all);
            assert!(all.len() > 100);
            for pointer in all {
                let found = places.find(&pointer, false);
                assert!(found.is_exact, "{pointer}");
                let key = pointer.keys().last().unwrap_or_default();
                let here = text.get(found.byte..).unwrap().trim_start_matches(['\'', '"']);
                let is_item = key.parse::<usize>().is_ok();
                assert!(is_item || here.starts_with(&key), "{pointer} is not at byte {}", found.byte);
            }
        }
    }

    /// The rest of the text from the place of a pointer, and whether it is exact.
    fn at<'t>(text: &'t str, pointer: &str) -> (&'t str, bool) {
        let found = Places::read(text).find(&Pointer::of_path(pointer), false);
        (text.get(found.byte..).unwrap(), found.is_exact)
    }

    #[test]
    fn aliases_lead_on_however_often_and_do_not_grow() {
        let text = "a: &a {b: &b [x, *a]}\nc: *b";
        assert_eq!(at(text, "/c"), ("c: *b", true));
        assert_eq!(at(text, "/c/0"), ("x, *a]}\nc: *b", true));
        let around = "/1/b".repeat(1000);
        assert_eq!(at(text, &format!("/c{around}/0")), ("x, *a]}\nc: *b", true));
        let bomb: String =
            (1..60).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9))).collect();
        let text = format!("a0: &a0 [x]\n{bomb}");
        assert!(Places::read(&text).nodes.len() < 200);
        assert!(at(&text, &format!("/a59{}", "/8".repeat(59))).1);
    }

    #[test]
    fn what_is_not_there_is_at_what_is_nearest() {
        for (text, pointer, rest) in [
            ("", "/a", ""),
            ("# a\n\nb: 1", "/a/b", "b: 1"),
            ("b: 1", "/b/c", "b: 1"),
            ("a: {b: 1}", "/a/c/d", "a: {b: 1}"),
            ("a: [b, c]", "/a/2", "a: [b, c]"),
            ("a: [b, c]", "/a/b", "a: [b, c]"),
            // Behind a mistake there is nothing.
            ("a: {b: 1}\nc: ]\nd: 1", "/d", "a: {b: 1}\nc: ]\nd: 1"),
        ] {
            let (found, is_exact) = at(text, pointer);
            assert!(found == rest && !is_exact, "{text:?} {pointer}: {found:?}");
        }
    }
}
