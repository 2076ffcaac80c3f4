//! Diagnostics: a message, its location and its severity. Reporting never stops a phase.

mod location;
mod suggestion;

use std::collections::HashSet;
use std::fmt::{self, Write as _};

pub(crate) use location::{BYTE_ORDER_MARK, LineCursor, is_hidden};
pub use location::{Location, visible};
pub(crate) use suggestion::closest;

/// A JSON pointer in URI fragment form (RFC 6901, section 6), without percent-encoding so that it stays readable.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self("#".to_owned())
    }

    /// Converts a JSON pointer in string form (RFC 6901, section 3).
    pub(crate) fn from_json_pointer(path: &str) -> Self {
        Self(format!("#{path}"))
    }

    /// The unescaped reference tokens, from the root down.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> {
        let keys = self.0.strip_prefix('#').unwrap_or(&self.0).split('/').skip(1);
        keys.map(unescape_key)
    }

    /// The pointer to `key` below this one.
    pub fn join(&self, key: impl fmt::Display) -> Self {
        // A walk makes a pointer for every value that it visits.
        let mut pointer = String::with_capacity(self.0.len() + 24);
        pointer.push_str(&self.0);
        push_key(&mut pointer, key);
        Self(pointer)
    }

    /// The pointer several keys below this one.
    pub fn at(&self, keys: &[&str]) -> Self {
        let mut pointer = self.0.clone();
        keys.iter().for_each(|key| push_key(&mut pointer, key));
        Self(pointer)
    }

    /// The pointer as text, such as `#/components/schemas/Vm`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// Appends an escaped reference token (RFC 6901, section 4).
fn push_key(pointer: &mut String, key: impl fmt::Display) {
    pointer.push('/');
    let start = pointer.len();
    // Writing into a string cannot fail.
    _ = write!(pointer, "{key}");
    if pointer.get(start..).is_some_and(|key| key.contains(['~', '/'])) {
        let key = pointer.split_off(start);
        pointer.push_str(&key.replace('~', "~0").replace('/', "~1"));
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// Unescapes one reference token of a JSON pointer (RFC 6901, section 4).
pub fn unescape_key(token: &str) -> String {
    token.replace("~1", "/").replace("~0", "~")
}

/// The generator's inputs, in the order in which their diagnostics are reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The OpenAPI description or its contract.
    Description,
    /// `spec/overlay.yaml`.
    Overlay,
    /// `spec/docs.yaml`.
    Docs,
    /// `spec/errors.yaml`.
    Errors,
    /// `spec/waiters.yaml`.
    Waiters,
    /// The generator's own tables, for a row that nothing uses.
    Generator,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Description => "description",
            Self::Overlay => "overlay",
            Self::Docs => "docs",
            Self::Errors => "errors",
            Self::Waiters => "waiters",
            Self::Generator => "generator",
        })
    }
}

/// The severity of a diagnostic.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Stops the run: nothing is generated.
    Error,
    /// An entry of the overlay, the docs, a table or a list of required fields that has no effect. An error for the
    /// committed description; a warning for any other, because other versions have other schemas.
    Stale,
    /// Information for the maintainer. Never stops a run.
    Note,
}

/// One problem of an input.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// The severity.
    pub severity: Severity,
    /// The input that has the problem.
    pub source: Source,
    /// The pointer into that input.
    pub pointer: Pointer,
    /// Line and column. `None` if there is no text to point into.
    pub place: Option<Location>,
    /// The problem and its remedy.
    pub message: String,
    /// How its location is resolved once all diagnostics are known.
    pub(crate) anchor: Anchor,
}

/// How the location of a diagnostic is resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Anchor {
    /// By the pointer.
    Pointer,
    /// By the pointer, at the second occurrence of its last key.
    DuplicateKey,
    /// At this byte of a text with a syntax error.
    Byte(usize),
    /// At the start of a second document.
    NextDocument,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, source, pointer, place, message, anchor: _ } = self;
        let word = match severity {
            Severity::Error => "error",
            Severity::Stale => "stale",
            Severity::Note => "note",
        };
        write!(f, "{word}: {source} {pointer}")?;
        if let Some(place) = place {
            let near = if place.is_exact { "" } else { "near " };
            let other = if place.source == *source { String::new() } else { format!("{}, ", place.source) };
            write!(f, " ({other}{near}line {}, column {})", place.line, place.column)?;
        }
        write!(f, ": {message}")
    }
}

/// The diagnostics of one run, in the order in which they were found until their locations are resolved.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: HashSet<(Source, Pointer, String)>,
    /// The overlay's additions: the pointer into the description and the pointer into the overlay.
    additions: Vec<(Pointer, Pointer)>,
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(list: Vec<Diagnostic>) -> Self {
        Self { list, ..Self::default() }
    }
}

impl Diagnostics {
    /// Reports an error in the description.
    pub fn error(&mut self, at: &Pointer, message: impl Into<String>) {
        self.error_in(Source::Description, at, message);
    }

    /// Reports an error in any input.
    pub fn error_in(&mut self, source: Source, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Error, source, at, Anchor::Pointer, message.into());
    }

    /// Reports a duplicate key of a mapping, at its second occurrence.
    pub(crate) fn duplicate_key(&mut self, source: Source, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Error, source, at, Anchor::DuplicateKey, message.into());
    }

    /// Reports a syntax error.
    pub(crate) fn syntax(&mut self, source: Source, anchor: Anchor, message: String) {
        self.push(Severity::Error, source, &Pointer::root(), anchor, message);
    }

    /// Reports an entry that has no effect.
    pub fn stale(&mut self, source: Source, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Stale, source, at, Anchor::Pointer, message.into());
    }

    /// Reports a note on the description.
    pub fn note(&mut self, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Note, Source::Description, at, Anchor::Pointer, message.into());
    }

    /// Reports a problem of the given severity.
    pub(crate) fn report(&mut self, severity: Severity, source: Source, at: &Pointer, message: String) {
        self.push(severity, source, at, Anchor::Pointer, message);
    }

    /// Records that the value at a pointer into the description comes from the overlay.
    pub(crate) fn added(&mut self, description: Pointer, overlay: Pointer) {
        self.additions.push((description, overlay));
    }

    /// Adds the diagnostics of other inputs.
    pub(crate) fn append(&mut self, other: Self) {
        let Self { list, seen, additions } = other;
        self.list.extend(list);
        self.seen.extend(seen);
        self.additions.extend(additions);
    }

    /// The overlay's additions: the pointer into the description and the pointer into the overlay.
    pub(crate) fn additions(&self) -> &[(Pointer, Pointer)] {
        &self.additions
    }

    /// Replaces all diagnostics, to give them locations and an order.
    pub(crate) fn replace(&mut self, change: impl FnOnce(&Self, Vec<Diagnostic>) -> Vec<Diagnostic>) {
        let list = std::mem::take(&mut self.list);
        self.list = change(self, list);
    }

    /// All diagnostics so far.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Returns `true` if there is a diagnostic at a pointer into the description or below it.
    pub fn mentions(&self, at: &Pointer) -> bool {
        let below = |pointer: &Pointer| {
            pointer
                .as_str()
                .strip_prefix(at.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.list.iter().any(|d| d.source == Source::Description && below(&d.pointer))
    }

    /// Ends a run: returns the value with the warnings, or every diagnostic if one of them is fatal. With `strict`,
    /// stale entries are fatal too.
    ///
    /// # Errors
    /// Every diagnostic, if one of them is fatal or if there is no value.
    pub fn finish<T>(self, value: Option<T>, strict: bool) -> Result<(T, Vec<Diagnostic>), Vec<Diagnostic>> {
        let is_fatal = |diagnostic: &Diagnostic| match diagnostic.severity {
            Severity::Error => true,
            Severity::Stale => strict,
            Severity::Note => false,
        };
        let fatal = self.list.iter().any(is_fatal);
        match value {
            Some(value) if !fatal => Ok((value, self.list)),
            _ => Err(self.list),
        }
    }

    fn push(
        &mut self,
        severity: Severity,
        source: Source,
        pointer: &Pointer,
        anchor: Anchor,
        message: String,
    ) {
        // Two actions may use the same broken schema: report it once.
        if self.seen.insert((source, pointer.clone(), message.clone())) {
            let pointer = pointer.clone();
            self.list.push(Diagnostic { severity, source, pointer, place: None, message, anchor });
        }
    }
}
