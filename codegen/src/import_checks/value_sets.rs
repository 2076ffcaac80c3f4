//! Compares the value sets that fields have with the lists of values in their published texts.
//!
//! Most fields of a few values list them in prose alone, as `` `a` \| `b` ``, and the overlay gives them an enum. A
//! list that has a value more, or a field that has a list and no enum, is a note: upstream has added something. The
//! contract has no prose, so there is nothing to compare.

use std::collections::HashSet;

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer};

/// The values that a text lists although its field has others: upstream's mistake, told by the overlay.
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
    // The text and the values of a list may stand at the list or at its items.
    let items = schema.get("items");
    let places = || [Some(schema), items].into_iter().flatten();
    let texts: Vec<&str> =
        places().filter_map(|place| place.get("description").and_then(Value::as_str)).collect();
    if texts.is_empty() {
        return;
    }
    let listed: Vec<&str> = texts.into_iter().flat_map(listed).collect();
    let Some((name, values)) = places().find_map(|place| set(schemas, place)) else {
        let is_text = items.unwrap_or(schema).get("type").is_some_and(|kind| kind == "string");
        if is_text && !listed.is_empty() {
            let listed = quoted(&listed);
            let message = format!("the text lists {listed}, for which the overlay has no value set: add one");
            problems.note(at, message);
        }
        return;
    };
    let mistakes = schema.get(NOT_VALUES).and_then(Value::as_array);
    let (mistakes, mended): (Vec<&str>, Vec<&str>) =
        mistakes.into_iter().flatten().filter_map(Value::as_str).partition(|value| listed.contains(value));
    let known: HashSet<&str> = values.iter().filter_map(Value::as_str).chain(mistakes).collect();
    // A problem is reported once, however often the text has the value.
    for value in listed.into_iter().filter(|value| !known.contains(value)) {
        problems.note(at, format!("the text names `{value}`, which {name} has not: add it in the overlay"));
    }
    if !mended.is_empty() {
        let mended = quoted(&mended);
        problems
            .note(at, format!("the text no longer names {mended}: remove `{NOT_VALUES}` from the overlay"));
    }
}

/// The values of a property, and what the set is called in a message.
fn set<'a>(schemas: &'a Map<String, Value>, schema: &'a Value) -> Option<(String, &'a Vec<Value>)> {
    let target = schema.get("$ref").and_then(Value::as_str);
    if let Some(name) = target.and_then(|target| target.strip_prefix("#/components/schemas/")) {
        let values = schemas.get(name)?.get("enum")?.as_array()?;
        return Some((format!("the value set `{name}`"), values));
    }
    let values = schema.get("enum")?.as_array()?;
    let name = schema.get("x-rust-name").and_then(Value::as_str);
    Some((name.map_or_else(|| "its `enum`".to_owned(), |name| format!("the value set `{name}`")), values))
}

/// The values that a text lists: code spans with `|` or `\|` between them, two or more.
fn listed(text: &str) -> Vec<&str> {
    let mut values = Vec::new();
    let mut list = Vec::new();
    // Between two code spans is a text; every other piece is a code span.
    let mut pieces = text.split('`').peekable();
    let mut is_code = false;
    while let Some(piece) = pieces.next() {
        // The last piece is no code: its closing mark is missing.
        if is_code && pieces.peek().is_some() {
            list.push(piece);
        } else if !matches!(piece.trim(), "|" | "\\|") {
            end_of_list(&mut list, &mut values);
        }
        is_code = !is_code;
    }
    end_of_list(&mut list, &mut values);
    values
}

fn end_of_list<'t>(list: &mut Vec<&'t str>, values: &mut Vec<&'t str>) {
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
    use super::*;

    #[test]
    fn lists_are_code_spans_with_bars_between() {
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
    fn a_value_that_the_set_has_not_is_a_note() {
        for property in [
            r##"{"description": "(`a` | `b` | `c`)", "$ref": "#/components/schemas/Open"}"##,
            r##"{"description": "(`a` | `c`)", "type": "array", "items": {"$ref": "#/components/schemas/Open"}}"##,
            r##"{"type": "array", "items": {"description": "`c` | `a`", "$ref": "#/components/schemas/Open"}}"##,
            r##"{"description": "`a` | `c`", "type": "string", "enum": ["a"], "x-rust-name": "Open"}"##,
        ] {
            let note = "note: description #/components/schemas/Cage/properties/State: the text names `c`, which \
                        the value set `Open` has not: add it in the overlay";
            assert_eq!(notes(property), [note], "{property}");
        }
    }

    #[test]
    fn what_agrees_or_has_no_text_is_passed_over() {
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
    fn lists_without_a_set_and_mistakes_that_are_mended_are_notes() {
        let without = notes(r#"{"description": "`a` | `b`", "type": "string"}"#);
        assert!(matches!(without.as_slice(), [note] if note.contains("`a`, `b`, for which")), "{without:?}");
        let mended = notes(
            r##"{"description": "`a` | `b`", "x-not-values": ["c"], "$ref": "#/components/schemas/Open"}"##,
        );
        assert!(matches!(mended.as_slice(), [note] if note.contains("no longer names `c`")), "{mended:?}");
    }
}
