//! No two types of a crate share a bare name.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Crate, shown};
use super::{CRATES, source_of};
use crate::expected::workspace;

/// The targets of the tests, whose names are compared with each other.
const TESTS: &[&str] =
    &["tests/compiled.rs", "tests/generator.rs", "tests/runtime.rs", "tests/support/lib.rs"];

/// Modules whose types have the names of others, each with the reason.
const MIRRORS: &[(&str, &str)] = &[
    ("action", "the marker of an action may have the name of a type that it uses"),
    ("blocking", "the blocking client has the names of the asynchronous one"),
    ("waiters", "the type of a waiter has the name of its resource"),
];

#[test]
fn no_two_types_of_a_crate_share_a_bare_name() {
    let crates = CRATES.iter().map(|(name, _)| (*name, source_of(name).types().collect()));
    let tests = TESTS.iter().flat_map(|root| Crate::read(&workspace(root)).types().collect::<Vec<_>>());
    let mut problems = Vec::new();
    for (name, types) in crates.chain([("tests", tests.collect::<Vec<_>>())]) {
        assert!(types.len() > 15, "{name}: only {} types found", types.len());
        let mut homes: BTreeMap<String, BTreeSet<String>> = BTreeMap::new();
        for (module, ty) in types {
            if !MIRRORS.iter().any(|(mirror, _)| module.iter().any(|segment| segment == mirror)) {
                homes.entry(ty).or_default().insert(shown(&module));
            }
        }
        let shared = homes.into_iter().filter(|(_, modules)| modules.len() > 1);
        problems.extend(shared.map(|(ty, modules)| format!("{name}: {ty} in {modules:?}")));
    }
    let list = problems.join("\n");
    assert!(problems.is_empty(), "types that share a name:\n{list}");
}
