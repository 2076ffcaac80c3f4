//! The known error codes, as constants.

use proc_macro2::{Literal, TokenStream};
use quote::quote;

use super::{doc, ident};
use crate::ir::{ErrorClass, ErrorCode};
use crate::render::{File, Item};

/// The documentation of the module.
const DOCS: &[&str] = &[
    "The known error codes of the API, by name.",
    "",
    "The server may return others. [`Error::has_code`](crate::Error::has_code) checks for one of them; the predicates of",
    "[`Error`](crate::Error) cover the ranges. The names are the server's own if known.",
];

/// `codes.rs`: a constant per code, and the runtime's lookups.
pub(super) fn codes(codes: &[ErrorCode], classes: &[ErrorClass]) -> File {
    let transient = codes.iter().filter(|code| code.transient).map(|code| ident(&code.constant));
    let names = codes.iter().map(|ErrorCode { constant, name, .. }| {
        let constant = ident(constant);
        quote!(#constant => #name)
    });
    let classes = (!classes.is_empty()).then(|| {
        let classes = classes.iter().map(class);
        quote! {
            /// Classes of codes, as the ranges in which the server assigns them.
            #[doc(hidden)]
            pub mod classes {
                use core::ops::RangeInclusive;

                #(#classes)*
            }
        }
    });
    let own = [
        quote! {
            /// Codes of temporary conditions: a later retry can succeed.
            pub(crate) const TRANSIENT: &[u32] = &[#(#transient),*];
        },
        quote! {
            /// The name of a code, such as `no-such-vm`, or `None` if it is unknown.
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
        items: codes.iter().map(constant).chain(classes).chain(own).map(Item::Tokens).collect(),
    }
}

fn constant(code: &ErrorCode) -> TokenStream {
    let ErrorCode { number, name: _, constant, docs, transient: _ } = code;
    let (docs, constant, number) = (doc(docs), ident(constant), Literal::u32_unsuffixed(*number));
    quote! { #docs pub const #constant: u32 = #number; }
}

fn class(class: &ErrorClass) -> TokenStream {
    let constant = ident(&class.constant);
    let ranges = class.ranges.iter().map(|(start, end)| {
        let (start, end) = (Literal::u32_unsuffixed(*start), Literal::u32_unsuffixed(*end));
        quote!(#start..=#end)
    });
    quote! { pub const #constant: &[RangeInclusive<u32>] = &[#(#ranges),*]; }
}
