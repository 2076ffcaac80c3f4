//! Open enums.

use proc_macro2::{Ident, Literal, TokenStream};
use quote::quote;

use super::{doc, ident};
use crate::doc_text::{code, sentences};
use crate::ir::{Enum, Values};

/// The enum, its conversions, and the traits that the runtime implements.
pub(super) fn enumeration(definition: &Enum) -> Vec<TokenStream> {
    let Enum { name, at: _, docs, values } = definition;
    let name = ident(name);
    let docs = |values| doc(&[docs, &sentences::open_enum(values)[..]].concat());
    match values {
        Values::Text(values) => strings(&name, &docs("strings"), values),
        Values::Integer(values) => integers(&name, &docs("integers"), values),
    }
}

fn strings(name: &Ident, docs: &TokenStream, values: &[(String, String)]) -> Vec<TokenStream> {
    let (variants, texts): (Vec<_>, Vec<_>) =
        values.iter().map(|(variant, text)| (ident(variant), text.as_str())).unzip();
    let shown = texts.iter().map(|text| format!(" {}", code(text)));
    vec![
        declaration(name, docs, &quote!(), &quote!(#(#[doc = #shown] #variants,)*), &quote!(UnknownValue)),
        quote! {
            impl #name {
                /// The known values, in the order of the description.
                pub const VALUES: &'static [Self] = &[#(Self::#variants),*];

                /// The value as it is sent and received.
                #[inline]
                pub fn as_str(&self) -> &str {
                    match self {
                        #(Self::#variants => #texts,)*
                        Self::UnknownValue(value) => value.as_str(),
                    }
                }
            }
        },
        quote! {
            impl From<&str> for #name {
                #[inline]
                fn from(value: &str) -> Self {
                    match value {
                        #(#texts => Self::#variants,)*
                        _ => Self::UnknownValue(UnknownValue::new(value)),
                    }
                }
            }
        },
        quote! { __private::open_enum!(#name); },
    ]
}

fn integers(name: &Ident, docs: &TokenStream, values: &[(String, i64)]) -> Vec<TokenStream> {
    let (variants, numbers): (Vec<_>, Vec<_>) =
        values.iter().map(|(variant, value)| (ident(variant), Literal::i64_unsuffixed(*value))).unzip();
    let shown = values.iter().map(|(_, value)| format!(" `{value}`"));
    vec![
        declaration(
            name,
            docs,
            &quote!(Copy,),
            &quote!(#(#[doc = #shown] #variants,)*),
            &quote!(UnknownInteger),
        ),
        quote! {
            impl #name {
                /// The known values, in the order of the description.
                pub const VALUES: &'static [Self] = &[#(Self::#variants),*];

                /// The value as it is sent and received.
                #[inline]
                pub fn as_i64(&self) -> i64 {
                    match self {
                        #(Self::#variants => #numbers,)*
                        Self::UnknownValue(value) => value.as_i64(),
                    }
                }
            }
        },
        quote! {
            impl From<i64> for #name {
                #[inline]
                fn from(value: i64) -> Self {
                    match value {
                        #(#numbers => Self::#variants,)*
                        _ => Self::UnknownValue(UnknownInteger::new(value)),
                    }
                }
            }
        },
        quote! { __private::open_integer_enum!(#name); },
    ]
}

fn declaration(
    name: &Ident,
    docs: &TokenStream,
    copy: &TokenStream,
    variants: &TokenStream,
    unknown: &TokenStream,
) -> TokenStream {
    quote! {
        #docs
        #[derive(Clone, #copy Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[non_exhaustive]
        pub enum #name {
            #variants
            /// A value unknown to this version of the crate.
            UnknownValue(#unknown),
        }
    }
}
