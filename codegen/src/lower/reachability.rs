//! Which actions reach which schemas: the direction of each schema, and the tags whose actions need it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::operations::{Body, Operation};
use super::schemas::{SCHEMAS, SchemaNode, target};
use crate::diagnostics::{Diagnostics, Pointer};
use crate::ir::Direction;
use crate::openapi::Document;

/// Which schemas are sent, which are received, and by the actions of which tags.
#[derive(Debug, Default)]
pub(super) struct Reachability<'a> {
    sent: HashSet<&'a str>,
    received: HashSet<&'a str>,
    tags: HashMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Reachability<'a> {
    /// Follows every reference from every action, and reports references to nothing.
    pub(super) fn of(
        document: &'a Document,
        operations: &[Operation<'a>],
        problems: &mut Diagnostics,
    ) -> Self {
        let mut graph: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, schema) in &document.schemas {
            let at = Pointer::root().at(&["components", "schemas", name]);
            let edges = edges(document, schema.into(), &at, problems);
            graph.insert(name, edges);
        }
        let mut reachability = Self::default();
        for operation in operations {
            let reach = |bodies: &[&Body<'a>], problems: &mut Diagnostics| {
                let starts = bodies.iter().flat_map(|body| match body.schema {
                    Some(node) => edges(document, node, &body.at, problems),
                    None => body.named(document).into_iter().collect(),
                });
                closure(&graph, starts.collect())
            };
            let sent = reach(&[&operation.request], problems);
            let received = reach(&[&operation.response], problems);
            let failures = reach(&operation.failures.iter().collect::<Vec<_>>(), problems);
            for name in sent.iter().chain(&received) {
                reachability.tags.entry(name).or_default().insert(operation.tag);
            }
            reachability.sent.extend(sent);
            reachability.received.extend(received);
            reachability.received.extend(failures);
        }
        reachability.assign_unused(&graph);
        reachability
    }

    /// The direction of a schema. An unused schema is both sent and received if its members are.
    pub(super) fn direction(&self, schema: &str) -> Direction {
        match (self.sent.contains(schema), self.received.contains(schema)) {
            (true, false) => Direction::Request,
            (false, true) => Direction::Response,
            _ => Direction::Both,
        }
    }

    /// Gives each unused schema a direction that all schemas it refers to have as well. If they share none, they are
    /// made to go both ways.
    fn assign_unused(&mut self, graph: &HashMap<&'a str, Vec<&'a str>>) {
        let is_used = |name: &&str| self.sent.contains(*name) || self.received.contains(*name);
        let unused = graph.keys().copied().filter(|name| !is_used(name));
        // Sorted by name, because the order decides.
        let held: BTreeMap<&str, Vec<&str>> = unused
            .map(|name| (name, closure(graph, vec![name]).into_iter().filter(is_used).collect()))
            .collect();
        // Making schemas go both ways for one unused schema can affect another: repeat until nothing changes.
        while let Some(mixed) = held.values().find(|held| self.directions(held) == (false, false)) {
            self.sent.extend(mixed);
            self.received.extend(mixed);
        }
        for (name, held) in held {
            let (sent, received) = self.directions(&held);
            self.sent.extend(sent.then_some(name));
            self.received.extend(received.then_some(name));
        }
    }

    /// Whether all of some schemas are sent, and whether all are received.
    fn directions(&self, names: &[&str]) -> (bool, bool) {
        let all = |set: &HashSet<&str>| names.iter().all(|name| set.contains(name));
        (all(&self.sent), all(&self.received))
    }

    /// The tags whose actions send or receive a schema.
    pub(super) fn tags(&self, schema: &str) -> BTreeSet<String> {
        self.tags.get(schema).into_iter().flatten().map(|tag| (*tag).to_owned()).collect()
    }
}

/// The named schemas that a schema refers to.
fn edges<'a>(
    document: &'a Document,
    node: SchemaNode<'a>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Vec<&'a str> {
    if let SchemaNode::Reference(reference) = node {
        let found = target(reference).and_then(|name| document.schemas.get_key_value(&name));
        let broken = target(reference)
            .is_some_and(|name| problems.mentions(&Pointer::root().at(&["components", "schemas", &name])));
        if found.is_none() && !broken {
            problems.error(
                &at.join("$ref"),
                format!("`{reference}` refers to no schema: only references to {SCHEMAS}… are supported"),
            );
        }
        return found.map(|(name, _)| name.as_str()).into_iter().collect();
    }
    let mut found = Vec::new();
    for (keys, child) in node.children() {
        let at = keys.iter().fold(at.clone(), |at, key| at.join(key));
        found.extend(edges(document, child, &at, problems));
    }
    found
}

fn closure<'a>(graph: &HashMap<&'a str, Vec<&'a str>>, starts: Vec<&'a str>) -> HashSet<&'a str> {
    let mut seen = HashSet::new();
    let mut todo = starts;
    while let Some(name) = todo.pop() {
        if seen.insert(name) {
            todo.extend(graph.get(name).into_iter().flatten());
        }
    }
    seen
}
