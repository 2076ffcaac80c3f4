//! The known error codes, as constants.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{doc, ident};
use crate::ir::ErrorCode;
use crate::render::{File, Item};

/// What callers have to know of the codes as a whole.
const DOCS: &[&str] = &[
    "The codes of the API's errors that are known, by name.",
    "",
    "The server may answer with any other. [`Error::has_code`](crate::Error::has_code) asks for one of them; the",
    "predicates of [`Error`](crate::Error) know the ranges. The names are the server's own where they are known.",
];

/// `codes.rs`: a constant for each code, and what the runtime asks of them.
pub(super) fn codes(codes: &[ErrorCode]) -> File {
    let transient = codes.iter().filter(|code| code.transient).map(|code| ident(&code.constant));
    let names = codes.iter().map(|ErrorCode { constant, name, .. }| {
        let constant = ident(constant);
        quote!(#constant => #name)
    });
    let own = [
        quote! {
            /// Conflicts that pass by waiting.
            pub(crate) const TRANSIENT: &[u32] = &[#(#transient),*];
        },
        quote! {
            /// The name of a code, such as `no-such-vm`, or `None` where it is not known.
            pub fn name(code: u32) -> Option<&'static str> {
                let name = match code {
                    #(#names,)*
                    _ => return None,
                };
                Some(name)
            }
        },
    ];
    File {
        name: "codes.rs".to_owned(),
        docs: DOCS.iter().map(|line| (*line).to_owned()).collect(),
        imports: Vec::new(),
        items: codes.iter().map(constant).chain(own).map(Item::Tokens).collect(),
    }
}

fn constant(code: &ErrorCode) -> TokenStream {
    let ErrorCode { number, name: _, constant, docs, transient: _ } = code;
    let (docs, constant, number) = (doc(docs), ident(constant), Literal::u32_unsuffixed(*number));
    quote! { #docs pub const #constant: u32 = #number; }
}
