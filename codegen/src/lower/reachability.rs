//! Which schemas are used by what: the direction of each, and the tags whose actions need it.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use super::operations::{Body, Root};
use super::schema::Node;
use crate::diagnostics::{Diagnostics, Pointer};
use crate::ir::Direction;
use crate::openapi::Document;

/// Prefix of a reference to a named schema.
const SCHEMAS: &str = "#/components/schemas/";

/// The name of the schema that a reference leads to.
pub(super) fn target(reference: &str) -> Option<String> {
    let name = reference.strip_prefix(SCHEMAS)?;
    (!name.contains('/')).then(|| crate::diagnostics::unescape(name))
}

/// What the actions make of the schemas.
#[derive(Debug, Default)]
pub(super) struct Usage<'a> {
    sent: HashSet<&'a str>,
    received: HashSet<&'a str>,
    tags: HashMap<&'a str, BTreeSet<&'a str>>,
}

impl<'a> Usage<'a> {
    /// Follows every reference from every action, and reports those that lead nowhere.
    pub(super) fn of(document: &'a Document, roots: &[Root<'a>], problems: &mut Diagnostics) -> Self {
        let mut graph: HashMap<&str, Vec<&str>> = HashMap::new();
        for (name, schema) in &document.schemas {
            let at = Pointer::root().at(&["components", "schemas", name]);
            let edges = edges(document, schema.into(), &at, problems);
            graph.insert(name, edges);
        }
        let mut usage = Self::default();
        for root in roots {
            let reach = |bodies: &[&Body<'a>], problems: &mut Diagnostics| {
                let starts = bodies.iter().flat_map(|body| match body.schema {
                    Some(node) => edges(document, node, &body.at, problems),
                    None => body.named(document).into_iter().collect(),
                });
                closure(&graph, starts.collect())
            };
            let sent = reach(&[&root.request], problems);
            let received = reach(&[&root.response], problems);
            let failures = reach(&root.failures.iter().collect::<Vec<_>>(), problems);
            for name in sent.iter().chain(&received) {
                usage.tags.entry(name).or_default().insert(root.tag);
            }
            usage.sent.extend(sent);
            usage.received.extend(received);
            usage.received.extend(failures);
        }
        usage.settle_unused(&graph);
        usage
    }

    /// Which way a schema travels. One that no action uses goes either way, if what it holds does.
    pub(super) fn direction(&self, schema: &str) -> Direction {
        match (self.sent.contains(schema), self.received.contains(schema)) {
            (true, false) => Direction::Request,
            (false, true) => Direction::Response,
            _ => Direction::Both,
        }
    }

    /// Gives the schemas that no action uses a direction in which everything that they hold goes too. Where there
    /// is none, what they hold has to go both ways.
    fn settle_unused(&mut self, graph: &HashMap<&'a str, Vec<&'a str>>) {
        let is_used = |name: &&str| self.sent.contains(*name) || self.received.contains(*name);
        let unused = graph.keys().copied().filter(|name| !is_used(name));
        // In the order of names: who comes first decides.
        let held: BTreeMap<&str, Vec<&str>> = unused
            .map(|name| (name, closure(graph, vec![name]).into_iter().filter(is_used).collect()))
            .collect();
        // What has to go both ways for one of them may decide for another: look again until nothing changes.
        while let Some(mixed) = held.values().find(|held| self.ways(held) == (false, false)) {
            self.sent.extend(mixed);
            self.received.extend(mixed);
        }
        for (name, held) in held {
            let (sent, received) = self.ways(&held);
            self.sent.extend(sent.then_some(name));
            self.received.extend(received.then_some(name));
        }
    }

    /// Whether all of some schemas are sent, and whether all are received.
    fn ways(&self, names: &[&str]) -> (bool, bool) {
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
    node: Node<'a>,
    at: &Pointer,
    problems: &mut Diagnostics,
) -> Vec<&'a str> {
    if let Node::Reference(reference) = node {
        let found = target(reference).and_then(|name| document.schemas.get_key_value(&name));
        let broken = target(reference)
            .is_some_and(|name| problems.mentions(&Pointer::root().at(&["components", "schemas", &name])));
        if found.is_none() && !broken {
            problems.error(
                &at.join("$ref"),
                format!("`{reference}` refers to no schema: only {SCHEMAS}… is supported"),
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
