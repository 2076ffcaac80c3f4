//! The sentences that documentation takes from the description's facts.

use openapiv3::{ArrayType, ReferenceOr, SchemaKind, Type};

use super::schemas::SchemaNode;
use crate::diagnostics::Pointer;
use crate::doc_text::{Docs, code};
use crate::ir::{Auth, Constraints, Cursor, Direction, Limit, LimitKind, Pagination, RetrySafety};
use crate::names;

/// What spares a caller the pages.
const PAGINATE: &str = "[`Client::paginate`](crate::Client::paginate) reads them all.";

/// The actions that have a schema as their body.
#[derive(Debug, Default)]
pub(super) struct BodyUsers<'a> {
    pub(super) requests: Vec<&'a str>,
    pub(super) responses: Vec<&'a str>,
}

/// A schema that has no text: what it is used for and, where that is one action, what that one does.
pub(super) fn schema(wire: &str, users: Option<&BodyUsers<'_>>, docs: &Docs) -> Vec<String> {
    let sentence = match users {
        Some(BodyUsers { requests, .. }) if !requests.is_empty() => role("Request of", requests, docs),
        Some(BodyUsers { responses, .. }) if !responses.is_empty() => role("Answer to", responses, docs),
        _ => format!("The API's {}.", code(wire)),
    };
    vec![sentence]
}

fn role(role: &str, actions: &[&str], docs: &Docs) -> String {
    let links: Vec<String> = actions.iter().map(|action| method(action)).collect();
    let of = format!("{role} {}", links.join(" and "));
    let summary = match actions {
        [action] => docs.summary(action),
        _ => None,
    };
    match summary {
        Some(summary) => {
            let mut letters = summary.chars();
            let first = letters.next().map(|letter| letter.to_lowercase().to_string()).unwrap_or_default();
            format!("{of}, which {first}{}.", letters.as_str())
        }
        None => format!("{of}."),
    }
}

/// A body that the description leaves out.
pub(super) fn body(action: &str, direction: Direction) -> Vec<String> {
    let role = if direction == Direction::Request { "Request of" } else { "Answer to" };
    vec![format!("{role} {}, which the description gives no fields.", method(action))]
}

/// A type that stands inside another.
pub(super) fn inner(owner: &str, at: &Pointer) -> Vec<String> {
    let mut keys =
        at.as_str().split('/').filter(|key| !matches!(*key, "items" | "properties" | "additionalProperties"));
    let property = keys.next_back().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    vec![format!("{} of [`{owner}`](crate::types::{owner}).", code(&property))]
}

/// What the description says of a field beyond its type.
pub(super) fn of(node: SchemaNode<'_>, required: bool) -> Constraints {
    let SchemaNode::Schema(schema) = node else { return Constraints { required, ..Constraints::default() } };
    let data = &schema.schema_data;
    let elements = match &schema.schema_kind {
        SchemaKind::Type(Type::Array(ArrayType { items: Some(ReferenceOr::Item(items)), .. })) => {
            (format(&items.schema_kind), limits(&items.schema_kind))
        }
        _ => (None, Vec::new()),
    };
    Constraints {
        required,
        nullable: data.nullable,
        deprecated: data.deprecated,
        default: data.default.clone(),
        format: format(&schema.schema_kind),
        limits: limits(&schema.schema_kind),
        elements,
    }
}

/// A field: its text, or its name on the wire, and what the description says of its values.
pub(super) fn field(
    wire: &str,
    facts: &Constraints,
    text: Option<Vec<String>>,
    is_argument: bool,
) -> Vec<String> {
    // An answer may leave out anything and hold null anywhere: what the description says of that is no fact.
    let Constraints { required: _, nullable: _, deprecated, default, format: _, limits, elements: _ } = facts;
    let mut lines = text.unwrap_or_else(|| vec![format!("{} of the API.", code(wire))]);
    let mut sentences = Vec::new();
    if is_argument {
        sentences.push("Required.".to_owned());
    }
    sentences.extend(default.as_ref().map(|value| format!("Default: {}.", code(&value.to_string()))));
    if *deprecated {
        sentences.push("Deprecated.".to_owned());
    }
    sentences.extend(limits.iter().map(limit));
    if !sentences.is_empty() {
        lines.push(String::new());
        lines.push(sentences.join(" "));
    }
    lines
}

fn limit(limit: &Limit) -> String {
    let Limit { kind, value } = limit;
    match kind {
        LimitKind::MinLength => format!("At least {value} characters."),
        LimitKind::MaxLength => format!("At most {value} characters."),
        LimitKind::Pattern => format!("Pattern: {}.", code(value)),
        LimitKind::Minimum => format!("At least {value}."),
        LimitKind::Maximum => format!("At most {value}."),
        LimitKind::MinItems => format!("At least {value} elements."),
        LimitKind::MaxItems => format!("At most {value} elements."),
    }
}

fn limits(kind: &SchemaKind) -> Vec<Limit> {
    let limit = |kind: LimitKind, value: Option<String>| value.map(|value| Limit { kind, value });
    let found = match kind {
        SchemaKind::Type(Type::String(text)) => vec![
            limit(LimitKind::MinLength, text.min_length.map(|n| n.to_string())),
            limit(LimitKind::MaxLength, text.max_length.map(|n| n.to_string())),
            limit(LimitKind::Pattern, text.pattern.clone()),
        ],
        SchemaKind::Type(Type::Integer(integer)) => vec![
            limit(LimitKind::Minimum, integer.minimum.map(|n| n.to_string())),
            limit(LimitKind::Maximum, integer.maximum.map(|n| n.to_string())),
        ],
        SchemaKind::Type(Type::Number(number)) => vec![
            limit(LimitKind::Minimum, number.minimum.map(|n| n.to_string())),
            limit(LimitKind::Maximum, number.maximum.map(|n| n.to_string())),
        ],
        SchemaKind::Type(Type::Array(list)) => vec![
            limit(LimitKind::MinItems, list.min_items.map(|n| n.to_string())),
            limit(LimitKind::MaxItems, list.max_items.map(|n| n.to_string())),
        ],
        _ => Vec::new(),
    };
    found.into_iter().flatten().collect()
}

/// The format as it is spelled in a description.
fn format(kind: &SchemaKind) -> Option<String> {
    let format = match kind {
        SchemaKind::Type(Type::String(text)) => serde_json::to_value(&text.format),
        SchemaKind::Type(Type::Integer(integer)) => serde_json::to_value(&integer.format),
        SchemaKind::Type(Type::Number(number)) => serde_json::to_value(&number.format),
        _ => return None,
    };
    format.ok()?.as_str().filter(|format| !format.is_empty()).map(str::to_owned)
}

/// What a caller of an action has to know: authentication, pages, repetition, the official page.
pub(super) fn action(
    wire: &str,
    auth: Auth,
    retry: RetrySafety,
    pagination: Option<&Pagination>,
    deprecated: bool,
    docs_url: Option<&str>,
) -> Vec<String> {
    let auth = match auth {
        Auth::AccessKey => "access key",
        Auth::AccessKeyOrBasic => "access key, or login and password",
        Auth::None => "none",
    };
    let retry = match retry {
        RetrySafety::Idempotent => "safe",
        RetrySafety::ClientToken => "safe with a `client_token`",
        RetrySafety::Unsafe => "may do the work twice",
    };
    let pages = pagination.map(|Pagination { cursor, size, .. }| match cursor {
        Cursor::Token { request, response: _ } => {
            format!("- Pages: `{size}`, then `{request}` until the answer has none. {PAGINATE}")
        }
        Cursor::FirstItem { request, response: _ } => {
            format!("- Pages: `{size}`, then `{request}` while the answer has more items. {PAGINATE}")
        }
    });
    let mut lines = Vec::new();
    if deprecated {
        lines.push("- Deprecated.".to_owned());
    }
    lines.push(format!("- Authentication: {auth}."));
    lines.extend(pages);
    lines.push(format!("- Retry after an ambiguous failure: {retry}."));
    lines
        .extend(docs_url.map(|url| {
            format!("- [Official page]({})", url.replace("{action}", &wire.to_ascii_lowercase()))
        }));
    lines
}

/// A link to the client's method.
fn method(action: &str) -> String {
    match names::method(action) {
        Ok(method) => format!("[`Client::{method}`](crate::Client::{method})"),
        Err(_) => code(action),
    }
}
