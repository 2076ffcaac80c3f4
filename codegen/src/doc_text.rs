//! Documentation: our text first, otherwise the description's text cleaned for rustdoc, then the facts.

mod markdown;
pub(crate) mod sentences;
mod wrap;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Pointer, Source, is_hidden};
use crate::yaml;

pub(crate) use wrap::wrap;

/// The sections of `docs.yaml`.
const SECTIONS: &str = "`actions`, `aliases`, `examples`, `types` and `fields`";

/// How the text of a filter starts.
const FILTER_TEXT: &str = "Only return ";

/// The texts of `spec/docs.yaml`, which of them were used, and which are missing.
#[derive(Debug, Default)]
pub(crate) struct Docs {
    actions: Texts,
    aliases: Texts,
    examples: Texts,
    types: Texts,
    fields: Texts,
    missing: RefCell<BTreeSet<(&'static str, String)>>,
    /// Fields (`Vm.State`) that use the text of their name alone.
    inherited: RefCell<BTreeSet<String>>,
}

type Texts = BTreeMap<String, (String, Cell<bool>)>;

impl Docs {
    /// Reads `docs.yaml`: sections, each a mapping of names to strings.
    pub(crate) fn read(text: &str, problems: &mut Diagnostics) -> Self {
        let mut docs = Self::default();
        let root = Pointer::root();
        let sections = match yaml::read(text, Source::Docs, problems) {
            Some(Value::Object(sections)) => sections,
            Some(Value::Null) | None => return docs,
            Some(_) => {
                problems.error_in(Source::Docs, &root, format!("must be a mapping with {SECTIONS}"));
                return docs;
            }
        };
        for (section, entries) in &sections {
            let at = root.join(section);
            let texts = match section.as_str() {
                "actions" => &mut docs.actions,
                "aliases" => &mut docs.aliases,
                "examples" => &mut docs.examples,
                "types" => &mut docs.types,
                "fields" => &mut docs.fields,
                _ => {
                    problems.error_in(Source::Docs, &at, format!("is not a section: use {SECTIONS}"));
                    continue;
                }
            };
            let Some(entries) = entries.as_object() else {
                problems.error_in(Source::Docs, &at, "must be a mapping of names to strings");
                continue;
            };
            for (name, text) in entries {
                match text.as_str().map(str::trim) {
                    Some(text) if !text.is_empty() => {
                        texts.insert(name.clone(), (text.to_owned(), Cell::new(false)));
                    }
                    _ => problems.error_in(Source::Docs, &at.join(name), "must be a non-empty string"),
                }
            }
        }
        docs
    }

    /// The text of an action.
    pub(crate) fn action(&self, name: &str, published: Option<&str>) -> Option<Vec<String>> {
        self.ours("actions", &self.actions, name).or_else(|| markdown::clean(published?))
    }

    /// The names of an action in other clouds, separated by commas in the text.
    pub(crate) fn aliases(&self, action: &str) -> Vec<String> {
        let lines = text(&self.aliases, action).unwrap_or_default();
        let names = lines.iter().flat_map(|line| line.split(',')).map(str::trim);
        names.filter(|name| !name.is_empty()).map(str::to_owned).collect()
    }

    /// The summary of an action: the first sentence of our text.
    pub(crate) fn summary(&self, action: &str) -> Option<String> {
        let (text, _) = self.actions.get(action)?;
        let paragraph: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).collect();
        let paragraph = paragraph.join(" ");
        let sentence = paragraph.split_once(". ").map_or(paragraph.as_str(), |(first, _)| first);
        Some(sentence.trim_end_matches('.').to_owned())
    }

    /// The title of one of an action's examples, by the name that the description gives it.
    pub(crate) fn example(&self, action: &str, name: &str) -> Option<String> {
        let lines = self.ours("examples", &self.examples, &format!("{action}.{name}"))?;
        Some(lines.join(" "))
    }

    /// The text of a type.
    pub(crate) fn type_(&self, name: &str, published: Option<&str>) -> Option<Vec<String>> {
        self.ours("types", &self.types, name).or_else(|| markdown::clean(published?))
    }

    /// The text of a type that is the body of actions. It is optional: the actions describe it.
    pub(crate) fn body(&self, name: &str, published: Option<&str>) -> Option<Vec<String>> {
        text(&self.types, name).or_else(|| markdown::clean(published?))
    }

    /// The text of a field: its own (`Vm.State`), else that of all fields of its name (`State`).
    pub(crate) fn field(&self, owner: &str, wire: &str, published: Option<&str>) -> Option<Vec<String>> {
        let own = format!("{owner}.{wire}");
        if let Some(own) = text(&self.fields, &own) {
            return Some(own);
        }
        if let Some(shared) = text(&self.fields, wire) {
            self.inherited.borrow_mut().insert(own);
            return Some(shared);
        }
        self.absent("fields", own).or_else(|| markdown::clean(published?))
    }

    /// The names without a text of ours, as section and name, sorted.
    pub(crate) fn missing(&self) -> Vec<String> {
        self.missing.borrow().iter().map(|(section, name)| format!("{section}/{name}")).collect()
    }

    /// The fields that use the text of all fields of their name, sorted.
    pub(crate) fn inherited(&self) -> Vec<String> {
        self.inherited.borrow().iter().cloned().collect()
    }

    /// Reports each name-wide text that is written for filters and documents a field of another type.
    fn report_filter_texts(&self, problems: &mut Diagnostics) {
        for field in self.inherited.borrow().iter() {
            let Some((owner, wire)) = field.split_once('.') else { continue };
            let is_filter_text = self.fields.get(wire).is_some_and(|(text, _)| text.starts_with(FILTER_TEXT));
            if is_filter_text && !owner.starts_with("Filters") && !owner.ends_with("Filters") {
                let message =
                    format!("is the text of a filter, but documents `{field}` too: add a text `{field}`");
                problems.error_in(Source::Docs, &Pointer::root().at(&["fields", wire]), message);
            }
        }
    }

    fn ours(&self, section: &'static str, texts: &Texts, name: &str) -> Option<Vec<String>> {
        text(texts, name).or_else(|| self.absent(section, name.to_owned()))
    }

    /// Records a missing text.
    fn absent(&self, section: &'static str, name: String) -> Option<Vec<String>> {
        self.missing.borrow_mut().insert((section, name));
        None
    }

    /// Reports every text whose subject is not in the description.
    pub(crate) fn report_unused(&self, problems: &mut Diagnostics) {
        let Self { actions, aliases, examples, types, fields, missing: _, inherited: _ } = self;
        self.report_filter_texts(problems);
        for (section, texts) in [
            ("actions", actions),
            ("aliases", aliases),
            ("examples", examples),
            ("types", types),
            ("fields", fields),
        ] {
            let unused = texts.iter().filter(|(_, (_, used))| !used.get());
            for (name, _) in unused {
                let message = if section == "fields" && !name.contains('.') {
                    "every field of this name has its own text: remove this one"
                } else {
                    "nothing in the description has this name: remove the text"
                };
                problems.stale(Source::Docs, &Pointer::root().at(&[section, name]), message);
            }
        }
    }
}

/// Our texts are rustdoc Markdown already: they are reviewed, and a broken link fails the build.
fn text(texts: &Texts, name: &str) -> Option<Vec<String>> {
    let (text, used) = texts.get(name)?;
    used.set(true);
    Some(text.lines().map(|line| line.trim_end().to_owned()).collect())
}

/// A code span of any string.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(is_hidden, " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.trim().is_empty() { format!("\"{text}\"") } else { format!("{fence}{space}{text}{space}{fence}") }
}

/// A title without characters that the compiler refuses or that Markdown or HTML would read as markup.
pub(crate) fn plain(text: &str) -> String {
    text.chars().map(|c| if is_hidden(c) || "<>[]`*_#&\\".contains(c) { ' ' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn code_spans_hold_anything() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code("a\u{202E}b\n"), "`a b `");
        assert_eq!(code(" "), "\" \"");
    }
}
