//! Generated files as Rust: each parses, and no name is defined twice in one scope.

use std::collections::{BTreeSet, HashMap};

use osc_codegen::Files;
use syn::{ImplItem, Item, Type, UseTree};

/// Checks every file.
///
/// # Errors
/// The first name that is defined twice, or the syntax error of a file.
pub fn check(files: &Files) -> Result<(), String> {
    for (name, text) in files {
        let file = syn::parse_file(text).map_err(|error| format!("{name} is not Rust: {error}"))?;
        scope(&file.items).map_err(|twice| format!("{name}: {twice}"))?;
    }
    Ok(())
}

/// The names of one scope. Types and values have separate namespaces.
#[derive(Default)]
struct Scope(BTreeSet<(char, String)>);

impl Scope {
    fn add(&mut self, space: char, name: impl ToString) -> Result<(), String> {
        let name = name.to_string();
        if self.0.insert((space, name.clone())) { Ok(()) } else { Err(format!("`{name}` is defined twice")) }
    }
}

fn scope(items: &[Item]) -> Result<(), String> {
    let mut names = Scope::default();
    // The methods of a type may be in several blocks.
    let mut methods: HashMap<String, Scope> = HashMap::new();
    for item in items {
        match item {
            Item::Struct(item) => {
                names.add('t', &item.ident)?;
                let mut fields = Scope::default();
                item.fields
                    .iter()
                    .filter_map(|field| field.ident.as_ref())
                    .try_for_each(|name| fields.add('v', name))
                    .map_err(|twice| format!("{}: {twice}", item.ident))?;
            }
            Item::Enum(item) => {
                names.add('t', &item.ident)?;
                let mut variants = Scope::default();
                item.variants
                    .iter()
                    .try_for_each(|variant| variants.add('v', &variant.ident))
                    .map_err(|twice| format!("{}: {twice}", item.ident))?;
            }
            Item::Type(item) => names.add('t', &item.ident)?,
            Item::Trait(item) => names.add('t', &item.ident)?,
            Item::Const(item) if item.ident != "_" => names.add('v', &item.ident)?,
            Item::Static(item) => names.add('v', &item.ident)?,
            Item::Fn(item) => names.add('v', &item.sig.ident)?,
            Item::Mod(item) => {
                names.add('t', &item.ident)?;
                if let Some((_, items)) = &item.content {
                    scope(items).map_err(|twice| format!("{}: {twice}", item.ident))?;
                }
            }
            Item::Use(item) => imported(&item.tree, &mut names)?,
            Item::Impl(item) if item.trait_.is_none() => {
                let Type::Path(path) = &*item.self_ty else { continue };
                let Some(owner) = path.path.segments.last() else { continue };
                let methods = methods.entry(owner.ident.to_string()).or_default();
                for item in &item.items {
                    let name = match item {
                        ImplItem::Fn(function) => &function.sig.ident,
                        ImplItem::Const(constant) => &constant.ident,
                        _ => continue,
                    };
                    methods.add('v', name).map_err(|twice| format!("{}: {twice}", owner.ident))?;
                }
            }
            _ => {}
        }
    }
    Ok(())
}

fn imported(tree: &UseTree, names: &mut Scope) -> Result<(), String> {
    match tree {
        UseTree::Path(path) => imported(&path.tree, names),
        UseTree::Name(name) if name.ident == "self" => Ok(()),
        UseTree::Name(name) => names.add('t', &name.ident),
        UseTree::Rename(rename) => names.add('t', &rename.rename),
        UseTree::Glob(_) => Ok(()),
        UseTree::Group(group) => group.items.iter().try_for_each(|tree| imported(tree, names)),
    }
}
