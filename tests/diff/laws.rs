//! Properties of every report: equal descriptions have no changes, and the reverse comparison reports the reverse changes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use osc_codegen::ir::{Api, Presence, Type, TypeDef, Values};
use osc_codegen::{Change, ChangeKind, Diff, Impact, Input};

use crate::expected::{self, workspace};
use crate::rules;

fn contract() -> Api {
    static CONTRACT: OnceLock<Api> = OnceLock::new();
    CONTRACT.get_or_init(read_contract).clone()
}

fn read_contract() -> Api {
    let (description, overlay) = (workspace("spec/outscale.yaml"), workspace("spec/overlay.yaml"));
    let (description, overlay) = (expected::read(&description), expected::read(&overlay));
    let errors = expected::read(&workspace("spec/errors.yaml"));
    let waiters = expected::read(&workspace("spec/waiters.yaml"));
    let input = Input {
        description: &description,
        overlay: Some(&overlay),
        docs: None,
        errors: Some(&errors),
        waiters: Some(&waiters),
        strict: false,
    };
    osc_codegen::model(&input, &mut |_| {}).unwrap().0
}

/// A change as the reverse comparison must report it: added becomes removed, old becomes new.
fn reversed(change: &Change) -> String {
    let kind = match change.kind {
        ChangeKind::ActionAdded => ChangeKind::ActionRemoved,
        ChangeKind::ActionRemoved => ChangeKind::ActionAdded,
        ChangeKind::TypeAdded => ChangeKind::TypeRemoved,
        ChangeKind::TypeRemoved => ChangeKind::TypeAdded,
        ChangeKind::FieldAdded => ChangeKind::FieldRemoved,
        ChangeKind::FieldRemoved => ChangeKind::FieldAdded,
        ChangeKind::ValueAdded => ChangeKind::ValueRemoved,
        ChangeKind::ValueRemoved => ChangeKind::ValueAdded,
        ChangeKind::WaiterAdded => ChangeKind::WaiterRemoved,
        ChangeKind::WaiterRemoved => ChangeKind::WaiterAdded,
        ChangeKind::CodeAdded => ChangeKind::CodeRemoved,
        ChangeKind::CodeRemoved => ChangeKind::CodeAdded,
        other => other,
    };
    summary(kind, &change.new, &change.old)
}

fn summary(kind: ChangeKind, old: &Option<String>, new: &Option<String>) -> String {
    format!("{} {old:?} {new:?}", kind.name())
}

#[track_caller]
fn check_both_ways(what: &str, old: &Api, new: &Api) -> usize {
    let (there, back) = (Diff::between(old, new), Diff::between(new, old));
    let mut counts: BTreeMap<String, i32> = BTreeMap::new();
    for change in &there.changes {
        *counts.entry(reversed(change)).or_default() += 1;
    }
    for change in &back.changes {
        *counts.entry(summary(change.kind, &change.old, &change.new)).or_default() -= 1;
    }
    counts.retain(|_, count| *count != 0);
    assert!(counts.is_empty(), "{what}: not the same both ways: {counts:#?}");
    there.changes.len()
}

/// Pseudo-random numbers, the same in every run.
struct Numbers(u64);

impl Numbers {
    fn one_of(&mut self, count: usize) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33).is_multiple_of(count as u64)
    }
}

/// Replaces the old names of renamed types everywhere.
fn refer(api: &mut Api, renamed: &BTreeMap<String, String>) {
    fn refer_type(ty: &mut Type, renamed: &BTreeMap<String, String>) {
        match ty {
            Type::List(inner) | Type::Map(inner) => refer_type(inner, renamed),
            Type::Named(name) | Type::Boxed(name) => {
                if let Some(new) = renamed.get(name) {
                    name.clone_from(new);
                }
            }
            _ => {}
        }
    }
    for module in &mut api.modules {
        for definition in &mut module.types {
            if let TypeDef::Struct(definition) = definition {
                definition.fields.iter_mut().for_each(|field| refer_type(&mut field.ty, renamed));
            }
        }
        for action in &mut module.actions {
            for name in [&mut action.request, &mut action.response] {
                if let Some(new) = renamed.get(name) {
                    name.clone_from(new);
                }
            }
            if let Some(pagination) = &mut action.pagination {
                refer_type(&mut pagination.item, renamed);
            }
        }
    }
}

/// Changes about one in `rarely` of everything.
fn shaken(api: &Api, seed: u64, rarely: usize) -> Api {
    let mut api = api.clone();
    let mut numbers = Numbers(seed);
    let mut renamed = BTreeMap::new();
    for module in &mut api.modules {
        module.actions.retain(|_| !numbers.one_of(rarely));
        module.types.retain(|_| !numbers.one_of(rarely));
        for definition in &mut module.types {
            match definition {
                TypeDef::Struct(definition) => {
                    definition.fields.retain(|_| !numbers.one_of(rarely));
                    for field in &mut definition.fields {
                        if numbers.one_of(rarely) {
                            field.wire.push_str("Now");
                            field.ident.push_str("_now");
                        }
                        if numbers.one_of(rarely) {
                            field.ty = Type::List(Box::new(field.ty.clone()));
                        }
                        if numbers.one_of(rarely) {
                            field.presence = Presence::Nullable;
                            field.facts.nullable = !field.facts.nullable;
                        }
                        if numbers.one_of(rarely) {
                            field.facts.default = Some(7.into());
                        }
                    }
                    if numbers.one_of(rarely) {
                        let name = format!("{}Now", definition.name);
                        renamed.insert(std::mem::replace(&mut definition.name, name.clone()), name);
                    }
                    if numbers.one_of(rarely) {
                        definition.fields.reverse();
                    }
                }
                TypeDef::Enum(definition) => {
                    if let Values::Text(values) = &mut definition.values {
                        values.retain(|_| !numbers.one_of(rarely));
                    }
                }
                TypeDef::Alias(alias) => alias.ty = Type::Json,
            }
        }
    }
    refer(&mut api, &renamed);
    api.waiters.retain(|_| !numbers.one_of(rarely));
    api.codes.retain(|_| !numbers.one_of(rarely));
    api
}

#[test]
fn nothing_changes_from_a_description_to_itself() {
    let contract = contract();
    let diff = Diff::between(&contract, &contract.clone());
    assert_eq!((diff.changes.as_slice(), diff.impact()), ([].as_slice(), None));
    let text = diff.text(Some("0.1.0"));
    assert!(text.ends_with("osc-api needs no release: nothing changed\n"), "{text}");
}

#[test]
fn backwards_everything_is_the_other_way_round() {
    let contract = contract();
    for (seed, rarely) in (1..).zip([2, 3, 5, 10, 30, 100, 300, 1000]) {
        let count = check_both_ways(&format!("seed {seed}"), &contract, &shaken(&contract, seed, rarely));
        assert!(count > 5, "seed {seed} changed {count} things only");
    }
}

#[test]
fn backwards_an_addition_breaks() {
    for (name, diff) in rules::all() {
        for change in diff.with_impact(Impact::Additive) {
            let is_new = change.old.is_none();
            assert!(
                is_new || change.new.is_some(),
                "{name}: {change:?} is removed, and the report does not call it breaking"
            );
        }
        // A report without content is an error.
        for change in &diff.changes {
            assert!(!change.reason.is_empty() && !change.path.is_empty(), "{name}: {change:?}");
            assert_ne!(change.old, change.new, "{name}: {change:?}");
        }
    }
}

/// Strings of a description can neither control the terminal nor end a list or a code span.
#[test]
fn hostile_texts_stay_on_their_line() {
    let contract = contract();
    let hostile = "a\u{1b}[2J`b`\r\n# c\u{202e}<details>";
    let mut changed = contract.clone();
    changed.version = hostile.to_owned();
    let types = changed.modules.iter_mut().flat_map(|module| &mut module.types);
    for definition in types {
        match definition {
            TypeDef::Struct(definition) => {
                for field in definition.fields.iter_mut().take(1) {
                    field.facts.default = Some(hostile.into());
                    field.facts.format = Some(hostile.to_owned());
                }
            }
            TypeDef::Enum(definition) => {
                if let Values::Text(values) = &mut definition.values {
                    values.push(("Hostile".to_owned(), hostile.to_owned()));
                }
            }
            TypeDef::Alias(_) => {}
        }
    }
    let diff = Diff::between(&contract, &changed);
    assert!(diff.changes.len() > 600);
    let (text, markdown) = (diff.text(None), diff.markdown(None));
    for (report, is_text) in [(&text, true), (&markdown, false)] {
        assert!(!report.chars().any(|c| c.is_control() && c != '\n'), "a control character is left");
        assert!(!report.lines().any(|line| line.starts_with("# c")), "a line was broken");
        assert!(!is_text || !report.contains('\u{202e}'), "the text can be turned round");
    }
    let json: serde_json::Value = serde_json::from_str(&diff.json(None)).unwrap();
    assert_eq!(json["new"], hostile);
    assert_eq!(json["changes"].as_array().unwrap().len(), diff.changes.len());
}

/// Many names, or very similar ones, make the search for renames neither slow nor wrong.
#[test]
fn many_changes_are_reported_in_bounded_time() {
    let contract = contract();
    let mut renamed = contract.clone();
    for module in &mut renamed.modules {
        for definition in &mut module.types {
            if let TypeDef::Struct(definition) = definition {
                definition.name = format!("X{}", definition.name.to_ascii_lowercase());
                definition.fields.clear();
            }
        }
    }
    let structs = |api: &Api| {
        let types = api.modules.iter().flat_map(|module| &module.types);
        types.filter(|definition| matches!(definition, TypeDef::Struct(_))).count()
    };
    let diff = Diff::between(&contract, &renamed);
    let of = |kind| diff.changes.iter().filter(|change| change.kind == kind).count();
    assert_eq!(of(ChangeKind::TypeRemoved) + of(ChangeKind::TypeRenamed), structs(&contract));
    assert_eq!(of(ChangeKind::TypeAdded) + of(ChangeKind::TypeRenamed), structs(&renamed));
}
