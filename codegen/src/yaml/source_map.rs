//! Maps pointers to byte offsets of a YAML text.
//!
//! Built only when there is a diagnostic to locate: the reader of values does not know positions, so a second parser
//! reads the text again.

use std::borrow::Cow;
use std::collections::HashMap;

use granit_parser::{Event, Parser, ScalarStyle};

use crate::diagnostics::Pointer;
use crate::yaml;

/// The merge key, if it is not quoted.
pub(super) const MERGE_KEY: &str = "<<";

/// Maximum number of merge keys that a lookup follows.
const MAX_MERGES: usize = 128;

/// The positions of one text, up to its end or its first syntax error.
pub(super) struct SourceMap {
    /// In the order of the text. An alias shares the node of its anchor, so that the text bounds the size.
    nodes: Vec<SourceNode>,
    next_document: Option<usize>,
}

/// The result of following a pointer.
pub(super) struct Lookup {
    /// The offset of the last key that was found, or of the item in a list.
    pub(super) byte: usize,
    /// The number of the pointer's keys that are in the text.
    pub(super) depth: usize,
    /// `true` if all of them are.
    pub(super) is_exact: bool,
    /// `true` if the node is not a mapping or has an entry that is not: in an overlay's update, it sets a value.
    pub(super) sets_value: bool,
}

struct SourceNode {
    start: usize,
    content: NodeContent,
}

enum NodeContent {
    Scalar,
    List(Vec<SourceEntry>),
    Mapping {
        entries: HashMap<String, SourceEntry>,
        /// The node of the merge key's value.
        merged: Option<usize>,
    },
}

/// An entry of a mapping or an item of a list.
#[derive(Clone, Copy)]
struct SourceEntry {
    start: usize,
    duplicate: Option<usize>,
    node: usize,
}

impl SourceMap {
    /// Reads the first document of a text, up to its end or its first syntax error.
    pub(super) fn read(text: &str) -> Self {
        let mut reader = MapBuilder::default();
        for item in Parser::new_from_str(&without_surrogates(text)) {
            let Ok((event, span)) = item else { break };
            let start = span.start.byte_offset().unwrap_or_default();
            match event {
                Event::StreamEnd => break,
                Event::DocumentStart(..) if !reader.nodes.is_empty() => {
                    reader.next_document = Some(start);
                    break;
                }
                Event::Scalar(text, style, anchor, _) => reader.scalar(&text, style, start, anchor),
                Event::SequenceStart(_, anchor, _) => {
                    reader.open(start, NodeContent::List(Vec::new()), anchor)
                }
                Event::MappingStart(_, anchor, _) => {
                    let content = NodeContent::Mapping { entries: HashMap::new(), merged: None };
                    reader.open(start, content, anchor);
                }
                Event::SequenceEnd | Event::MappingEnd => _ = reader.open.pop(),
                Event::Alias(anchor) => reader.alias(start, anchor),
                _ => {}
            }
        }
        Self { nodes: reader.nodes, next_document: reader.next_document }
    }

    /// The offset of a second document.
    pub(super) fn next_document(&self) -> Option<usize> {
        self.next_document
    }

    /// Follows a pointer as far as it leads.
    pub(super) fn find(&self, pointer: &Pointer) -> Lookup {
        self.follow(pointer).0
    }

    /// Follows a pointer to the second occurrence of its last key.
    pub(super) fn find_duplicate(&self, pointer: &Pointer) -> Lookup {
        let (mut lookup, last) = self.follow(pointer);
        if let (true, Some(SourceEntry { duplicate: Some(start), .. })) = (lookup.is_exact, last) {
            lookup.byte = start;
        }
        lookup
    }

    /// Returns `true` if the mapping at a pointer has an unquoted `<<`.
    pub(super) fn has_merge_key(&self, pointer: &Pointer) -> bool {
        let (lookup, last) = self.follow(pointer);
        let node = last.map_or(0, |entry| entry.node);
        let node = self.nodes.get(node).map(|node| &node.content);
        lookup.is_exact && matches!(node, Some(NodeContent::Mapping { merged: Some(_), .. }))
    }

    fn follow(&self, pointer: &Pointer) -> (Lookup, Option<SourceEntry>) {
        let root = self.nodes.first();
        let byte = root.map_or(0, |root| root.start);
        let mut lookup = Lookup { byte, depth: 0, is_exact: true, sets_value: false };
        let (mut node, mut last) = (root, None);
        let mut keys = pointer.keys().peekable();
        while let Some(key) = keys.next() {
            let Some(entry) = node.and_then(|node| self.entry(node, &key)) else {
                // The reader rewrites a `$ref` with siblings to a list of one, which the text does not have.
                let reference = node.and_then(|node| self.entry(node, "$ref"));
                if key == "allOf" && reference.is_some() && keys.next_if(|key| key == "0").is_some() {
                    lookup.depth += 2;
                    continue;
                }
                lookup.is_exact = false;
                break;
            };
            lookup.byte = entry.start;
            lookup.depth += 1;
            last = Some(entry);
            node = self.nodes.get(entry.node);
        }
        lookup.sets_value = node.is_some_and(|node| self.sets_value(node));
        (lookup, last)
    }

    /// The entry of a node. Keys of the mapping itself take precedence over merged ones.
    fn entry(&self, node: &SourceNode, key: &str) -> Option<SourceEntry> {
        let (entries, merged) = match &node.content {
            NodeContent::Scalar => return None,
            NodeContent::List(items) => return items.get(key.parse::<usize>().ok()?).copied(),
            NodeContent::Mapping { entries, merged } => (entries, merged),
        };
        entries.get(key).copied().or_else(|| self.merged_entry((*merged)?, key, MAX_MERGES))
    }

    fn merged_entry(&self, node: usize, key: &str, depth: usize) -> Option<SourceEntry> {
        let depth = depth.checked_sub(1)?;
        match &self.nodes.get(node)?.content {
            NodeContent::Scalar => None,
            NodeContent::List(items) => {
                items.iter().find_map(|item| self.merged_entry(item.node, key, depth))
            }
            NodeContent::Mapping { entries, merged } => {
                entries.get(key).copied().or_else(|| self.merged_entry((*merged)?, key, depth))
            }
        }
    }

    fn sets_value(&self, node: &SourceNode) -> bool {
        let is_mapping = |entry: &SourceEntry| {
            let node = self.nodes.get(entry.node);
            node.is_some_and(|node| matches!(node.content, NodeContent::Mapping { .. }))
        };
        match &node.content {
            NodeContent::Mapping { entries, .. } => !entries.values().all(is_mapping),
            NodeContent::Scalar | NodeContent::List(_) => true,
        }
    }
}

/// Builds the nodes from the parser's events.
#[derive(Default)]
struct MapBuilder {
    nodes: Vec<SourceNode>,
    next_document: Option<usize>,
    /// The open collections, each with the key whose value comes next. A key that is a collection has no text: no
    /// pointer leads below it.
    open: Vec<(usize, Option<PendingKey>)>,
    /// The nodes with anchors, and their texts.
    anchors: HashMap<usize, (usize, ScalarText)>,
}

/// The text of a scalar as a key.
#[derive(Clone, Default)]
struct ScalarText {
    text: Option<String>,
    is_merge_key: bool,
}

struct PendingKey {
    key: ScalarText,
    start: usize,
}

impl MapBuilder {
    fn scalar(&mut self, text: &str, style: ScalarStyle, start: usize, anchor: usize) {
        let text = match style {
            ScalarStyle::Plain if may_be_normalized(text) => {
                yaml::plain_key(text).unwrap_or_else(|| text.to_owned())
            }
            _ => text.to_owned(),
        };
        let is_merge_key = style == ScalarStyle::Plain && text == MERGE_KEY;
        self.node(start, NodeContent::Scalar, anchor, ScalarText { text: Some(text), is_merge_key });
    }

    fn open(&mut self, start: usize, content: NodeContent, anchor: usize) {
        let node = self.node(start, content, anchor, ScalarText::default());
        self.open.push((node, None));
    }

    fn alias(&mut self, start: usize, anchor: usize) {
        if let Some((node, text)) = self.anchors.get(&anchor).cloned() {
            self.attach(start, node, text);
        }
    }

    fn node(&mut self, start: usize, content: NodeContent, anchor: usize, text: ScalarText) -> usize {
        let node = self.nodes.len();
        self.nodes.push(SourceNode { start, content });
        // The parser writes 0 for no anchor.
        if anchor > 0 {
            self.anchors.insert(anchor, (node, text.clone()));
        }
        self.attach(start, node, text);
        node
    }

    /// Adds a node to the open collection: as an item, as a key, or as the value of the pending key.
    fn attach(&mut self, start: usize, node: usize, text: ScalarText) {
        let Some((parent, pending)) = self.open.last_mut() else { return };
        let Some(parent) = self.nodes.get_mut(*parent) else { return };
        match &mut parent.content {
            NodeContent::Scalar => {}
            NodeContent::List(items) => items.push(SourceEntry { start, duplicate: None, node }),
            NodeContent::Mapping { entries, merged } => {
                let Some(PendingKey { key, start }) = pending.take() else {
                    *pending = Some(PendingKey { key: text, start });
                    return;
                };
                let Some(text) = key.text else { return };
                if key.is_merge_key {
                    *merged = Some(node);
                }
                entries
                    .entry(text)
                    .and_modify(|first| _ = first.duplicate.get_or_insert(start))
                    .or_insert(SourceEntry { start, duplicate: None, node });
            }
        }
    }
}

/// Replaces the surrogate pairs of JSON (RFC 8259, section 7), at which the parser would stop. The offsets stay valid.
fn without_surrogates(text: &str) -> Cow<'_, str> {
    let is_surrogate = |at: usize| {
        let digits = text.as_bytes().get(at + 2..at + 6);
        matches!(digits, Some([b'd' | b'D', b'8' | b'9' | b'a'..=b'f' | b'A'..=b'F', x, y])
            if x.is_ascii_hexdigit() && y.is_ascii_hexdigit())
    };
    let starts = text.match_indices("\\u").map(|(at, _)| at).filter(|at| is_surrogate(*at));
    let starts: Vec<usize> = starts.collect();
    if starts.is_empty() {
        return Cow::Borrowed(text);
    }
    let mut replaced = text.to_owned();
    for start in starts {
        replaced.replace_range(start..start + 6, "\\uFFFD");
    }
    Cow::Owned(replaced)
}

/// Returns `true` if a plain scalar may be a number, a boolean or null, which the reader of values normalizes.
fn may_be_normalized(text: &str) -> bool {
    let is_word = |word: &str| text.eq_ignore_ascii_case(word);
    text.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '+' | '-' | '.' | '~'))
        || is_word("true")
        || is_word("false")
        || is_word("null")
}

#[cfg(test)]
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
    fn every_value_has_a_position_that_starts_with_its_key() {
        for text in TEXTS {
            let value = yaml::read(text, Source::Description, &mut Diagnostics::default()).unwrap();
            let (mut all, map) = (Vec::new(), SourceMap::read(text));
            pointers(&value, &Pointer::root(), &mut all);
            assert!(all.len() > 100);
            for pointer in all {
                let lookup = map.find(&pointer);
                assert!(lookup.is_exact, "{pointer}");
                let key = pointer.keys().last().unwrap_or_default();
                let here = text.get(lookup.byte..).unwrap().trim_start_matches(['\'', '"']);
                let is_item = key.parse::<usize>().is_ok();
                assert!(is_item || here.starts_with(&key), "{pointer} is not at byte {}", lookup.byte);
            }
        }
    }

    /// The text from the position of a pointer on, and whether the position is exact.
    fn at<'t>(text: &'t str, pointer: &str) -> (&'t str, bool) {
        let lookup = SourceMap::read(text).find(&Pointer::from_json_pointer(pointer));
        (text.get(lookup.byte..).unwrap(), lookup.is_exact)
    }

    #[test]
    fn aliases_are_followed_without_copies() {
        let text = "a: &a {b: &b [x, *a]}\nc: *b";
        assert_eq!(at(text, "/c"), ("c: *b", true));
        assert_eq!(at(text, "/c/0"), ("x, *a]}\nc: *b", true));
        let around = "/1/b".repeat(1000);
        assert_eq!(at(text, &format!("/c{around}/0")), ("x, *a]}\nc: *b", true));
        let bomb: String =
            (1..60).map(|n| format!("a{n}: &a{n} [{}]\n", format!("*a{},", n - 1).repeat(9))).collect();
        let text = format!("a0: &a0 [x]\n{bomb}");
        assert!(SourceMap::read(&text).nodes.len() < 200);
        assert!(at(&text, &format!("/a59{}", "/8".repeat(59))).1);
    }

    #[test]
    fn merged_values_are_located_in_the_mapping_they_come_from() {
        let text = "a: &a {x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*b, {z: 3}], w: 4}";
        for (pointer, rest) in [
            ("/c/w", "w: 4}"),
            ("/c/z", "z: 3}], w: 4}"),
            ("/c/y", "y: 2}\nc: {<<: [*b, {z: 3}], w: 4}"),
            ("/c/x", "x: 1}\nb: &b {<<: *a, y: 2}\nc: {<<: [*b, {z: 3}], w: 4}"),
        ] {
            assert_eq!(at(text, pointer), (rest, true), "{pointer}");
        }
    }

    #[test]
    fn values_after_surrogate_pairs_are_located() {
        let text = r#"{"a": "\ud83e\udd81", "b": 1}"#;
        assert_eq!(at(text, "/b"), ("\"b\": 1}", true));
    }

    #[test]
    fn a_missing_value_is_located_at_its_nearest_parent() {
        for (text, pointer, rest) in [
            ("", "/a", ""),
            ("# a\n\nb: 1", "/a/b", "b: 1"),
            ("b: 1", "/b/c", "b: 1"),
            ("a: {b: 1}", "/a/c/d", "a: {b: 1}"),
            ("a: [b, c]", "/a/2", "a: [b, c]"),
            ("a: [b, c]", "/a/b", "a: [b, c]"),
            // Nothing after a syntax error is known.
            ("a: {b: 1}\nc: ]\nd: 1", "/d", "a: {b: 1}\nc: ]\nd: 1"),
        ] {
            let (actual, is_exact) = at(text, pointer);
            assert!(actual == rest && !is_exact, "{text:?} {pointer}: {actual:?}");
        }
    }
}
