//! The sentences that documentation takes from the description's facts.

use openapiv3::{SchemaKind, Type};

use super::schema::Node;
use crate::diagnostics::Pointer;
use crate::docs::code;
use crate::ir::{Auth, Cursor, Direction, Pagination, RetrySafety};

/// What spares a caller the pages.
const PAGINATE: &str = "[`Client::paginate`](crate::Client::paginate) reads them all.";

/// The actions that have a schema as their body.
#[derive(Debug, Default)]
pub(super) struct Users<'a> {
    pub(super) requests: Vec<&'a str>,
    pub(super) responses: Vec<&'a str>,
}

/// A schema that has no text: what it is used for.
pub(super) fn schema(wire: &str, users: Option<&Users<'_>>) -> Vec<String> {
    let links = |actions: &[&str], between: &str| {
        actions.iter().map(|action| marker(action)).collect::<Vec<_>>().join(between)
    };
    let sentence = match users {
        Some(Users { requests, .. }) if !requests.is_empty() => {
            format!("Request of {}.", links(requests, " and of "))
        }
        Some(Users { responses, .. }) if !responses.is_empty() => {
            format!("Answer to {}.", links(responses, " and to "))
        }
        _ => format!("The API's {}.", code(wire)),
    };
    vec![sentence]
}

/// A body that the description leaves out.
pub(super) fn body(action: &str, direction: Direction) -> Vec<String> {
    let role = if direction == Direction::Request { "Request of" } else { "Answer to" };
    vec![format!("{role} {}, which the description gives no fields.", marker(action))]
}

/// A type that stands inside another.
pub(super) fn inner(owner: &str, at: &Pointer) -> Vec<String> {
    let mut keys =
        at.as_str().split('/').filter(|key| !matches!(*key, "items" | "properties" | "additionalProperties"));
    let property = keys.next_back().unwrap_or_default().replace("~1", "/").replace("~0", "~");
    vec![format!("{} of [`{owner}`](crate::types::{owner}).", code(&property))]
}

/// A field: its text, or its name on the wire, and what the description says of its values.
pub(super) fn field(wire: &str, node: Node<'_>, text: Option<Vec<String>>, required: bool) -> Vec<String> {
    let mut lines = text.unwrap_or_else(|| vec![format!("{} of the API.", code(wire))]);
    let mut facts = Vec::new();
    if required {
        facts.push("Required.".to_owned());
    }
    if let Some(data) = node.data() {
        facts.extend(data.default.as_ref().map(|value| format!("Default: {}.", code(&value.to_string()))));
        if data.deprecated {
            facts.push("Deprecated.".to_owned());
        }
    }
    if let Node::Schema(schema) = node {
        limits(&schema.schema_kind, &mut facts);
    }
    if !facts.is_empty() {
        lines.push(String::new());
        lines.push(facts.join(" "));
    }
    lines
}

fn limits(kind: &SchemaKind, facts: &mut Vec<String>) {
    let mut limit = |value: Option<String>, words: &str| {
        facts.extend(value.map(|value| words.replace("{}", &value)));
    };
    match kind {
        SchemaKind::Type(Type::String(text)) => {
            limit(text.min_length.map(|n| n.to_string()), "At least {} characters.");
            limit(text.max_length.map(|n| n.to_string()), "At most {} characters.");
            limit(text.pattern.as_deref().map(code), "Pattern: {}.");
        }
        SchemaKind::Type(Type::Integer(integer)) => {
            limit(integer.minimum.map(|n| n.to_string()), "At least {}.");
            limit(integer.maximum.map(|n| n.to_string()), "At most {}.");
        }
        SchemaKind::Type(Type::Number(number)) => {
            limit(number.minimum.map(|n| n.to_string()), "At least {}.");
            limit(number.maximum.map(|n| n.to_string()), "At most {}.");
        }
        SchemaKind::Type(Type::Array(list)) => {
            limit(list.min_items.map(|n| n.to_string()), "At least {} elements.");
            limit(list.max_items.map(|n| n.to_string()), "At most {} elements.");
        }
        _ => {}
    }
}

/// What a caller of an action has to know: authentication, pages, repetition, the official page.
pub(super) fn action(
    wire: &str,
    auth: Auth,
    retry: RetrySafety,
    pagination: Option<&Pagination>,
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
        Cursor::Token { request, answer: _ } => {
            format!("- Pages: `{size}`, then `{request}` until the answer has none. {PAGINATE}")
        }
        Cursor::FirstItem { request, answer: _ } => {
            format!("- Pages: `{size}`, then `{request}` while the answer has more items. {PAGINATE}")
        }
    });
    let mut lines = vec![format!("- Authentication: {auth}.")];
    lines.extend(pages);
    lines.push(format!("- Retry after an ambiguous failure: {retry}."));
    lines
        .extend(docs_url.map(|url| {
            format!("- [Official page]({})", url.replace("{action}", &wire.to_ascii_lowercase()))
        }));
    lines
}

fn marker(action: &str) -> String {
    format!("[`{action}`](crate::action::{action})")
}
