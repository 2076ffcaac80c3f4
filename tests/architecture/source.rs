//! The modules of a crate, read with syn: their types, and the items of other modules that they use.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path as FilePath;

use proc_macro2::{TokenStream, TokenTree};
use quote::ToTokens as _;
use syn::{Attribute, Item, UseTree, Visibility};

use crate::expected;

/// The names that lead to a module or an item, from the root of its crate or from a module.
pub(super) type Path = Vec<String>;

/// The modules of a crate.
pub(super) struct Crate {
    modules: BTreeMap<Path, Module>,
    /// Those of unit tests, with everything below them.
    unit_tests: Vec<Path>,
}

#[derive(Default)]
struct Module {
    types: BTreeSet<String>,
    /// The names that `use` brings into scope, and where they come from.
    imports: BTreeMap<String, Path>,
    globs: Vec<Path>,
    /// The paths in its code and in its private imports.
    paths: BTreeSet<Path>,
}

/// `client::call`
pub(super) fn shown(path: &Path) -> String {
    if path.is_empty() { "the root".to_owned() } else { path.join("::") }
}

fn below(path: &Path, name: &str) -> Path {
    path.iter().cloned().chain([name.to_owned()]).collect()
}

impl Crate {
    /// Reads a crate by its root file.
    pub(super) fn read(root: &FilePath) -> Self {
        let mut source = Self { modules: BTreeMap::new(), unit_tests: Vec::new() };
        source.read_file(root, root.parent().unwrap(), Vec::new());
        source
    }

    pub(super) fn modules(&self) -> impl Iterator<Item = &Path> {
        self.modules.keys()
    }

    /// Every type and trait, with its module.
    pub(super) fn types(&self) -> impl Iterator<Item = (Path, String)> {
        let types = |(path, module): (&Path, &Module)| {
            module.types.iter().map(|name| (path.clone(), name.clone())).collect::<Vec<_>>()
        };
        self.modules.iter().flat_map(types)
    }

    /// The modules that use an item of another one. A re-export is not a use, and an item that is used
    /// through one belongs to the module that defines it. Unit tests may use everything.
    pub(super) fn dependencies(&self) -> BTreeSet<(Path, Path)> {
        let uses = |(from, module): (&Path, &Module)| {
            let found = module.paths.iter().filter_map(|path| self.home(from, path, 0));
            found.filter(|to| to != from).map(|to| (from.clone(), to)).collect::<Vec<_>>()
        };
        let is_of_tests = |path: &Path| self.unit_tests.iter().any(|tests| path.starts_with(tests));
        self.modules.iter().filter(|(path, _)| !is_of_tests(path)).flat_map(uses).collect()
    }

    /// The module that defines an item, if it is one of this crate.
    fn home(&self, from: &Path, path: &[String], depth: usize) -> Option<Path> {
        let (first, mut rest) = path.split_first()?;
        let mut module = match first.as_str() {
            "crate" => Vec::new(),
            "self" => from.clone(),
            "super" => from.split_last()?.1.to_vec(),
            _ => {
                let child = below(from, first);
                match self.modules.contains_key(&child) {
                    true => child,
                    false if depth < 20 => {
                        let import = self.modules[from].imports.get(first)?;
                        return self.home(from, &[import, rest].concat(), depth + 1);
                    }
                    false => return None,
                }
            }
        };
        while let Some((name, more)) = rest.split_first() {
            let child = below(&module, name);
            let found = &self.modules[&module];
            if name == "super" {
                module.pop();
            } else if self.modules.contains_key(&child) {
                module = child;
            } else if found.types.contains(name) || depth > 20 {
                return Some(module);
            } else if let Some(import) = found.imports.get(name) {
                return self.home(&module, &[import, more].concat(), depth + 1);
            } else {
                let mut globs = found.globs.iter().filter_map(|glob| self.home(&module, glob, depth + 1));
                let defines = |glob: &Path| {
                    let glob = &self.modules[glob];
                    glob.types.contains(name) || glob.imports.contains_key(name)
                };
                return Some(globs.find(defines).unwrap_or(module));
            }
            rest = more;
        }
        Some(module)
    }

    fn read_file(&mut self, file: &FilePath, folder: &FilePath, path: Path) {
        let items = syn::parse_file(&expected::read(file)).unwrap().items;
        self.read_items(items, folder, path);
    }

    /// Reads the items of a module. The files of its submodules are in `folder`.
    fn read_items(&mut self, items: Vec<Item>, folder: &FilePath, path: Path) {
        let mut module = Module::default();
        for item in items {
            match item {
                Item::Mod(item) => {
                    let name = item.ident.to_string();
                    let child = below(&path, &name);
                    if is_of_tests(&item.attrs) {
                        self.unit_tests.push(child.clone());
                    }
                    match item.content {
                        Some((_, items)) => self.read_items(items, &folder.join(name), child),
                        None => self.read_module_file(&item.attrs, folder, &name, child),
                    }
                }
                Item::Use(item) if !is_of_tests(&item.attrs) => {
                    let mut imports = Vec::new();
                    flatten(&item.tree, &mut Vec::new(), &mut imports);
                    for (name, path) in imports {
                        if matches!(item.vis, Visibility::Inherited) {
                            module.paths.insert(path.clone());
                        }
                        match name {
                            Some(name) => _ = module.imports.insert(name, path),
                            None => module.globs.push(path),
                        }
                    }
                }
                item => {
                    module.types.extend(type_name(&item));
                    collect_paths(item.into_token_stream(), &mut module.paths);
                }
            }
        }
        self.modules.insert(path, module);
    }

    fn read_module_file(&mut self, attributes: &[Attribute], folder: &FilePath, name: &str, path: Path) {
        let named = attributes.iter().find_map(|attribute| match &attribute.meta {
            syn::Meta::NameValue(pair) if pair.path.is_ident("path") => {
                Some(pair.value.to_token_stream().to_string())
            }
            _ => None,
        });
        let own = folder.join(name);
        match named {
            Some(file) => {
                // Relative to the folder of the file, which is that of its submodules or the one above it.
                let mut candidates = folder.ancestors().map(|folder| folder.join(file.trim_matches('"')));
                let file = candidates.find(|file| file.exists()).unwrap();
                self.read_file(&file, file.parent().unwrap(), path);
            }
            None if own.join("mod.rs").exists() => self.read_file(&own.join("mod.rs"), &own, path),
            None => self.read_file(&own.with_extension("rs"), &own, path),
        }
    }
}

fn is_of_tests(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| attribute.meta.to_token_stream().to_string() == "cfg (test)")
}

/// The name of a type or trait.
fn type_name(item: &Item) -> Option<String> {
    let ident = match item {
        Item::Struct(item) => &item.ident,
        Item::Enum(item) => &item.ident,
        Item::Union(item) => &item.ident,
        Item::Trait(item) => &item.ident,
        Item::Type(item) => &item.ident,
        _ => return None,
    };
    Some(ident.to_string())
}

/// The imported names of a `use`, and their paths. A glob has no name.
fn flatten(tree: &UseTree, prefix: &mut Path, imports: &mut Vec<(Option<String>, Path)>) {
    match tree {
        UseTree::Path(tree) => {
            prefix.push(tree.ident.to_string());
            flatten(&tree.tree, prefix, imports);
            prefix.pop();
        }
        UseTree::Name(tree) if tree.ident == "self" => imports.push((prefix.last().cloned(), prefix.clone())),
        UseTree::Name(tree) => {
            let name = tree.ident.to_string();
            imports.push((Some(name.clone()), below(prefix, &name)));
        }
        UseTree::Rename(tree) => {
            imports.push((Some(tree.rename.to_string()), below(prefix, &tree.ident.to_string())));
        }
        UseTree::Glob(_) => imports.push((None, prefix.clone())),
        UseTree::Group(tree) => tree.items.iter().for_each(|tree| flatten(tree, prefix, imports)),
    }
}

/// Collects the paths of two or more segments. Those after `$` belong to the callers of a macro.
fn collect_paths(tokens: TokenStream, paths: &mut BTreeSet<Path>) {
    let mut path = Path::new();
    let (mut colons, mut is_of_caller, mut is_after_dollar) = (0, false, false);
    let mut add = |path: &mut Path, is_of_caller: bool| {
        let path = std::mem::take(path);
        if path.len() > 1 && !is_of_caller {
            paths.insert(path);
        }
    };
    let mut groups = Vec::new();
    for token in tokens {
        match token {
            TokenTree::Punct(punct) if punct.as_char() == ':' && colons < 2 => {
                colons += 1;
                continue;
            }
            TokenTree::Ident(ident) if colons == 2 && !path.is_empty() => path.push(ident.to_string()),
            TokenTree::Ident(ident) => {
                add(&mut path, is_of_caller);
                is_of_caller = is_after_dollar;
                path.push(ident.to_string());
            }
            TokenTree::Group(group) => groups.push(group.stream()),
            TokenTree::Punct(punct) => {
                add(&mut path, is_of_caller);
                is_after_dollar = punct.as_char() == '$';
                colons = 0;
                continue;
            }
            TokenTree::Literal(_) => {}
        }
        (colons, is_after_dollar) = (0, false);
    }
    add(&mut path, is_of_caller);
    groups.into_iter().for_each(|group| collect_paths(group, paths));
}
