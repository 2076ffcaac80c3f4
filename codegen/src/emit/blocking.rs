//! The methods of the blocking client, one per action.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident};
use crate::doc_text::sentences;
use crate::ir::{Action, Api};
use crate::render::{File, Item};

/// `blocking.rs`: every action, by name. The crate compiles it with the feature `blocking` only.
///
/// The documentation is short: the async client's method has the rest.
pub(super) fn blocking(api: &Api) -> File {
    let mut actions: Vec<&Action> = api.modules.iter().flat_map(|module| &module.actions).collect();
    actions.sort_by(|a, b| a.method.cmp(&b.method));
    let methods = actions.into_iter().map(method);
    File {
        name: "blocking.rs".to_owned(),
        docs: vec!["The methods of the blocking client.".to_owned()],
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
    let see = doc(&sentences::blocking_method(method));
    let paragraph: Vec<String> = summary.iter().take_while(|line| !line.is_empty()).cloned().collect();
    let summary = doc(&paragraph);
    let (marker, method, request, response) = (ident(marker), ident(method), ident(request), ident(response));
    quote! {
        #summary
        #[doc = ""]
        #see
        #[inline]
        pub fn #method(&self, request: &types::#request) -> Result<types::#response> {
            self.send::<action::#marker>(request)
        }
    }
}
