//! The file that declares the modules.

use std::collections::{BTreeMap, BTreeSet};

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident, inner_doc};
use crate::doc_text::sentences;
use crate::ir::{Api, Constructor, Direction, Module, TypeDef};
use crate::render::{File, Item};

/// The public names that a definition gives.
fn names(definition: &TypeDef) -> Vec<String> {
    let mut names = vec![definition.name().to_owned()];
    if let TypeDef::Struct(definition) = definition
        && definition.direction != Direction::Response
        && let Constructor::Named(required) = definition.constructor()
    {
        names.push(required);
    }
    names
}

/// The types that are not the body of an action, by the title of their modules, and whether the tag has actions.
fn groups(modules: &[Module]) -> impl Iterator<Item = (&str, bool, Vec<&str>)> {
    let actions = modules.iter().flat_map(|module| &module.actions);
    let bodies: BTreeSet<&str> =
        actions.flat_map(|action| [action.request.as_str(), action.response.as_str()]).collect();
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for module in modules {
        let names = module.types.iter().map(TypeDef::name).filter(|name| !bodies.contains(name));
        groups.entry(&module.title).or_default().extend(names);
    }
    groups.retain(|_, names| !names.is_empty());
    let titles: BTreeSet<&str> = modules
        .iter()
        .filter(|module| !module.actions.is_empty())
        .map(|module| module.title.as_str())
        .collect();
    groups.into_iter().map(move |(title, names)| (title, titles.contains(title), names))
}

/// `modules.rs`: the modules, and the public names in them.
pub(super) fn index(api: &Api) -> File {
    let Api { version, service, codes, code_classes: _, waiters, tables: _, modules } = api;
    let codes = (!codes.is_empty()).then(|| {
        quote!(
            pub mod codes;
        )
    });
    let version_docs = doc(&sentences::api_version(&service.name));
    let waiters = waiters_module(!waiters.is_empty());
    let declarations = modules.iter().map(|module| {
        let name = ident(&module.name);
        quote!(mod #name;)
    });
    // One declaration per name, so that a new name is one more line.
    let types = modules.iter().flat_map(|module| {
        let module_name = ident(&module.name);
        let names = module.types.iter().flat_map(names).map(|name| ident(&name));
        names.map(move |name| quote!(pub use super::#module_name::#name;))
    });
    let types_docs = inner_doc(&sentences::types_module(groups(modules)));
    let markers = modules.iter().filter(|module| !module.actions.is_empty()).map(|module| {
        let module = ident(&module.name);
        quote!(pub use super::#module::action::*;)
    });
    File {
        name: "modules.rs".to_owned(),
        docs: vec!["All generated modules, and the public names in them.".to_owned()],
        imports: codes.into_iter().chain(declarations).collect(),
        items: vec![
            Item::Tokens(quote! {
                #version_docs
                pub const API_VERSION: &str = #version;
            }),
            Item::Tokens(waiters),
            Item::Tokens(quote! {
                pub mod types {
                    #types_docs

                    pub use crate::__private::traits::*;
                    #(#types)*
                }
            }),
            Item::Tokens(quote! {
                /// A marker type for every action.
                pub mod action { #(#markers)* }
            }),
        ],
    }
}

/// The module of the waiters, which the runtime imports in any case.
fn waiters_module(has_waiters: bool) -> TokenStream {
    match has_waiters {
        true => quote!(
            pub mod waiters;
        ),
        false => quote!(
            /// Empty: no waiters are described.
            pub mod waiters {}
        ),
    }
}
