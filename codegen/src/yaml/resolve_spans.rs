//! Resolves the locations of all diagnostics of a run at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::source_map::{Lookup, SourceMap};
use crate::diagnostics::{Anchor, Diagnostic, Diagnostics, LineCursor, Pointer, Severity, Source};

/// The texts of a run, by source.
pub(crate) type SourceTexts<'a> = BTreeMap<Source, &'a str>;

/// Locates every diagnostic, sorts them by location, and removes those that aliases repeat.
pub(crate) fn resolve_spans(texts: &SourceTexts<'_>, problems: &mut Diagnostics) {
    if problems.list().is_empty() {
        return;
    }
    problems.replace(|problems, list| {
        let resolver = Resolver::new(texts, problems, &list);
        let mut spanned: Vec<(Diagnostic, Option<Span>)> = list
            .into_iter()
            .map(|problem| {
                let span = resolver.span(&problem);
                (problem, span)
            })
            .collect();
        // The sort is stable: diagnostics without a location stay in order, after the others of their source.
        spanned.sort_by_key(|(problem, span)| match span {
            Some(span) => (span.source, span.byte),
            None => (problem.source, usize::MAX),
        });
        let list = with_locations(texts, spanned);
        let mut seen = HashSet::new();
        list.into_iter().filter(|problem| is_first_at_location(problem, &mut seen)).collect()
    });
}

/// Converts the offsets, which are sorted, into lines and columns.
fn with_locations(texts: &SourceTexts<'_>, spanned: Vec<(Diagnostic, Option<Span>)>) -> Vec<Diagnostic> {
    let mut cursors: BTreeMap<Source, LineCursor<'_>> = BTreeMap::new();
    let locate = |(mut problem, span): (Diagnostic, Option<Span>)| {
        if let Some(Span { source, byte, is_exact }) = span
            && let Some(text) = texts.get(&source)
        {
            let cursor = cursors.entry(source).or_insert_with(|| LineCursor::new(source, text));
            problem.place = Some(cursor.locate(byte, is_exact));
        }
        problem
    };
    spanned.into_iter().map(locate).collect()
}

/// Returns `false` for a message that was seen at the same location: several aliases may lead there.
fn is_first_at_location(problem: &Diagnostic, seen: &mut HashSet<(Source, usize, usize, String)>) -> bool {
    match &problem.place {
        Some(location) if location.is_exact => {
            seen.insert((location.source, location.line, location.column, problem.message.clone()))
        }
        _ => true,
    }
}

/// A byte offset in one of the texts.
struct Span {
    source: Source,
    byte: usize,
    is_exact: bool,
}

/// The source maps of the texts that diagnostics refer to.
struct Resolver<'a> {
    maps: HashMap<Source, SourceMap>,
    /// The pointers into the overlay of what it added to the description, by the pointer into the description.
    additions: HashMap<&'a str, Vec<&'a Pointer>>,
}

impl<'a> Resolver<'a> {
    fn new(texts: &SourceTexts<'_>, problems: &'a Diagnostics, list: &[Diagnostic]) -> Self {
        let has_syntax_error = |source| {
            list.iter().any(|problem| problem.source == source && matches!(problem.anchor, Anchor::Byte(_)))
        };
        let mut sources: HashSet<Source> = list.iter().map(|problem| problem.source).collect();
        // A value of one may come from the other.
        if sources.contains(&Source::Description) || sources.contains(&Source::Overlay) {
            sources.extend([Source::Description, Source::Overlay]);
        }
        let sources = sources.into_iter().filter(|source| !has_syntax_error(*source));
        let maps =
            sources.filter_map(|source| Some((source, SourceMap::read(texts.get(&source)?)))).collect();
        let mut additions: HashMap<&str, Vec<&Pointer>> = HashMap::new();
        for (description, overlay) in problems.additions() {
            additions.entry(description.as_str()).or_default().push(overlay);
        }
        Self { maps, additions }
    }

    fn span(&self, problem: &Diagnostic) -> Option<Span> {
        let Diagnostic { severity, source, pointer, anchor, .. } = problem;
        let source = *source;
        match anchor {
            Anchor::Byte(byte) => Some(Span { source, byte: *byte, is_exact: true }),
            Anchor::NextDocument => {
                let map = self.maps.get(&source)?;
                let next = map.next_document();
                let byte = next.unwrap_or_else(|| map.find(&Pointer::root()).byte);
                Some(Span { source, byte, is_exact: next.is_some() })
            }
            Anchor::DuplicateKey => {
                let Lookup { byte, is_exact, .. } = self.maps.get(&source)?.find_duplicate(pointer);
                Some(Span { source, byte, is_exact })
            }
            Anchor::Pointer => self.by_pointer(source, pointer, *severity),
        }
    }

    /// The deepest match of a pointer: in its own text, or in what the overlay added to the description.
    fn by_pointer(&self, source: Source, pointer: &Pointer, severity: Severity) -> Option<Span> {
        let own = self.maps.get(&source).map(|map| map.find(pointer));
        let added = match source {
            Source::Overlay if own.as_ref().is_some_and(|own| own.is_exact) => None,
            Source::Description | Source::Overlay => self.in_additions(pointer),
            Source::Docs | Source::Errors | Source::Waiters | Source::Generator => None,
        };
        let is_from_overlay = |own: &Lookup, added: &Lookup| {
            // Notes are about the published text.
            let replaces = added.depth == own.depth && added.sets_value && severity != Severity::Note;
            added.depth > own.depth || replaces
        };
        let (source, lookup) = match (own, added) {
            (Some(own), Some(added)) if is_from_overlay(&own, &added) => (Source::Overlay, added),
            (Some(own), _) => (source, own),
            (None, added) => (Source::Overlay, added?),
        };
        Some(Span { source, byte: lookup.byte, is_exact: lookup.is_exact })
    }

    /// The deepest match in what the overlay added at a pointer into the description or above it.
    fn in_additions(&self, pointer: &Pointer) -> Option<Lookup> {
        let map = self.maps.get(&Source::Overlay)?;
        let keys: Vec<String> = pointer.keys().collect();
        let (mut parent, mut best) = (Pointer::root(), None::<Lookup>);
        for (depth, key) in keys.iter().enumerate() {
            for addition in self.additions.get(parent.as_str()).into_iter().flatten() {
                let below = keys.get(depth..).unwrap_or_default();
                let mut lookup = map.find(&below.iter().fold((*addition).clone(), |at, key| at.join(key)));
                let matched = lookup.depth.saturating_sub(addition.keys().count());
                lookup.depth = depth + matched;
                // Of two overlay actions, the later one takes effect.
                if matched > 0 && best.as_ref().is_none_or(|best| lookup.depth >= best.depth) {
                    best = Some(lookup);
                }
            }
            parent = parent.join(key);
        }
        best
    }
}
