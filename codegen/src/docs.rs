//! Documentation: ours first, then the description's own text made fit for rustdoc, then the bare facts.

mod markdown;

use std::cell::Cell;
use std::collections::BTreeMap;

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::load::read_yaml;

/// The texts of `spec/docs.yaml`, with a note of which were used.
#[derive(Debug, Default)]
pub(crate) struct Docs {
    actions: Texts,
    types: Texts,
    fields: Texts,
}

type Texts = BTreeMap<String, (String, Cell<bool>)>;

impl Docs {
    /// Reads `docs.yaml`: `actions`, `types` and `fields`, each a mapping of names to texts.
    pub(crate) fn read(text: &str, problems: &mut Diagnostics) -> Self {
        let mut docs = Self::default();
        let root = Pointer::root();
        let sections = match read_yaml(text, Source::Docs, problems) {
            Some(Value::Object(sections)) => sections,
            Some(Value::Null) | None => return docs,
            Some(_) => {
                problems.error_in(
                    Source::Docs,
                    &root,
                    "must be a mapping with `actions`, `types` and `fields`",
                );
                return docs;
            }
        };
        for (section, entries) in &sections {
            let at = root.join(section);
            let texts = match section.as_str() {
                "actions" => &mut docs.actions,
                "types" => &mut docs.types,
                "fields" => &mut docs.fields,
                _ => {
                    problems.error_in(
                        Source::Docs,
                        &at,
                        "is not a section: there are `actions`, `types` and `fields`",
                    );
                    continue;
                }
            };
            let Some(entries) = entries.as_object() else {
                problems.error_in(Source::Docs, &at, "must be a mapping of names to texts");
                continue;
            };
            for (name, text) in entries {
                match text.as_str().map(str::trim) {
                    Some(text) if !text.is_empty() => {
                        texts.insert(name.clone(), (text.to_owned(), Cell::new(false)));
                    }
                    _ => problems.error_in(Source::Docs, &at.join(name), "must be a text"),
                }
            }
        }
        docs
    }

    /// The text of an action.
    pub(crate) fn action(&self, name: &str, published: Option<&str>) -> Option<Vec<String>> {
        text(&self.actions, name).or_else(|| markdown::clean(published?))
    }

    /// The text of a type.
    pub(crate) fn type_(&self, name: &str, published: Option<&str>) -> Option<Vec<String>> {
        text(&self.types, name).or_else(|| markdown::clean(published?))
    }

    /// The text of a field: its own (`Vm.State`), else that of all fields of its name (`State`).
    pub(crate) fn field(&self, owner: &str, wire: &str, published: Option<&str>) -> Option<Vec<String>> {
        text(&self.fields, &format!("{owner}.{wire}"))
            .or_else(|| text(&self.fields, wire))
            .or_else(|| markdown::clean(published?))
    }

    /// Reports every text whose subject is gone from the description.
    pub(crate) fn report_unused(&self, problems: &mut Diagnostics) {
        let Self { actions, types, fields } = self;
        for (section, texts) in [("actions", actions), ("types", types), ("fields", fields)] {
            for (name, (_, used)) in texts {
                if !used.get() {
                    let at = Pointer::root().at(&[section, name]);
                    problems.stale(
                        Source::Docs,
                        &at,
                        "nothing in the description has this name: remove the text",
                    );
                }
            }
        }
    }
}

/// Texts of ours are Markdown for rustdoc already: they are reviewed, and a broken link fails the build.
fn text(texts: &Texts, name: &str) -> Option<Vec<String>> {
    let (text, used) = texts.get(name)?;
    used.set(true);
    Some(text.lines().map(|line| line.trim_end().to_owned()).collect())
}

/// A code span that holds any text.
pub(crate) fn code(text: &str) -> String {
    let text = text.replace(|c: char| c.is_control(), " ");
    let longest = text.split(|c| c != '`').map(str::len).max().unwrap_or_default();
    let fence = "`".repeat(longest + 1);
    let space = if text.starts_with('`') || text.ends_with('`') { " " } else { "" };
    if text.trim().is_empty() { format!("\"{text}\"") } else { format!("{fence}{space}{text}{space}{fence}") }
}

#[cfg(test)]
mod tests {
    use super::code;

    #[test]
    fn code_spans_hold_anything() {
        assert_eq!(code("a"), "`a`");
        assert_eq!(code("a`b``c"), "```a`b``c```");
        assert_eq!(code("`"), "`` ` ``");
        assert_eq!(code(" "), "\" \"");
    }
}
