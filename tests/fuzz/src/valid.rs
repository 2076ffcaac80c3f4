//! Well-formed descriptions with hostile names, texts, nesting and values, built from bytes so that fuzz targets and
//! tests share them.

use arbitrary::{Result, Unstructured};
use serde_json::{Map, Value, json};

use super::words::{PIECES, WORDS};

/// Builds a description. The same bytes give the same description; no bytes give the smallest.
pub fn description(u: &mut Unstructured<'_>) -> Result<Value> {
    let names: Vec<String> = (0..u.int_in_range(1..=6)?).map(|n| type_name(u, n)).collect::<Result<_>>()?;
    let mut schemas = Schemas::of(&names);
    let mut paths = Map::new();
    let mut bodies = Map::new();
    let tags = [key(u)? + "t", "Zoo".to_owned()];
    for number in 0..u.int_in_range(1..=5)? {
        action(u, number, &tags, &mut schemas, &mut paths, &mut bodies)?;
    }
    let mut all = Map::new();
    for name in &names {
        all.insert(name.clone(), named(u, &mut schemas)?);
    }
    all.extend(bodies);
    Ok(json!({
        "openapi": "3.0.0",
        "info": {"title": text(u)?, "version": u.choose(&["1", "1.10", "\"#\\ \n*/", ""])?},
        "security": [{"Signature": []}],
        "paths": paths,
        "components": {
            "securitySchemes": {
                "Signature": {"type": "apiKey", "in": "header", "name": "Authorization"},
                "Basic": {"type": "http", "scheme": "basic"},
            },
            "schemas": all,
        },
    }))
}

/// First parts of the names of actions: keywords, names of the prelude and of the runtime, and unusual case.
const ACTION_NAMES: &[&str] = &[
    "Read",
    "Check",
    "type",
    "Self",
    "async",
    "Option",
    "new",
    "New",
    "send",
    "READ_IT",
    "CO2Read",
    "Result",
    "r",
    "Clone",
    "readX",
    "Readx",
    "fn",
    "Paginated",
    "_a",
    "Client",
    "_x_",
    "Box",
];

fn action(
    u: &mut Unstructured<'_>,
    number: usize,
    tags: &[String],
    schemas: &mut Schemas,
    paths: &mut Map<String, Value>,
    bodies: &mut Map<String, Value>,
) -> Result<()> {
    let wire = format!("{}{number}", u.choose(ACTION_NAMES)?);
    let is_paginated = u.ratio(1, 4)?;
    let mut bodies_of = |u: &mut Unstructured<'_>, suffix: &str| -> Result<Option<Value>> {
        let mut inline = schemas.object(u, 2)?;
        inline["properties"]["Always"] = json!({"type": "string"});
        let inline = if is_paginated { pages(u, inline, suffix == "Request")? } else { inline };
        Ok(match u.int_in_range(0..=5)? {
            0 => None,
            1 => Some(inline),
            2 if !is_paginated && u.ratio(1, 8)? => Some(schemas.reference(u)?),
            _ => {
                let name = format!("{wire}{suffix}");
                let reference = json!({"$ref": format!("#/components/schemas/{name}")});
                bodies.insert(name, inline);
                Some(reference)
            }
        })
    };
    let (request, response) = (bodies_of(u, "Request")?, bodies_of(u, "Response")?);
    let mut operation = json!({
        "tags": [u.choose(tags)?],
        "description": text(u)?,
        "responses": {"200": {"description": text(u)?, "content": content(u, response)?}},
    });
    if let Some(request) = request {
        operation["requestBody"] = json!({"content": content(u, Some(request))?});
    }
    if u.ratio(1, 3)? {
        operation["security"] =
            u.choose(&[json!([]), json!([{}]), json!([{"Basic": []}, {"Signature": []}])])?.clone();
    }
    if u.ratio(1, 4)? {
        operation["deprecated"] = json!(true);
    }
    if u.ratio(1, 4)? {
        let failure = schemas.object(u, 1)?;
        operation["responses"]["404"] = json!({"description": "", "content": content(u, Some(failure))?});
    }
    paths.insert(format!("/{wire}"), json!({"post": operation}));
    Ok(())
}

/// Adds the fields of a paginated action, of the right types or of others.
fn pages(u: &mut Unstructured<'_>, mut object: Value, is_request: bool) -> Result<Value> {
    let any = [json!({"type": "string"}), json!({"type": "integer"}), json!({"type": "boolean"})];
    let names: &[(&str, usize)] = match is_request {
        true => &[("ResultsPerPage", 1), ("NextPageToken", 0), ("FirstItem", 1)],
        false => &[("NextPageToken", 0), ("HasMoreItems", 2)],
    };
    for (name, right) in names {
        if u.ratio(7, 8)? {
            let right = u.ratio(15, 16)?.then_some(right);
            object["properties"][name] = match right.and_then(|right| any.get(*right)) {
                Some(schema) => schema.clone(),
                None => u.choose(&any)?.clone(),
            };
        }
    }
    if !is_request {
        object["properties"]["Items"] = json!({"type": "array", "items": {"type": "string"}});
    }
    Ok(object)
}

/// The content of a body, perhaps with examples, which need not match the schema.
fn content(u: &mut Unstructured<'_>, schema: Option<Value>) -> Result<Value> {
    let mut media = Map::new();
    if let Some(schema) = schema {
        if u.ratio(1, 2)? {
            let example = example(u, &schema)?;
            if u.ratio(1, 2)? {
                media.insert("example".to_owned(), example);
            } else {
                let (one, other, text) = (key(u)?, key(u)?, text(u)?);
                let examples =
                    json!({one: {"value": example, "summary": text}, other: {"value": data(u, 1)?}});
                media.insert("examples".to_owned(), examples);
            }
        }
        media.insert("schema".to_owned(), schema);
    }
    Ok(json!({"application/json": media}))
}

/// A value that may match a schema.
fn example(u: &mut Unstructured<'_>, schema: &Value) -> Result<Value> {
    if u.ratio(1, 8)? {
        return data(u, 2);
    }
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        let members = properties.iter().map(|(name, schema)| Ok((name.clone(), example(u, schema)?)));
        return Ok(Value::Object(members.collect::<Result<_>>()?));
    }
    Ok(match schema.get("type").and_then(Value::as_str) {
        Some("string") => match schema.pointer("/enum/0") {
            Some(value) => value.clone(),
            None => json!(text(u)?),
        },
        Some("integer") => json!(u.arbitrary::<i64>()?),
        Some("number") => json!(u.choose(&[0.0, -0.0, 1e300, -5e-324, 3.0])?),
        Some("boolean") => json!(u.arbitrary::<bool>()?),
        Some("array") => json!([example(u, schema.get("items").unwrap_or(&Value::Null))?]),
        Some("object") => match schema.get("additionalProperties") {
            Some(values) => {
                let name = key(u)?;
                json!({name: example(u, values)?})
            }
            None => json!({}),
        },
        _ => data(u, 2)?,
    })
}

/// A schema with a name: mostly a struct.
fn named(u: &mut Unstructured<'_>, schemas: &mut Schemas) -> Result<Value> {
    if u.ratio(3, 4)? { schemas.object(u, 3) } else { schemas.schema(u, 3) }
}

/// Builds schemas that refer to the named ones.
pub struct Schemas {
    names: Vec<String>,
}

impl Schemas {
    /// Takes the names of all schemas, including those that are built later.
    pub fn of(names: &[String]) -> Self {
        Self { names: names.to_vec() }
    }

    /// A reference to one of the schemas, direct or through `allOf`.
    fn reference(&mut self, u: &mut Unstructured<'_>) -> Result<Value> {
        let name = u.choose(&self.names)?.replace('~', "~0").replace('/', "~1");
        let reference = json!({"$ref": format!("#/components/schemas/{name}")});
        Ok(match u.int_in_range(0..=3)? {
            0 => json!({"allOf": [reference], "description": text(u)?, "nullable": u.arbitrary::<bool>()?}),
            1 => json!({"$ref": reference["$ref"], "description": text(u)?}),
            _ => reference,
        })
    }

    /// A struct with fields.
    pub fn object(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
        let mut properties = Map::new();
        let mut required = Vec::new();
        for number in 0..u.int_in_range(0..=5)? {
            let name = field_name(u, number)?;
            let schema = self.schema(u, depth)?;
            // A field that refers back to this schema cannot be required.
            if u.ratio(1, 3)? && schema["type"] != Value::Null {
                required.push(name.clone());
            }
            properties.insert(name, schema);
        }
        let mut object = json!({"type": "object", "properties": properties, "description": text(u)?});
        if !required.is_empty() {
            object["required"] = json!(required);
        }
        Ok(object)
    }

    /// Any schema with at most `depth` levels.
    pub fn schema(&mut self, u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
        let deeper = if depth == 0 { 7 } else { 12 };
        let depth = depth.saturating_sub(1);
        let mut schema = match u.int_in_range(0..=deeper)? {
            0 => json!({"type": "string"}),
            1 => json!({"type": "string", "enum": values(u)?}),
            2 => {
                json!({"type": "string", "format": u.choose(&["date", "date-time", "password", "byte", "uuid"])?})
            }
            3 => json!({"type": "string", "pattern": text(u)?, "minLength": 1, "maxLength": 255}),
            4 => json!({"type": "integer", "enum": [0, -1, 1500, i64::MIN, i64::MAX]}),
            5 => json!({"type": "integer", "format": u.choose(&["int32", "int64"])?, "minimum": -1}),
            6 => json!({"type": u.choose(&["boolean", "number", "integer"])?}),
            7 => return self.reference(u),
            8 => json!({"type": "array", "items": self.schema(u, depth)?}),
            9 => json!({"type": "object", "additionalProperties": self.schema(u, depth)?}),
            10 => self.object(u, depth)?,
            11 => {
                json!({"oneOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "date-time"}]})
            }
            _ => json!({}),
        };
        if u.ratio(1, 3)? {
            schema["description"] = json!(text(u)?);
        }
        if u.ratio(1, 6)? {
            schema["nullable"] = json!(true);
        }
        if u.ratio(1, 6)? {
            schema["default"] = data(u, 1)?;
        }
        if u.ratio(1, 12)? {
            schema["deprecated"] = json!(true);
        }
        Ok(schema)
    }
}

/// Any data.
fn data(u: &mut Unstructured<'_>, depth: usize) -> Result<Value> {
    Ok(match u.int_in_range(0..=if depth == 0 { 4 } else { 6 })? {
        0 => Value::Null,
        1 => json!(text(u)?),
        2 => json!(u.arbitrary::<i64>()?),
        3 => json!(u.arbitrary::<bool>()?),
        4 => json!(u64::MAX),
        5 => json!([data(u, depth - 1)?]),
        _ => {
            let name = key(u)?;
            json!({name: data(u, depth - 1)?})
        }
    })
}

/// Values of an enum, made distinct by their numbers.
fn values(u: &mut Unstructured<'_>) -> Result<Vec<String>> {
    (0..u.int_in_range(1..=4)?)
        .map(|number| match number {
            0 => Ok((*u.choose(&[
                "",
                "-1",
                "é",
                "Self",
                "UnknownValue",
                "\"#",
                "9",
                " ",
                "\\",
                "\0",
                "Other",
            ])?)
            .to_owned()),
            _ => Ok(format!("{} {number}", word(u)?)),
        })
        .collect()
}

fn word(u: &mut Unstructured<'_>) -> Result<String> {
    Ok(match u.int_in_range(0..=63)? {
        0 => "Long".repeat(u.int_in_range(1..=600)?),
        1 => u.arbitrary::<&str>()?.chars().take(20).collect(),
        _ => (*u.choose(WORDS)?).to_owned(),
    })
}

/// Any key of a mapping.
pub fn key(u: &mut Unstructured<'_>) -> Result<String> {
    word(u)
}

/// The name of a property. The number makes most names distinct and usable.
fn field_name(u: &mut Unstructured<'_>, number: usize) -> Result<String> {
    let word = word(u)?;
    let is_name = word.contains(|c: char| c.is_ascii_alphanumeric()) || u.ratio(1, 64)?;
    Ok(if is_name && u.ratio(1, 4)? { word } else { format!("{word}x{number}") })
}

/// The name of a schema. Clashing names are rejected, so they are rare.
fn type_name(u: &mut Unstructured<'_>, number: usize) -> Result<String> {
    let word = word(u)?;
    Ok(if u.ratio(1, 128)? { word } else { format!("x{word}{number}") })
}

/// A text of a few fragments.
pub fn text(u: &mut Unstructured<'_>) -> Result<String> {
    let mut text = String::new();
    for _ in 0..u.int_in_range(0..=9)? {
        text.push_str(u.choose(PIECES)?);
    }
    Ok(text)
}
