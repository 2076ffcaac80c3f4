//! The data of the fake API: a row per action.

use proc_macro2::Literal;
use quote::quote;
use serde_json::Value;

use crate::ir::{Action, Api, Auth};
use crate::render::{File, Item};

/// The maximum width of a line that can be broken, less a comma.
const WIDTH: usize = 118;

/// The indentation of a tuple.
const INDENT: usize = 4;

/// The number of other characters of a tuple with a raw literal on one line.
const SEPARATORS: usize = r##"(, , , r#""#),"##.len();

/// The indentation of one more level of JSON.
const STEP: usize = 2;

/// `fake_data.rs`: a row per action, by name. The crate compiles it with the feature `testing` only.
pub(super) fn fake_data(api: &Api) -> File {
    let mut actions: Vec<&Action> = api.modules.iter().flat_map(|module| &module.actions).collect();
    actions.sort_by(|a, b| a.wire.cmp(&b.wire));
    File {
        name: "fake_data.rs".to_owned(),
        docs: vec!["The published actions, for the fake API of the feature `testing`.".to_owned()],
        imports: vec![
            quote! { use super::types; },
            quote! { use crate::__private::Reencode; },
            quote! { use crate::__private::reencode; },
            quote! { use crate::action::Auth; },
        ],
        items: vec![Item::Tuples {
            docs: "Every action by name: the authentication it accepts, a function that decodes and encodes its request, and \
                   its first published example response.",
            declaration: "PUBLISHED_ACTIONS: &[(&str, Auth, Reencode, &str)]",
            rows: actions.into_iter().map(row).collect(),
        }],
    }
}

fn row(action: &Action) -> Vec<String> {
    let Action { wire, request, auth, example_response, .. } = action;
    let auth = match auth {
        Auth::AccessKey => "Auth::AccessKey",
        Auth::AccessKeyOrBasic => "Auth::AccessKeyOrBasic",
        Auth::None => "Auth::None",
    };
    let name = Literal::string(wire).to_string();
    let reencode = format!("reencode::<types::{request}>");
    let column = INDENT + name.len() + auth.len() + reencode.len() + SEPARATORS;
    vec![name, auth.to_owned(), reencode, raw(&json(example_response, INDENT, column)).to_string()]
}

/// JSON over as many lines as needed, so that a changed member is a changed line: what fits on a line stays on it.
/// `indent` is the indentation of its first line, and `column` where it starts.
fn json(value: &Value, indent: usize, column: usize) -> String {
    let line = one_line(value);
    if column + line.chars().count() <= WIDTH {
        return line;
    }
    let deeper = indent + STEP;
    let (parts, [open, close]): (Vec<String>, _) = match value {
        Value::Array(values) => {
            (values.iter().map(|value| json(value, deeper, deeper)).collect(), ["[", "]"])
        }
        Value::Object(members) => {
            let member = |(key, value): (&String, &Value)| {
                let key = quoted(key);
                let value = json(value, deeper, deeper + key.chars().count() + 2);
                format!("{key}: {value}")
            };
            (members.iter().map(member).collect(), ["{", "}"])
        }
        _ => return line,
    };
    let margin = " ".repeat(deeper);
    let parts = parts.join(&format!(",\n{margin}"));
    format!("{open}\n{margin}{parts}\n{}{close}", " ".repeat(indent))
}

/// JSON on one line, with a blank after each colon and comma.
fn one_line(value: &Value) -> String {
    match value {
        Value::Array(values) => format!("[{}]", values.iter().map(one_line).collect::<Vec<_>>().join(", ")),
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| format!("{}: {}", quoted(key), one_line(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(", "))
        }
        scalar => scalar.to_string(),
    }
}

fn quoted(key: &str) -> String {
    Value::from(key).to_string()
}

/// A raw string literal: JSON full of escaped quotes would be unreadable.
fn raw(text: &str) -> Literal {
    if !text.contains(['"', '\\']) {
        return Literal::string(text);
    }
    let longest =
        text.split('"').skip(1).map(|rest| rest.bytes().take_while(|byte| *byte == b'#').count()).max();
    let fence = "#".repeat(longest.map_or(0, |longest| longest + 1));
    // Strings without a raw literal, such as those with a bare carriage return, are escaped.
    format!("r{fence}\"{text}\"{fence}").parse().unwrap_or_else(|_| Literal::string(text))
}
