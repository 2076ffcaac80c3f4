//! Compares the value sets of fields with the lists of values in their published texts.
//!
//! Most enums are listed in prose only, as `` `a` \| `b` ``, and the overlay defines their value sets. A listed value that
//! the set lacks, or a list without a set, is a note: upstream has added it. The contract has no prose, so it has
//! nothing to compare.

use std::collections::{HashMap, HashSet};

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer};
use crate::names;

/// The extension with which the overlay marks listed values that the field does not accept.
const NOT_VALUES: &str = "x-not-values";

/// Compares every property of every named schema.
pub(crate) fn compare(description: &Value, problems: &mut Diagnostics) {
    let Some(schemas) = description.pointer("/components/schemas").and_then(Value::as_object) else { return };
    let at = Pointer::root().at(&["components", "schemas"]);
    for (name, schema) in schemas {
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { continue };
        let at = at.at(&[name, "properties"]);
        for (property, schema) in properties {
            compare_property(schemas, schema, &at.join(property), problems);
        }
    }
}

fn compare_property(schemas: &Map<String, Value>, schema: &Value, at: &Pointer, problems: &mut Diagnostics) {
    // The text and the values of a list are at the list or at its items.
    let items = schema.get("items");
    let schemas_of_field = || [Some(schema), items].into_iter().flatten();
    let texts: Vec<&str> =
        schemas_of_field().filter_map(|schema| schema.get("description").and_then(Value::as_str)).collect();
    if texts.is_empty() {
        return;
    }
    let listed: Vec<&str> = texts.into_iter().flat_map(listed).collect();
    let Some((name, values)) = schemas_of_field().find_map(|schema| value_set(schemas, schema)) else {
        let is_string = items.unwrap_or(schema).get("type").is_some_and(|kind| kind == "string");
        if is_string && !listed.is_empty() {
            let listed = quoted(&listed);
            let message =
                format!("the text lists {listed}, but the field has no value set: add one in the overlay");
            problems.note(at, message);
        }
        return;
    };
    let mistakes = schema.get(NOT_VALUES).and_then(Value::as_array);
    let (mistakes, fixed): (Vec<&str>, Vec<&str>) =
        mistakes.into_iter().flatten().filter_map(Value::as_str).partition(|value| listed.contains(value));
    let known: HashSet<&str> = values.iter().filter_map(Value::as_str).chain(mistakes).collect();
    let mut unknown: Vec<&str> = listed.into_iter().filter(|value| !known.contains(value)).collect();
    let mut seen = HashSet::new();
    unknown.retain(|value| seen.insert(*value));
    if !unknown.is_empty() {
        let clashes = clashes(schema, values, &unknown);
        let unknown = quoted(&unknown);
        let message = format!("the text names {unknown}, missing in {name}: add it in the overlay{clashes}");
        problems.note(at, message);
    }
    if !fixed.is_empty() {
        let fixed = quoted(&fixed);
        problems
            .note(at, format!("the text no longer names {fixed}: remove `{NOT_VALUES}` from the overlay"));
    }
}

/// The new values whose variant is that of another value, which the overlay has to name.
fn clashes(schema: &Value, values: &[Value], unknown: &[&str]) -> String {
    let given = schema.get("x-rust-variants");
    let variant = |value: &str| {
        let given = given.and_then(|given| given.get(value)?.as_str());
        given.map_or_else(|| names::variant(value), str::to_owned)
    };
    let mut variants: HashMap<String, &str> =
        values.iter().filter_map(Value::as_str).map(|value| (variant(value), value)).collect();
    let mut text = String::new();
    for value in unknown {
        let name = variant(value);
        if let Some(other) = variants.get(&name) {
            text.push_str(&format!(
                "; its variant `{name}` is that of `{other}`: replace that value, or name one with `x-rust-variants`"
            ));
        } else {
            variants.insert(name, value);
        }
    }
    text
}

/// The value set of a property, and its name in a message.
fn value_set<'a>(schemas: &'a Map<String, Value>, schema: &'a Value) -> Option<(String, &'a Vec<Value>)> {
    let target = schema.get("$ref").and_then(Value::as_str);
    if let Some(name) = target.and_then(|target| target.strip_prefix("#/components/schemas/")) {
        let values = schemas.get(name)?.get("enum")?.as_array()?;
        return Some((format!("the value set `{name}`"), values));
    }
    let values = schema.get("enum")?.as_array()?;
    let name = schema.get("x-rust-name").and_then(Value::as_str);
    Some((name.map_or_else(|| "its `enum`".to_owned(), |name| format!("the value set `{name}`")), values))
}

/// The values that a text lists: two or more code spans separated by `|` or `\|`.
fn listed(text: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut list = Vec::new();
    // Pieces of prose and code spans alternate.
    let mut pieces = text.split('`').peekable();
    let mut is_code = false;
    while let Some(piece) = pieces.next() {
        // The last piece is prose: it has no closing backtick.
        if is_code && pieces.peek().is_some() {
            list.push(piece);
        } else if !matches!(piece.trim(), "|" | "\\|") {
            end_list(&mut list, &mut values);
        }
        is_code = !is_code;
    }
    end_list(&mut list, &mut values);
    values
}

fn end_list<'t>(list: &mut Vec<&'t str>, values: &mut Vec<&'t str>) {
    if list.len() > 1 {
        values.append(list);
    }
    list.clear();
}

fn quoted(values: &[&str]) -> String {
    values.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::panic, reason = "a test fails by a panic")]

    use super::*;

    #[test]
    fn lists_are_code_spans_separated_by_bars() {
        for (text, values) in [
            (r"The state (`a` \| `b-c` \| `d/e`).", &["a", "b-c", "d/e"][..]),
            ("`a`|`b`", &["a", "b"]),
            ("(`a` \\| `b`\\| `c`)", &["a", "b", "c"]),
            ("`a` \\|\n`b`, or `-1`; see `c` | `d`", &["a", "b", "c", "d"]),
            ("One of `a`, `b` or `c`.", &[]),
            ("Only `a`.", &[]),
            ("`a` | nothing", &[]),
            ("`a` | `b", &[]),
            ("`a | b`", &[]),
            ("", &[]),
            ("`", &[]),
            ("``|``", &["", ""]),
        ] {
            assert_eq!(listed(text), values, "{text}");
        }
    }

    fn notes(property: &str) -> Vec<String> {
        let description = format!(
            r#"{{"components": {{"schemas": {{
                "Open": {{"type": "string", "enum": ["a", "b"]}},
                "Cage": {{"properties": {{"State": {property}}}}}
            }}}}}}"#
        );
        let mut problems = Diagnostics::default();
        compare(&serde_json::from_str(&description).unwrap(), &mut problems);
        problems.list().iter().map(ToString::to_string).collect()
    }

    #[test]
    fn a_listed_value_that_the_set_lacks_is_a_note() {
        for property in [
            r##"{"description": "(`a` | `b` | `c`)", "$ref": "#/components/schemas/Open"}"##,
            r##"{"description": "(`a` | `c`)", "type": "array", "items": {"$ref": "#/components/schemas/Open"}}"##,
            r##"{"type": "array", "items": {"description": "`c` | `a`", "$ref": "#/components/schemas/Open"}}"##,
            r##"{"description": "`a` | `c`", "type": "string", "enum": ["a"], "x-rust-name": "Open"}"##,
        ] {
            let note = "note: description #/components/schemas/Cage/properties/State: the text names `c`, missing in \
                        the value set `Open`: add it in the overlay";
            assert_eq!(notes(property), [note], "{property}");
        }
    }

    #[test]
    fn a_new_value_with_the_variant_of_another_is_named() {
        let property = r##"{"description": "(`a` | `A` | `in-use` | `in_use` | `c`)", "$ref": "#/components/schemas/Open"}"##;
        let found = notes(property);
        let [note] = found.as_slice() else { panic!("{found:?}") };
        for part in [
            "; its variant `A` is that of `a`: replace that value",
            "; its variant `InUse` is that of `in-use`",
        ] {
            assert!(note.contains(part), "{note}");
        }
        assert!(!note.contains("variant `C`"), "{note}");
    }

    #[test]
    fn matching_sets_and_missing_texts_are_not_reported() {
        for property in [
            r##"{"description": "(`a` | `b`)", "$ref": "#/components/schemas/Open"}"##,
            r##"{"description": "(`b` | `a`)", "$ref": "#/components/schemas/Open"}"##,
            r##"{"description": "One of `a` and `c`.", "$ref": "#/components/schemas/Open"}"##,
            r##"{"$ref": "#/components/schemas/Open"}"##,
            r##"{"x-not-values": ["c"], "$ref": "#/components/schemas/Open"}"##,
            r##"{"description": "`c` | `d`", "x-not-values": ["c", "d"], "$ref": "#/components/schemas/Open"}"##,
            r##"{"description": "`1` | `2`", "type": "integer"}"##,
            r##"{"description": "`Cage` | `Cages`", "$ref": "#/components/schemas/Cage"}"##,
            "{}",
            "3",
        ] {
            assert_eq!(notes(property), [""; 0], "{property}");
        }
    }

    #[test]
    fn lists_without_a_set_and_fixed_mistakes_are_notes() {
        let without = notes(r#"{"description": "`a` | `b`", "type": "string"}"#);
        assert!(matches!(without.as_slice(), [note] if note.contains("lists `a`, `b`, but")), "{without:?}");
        let fixed = notes(
            r##"{"description": "`a` | `b`", "x-not-values": ["c"], "$ref": "#/components/schemas/Open"}"##,
        );
        assert!(matches!(fixed.as_slice(), [note] if note.contains("no longer names `c`")), "{fixed:?}");
    }
}
