//! The file that declares the modules, and the imports of the others.

use proc_macro2::TokenStream;
use quote::quote;

use super::{File, Item, ident};
use crate::ir::Api;

/// `modules.rs`: what there is, and by which names the crate shows it.
pub(super) fn index(api: &Api) -> File {
    let Api { version, codes, listings, modules } = api;
    let codes = (!codes.is_empty()).then(|| {
        quote!(
            pub mod codes;
        )
    });
    // The runtime builds on it in any case.
    let waiters = match listings.is_empty() {
        false => quote!(
            pub mod waiters;
        ),
        true => quote!(
            /// Nothing: no resource is described that can be waited for.
            pub mod waiters {}
        ),
    };
    let declarations = modules.iter().map(|module| {
        let name = ident(&module.name);
        quote!(mod #name;)
    });
    let types = modules.iter().filter(|module| !module.types.is_empty()).map(|module| {
        let names = module.types.iter().map(|definition| ident(definition.name()));
        let module = ident(&module.name);
        quote!(pub use super::#module::{#(#names),*};)
    });
    let markers = modules.iter().filter(|module| !module.actions.is_empty()).map(|module| {
        let module = ident(&module.name);
        quote!(pub use super::#module::action::*;)
    });
    File {
        name: "modules.rs".to_owned(),
        docs: vec!["Every generated module, and what of it is public.".to_owned()],
        imports: codes.into_iter().chain(declarations).collect(),
        items: vec![
            Item::Tokens(quote! {
                /// The version of the OUTSCALE API description that this crate was generated from.
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

/// What a file takes from the standard library, the runtime and the other files.
pub(super) fn imports(runtime: &[&str], others: &[(String, Vec<String>)]) -> Vec<TokenStream> {
    let mut imports = Vec::new();
    let (std, runtime): (Vec<&str>, Vec<&str>) = runtime.iter().partition(|name| **name == "BTreeMap");
    if !std.is_empty() {
        imports.push(quote! { use std::collections::BTreeMap; });
    }
    for (module, names) in others {
        let (module, names) = (ident(module), names.iter().map(|name| ident(name)));
        imports.push(quote!(use super::#module::{#(#names),*};));
    }
    if !runtime.is_empty() {
        let names = runtime.iter().map(|name| ident(name));
        imports.push(quote!(use crate::{#(#names),*};));
    }
    imports
}
