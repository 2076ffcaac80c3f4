//! What the server says when it answers with an error, in all the forms that it has been seen to use.

use std::fmt;
use std::ops::RangeInclusive;

use serde_json::Value;

/// The most that is kept of an answer that is not understood, in bytes.
const RAW_LIMIT: usize = 4096;

/// The most of such an answer that is shown in one line, in characters.
const SHOWN_LIMIT: usize = 200;

/// An answer with an error: its status, its errors and the request's identifier.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ApiError {
    status: u16,
    request_id: Option<String>,
    errors: Vec<ErrorItem>,
    /// Whether the errors came in the API's own form, not in that of a gateway.
    is_own_form: bool,
    raw: String,
}

/// One of the errors that an answer lists.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorItem {
    code: Option<String>,
    kind: Option<String>,
    details: Option<String>,
}

impl ErrorItem {
    /// The code, where there is one and it is a number, as all of the API's own are.
    pub fn code(&self) -> Option<u32> {
        self.code.as_deref()?.parse().ok()
    }

    /// The code as it came.
    pub fn code_text(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// The kind of error in a word, such as `InvalidParameterValue`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// What the server says about it. Often empty.
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }
}

impl ApiError {
    /// Reads an answer, whatever its form.
    pub(crate) fn new(status: u16, body: &[u8]) -> Self {
        let value = serde_json::from_slice(body).unwrap_or(Value::Null);
        let request_id = text(value.get("ResponseContext").and_then(|context| context.get("RequestId")));
        let mut errors = own_errors(&value);
        let is_own_form = !errors.is_empty();
        if !is_own_form {
            errors.extend(gateway_error(&value));
        }
        Self { status, request_id, errors, is_own_form, raw: bounded(body) }
    }

    /// The HTTP status.
    pub fn status(&self) -> u16 {
        self.status
    }

    /// The identifier of the request, which the provider's support asks for.
    pub fn request_id(&self) -> Option<&str> {
        self.request_id.as_deref()
    }

    /// The errors in the order of the answer. Empty where the answer has none that can be read, as those of
    /// gateways.
    pub fn errors(&self) -> &[ErrorItem] {
        &self.errors
    }

    /// The first code, where there is one and it is a number.
    pub fn code(&self) -> Option<u32> {
        self.errors.iter().find_map(ErrorItem::code)
    }

    /// The answer's text as it came, cut to 4096 bytes.
    pub fn raw(&self) -> &str {
        &self.raw
    }

    fn has(&self, codes: &[RangeInclusive<u32>]) -> bool {
        self.errors
            .iter()
            .filter_map(ErrorItem::code)
            .any(|code| codes.iter().any(|range| range.contains(&code)))
    }

    /// An unknown key is a 400 with a code of its own. The other refusals of a 401 are about what is allowed.
    pub(super) fn is_authentication(&self) -> bool {
        self.has(&[1..=1, 8..=13, 20..=20, 4120..=4120]) || (self.status == 401 && !self.is_access_denied())
    }

    pub(super) fn is_access_denied(&self) -> bool {
        self.has(&[4..=5, 7..=7, 14..=14]) || (self.status == 403 && !self.has(&[8..=13]))
    }

    /// A 503 is throttling only with its code; without, the platform is out of order.
    pub(super) fn is_throttled(&self) -> bool {
        self.status == 429 || self.has(&[6..=6, 24..=25])
    }

    /// A resource that is missing is a 400 with a code. A bare 404 comes from a wrong address, and is no
    /// proof that a resource is gone; but an error in the API's form that has no code may mean one.
    pub(super) fn is_not_found(&self) -> bool {
        let uncoded = || self.is_own_form && self.errors.iter().all(|error| error.code.is_none());
        self.has(&[5000..=5999]) || (self.status == 404 && uncoded())
    }

    pub(super) fn is_conflict(&self) -> bool {
        self.has(&[6000..=6999, 9000..=9999]) || (self.status == 409 && !self.has(&[10_000..=10_999]))
    }

    pub(super) fn is_quota(&self) -> bool {
        self.has(&[10_003..=10_999])
    }

    pub(super) fn is_capacity(&self) -> bool {
        self.has(&[10_001..=10_001])
    }
}

/// One line: the status, each error, and the request's identifier.
impl fmt::Display for ApiError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "status {}", self.status)?;
        for (index, error) in self.errors.iter().enumerate() {
            f.write_str(if index == 0 { ": " } else { "; " })?;
            error.fmt(f)?;
        }
        match one_line(&self.raw) {
            _ if !self.errors.is_empty() => {}
            _ if (300..400).contains(&self.status) => {
                f.write_str(": a redirect, which is not followed; the endpoint must be the final address")?;
            }
            text if text.is_empty() => f.write_str(" and no further word")?,
            text => write!(f, ": {text}")?,
        }
        match &self.request_id {
            Some(id) => write!(f, " [request {}]", one_line(id)),
            None => Ok(()),
        }
    }
}

/// Kind, code and details, as far as they are there.
impl fmt::Display for ErrorItem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&one_line(self.kind().unwrap_or("error")))?;
        if let Some(code) = self.code_text() {
            write!(f, " (code {})", one_line(code))?;
        }
        match self.details().map(one_line) {
            Some(details) if !details.is_empty() => write!(f, ": {details}"),
            _ => Ok(()),
        }
    }
}

/// The errors of an answer in the API's own form.
fn own_errors(value: &Value) -> Vec<ErrorItem> {
    match value.get("Errors") {
        Some(Value::Array(items)) => items.iter().filter(|item| item.is_object()).map(own_error).collect(),
        Some(item @ Value::Object(_)) => vec![own_error(item)],
        _ => Vec::new(),
    }
}

fn own_error(item: &Value) -> ErrorItem {
    ErrorItem {
        code: text(item.get("Code")),
        kind: text(item.get("Type")),
        details: text(item.get("Details")),
    }
}

/// Problem details (RFC 9457), the form with `__type`, or no more than a message.
fn gateway_error(value: &Value) -> Option<ErrorItem> {
    let first = |keys: &[&str]| keys.iter().find_map(|key| text(value.get(key)));
    let kind = first(&["title", "__type", "type"]);
    let details = first(&["detail", "message", "Message"]);
    (kind.is_some() || details.is_some()).then_some(ErrorItem { code: None, kind, details })
}

/// A text or a number as text; an empty one says nothing.
fn text(value: Option<&Value>) -> Option<String> {
    match value? {
        Value::String(text) if !text.is_empty() => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

/// The beginning of a body as text. What is no UTF-8 is shown as the replacement character.
fn bounded(body: &[u8]) -> String {
    // A character that is cut in two would show as damage that the answer does not have, so that it is
    // dropped.
    let cut = body.get(..RAW_LIMIT).map_or(body, |cut| match std::str::from_utf8(cut) {
        Err(error) if error.error_len().is_none() => cut.get(..error.valid_up_to()).unwrap_or(cut),
        _ => cut,
    });
    let mut text = String::from_utf8_lossy(cut).into_owned();
    // Replacement characters are longer than the bytes that they stand for.
    while text.len() > RAW_LIMIT {
        text.pop();
    }
    text
}

/// A text on one line, without what could play tricks on a terminal, cut where it becomes too long to read.
fn one_line(text: &str) -> String {
    let words: Vec<&str> =
        text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|w| !w.is_empty()).collect();
    let line = words.join(" ");
    match line.char_indices().nth(SHOWN_LIMIT).and_then(|(end, _)| line.get(..end)) {
        Some(start) => format!("{start}…"),
        None => line,
    }
}
