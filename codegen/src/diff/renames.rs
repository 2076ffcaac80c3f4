//! Finds items that appear to be renamed: a removed one and a new one that are alike.
//!
//! A rename cannot be known for certain, so a report always gives both names.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::index::{Index, missing_from};
use crate::ir::{Struct, Type, TypeDef, Values};

/// Candidate pairs beyond which nothing is matched: descriptions that differ this much are unrelated.
const MAX_PAIRS: usize = 250_000;

/// The minimum similarity of the names of types with the same content.
const MIN_SIMILARITY: f64 = 0.2;

/// The minimum similarity of names if the content is too small to identify a type.
const MIN_SIMILARITY_OF_NAMES: f64 = 0.5;

/// Old names and the new names that appear to replace them.
#[derive(Debug, Default)]
pub(super) struct Renames {
    new_by_old: BTreeMap<String, String>,
    old_by_new: BTreeMap<String, String>,
}

impl Renames {
    /// The new name of an old one: itself, unless renamed.
    pub(super) fn new_name<'a>(&'a self, old: &'a str) -> &'a str {
        self.new_by_old.get(old).map_or(old, String::as_str)
    }

    /// Whether `new` is the new name of `old`.
    pub(super) fn is_same(&self, old: &str, new: &str) -> bool {
        self.new_name(old) == new
    }

    pub(super) fn has_old(&self, old: &str) -> bool {
        self.new_by_old.contains_key(old)
    }

    pub(super) fn has_new(&self, new: &str) -> bool {
        self.old_by_new.contains_key(new)
    }

    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.new_by_old.iter().map(|(old, new)| (old.as_str(), new.as_str()))
    }

    /// Whether two types are the same, apart from renamed types in them.
    pub(super) fn is_same_type(&self, old: &Type, new: &Type) -> bool {
        match (old, new) {
            (Type::List(old), Type::List(new)) | (Type::Map(old), Type::Map(new)) => {
                self.is_same_type(old, new)
            }
            (Type::Named(old), Type::Named(new)) | (Type::Boxed(old), Type::Boxed(new)) => {
                self.is_same(old, new)
            }
            _ => old == new,
        }
    }

    fn insert(&mut self, old: &str, new: &str) {
        self.new_by_old.insert(old.to_owned(), new.to_owned());
        self.old_by_new.insert(new.to_owned(), old.to_owned());
    }
}

/// Matches each old name with at most one new name, the most similar pairs first. `score` returns the similarity of
/// two items, or `None` if they cannot be the same item. The result is symmetric in `old` and `new`.
pub(super) fn pair<'a>(
    old: &[&'a str],
    new: &[&'a str],
    score: impl Fn(&str, &str) -> Option<f64>,
) -> Renames {
    let mut renames = Renames::default();
    if old.len().saturating_mul(new.len()) > MAX_PAIRS {
        return renames;
    }
    let mut candidates: Vec<(f64, &str, &str)> = Vec::new();
    for old in old {
        candidates.extend(new.iter().filter_map(|new| Some((score(old, new)?, *old, *new))));
    }
    let names = |(_, old, new): &(f64, &'a str, &'a str)| (*old.min(new), *old.max(new));
    candidates.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| names(a).cmp(&names(b))));
    for (_, old, new) in candidates {
        if !renames.has_old(old) && !renames.has_new(new) {
            renames.insert(old, new);
        }
    }
    renames
}

/// The types that appear to be renamed.
pub(super) fn types(old: &Index<'_>, new: &Index<'_>) -> Renames {
    let mut renames = Renames::default();
    // A renamed type may contain another renamed one, which has to be found first.
    loop {
        let found = with_same_shape(old, new, &renames);
        if found.new_by_old.is_empty() {
            break;
        }
        found.iter().for_each(|(old, new)| renames.insert(old, new));
    }
    for (old_name, new_name) in with_same_uses(old, new, &renames) {
        renames.insert(&old_name, &new_name);
    }
    renames
}

/// Removed and added types with the same content, given the renames found so far.
fn with_same_shape(old: &Index<'_>, new: &Index<'_>, known: &Renames) -> Renames {
    let mut by_shape: BTreeMap<String, (Vec<&str>, Vec<&str>)> = BTreeMap::new();
    for name in missing_from(&new.types, &old.types, |name| known.has_old(name)) {
        let Some((_, definition)) = old.types.get(name) else { continue };
        by_shape.entry(shape(definition, known)).or_default().0.push(name);
    }
    for name in missing_from(&old.types, &new.types, |name| known.has_new(name)) {
        let Some((_, definition)) = new.types.get(name) else { continue };
        by_shape.entry(shape(definition, &Renames::default())).or_default().1.push(name);
    }
    let weight = |name: &str| old.types.get(name).map_or(0, |(_, definition)| weight(definition));
    let score = |old: &str, new: &str| {
        let min = if weight(old) > 2 { MIN_SIMILARITY } else { MIN_SIMILARITY_OF_NAMES };
        Some(item_similarity(old, new)).filter(|score| *score >= min)
    };
    let mut found = Renames::default();
    for (removed, added) in by_shape.values() {
        pair(removed, added, score).iter().for_each(|(old, new)| found.insert(old, new));
    }
    found
}

/// Names of types by the name of a type that fields had before or have now.
type Uses<'a> = BTreeMap<&'a str, BTreeSet<&'a str>>;

/// Pairs of types where every field that had the old type now has the new one, and no other field has it. Such a type
/// may have changed along with its name.
fn with_same_uses(old: &Index<'_>, new: &Index<'_>, known: &Renames) -> Vec<(String, String)> {
    let (new_by_old, old_by_new) = uses(old, new, known);
    let only = |names: Option<&BTreeSet<&str>>, name: &str| {
        names.is_some_and(|names| names.len() == 1 && names.contains(name))
    };
    let mut found = Vec::new();
    for (old_name, new_names) in &new_by_old {
        let Some(new_name) = new_names.first().copied() else { continue };
        let is_removed = old.types.contains_key(old_name) && !new.types.contains_key(old_name);
        let is_added = new.types.contains_key(new_name) && !old.types.contains_key(new_name);
        let is_known = known.has_old(old_name) || known.has_new(new_name);
        let is_unique = new_names.len() == 1 && only(old_by_new.get(new_name), old_name);
        if is_removed
            && is_added
            && !is_known
            && is_unique
            && item_similarity(old_name, new_name) >= MIN_SIMILARITY_OF_NAMES
            && is_same_kind(old, new, old_name, new_name)
        {
            found.push(((*old_name).to_owned(), new_name.to_owned()));
        }
    }
    found
}

/// The new types of all fields by their old type, and the old ones by their new type.
fn uses<'a>(old: &Index<'a>, new: &Index<'a>, known: &Renames) -> (Uses<'a>, Uses<'a>) {
    let (mut new_by_old, mut old_by_new) = (Uses::new(), Uses::new());
    for (name, (_, definition)) in &old.types {
        let (TypeDef::Struct(old), Some((_, TypeDef::Struct(new)))) =
            (*definition, new.types.get(known.new_name(name)))
        else {
            continue;
        };
        let new_types: BTreeMap<&str, &Type> =
            new.fields.iter().map(|field| (field.wire.as_str(), &field.ty)).collect();
        for field in &old.fields {
            let Some(new_type) = new_types.get(field.wire.as_str()) else { continue };
            let (old_name, new_name) = (type_name(&field.ty), type_name(new_type));
            new_by_old.entry(old_name).or_default().insert(new_name);
            old_by_new.entry(new_name).or_default().insert(old_name);
        }
    }
    (new_by_old, old_by_new)
}

/// Whether two types are both enums, or both structs of the same direction.
fn is_same_kind(old: &Index<'_>, new: &Index<'_>, old_name: &str, new_name: &str) -> bool {
    match (old.types.get(old_name), new.types.get(new_name)) {
        (Some((_, TypeDef::Struct(old))), Some((_, TypeDef::Struct(new)))) => old.direction == new.direction,
        (Some((_, TypeDef::Enum(_))), Some((_, TypeDef::Enum(_)))) => true,
        _ => false,
    }
}

/// The name of the generated type that a type contains, or an empty name.
fn type_name(ty: &Type) -> &str {
    match ty {
        Type::List(element) | Type::Map(element) => type_name(element),
        Type::Named(name) | Type::Boxed(name) | Type::Identifier(name) => name,
        _ => "",
    }
}

/// The content of a type as a string, without its name and documentation. `renames` apply to the types in it.
fn shape(definition: &TypeDef, renames: &Renames) -> String {
    match definition {
        TypeDef::Struct(Struct { direction, fields, .. }) => {
            let fields = fields.iter().map(|field| {
                let ty = renamed_type(&field.ty, renames);
                format!("{}: {} {:?} {}", field.wire, ty, field.presence, field.required)
            });
            format!("struct {direction:?} {:?}", fields.collect::<BTreeSet<_>>())
        }
        TypeDef::Enum(definition) => match &definition.values {
            Values::Text(values) => format!("strings {:?}", values.iter().collect::<BTreeSet<_>>()),
            Values::Integer(values) => format!("integers {:?}", values.iter().collect::<BTreeSet<_>>()),
        },
        TypeDef::Alias(alias) => format!("alias {}", renamed_type(&alias.ty, renames)),
        TypeDef::Identifier(identifier) => format!("identifier {:?}", identifier.from),
    }
}

/// A type with the new names of renamed types.
fn renamed_type(ty: &Type, renames: &Renames) -> Type {
    let name = |name: &String| renames.new_name(name).to_owned();
    match ty {
        Type::List(element) => Type::List(Box::new(renamed_type(element, renames))),
        Type::Map(element) => Type::Map(Box::new(renamed_type(element, renames))),
        Type::Named(old) => Type::Named(name(old)),
        Type::Boxed(old) => Type::Boxed(name(old)),
        Type::Identifier(old) => Type::Identifier(name(old)),
        other => other.clone(),
    }
}

/// The number of fields or values that identify a type.
fn weight(definition: &TypeDef) -> usize {
    match definition {
        TypeDef::Struct(Struct { fields, .. }) => fields.len(),
        TypeDef::Enum(definition) => match &definition.values {
            Values::Text(values) => values.len(),
            Values::Integer(values) => values.len(),
        },
        TypeDef::Alias(_) | TypeDef::Identifier(_) => 0,
    }
}

/// The similarity of the names of two types or actions, from 0 to 1. Common verbs and suffixes do not count:
/// `DeleteVmRequest` and `DeleteNetRequest` are as different as `Vm` and `Net`.
pub(super) fn item_similarity(old: &str, new: &str) -> f64 {
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
        (Some((old_verb, old)), Some((new_verb, new))) if old_verb == new_verb => similarity(&old, &new),
        _ => similarity(old, new),
    }
}

/// The similarity of two names, from 0 to 1: the share of letter pairs that they have in common (Dice coefficient).
pub(super) fn similarity(old: &str, new: &str) -> f64 {
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
    let total = old.len().saturating_sub(1) + new.len().saturating_sub(1);
    // At most 400 pairs: the conversion is exact.
    2.0 * f64::from(shared) / f64::from(u32::try_from(total.max(1)).unwrap_or(u32::MAX))
}
