//! Links between the pages of the exported documentation, in place of those of rustdoc.

use std::collections::HashMap;

use crate::ir::{Api, Type};

/// The page of each type and of each method.
pub(super) struct Links<'a> {
    types: HashMap<&'a str, &'a str>,
    methods: HashMap<&'a str, &'a str>,
}

impl<'a> Links<'a> {
    pub(super) fn of(api: &'a Api) -> Self {
        let mut links = Self { types: HashMap::new(), methods: HashMap::new() };
        for module in &api.modules {
            links
                .types
                .extend(module.types.iter().map(|definition| (definition.name(), module.name.as_str())));
            links
                .methods
                .extend(module.actions.iter().map(|action| (action.method.as_str(), module.name.as_str())));
        }
        links
    }

    /// A text of rustdoc as plain Markdown: its links lead to our pages, or are only their labels.
    pub(super) fn resolve(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some((before, label, target, after)) = link(rest) {
            out.push_str(before);
            match self.target(target) {
                Some(target) => out.push_str(&format!("[{label}]({target})")),
                None => out.push_str(label),
            }
            rest = after;
        }
        out + rest
    }

    fn target(&self, path: &str) -> Option<String> {
        if path.starts_with("http") {
            return Some(path.to_owned());
        }
        let (parent, name) = path.rsplit_once("::")?;
        let pages = match parent {
            "crate::Client" => &self.methods,
            "crate::types" => &self.types,
            _ => return None,
        };
        pages.get(name).map(|page| anchor(page, name))
    }

    /// A generated type by its name.
    pub(super) fn named(&self, name: &str) -> String {
        match self.types.get(name) {
            Some(page) => format!("[`{name}`]({})", anchor(page, name)),
            None => format!("`{name}`"),
        }
    }

    /// A type, with a link to the generated type in it.
    pub(super) fn type_(&self, text: &str, ty: &Type) -> String {
        match ty.named().and_then(|name| Some((name, self.types.get(name)?))) {
            Some((name, page)) => format!("[`{text}`]({})", anchor(page, name)),
            None => format!("`{text}`"),
        }
    }
}

/// Headings get their anchors from their text in small letters.
fn anchor(page: &str, heading: &str) -> String {
    format!("{page}.md#{}", heading.to_lowercase())
}

/// The first link of a text: what is before it, its label, its target, what is after it.
fn link(text: &str) -> Option<(&str, &str, &str, &str)> {
    let (before, after) = text.split_once("](")?;
    let (before, label) = before.rsplit_once('[')?;
    let (target, after) = after.split_once(')')?;
    Some((before, label, target, after))
}
