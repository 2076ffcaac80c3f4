//! Structs, their constructors, setters and accessors.

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};

use super::{doc, ident, type_};
use crate::doc_text::sentences;
use crate::ir::{Accessor, Constructor, Direction, Field, Presence, Struct, TagAccessor, Type};
use crate::render::Item;

/// The struct, the table of its wire names, and: its constructor and setters if it is ever sent, else its accessors; and, if
/// it is ever received, its setters for tests.
pub(super) fn structure(definition: &Struct) -> Vec<Item> {
    let Struct { name, at: _, docs, direction, has_default, fields, accessors, tag_accessor } = definition;
    let default = has_default.then(|| quote!(Default,));
    let building = (*direction != Direction::Response).then(sentences::building);
    let docs = doc(&[docs, building.as_slice().as_flattened()].concat());
    let ident = ident(name);
    let printed = fields.iter().map(field);
    let must_use = (*direction == Direction::Request)
        .then(|| quote!(#[must_use = "a setter returns the changed value, and a request is sent by a method of `Client`"]));
    let mut items = vec![Item::Tokens(quote! {
        #docs
        #[derive(Clone, Debug, #default PartialEq)]
        #must_use
        #[non_exhaustive]
        pub struct #ident {
            #(#printed)*
        }
    })];
    if *direction != Direction::Response {
        let new = constructor(definition);
        // The attribute of a request's type covers its setters.
        let must_use = (*direction == Direction::Both).then(|| quote!(#[must_use]));
        let setters = fields.iter().map(|field| setter(field, must_use.as_ref()));
        items.extend(required_fields(definition).map(Item::Tokens));
        items.push(Item::Tokens(quote! {
            impl #ident {
                #new
                #(#setters)*
            }
        }));
    }
    if !accessors.is_empty() || tag_accessor.is_some() {
        let accessors = accessors.iter().map(accessor).chain(tag_accessor.as_ref().map(self::tag_accessor));
        items.push(Item::Tokens(quote! {
            impl #ident {
                #(#accessors)*
            }
        }));
    }
    items.push(wire_names(name, *direction, fields));
    if *direction != Direction::Request && !fields.is_empty() {
        let rows = fields.iter().map(test_setter).collect();
        items.push(Item::Table { macro_name: "__private::test_setters", name: name.clone(), rows });
    }
    items
}

/// The table of the fields' names on the wire: `vm_ids: "VmIds"`.
fn wire_names(name: &str, direction: Direction, fields: &[Field]) -> Item {
    let macro_name = match direction {
        Direction::Request => "__private::sent",
        Direction::Response => "__private::received",
        Direction::Both => "__private::exchanged",
    };
    let rows = fields.iter().map(|field| format!("{}: {}", field.ident, Literal::string(&field.wire)));
    Item::Table { macro_name, name: name.to_owned(), rows: rows.collect() }
}

/// The row of a setter for tests: `with_vm_id(vm_id: Option<VmId>)`.
fn test_setter(field: &Field) -> String {
    let ty = field_type(field).to_string().replace(' ', "").replace(',', ", ");
    format!("with_{}({}: {ty})", field.ident.trim_end_matches('_'), field.ident)
}

fn accessor(accessor: &Accessor) -> TokenStream {
    let Accessor { method, field, ty, is_list, path } = accessor;
    let docs = doc(&sentences::accessor(field, *is_list));
    let (method, field, ty) = (ident(method), ident(field), ident(ty));
    let value = if *is_list { quote!(self.#field.first()) } else { quote!(self.#field.as_ref()) };
    quote! {
        #docs
        #[inline]
        pub fn #method(&self) -> Result<&#ty> {
            __private::required(#value, #path)
        }
    }
}

fn tag_accessor(accessor: &TagAccessor) -> TokenStream {
    let TagAccessor { method, field, key, value } = accessor;
    let docs = doc(&sentences::tag_accessor(field));
    let (method, field, key, value) = (ident(method), ident(field), ident(key), ident(value));
    quote! {
        #docs
        #[inline]
        pub fn #method(&self, key: &str) -> Option<&str> {
            self.#field.iter().find(|tag| tag.#key.as_deref() == Some(key))?.#value.as_deref()
        }
    }
}

fn field(field: &Field) -> TokenStream {
    let Field { wire: _, ident: name, setter: _, ty: _, presence: _, required: _, facts: _, docs } = field;
    let (docs, name, ty) = (doc(docs), ident(name), field_type(field));
    quote! { #docs pub #name: #ty, }
}

/// The type of a field, with what its presence adds.
fn field_type(field: &Field) -> TokenStream {
    let ty = type_(&field.ty);
    match field.presence {
        Presence::Always | Presence::Empty => ty,
        Presence::Optional => quote!(Option<#ty>),
        Presence::Nullable => quote!(Nullable<#ty>),
    }
}

/// `new`, whose arguments cannot be swapped.
fn constructor(definition: &Struct) -> TokenStream {
    let Struct { name, fields, .. } = definition;
    let required: Vec<&Field> = definition.required().collect();
    let constructor = definition.constructor();
    let (docs, arguments, bindings) = match &constructor {
        Constructor::Empty => {
            let docs = doc(&sentences::empty_constructor(name));
            return quote! {
                #docs
                #[inline]
                pub fn new() -> Self {
                    Self::default()
                }
            };
        }
        Constructor::Named(required_name) => {
            let docs = sentences::named_constructor(name, required_name);
            let (required_name, names) =
                (ident(required_name), required.iter().map(|field| ident(&field.ident)));
            let bindings = quote! { let #required_name { #(#names),* } = required; };
            (docs, quote!(required: #required_name), Some(bindings))
        }
        Constructor::One | Constructor::KnownOrder | Constructor::Positional { .. } => {
            let arguments = required.iter().map(|field| {
                let (name, ty) = (ident(&field.ident), argument(&field.ty, &constructor));
                quote!(#name: #ty)
            });
            (sentences::constructor(name), quote!(#(#arguments),*), None)
        }
    };
    let initialized = fields.iter().filter(|field| field.required || !definition.has_default);
    let values = initialized.map(|field| initializer(field, &constructor));
    let is_complete = !definition.has_default || required.len() == fields.len();
    let rest = (!is_complete).then(|| quote!(..Self::default()));
    let docs = doc(&docs);
    quote! {
        #docs
        #[inline]
        pub fn new(#arguments) -> Self {
            #bindings
            Self { #(#values,)* #rest }
        }
    }
}

/// The value of a field in `new`: `name: value`.
fn initializer(field: &Field, constructor: &Constructor) -> TokenStream {
    let name = ident(&field.ident);
    if !field.required {
        return match field.presence {
            Presence::Nullable => quote!(#name: Nullable::Absent),
            _ => quote!(#name: None),
        };
    }
    let value = converted(field, constructor);
    match field.presence {
        Presence::Optional => quote!(#name: Some(#value)),
        _ if name == value.to_string() => quote!(#name),
        _ => quote!(#name: #value),
    }
}

/// The struct with the required fields, if the constructor takes one.
fn required_fields(definition: &Struct) -> Option<TokenStream> {
    let Constructor::Named(required_name) = definition.constructor() else { return None };
    let fields = definition.required().map(|field| {
        let docs = doc(&field.docs);
        let (name, ty) = (ident(&field.ident), type_(&field.ty));
        quote!(#docs pub #name: #ty)
    });
    let (docs, required_name) = (doc(&sentences::required_fields(&definition.name)), ident(&required_name));
    Some(quote! {
        #docs
        #[derive(Clone, Debug, PartialEq)]
        pub struct #required_name { #(#fields,)* }
    })
}

fn setter(field: &Field, must_use: Option<&TokenStream>) -> TokenStream {
    let docs = doc(&sentences::setter(&field.ident));
    let (setter, name, ty) = (ident(&field.setter), ident(&field.ident), type_(&field.ty));
    let (argument, value) = match (&field.ty, field.presence) {
        (_, Presence::Nullable) => (quote!(impl Into<Nullable<#ty>>), quote!(#name.into())),
        (_, Presence::Always | Presence::Empty) => {
            (argument(&field.ty, &Constructor::One), converted(field, &Constructor::One))
        }
        (Type::Map(_), Presence::Optional) => {
            let value = converted(field, &Constructor::One);
            (argument(&field.ty, &Constructor::One), quote!(Some(#value)))
        }
        (Type::List(element), Presence::Optional) => {
            let element = type_(element);
            (quote!(impl IntoList<#element>), quote!(#name.into_list()))
        }
        (Type::Boxed(inner), Presence::Optional) => {
            let inner = ident(inner);
            (quote!(impl IntoValue<#inner>), quote!(#name.into_value().map(Box::new)))
        }
        (_, Presence::Optional) => (quote!(impl IntoValue<#ty>), quote!(#name.into_value())),
    };
    quote! {
        #docs
        #must_use
        pub fn #setter(mut self, #name: #argument) -> Self {
            self.#name = #value;
            self
        }
    }
}

/// The type of an argument that is required. A positional one accepts nothing that another argument does.
fn argument(ty: &Type, constructor: &Constructor) -> TokenStream {
    let tokens = type_(ty);
    match (ty, constructor) {
        (Type::Bool | Type::I32 | Type::I64 | Type::F64 | Type::Json, _) => tokens,
        (Type::List(element), _) => {
            let element = type_(element);
            quote!(impl IntoVec<#element>)
        }
        (Type::Map(element), _) => {
            let element = type_(element);
            quote!(impl IntoIterator<Item = (impl Into<String>, impl Into<#element>)>)
        }
        (Type::Named(_), Constructor::Positional { .. }) => tokens,
        (Type::Boxed(name), Constructor::Positional { .. }) => ident(name).into_token_stream(),
        (Type::Boxed(name), _) => {
            let name = ident(name);
            quote!(impl Into<#name>)
        }
        (Type::String, _) => quote!(impl Into<String>),
        (Type::Identifier(_), Constructor::Positional { takes_string: false }) => {
            quote!(impl IntoId<#tokens>)
        }
        (_, Constructor::Positional { takes_string: false }) => tokens,
        _ => quote!(impl Into<#tokens>),
    }
}

/// The value of a required field, from the argument of its name.
fn converted(field: &Field, constructor: &Constructor) -> TokenStream {
    let name = ident(&field.ident);
    match (&field.ty, constructor) {
        (_, Constructor::Named(_)) | (Type::Bool | Type::I32 | Type::I64 | Type::F64 | Type::Json, _) => {
            quote!(#name)
        }
        (Type::List(_), _) => quote!(#name.into_vec()),
        (Type::Map(_), _) => {
            quote!(#name.into_iter().map(|(key, value)| (key.into(), value.into())).collect())
        }
        (Type::Boxed(_), Constructor::Positional { .. }) => quote!(Box::new(#name)),
        (Type::Boxed(_), _) => quote!(Box::new(#name.into())),
        (Type::Named(_), Constructor::Positional { .. }) => quote!(#name),
        (Type::Identifier(_), Constructor::Positional { takes_string: false }) => quote!(#name.into_id()),
        (Type::String, _) => quote!(#name.into()),
        (_, Constructor::Positional { takes_string: false }) => quote!(#name),
        _ => quote!(#name.into()),
    }
}
