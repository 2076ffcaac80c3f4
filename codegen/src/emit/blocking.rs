//! The methods of the blocking client, one an action.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident};
use crate::ir::{Action, Api};
use crate::render::{File, Item};

/// `blocking.rs`: every action, by name. The crate compiles it with the feature `blocking` only.
///
/// The documentation is short: what there is to say is said once, at the method of the async client.
pub(super) fn blocking(api: &Api) -> File {
    let mut actions: Vec<&Action> = api.modules.iter().flat_map(|module| &module.actions).collect();
    actions.sort_by(|a, b| a.method.cmp(&b.method));
    let methods = actions.into_iter().map(method);
    File {
        name: "blocking.rs".to_owned(),
        docs: vec!["The methods of the blocking client, which do as those of the async one.".to_owned()],
        imports: vec![quote! {
            use super::{action, types};
            use crate::Result;
            use crate::blocking::Client;
        }],
        items: vec![Item::Tokens(quote! { impl Client { #(#methods)* } })],
    }
}

fn method(action: &Action) -> TokenStream {
    let Action { marker, method, request, response, summary, .. } = action;
    let see = format!(" See [`Client::{method}`](crate::Client::{method}): facts, errors, an example.");
    let paragraph: Vec<String> = summary.iter().take_while(|line| !line.is_empty()).cloned().collect();
    let summary = doc(&paragraph);
    let (marker, method, request, response) = (ident(marker), ident(method), ident(request), ident(response));
    quote! {
        #summary
        #[doc = ""]
        #[doc = #see]
        pub fn #method(&self, request: &types::#request) -> Result<types::#response> {
            self.send::<action::#marker>(request)
        }
    }
}
