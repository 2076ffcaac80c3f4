//! What stands where in an OpenAPI 3.0 document, so that a walk can tell a keyword from a name.
//!
//! `description` is prose in a schema and a name in `properties`; `$ref` means nothing inside an example.

/// The kind of object at a place of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Root,
    Info,
    Server,
    Tag,
    Components,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    Response,
    Header,
    MediaType,
    Example,
    Schema,
    SecurityScheme,
    /// Names (of properties, schemas, paths, statuses) to objects of one kind.
    Named(&'static Kind),
    /// Contact, external documentation: nothing of the interface.
    Prose,
    /// Data: examples' values, defaults, security requirements. Nothing in it is a keyword.
    Data,
}

use Kind::*;

impl Kind {
    /// The kind of what stands under `key` in an object of this kind. A list has the kind of its elements.
    pub(crate) fn child(self, key: &str) -> Kind {
        match (self, key) {
            (Named(kind), _) => *kind,
            (_, "externalDocs" | "contact") => Prose,
            (Root, "info") => Info,
            (Root | PathItem | Operation, "servers") => Server,
            (Server, "variables") => Named(&Server),
            (Root, "tags") => Tag,
            (Root, "paths") => Named(&PathItem),
            (Root, "components") => Components,
            (Components, "schemas") => Named(&Schema),
            (Components, "responses") | (Operation, "responses") => Named(&Response),
            (Components, "parameters") => Named(&Parameter),
            (Components | MediaType | Parameter | Header, "examples") => Named(&Example),
            (Components, "requestBodies") => Named(&RequestBody),
            (Components | Response, "headers") => Named(&Header),
            (Components, "securitySchemes") => Named(&SecurityScheme),
            (PathItem | Operation, "parameters") => Parameter,
            (PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace") => {
                Operation
            }
            (Operation, "requestBody") => RequestBody,
            (RequestBody | Response | Parameter | Header, "content") => Named(&MediaType),
            (MediaType | Parameter | Header, "schema") => Schema,
            (Schema, "properties") => Named(&Schema),
            (Schema, "items" | "additionalProperties" | "allOf" | "oneOf" | "anyOf" | "not") => Schema,
            _ => Data,
        }
    }
}
