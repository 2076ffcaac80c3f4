//! The values that published texts list, compared with the value sets of the fields.

use std::collections::{BTreeMap, BTreeSet};

use osc_codegen::ir::{Api, TypeDef, Values};
use osc_codegen::{Contract, DocsText, Pointer, unescape_key};

use crate::inputs::TextFile;
use crate::workspace;

/// The string enums of fields by the pointer of the field, and the names of all types.
#[derive(Default)]
pub(super) struct Fields<'a> {
    enums: BTreeMap<String, (&'a str, Vec<&'a str>)>,
    types: BTreeSet<&'a str>,
}

impl<'a> Fields<'a> {
    pub(super) fn new(api: &'a Api) -> Self {
        let types = || api.modules.iter().flat_map(|module| &module.types);
        let enums: BTreeMap<&str, Vec<&str>> = types()
            .filter_map(|definition| match definition {
                TypeDef::Enum(definition) => match &definition.values {
                    Values::Text(values) => {
                        let values = values.iter().map(|(_, value)| value.as_str()).collect();
                        Some((definition.name.as_str(), values))
                    }
                    Values::Integer(_) => None,
                },
                _ => None,
            })
            .collect();
        let mut fields = Self { types: types().map(TypeDef::name).collect(), ..Self::default() };
        for definition in types() {
            let TypeDef::Struct(definition) = definition else { continue };
            for field in &definition.fields {
                let Some((name, values)) = field.ty.named().and_then(|name| enums.get_key_value(name)) else {
                    continue;
                };
                let at = definition.at.at(&["properties", &field.wire]).to_string();
                fields.enums.insert(at, (name, values.clone()));
            }
        }
        fields
    }

    /// The name that suits a missing value set, for a note that proposes one.
    pub(super) fn value_set_hint(&self, pointer: &str, message: &str) -> String {
        if !message.contains("has no value set") {
            return String::new();
        }
        let keys: Vec<&str> = pointer.split('/').collect();
        let ["#", "components", "schemas", schema, "properties", property, ..] = keys.as_slice() else {
            return String::new();
        };
        let name =
            if property.starts_with(schema) { (*property).to_owned() } else { format!("{schema}{property}") };
        match self.types.contains(name.as_str()) {
            true => format!("; the name `{name}` is taken by another type: choose a different one"),
            false => format!(", such as `{name}`"),
        }
    }
}

/// Values that a changed text no longer lists although the field's value set has them.
pub(super) struct RemovedValues {
    /// The pointer to the field.
    pub(super) at: Pointer,
    pub(super) values: Vec<String>,
    /// The name of the value set.
    pub(super) set: String,
}

impl RemovedValues {
    /// The message, with the line of our text, which may name the values too.
    pub(super) fn message(&self, docs: Option<&TextFile>) -> String {
        let Self { at, values, set } = self;
        let quoted = |values: &[&String]| {
            values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
        };
        let all: Vec<&String> = values.iter().collect();
        let message = format!("the text no longer names {} of `{set}`", quoted(&all));
        let keys: Vec<&str> = at.as_str().split('/').collect();
        let ["#", "components", "schemas", schema, "properties", property] = keys.as_slice() else {
            return message;
        };
        let Some(docs) = docs else { return message };
        let Some(DocsText { text, line }) = osc_codegen::field_text(&docs.text, schema, property) else {
            return message;
        };
        let file = workspace::short_name(&docs.path);
        let line = line.map(|line| format!(":{line}")).unwrap_or_default();
        let named: Vec<&String> =
            values.iter().filter(|value| text.contains(&format!("`{value}`"))).collect();
        match named.is_empty() {
            true => format!("{message}; our text is {file}{line}"),
            false => format!("{message}; our text, {file}{line}, names {} too", quoted(&named)),
        }
    }
}

/// The values that changed texts no longer list, by field.
pub(super) fn removed_values(
    contract: &Contract,
    changed: &BTreeSet<String>,
    fields: &Fields<'_>,
    old: Option<&str>,
) -> Vec<RemovedValues> {
    let old = old.and_then(|old| osc_codegen::strip_prose(old).ok()).map(|old| old.prose).unwrap_or_default();
    let old: BTreeMap<&str, &str> = old.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
    let mut found = Vec::new();
    for (at, text) in contract.prose.iter().filter(|(at, _)| changed.contains(at.as_str())) {
        let field = at.as_str().trim_end_matches("/description").trim_end_matches("/items");
        let Some((name, values)) = fields.enums.get(field) else { continue };
        let listed = listed(text);
        if listed.is_empty() {
            continue;
        }
        // Without the old text, every value of the set counts as one that it listed.
        let old_text = old.get(at.as_str());
        let was_listed = |value: &&&str| old_text.is_none_or(|text| text.contains(&format!("`{value}`")));
        let removed: Vec<String> = values
            .iter()
            .filter(|value| !listed.contains(*value))
            .filter(was_listed)
            .map(|value| (*value).to_owned())
            .collect();
        if !removed.is_empty() {
            let keys = field.split('/').skip(1).map(unescape_key);
            let at = keys.fold(Pointer::root(), |at, key| at.join(key));
            found.push(RemovedValues { at, values: removed, set: (*name).to_owned() });
        }
    }
    found
}

/// Whether a model has a field such as `Vm.State`.
pub(super) fn has_field(api: Option<&Api>, name: &str) -> bool {
    let Some((schema, wire)) = name.split_once('.') else { return false };
    let types = api.into_iter().flat_map(|api| &api.modules).flat_map(|module| &module.types);
    types.into_iter().any(|definition| match definition {
        TypeDef::Struct(definition) => {
            definition.at.as_str().rsplit('/').next() == Some(schema)
                && definition.fields.iter().any(|field| field.wire == wire)
        }
        TypeDef::Enum(_) | TypeDef::Alias(_) | TypeDef::Identifier(_) => false,
    })
}

/// The values that a text lists: two or more code spans separated by `|` or `\|`.
fn listed(text: &str) -> Vec<&str> {
    let pieces: Vec<&str> = text.split('`').collect();
    let is_separator = |piece: &&str| matches!(piece.trim(), "|" | "\\|");
    let mut values = BTreeSet::new();
    for (index, piece) in pieces.iter().enumerate().filter(|(index, _)| index % 2 == 1) {
        let before = index.checked_sub(1).and_then(|index| pieces.get(index));
        if before.is_some_and(is_separator) || pieces.get(index + 1).is_some_and(is_separator) {
            values.insert(*piece);
        }
    }
    values.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use super::listed;

    #[test]
    fn lists_are_code_spans_separated_by_bars() {
        assert_eq!(listed(r"The state (`a` \| `b` | `c`). See `d`."), ["a", "b", "c"]);
        assert_eq!(listed("Either `a` or `b`."), [""; 0]);
    }
}
