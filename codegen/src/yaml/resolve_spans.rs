//! From pointers to lines and columns, for all problems of a run at once.

use std::collections::{BTreeMap, HashMap, HashSet};

use super::source_map::{Found, Places};
use crate::Input;
use crate::diagnostics::{Cursor, Diagnostic, Diagnostics, Pointer, Severity, Source, Spot};

/// Gives every problem its place, sorts by source and place, and merges what is one problem.
pub(crate) fn resolve_spans(input: &Input<'_>, problems: &mut Diagnostics) {
    if problems.list().is_empty() {
        return;
    }
    problems.replace(|problems, mut list| {
        let texts = Texts::of(input, problems, &list);
        let spots: Vec<Option<Target>> = list.iter().map(|problem| texts.target(problem)).collect();
        let mut order: Vec<usize> = (0..list.len()).collect();
        // What has no place comes after what has one; otherwise the order of finding stays.
        let rank = |index: &usize| match (spots.get(*index), list.get(*index)) {
            (Some(Some(target)), _) => (target.source, target.byte),
            (_, problem) => (problem.map_or(Source::Generator, |problem| problem.source), usize::MAX),
        };
        order.sort_by_key(rank);
        let mut cursors: BTreeMap<Source, Cursor<'_>> = BTreeMap::new();
        for index in &order {
            let (Some(Some(target)), Some(problem)) = (spots.get(*index), list.get_mut(*index)) else {
                continue;
            };
            let Some(text) = text(input, target.source) else { continue };
            let cursor = cursors.entry(target.source).or_insert_with(|| Cursor::new(target.source, text));
            problem.place = Some(cursor.place(target.byte, target.is_exact));
        }
        let mut list: Vec<Option<Diagnostic>> = list.into_iter().map(Some).collect();
        let mut seen = HashSet::new();
        let sorted = order.iter().filter_map(|index| list.get_mut(*index)?.take());
        // Aliases lead to one place on many ways.
        sorted.filter(|problem| is_new(problem, &mut seen)).collect()
    });
}

fn is_new(problem: &Diagnostic, seen: &mut HashSet<(Source, usize, usize, String)>) -> bool {
    match &problem.place {
        Some(place) if place.is_exact => {
            seen.insert((place.source, place.line, place.column, problem.message.clone()))
        }
        _ => true,
    }
}

fn text<'a>(input: &Input<'a>, source: Source) -> Option<&'a str> {
    match source {
        Source::Description => Some(input.description),
        Source::Overlay => input.overlay,
        Source::Docs => input.docs,
        Source::Errors => input.errors,
        Source::Generator => None,
    }
}

/// A byte of a text.
struct Target {
    source: Source,
    byte: usize,
    is_exact: bool,
}

/// The texts that problems point into, read for their places.
struct Texts<'a> {
    places: HashMap<Source, Places>,
    /// What the overlay put into the description, by the place there.
    additions: HashMap<&'a str, Vec<&'a Pointer>>,
}

impl<'a> Texts<'a> {
    fn of(input: &Input<'_>, problems: &'a Diagnostics, list: &[Diagnostic]) -> Self {
        let is_unreadable = |source| {
            list.iter().any(|problem| problem.source == source && matches!(problem.spot, Spot::Byte(_)))
        };
        let mut wanted: HashSet<Source> = list.iter().map(|problem| problem.source).collect();
        // A place of the one may be in the other.
        if wanted.contains(&Source::Description) || wanted.contains(&Source::Overlay) {
            wanted.extend([Source::Description, Source::Overlay]);
        }
        let wanted = wanted.into_iter().filter(|source| !is_unreadable(*source));
        let places = wanted.filter_map(|source| Some((source, Places::read(text(input, source)?)))).collect();
        let mut additions: HashMap<&str, Vec<&Pointer>> = HashMap::new();
        for (there, here) in problems.additions() {
            additions.entry(there.as_str()).or_default().push(here);
        }
        Self { places, additions }
    }

    fn target(&self, problem: &Diagnostic) -> Option<Target> {
        let Diagnostic { severity, source, pointer, spot, .. } = problem;
        let source = *source;
        match spot {
            Spot::Byte(byte) => Some(Target { source, byte: *byte, is_exact: true }),
            Spot::NextDocument => {
                let places = self.places.get(&source)?;
                let next = places.next_document();
                let byte = next.unwrap_or_else(|| places.find(&Pointer::root(), false).byte);
                Some(Target { source, byte, is_exact: next.is_some() })
            }
            Spot::SecondKey => {
                let Found { byte, is_exact, .. } = self.places.get(&source)?.find(pointer, true);
                Some(Target { source, byte, is_exact })
            }
            Spot::Pointer => self.by_pointer(source, pointer, *severity),
        }
    }

    /// Where most of a pointer is: in its own text, or in what the overlay added to the description.
    fn by_pointer(&self, source: Source, pointer: &Pointer, severity: Severity) -> Option<Target> {
        let own = self.places.get(&source).map(|places| (source, places.find(pointer, false)));
        let added = match source {
            // `x-waiters` are the overlay's, and put at the root of the description by it.
            Source::Overlay if own.as_ref().is_some_and(|(_, found)| found.is_exact) => None,
            Source::Description | Source::Overlay => {
                self.added(pointer).map(|found| (Source::Overlay, found))
            }
            _ => None,
        };
        let (source, found) = match (own, added) {
            (Some(own), Some(added)) => {
                let is_deeper = added.1.depth > own.1.depth;
                // Notes are about the published text.
                let is_instead = added.1.depth == own.1.depth && added.1.sets && severity != Severity::Note;
                if is_deeper || is_instead { added } else { own }
            }
            (own, added) => own.or(added)?,
        };
        Some(Target { source, byte: found.byte, is_exact: found.is_exact })
    }

    /// The place in the overlay of what it put at a place of the description or above it.
    fn added(&self, pointer: &Pointer) -> Option<Found> {
        let places = self.places.get(&Source::Overlay)?;
        let keys: Vec<String> = pointer.keys().collect();
        let (mut above, mut best) = (Pointer::root(), None::<Found>);
        for (depth, key) in keys.iter().enumerate() {
            for here in self.additions.get(above.as_str()).into_iter().flatten() {
                let below = keys.get(depth..).unwrap_or_default();
                let place = below.iter().fold((*here).clone(), |at, key| at.join(key));
                let mut found = places.find(&place, false);
                let Some(below) = found.depth.checked_sub(here.keys().count()).filter(|below| *below > 0)
                else {
                    continue;
                };
                found.depth = depth + below;
                // Of two actions the later one counts.
                if best.as_ref().is_none_or(|best| found.depth >= best.depth) {
                    best = Some(found);
                }
            }
            above = above.join(key);
        }
        best
    }
}
