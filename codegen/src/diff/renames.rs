//! What is gone and what is new may be one thing under another name. Nobody can know; a report that says so spares
//! its reader the search. Both names stay in it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::index::{Index, only_in};
use crate::ir::{Struct, Type, TypeDef, Values};

/// More pairs than these are not looked at: a description with so many changes is another one.
const MOST_PAIRS: usize = 250_000;

/// How alike the names of types must be when the types have much in common.
const ALIKE: f64 = 0.2;

/// How alike names must be when nothing else tells the items apart from others.
const VERY_ALIKE: f64 = 0.5;

/// Old names with the new ones that they seem to have now.
#[derive(Debug, Default)]
pub(super) struct Pairs {
    new: BTreeMap<String, String>,
    old: BTreeMap<String, String>,
}

impl Pairs {
    /// Whether a name is the same, or is the new one of an old.
    pub(super) fn is(&self, old: &str, new: &str) -> bool {
        match self.new.get(old) {
            Some(renamed) => renamed == new,
            None => old == new,
        }
    }

    pub(super) fn has_old(&self, old: &str) -> bool {
        self.new.contains_key(old)
    }

    pub(super) fn has_new(&self, new: &str) -> bool {
        self.old.contains_key(new)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.new.iter().map(|(old, new)| (old.as_str(), new.as_str()))
    }

    fn insert(&mut self, old: &str, new: &str) {
        self.new.insert(old.to_owned(), new.to_owned());
        self.old.insert(new.to_owned(), old.to_owned());
    }
}

/// Pairs the names that are most alike first, one with one. `score` tells how alike two items are, if they can be
/// the same at all. The other way round gives the same pairs.
pub(super) fn pair<'a>(old: &[&'a str], new: &[&'a str], score: impl Fn(&str, &str) -> Option<f64>) -> Pairs {
    let mut pairs = Pairs::default();
    if old.len().saturating_mul(new.len()) > MOST_PAIRS {
        return pairs;
    }
    let mut candidates: Vec<(f64, &str, &str)> = Vec::new();
    for old in old {
        candidates.extend(new.iter().filter_map(|new| Some((score(old, new)?, *old, *new))));
    }
    let names = |(_, old, new): &(f64, &'a str, &'a str)| (*old.min(new), *old.max(new));
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| names(a).cmp(&names(b))));
    for (_, old, new) in candidates {
        if !pairs.has_old(old) && !pairs.has_new(new) {
            pairs.insert(old, new);
        }
    }
    pairs
}

/// Types that seem to be renamed: those of the same content.
pub(super) fn types(old: &Index<'_>, new: &Index<'_>) -> Pairs {
    let mut pairs = Pairs::default();
    // A type may hold another that is renamed too, which is found first.
    loop {
        let removed = only_in(&old.types, &new.types, |name| pairs.has_old(name));
        let added = only_in(&new.types, &old.types, |name| pairs.has_new(name));
        let mut alike: HashMap<String, (Vec<&str>, Vec<&str>)> = HashMap::new();
        for name in removed {
            let shape = old.types.get(name).map(|(_, definition)| shape(definition, &pairs));
            alike.entry(shape.unwrap_or_default()).or_default().0.push(name);
        }
        for name in added {
            let shape = new.types.get(name).map(|(_, definition)| shape(definition, &Pairs::default()));
            alike.entry(shape.unwrap_or_default()).or_default().1.push(name);
        }
        let mut found = Pairs::default();
        for (removed, added) in alike.values() {
            let weight = |name: &str| old.types.get(name).map_or(0, |(_, definition)| weight(definition));
            let score = |old: &str, new: &str| {
                let least = if weight(old) > 2 { ALIKE } else { VERY_ALIKE };
                Some(of_items(old, new)).filter(|score| *score >= least)
            };
            for (old, new) in pair(removed, added, score).iter() {
                found.insert(old, new);
            }
        }
        if found.new.is_empty() {
            break;
        }
        found.iter().for_each(|(old, new)| pairs.insert(old, new));
    }
    in_place(old, new, &mut pairs);
    pairs
}

/// Adds the types that stand wherever another stood, and nowhere else. They may have changed along with their name.
fn in_place(old: &Index<'_>, new: &Index<'_>, pairs: &mut Pairs) {
    let mut now: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    let mut before: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for (name, (_, definition)) in &old.types {
        let holder = new.types.get(pairs.new.get(*name).map_or(*name, String::as_str));
        let (TypeDef::Struct(one), Some((_, TypeDef::Struct(other)))) = (definition, holder) else {
            continue;
        };
        let other: BTreeMap<&str, &Type> =
            other.fields.iter().map(|field| (field.wire.as_str(), &field.ty)).collect();
        for field in &one.fields {
            let Some(other) = other.get(field.wire.as_str()) else { continue };
            let (one, other) = (named(&field.ty), named(other));
            now.entry(one).or_default().insert(other);
            before.entry(other).or_default().insert(one);
        }
    }
    let only = |names: &BTreeSet<&str>, name: &str| names.len() == 1 && names.contains(name);
    let mut found = Vec::new();
    for (one, others) in &now {
        let Some(other) = others.first() else { continue };
        let is_gone = old.types.contains_key(one) && !new.types.contains_key(one) && !pairs.has_old(one);
        let is_new = new.types.contains_key(other) && !old.types.contains_key(other) && !pairs.has_new(other);
        let is_place = only(others, other) && before.get(other).is_some_and(|names| only(names, one));
        if is_gone && is_new && is_place && of_items(one, other) >= VERY_ALIKE && is_kin(old, new, one, other)
        {
            found.push((*one, *other));
        }
    }
    found.into_iter().for_each(|(one, other)| pairs.insert(one, other));
}

/// Whether two types are of one kind and direction.
fn is_kin(old: &Index<'_>, new: &Index<'_>, one: &str, other: &str) -> bool {
    match (old.types.get(one), new.types.get(other)) {
        (Some((_, TypeDef::Struct(one))), Some((_, TypeDef::Struct(other)))) => {
            one.direction == other.direction
        }
        (Some((_, TypeDef::Enum(_))), Some((_, TypeDef::Enum(_)))) => true,
        _ => false,
    }
}

/// The generated type in a type, or an empty name.
fn named(ty: &Type) -> &str {
    match ty {
        Type::List(element) | Type::Map(element) => named(element),
        Type::Named(name) | Type::Boxed(name) => name,
        _ => "",
    }
}

/// Everything of a type but its name and what is said of it.
fn shape(definition: &TypeDef, renamed: &Pairs) -> String {
    match definition {
        TypeDef::Struct(Struct { direction, fields, .. }) => {
            let fields = fields.iter().map(|field| {
                let ty = current(&field.ty, renamed);
                format!("{}: {} {:?} {}", field.wire, ty, field.presence, field.required)
            });
            format!("struct {direction:?} {:?}", fields.collect::<BTreeSet<_>>())
        }
        TypeDef::Enum(definition) => match &definition.values {
            Values::Text(values) => format!("texts {:?}", values.iter().collect::<BTreeSet<_>>()),
            Values::Integer(values) => format!("integers {:?}", values.iter().collect::<BTreeSet<_>>()),
        },
        TypeDef::Alias(alias) => format!("alias {}", current(&alias.ty, renamed)),
    }
}

/// A type by the new names.
fn current(ty: &Type, renamed: &Pairs) -> Type {
    let name = |name: &String| renamed.new.get(name).unwrap_or(name).clone();
    match ty {
        Type::List(element) => Type::List(Box::new(current(element, renamed))),
        Type::Map(element) => Type::Map(Box::new(current(element, renamed))),
        Type::Named(old) => Type::Named(name(old)),
        Type::Boxed(old) => Type::Boxed(name(old)),
        other => other.clone(),
    }
}

/// How much a type has that tells it apart from others.
fn weight(definition: &TypeDef) -> usize {
    match definition {
        TypeDef::Struct(Struct { fields, .. }) => fields.len(),
        TypeDef::Enum(definition) => match &definition.values {
            Values::Text(values) => values.len(),
            Values::Integer(values) => values.len(),
        },
        TypeDef::Alias(_) => 0,
    }
}

/// How alike the names of two types or actions are, from 0 to 1. What all such names have in common does not count:
/// `DeleteVmRequest` and `DeleteNetRequest` are as different as `Vm` and `Net`.
pub(super) fn of_items(old: &str, new: &str) -> f64 {
    let role = |name: &str| ["Request", "Response"].into_iter().find(|role| name.ends_with(role));
    if role(old) != role(new) {
        return 0.0;
    }
    let suffix = role(old).unwrap_or_default();
    let (old, new) = (old.strip_suffix(suffix).unwrap_or(old), new.strip_suffix(suffix).unwrap_or(new));
    let verb = |name: &str| {
        let inner = name.char_indices().skip(1).find(|(_, character)| character.is_ascii_uppercase());
        inner.and_then(|(at, _)| Some((name.get(..at)?.to_owned(), name.get(at..)?.to_owned())))
    };
    match (verb(old), verb(new)) {
        (Some((old_verb, old)), Some((new_verb, new))) if old_verb == new_verb => alike(&old, &new),
        _ => alike(old, new),
    }
}

/// How alike two names are, from 0 to 1: the share of the pairs of neighbouring letters that they have in common.
pub(super) fn alike(old: &str, new: &str) -> f64 {
    let letters = |name: &str| -> Vec<char> {
        let letters = name.chars().filter(|character| character.is_alphanumeric()).take(200);
        letters.map(|character| character.to_ascii_lowercase()).collect()
    };
    let (old, new) = (letters(old), letters(new));
    if old == new {
        return 1.0;
    }
    let mut common: HashMap<&[char], usize> = HashMap::new();
    for pair in old.windows(2) {
        *common.entry(pair).or_default() += 1;
    }
    let mut shared = 0_u32;
    for pair in new.windows(2) {
        if let Some(count) = common.get_mut(pair).filter(|count| **count > 0) {
            *count -= 1;
            shared += 1;
        }
    }
    let all = old.len().saturating_sub(1) + new.len().saturating_sub(1);
    // There are at most 400 pairs: no digit is lost.
    2.0 * f64::from(shared) / f64::from(u32::try_from(all.max(1)).unwrap_or(u32::MAX))
}
