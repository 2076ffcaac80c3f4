//! The generated files, read independently of the generator.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use quote::ToTokens as _;
use syn::{Attribute, Fields, ImplItem, Item};

use crate::expected;

/// The items in the generated files.
#[derive(Default)]
pub(super) struct Generated {
    /// Fields by struct.
    pub(super) structs: BTreeMap<String, usize>,
    /// Rows of the wire tables, by struct.
    pub(super) tables: BTreeMap<String, usize>,
    pub(super) enums: BTreeSet<String>,
    pub(super) identifiers: BTreeSet<String>,
    /// The argument types of each constructor.
    pub(super) constructors: BTreeMap<String, Vec<String>>,
    pub(super) aliases: BTreeSet<String>,
    /// Constants of each marker, as strings.
    pub(super) markers: BTreeMap<String, BTreeMap<String, String>>,
    /// Requests of paginated actions.
    pub(super) paginated: BTreeSet<String>,
    /// Documentation of each method.
    pub(super) methods: BTreeMap<String, String>,
    /// Documentation of each method of the blocking client.
    pub(super) blocking: BTreeMap<String, String>,
    /// Public items without documentation.
    pub(super) undocumented: Vec<String>,
}

impl Generated {
    /// The generated files, which are read once.
    pub(super) fn read() -> &'static Self {
        static GENERATED: OnceLock<Generated> = OnceLock::new();
        GENERATED.get_or_init(Self::parse)
    }

    fn parse() -> Self {
        let mut generated = Self::default();
        for entry in std::fs::read_dir(expected::workspace("osc-api/src/generated")).unwrap() {
            let path = entry.unwrap().path();
            let file = syn::parse_file(&expected::read(&path)).unwrap();
            if path.ends_with("blocking.rs") {
                let mut blocking = Self::default();
                blocking.items(&file.items);
                generated.blocking = blocking.methods;
                generated.undocumented.extend(blocking.undocumented);
            } else if !path.ends_with("waiters.rs") {
                // Waiters are not part of the contract.
                generated.items(&file.items);
            }
        }
        generated
    }

    pub(super) fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Struct(item) if matches!(item.fields, Fields::Unit) => {
                    self.document(&item.ident, &item.attrs)
                }
                Item::Struct(item) if matches!(item.fields, Fields::Unnamed(_)) => {
                    self.document(&item.ident, &item.attrs);
                    let name = item.ident.to_string();
                    assert!(self.identifiers.insert(name.clone()), "{name} is declared twice");
                }
                // The argument of a constructor.
                Item::Struct(item) if item.ident.to_string().ends_with("Required") => {
                    self.document(&item.ident, &item.attrs);
                }
                Item::Struct(item) => {
                    let name = item.ident.to_string();
                    self.document(&name, &item.attrs);
                    for field in &item.fields {
                        self.document(format!("{name}.{}", field.ident.as_ref().unwrap()), &field.attrs);
                    }
                    let other = self.structs.insert(name.clone(), item.fields.len());
                    assert!(other.is_none(), "{name} is declared twice");
                }
                Item::Enum(item) => {
                    self.document(&item.ident, &item.attrs);
                    item.variants.iter().for_each(|variant| self.document(&variant.ident, &variant.attrs));
                    assert!(self.enums.insert(item.ident.to_string()), "{} is declared twice", item.ident);
                }
                Item::Type(item) => {
                    self.document(&item.ident, &item.attrs);
                    assert!(self.aliases.insert(item.ident.to_string()), "{} is declared twice", item.ident);
                }
                Item::Impl(item) => self.implementation(item),
                Item::Macro(item) => self.table(&item.mac),
                Item::Mod(item) => self.items(item.content.as_ref().map_or(&[], |(_, items)| items)),
                _ => {}
            }
        }
    }

    pub(super) fn implementation(&mut self, item: &syn::ItemImpl) {
        let syn::Type::Path(owner) = &*item.self_ty else { return };
        let owner = owner.path.segments.last().unwrap().ident.to_string();
        let of = item.trait_.as_ref().map(|(path, _)| path.segments.last().unwrap().ident.to_string());
        match of.as_deref() {
            None => {
                for member in &item.items {
                    let ImplItem::Fn(method) = member else { continue };
                    let name = method.sig.ident.to_string();
                    self.document(format!("{owner}::{name}"), &method.attrs);
                    if name == "new" {
                        self.constructors.insert(owner.clone(), argument_types(method));
                    }
                    if owner == "Client" {
                        let other = self.methods.insert(name.clone(), documentation(&method.attrs));
                        assert!(other.is_none(), "the method {name} is declared twice");
                    }
                }
            }
            Some("Action") => {
                let constants = item.items.iter().filter_map(|member| match member {
                    ImplItem::Const(constant) => Some((constant.ident.to_string(), literal(&constant.expr))),
                    _ => None,
                });
                let other = self.markers.insert(owner.clone(), constants.collect());
                assert!(other.is_none(), "the marker {owner} is declared twice");
            }
            Some("Paginated") => assert!(self.paginated.insert(owner.clone()), "{owner} is paginated twice"),
            Some(_) => {}
        }
    }

    /// `__private::sent!(Name { field: "Wire", … })`: the wire table of a struct.
    pub(super) fn table(&mut self, table: &syn::Macro) {
        let mut tokens = table.tokens.clone().into_iter();
        let (Some(name), Some(proc_macro2::TokenTree::Group(rows))) = (tokens.next(), tokens.next()) else {
            return;
        };
        // The setters for tests are not part of the contract.
        if table.path.segments.last().is_some_and(|segment| segment.ident == "test_setters") {
            return;
        }
        let texts = rows.stream().into_iter();
        let texts = texts.filter(|token| matches!(token, proc_macro2::TokenTree::Literal(_)));
        let other = self.tables.insert(name.to_string(), texts.count());
        assert!(other.is_none(), "{name} has two tables");
    }

    pub(super) fn document(&mut self, name: impl ToString, attributes: &[Attribute]) {
        if documentation(attributes).trim().is_empty() {
            self.undocumented.push(name.to_string());
        }
    }

    pub(super) fn count(&self, constant: &str, value: &str) -> usize {
        self.markers.values().filter(|constants| constants[constant] == value).count()
    }

    pub(super) fn documented(&self, text: &str) -> usize {
        self.methods.values().filter(|docs| docs.contains(text)).count()
    }
}

/// The types of a function's arguments, without blanks.
fn argument_types(function: &syn::ImplItemFn) -> Vec<String> {
    let types = function.sig.inputs.iter().filter_map(|argument| match argument {
        syn::FnArg::Typed(argument) => Some(argument.ty.to_token_stream().to_string().replace(' ', "")),
        syn::FnArg::Receiver(_) => None,
    });
    types.collect()
}

/// The value of a constant: the last segment of a path, such as `Idempotent`, or a string literal.
fn literal(value: &syn::Expr) -> String {
    match value {
        syn::Expr::Path(path) => path.path.segments.last().unwrap().ident.to_string(),
        syn::Expr::Lit(syn::ExprLit { lit: syn::Lit::Str(text), .. }) => text.value(),
        _ => panic!("a constant of a marker is neither a path nor a string"),
    }
}

fn documentation(attributes: &[Attribute]) -> String {
    let lines = attributes.iter().filter_map(|attribute| match &attribute.meta {
        syn::Meta::NameValue(pair) if pair.path.is_ident("doc") => Some(literal(&pair.value) + "\n"),
        _ => None,
    });
    lines.collect()
}
