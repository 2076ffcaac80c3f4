//! Every sentence of the generated documentation that does not come from `docs.yaml` or the description.

use super::{Docs, code, plain};
use crate::diagnostics::{Pointer, unescape_key};
use crate::ir::{Auth, Constraints, Cursor, Direction, Goal, Limit, LimitKind, Pagination, RetrySafety};
use crate::names;

/// The remedy for pages.
const PAGINATE: &str = "[`Client::paginate`](crate::Client::paginate) reads all pages.";

/// The actions whose body is a schema.
#[derive(Debug, Default)]
pub(crate) struct BodyUsers<'a> {
    pub(crate) requests: Vec<&'a str>,
    pub(crate) responses: Vec<&'a str>,
}

/// A schema without a description: its role and, if only one action uses it, what that action does.
pub(crate) fn schema(wire: &str, users: Option<&BodyUsers<'_>>, docs: &Docs) -> Vec<String> {
    let sentence = match users {
        Some(BodyUsers { requests, .. }) if !requests.is_empty() => role("Request of", requests, docs),
        Some(BodyUsers { responses, .. }) if !responses.is_empty() => role("Response of", responses, docs),
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

/// A body without a schema.
pub(crate) fn body(action: &str, direction: Direction) -> Vec<String> {
    let role = if direction == Direction::Request { "Request of" } else { "Response of" };
    vec![format!("{role} {}, without fields in the API description.", method(action))]
}

/// An identifier type.
pub(crate) fn identifier(name: &str) -> Vec<String> {
    vec![format!("Identifier: the API's {}.", code(name))]
}

/// An unnamed type inside another.
pub(crate) fn inner(owner: &str, at: &Pointer) -> Vec<String> {
    let mut keys =
        at.as_str().split('/').filter(|key| !matches!(*key, "items" | "properties" | "additionalProperties"));
    let property = unescape_key(keys.next_back().unwrap_or_default());
    vec![format!("{} of [`{owner}`](crate::types::{owner}).", code(&property))]
}

/// A field: its description, or its name on the wire, and its constraints.
pub(crate) fn field(
    wire: &str,
    facts: &Constraints,
    text: Option<Vec<String>>,
    is_argument: bool,
) -> Vec<String> {
    // A response may omit any field or hold null: its `required` and `nullable` are not facts.
    let Constraints { required: _, nullable: _, deprecated, default, format: _, limits, elements: _ } = facts;
    let mut lines = text.unwrap_or_else(|| vec![format!("The API's {}.", code(wire))]);
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

/// The facts of an action: authentication, pagination, retry safety, the official page.
pub(crate) fn action(
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
        RetrySafety::Unsafe => "unsafe, it may be carried out twice",
    };
    let pages = pagination.map(|Pagination { cursor, size, .. }| match cursor {
        Cursor::Token { request, response: _ } => {
            format!("- Paginated: set `{size}`, then `{request}` until the response has none. {PAGINATE}")
        }
        Cursor::FirstItem { request, response: _ } => {
            format!(
                "- Paginated: set `{size}`, then `{request}` while the response has more items. {PAGINATE}"
            )
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

/// The fact of an action that changes a resource with a waiter.
pub(crate) fn waiter(function: &str) -> String {
    format!("- Waiter: [`wait::{function}`](crate::wait::{function}).")
}

/// The errors of an action, and the codes that are known for it, by constant.
pub(crate) fn errors(codes: &[&str]) -> Vec<String> {
    let mut lines = vec!["The errors of every call: see [`Error`](crate::Error).".to_owned()];
    if !codes.is_empty() {
        let links = codes.iter().map(|code| format!("[`{code}`](crate::codes::{code})")).collect::<Vec<_>>();
        lines.extend([String::new(), format!("Codes for this action: {}.", links.join(", "))]);
    }
    lines
}

/// A link to the client's method.
fn method(action: &str) -> String {
    match names::method(action) {
        Ok(method) => format!("[`Client::{method}`](crate::Client::{method})"),
        Err(_) => code(action),
    }
}

/// An action without a description.
pub(crate) fn undocumented_action(wire: &str) -> Vec<String> {
    vec![format!("Calls `{wire}`.")]
}

/// The module of a tag.
pub(crate) fn tag_module(tag: &str) -> Vec<String> {
    vec![format!("Actions of the tag {}, and the types that only they use.", code(tag))]
}

/// The heading of a tag's methods.
pub(crate) fn methods_heading(title: &str) -> Vec<String> {
    vec![format!("# {}", plain(title))]
}

/// The documentation of the constant with the version of the description.
pub(crate) fn api_version(service: &str) -> Vec<String> {
    vec![format!("The version of the {service} API description that this crate was generated from.")]
}

/// The documentation of the module of all types: those that are not a body, by the heading of their file, and whether the
/// client has a heading of that name.
pub(crate) fn types_module<'a>(groups: impl Iterator<Item = (&'a str, bool, Vec<&'a str>)>) -> Vec<String> {
    let mut lines = vec![
        "Every type that the API sends and receives, by tag. A tag links to its actions. Requests and responses are \
         named after their action: its name, then `Request` or `Response`."
            .to_owned(),
        String::new(),
    ];
    lines.extend(groups.map(|(title, has_methods, names)| {
        let links = names.iter().map(|name| format!("[`{name}`]")).collect::<Vec<_>>();
        let title = match has_methods {
            true => format!("[{}](crate::Client#{})", plain(title), anchor(title)),
            false => plain(title),
        };
        format!("- **{title}**: {}", links.join(", "))
    }));
    lines
}

/// The anchor that rustdoc gives a heading.
fn anchor(heading: &str) -> String {
    let letter = |c: char| match c {
        ' ' => Some('-'),
        '-' | '_' => Some(c),
        _ => c.is_alphanumeric().then(|| c.to_ascii_lowercase()),
    };
    plain(heading).chars().filter_map(letter).collect()
}

/// The module of types that no single tag owns.
pub(crate) fn common_module() -> Vec<String> {
    vec!["Types used by the actions of several tags or of none.".to_owned()]
}

/// The module of the identifiers.
pub(crate) fn ids_module() -> Vec<String> {
    vec!["Identifiers of resources.".to_owned()]
}

/// The module of the types inside a tag's requests and responses.
pub(crate) fn inner_module(name: &str) -> Vec<String> {
    vec![format!("Types inside the requests and responses of `{name}`.")]
}

/// An error code: our text, then its number, its name and type on the wire, and whether it is temporary.
pub(crate) fn error_code(
    number: u32,
    name: &str,
    wire_type: Option<&str>,
    text: Option<&str>,
    is_transient: bool,
) -> Vec<String> {
    let wire_type = wire_type.map(|text| format!(", type {}", code(text))).unwrap_or_default();
    let mut paragraphs: Vec<Vec<String>> = Vec::new();
    paragraphs.extend(text.map(|text| text.lines().map(|line| line.trim_end().to_owned()).collect()));
    paragraphs.push(vec![format!("{number}: {}{wire_type}.", code(name))]);
    paragraphs.extend(is_transient.then(|| vec!["Temporary: a later retry can succeed.".to_owned()]));
    paragraphs.join(&String::new())
}

/// A goal of a waiter.
pub(crate) fn goal(states: &[String], failures: &[String], is_absence_goal: bool) -> Vec<String> {
    let list = |states: &[String]| states.iter().map(|state| code(state)).collect::<Vec<_>>().join(" or ");
    let first = match (is_absence_goal, states) {
        (false, states) => format!("Waits until it is {}.", list(states)),
        (true, []) => "Waits until it no longer exists.".to_owned(),
        (true, states) => format!("Waits until it is {} or no longer exists.", list(states)),
    };
    let mut docs = vec![first];
    if !failures.is_empty() {
        docs.extend([String::new(), format!("Fails if it becomes {}.", list(failures))]);
    }
    docs
}

/// The type that selects a goal.
pub(crate) fn waiter_type(noun: &str, function: &str) -> Vec<String> {
    vec![format!("The {noun} to wait for. Built by [`{function}`].")]
}

/// The function that starts a waiter, and the goals that its type has.
pub(crate) fn waiter_function(
    noun: &str,
    id: &str,
    minutes: u64,
    type_: &str,
    goals: &[Goal],
) -> Vec<String> {
    let links = goals.iter().map(|Goal { method, .. }| format!("[`{method}`]({type_}::{method})"));
    vec![
        format!("Selects the {noun} with this `{id}` to wait for: {}.", links.collect::<Vec<_>>().join(", ")),
        String::new(),
        format!("The default timeout is {minutes} minutes."),
    ]
}

/// How a struct that is sent is built.
pub(crate) fn building() -> [String; 2] {
    let sentence = "Build it with [`new`](Self::new) and setters. A struct literal does not compile, even with \
                    `..Default::default()`: a later version may add fields.";
    [String::new(), sentence.to_owned()]
}

/// What every identifier is.
pub(crate) fn any_identifier() -> [String; 2] {
    let sentence = "Converts from and into strings, without validation: see \
                    [`Identifier`](crate::types::Identifier).";
    [String::new(), sentence.to_owned()]
}

/// What every enum is.
pub(crate) fn open_enum(values: &str) -> [String; 2] {
    let sentence = format!(
        "An open enum: converts from and into {values}, compares with them, and keeps a value that this version of the \
         crate does not know."
    );
    [String::new(), sentence]
}

/// A constructor without arguments.
pub(crate) fn empty_constructor(name: &str) -> Vec<String> {
    vec![format!("Creates an empty [`{name}`]: every field is optional.")]
}

/// A constructor that takes the required fields.
pub(crate) fn constructor(name: &str) -> Vec<String> {
    vec![format!("Creates a [`{name}`] with the required fields.")]
}

/// A constructor that takes the required fields by name.
pub(crate) fn named_constructor(name: &str, required: &str) -> Vec<String> {
    vec![format!(
        "Creates a [`{name}`] from its required fields: see [`{required}`](crate::types::{required})."
    )]
}

/// A struct with the required fields of another one.
pub(crate) fn required_fields(name: &str) -> Vec<String> {
    vec![
        format!(
            "The required fields of [`{name}`](crate::types::{name}), by name: several of them are of one type and could"
        ),
        "be swapped unnoticed.".to_owned(),
    ]
}

/// A setter.
pub(crate) fn setter(ident: &str) -> Vec<String> {
    vec![format!("Sets [`{ident}`](Self::{ident}).")]
}

/// An accessor of a response type.
pub(crate) fn accessor(field: &str, is_list: bool) -> Vec<String> {
    let of = if is_list { "the first of " } else { "" };
    vec![
        format!("Returns {of}[`{field}`](field@Self::{field})."),
        String::new(),
        "# Errors".to_owned(),
        "Returns an error if the response has none, as that of a dry run.".to_owned(),
    ]
}

/// The accessor of the value of a tag.
pub(crate) fn tag_accessor(field: &str) -> Vec<String> {
    vec![format!(
        "Returns the value of the tag with this key, or `None` without one: see [`{field}`](field@Self::{field})."
    )]
}

/// A method of the blocking client.
pub(crate) fn blocking_method(method: &str) -> Vec<String> {
    vec![format!(
        "See [`{method}`](crate::Client::{method}) of the async client for facts, errors and an example."
    )]
}

/// An action's marker type.
pub(crate) fn marker(wire: &str, method: &str) -> Vec<String> {
    vec![format!("Marker of `{wire}`: see [`Client::{method}`](crate::Client::{method}).")]
}
