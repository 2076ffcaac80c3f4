//! Modules do not depend on each other in circles.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Path, shown};
use super::{CRATES, source_of};

/// Dependencies that stay, from one module to another, each with the reason.
const ALLOWED: &[AllowedDependency] = &[
    ("client::dry_run", "generated::listings", "the table of actions, next to the rows of other tables"),
    ("listing", "generated::listings", "the table of listings, whose rows have types of this module"),
    ("testing::admission", "generated::fake_data", "the table of examples, with functions of this module"),
    ("testing::account::kinds", "testing::account::vms", "resources that are linked to each other"),
    ("testing::account::kinds", "testing::account::volumes", "resources that are linked to each other"),
];

type AllowedDependency = (&'static str, &'static str, &'static str);

/// An edge between two submodules of a module, with one of the dependencies that cause it.
type Edges<'c> = BTreeMap<(&'c str, &'c str), (&'c Path, &'c Path)>;

#[test]
fn modules_do_not_depend_on_each_other_in_circles() {
    let (mut problems, mut unused) = (Vec::new(), ALLOWED.to_vec());
    for (name, _) in CRATES {
        let source = source_of(name);
        let mut dependencies = source.dependencies();
        assert!(dependencies.len() > 30, "{name}: only {} dependencies found", dependencies.len());
        unused.retain(|allowed| !dependencies.iter().any(|dependency| covers(allowed, dependency)));
        dependencies.retain(|dependency| !ALLOWED.iter().any(|allowed| covers(allowed, dependency)));
        for parent in source.modules() {
            let circle = circle(edges(parent, &dependencies)).into_values();
            problems.extend(circle.map(|(from, to)| format!("{name}: {} uses {}", shown(from), shown(to))));
        }
    }
    let list = problems.join("\n");
    assert!(problems.is_empty(), "modules that depend on each other in a circle:\n{list}");
    assert!(unused.is_empty(), "remove the unused rows {unused:?}");
}

fn covers((user, used, _): &AllowedDependency, (from, to): &(Path, Path)) -> bool {
    shown(from) == *user && shown(to) == *used
}

/// The dependencies between the submodules of a module, each with everything below it. The generated files count as
/// modules of the root: some are only constants, which the runtime uses, and others use the runtime.
fn edges<'c>(parent: &Path, dependencies: &'c BTreeSet<(Path, Path)>) -> Edges<'c> {
    let submodule = |path: &'c Path| match path.as_slice() {
        [first, more @ ..] if parent.is_empty() && first == "generated" => {
            more.iter().find(|name| *name != "modules").or(Some(first))
        }
        path => path.strip_prefix(parent.as_slice())?.first(),
    };
    let found = dependencies.iter().filter_map(|(from, to)| {
        let edge = (submodule(from)?.as_str(), submodule(to)?.as_str());
        (edge.0 != edge.1).then_some((edge, (from, to)))
    });
    found.collect()
}

/// The edges of which circles consist: those left after removing every node that nothing enters or leaves.
fn circle(mut edges: Edges<'_>) -> Edges<'_> {
    loop {
        let count = edges.len();
        let sources: BTreeSet<&str> = edges.keys().map(|(from, _)| *from).collect();
        edges.retain(|(_, to), _| sources.contains(to));
        let targets: BTreeSet<&str> = edges.keys().map(|(_, to)| *to).collect();
        edges.retain(|(from, _), _| targets.contains(from));
        if edges.len() == count {
            return edges;
        }
    }
}

#[test]
fn circles_are_found() {
    let dependency = |from: &str, to: &str| {
        let path = |text: &str| -> Path { text.split("::").map(str::to_owned).collect() };
        (path(from), path(to))
    };
    let acyclic =
        [dependency("a::x", "b"), dependency("a::y", "a::x"), dependency("b", "c"), dependency("c", "d::z")];
    let cyclic = acyclic.iter().cloned().chain([dependency("c", "a::y")]).collect();
    let acyclic = acyclic.into_iter().collect();
    assert!(circle(edges(&Vec::new(), &acyclic)).is_empty());
    let found: Vec<_> = circle(edges(&Vec::new(), &cyclic)).into_keys().collect();
    assert_eq!(found, [("a", "b"), ("b", "c"), ("c", "a")]);
}
