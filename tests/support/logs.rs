//! Everything that is logged while tests run: searched for secrets at once, and kept for tests that ask for it.
//!
//! Both ways of logging are seen, `tracing` and `log`, of every crate, at every level, with the fields that a span
//! gets only later. A secret in any of it ends the process on the spot: no test can pass by not looking.

mod sentinel;
mod subscriber;

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, MutexGuard, Once, PoisonError};

use tracing_core::{Level, Metadata};

pub use sentinel::{forbid, tells_secret};

/// Fields by their names. The words of a message are in the one called `message`.
pub type Fields = BTreeMap<String, String>;

/// Something that took a while.
#[derive(Clone, Debug)]
pub struct Span {
    /// All fields that it has got so far.
    pub fields: Fields,
    /// What happened in it and in the spans inside of it, in order.
    pub events: Vec<Event>,
    /// Whether it is over.
    pub closed: bool,
    metadata: &'static Metadata<'static>,
    parent: Option<usize>,
    references: usize,
}

impl Span {
    /// Its name in the code.
    pub fn name(&self) -> &'static str {
        self.metadata.name()
    }

    /// How important it is.
    pub fn level(&self) -> Level {
        *self.metadata.level()
    }
}

/// Something that happened.
#[derive(Clone, Debug)]
pub struct Event {
    /// The module that tells it.
    pub target: String,
    /// How important it is.
    pub level: Level,
    /// All fields.
    pub fields: Fields,
}

impl fmt::Display for Event {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {} {:?}", self.level, self.target, self.fields)
    }
}

/// Looks at everything that is logged from now on. The first call counts, the others do nothing.
///
/// # Panics
/// When something else in this process already receives what is logged.
pub fn watch() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let traced = tracing_core::Dispatch::new(subscriber::Everything);
        let traced = tracing_core::dispatcher::set_global_default(traced).is_ok();
        let logged = log::set_logger(&subscriber::Everything).is_ok();
        log::set_max_level(log::LevelFilter::Trace);
        assert!(traced && logged, "something else receives what this process logs");
    });
}

/// How many spans there were so far: a place in time.
pub fn now() -> usize {
    kept().spans.len()
}

/// The spans of a crate or module since then with a field of this value, in the order in which they began.
pub fn spans(since: usize, module: &str, value: &str) -> Vec<Span> {
    let kept = kept();
    let new = kept.spans.iter().skip(since);
    let of_module = new.filter(|span| span.metadata.target().starts_with(module));
    of_module.filter(|span| span.fields.values().any(|field| field == value)).cloned().collect()
}

/// The events of a crate or module with this text in one of their fields, in the order in which they happened.
pub fn events(module: &str, text: &str) -> Vec<Event> {
    let kept = kept();
    let of_module = kept.events.iter().filter(|event| event.target.starts_with(module));
    of_module.filter(|event| event.fields.values().any(|field| field.contains(text))).cloned().collect()
}

/// What was logged so far.
struct Kept {
    spans: Vec<Span>,
    events: Vec<Event>,
}

static KEPT: Mutex<Kept> = Mutex::new(Kept { spans: Vec::new(), events: Vec::new() });

fn kept() -> MutexGuard<'static, Kept> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner)
}
