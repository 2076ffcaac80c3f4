//! Tables of actions: those that list items, that have a dry run, and that read resources by ID.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::waiters::listed;
use super::{ident, type_};
use crate::ir::{ActionTables, Auth, ById, Listing, PageStyle, SingleListing, Type, WaiterSource};
use crate::render::{File, Item};

/// `listings.rs`.
pub(super) fn listings(tables: &ActionTables) -> File {
    let ActionTables { listings, single, dry_run, by_id } = tables;
    let mut imports = Vec::new();
    if !by_id.is_empty() || !single.is_empty() {
        imports.push(quote! { use super::action; });
        imports.push(quote! { use super::types; });
    }
    imports.push(quote! { use crate::__private::ListingRow; });
    if !listings.is_empty() {
        imports.push(quote! { use crate::__private::PageStyle; });
        imports.push(quote! { use crate::action::Auth; });
    }
    if !single.is_empty() {
        imports.push(quote! { use crate::__private::ListRequest; });
        imports.push(quote! { use crate::__private::SealedListRequest; });
    }
    if by_id.iter().any(|by_id| !by_id.has_waiters) {
        imports.push(quote! { use crate::__private::SealedListed; });
        imports.push(quote! { use crate::batch::Listed; });
    }
    if !by_id.is_empty() {
        imports.push(quote! { use crate::batch::ReadById; });
    }
    let tables = [
        Item::Tuples {
            docs: "Every action that lists items; `ListingRow` describes the columns.",
            declaration: "LISTINGS: &[ListingRow]",
            rows: listings.iter().map(row).collect(),
        },
        Item::Tokens(quote! {
            /// The actions whose requests have `DryRun`, sorted.
            pub static DRY_RUN_ACTIONS: &[&str] = &[#(#dry_run),*];
        }),
    ];
    let impls = by_id.iter().flat_map(|ById { source, has_waiters }| {
        let listed = (!has_waiters).then(|| listed(source));
        listed.into_iter().flatten().chain([read_by_id(source)])
    });
    let impls = single.iter().flat_map(list_request).chain(impls);
    File {
        name: "listings.rs".to_owned(),
        docs: vec!["Tables of actions: what they list, which have a dry run, which read by ID.".to_owned()],
        imports,
        items: tables.into_iter().chain(impls.map(Item::Tokens)).collect(),
    }
}

fn row(listing: &Listing) -> Vec<String> {
    let Listing { action, item, auth, pages, inside, lists, required } = listing;
    let auth = match auth {
        Auth::AccessKey => "Auth::AccessKey",
        Auth::AccessKeyOrBasic => "Auth::AccessKeyOrBasic",
        Auth::None => "Auth::None",
    };
    let pages = match pages {
        PageStyle::Single => "PageStyle::Single",
        PageStyle::Token => "PageStyle::Token",
        PageStyle::FirstItem => "PageStyle::FirstItem",
    };
    let names = |names: &[String]| {
        let names: Vec<String> = names.iter().map(|name| literal(name)).collect();
        format!("&[{}]", names.join(", "))
    };
    vec![
        literal(action),
        literal(item),
        auth.to_owned(),
        pages.to_owned(),
        literal(inside.as_deref().unwrap_or_default()),
        names(lists),
        names(required),
    ]
}

fn read_by_id(source: &WaiterSource) -> TokenStream {
    let WaiterSource { marker, item, id_type, .. } = source;
    let (marker, item, id_type) = (ident(marker), ident(item), path(id_type));
    quote! {
        impl ReadById for types::#item {
            type Id = #id_type;
            type Action = action::#marker;
        }
    }
}

/// How a request lists items, without pages.
fn list_request(single: &SingleListing) -> [TokenStream; 2] {
    let SingleListing { marker, request, response, item, inside, list } = single;
    let [marker, request, response, list] = [marker, request, response, list].map(|name| ident(name));
    let item = path(item);
    let items = match inside {
        None => quote!(response.#list),
        Some(inside) => {
            let inside = ident(inside);
            quote!(response.#inside.map(|inside| inside.#list).unwrap_or_default())
        }
    };
    let sealed = quote! { impl SealedListRequest for types::#request {} };
    let list_request = quote! {
        impl ListRequest for types::#request {
            type Action = action::#marker;
            type Item = #item;

            #[inline]
            fn items(response: types::#response) -> Vec<#item> {
                #items
            }
        }
    };
    [sealed, list_request]
}

/// A type by its path from this file.
fn path(ty: &Type) -> TokenStream {
    match ty {
        Type::Named(name) | Type::Identifier(name) => {
            let name = ident(name);
            quote!(types::#name)
        }
        other => type_(other),
    }
}

fn literal(text: &str) -> String {
    Literal::string(text).to_string()
}
