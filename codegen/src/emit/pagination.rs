//! Paginated actions: how the next page is requested.

use proc_macro2::TokenStream;
use quote::quote;

use super::{ident, type_};
use crate::ir::{Action, Cursor, Pagination};

/// The pagination of an action's request, if it is paginated.
pub(super) fn paginated(action: &Action) -> Option<[TokenStream; 2]> {
    let Action { marker, request, response, pagination, .. } = action;
    let pagination = pagination.as_ref()?;
    let Pagination { cursor: _, size: _, inside: _, lists: _, item } = pagination;
    let (cursor, next, items) = (cursor(pagination), next(pagination), items(pagination));
    let (marker, request, response, item) = (ident(marker), ident(request), ident(response), type_(item));
    let sealed = quote! { impl __private::SealedPaginated for #request {} };
    let paginated = quote! {
        impl Paginated for #request {
            type Action = action::#marker;
            type Item = #item;

            #[inline]
            fn cursor(&mut self) -> __private::Cursor<'_> {
                #cursor
            }

            #[inline]
            fn next(response: &#response) -> __private::Next<'_> {
                #next
            }

            #[inline]
            fn items(response: #response) -> Vec<#item> {
                #items
            }
        }
    };
    Some([sealed, paginated])
}

/// The request fields that select the page.
fn cursor(pagination: &Pagination) -> TokenStream {
    let Pagination { cursor, size, .. } = pagination;
    let size = ident(size);
    match cursor {
        Cursor::Token { request, .. } => {
            let token = ident(request);
            quote!(__private::Cursor::Token { token: &mut self.#token, size: &mut self.#size })
        }
        Cursor::FirstItem { request, .. } => {
            let first = ident(request);
            quote!(__private::Cursor::FirstItem { first: &mut self.#first, size: &mut self.#size })
        }
    }
}

/// The position of the next page.
fn next(pagination: &Pagination) -> TokenStream {
    let Pagination { cursor, inside, lists, .. } = pagination;
    let holder = ident(if inside.is_some() { "inside" } else { "response" });
    let lists = lists.iter().map(|list| ident(list));
    let count = quote!(#(#holder.#lists.len())+*);
    let next = match cursor {
        Cursor::Token { response, .. } => {
            let token = ident(response);
            quote!(__private::Next::Token { count: #count, token: #holder.#token.as_deref() })
        }
        Cursor::FirstItem { response, .. } => {
            let more = ident(response);
            quote!(__private::Next::FirstItem { count: #count, more: #holder.#more })
        }
    };
    match inside {
        None => next,
        Some(inside) => {
            let inside = ident(inside);
            quote! {
                match &response.#inside {
                    Some(inside) => #next,
                    None => __private::Next::End,
                }
            }
        }
    }
}

/// The items of all lists of a response.
fn items(pagination: &Pagination) -> TokenStream {
    let Pagination { inside, lists, .. } = pagination;
    let holder = ident(if inside.is_some() { "inside" } else { "response" });
    let names = lists.iter().map(|list| ident(list));
    let items = match lists.as_slice() {
        [_] => quote!(#(#holder.#names)*),
        _ => quote!([#(#holder.#names),*].into_iter().flatten().collect()),
    };
    match inside {
        None => items,
        Some(inside) => {
            let inside = ident(inside);
            quote! {
                match response.#inside {
                    Some(inside) => #items,
                    None => Vec::new(),
                }
            }
        }
    }
}
