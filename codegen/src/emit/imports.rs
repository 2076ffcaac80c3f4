//! The `use` declarations of a module's file.

use std::collections::BTreeSet;

use proc_macro2::TokenStream;
use quote::quote;

use super::ident;
use crate::ir::{Constructor, Direction, Module, Presence, Type, TypeDef, Values};

/// The names from the standard library, the runtime and the other generated files. One declaration per name, so that a
/// new name is one more line.
pub(super) fn imports(module: &Module, others: &[(String, Vec<String>)]) -> Vec<TokenStream> {
    let mut runtime = runtime_names(module);
    let mut imports = Vec::new();
    if runtime.remove("BTreeMap") {
        imports.push(quote! { use std::collections::BTreeMap; });
    }
    for (module, names) in others {
        let module = ident(module);
        imports.extend(names.iter().map(|name| ident(name)).map(|name| quote!(use super::#module::#name;)));
    }
    let arguments = argument_traits(module);
    imports.extend(arguments.iter().map(|name| ident(name)).map(|name| quote!(use crate::__private::#name;)));
    imports.extend(runtime.iter().map(|name| ident(name)).map(|name| quote!(use crate::#name;)));
    imports
}

/// The names that the printed types and actions use without a path.
fn runtime_names(module: &Module) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    for definition in &module.types {
        match definition {
            TypeDef::Struct(definition) => {
                names.insert("__private");
                if !definition.accessors.is_empty() {
                    names.insert("Result");
                }
                for field in &definition.fields {
                    if field.presence == Presence::Nullable {
                        names.insert("Nullable");
                    }
                    names.extend(type_names(&field.ty));
                }
            }
            TypeDef::Enum(definition) => {
                let unknown = match definition.values {
                    Values::Text(_) => "UnknownValue",
                    Values::Integer(_) => "UnknownInteger",
                };
                names.extend(["__private", unknown]);
            }
            TypeDef::Alias(alias) => names.extend(type_names(&alias.ty)),
            TypeDef::Identifier(_) => _ = names.insert("__private"),
        }
    }
    for action in &module.actions {
        names.extend(["Client", "Result"]);
        if let Some(pagination) = &action.pagination {
            names.extend(["Paginated", "__private"]);
            names.extend(type_names(&pagination.item));
        }
    }
    names
}

/// The traits of the arguments of constructors and setters.
fn argument_traits(module: &Module) -> BTreeSet<&'static str> {
    let mut names = BTreeSet::new();
    let structs = module.types.iter().filter_map(|definition| match definition {
        TypeDef::Struct(definition) if definition.direction != Direction::Response => Some(definition),
        _ => None,
    });
    for definition in structs {
        let constructor = definition.constructor();
        let is_strict = constructor == Constructor::Positional { takes_string: false };
        let is_named = matches!(constructor, Constructor::Named(_));
        for field in &definition.fields {
            names.extend(match (&field.ty, field.presence) {
                (Type::Map(_), Presence::Optional) => None,
                (Type::List(_), Presence::Optional) => Some("IntoList"),
                (_, Presence::Optional) => Some("IntoValue"),
                _ => None,
            });
            let is_argument = match field.presence {
                Presence::Always | Presence::Empty => true,
                Presence::Optional | Presence::Nullable => field.required && !is_named,
            };
            if is_argument && matches!(field.ty, Type::List(_)) {
                names.insert("IntoVec");
            }
            if is_strict && field.required && matches!(field.ty, Type::Identifier(_)) {
                names.insert("IntoId");
            }
        }
    }
    names
}

fn type_names(ty: &Type) -> Vec<&'static str> {
    match ty {
        Type::Secret => vec!["Secret"],
        Type::Date => vec!["Date"],
        Type::DateTime => vec!["DateTime"],
        Type::DateOrDateTime => vec!["DateOrDateTime"],
        Type::List(inner) => type_names(inner),
        Type::Map(inner) => [vec!["BTreeMap"], type_names(inner)].concat(),
        Type::Bool | Type::I32 | Type::I64 | Type::F64 | Type::String | Type::Json => Vec::new(),
        Type::Named(_) | Type::Boxed(_) | Type::Identifier(_) => Vec::new(),
    }
}
