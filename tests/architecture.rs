//! Architecture: the modules of each crate, the names of its types, and how often it is built.

mod cycles;
mod names;
mod source;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use self::source::Crate;
use crate::expected::workspace;

/// The crates to check: their names and root files.
const CRATES: &[(&str, &str)] =
    &[("codegen", "codegen/src/lib.rs"), ("osc-api", "osc-api/src/lib.rs"), ("xtask", "xtask/src/lib.rs")];

fn source_of(name: &str) -> &'static Crate {
    static SOURCES: OnceLock<BTreeMap<&str, Crate>> = OnceLock::new();
    let read = || CRATES.iter().map(|(name, root)| (*name, Crate::read(&workspace(root)))).collect();
    &SOURCES.get_or_init(read)[name]
}

#[test]
fn tests_build_no_dependency_twice() {
    assert_eq!(osc_tests::artifacts::dependencies_built_twice(), Vec::<&str>::new());
}
