//! The objects of OpenAPI 3.0 and their keywords.
//!
//! A walk over a description needs the kind of each object to distinguish keywords from names and data: `description` is
//! prose in a schema and a name in `properties`, and `$ref` means nothing inside an example.

use crate::diagnostics::Pointer;

/// The kind of object at a location of the document.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ObjectKind {
    Root,
    Info,
    Contact,
    License,
    Server,
    ServerVariable,
    Tag,
    ExternalDocs,
    Components,
    /// Paths to path items, and extensions. Callbacks have the same form.
    Paths,
    PathItem,
    Operation,
    Parameter,
    RequestBody,
    /// Statuses to responses, and extensions.
    Responses,
    Response,
    Header,
    MediaType,
    Encoding,
    Example,
    Link,
    Schema,
    Discriminator,
    Xml,
    SecurityScheme,
    OAuthFlows,
    OAuthFlow,
    /// Names, such as those of properties or schemas, to objects of one kind.
    Named(&'static ObjectKind),
    /// Scalars, examples' values, defaults, security requirements, extensions: nothing inside is a keyword.
    Data,
}

use ObjectKind::*;

impl ObjectKind {
    /// The kind of the value of `key`. A list has the kind of its items.
    pub(crate) fn child(self, key: &str) -> ObjectKind {
        match (self, key) {
            (Named(kind), _) => *kind,
            (Data, _) => Data,
            (Paths | Responses, key) if key.starts_with("x-") => Data,
            (Paths, _) => PathItem,
            (Responses, _) => Response,
            (_, "externalDocs") => ExternalDocs,
            (Root, "info") => Info,
            (Info, "contact") => Contact,
            (Info, "license") => License,
            (Root | PathItem | Operation, "servers") | (Link, "server") => Server,
            (Server, "variables") => Named(&ServerVariable),
            (Root, "tags") => Tag,
            (Root, "paths") => Paths,
            (Root, "components") => Components,
            (Components, "schemas") => Named(&Schema),
            (Components, "responses") => Named(&Response),
            (Operation, "responses") => Responses,
            (Components, "parameters") => Named(&Parameter),
            (Components | MediaType | Parameter | Header, "examples") => Named(&Example),
            (Components, "requestBodies") => Named(&RequestBody),
            (Components | Response | Encoding, "headers") => Named(&Header),
            (Components, "securitySchemes") => Named(&SecurityScheme),
            (Components | Response, "links") => Named(&Link),
            (Components | Operation, "callbacks") => Named(&Paths),
            (PathItem | Operation, "parameters") => Parameter,
            (PathItem, "get" | "put" | "post" | "delete" | "options" | "head" | "patch" | "trace") => {
                Operation
            }
            (Operation, "requestBody") => RequestBody,
            (RequestBody | Response | Parameter | Header, "content") => Named(&MediaType),
            (MediaType, "encoding") => Named(&Encoding),
            (MediaType | Parameter | Header, "schema") => Schema,
            (Schema, "properties") => Named(&Schema),
            (Schema, "items" | "additionalProperties" | "allOf" | "oneOf" | "anyOf" | "not") => Schema,
            (Schema, "discriminator") => Discriminator,
            (Schema, "xml") => Xml,
            (SecurityScheme, "flows") => OAuthFlows,
            (OAuthFlows, "implicit" | "password" | "clientCredentials" | "authorizationCode") => OAuthFlow,
            _ => Data,
        }
    }

    /// Returns `true` if a pointer leads into the value of an example, a default or an extension.
    pub(crate) fn is_in_example(at: &Pointer) -> bool {
        let mut kind = Root;
        for key in at.keys() {
            // A list has the kind of its items.
            let is_index = matches!(kind, Server | Tag | Parameter | Schema) && key.parse::<usize>().is_ok();
            if is_index {
                continue;
            }
            let is_example = match (kind, kind.child(&key)) {
                (Data, _) => return false,
                (_, Data) => matches!(key.as_str(), "example" | "value" | "default") || key.starts_with("x-"),
                _ => false,
            };
            if is_example {
                return true;
            }
            kind = kind.child(&key);
        }
        false
    }

    /// Returns `true` if the object may be a reference (`$ref`) instead.
    pub(crate) fn may_be_reference(self) -> bool {
        matches!(
            self,
            PathItem | Parameter | RequestBody | Response | Header | Example | Link | Schema | SecurityScheme
        )
    }

    /// The name of the object in messages.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Root => "description",
            Info => "info object",
            Contact => "contact",
            License => "license",
            Server => "server",
            ServerVariable => "server variable",
            Tag => "tag",
            ExternalDocs => "external documentation",
            Components => "components object",
            Paths => "paths object",
            PathItem => "path item",
            Operation => "operation",
            Parameter => "parameter",
            RequestBody => "request body",
            Responses => "responses object",
            Response => "response",
            Header => "header",
            MediaType => "media type",
            Encoding => "encoding",
            Example => "example",
            Link => "link",
            Schema => "schema",
            Discriminator => "discriminator",
            Xml => "XML object",
            SecurityScheme => "security scheme",
            OAuthFlows => "flows object",
            OAuthFlow => "flow",
            Named(_) | Data => "value",
        }
    }

    /// The keywords of the object, besides `$ref` and extensions. `None` if its keys are names or data.
    pub(crate) fn keywords(self) -> Option<&'static [&'static str]> {
        Some(match self {
            Root => {
                &["openapi", "info", "servers", "paths", "components", "security", "tags", "externalDocs"]
            }
            Info => &["title", "description", "termsOfService", "contact", "license", "version"],
            Contact => &["name", "url", "email"],
            License => &["name", "url"],
            Server => &["url", "description", "variables"],
            ServerVariable => &["enum", "default", "description"],
            Tag => &["name", "description", "externalDocs"],
            ExternalDocs => &["description", "url"],
            Components => COMPONENTS,
            PathItem => PATH_ITEM,
            Operation => OPERATION,
            Parameter => PARAMETER,
            Header => PARAMETER.get(2..).unwrap_or_default(),
            RequestBody => &["description", "content", "required"],
            Response => &["description", "headers", "content", "links"],
            MediaType => &["schema", "example", "examples", "encoding"],
            Encoding => &["contentType", "headers", "style", "explode", "allowReserved"],
            Example => &["summary", "description", "value", "externalValue"],
            Link => &["operationRef", "operationId", "parameters", "requestBody", "description", "server"],
            Schema => SCHEMA,
            Discriminator => &["propertyName", "mapping"],
            Xml => &["name", "namespace", "prefix", "attribute", "wrapped"],
            SecurityScheme => {
                &["type", "description", "name", "in", "scheme", "bearerFormat", "flows", "openIdConnectUrl"]
            }
            OAuthFlows => &["implicit", "password", "clientCredentials", "authorizationCode"],
            OAuthFlow => &["authorizationUrl", "tokenUrl", "refreshUrl", "scopes"],
            Paths | Responses | Named(_) | Data => return None,
        })
    }
}

/// The keywords of the components object.
const COMPONENTS: &[&str] = &[
    "schemas",
    "responses",
    "parameters",
    "examples",
    "requestBodies",
    "headers",
    "securitySchemes",
    "links",
    "callbacks",
];

/// The keywords of a path item.
const PATH_ITEM: &[&str] = &[
    "summary",
    "description",
    "get",
    "put",
    "post",
    "delete",
    "options",
    "head",
    "patch",
    "trace",
    "servers",
    "parameters",
];

/// The keywords of an operation.
const OPERATION: &[&str] = &[
    "tags",
    "summary",
    "description",
    "externalDocs",
    "operationId",
    "parameters",
    "requestBody",
    "responses",
    "callbacks",
    "deprecated",
    "security",
    "servers",
];

/// The keywords of a parameter. A header has all but the first two.
const PARAMETER: &[&str] = &[
    "name",
    "in",
    "description",
    "required",
    "deprecated",
    "allowEmptyValue",
    "style",
    "explode",
    "allowReserved",
    "schema",
    "example",
    "examples",
    "content",
];

/// The keywords of a schema.
const SCHEMA: &[&str] = &[
    "title",
    "multipleOf",
    "maximum",
    "exclusiveMaximum",
    "minimum",
    "exclusiveMinimum",
    "maxLength",
    "minLength",
    "pattern",
    "maxItems",
    "minItems",
    "uniqueItems",
    "maxProperties",
    "minProperties",
    "required",
    "enum",
    "type",
    "not",
    "allOf",
    "oneOf",
    "anyOf",
    "items",
    "properties",
    "additionalProperties",
    "description",
    "format",
    "default",
    "nullable",
    "discriminator",
    "readOnly",
    "writeOnly",
    "xml",
    "externalDocs",
    "example",
    "deprecated",
];

/// The known formats: those of OpenAPI 3.0 and of its format registry, and `datetime`, which versions of the API before
/// 1.25 use for `date-time`.
pub(crate) const FORMATS: &[&str] = &[
    "base64url",
    "binary",
    "byte",
    "char",
    "cidr",
    "commonmark",
    "date",
    "date-time",
    "datetime",
    "decimal",
    "decimal128",
    "double",
    "duration",
    "email",
    "float",
    "hostname",
    "html",
    "http-date",
    "idn-email",
    "idn-hostname",
    "int16",
    "int32",
    "int64",
    "int8",
    "ip",
    "ipv4",
    "ipv6",
    "iri",
    "iri-reference",
    "json-pointer",
    "media-range",
    "password",
    "regex",
    "relative-json-pointer",
    "time",
    "uint16",
    "uint32",
    "uint64",
    "uint8",
    "unixtime",
    "uri",
    "uri-reference",
    "uri-template",
    "url",
    "uuid",
];

/// Returns the remedy for a keyword of OpenAPI 3.1, JSON Schema or Swagger 2.0 that OpenAPI 3.0 does not have.
pub(crate) fn remedy(kind: ObjectKind, key: &str) -> Option<&'static str> {
    Some(match (kind, key) {
        (Schema, "const") => "write `enum` with that one value",
        (Schema, "patternProperties" | "unevaluatedProperties" | "propertyNames") => {
            "write `additionalProperties` with the schema of the values"
        }
        (Schema, "examples") => "write `example` with one of them",
        (Schema, "$defs" | "definitions") | (Root, "definitions") => {
            "move the schemas to `components/schemas`"
        }
        (Schema, "prefixItems" | "contains" | "additionalItems" | "unevaluatedItems") => {
            "write `items` with the schema of every item"
        }
        (Schema, "if" | "then" | "else" | "dependentSchemas" | "dependentRequired" | "dependencies") => {
            "remove the condition: OpenAPI 3.0 cannot express it"
        }
        (Schema, "contentEncoding" | "contentMediaType" | "contentSchema") => {
            "write `format: byte` for Base64 or `format: binary`"
        }
        (Schema, "$schema" | "$id" | "id" | "$anchor" | "$comment" | "$vocabulary") => "remove it",
        (Schema, "$dynamicRef" | "$recursiveRef") => "write `$ref`",
        (Schema, "minContains" | "maxContains") => "write `minItems` or `maxItems`",
        (Root, "webhooks" | "jsonSchemaDialect") | (Components, "pathItems") | (Info, "summary") => {
            "it is a keyword of OpenAPI 3.1: remove it"
        }
        (License, "identifier") => "write `url`",
        (Root, "swagger") => "this is Swagger 2.0: convert the description to OpenAPI 3.0",
        (Root, "host" | "basePath" | "schemes") => "write `servers`",
        (Root, "securityDefinitions") => "write `components/securitySchemes`",
        (Root | Operation, "consumes" | "produces") => "write `content` of the bodies",
        (Operation, "schemes") => "write `servers`",
        (Response, "schema" | "examples") => "write them in `content`",
        (Parameter | Header, "type" | "format" | "items" | "enum" | "default") => "write it in `schema`",
        _ => return None,
    })
}
