//! Subscriber of `tracing` and logger of `log`.

use std::cell::RefCell;
use std::fmt::Debug;

use tracing_core::field::{Field, Visit};
use tracing_core::span::{Attributes, Current, Id, Record};
use tracing_core::subscriber::Interest;
use tracing_core::{Level, LevelFilter, Metadata, Subscriber};

use super::sentinel::check;
use super::{Event, Fields, Span, records};

/// Records all spans, events and log records.
pub(super) struct Everything;

thread_local! {
    /// The entered spans of this thread, the innermost last.
    static ENTERED: RefCell<Vec<Id>> = const { RefCell::new(Vec::new()) };
}

impl Subscriber for Everything {
    fn register_callsite(&self, _: &'static Metadata<'static>) -> Interest {
        Interest::always()
    }

    fn enabled(&self, _: &Metadata<'_>) -> bool {
        true
    }

    fn max_level_hint(&self) -> Option<LevelFilter> {
        Some(LevelFilter::TRACE)
    }

    fn new_span(&self, attributes: &Attributes<'_>) -> Id {
        let mut fields = Visitor::default();
        attributes.record(&mut fields);
        let parent = attributes.parent().cloned().or_else(|| innermost(attributes.is_contextual()));
        let span = Span {
            fields: fields.0,
            events: Vec::new(),
            closed: false,
            metadata: attributes.metadata(),
            parent: parent.map(|id| index(&id)),
            references: 1,
        };
        let mut records = records();
        records.spans.push(span);
        Id::from_u64(records.spans.len() as u64)
    }

    fn record(&self, id: &Id, values: &Record<'_>) {
        let mut fields = Visitor::default();
        values.record(&mut fields);
        change(id, |span| span.fields.extend(fields.0));
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &tracing_core::Event<'_>) {
        let mut fields = Visitor::default();
        event.record(&mut fields);
        let parent = event.parent().cloned().or_else(|| innermost(event.is_contextual()));
        let (target, level) = (event.metadata().target().to_owned(), *event.metadata().level());
        record_event(Event { target, level, fields: fields.0 }, parent);
    }

    fn enter(&self, id: &Id) {
        ENTERED.with_borrow_mut(|entered| entered.push(id.clone()));
    }

    fn exit(&self, id: &Id) {
        ENTERED.with_borrow_mut(|entered| {
            if let Some(index) = entered.iter().rposition(|candidate| candidate == id) {
                entered.remove(index);
            }
        });
    }

    fn clone_span(&self, id: &Id) -> Id {
        change(id, |span| span.references += 1);
        id.clone()
    }

    fn try_close(&self, id: Id) -> bool {
        let closed = change(&id, |span| {
            span.references -= 1;
            span.closed = span.references == 0;
            span.closed
        });
        closed.unwrap_or_default()
    }

    fn current_span(&self) -> Current {
        let current = innermost(true).and_then(|id| {
            let metadata = change(&id, |span| span.metadata)?;
            Some(Current::new(id, metadata))
        });
        current.unwrap_or_else(Current::none)
    }
}

impl log::Log for Everything {
    fn enabled(&self, _: &log::Metadata<'_>) -> bool {
        true
    }

    fn log(&self, record: &log::Record<'_>) {
        let mut fields = Visitor::default();
        fields.add("message", record.args().to_string());
        let level = match record.level() {
            log::Level::Error => Level::ERROR,
            log::Level::Warn => Level::WARN,
            log::Level::Info => Level::INFO,
            log::Level::Debug => Level::DEBUG,
            log::Level::Trace => Level::TRACE,
        };
        record_event(Event { target: record.target().to_owned(), level, fields: fields.0 }, innermost(true));
    }

    fn flush(&self) {}
}

/// Records fields after checking each for secrets.
#[derive(Default)]
struct Visitor(Fields);

impl Visitor {
    fn add(&mut self, name: &str, value: String) {
        check(&format!("{name}={value}"));
        self.0.insert(name.to_owned(), value);
    }
}

impl Visit for Visitor {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.add(field.name(), format!("{value:?}"));
    }

    fn record_str(&mut self, field: &Field, value: &str) {
        self.add(field.name(), value.to_owned());
    }
}

fn innermost(wanted: bool) -> Option<Id> {
    if wanted { ENTERED.with_borrow(|entered| entered.last().cloned()) } else { None }
}

/// Records an event, also in its span and in all parents of that span.
fn record_event(event: Event, span: Option<Id>) {
    let mut records = records();
    let mut current = span.map(|id| index(&id));
    while let Some(span) = current.and_then(|index| records.spans.get_mut(index)) {
        span.events.push(event.clone());
        current = span.parent;
    }
    records.events.push(event);
}

fn change<T>(id: &Id, change: impl FnOnce(&mut Span) -> T) -> Option<T> {
    records().spans.get_mut(index(id)).map(change)
}

fn index(id: &Id) -> usize {
    usize::try_from(id.into_u64() - 1).unwrap_or(usize::MAX)
}
