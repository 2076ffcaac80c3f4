//! Which listings come in pages, found by the shape of request and response.

use std::collections::HashMap;

use serde_json::Value;

use super::operations::Operation;
use super::types::Types;
use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::ir::{Cursor, Field, Pagination, Presence, Struct, Type};

/// The overlay's way to say which lists of a response hold the items.
const CHOICE: &str = "x-page-items";

/// Finds pages, action by action.
#[derive(Debug, Default)]
pub(super) struct Pages<'a> {
    /// Requests that have pages, and whose they are: a request tells its action apart from all others.
    requests: HashMap<&'a str, &'a str>,
}

impl<'a> Pages<'a> {
    /// How the responses of an action are cut into pages. Where request and response both have the fields for it, but not
    /// in a way that can be read, it is reported.
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
                let message = "has no effect: the action has no pages, so remove it in the overlay";
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
                        "has pages that are found by its request, which is also that of `{other}`: give the action a \
                         request schema of its own in the overlay"
                    ));
                }
                let inside = shape.inside.map(|field| field.ident.clone());
                Ok(Pagination { cursor, size, inside, lists, item })
            });
        let report = |message| problems.stale(Source::Description, &place(operation, choice), message);
        pagination.map_err(report).ok()
    }
}

/// What makes a listing one with pages.
struct PageShape<'t> {
    request: &'t Struct,
    /// What has the lists and says whether there is more: the response, or a struct in it.
    holder: &'t Struct,
    /// The field of the response that is the holder, where the response is not.
    inside: Option<&'t Field>,
    /// The names of the request's and the response's field that lead from page to page.
    names: (&'static str, &'static str),
}

impl<'t> PageShape<'t> {
    /// By token, or else by the number of the first item.
    fn of(types: &'t Types, request: &'t Struct, response: &'t Struct) -> Option<Self> {
        request.field("ResultsPerPage")?;
        let nested = response.fields.iter().filter_map(|field| match &field.ty {
            Type::Named(name) => Some((types.structure(name)?, Some(field))),
            _ => None,
        });
        let mut holders = std::iter::once((response, None)).chain(nested);
        let names = [("NextPageToken", "NextPageToken"), ("FirstItem", "HasMoreItems")]
            .into_iter()
            .find(|(asks, _)| request.field(asks).is_some())?;
        let (holder, inside) = holders.find(|(holder, _)| holder.field(names.1).is_some())?;
        Some(Self { request, holder, inside, names })
    }

    /// The fields that lead from page to page, and the one for the size of a page.
    fn cursor(&self) -> Result<(Cursor, String), String> {
        let (asks, tells) = self.names;
        let size = optional(self.request, "ResultsPerPage", &Type::I64)?;
        let cursor = if asks == tells {
            let request = optional(self.request, asks, &Type::String)?;
            Cursor::Token { request, response: optional(self.holder, tells, &Type::String)? }
        } else {
            let request = optional(self.request, asks, &Type::I64)?;
            Cursor::FirstItem { request, response: optional(self.holder, tells, &Type::Bool)? }
        };
        Ok((cursor, size))
    }

    /// The lists that hold the items, and the type of these.
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
                                "`{name}` is no list of `{}`: correct it in the overlay",
                                self.holder.name
                            )
                        },
                    )
                });
                let named = named.collect::<Result<Vec<_>, _>>()?;
                if named == lists && lists.len() == 1 {
                    return Err(
                        "has no effect, as there is one list only: remove it in the overlay".to_owned()
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
                "has pages, but `{}` has {} lists that could hold the items: name those that do, from among its \
                 properties, with `{CHOICE}: […]` at the action in the overlay",
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
            Type::String => "text",
            Type::Bool => "a boolean",
            _ => "an integer without a format",
        };
        format!(
            "has pages, but `{wire}` of `{}` is not {wanted} that may be absent: correct it in the overlay",
            definition.name
        )
    })
}

/// A field that is a list, and what it is a list of.
fn list(field: &Field) -> Option<(&Field, &Type)> {
    match &field.ty {
        Type::List(item) if field.presence == Presence::Empty => Some((field, item)),
        _ => None,
    }
}

fn place(operation: &Operation<'_>, choice: Option<&Value>) -> Pointer {
    if choice.is_some() { operation.at.join(CHOICE) } else { operation.at.clone() }
}
