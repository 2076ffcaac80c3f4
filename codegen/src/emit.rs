//! From the model to tokens: prints, decides nothing.
//!
//! Functions are `#[inline]`, unless type parameters have the same effect: a program compiles those that it calls, which
//! are few of all.

mod blocking;
mod client;
mod codes;
mod enums;
mod examples;
mod fake_data;
mod ids;
mod imports;
mod index;
mod listings;
mod pagination;
mod service;
mod structs;
mod waiters;

pub(crate) use examples::blocks as example_blocks;
use proc_macro2::{Ident, Span, TokenStream};
use quote::quote;

use crate::doc_text::wrap;
use crate::ir::{Alias, Api, Module, Type, TypeDef};
use crate::render::{self, File, Item};

/// The file of a module.
pub(crate) fn module(module: &Module) -> File {
    let Module { name, title, docs, imports, types, actions } = module;
    let mut items = Vec::new();
    for definition in types {
        match definition {
            TypeDef::Struct(definition) => items.extend(structs::structure(definition)),
            TypeDef::Enum(definition) => {
                items.extend(enums::enumeration(definition).into_iter().map(Item::Tokens));
            }
            TypeDef::Alias(definition) => items.push(Item::Tokens(alias(definition))),
            TypeDef::Identifier(definition) => {
                items.extend(ids::identifier(definition).into_iter().map(Item::Tokens));
            }
        }
    }
    items.extend(actions.iter().filter_map(pagination::paginated).flatten().map(Item::Tokens));
    let actions = [client::methods(title, actions), client::markers(actions)];
    items.extend(actions.into_iter().flatten().map(Item::Tokens));
    File { name: format!("{name}.rs"), docs: docs.clone(), imports: imports::imports(module, imports), items }
}

/// The file of the example responses.
pub(crate) fn fake_data(api: &Api) -> File {
    fake_data::fake_data(api)
}

/// The file of the blocking client's methods.
pub(crate) fn blocking(api: &Api) -> File {
    blocking::blocking(api)
}

/// The file of the error codes, if there are any.
pub(crate) fn codes(api: &Api) -> Option<File> {
    (!api.codes.is_empty()).then(|| codes::codes(&api.codes, &api.code_classes))
}

/// The file of the waiters, if there are any.
pub(crate) fn waiters(api: &Api) -> Option<File> {
    (!api.waiters.is_empty()).then(|| waiters::waiters(&api.waiters))
}

/// The file of the tables of actions.
pub(crate) fn listings(api: &Api) -> File {
    listings::listings(&api.tables)
}

/// The file of the API's constants.
pub(crate) fn service(api: &Api) -> File {
    service::service(&api.service)
}

/// The file that declares the modules and the public names.
pub(crate) fn index(api: &Api) -> File {
    index::index(api)
}

fn alias(alias: &Alias) -> TokenStream {
    let Alias { name, at: _, docs, ty } = alias;
    let (name, docs, ty) = (ident(name), doc(docs), type_(ty));
    quote! { #docs pub type #name = #ty; }
}

/// Documentation of an item.
fn doc(lines: &[String]) -> TokenStream {
    render::docs(&wrap(lines))
}

/// The documentation of an inline module, whose links are resolved inside it.
fn inner_doc(lines: &[String]) -> TokenStream {
    let lines = render::padded(&wrap(lines));
    quote! { #(#![doc = #lines])* }
}

fn ident(name: &str) -> Ident {
    Ident::new(name, Span::call_site())
}

/// A type as a field has it.
fn type_(ty: &Type) -> TokenStream {
    match ty {
        Type::Bool => quote!(bool),
        Type::I32 => quote!(i32),
        Type::I64 => quote!(i64),
        Type::F64 => quote!(f64),
        Type::String => quote!(String),
        Type::Secret => quote!(Secret),
        Type::Date => quote!(Date),
        Type::DateTime => quote!(DateTime),
        Type::DateOrDateTime => quote!(DateOrDateTime),
        Type::Json => quote!(serde_json::Value),
        Type::List(inner) => {
            let inner = type_(inner);
            quote!(Vec<#inner>)
        }
        Type::Map(inner) => {
            let inner = type_(inner);
            quote!(BTreeMap<String, #inner>)
        }
        Type::Named(name) | Type::Identifier(name) => {
            let name = ident(name);
            quote!(#name)
        }
        Type::Boxed(name) => {
            let name = ident(name);
            quote!(Box<#name>)
        }
    }
}
