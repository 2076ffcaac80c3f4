//! Problems: what is wrong, where, and what to do about it. Reporting never stops a phase.

mod location;

use std::collections::HashSet;
use std::fmt;

pub(crate) use location::{BOM, Cursor};
pub use location::{Location, visible};

/// A place in a document: a JSON pointer in its URI fragment form (RFC 6901, section 6, unescaped for reading).
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Pointer(String);

impl Pointer {
    /// The whole document.
    pub fn root() -> Self {
        Self("#".to_owned())
    }

    /// The place that a JSON pointer as of RFC 6901, section 3, names.
    pub(crate) fn of_path(path: &str) -> Self {
        Self(format!("#{path}"))
    }

    /// The keys on the way to this place.
    pub(crate) fn keys(&self) -> impl Iterator<Item = String> {
        let keys = self.0.strip_prefix('#').unwrap_or(&self.0).split('/').skip(1);
        keys.map(unescape)
    }

    /// The place `key` below this one.
    pub fn join(&self, key: impl fmt::Display) -> Self {
        let key = key.to_string().replace('~', "~0").replace('/', "~1");
        Self(format!("{}/{key}", self.0))
    }

    /// The place several keys below this one.
    pub fn at(&self, keys: &[&str]) -> Self {
        keys.iter().fold(self.clone(), |at, key| at.join(key))
    }

    /// The pointer as text, such as `#/components/schemas/Vm`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A key of a JSON pointer without its escapes.
pub(crate) fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

/// Which of the generator's inputs a problem is in, in the order in which problems are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Source {
    /// The OpenAPI description or the contract.
    Description,
    /// `spec/overlay.yaml`.
    Overlay,
    /// `spec/docs.yaml`.
    Docs,
    /// `spec/errors.yaml`.
    Errors,
    /// The generator itself: a row of a table that nothing uses.
    Generator,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Description => "description",
            Self::Overlay => "overlay",
            Self::Docs => "docs",
            Self::Errors => "errors",
            Self::Generator => "generator",
        })
    }
}

/// How much a problem weighs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Nothing is generated.
    Error,
    /// A row (of the overlay, the docs, a table, a list of required fields) that has no effect: an error for the
    /// committed description, a warning for any other, because older and newer versions have other schemas.
    Stale,
    /// Something to look at, which never stops a run.
    Note,
}

/// One problem.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Diagnostic {
    /// How much it weighs.
    pub severity: Severity,
    /// The document it is in.
    pub source: Source,
    /// The place in that document.
    pub pointer: Pointer,
    /// Line and column, where there is a text to point into.
    pub place: Option<Location>,
    /// What is wrong and what to do about it.
    pub message: String,
    /// How its place is found, once all problems are known.
    pub(crate) spot: Spot,
}

/// How the place of a problem is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    /// By the pointer.
    Pointer,
    /// By the pointer, where the key stands for the second time.
    SecondKey,
    /// It is this byte: of a text that cannot be read.
    Byte(usize),
    /// The text cannot be read because more follows: where that begins.
    NextDocument,
}

impl fmt::Display for Diagnostic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { severity, source, pointer, place, message, spot: _ } = self;
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

/// The problems of one run: in the order in which they were found, until they have places.
#[derive(Clone, Debug, Default)]
pub struct Diagnostics {
    list: Vec<Diagnostic>,
    seen: HashSet<(Source, Pointer, String)>,
    /// What the overlay put into the description: the place there and the place in the overlay.
    additions: Vec<(Pointer, Pointer)>,
}

impl From<Vec<Diagnostic>> for Diagnostics {
    fn from(list: Vec<Diagnostic>) -> Self {
        Self { list, ..Self::default() }
    }
}

impl Diagnostics {
    /// Adds an error at a place of the description.
    pub fn error(&mut self, at: &Pointer, message: impl Into<String>) {
        self.error_in(Source::Description, at, message);
    }

    /// Adds an error at a place of any input.
    pub fn error_in(&mut self, source: Source, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Error, source, at, Spot::Pointer, message.into());
    }

    /// Adds the error that a key stands twice in a mapping.
    pub(crate) fn second_key(&mut self, source: Source, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Error, source, at, Spot::SecondKey, message.into());
    }

    /// Adds a syntax error, with its place in the text.
    pub(crate) fn syntax(&mut self, source: Source, spot: Spot, message: String) {
        self.push(Severity::Error, source, &Pointer::root(), spot, message);
    }

    /// Adds a row of ours that has no effect.
    pub fn stale(&mut self, source: Source, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Stale, source, at, Spot::Pointer, message.into());
    }

    /// Adds something to look at, at a place of the description.
    pub fn note(&mut self, at: &Pointer, message: impl Into<String>) {
        self.push(Severity::Note, Source::Description, at, Spot::Pointer, message.into());
    }

    /// Remembers that what is at a place of the description comes from a place of the overlay.
    pub(crate) fn added(&mut self, there: Pointer, here: Pointer) {
        self.additions.push((there, here));
    }

    /// What the overlay put into the description: the place there and the place in the overlay.
    pub(crate) fn additions(&self) -> &[(Pointer, Pointer)] {
        &self.additions
    }

    /// Takes all problems out, to give them places and an order.
    pub(crate) fn replace(&mut self, change: impl FnOnce(&Self, Vec<Diagnostic>) -> Vec<Diagnostic>) {
        let list = std::mem::take(&mut self.list);
        self.list = change(self, list);
    }

    /// All problems so far.
    pub fn list(&self) -> &[Diagnostic] {
        &self.list
    }

    /// Whether there is a problem at a place of the description or below it.
    pub fn mentions(&self, at: &Pointer) -> bool {
        let below = |pointer: &Pointer| {
            pointer
                .as_str()
                .strip_prefix(at.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
        };
        self.list.iter().any(|d| d.source == Source::Description && below(&d.pointer))
    }

    /// Ends a run: the value with what are mere warnings, or every problem if one of them forbids to go on.
    /// With `strict`, stale rows forbid it too.
    ///
    /// # Errors
    /// The full list, when there is an error in it or when no value could be made.
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

    fn push(&mut self, severity: Severity, source: Source, pointer: &Pointer, spot: Spot, message: String) {
        // Two actions may lead to the same broken schema: it is one problem.
        if self.seen.insert((source, pointer.clone(), message.clone())) {
            let pointer = pointer.clone();
            self.list.push(Diagnostic { severity, source, pointer, place: None, message, spot });
        }
    }
}
