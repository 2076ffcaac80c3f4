//! One small change per rule. `rules.txt` has the reported changes; `BLESS=1` rewrites it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::OnceLock;

use osc_codegen::ir::{Api, TypeDef};
use osc_codegen::{Change, ChangeKind, Diff};

use crate::diff::cases::CASES;
use crate::diff::small::Inputs;
use crate::expected;

/// Rust names come from tables of the generator: these cases change the model.
#[allow(clippy::type_complexity, reason = "a table")]
const MODELS: &[(&str, fn(&mut Api))] = &[
    ("Rust name of a field changed", |api| {
        for field in fields(api, "Cage").iter_mut().filter(|field| field.wire == "Since") {
            field.ident = "since_when".to_owned();
        }
    }),
    ("arguments reordered", |api| fields(api, "CreateCageRequest").reverse()),
    ("setter renamed", |api| {
        for field in fields(api, "CreateCageRequest").iter_mut().filter(|field| field.wire == "Note") {
            field.setter = "with_note".to_owned();
        }
    }),
    ("state moved to another field", |api| {
        for watched in api.waiters.iter_mut().flat_map(|listing| &mut listing.watched) {
            watched.part = Some("lock".to_owned());
        }
    }),
    ("class extended", |api| {
        api.code_classes.iter_mut().for_each(|class| class.ranges.push((7000, 7010)));
    }),
    ("class reduced", |api| api.code_classes.clear()),
    ("code renamed", |api| api.codes.iter_mut().for_each(|code| code.name.push_str("-now"))),
];

fn fields<'a>(api: &'a mut Api, name: &str) -> &'a mut Vec<osc_codegen::ir::Field> {
    let mut types = api.modules.iter_mut().flat_map(|module| &mut module.types);
    let found = types.find_map(|definition| match definition {
        TypeDef::Struct(definition) if definition.name == name => Some(&mut definition.fields),
        _ => None,
    });
    found.unwrap()
}

/// Every case by name, with its report.
pub fn all() -> &'static [(&'static str, Diff)] {
    static ALL: OnceLock<Vec<(&str, Diff)>> = OnceLock::new();
    ALL.get_or_init(read_all)
}

fn read_all() -> Vec<(&'static str, Diff)> {
    let base = Inputs::base().model();
    let texts = CASES.iter().map(|(name, edits)| {
        let texts = std::panic::catch_unwind(|| Inputs::base().edited(edits).model());
        (*name, Diff::between(&base, &texts.unwrap_or_else(|_| panic!("the case `{name}` is invalid"))))
    });
    let models = MODELS.iter().map(|(name, change)| {
        let mut changed = base.clone();
        change(&mut changed);
        (*name, Diff::between(&base, &changed))
    });
    texts.chain(models).collect()
}

fn line(change: &Change) -> String {
    let Change { kind, impact, path, at, old_at, old, new, reason } = change;
    let mut line = format!("{impact} {} {path}", kind.name());
    if old.is_some() || new.is_some() {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        write!(line, " [{} => {}]", shown(old), shown(new)).unwrap();
    }
    let old_at = old_at.as_ref().map(|at| format!("{at} => ")).unwrap_or_default();
    write!(line, "\n      {old_at}{at}: {reason}").unwrap();
    line
}

#[test]
fn every_rule_reports_as_expected() {
    let mut found = "# Output of `spec diff` for each case in `cases.rs`. Written by its test.\n".to_owned();
    for (name, diff) in all() {
        writeln!(found, "\n{name}").unwrap();
        for change in &diff.changes {
            writeln!(found, "    {}", line(change)).unwrap();
        }
    }
    expected::compare(&expected::tests("diff/rules.txt"), &found).unwrap();
}

#[test]
fn every_kind_of_change_has_a_case() {
    let all = all();
    let seen: BTreeSet<ChangeKind> =
        all.iter().flat_map(|(_, diff)| &diff.changes).map(|change| change.kind).collect();
    let missing: Vec<&ChangeKind> = ChangeKind::ALL.iter().filter(|kind| !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
    let names: BTreeSet<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), all.len(), "two cases have the same name");
}
