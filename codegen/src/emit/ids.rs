//! Identifier types.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident};
use crate::doc_text::sentences;
use crate::ir::{Conversions, Identifier};

/// The type, the traits that the runtime implements, and the conversions of other identifiers into it.
pub(super) fn identifier(identifier: &Identifier) -> Vec<TokenStream> {
    let Identifier { name, at: _, docs, from } = identifier;
    let (name, docs) = (ident(name), doc(&[docs, &sentences::any_identifier()[..]].concat()));
    // A value of another kind is an argument of setters only where there are few: each is an implementation.
    let (others, is_argument) = match from {
        Conversions::None => (&[][..], false),
        Conversions::From(others) => (others.as_slice(), true),
        Conversions::All(others) => (others.as_slice(), false),
    };
    let others: Vec<_> = others.iter().map(|other| ident(other)).collect();
    let conversions =
        (!others.is_empty()).then(|| quote! { __private::identifier_from!(#name: #(#others),*); });
    let arguments = is_argument.then(|| quote! { __private::into_value!(#(#others, &#others),* => #name); });
    let declaration = quote! {
        #docs
        #[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct #name(__private::IdText);
    };
    [Some(declaration), Some(quote! { __private::identifier!(#name); }), conversions, arguments]
        .into_iter()
        .flatten()
        .collect()
}
