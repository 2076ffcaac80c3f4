//! Properties of every report: no change without a difference, and the reverse comparison reports the reverse changes.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use osc_codegen::ir::{Api, Conversions, Presence, Struct, Type, TypeDef, Values};
use osc_codegen::{Change, ChangeKind, Diff, Impact, Input};
use osc_tests::random::Random;

use crate::diff::rules;
use crate::expected::{self, workspace};

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
fn check_both_directions(what: &str, old: &Api, new: &Api) -> usize {
    let (forward, back) = (Diff::between(old, new), Diff::between(new, old));
    let mut counts: BTreeMap<String, i32> = BTreeMap::new();
    for change in &forward.changes {
        *counts.entry(reversed(change)).or_default() += 1;
    }
    for change in &back.changes {
        *counts.entry(summary(change.kind, &change.old, &change.new)).or_default() -= 1;
    }
    counts.retain(|_, count| *count != 0);
    assert!(counts.is_empty(), "{what}: the directions differ: {counts:#?}");
    forward.changes.len()
}

/// Updates all references to renamed types.
fn rename_references(api: &mut Api, renamed: &BTreeMap<String, String>) {
    fn rename_in_type(ty: &mut Type, renamed: &BTreeMap<String, String>) {
        match ty {
            Type::List(inner) | Type::Map(inner) => rename_in_type(inner, renamed),
            Type::Named(name) | Type::Boxed(name) | Type::Identifier(name) => {
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
                definition.fields.iter_mut().for_each(|field| rename_in_type(&mut field.ty, renamed));
            }
        }
        for action in &mut module.actions {
            for name in [&mut action.request, &mut action.response] {
                if let Some(new) = renamed.get(name) {
                    name.clone_from(new);
                }
            }
            if let Some(pagination) = &mut action.pagination {
                rename_in_type(&mut pagination.item, renamed);
            }
        }
    }
}

/// Changes about one field in `period`, and sometimes their order.
fn change_struct(definition: &mut Struct, random: &mut Random, period: u64) {
    definition.fields.retain(|_| !random.one_in(period));
    for field in &mut definition.fields {
        if random.one_in(period) {
            field.wire.push_str("Now");
            field.ident.push_str("_now");
        }
        if random.one_in(period) {
            field.ty = Type::List(Box::new(field.ty.clone()));
        }
        if random.one_in(period) {
            field.presence = Presence::Nullable;
            field.facts.nullable = !field.facts.nullable;
        }
        if random.one_in(period) {
            field.facts.default = Some(7.into());
        }
    }
    if random.one_in(period) {
        definition.fields.reverse();
    }
}

/// Changes about one item in `period`.
fn randomly_changed(api: &Api, seed: u64, period: u64) -> Api {
    let mut api = api.clone();
    let mut random = Random::new(seed);
    let mut renamed = BTreeMap::new();
    for module in &mut api.modules {
        module.actions.retain(|_| !random.one_in(period));
        module.types.retain(|_| !random.one_in(period));
        for definition in &mut module.types {
            match definition {
                TypeDef::Struct(definition) => {
                    change_struct(definition, &mut random, period);
                    if random.one_in(period) {
                        let name = format!("{}Now", definition.name);
                        renamed.insert(std::mem::replace(&mut definition.name, name.clone()), name);
                    }
                }
                TypeDef::Enum(definition) => {
                    if let Values::Text(values) = &mut definition.values {
                        values.retain(|_| !random.one_in(period));
                    }
                }
                TypeDef::Alias(alias) => alias.ty = Type::Json,
                TypeDef::Identifier(identifier) => {
                    if random.one_in(period) {
                        identifier.from = Conversions::All(Vec::new());
                    }
                }
            }
        }
    }
    rename_references(&mut api, &renamed);
    api.waiters.retain(|_| !random.one_in(period));
    api.codes.retain(|_| !random.one_in(period));
    api
}

#[test]
fn a_description_does_not_differ_from_itself() {
    let contract = contract();
    let diff = Diff::between(&contract, &contract.clone());
    assert_eq!((diff.changes.as_slice(), diff.impact()), ([].as_slice(), None));
    let text = diff.text(Some("0.1.0"));
    assert!(text.ends_with("osc-api needs no release: nothing changed\n"), "{text}");
}

#[test]
fn the_reverse_comparison_reports_the_reverse_changes() {
    let contract = contract();
    for (seed, period) in (1..).zip([2, 3, 5, 10, 30, 100, 300, 1000]) {
        let changed = randomly_changed(&contract, seed, period);
        let count = check_both_directions(&format!("seed {seed}"), &contract, &changed);
        assert!(count > 5, "seed {seed}: only {count} changes");
    }
}

#[test]
fn the_reverse_of_an_addition_is_breaking() {
    for (name, diff) in rules::all() {
        for change in diff.with_impact(Impact::Additive) {
            let is_new = change.old.is_none();
            assert!(
                is_new || change.new.is_some(),
                "{name}: {change:?} is removed, but not reported as breaking"
            );
        }
        for change in &diff.changes {
            assert!(!change.reason.is_empty() && !change.path.is_empty(), "{name}: {change:?}");
            assert_ne!(change.old, change.new, "{name}: {change:?}");
        }
    }
}

/// Strings of a description can neither control the terminal nor end a list or a code span.
#[test]
fn hostile_strings_stay_on_their_line() {
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
            TypeDef::Alias(_) | TypeDef::Identifier(_) => {}
        }
    }
    let diff = Diff::between(&contract, &changed);
    assert!(diff.changes.len() > 600);
    let (text, markdown) = (diff.text(None), diff.markdown(None));
    for (report, is_text) in [(&text, true), (&markdown, false)] {
        assert!(!report.chars().any(|c| c.is_control() && c != '\n'), "the report has a control character");
        assert!(!report.lines().any(|line| line.starts_with("# c")), "a line was broken");
        assert!(!is_text || !report.contains('\u{202e}'), "the report has a bidirectional control character");
    }
    let json: serde_json::Value = serde_json::from_str(&diff.json(None)).unwrap();
    assert_eq!(json["new"], hostile);
    assert_eq!(json["changes"].as_array().unwrap().len(), diff.changes.len());
}

/// The search for renames must handle many names, and many similar ones.
#[test]
fn many_renamed_types_are_all_reported() {
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
