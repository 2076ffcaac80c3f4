//! The report has exactly the changes that an independent parser finds between the two descriptions.

use std::collections::BTreeSet;
use std::fmt::Write;

use osc_codegen::ir::Api;
use osc_codegen::{Change, ChangeKind, Diff, Input};
use serde_json::Value;

use crate::diff::cases::CASES;
use crate::diff::raw::{self, Key, Raw};
use crate::diff::small::Inputs;
use crate::expected::{self, workspace};

/// The changes of a report, in the form of the independent parser.
struct Reported {
    rows: BTreeSet<Key>,
    /// Schemas that appear to be renamed.
    renamed: Vec<(String, String)>,
}

/// A change of a report, with the names of its JSON form.
struct Line<'a> {
    kind: &'a str,
    at: &'a str,
    old_at: Option<&'a str>,
    old: Option<&'a str>,
    new: Option<&'a str>,
}

impl Reported {
    fn collect<'a>(lines: impl Iterator<Item = Line<'a>>, old: &Raw, new: &Raw) -> Self {
        let mut reported = Self { rows: BTreeSet::new(), renamed: Vec::new() };
        for line in lines {
            reported.add(&line, old, new);
        }
        reported
    }

    fn add(&mut self, line: &Line<'_>, old_raw: &Raw, new_raw: &Raw) {
        let Line { kind, at, old_at, old, new } = *line;
        let value = |value: Option<&str>| format!("value {}", value.unwrap());
        let aspect = match kind {
            "action-added" | "action-removed" | "action-likely-renamed" => "action",
            "type-added" | "type-removed" | "type-likely-renamed" => "type",
            "field-added" | "field-removed" | "field-likely-renamed" | "field-wire-name" => "field",
            "value-added" => &value(new),
            "value-removed" => &value(old),
            "value-likely-renamed" => {
                self.rows.insert((at.to_owned(), value(old)));
                self.rows.insert((at.to_owned(), value(new)));
                return;
            }
            "action-moved" | "type-moved" => "home",
            "field-type" => "field type",
            "arguments-order" => "arguments",
            "values-kind" => "values",
            _ => kind.split_once('-').unwrap().1,
        };
        // The file of a large tag is split in two.
        let file = |name: Option<&str>| name.map(|name| name.trim_end_matches("_types").to_owned());
        if kind == "type-moved" && file(old) == file(new) {
            return;
        }
        // The independent parser counts the enum of a field in a new or removed type as part of that type.
        if aspect == "type"
            && let Some((holder, _)) = at.split_once("/properties/")
            && !(old_raw.has(holder) && new_raw.has(holder))
        {
            return;
        }
        if let Some(old_at) = old_at {
            self.rows.insert((old_at.to_owned(), aspect.to_owned()));
            if kind == "type-likely-renamed" {
                let name = |at: &str| at.rsplit_once('/').unwrap().1.to_owned();
                self.renamed.push((name(old_at), name(at)));
            }
        }
        // The independent parser does not match items below a renamed one.
        let is_inside = !["action", "type", "field"].contains(&aspect);
        let holder =
            at.rsplit_once("/properties/").filter(|_| aspect == "field").map_or(at, |(holder, _)| holder);
        if (is_inside || aspect == "field") && !(old_raw.has(holder) && new_raw.has(holder)) {
            return;
        }
        self.rows.insert((at.to_owned(), aspect.to_owned()));
    }
}

fn line_of(change: &Change) -> Line<'_> {
    let Change { kind, at, old_at, old, new, .. } = change;
    let old_at = old_at.as_ref().map(|at| at.as_str());
    Line { kind: kind.name(), at: at.as_str(), old_at, old: old.as_deref(), new: new.as_deref() }
}

/// A list of the differences between two sets. Empty if they are equal.
fn difference(found: &BTreeSet<Key>, reported: &BTreeSet<Key>) -> String {
    let mut text = String::new();
    for (at, aspect) in found.difference(reported) {
        writeln!(text, "  missing from the report: {aspect} of {at}").unwrap();
    }
    for (at, aspect) in reported.difference(found) {
        writeln!(text, "  reported but not changed: {aspect} of {at}").unwrap();
    }
    text
}

fn model(description: &str) -> Api {
    let input = Input { description, overlay: None, docs: None, errors: None, waiters: None, strict: false };
    osc_codegen::model(&input, &mut |_| {}).unwrap().0
}

/// A description, read by the generator and by the independent parser.
struct Parsed {
    api: Api,
    raw: Raw,
}

impl Parsed {
    fn of(description: &str) -> Self {
        Self { api: model(description), raw: Raw::read(description) }
    }
}

/// Compares the report on two descriptions, without an overlay, with the changes that the independent parser finds.
/// Returns their number.
#[track_caller]
fn check(what: &str, old: &Parsed, new: &Parsed) -> usize {
    let diff = Diff::between(&old.api, &new.api);
    let (old, new) = (&old.raw, &new.raw);
    // The direction of an unused type depends on its content, which the independent parser does not evaluate.
    let changes = diff.changes.iter().filter(|change| {
        change.kind != ChangeKind::TypeDirection
            || (old.uses(change.at.as_str()) && new.uses(change.at.as_str()))
    });
    let lines = changes.map(line_of).filter(|line| !follows_from_identifiers(line));
    let reported = Reported::collect(lines, old, new);
    let found = raw::changes(old, new, &reported.renamed);
    let difference = difference(&found, &reported.rows);
    assert!(difference.is_empty(), "{what}:\n{difference}");
    found.len()
}

/// Whether a change follows from the detection of identifiers, which the independent parser does not implement: the type
/// of an identifier appears with its schema, and changes the types of the fields that refer to it.
fn follows_from_identifiers(line: &Line<'_>) -> bool {
    let Some((schema, property)) = line.at.split_once("/properties/") else { return false };
    let is_own = schema.rsplit('/').next().is_some_and(|schema| property == format!("{schema}Id"));
    let as_string = |ty: Option<&str>| {
        let ty = ty.unwrap_or_default();
        let start = ty.rfind('<').map_or(0, |at| at + 1);
        let name = ty.get(start..ty.find('>').unwrap_or(ty.len())).unwrap_or_default();
        let is_identifier = name.ends_with("Id") && property.trim_end_matches('s').ends_with(name);
        if is_identifier { ty.replace(name, "String") } else { ty.to_owned() }
    };
    match line.kind {
        "type-added" | "type-removed" => {
            is_own && line.old.or(line.new).is_none_or(|kind| kind == "identifier")
        }
        "field-type" => as_string(line.old) == as_string(line.new),
        _ => false,
    }
}

#[test]
fn small_changes_are_reported_completely() {
    let base = Inputs::base();
    let base_read = Parsed::of(&base.description);
    let mut count = 0;
    for (name, edits) in CASES {
        let edited = base.clone().edited(edits);
        if (&edited.overlay, &edited.errors) != (&base.overlay, &base.errors) {
            continue;
        }
        let edited = Parsed::of(&edited.description);
        count += check(name, &base_read, &edited);
        check(&format!("{name}, reversed"), &edited, &base_read);
    }
    assert!(count > 80, "only {count} changes in all the cases");
}

#[test]
fn the_comparison_finds_omitted_and_invented_changes() {
    let edits = [("maxLength: 20", "maxLength: 10"), ("        Since: {type: string, format: date}\n", "")];
    let (base, edited) = (Inputs::base().description, Inputs::base().edited(&edits).description);
    let diff = Diff::between(&model(&base), &model(&edited));
    let (old, new) = (Raw::read(&base), Raw::read(&edited));
    let found = raw::changes(&old, &new, &[]);
    assert_eq!((diff.changes.len(), found.len()), (2, 2));
    let incomplete = Reported::collect(diff.changes.iter().skip(1).map(line_of), &old, &new);
    assert!(
        difference(&found, &incomplete.rows)
            .starts_with("  missing from the report: field of #/components/schemas/Cage/")
    );
    let same = raw::changes(&old, &old, &[]);
    let invented = Reported::collect(diff.changes.iter().map(line_of), &old, &old);
    assert!(difference(&same, &invented.rows).contains("reported but not changed: limits of "));
}

#[test]
#[ignore = "reads published descriptions from the folder OSC_TEST_SPECS"]
fn the_reports_on_published_versions_are_complete_in_both_directions() {
    let published = expected::published();
    let read = published.iter().map(|(version, text)| (version.as_str(), Parsed::of(text)));
    for pair in read.collect::<Vec<_>>().windows(2) {
        let [(old_version, old), (new_version, new)] = pair else { continue };
        let forward = check(&format!("{old_version} to {new_version}"), old, new);
        let back = check(&format!("{new_version} to {old_version}"), new, old);
        println!("{old_version}, {new_version}: {forward} changes, {back} in reverse, all reported");
        assert!(forward > 10 && back > 10);
        check_with_overlay((old_version, &old.raw), (new_version, &new.raw));
    }
}

/// Checks the report with the overlay, as maintainers see it: every difference from the independent parser must be due
/// to an overlay action.
fn check_with_overlay((old_version, old): (&str, &Raw), (new_version, new): (&str, &Raw)) {
    let folder = expected::published_folder();
    let file = |version: &str| folder.join(format!("{version}.yaml")).into_os_string();
    let (old_file, new_file) = (file(old_version), file(new_version));
    let overlay_file = workspace("spec/overlay.yaml").into_os_string();
    let arguments = ["spec", "diff", "--format", "json", "--overlay"].map(AsRef::as_ref);
    let files = [overlay_file.as_ref(), old_file.as_ref(), new_file.as_ref()];
    let output = crate::xtask::command(arguments.into_iter().chain(files)).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let lines = report["changes"].as_array().unwrap().iter().map(|change| Line {
        kind: change["kind"].as_str().unwrap(),
        at: change["pointer"].as_str().unwrap(),
        old_at: change["old_pointer"].as_str(),
        old: change["old"].as_str(),
        new: change["new"].as_str(),
    });
    // Descriptions have no waiters.
    let lines = lines.filter(|line| !line.kind.starts_with("waiter-") && !follows_from_identifiers(line));
    let reported = Reported::collect(lines, old, new);
    let found = raw::changes(old, new, &reported.renamed);
    let overlay = Corrections::read();
    let differing: Vec<&Key> =
        found.symmetric_difference(&reported.rows).filter(|(at, _)| !overlay.concern(at)).collect();
    assert!(
        differing.is_empty(),
        "{old_version} to {new_version}: differences without an overlay action: {differing:#?}"
    );
}

/// The parts of a description that the overlay changes.
struct Corrections {
    targets: Vec<String>,
    /// The schemas that it adds or extends.
    schemas: Vec<String>,
}

impl Corrections {
    fn read() -> Self {
        let overlay = raw::yaml(&expected::read(&workspace("spec/overlay.yaml")));
        let actions = overlay["actions"].as_array().unwrap();
        let of_schemas = actions.iter().filter(|action| action["target"] == "$.components.schemas");
        Self {
            targets: actions.iter().map(|action| action["target"].as_str().unwrap().to_owned()).collect(),
            schemas: of_schemas
                .flat_map(|action| action["update"].as_object().unwrap().keys().cloned())
                .collect(),
        }
    }

    /// Whether an overlay action changes what is at a pointer.
    fn concern(&self, at: &str) -> bool {
        let names = at.split('/').skip(3).filter(|name| !["properties", "items", "enum"].contains(name));
        let [schema, rest @ ..] = &names.collect::<Vec<_>>()[..] else { return false };
        let names_both = |target: &String, property: &str| {
            let words: Vec<&str> = target.split(|c: char| !c.is_alphanumeric()).collect();
            (words.contains(schema) || target.contains("schemas[*]")) && words.contains(&property)
        };
        self.schemas.iter().any(|name| name == schema)
            || rest
                .first()
                .is_some_and(|property| self.targets.iter().any(|target| names_both(target, property)))
    }
}
