//! Mutations that keep a description well-formed, which a fuzzer of bytes rarely produces.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

use super::parts::Parts;
use super::valid;
use super::{noise, yaml};

/// Maximum size of an input: larger ones take longer and find no more.
const MAX_BYTES: usize = 64 * 1024;

/// Mutates an input. The same number gives the same mutation.
pub fn mutate(parts: &Parts, number: u64) -> Parts {
    let noise = noise(number, 2048);
    let mut u = Unstructured::new(&noise);
    let mut changed = parts.clone();
    // The mutations end when the noise runs out.
    _ = change(&mut changed, &mut u);
    changed.texts().into_iter().for_each(|text| truncate(text, MAX_BYTES));
    changed
}

fn truncate(text: &mut String, length: usize) {
    let end = (0..=length.min(text.len())).rev().find(|at| text.is_char_boundary(*at));
    text.truncate(end.unwrap_or_default());
}

fn change(parts: &mut Parts, u: &mut Unstructured<'_>) -> Result<()> {
    if u.ratio(1, 16)? {
        parts.older = Some(parts.description.clone());
    }
    if u.ratio(1, 64)? {
        match u.int_in_range(0..=3)? {
            0 => parts.overlay = None,
            1 => parts.docs = None,
            2 => parts.errors = None,
            _ => parts.older = None,
        }
    }
    let mut texts = parts.texts();
    let last = texts.len() - 1;
    // Most of the code under test handles the description.
    let index = if u.ratio(2, 3)? { 0 } else { u.int_in_range(0..=last)? };
    let Some(text) = texts.get_mut(index) else { return Ok(()) };
    match serde_yaml::from_str::<Value>(text) {
        Ok(mut value) if u.ratio(15, 16)? => {
            for _ in 0..*u.choose(&[1, 1, 1, 2, 4])? {
                change_value(&mut value, u)?;
            }
            **text = yaml::write(&value);
        }
        _ => change_text(text, u)?,
    }
    Ok(())
}

/// Changes the text: deletes or repeats a part, or inserts a fragment of YAML syntax.
fn change_text(text: &mut String, u: &mut Unstructured<'_>) -> Result<()> {
    #[rustfmt::skip]
    const PIECES: &[&str] = &[
        "\n", "\t", "\0", "\r", "\u{85}", "\u{2028}", "\u{feff}", ": ", "- ", "? ", "{", "}", "[", "]",
        "&a ", "*a", "!!x ", "<<: *a", "|\n", ">\n", "'", "\"", "#", "%YAML 1.2\n", "---\n", "...\n",
        ".nan", "-0", "1e999", "0x7f", "~", "@", "`",
    ];
    let position = |u: &mut Unstructured<'_>, text: &str| -> Result<usize> {
        let at = u.choose_index(text.len() + 1)?;
        Ok((at..=text.len()).find(|at| text.is_char_boundary(*at)).unwrap_or_default())
    };
    let (a, b) = (position(u, text)?, position(u, text)?);
    let (start, end) = (a.min(b), a.max(b));
    let middle = text.get(start..end).unwrap_or_default().to_owned();
    match u.int_in_range(0..=3)? {
        0 => text.replace_range(start..end, ""),
        1 => text.insert_str(end, &middle),
        _ => text.insert_str(start, u.choose(PIECES)?),
    }
    Ok(())
}

/// Changes one value inside a value.
fn change_value(root: &mut Value, u: &mut Unstructured<'_>) -> Result<()> {
    let pointers = pointers(root);
    let other = root.pointer(u.choose(&pointers)?).cloned().unwrap_or_default();
    let names = names(root);
    let Some(node) = root.pointer_mut(u.choose(&pointers)?) else { return Ok(()) };
    match u.int_in_range(0..=11)? {
        0 => *node = other,
        1 => *node = scalar(u)?,
        2 => *node = fragment(&names, u)?,
        3 => *node = json!([node.take()]),
        4 => *node = json!({ valid::key(u)?: node.take() }),
        5 | 6 => rename(node, u)?,
        7 => remove(node, u)?,
        8 => put(node, keyword(u)?.to_owned(), fragment(&names, u)?),
        9 => put(node, valid::key(u)?, other),
        10 if node.is_string() => *node = Value::String(valid::text(u)?),
        10 => *node = json!({ "allOf": [node.take()] }),
        _ => {
            // A reference to any schema, including the one that contains it.
            let name = u.choose(&names)?;
            *node = json!({ "$ref": format!("#/components/schemas/{name}") });
        }
    }
    Ok(())
}

/// The JSON pointers of all values.
fn pointers(root: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    let mut todo = vec![(String::new(), root)];
    while let Some((at, value)) = todo.pop() {
        match value {
            Value::Object(object) => {
                todo.extend(object.iter().map(|(key, value)| {
                    (format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), value)
                }))
            }
            Value::Array(items) => {
                todo.extend(items.iter().enumerate().map(|(index, value)| (format!("{at}/{index}"), value)));
            }
            _ => {}
        }
        pointers.push(at);
    }
    pointers
}

fn names(root: &Value) -> Vec<String> {
    let schemas = root.pointer("/components/schemas").and_then(Value::as_object);
    let mut names: Vec<String> = schemas.into_iter().flat_map(Map::keys).cloned().collect();
    names.push("Nothing".to_owned());
    names
}

fn scalar(u: &mut Unstructured<'_>) -> Result<Value> {
    Ok(match u.int_in_range(0..=7)? {
        0 => Value::Null,
        1 => json!(u.arbitrary::<bool>()?),
        2 => json!(u.arbitrary::<i64>()?),
        3 => json!(u.choose(&[0_i64, -1, 1, i64::MIN, i64::MAX, 1 << 31, 200, 404])?),
        4 => json!(u.choose(&[0.5, -0.0, 1e300, 5e-324])?),
        5 => json!(valid::key(u)?),
        6 => json!([]),
        _ => json!({}),
    })
}

/// A random schema.
fn fragment(names: &[String], u: &mut Unstructured<'_>) -> Result<Value> {
    let mut schemas = valid::Schemas::of(names);
    schemas.schema(u, 3)
}

fn keyword(u: &mut Unstructured<'_>) -> Result<&'static str> {
    #[rustfmt::skip]
    const KEYWORDS: &[&str] = &[
        "type", "format", "enum", "items", "properties", "additionalProperties", "required", "nullable",
        "allOf", "oneOf", "anyOf", "not", "$ref", "default", "example", "examples", "value", "description",
        "deprecated", "pattern", "minLength", "maxLength", "minimum", "maximum", "minItems", "x-rust-name",
        "x-rust-variants", "x-page-items", "x-not-values", "x-docs-url", "post", "get",
        "parameters", "requestBody", "responses", "200", "201", "2XX", "default", "content",
        "application/json", "schema", "security", "tags", "components", "schemas", "paths", "info",
        "version", "NextPageToken", "ResultsPerPage", "FirstItem", "HasMoreItems", "ClientToken", "actions",
        "target", "update", "remove", "types", "fields", "name", "doc", "transient",
    ];
    u.choose(KEYWORDS).copied()
}

fn rename(node: &mut Value, u: &mut Unstructured<'_>) -> Result<()> {
    let Value::Object(object) = node else { return Ok(()) };
    if object.is_empty() {
        return Ok(());
    }
    let index = u.choose_index(object.len())?;
    let new = if u.ratio(1, 4)? { keyword(u)?.to_owned() } else { valid::key(u)? };
    let entries = std::mem::take(object).into_iter().enumerate();
    *object = entries.map(|(i, (key, value))| (if i == index { new.clone() } else { key }, value)).collect();
    Ok(())
}

fn remove(node: &mut Value, u: &mut Unstructured<'_>) -> Result<()> {
    match node {
        Value::Object(object) if !object.is_empty() => {
            let key = object.keys().nth(u.choose_index(object.len())?).cloned();
            key.and_then(|key| object.shift_remove(&key));
        }
        Value::Array(items) if !items.is_empty() => _ = items.remove(u.choose_index(items.len())?),
        _ => *node = Value::Null,
    }
    Ok(())
}

fn put(node: &mut Value, key: String, value: Value) {
    match node {
        Value::Object(object) => _ = object.insert(key, value),
        Value::Array(items) => items.push(value),
        _ => {}
    }
}
