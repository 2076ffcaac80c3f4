//! The file that declares the modules.

use quote::quote;

use super::ident;
use crate::ir::{Api, Constructor, Direction, TypeDef};
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

/// `modules.rs`: the modules, and the public names in them.
pub(super) fn index(api: &Api) -> File {
    let Api { version, service, codes, code_classes: _, waiters, tables: _, modules } = api;
    let codes = (!codes.is_empty()).then(|| {
        quote!(
            pub mod codes;
        )
    });
    let version_docs =
        format!(" The version of the {} API description that this crate was generated from.", service.name);
    // The runtime imports it in any case.
    let waiters = match waiters.is_empty() {
        false => quote!(
            pub mod waiters;
        ),
        true => quote!(
            /// Empty: no waiters are described.
            pub mod waiters {}
        ),
    };
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
                #[doc = #version_docs]
                pub const API_VERSION: &str = #version;
            }),
            Item::Tokens(waiters),
            Item::Tokens(quote! {
                /// Every type that the API sends and receives.
                pub mod types { #(#types)* }
            }),
            Item::Tokens(quote! {
                /// A marker type for every action.
                pub mod action { #(#markers)* }
            }),
        ],
    }
}
