//! Finds published examples that do not match their schemas.

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer};
use crate::openapi::read_corrected;

/// Maximum depth of an example that is checked: a schema may refer to itself.
const MAX_DEPTH: usize = 64;

/// Maximum number of comparisons of a value with a schema. The published description needs about ten thousand; a
/// schema that contains itself twice would need exponentially many.
const MAX_COMPARISONS: usize = 300_000;

/// Compares all examples of requests and responses with their schemas, after the overlay. Returns the location of each
/// value that does not match, with the reason.
pub fn check_examples(description: &str, overlay: Option<&str>) -> Vec<(Pointer, String)> {
    // Lowering has reported unreadable inputs.
    let Some(root) = read_corrected(description, overlay, &mut Diagnostics::default()) else {
        return Vec::new();
    };
    let mut check = ExampleCheck { root: &root, comparisons_left: MAX_COMPARISONS, mismatches: Vec::new() };
    let paths = Pointer::root().join("paths");
    for (path, item) in members(root.get("paths")) {
        let at = paths.at(&[path, "post"]);
        let post = item.get("post");
        if let Some(request) = post.and_then(|post| post.get("requestBody")) {
            check.body(request, &at.join("requestBody"));
        }
        for (status, response) in members(post.and_then(|post| post.get("responses"))) {
            check.body(response, &at.at(&["responses", status]));
        }
    }
    check.mismatches
}

struct ExampleCheck<'a> {
    root: &'a Value,
    comparisons_left: usize,
    mismatches: Vec<(Pointer, String)>,
}

impl ExampleCheck<'_> {
    /// Checks the examples of a request or a response.
    fn body(&mut self, body: &Value, at: &Pointer) {
        for (kind, media) in members(body.get("content")) {
            let at = at.at(&["content", kind]);
            let Some(schema) = media.get("schema") else { continue };
            if let Some(example) = media.get("example") {
                self.value(schema, example, &at.join("example"), MAX_DEPTH);
            }
            for (name, example) in members(media.get("examples")) {
                if let Some(value) = example.get("value") {
                    self.value(schema, value, &at.at(&["examples", name, "value"]), MAX_DEPTH);
                }
            }
        }
    }

    fn value(&mut self, schema: &Value, value: &Value, at: &Pointer, depth: usize) {
        let left = self.comparisons_left.checked_sub(1);
        let (Some(depth), Some(left)) = (depth.checked_sub(1), left) else { return };
        self.comparisons_left = left;
        if let Some(target) = schema.get("$ref").and_then(Value::as_str) {
            let root = self.root;
            // Lowering has reported a dangling reference.
            if let Some(schema) = target.strip_prefix('#').and_then(|pointer| root.pointer(pointer)) {
                self.value(schema, value, at, depth);
            }
            return;
        }
        for part in list(schema, "allOf") {
            self.value(part, value, at, depth);
        }
        for key in ["oneOf", "anyOf"] {
            let parts = list(schema, key);
            if !parts.is_empty() && !parts.iter().any(|part| self.fits(part, value, at, depth)) {
                self.report(at, format!("matches no alternative of `{key}`"));
            }
        }
        if value.is_null() {
            if schema.get("nullable") != Some(&Value::Bool(true)) && schema.get("type").is_some() {
                self.report(at, "is null, and the schema is not nullable".to_owned());
            }
            return;
        }
        if let Some(values) =
            schema.get("enum").and_then(Value::as_array).filter(|values| !values.contains(value))
        {
            let values: Vec<String> = values.iter().map(ToString::to_string).collect();
            self.report(at, format!("is {value}, which is not one of {}", values.join(", ")));
        }
        if let Some(kind) = schema.get("type").and_then(Value::as_str).filter(|kind| !is_of_type(value, kind))
        {
            return self.report(at, format!("is {}, and the schema says `{kind}`", kind_of(value)));
        }
        match value {
            Value::Object(members) => self.members(schema, members, at, depth),
            Value::Array(items) => {
                let Some(schema) = schema.get("items") else { return };
                for (index, item) in items.iter().enumerate() {
                    self.value(schema, item, &at.join(index), depth);
                }
            }
            _ => {}
        }
    }

    fn members(&mut self, schema: &Value, members: &Map<String, Value>, at: &Pointer, depth: usize) {
        for name in list(schema, "required").iter().filter_map(Value::as_str) {
            if !members.contains_key(name) {
                self.report(at, format!("lacks the required property `{name}`"));
            }
        }
        let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return };
        let more = schema.get("additionalProperties").filter(|more| **more != Value::Bool(false));
        for (name, value) in members {
            match (properties.get(name), more) {
                (Some(schema), _) => self.value(schema, value, &at.join(name), depth),
                (None, Some(schema)) => self.value(schema, value, &at.join(name), depth),
                (None, None) => self.report(&at.join(name), "is not a property of the schema".to_owned()),
            }
        }
    }

    fn fits(&mut self, schema: &Value, value: &Value, at: &Pointer, depth: usize) -> bool {
        let mut check =
            ExampleCheck { root: self.root, comparisons_left: self.comparisons_left, mismatches: Vec::new() };
        check.value(schema, value, at, depth);
        self.comparisons_left = check.comparisons_left;
        check.mismatches.is_empty()
    }

    fn report(&mut self, at: &Pointer, message: String) {
        self.mismatches.push((at.clone(), message));
    }
}

fn members(value: Option<&Value>) -> impl Iterator<Item = (&String, &Value)> {
    value.and_then(Value::as_object).into_iter().flatten()
}

fn list<'v>(schema: &'v Value, key: &str) -> &'v [Value] {
    schema.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default()
}

fn is_of_type(value: &Value, kind: &str) -> bool {
    match kind {
        "string" => value.is_string(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "boolean" => value.is_boolean(),
        "object" => value.is_object(),
        "array" => value.is_array(),
        // Lowering has reported an unknown type.
        _ => true,
    }
}

fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "a list",
        Value::Object(_) => "an object",
    }
}

#[cfg(test)]
mod tests {
    use super::check_examples;

    /// The mismatches of an example and its schema, which must be the same in a request and in a response.
    fn mismatches(schema: &str, example: &str) -> Vec<String> {
        let description = format!(
            "paths: {{/Read: {{post: {{requestBody: {{content: {{j: {{schema: {schema}, example: {example}}}}}}}, \
             responses: {{'200': {{content: {{j: {{schema: {schema}, examples: {{a: {{value: {example}}}}}}}}}}}}}}}}}}}\n\
             components: {{schemas: {{Twice: {{allOf: [{{$ref: '#/components/schemas/Twice'}}, {{$ref: \
             '#/components/schemas/Twice'}}]}}, Loop: {{$ref: '#/components/schemas/Loop'}}, Name: {{type: string}}}}}}\n"
        );
        let (request, response): (Vec<_>, Vec<_>) = check_examples(&description, None)
            .into_iter()
            .partition(|(at, _)| at.as_str().contains("requestBody"));
        assert_eq!(request.len(), response.len(), "{response:?}");
        let begin = "#/paths/~1Read/post/requestBody/content/j/example";
        request.iter().map(|(at, message)| format!("{}: {message}", at.as_str().replace(begin, ""))).collect()
    }

    #[test]
    fn examples_that_match_are_not_reported() {
        for (schema, example) in [
            ("{type: string}", "a"),
            ("{type: number}", "1"),
            ("{type: integer, nullable: true}", "null"),
            ("{}", "{a: [1]}"),
            ("{type: object}", "{a: 1}"),
            (
                "{type: object, properties: {a: {type: string}}, additionalProperties: {type: integer}}",
                "{b: 1}",
            ),
            ("{oneOf: [{type: string}, {type: integer}]}", "1"),
            ("{$ref: '#/components/schemas/Name'}", "a"),
            ("{$ref: '#/components/schemas/Loop'}", "a"),
            ("{$ref: elsewhere}", "a"),
            ("{$ref: '#/components/schemas/Twice'}", "a"),
            ("{type: array, items: {type: string, enum: [a, b]}}", "[a, b]"),
            ("3", "a"),
        ] {
            assert_eq!(mismatches(schema, example), [""; 0], "{schema}");
        }
    }

    #[test]
    fn mismatches_are_reported_with_their_location() {
        for (schema, example, expected) in [
            ("{type: string}", "1", ": is a number, and the schema says `string`"),
            ("{type: integer}", "1.5", ": is a number, and the schema says `integer`"),
            ("{type: boolean}", "'yes'", ": is a string, and the schema says `boolean`"),
            ("{type: string}", "null", ": is null, and the schema is not nullable"),
            (
                "{type: array, items: {type: string, enum: [a, b]}}",
                "[a, c]",
                "/1: is \"c\", which is not one of \"a\", \"b\"",
            ),
            ("{type: object, required: [a]}", "{}", ": lacks the required property `a`"),
            ("{type: object, properties: {a: {}}}", "{b: 1}", "/b: is not a property of the schema"),
            (
                "{allOf: [{$ref: '#/components/schemas/Name'}]}",
                "[]",
                ": is a list, and the schema says `string`",
            ),
            ("{oneOf: [{type: string}, {type: integer}]}", "{}", ": matches no alternative of `oneOf`"),
            (
                "{type: object, additionalProperties: {type: integer}, properties: {}}",
                "{a: b}",
                "/a: is a string, and the schema says `integer`",
            ),
        ] {
            assert_eq!(mismatches(schema, example), [expected], "{schema}");
        }
    }
}
