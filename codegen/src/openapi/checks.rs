//! Checks every object of a description for unknown keywords, values of the wrong type, keywords that `$ref` hides, and
//! misspelt formats. A parser would ignore all of them.

use std::collections::HashSet;

use serde_json::{Map, Value};

use super::ObjectKind;
use super::keywords::{FORMATS, remedy};
use super::references::may_be_sibling;
use crate::diagnostics::{Diagnostics, Pointer, closest};

/// The extensions that the generator reads.
const OWN_EXTENSIONS: &[&str] = &[
    "x-docs-url",
    "x-identifier",
    "x-not-values",
    "x-page-items",
    "x-rust-name",
    "x-rust-variants",
    super::service::KEYWORD,
];

/// Reports everything that OpenAPI 3.0 does not allow in a description, except a missing keyword.
pub(super) fn check(root: &Value, problems: &mut Diagnostics) {
    let mut checker = Checker { root, problems, formats: HashSet::new() };
    checker.value(ObjectKind::Root, root, &Pointer::root());
}

struct Checker<'a, 'p> {
    root: &'a Value,
    problems: &'p mut Diagnostics,
    /// The unknown formats that were noted.
    formats: HashSet<&'a str>,
}

impl<'a> Checker<'a, '_> {
    fn value(&mut self, kind: ObjectKind, value: &'a Value, at: &Pointer) {
        match (kind, value) {
            (ObjectKind::Data, _) => {}
            (_, Value::Object(object)) => self.object(kind, object, at),
            (ObjectKind::Schema, Value::Bool(_)) => {
                self.problems.error(at, "must be a mapping: write `{}` for any value");
            }
            _ => self.problems.error(at, "must be a mapping"),
        }
    }

    fn object(&mut self, kind: ObjectKind, object: &'a Map<String, Value>, at: &Pointer) {
        let is_reference = kind.may_be_reference() && object.get("$ref").is_some_and(Value::is_string);
        for (key, value) in object {
            let at = at.join(key);
            if is_reference && key != "$ref" && !may_be_sibling(kind, key) {
                self.hidden_keyword(kind, object, key, value, &at);
            } else if self.is_known(kind, key, &at)
                && let Some(expected) = ValueType::of(kind, key)
                && !expected.fits(value)
            {
                // A number that JSON cannot represent was reported when it was read.
                if self.problems.mentions(&at) {
                    continue;
                }
                let message = conversion(kind, key, value)
                    .unwrap_or_else(|| format!("must be {}", expected.description()));
                self.problems.error(&at, message);
            } else {
                self.child(kind, key, value, &at);
            }
        }
        if kind == ObjectKind::Schema && !is_reference {
            self.format(object, at);
        }
    }

    fn child(&mut self, kind: ObjectKind, key: &str, value: &'a Value, at: &Pointer) {
        let child = kind.child(key);
        match value {
            // A boolean in place of a schema is allowed here only.
            Value::Bool(_) if key == "additionalProperties" && kind == ObjectKind::Schema => {}
            Value::Array(items) if ValueType::of(kind, key) == Some(ValueType::List) => {
                for (index, item) in items.iter().enumerate() {
                    self.value(child, item, &at.join(index));
                }
            }
            _ => self.value(child, value, at),
        }
    }

    /// Reports an unknown keyword.
    fn is_known(&mut self, kind: ObjectKind, key: &str, at: &Pointer) -> bool {
        if kind == ObjectKind::Responses {
            return self.is_status(key, at);
        }
        let Some(keywords) = kind.keywords() else { return true };
        if key.starts_with("x-") {
            if !OWN_EXTENSIONS.contains(&key)
                && let Some(meant) = closest(key, OWN_EXTENSIONS.iter().copied())
            {
                self.problems
                    .error(at, format!("is not an extension of the generator: did you mean `{meant}`?"));
            }
            return true;
        }
        if keywords.contains(&key) || (key == "$ref" && kind.may_be_reference()) {
            return true;
        }
        let object = kind.name();
        let reference = kind.may_be_reference().then_some("$ref");
        let remedy = match (remedy(kind, key), closest(key, keywords.iter().copied().chain(reference))) {
            (Some(remedy), _) => remedy.to_owned(),
            (None, Some(meant)) => format!("did you mean `{meant}`?"),
            (None, None) => "remove it, or name an extension `x-…`".to_owned(),
        };
        self.problems.error(at, format!("is not an OpenAPI 3.0 keyword of this {object}: {remedy}"));
        false
    }

    fn is_status(&mut self, key: &str, at: &Pointer) -> bool {
        let is_status = match key.as_bytes() {
            b"default" => true,
            [b'1'..=b'5', b'X', b'X'] => true,
            code => code.len() == 3 && code.iter().all(u8::is_ascii_digit),
        };
        if !is_status && !key.starts_with("x-") {
            self.problems.error(at, "is not an HTTP status: write one such as `200`, `4XX` or `default`");
        }
        is_status || key.starts_with("x-")
    }

    /// Reports a keyword that OpenAPI 3.0 ignores because of a `$ref` next to it.
    fn hidden_keyword(
        &mut self,
        kind: ObjectKind,
        object: &Map<String, Value>,
        key: &str,
        value: &Value,
        at: &Pointer,
    ) {
        let reference = object.get("$ref").and_then(Value::as_str).unwrap_or_default();
        let target = reference.strip_prefix('#').and_then(|pointer| self.root.pointer(pointer));
        // A copy of the target's value loses nothing.
        let repeats = target.and_then(|target| target.get(key)) == Some(value);
        let is_keyword = kind.keywords().is_some_and(|keywords| keywords.contains(&key));
        if !repeats && is_keyword {
            let message =
                format!("OpenAPI 3.0 ignores `{key}` next to `$ref`: move it to `{reference}`, or remove it");
            self.problems.error(at, message);
        } else if !is_keyword {
            self.is_known(kind, key, at);
        }
    }

    /// Reports a misspelt format, since a misspelt `password` would expose a secret, and notes an unknown one.
    fn format(&mut self, schema: &'a Map<String, Value>, at: &Pointer) {
        let Some(format) = schema.get("format").and_then(Value::as_str) else { return };
        let at = at.join("format");
        let ty = schema.get("type").and_then(Value::as_str).unwrap_or("string");
        if format == "password" && ty != "string" {
            self.problems.error(&at, "`password` is a format of strings: write `type: string`");
        }
        if FORMATS.contains(&format) {
            return;
        }
        if let Some(meant) = closest(format, FORMATS.iter().copied()) {
            self.problems.error(&at, format!("`{format}` is not a known format: did you mean `{meant}`?"));
        } else if self.formats.insert(format) {
            let message = format!("`{format}` is not a known format: the values are plain {}", plural(ty));
            self.problems.note(&at, message);
        }
    }
}

fn plural(ty: &str) -> &'static str {
    match ty {
        "integer" => "integers",
        "number" => "numbers",
        "boolean" => "booleans",
        "array" => "lists",
        "object" => "objects",
        _ => "strings",
    }
}

/// How to write a value of OpenAPI 3.1 or JSON Schema in OpenAPI 3.0.
fn conversion(kind: ObjectKind, key: &str, value: &Value) -> Option<String> {
    if kind != ObjectKind::Schema {
        return None;
    }
    match (key, value) {
        ("type", Value::Array(types)) => {
            let types: Vec<&str> = types.iter().filter_map(Value::as_str).collect();
            let others: Vec<&str> = types.iter().copied().filter(|ty| *ty != "null").collect();
            Some(match others.as_slice() {
                [one] if types.len() > 1 => format!(
                    "must be one type: a list of types is OpenAPI 3.1; write `type: {one}` and `nullable: true`"
                ),
                [one] => format!("must be one type: a list of types is OpenAPI 3.1; write `type: {one}`"),
                _ => "must be one type: a list of types is OpenAPI 3.1; choose one, or write no type for any JSON"
                    .to_owned(),
            })
        }
        ("type", Value::Null) => {
            Some("must be a string: quote the type, or write `nullable: true` next to a type".to_owned())
        }
        ("exclusiveMinimum" | "exclusiveMaximum", Value::Number(limit)) => {
            let inclusive = if key == "exclusiveMinimum" { "minimum" } else { "maximum" };
            Some(format!(
                "must be `true` or `false`: a number is OpenAPI 3.1; write `{inclusive}: {limit}` and `{key}: true`"
            ))
        }
        ("required", Value::Bool(_)) => Some(
            "must be a list of strings: name the property in the `required` of the object that has it"
                .to_owned(),
        ),
        ("items", Value::Array(_)) => {
            Some("must be a mapping: OpenAPI 3.0 has one schema for all items".to_owned())
        }
        ("items" | "not" | "properties", Value::Bool(_)) => {
            Some("must be a mapping: write `{}` for any value".to_owned())
        }
        _ => None,
    }
}

/// The JSON type that a keyword takes.
#[derive(Clone, Copy, PartialEq, Eq)]
enum ValueType {
    String,
    Bool,
    BoolOrMapping,
    Number,
    Count,
    List,
    Strings,
    Mapping,
}

impl ValueType {
    fn description(self) -> &'static str {
        match self {
            Self::String => "a string",
            Self::Bool => "`true` or `false`",
            Self::BoolOrMapping => "a schema, `true` or `false`",
            Self::Number => "a number",
            Self::Count => "an integer, 0 or more",
            Self::List => "a list",
            Self::Strings => "a list of strings",
            Self::Mapping => "a mapping",
        }
    }

    fn fits(self, value: &Value) -> bool {
        match self {
            Self::String => value.is_string(),
            Self::Bool => value.is_boolean(),
            Self::BoolOrMapping => value.is_boolean() || value.is_object(),
            Self::Number => value.is_number(),
            Self::Count => value.is_u64(),
            Self::List => value.is_array(),
            Self::Strings => value.as_array().is_some_and(|items| items.iter().all(Value::is_string)),
            Self::Mapping => value.is_object(),
        }
    }

    fn of(kind: ObjectKind, key: &str) -> Option<Self> {
        use ObjectKind::*;
        Some(match (kind, key) {
            (Named(_) | Data | Paths | Responses, _) => return None,
            (_, "$ref" | "x-rust-name" | "description" | "summary" | "operationId") => Self::String,
            (Info, "title" | "termsOfService") | (SecurityScheme, "type" | "scheme" | "in" | "name") => {
                Self::String
            }
            (Tag | Contact | License, "name" | "url" | "email") | (Parameter, "name" | "in") => Self::String,
            (Schema, "type" | "format" | "pattern" | "title") => Self::String,
            (Schema, "nullable" | "readOnly" | "writeOnly" | "uniqueItems") => Self::Bool,
            (Schema, "exclusiveMaximum" | "exclusiveMinimum") => Self::Bool,
            (Schema | Operation | Parameter | Header, "deprecated") => Self::Bool,
            (RequestBody | Parameter | Header, "required") => Self::Bool,
            (Schema, "maximum" | "minimum" | "multipleOf") => Self::Number,
            (
                Schema,
                "maxLength" | "minLength" | "maxItems" | "minItems" | "maxProperties" | "minProperties",
            ) => Self::Count,
            (Schema, "additionalProperties") => Self::BoolOrMapping,
            (Schema, "enum" | "allOf" | "oneOf" | "anyOf") => Self::List,
            (Root | Operation, "security") | (Operation | PathItem, "parameters") => Self::List,
            (Root, "tags") | (Root | PathItem | Operation, "servers") => Self::List,
            (Schema, "required") | (Operation, "tags") => Self::Strings,
            (Schema, "properties" | "items" | "not" | "discriminator" | "xml") => Self::Mapping,
            (Root, "info" | "paths" | "components") | (Components, _) => Self::Mapping,
            (Operation, "responses" | "requestBody" | "callbacks") | (_, "content" | "examples") => {
                Self::Mapping
            }
            (_, "schema" | "externalDocs" | "headers" | "links" | "variables" | "encoding" | "flows") => {
                Self::Mapping
            }
            _ => return None,
        })
    }
}
