//! Records everything that is logged while tests run, and searches it for secrets.
//!
//! Covers `tracing` and `log`, all crates and all levels, including fields recorded in a span after its start. A secret
//! in any of it aborts the process, so that no test can miss it.

mod sentinel;
mod subscriber;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing_core::{Level, Metadata};

pub use sentinel::{contains_secret, forbid};

/// Fields by name. The text of a message is in the field `message`.
pub type Fields = BTreeMap<String, String>;

/// A recorded span.
#[derive(Clone, Debug)]
pub struct Span {
    /// All fields recorded so far.
    pub fields: Fields,
    /// The events in this span and in its child spans, in order.
    pub events: Vec<Event>,
    /// Whether the span is closed.
    pub closed: bool,
    metadata: &'static Metadata<'static>,
    parent: Option<usize>,
    references: usize,
}

impl Span {
    /// The name.
    pub fn name(&self) -> &'static str {
        self.metadata.name()
    }

    /// The level.
    pub fn level(&self) -> Level {
        *self.metadata.level()
    }
}

/// A recorded event.
#[derive(Clone, Debug)]
pub struct Event {
    /// The module that logged it.
    pub target: String,
    /// The level.
    pub level: Level,
    /// All fields.
    pub fields: Fields,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.level, self.target, self.fields)
    }
}

/// Starts recording everything that is logged. Further calls do nothing.
///
/// # Panics
/// Panics if the process already has another subscriber or logger.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let traced = tracing_core::Dispatch::new(subscriber::Everything);
        let traced = tracing_core::dispatcher::set_global_default(traced).is_ok();
        let logged = log::set_logger(&subscriber::Everything).is_ok();
        log::set_max_level(log::LevelFilter::Trace);
        assert!(traced && logged, "the process already has another subscriber or logger");
    });
}

/// Number of spans recorded so far, as a position in the log.
pub fn now() -> usize {
    records().spans.len()
}

/// The spans of a crate or module since a position that have a field with this value, or those of its client spans that
/// are for this address, in the order of their start.
pub fn spans(since: usize, module: &str, value: &str) -> Vec<Span> {
    let is_server = |fields: &Fields| match (fields.get("server.address"), fields.get("server.port")) {
        (Some(host), Some(port)) => format!("{host}:{port}") == value,
        _ => false,
    };
    let records = records();
    let new = records.spans.iter().skip(since);
    let of_module = new.filter(|span| span.metadata.target().starts_with(module));
    let has_value =
        |span: &&Span| is_server(&span.fields) || span.fields.values().any(|field| field == value);
    of_module.filter(has_value).cloned().collect()
}

/// The events of a crate or module that have this text in one of their fields, in order.
pub fn events(module: &str, text: &str) -> Vec<Event> {
    let records = records();
    let of_module = records.events.iter().filter(|event| event.target.starts_with(module));
    of_module.filter(|event| event.fields.values().any(|field| field.contains(text))).cloned().collect()
}

/// Everything recorded so far.
struct Records {
    spans: Vec<Span>,
    events: Vec<Event>,
}

static RECORDS: Mutex<Records> = Mutex::new(Records { spans: Vec::new(), events: Vec::new() });

fn records() -> MutexGuard<'static, Records> {
    RECORDS.lock().unwrap_or_else(PoisonError::into_inner)
}
