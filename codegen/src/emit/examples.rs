//! The examples in an action's documentation, which `cargo test --doc` compiles.

use std::collections::BTreeSet;

use proc_macro2::{Literal, TokenStream};
use quote::{ToTokens as _, quote};
use serde_json::Value;

use super::ident;
use crate::ir::{Action, Example, NamedExample};
use crate::render;

/// The lines of an action's examples, with their heading.
pub(super) fn lines(action: &Action) -> Vec<String> {
    let heading = if action.examples.len() == 1 { "# Example" } else { "# Examples" };
    let mut lines = vec![heading.to_owned()];
    for (index, (title, block)) in blocks(action).into_iter().enumerate() {
        if index > 0 {
            lines.push(String::new());
        }
        if !title.is_empty() {
            lines.extend([format!("{title}:"), String::new()]);
        }
        lines.extend(block);
    }
    lines
}

/// An action's examples: their titles and the lines of their programs.
pub(crate) fn blocks(action: &Action) -> Vec<(&str, Vec<String>)> {
    let Action { method, examples, .. } = action;
    examples.iter().map(|NamedExample { title, request }| (title.as_str(), block(method, request))).collect()
}

/// A program that sends one request.
fn block(method: &str, request: &Example) -> Vec<String> {
    let mut names = BTreeSet::new();
    let request = expression(request, &mut names);
    let method = ident(method);
    let body = quote! {
        let request = #request;
        let response = client.#method(&request).await?;
    };
    let mut lines = vec![
        "```no_run".to_owned(),
        "# async fn example(client: &osc_api::Client) -> osc_api::Result<()> {".to_owned(),
    ];
    lines.extend(
        names.iter().filter(|name| **name == "Nullable").map(|_| "use osc_api::Nullable;".to_owned()),
    );
    let types = names.iter().filter(|name| **name != "Nullable").map(|name| ident(name));
    lines.extend(render::statements(quote!(use osc_api::types::{#(#types),*};)));
    lines.push(String::new());
    lines.extend(render::statements(body));
    lines.extend(["# Ok(())".to_owned(), "# }".to_owned(), "```".to_owned()]);
    lines
}

/// The expression of an example. The names of the types in it are added to `names`.
fn expression<'e>(example: &'e Example, names: &mut BTreeSet<&'e str>) -> TokenStream {
    match example {
        Example::Bool(value) => quote!(#value),
        Example::Integer(value) => Literal::i64_unsuffixed(*value).into_token_stream(),
        Example::Float(value) => Literal::f64_unsuffixed(*value).into_token_stream(),
        Example::Text(text) => quote!(#text),
        Example::Into(text) => quote!(#text.into()),
        Example::Identifier(name, text) => {
            names.insert(name);
            let name = ident(name);
            quote!(#name::from(#text))
        }
        Example::Default => quote!(Default::default()),
        Example::Vec(elements) => {
            let elements = expressions(elements, names);
            quote!(vec![#(#elements),*])
        }
        Example::List(elements) => {
            let elements = expressions(elements, names);
            quote!([#(#elements),*])
        }
        Example::Map(members) => {
            let (keys, values): (Vec<_>, Vec<_>) =
                members.iter().map(|(key, value)| (key, expression(value, names))).unzip();
            quote!([#((#keys, #values)),*])
        }
        Example::Json(value) => {
            let value = json(value);
            quote!(osc_api::serde_json::json!(#value))
        }
        Example::Null => {
            names.insert("Nullable");
            quote!(Nullable::Null)
        }
        Example::Variant(name, variant) => {
            names.insert(name);
            let (name, variant) = (ident(name), ident(variant));
            quote!(#name::#variant)
        }
        Example::Struct { name, arguments, required, setters } => {
            let arguments = constructor_arguments(arguments, required.as_deref(), names);
            let (setters, values): (Vec<_>, Vec<_>) =
                setters.iter().map(|(setter, value)| (ident(setter), expression(value, names))).unzip();
            names.insert(name);
            let name = ident(name);
            quote!(#name::new(#arguments) #(.#setters(#values))*)
        }
    }
}

fn expressions<'e>(examples: &'e [Example], names: &mut BTreeSet<&'e str>) -> Vec<TokenStream> {
    examples.iter().map(|example| expression(example, names)).collect()
}

/// The arguments of `new`: the values, or the struct of the required fields.
fn constructor_arguments<'e>(
    arguments: &'e [(String, Example)],
    required: Option<&'e str>,
    names: &mut BTreeSet<&'e str>,
) -> TokenStream {
    let (fields, values): (Vec<_>, Vec<_>) =
        arguments.iter().map(|(field, value)| (ident(field), expression(value, names))).unzip();
    match required {
        None => quote!(#(#values),*),
        Some(required) => {
            names.insert(required);
            let required = ident(required);
            quote!(#required { #(#fields: #values),* })
        }
    }
}

/// A bare literal is an `i32` to `json!`.
fn integer(value: i64) -> TokenStream {
    let fits = i32::try_from(value).is_ok();
    let literal = if fits { Literal::i64_unsuffixed(value) } else { Literal::i64_suffixed(value) };
    quote!(#literal)
}

fn json(value: &Value) -> TokenStream {
    match value {
        Value::Null => quote!(null),
        Value::Bool(value) => quote!(#value),
        Value::Number(number) => match (number.as_i64(), number.as_u64(), number.as_f64()) {
            (Some(number), _, _) => integer(number),
            (_, Some(number), _) => proc_macro2::TokenTree::from(Literal::u64_suffixed(number)).into(),
            (_, _, Some(number)) => proc_macro2::TokenTree::from(Literal::f64_unsuffixed(number)).into(),
            _ => quote!(null),
        },
        Value::String(text) => quote!(#text),
        Value::Array(values) => {
            let values = values.iter().map(json);
            quote!([#(#values),*])
        }
        Value::Object(members) => {
            let members = members.iter().map(|(key, value)| {
                let value = json(value);
                quote!(#key: #value)
            });
            quote!({ #(#members),* })
        }
    }
}
