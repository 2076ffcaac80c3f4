//! Waiters: how resources are read by their identifiers, and a function and its goals for each.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{doc, ident};
use crate::doc_text::sentences;
use crate::ir::{Goal, Type, WaiterResource, WaiterSource};
use crate::render::{File, Item};

/// `waiters.rs`.
pub(super) fn waiters(listings: &[WaiterSource]) -> File {
    let items = listings.iter().flat_map(|listing| {
        let resources = listing.watched.iter().flat_map(|watched| resource(watched, listing));
        listed(listing).into_iter().chain(resources)
    });
    File {
        name: "waiters.rs".to_owned(),
        docs: vec!["The waiters: see [`wait`](crate::wait).".to_owned()],
        imports: vec![quote! {
            use super::{action, types};
            use crate::__private::SealedListed;
            use crate::wait::{Goal, Listed, Subject, Waiter};
        }],
        items: items.map(Item::Tokens).collect(),
    }
}

/// How an action reads resources by ID.
pub(super) fn listed(listing: &WaiterSource) -> [TokenStream; 2] {
    let WaiterSource {
        marker,
        request,
        response,
        filters,
        filter,
        list,
        item,
        id,
        id_type,
        page,
        watched: _,
    } = listing;
    let (marker, request, response, item) = (ident(marker), ident(request), ident(response), ident(item));
    let (setter, filters) = (ident(&filters.0), ident(&filters.1));
    let (filter, list, id) = (ident(filter), ident(list), ident(id));
    let id = match id_type {
        Type::Identifier(_) => quote!(item.#id.as_ref().map(|id| id.as_str())),
        _ => quote!(item.#id.as_deref()),
    };
    let made = quote!(types::#request::new().#setter(types::#filters::new().#filter(ids)));
    let [argument, made, next] = paged(page.as_ref(), made);
    let sealed = quote! { impl SealedListed for action::#marker {} };
    let listed = quote! {
        impl Listed for action::#marker {
            type Item = types::#item;

            #[inline]
            fn request(ids: Vec<String>, #argument: Option<String>) -> types::#request {
                #made
            }

            #[inline]
            fn items(response: types::#response) -> (Vec<types::#item>, Option<String>) {
                (response.#list, #next)
            }

            #[inline]
            fn id(item: &types::#item) -> Option<&str> {
                #id
            }
        }
    };
    [sealed, listed]
}

/// The argument with the page token, the request for a page, and the token of the next page.
fn paged(page: Option<&(String, String, String)>, request: TokenStream) -> [TokenStream; 3] {
    let Some((token, size, next)) = page else { return [quote!(_), request, quote!(None)] };
    let (token, size, next) = (ident(token), ident(size), ident(next));
    let request = quote! {
        let mut request = #request;
        // A page token requires a page size.
        request.#size = page.is_some().then_some(100);
        request.#token = page;
        request
    };
    [quote!(page), request, quote!(response.#next)]
}

/// The items of a resource.
fn resource(watched: &WaiterResource, listing: &WaiterSource) -> [TokenStream; 4] {
    let WaiterResource { function, constant, type_, noun, minutes, goals, part: _, state: _, is_enum: _ } =
        watched;
    let WaiterSource { marker, item, id, id_type, .. } = listing;
    let (id_type, id_text) = match id_type {
        Type::Identifier(name) => {
            let name = ident(name);
            (quote!(types::#name), quote!(self.0.into()))
        }
        _ => (quote!(String), quote!(self.0)),
    };
    let (marker, item) = (ident(marker), ident(item));
    let type_docs = doc(&sentences::waiter_type(noun, function));
    let function_docs = doc(&sentences::waiter_function(noun, id, *minutes, type_, goals));
    let (function, type_, id) = (ident(function), ident(type_), ident(id));
    let constant = ident(constant);
    let minutes = Literal::u64_unsuffixed(*minutes);
    let states = states(watched);
    let methods = goals
        .iter()
        .map(|goal| method(goal, &constant, &id_text, &quote!(action::#marker), &quote!(types::#item)));
    [
        quote! {
            #type_docs
            #[derive(Clone, Debug)]
            #[must_use]
            pub struct #type_(#id_type);
        },
        quote! {
            #function_docs
            pub fn #function(#id: impl Into<#id_type>) -> #type_ {
                #type_(#id.into())
            }
        },
        quote! {
            impl #type_ {
                #(#methods)*
            }
        },
        quote! {
            const #constant: &Subject<types::#item> =
                &Subject { noun: #noun, minutes: #minutes, states: |item| #states };
        },
    ]
}

/// The expression of a resource's states: its own state, or that of each part.
fn states(resource: &WaiterResource) -> TokenStream {
    match &resource.part {
        None => {
            let state = state(resource, &quote!(item));
            quote!(Vec::from([#state]))
        }
        Some(part) => {
            let (part, state) = (ident(part), state(resource, &quote!(part)));
            quote!(item.#part.iter().map(|part| #state).collect())
        }
    }
}

/// The expression of the state of `holder`, a string that is empty if the state or a field on the way to it is missing.
fn state(resource: &WaiterResource, holder: &TokenStream) -> TokenStream {
    let as_str =
        if resource.is_enum { quote!(as_ref().map(|state| state.as_str())) } else { quote!(as_deref()) };
    let last = resource.state.len().saturating_sub(1);
    let read = |index: usize| if index == last { as_str.clone() } else { quote!(as_ref()) };
    let fields = resource.state.iter().map(|field| ident(field)).enumerate();
    let value = fields.fold(holder.clone(), |outer, (index, field)| {
        let read = read(index);
        if index == 0 {
            quote!(#outer.#field.#read)
        } else {
            quote!(#outer.and_then(|inner| inner.#field.#read))
        }
    });
    quote!(#value.unwrap_or_default())
}

fn method(
    goal: &Goal,
    constant: &Ident,
    id_text: &TokenStream,
    marker: &TokenStream,
    item: &TokenStream,
) -> TokenStream {
    let Goal { method, name, states, failures, deleted, docs } = goal;
    let (docs, method) = (doc(docs), ident(method));
    let (output, make) = match deleted {
        false => (quote!(Waiter<#marker>), quote!(present)),
        true => (quote!(Waiter<#marker, Option<#item>>), quote!(deleted)),
    };
    quote! {
        #docs
        #[inline]
        pub fn #method(self) -> #output {
            const GOAL: &Goal =
                &Goal { name: #name, states: &[#(#states),*], failures: &[#(#failures),*] };
            Waiter::#make(#id_text, #constant, GOAL)
        }
    }
}
