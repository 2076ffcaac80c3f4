//! Structs, their constructors and their setters.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident, type_};
use crate::doc_text::sentences;
use crate::ir::{Direction, Field, Presence, Struct, Type};
use crate::render::Item;

/// Clippy's default limit of arguments.
const MAX_ARGUMENTS: usize = 7;

/// The struct, the table of its wire names and, if it is ever sent, its constructor and setters.
pub(super) fn structure(definition: &Struct) -> Vec<Item> {
    let Struct { name, at: _, docs, direction, has_default, fields } = definition;
    let default = has_default.then(|| quote!(Default,));
    let (docs, ident) = (doc(docs), ident(name));
    let printed = fields.iter().map(field);
    let structure = quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq)]
        #[non_exhaustive]
        pub struct #ident {
            #(#printed)*
        }
    };
    let table = Item::Table {
        macro_name: match direction {
            Direction::Request => "__private::sent",
            Direction::Response => "__private::received",
            Direction::Both => "__private::exchanged",
        },
        name: name.clone(),
        rows: fields.iter().map(|field| (field.ident.clone(), field.wire.clone())).collect(),
    };
    let mut items = vec![Item::Tokens(structure)];
    if *direction != Direction::Response {
        let new = constructor(definition);
        let setters = fields.iter().map(setter);
        items.push(Item::Tokens(quote! {
            impl #ident {
                #new
                #(#setters)*
            }
        }));
    }
    items.push(table);
    items
}

fn field(field: &Field) -> TokenStream {
    let Field { wire: _, ident: name, setter: _, ty, presence, required: _, facts: _, docs } = field;
    let (docs, name, ty) = (doc(docs), ident(name), type_(ty));
    let ty = match presence {
        Presence::Always | Presence::Empty => ty,
        Presence::Optional => quote!(Option<#ty>),
        Presence::Nullable => quote!(Nullable<#ty>),
    };
    quote! { #docs pub #name: #ty, }
}

fn constructor(definition: &Struct) -> TokenStream {
    let Struct { name, at: _, docs: _, direction: _, has_default, fields } = definition;
    let required: Vec<&Field> = definition.required().collect();
    if required.is_empty() {
        let docs = doc(&sentences::empty_constructor(name));
        return quote! {
            #docs
            pub fn new() -> Self {
                Self::default()
            }
        };
    }
    let arguments = required.iter().map(|field| {
        let (name, ty) = (ident(&field.ident), argument(field));
        quote!(#name: #ty)
    });
    let values = fields.iter().filter(|field| field.required || !has_default).map(|field| {
        let name = ident(&field.ident);
        match (field.required, field.presence) {
            (true, _) => {
                let value = present(field);
                quote!(#name: #value)
            }
            (false, Presence::Nullable) => quote!(#name: Nullable::Absent),
            (false, _) => quote!(#name: None),
        }
    });
    let all_given = !has_default || required.len() == fields.len();
    let rest = (!all_given).then(|| quote!(..Self::default()));
    let many = (required.len() > MAX_ARGUMENTS)
        .then(|| quote!(#[expect(clippy::too_many_arguments, reason = "the API requires each of them")]));
    let docs = doc(&sentences::constructor(name));
    quote! {
        #docs
        #many
        pub fn new(#(#arguments),*) -> Self {
            Self { #(#values,)* #rest }
        }
    }
}

fn setter(field: &Field) -> TokenStream {
    let docs = doc(&sentences::setter(&field.ident));
    let (setter, name, ty, value) =
        (ident(&field.setter), ident(&field.ident), argument(field), present(field));
    quote! {
        #docs
        pub fn #setter(mut self, #name: #ty) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// The argument type of a constructor or setter.
fn argument(field: &Field) -> TokenStream {
    match (&field.ty, field.presence) {
        (ty, Presence::Nullable) => {
            let ty = type_(ty);
            quote!(impl Into<Nullable<#ty>>)
        }
        (Type::List(element), _) => {
            let element = type_(element);
            quote!(impl IntoIterator<Item = impl Into<#element>>)
        }
        (Type::Map(element), _) => {
            let element = type_(element);
            quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<#element>)>)
        }
        (Type::Boxed(name), _) => {
            let name = ident(name);
            quote!(impl Into<#name>)
        }
        (ty, _) => {
            let ty = type_(ty);
            quote!(impl Into<#ty>)
        }
    }
}

/// The field's value, from the argument of its name.
fn present(field: &Field) -> TokenStream {
    let name = ident(&field.ident);
    let value = match &field.ty {
        _ if field.presence == Presence::Nullable => return quote!(#name.into()),
        Type::List(_) => quote!(#name.into_iter().map(Into::into).collect()),
        Type::Map(_) => quote!(#name.into_iter().map(|(key, value)| (key.into(), value.into())).collect()),
        Type::Boxed(_) => quote!(Box::new(#name.into())),
        _ => quote!(#name.into()),
    };
    match field.presence {
        Presence::Optional => quote!(Some(#value)),
        Presence::Always | Presence::Empty | Presence::Nullable => value,
    }
}
