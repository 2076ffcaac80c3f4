//! Cuts the list of a response into the page that the request asks for.

use serde_json::{Map, Value};

use super::fault::Fault;
use super::validation::Reencode;
use crate::codes;

/// Maximum and default of `ResultsPerPage`.
const MAX_PAGE_SIZE: usize = 1000;
const DEFAULT_PAGE_SIZE: usize = 100;

/// Prefix of the page tokens of a fake; an index follows.
const TOKEN_PREFIX: &str = "page-";

/// How an action is paginated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Pagination {
    /// With `NextPageToken`.
    Token,
    /// With `FirstItem`.
    FirstItem,
}

/// Cuts the response of a paginated action into a page. Other responses stay, and so do those that are pages already.
///
/// # Errors
/// Returns the error response if the request asks for an impossible page.
pub(super) fn page(request: &Value, response: &mut Value, reencode: Option<Reencode>) -> Result<(), Fault> {
    let Some(pagination) = reencode.and_then(pagination) else { return Ok(()) };
    let Value::Object(members) = response else { return Ok(()) };
    if members.contains_key("NextPageToken") || members.contains_key("HasMoreItems") {
        return Ok(());
    }
    let size = page_size(request)?;
    let first = match pagination {
        Pagination::Token => first_of_token(request)?,
        Pagination::FirstItem => {
            request.get("FirstItem").and_then(Value::as_u64).unwrap_or_default() as usize
        }
    };
    let Some(items) = only_list(members) else { return Ok(()) };
    let end = first.saturating_add(size);
    let has_more = end < items.len();
    *items = items.drain(..).skip(first).take(size).collect();
    match pagination {
        Pagination::Token if has_more => {
            members.insert("NextPageToken".to_owned(), format!("{TOKEN_PREFIX}{end}").into());
        }
        Pagination::Token => {}
        Pagination::FirstItem => {
            members.insert("HasMoreItems".to_owned(), has_more.into());
            members.insert("MaxResultsLimit".to_owned(), size.into());
        }
    }
    Ok(())
}

/// Finds the pagination of an action by the members of its request.
fn pagination(reencode: Reencode) -> Option<Pagination> {
    let has = |body: &str, name: &str| reencode(body.as_bytes()).is_ok_and(|value| value.get(name).is_some());
    if has(r#"{"NextPageToken":"x"}"#, "NextPageToken") {
        Some(Pagination::Token)
    } else if has(r#"{"FirstItem":1}"#, "FirstItem") {
        Some(Pagination::FirstItem)
    } else {
        None
    }
}

fn page_size(request: &Value) -> Result<usize, Fault> {
    let size = match request.get("ResultsPerPage") {
        None | Some(Value::Null) => return Ok(DEFAULT_PAGE_SIZE),
        Some(size) => size.as_u64().and_then(|size| usize::try_from(size).ok()),
    };
    size.filter(|size| (1..=MAX_PAGE_SIZE).contains(size)).ok_or_else(|| {
        Fault::code(codes::INVALID_PARAMETER_VALUE).details("ResultsPerPage must be between 1 and 1000")
    })
}

fn first_of_token(request: &Value) -> Result<usize, Fault> {
    let token = match request.get("NextPageToken") {
        None | Some(Value::Null) => return Ok(0),
        Some(token) => token.as_str().unwrap_or_default(),
    };
    if request.get("ResultsPerPage").is_none_or(Value::is_null) {
        let details = "NextPageToken requires ResultsPerPage";
        return Err(Fault::code(codes::INVALID_PARAMETER_VALUE).details(details));
    }
    let first = token.strip_prefix(TOKEN_PREFIX).and_then(|index| index.parse().ok());
    first.ok_or_else(|| Fault::code(codes::INVALID_PAGE_TOKEN))
}

/// The list of the response, if it has exactly one.
fn only_list(members: &mut Map<String, Value>) -> Option<&mut Vec<Value>> {
    let mut lists = members.values_mut().filter_map(Value::as_array_mut);
    let list = lists.next()?;
    lists.next().is_none().then_some(list)
}
