//! Paginated actions, found by the fields of their requests and responses.

use std::collections::HashMap;

use serde_json::Value;

use super::operations::Operation;
use super::types::Types;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::ir::{Cursor, Field, Pagination, Presence, Struct, Type};

/// The extension with which the overlay names the lists of a response that hold the items.
const CHOICE: &str = "x-page-items";

/// Finds the pagination of each action.
#[derive(Debug, Default)]
pub(super) struct Pages<'a> {
    /// The action of each paginated request. The type of a request identifies its action.
    requests: HashMap<&'a str, &'a str>,
}

impl<'a> Pages<'a> {
    /// The pagination of an action, or `None` if it is not paginated. Fields of pagination that cannot be used are
    /// reported.
    pub(super) fn of(
        &mut self,
        operation: &Operation<'a>,
        types: &'a Types,
        (request, response): &'a (String, String),
        problems: &mut Diagnostics,
    ) -> Option<Pagination> {
        let choice = operation.raw.extensions.get(CHOICE);
        let bodies = types.structure(request).zip(types.structure(response));
        let Some(shape) = bodies.and_then(|(request, response)| PageShape::of(types, request, response))
        else {
            if choice.is_some() {
                let message = "has no effect: the action is not paginated, so remove it in the overlay";
                problems.stale(Source::Description, &operation.at.join(CHOICE), message);
            }
            return None;
        };
        let pagination = shape
            .cursor()
            .and_then(|(cursor, size)| Ok((cursor, size, shape.items(choice)?)))
            .and_then(|(cursor, size, (lists, item))| {
                if let Some(other) = self.requests.insert(request, operation.wire) {
                    return Err(format!(
                        "is paginated and has the same request schema as `{other}`: give the action a request schema \
                         of its own in the overlay"
                    ));
                }
                let inside = shape.inside.map(|field| field.ident.clone());
                Ok(Pagination { cursor, size, inside, lists, item })
            });
        let report = |message| problems.stale(Source::Description, &location(operation, choice), message);
        pagination.map_err(report).ok()
    }
}

/// The fields of pagination of an action.
struct PageShape<'t> {
    request: &'t Struct,
    /// The struct with the lists and the cursor: the response, or a struct in it.
    holder: &'t Struct,
    /// The field of the response that is the holder, if the response itself is not.
    inside: Option<&'t Field>,
    /// The names of the cursor's fields in the request and in the response.
    names: (&'static str, &'static str),
}

impl<'t> PageShape<'t> {
    /// Finds a page token, or else the number of the first item.
    fn of(types: &'t Types, request: &'t Struct, response: &'t Struct) -> Option<Self> {
        request.field("ResultsPerPage")?;
        let nested = response.fields.iter().filter_map(|field| match &field.ty {
            Type::Named(name) => Some((types.structure(name)?, Some(field))),
            _ => None,
        });
        let mut holders = std::iter::once((response, None)).chain(nested);
        let names = [("NextPageToken", "NextPageToken"), ("FirstItem", "HasMoreItems")]
            .into_iter()
            .find(|(sent, _)| request.field(sent).is_some())?;
        let (holder, inside) = holders.find(|(holder, _)| holder.field(names.1).is_some())?;
        Some(Self { request, holder, inside, names })
    }

    /// The cursor, and the field for the page size.
    fn cursor(&self) -> Result<(Cursor, String), String> {
        let (sent, received) = self.names;
        let size = optional(self.request, "ResultsPerPage", &Type::I64)?;
        let cursor = if sent == received {
            let request = optional(self.request, sent, &Type::String)?;
            Cursor::Token { request, response: optional(self.holder, received, &Type::String)? }
        } else {
            let request = optional(self.request, sent, &Type::I64)?;
            Cursor::FirstItem { request, response: optional(self.holder, received, &Type::Bool)? }
        };
        Ok((cursor, size))
    }

    /// The lists that hold the items, and the type of the items.
    fn items(&self, choice: Option<&Value>) -> Result<(Vec<String>, Type), String> {
        let lists: Vec<(&Field, &Type)> = self.holder.fields.iter().filter_map(list).collect();
        let chosen = match choice {
            None => lists,
            Some(names) => {
                let names = names.as_array().filter(|names| !names.is_empty());
                let names = names
                    .ok_or("must be a list of the names of properties: correct it in the overlay")?
                    .iter();
                let named = names.map(|name| {
                    lists.iter().copied().find(|(field, _)| name.as_str() == Some(&field.wire)).ok_or_else(
                        || {
                            format!(
                                "`{name}` is not a list of `{}`: correct it in the overlay",
                                self.holder.name
                            )
                        },
                    )
                });
                let named = named.collect::<Result<Vec<_>, _>>()?;
                if named == lists && lists.len() == 1 {
                    return Err(
                        "has no effect, as there is only one list: remove it in the overlay".to_owned()
                    );
                }
                named
            }
        };
        match chosen.as_slice() {
            [(_, item), rest @ ..] if choice.is_some() || rest.is_empty() => {
                if rest.iter().any(|(_, other)| other != item) {
                    return Err(
                        "names lists of different types, which cannot be one list of items: correct it in the overlay".to_owned()
                    );
                }
                Ok((chosen.iter().map(|(field, _)| field.ident.clone()).collect(), (*item).clone()))
            }
            found => Err(format!(
                "is paginated, but `{}` has {} lists that could hold the items: name the properties that do with \
                 `{CHOICE}: […]` at the action in the overlay",
                self.holder.name,
                found.len()
            )),
        }
    }
}

/// The Rust name of a field that must be of this type.
fn optional(definition: &Struct, wire: &str, ty: &Type) -> Result<String, String> {
    let fits = |field: &&Field| field.ty == *ty && field.presence == Presence::Optional;
    definition.field(wire).filter(fits).map(|field| field.ident.clone()).ok_or_else(|| {
        let wanted = match ty {
            Type::String => "a string",
            Type::Bool => "a boolean",
            _ => "an integer without a format",
        };
        format!(
            "is paginated, but `{wire}` of `{}` is not {wanted} that may be omitted: correct it in the overlay",
            definition.name
        )
    })
}

/// A field that is a list, and the type of its items.
fn list(field: &Field) -> Option<(&Field, &Type)> {
    match &field.ty {
        Type::List(item) if field.presence == Presence::Empty => Some((field, item)),
        _ => None,
    }
}

/// The location of a problem: that of the extension, if there is one.
fn location(operation: &Operation<'_>, choice: Option<&Value>) -> Pointer {
    if choice.is_some() { operation.at.join(CHOICE) } else { operation.at.clone() }
}
