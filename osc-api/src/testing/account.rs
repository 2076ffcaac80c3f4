//! The resources of a stateful fake: what exists, and how its states advance.

mod access_keys;
mod access_rules;
mod filters;
mod kinds;
mod load_balancers;
mod networks;
mod tags;
mod vms;
mod volumes;

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value, json};

use super::admission;
use super::fault::Fault;
use crate::codes;

pub(super) use access_keys::AccessKeys;
pub(super) use access_rules::AccessRules;
use kinds::{IMAGE, KINDS, ResourceKind, Transition};

/// How the states of the resources of a stateful fake advance, such as that of a VM from `pending` to `running`.
///
/// Set with [`FakeApiBuilder::state_progress`](super::FakeApiBuilder::state_progress).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum StateProgress {
    /// Each time a resource was returned by this number of reads, its state advances by one step. With 0, new resources are
    /// in their final state at once.
    Reads(u32),
    /// With the clock of the fake, by one step every few seconds; a test advances it with
    /// [`FakeApi::advance_clock`](super::FakeApi::advance_clock).
    Clock,
}

/// A function that carries out an action: its request is complete, and all values have the type of the action.
type Operation = fn(&mut FakeAccount, &Value) -> Result<Value, Fault>;

/// The actions that change resources, or read them in a way of their own.
const OPERATIONS: &[&[(&str, Operation)]] = &[
    access_keys::OPERATIONS,
    access_rules::OPERATIONS,
    load_balancers::OPERATIONS,
    networks::OPERATIONS,
    tags::OPERATIONS,
    vms::OPERATIONS,
    volumes::OPERATIONS,
];

/// The account of a stateful fake.
pub(super) struct FakeAccount {
    resources: Vec<Resource>,
    access: AccessRules,
    keys: AccessKeys,
    progress: StateProgress,
    /// The time of the fake's clock.
    now: Duration,
    /// Number of generated IDs.
    last_id: u32,
}

/// A resource.
struct Resource {
    kind: &'static ResourceKind,
    /// As in responses.
    value: Map<String, Value>,
    /// Number of reads that returned it since its state last advanced.
    reads: u32,
    /// When its state last changed.
    since: Duration,
}

impl FakeAccount {
    /// An account with an image and the default API access rules.
    pub(super) fn new(progress: StateProgress) -> Self {
        let mut account = Self {
            resources: Vec::new(),
            access: AccessRules::default(),
            keys: AccessKeys::default(),
            progress,
            now: Duration::ZERO,
            last_id: 0,
        };
        let image = published("ReadImages", "Images");
        account.insert(&IMAGE, image);
        account
    }

    pub(super) fn access(&self) -> &AccessRules {
        &self.access
    }

    pub(super) fn access_keys(&self) -> &AccessKeys {
        &self.keys
    }

    /// Carries out an action at this time. Returns `None` if the account does not have the action.
    pub(super) fn carry_out(
        &mut self,
        action: &str,
        request: &Value,
        now: Duration,
    ) -> Option<Result<Value, Fault>> {
        let mut operations = OPERATIONS.iter().copied().flatten();
        let operation = operations.find(|(name, _)| *name == action).map(|(_, operation)| operation);
        let kind = KINDS.iter().copied().find(|kind| kind.read == action);
        self.now = now;
        self.settle();
        match (operation, kind) {
            (Some(_), _) | (_, Some(_)) if request.get("DryRun") == Some(&Value::Bool(true)) => {
                Some(Ok(json!({})))
            }
            (Some(operation), _) => Some(operation(self, request)),
            (None, Some(kind)) => Some(self.read(kind, request)),
            (None, None) => None,
        }
    }

    /// Whether the account has the action.
    pub(super) fn has(action: &str) -> bool {
        OPERATIONS.iter().copied().flatten().any(|(name, _)| *name == action)
            || KINDS.iter().any(|kind| kind.read == action)
    }

    /// Reads the resources of a kind that match the filters. Then their states may advance.
    fn read(&mut self, kind: &'static ResourceKind, request: &Value) -> Result<Value, Fault> {
        let matching = self.matching(kind, request)?;
        let list: Vec<Value> = matching.iter().filter_map(|id| self.shown(kind, id)).collect();
        matching.iter().for_each(|id| self.count_read(kind, id));
        Ok(json!({ kind.list: list }))
    }

    /// The IDs of the resources that match the filters of a request.
    fn matching(&self, kind: &'static ResourceKind, request: &Value) -> Result<Vec<String>, Fault> {
        let filters = request.get("Filters").and_then(Value::as_object);
        let mut ids = Vec::new();
        for resource in self.all(kind) {
            let is_match = match filters {
                None => true,
                Some(_) => {
                    let shown = self.shown(kind, resource.id()).unwrap_or_default();
                    filters::matches(&shown, filters, kind.filters)?
                }
            };
            if is_match {
                ids.push(resource.id().to_owned());
            }
        }
        Ok(ids)
    }

    /// A resource as a read returns it.
    fn shown(&self, kind: &'static ResourceKind, id: &str) -> Option<Value> {
        let mut value = self.find(kind, id)?.value.clone();
        if let Some(complete) = kind.complete {
            complete(self, &mut value);
        }
        Some(value.into())
    }

    fn find(&self, kind: &'static ResourceKind, id: &str) -> Option<&Resource> {
        self.resources.iter().find(|resource| resource.is(kind) && resource.id() == id)
    }

    /// The resource with this ID.
    ///
    /// # Errors
    /// Returns the error of the kind if it does not exist.
    fn get(&self, kind: &'static ResourceKind, id: &str) -> Result<&Resource, Fault> {
        self.find(kind, id).ok_or_else(|| kind.missing(id))
    }

    fn get_mut(&mut self, kind: &'static ResourceKind, id: &str) -> Result<&mut Resource, Fault> {
        let found = self.resources.iter_mut().find(|resource| resource.is(kind) && resource.id() == id);
        found.ok_or_else(|| kind.missing(id))
    }

    fn all(&self, kind: &'static ResourceKind) -> impl Iterator<Item = &Resource> {
        self.resources.iter().filter(|resource| resource.is(kind))
    }

    /// Adds a resource. It advances at once if states take no time.
    fn insert(&mut self, kind: &'static ResourceKind, value: Map<String, Value>) -> String {
        let resource = Resource { kind, value, reads: 0, since: self.now };
        let id = resource.id().to_owned();
        self.resources.push(resource);
        self.skip_transitions(kind, &id);
        id
    }

    /// Sets the state of a resource.
    fn set_state(&mut self, kind: &'static ResourceKind, id: &str, state: &str) -> Result<(), Fault> {
        let now = self.now;
        let resource = self.get_mut(kind, id)?;
        resource.set("State", state);
        resource.restart(now);
        self.skip_transitions(kind, id);
        Ok(())
    }

    fn remove(&mut self, kind: &'static ResourceKind, id: &str) {
        self.resources.retain(|resource| !(resource.is(kind) && resource.id() == id));
    }

    /// A new ID with the prefix of the kind.
    fn next_id(&mut self, prefix: &str) -> String {
        self.last_id += 1;
        format!("{prefix}{:08x}", self.last_id)
    }

    fn next_number(&mut self) -> u32 {
        self.last_id += 1;
        self.last_id
    }

    fn count_read(&mut self, kind: &'static ResourceKind, id: &str) {
        let StateProgress::Reads(needed) = self.progress else { return };
        let Ok(resource) = self.get_mut(kind, id) else { return };
        resource.reads += 1;
        if resource.reads >= needed {
            self.step(kind, id);
        }
    }

    /// Advances a resource to its final state if states take no time.
    fn skip_transitions(&mut self, kind: &'static ResourceKind, id: &str) {
        while self.progress == StateProgress::Reads(0) && self.step(kind, id) {}
    }

    /// Advances the states that have lasted long enough, if they advance with the clock.
    fn settle(&mut self) {
        if self.progress != StateProgress::Clock {
            return;
        }
        let due = |resource: &Resource, now: Duration| {
            let seconds = resource.pending().map(|transition| transition.seconds).max();
            seconds.is_some_and(|seconds| now.saturating_sub(resource.since).as_secs() >= seconds)
        };
        while let Some(resource) = self.resources.iter().find(|resource| due(resource, self.now)) {
            let (kind, id) = (resource.kind, resource.id().to_owned());
            let seconds = resource.pending().map(|transition| transition.seconds).max().unwrap_or_default();
            let at = resource.since + Duration::from_secs(seconds);
            self.step(kind, &id);
            if let Ok(resource) = self.get_mut(kind, &id) {
                resource.restart(at);
            }
        }
    }

    /// Advances the state of a resource and of its links by one step. Returns whether there was one.
    fn step(&mut self, kind: &'static ResourceKind, id: &str) -> bool {
        let now = self.now;
        let Ok(resource) = self.get_mut(kind, id) else { return false };
        let before = resource.state().to_owned();
        let is_pending = resource.pending().next().is_some();
        let is_kept = resource.advance();
        resource.restart(now);
        let after = resource.state().to_owned();
        if !is_kept {
            self.remove(kind, id);
        } else if before != after
            && let Some(entered) = kind.entered
        {
            entered(self, id, &after);
        }
        is_pending
    }
}

impl Resource {
    fn is(&self, kind: &ResourceKind) -> bool {
        std::ptr::eq(self.kind, kind)
    }

    fn id(&self) -> &str {
        self.text(self.kind.id)
    }

    fn state(&self) -> &str {
        self.text("State")
    }

    /// A string member; empty if there is none.
    fn text(&self, name: &str) -> &str {
        self.value.get(name).and_then(Value::as_str).unwrap_or_default()
    }

    fn set(&mut self, name: &str, value: impl Into<Value>) {
        self.value.insert(name.to_owned(), value.into());
    }

    /// Changes a list member, which is empty if there is none.
    fn edit_list(&mut self, name: &str, edit: impl FnOnce(&mut Vec<Value>)) {
        let mut list = match self.value.remove(name) {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        edit(&mut list);
        self.set(name, list);
    }

    fn restart(&mut self, now: Duration) {
        (self.reads, self.since) = (0, now);
    }

    /// The transitions that the resource and its links are in.
    fn pending(&self) -> impl Iterator<Item = &'static Transition> {
        let of = |transitions: &'static [Transition], state: &str| {
            transitions.iter().find(|transition| transition.from == state)
        };
        let own = of(self.kind.transitions, self.state());
        let links = self.kind.links.and_then(|(list, _)| self.value.get(list)).and_then(Value::as_array);
        let link_transitions = self.kind.links.map_or(&[][..], |(_, transitions)| transitions);
        let states = links.into_iter().flatten().filter_map(|link| link.get("State").and_then(Value::as_str));
        own.into_iter().chain(states.filter_map(move |state| of(link_transitions, state)))
    }

    /// Advances the state, and that of each link. Returns `false` if the resource is to be removed.
    fn advance(&mut self) -> bool {
        let kind = self.kind;
        if let Some(transition) = kind.transitions.iter().find(|transition| transition.from == self.state()) {
            let Some(to) = transition.to else { return false };
            self.set("State", to);
        }
        if let Some((list, transitions)) = kind.links {
            self.edit_list(list, |links| links.retain_mut(|link| advance_link(link, transitions)));
        }
        if let Some(adjust) = kind.adjust {
            adjust(self);
        }
        true
    }
}

/// Advances the state of a link. Returns `false` if it is to be removed.
fn advance_link(link: &mut Value, transitions: &[Transition]) -> bool {
    let state = link.get("State").and_then(Value::as_str).unwrap_or_default();
    match (transitions.iter().find(|transition| transition.from == state), link) {
        (Some(Transition { to: None, .. }), _) => false,
        (Some(Transition { to: Some(to), .. }), Value::Object(link)) => {
            link.insert("State".to_owned(), (*to).into());
            true
        }
        _ => true,
    }
}

/// The first resource, or the only one, in the published example of an action's response.
fn published(action: &str, member: &str) -> Map<String, Value> {
    let mut response = admission::published(action).map(|known| known.example()).unwrap_or_default();
    let member = response.get_mut(member).map(Value::take).unwrap_or_default();
    let first = match member {
        Value::Array(list) => list.into_iter().next().unwrap_or_default(),
        other => other,
    };
    match first {
        Value::Object(members) => members,
        _ => Map::new(),
    }
}

/// Adds the members of an object to another, and replaces those that it has. Null removes a member.
fn merge(target: &mut Map<String, Value>, changes: Value) {
    if let Value::Object(changes) = changes {
        for (name, value) in changes {
            if value.is_null() {
                target.remove(&name);
            } else {
                target.insert(name, value);
            }
        }
    }
}

/// Decodes a request, which was validated before.
fn decode<T: DeserializeOwned>(request: &Value) -> Result<T, Fault> {
    T::deserialize(request).map_err(|_| invalid("the request"))
}

fn encode(value: impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or_default()
}

/// A string member of a request; empty if it is omitted.
fn text<'r>(request: &'r Value, name: &str) -> &'r str {
    request.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The strings of a list of a request.
fn texts<'r>(request: &'r Value, name: &str) -> Vec<&'r str> {
    let list = request.get(name).and_then(Value::as_array).into_iter().flatten();
    list.filter_map(Value::as_str).collect()
}

/// The current time, as the API writes it.
fn now() -> String {
    Timestamp::now().strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// An error for a value that the API certainly refuses.
fn invalid(details: impl Into<String>) -> Fault {
    Fault::code(codes::INVALID_PARAMETER_VALUE).details(details)
}
