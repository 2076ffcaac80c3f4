//! Writes values as YAML that every reader parses identically, whatever characters they contain.

use serde_json::Value;

/// Maximum length of a key without the indicator `?`.
const MAX_KEY: usize = 900;

/// Writes a value with one entry per line.
pub fn write(value: &Value) -> String {
    let mut text = String::new();
    node(value, 0, &mut text);
    text.push('\n');
    text
}

fn node(value: &Value, depth: usize, text: &mut String) {
    let next = |text: &mut String, first: bool| {
        text.push_str(if first { "\n" } else { ",\n" });
        text.push_str(&" ".repeat(depth + 1));
    };
    match value {
        Value::Object(object) if !object.is_empty() => {
            text.push('{');
            for (index, (key, value)) in object.iter().enumerate() {
                next(text, index == 0);
                let key = quoted(key);
                text.push_str(if key.len() > MAX_KEY { "? " } else { "" });
                text.push_str(&key);
                text.push_str(": ");
                node(value, depth + 1, text);
            }
            text.push('}');
        }
        Value::Array(items) if !items.is_empty() => {
            text.push('[');
            for (index, item) in items.iter().enumerate() {
                next(text, index == 0);
                node(item, depth + 1, text);
            }
            text.push(']');
        }
        Value::String(string) => text.push_str(&quoted(string)),
        other => text.push_str(&other.to_string()),
    }
}

/// A string in double quotes, in ASCII.
fn quoted(text: &str) -> String {
    let mut quoted = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => quoted.extend(['\\', c]),
            '\n' => quoted.push_str("\\n"),
            ' '..='~' => quoted.push(c),
            c => quoted.push_str(&format!("\\U{:08x}", u32::from(c))),
        }
    }
    quoted.push('"');
    quoted
}
