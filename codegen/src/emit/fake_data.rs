//! The data of the fake API: a row per action.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{client, ident};
use crate::ir::{Action, Api};
use crate::render::{File, Item};

/// `fake_data.rs`: a row per action, by name. The crate compiles it with the feature `testing` only.
pub(super) fn fake_data(api: &Api) -> File {
    let mut actions: Vec<&Action> = api.modules.iter().flat_map(|module| &module.actions).collect();
    actions.sort_by(|a, b| a.wire.cmp(&b.wire));
    let rows = actions.into_iter().map(row);
    File {
        name: "fake_data.rs".to_owned(),
        docs: vec!["The published actions, for the fake API of the feature `testing`.".to_owned()],
        imports: vec![
            quote! { use super::types; },
            quote! { use crate::__private::{Reencode, reencode}; },
            quote! { use crate::action::Auth; },
        ],
        items: vec![Item::Tokens(quote! {
            /// Every action by name: the authentication it accepts, a function that decodes and encodes its request, and
            /// its first published example response.
            pub static PUBLISHED_ACTIONS: &[(&str, Auth, Reencode, &str)] = &[#(#rows),*];
        })],
    }
}

fn row(action: &Action) -> TokenStream {
    let Action { wire, request, auth, example_response, .. } = action;
    let (request, auth, response) = (ident(request), client::auth(*auth), raw(example_response));
    quote!((#wire, #auth, reencode::<types::#request>, #response))
}

/// A raw string literal: JSON full of escaped quotes would be unreadable.
fn raw(text: &str) -> Literal {
    let longest =
        text.split('"').skip(1).map(|rest| rest.bytes().take_while(|byte| *byte == b'#').count()).max();
    let fence = "#".repeat(longest.map_or(0, |longest| longest + 1));
    // Strings without a raw literal, such as those with a bare carriage return, are escaped.
    format!("r{fence}\"{text}\"{fence}").parse().unwrap_or_else(|_| Literal::string(text))
}
