//! The findings of an import: everything that its report contains.

use std::collections::BTreeSet;
use std::path::Path;

use osc_codegen::ir::Api;
use osc_codegen::{Contract, Diagnostic, Diff, OverlayAction, Pointer, Severity, Source};

use super::texts::{self, Fields};
use crate::inputs::{CONTRACT, Inputs};
use crate::prose::{self, Item, Prose};
use crate::sha256::sha256;
use crate::spec_source::SpecSource;
use crate::{files, workspace};

/// The maximum length of a value that a message quotes.
const MAX_VALUE: usize = 60;

/// The state of a folder before an import.
pub(super) struct Before {
    /// The contract, if there is one.
    pub(super) contract: Option<String>,
    pub(super) source: Option<SpecSource>,
    pub(super) prose: Prose,
    /// The text that was published last, if it is kept.
    pub(super) published: Option<String>,
}

/// The findings of an import.
pub(super) struct Findings {
    pub(super) source: SpecSource,
    /// The label of the previous import.
    pub(super) old_label: Option<String>,
    /// The published texts, with marks on those that changed.
    pub(super) prose: Prose,
    /// The number of actions.
    pub(super) actions: usize,
    /// The number of texts that differ from the previous ones.
    pub(super) texts_changed: usize,
    /// Whether there was no contract before.
    pub(super) is_first: bool,
    /// Reasons to doubt the rest of the report.
    pub(super) warnings: Vec<String>,
    /// The changes of the interface, if both contracts can be read.
    pub(super) diff: Option<Diff>,
    /// Work for a person, most important first.
    pub(super) sections: Vec<Section>,
}

/// Findings of one kind.
pub(super) struct Section {
    pub(super) title: &'static str,
    pub(super) remedy: &'static str,
    pub(super) entries: Vec<Entry>,
}

/// One finding.
pub(super) enum Entry {
    /// A location and a message.
    Located(String, String),
    /// A name, of which a line holds many.
    Name(String),
}

impl Before {
    /// Reads the files of a folder, and the published text that is kept for it.
    ///
    /// # Errors
    /// If a file cannot be read or was not written by an import.
    pub(super) fn read(folder: &Path, kept: Option<&Path>) -> Result<Self, String> {
        let source = SpecSource::read(folder)?;
        // A kept text of another import is of no use. That of an interrupted import has replaced the current one.
        let is_current =
            |text: &String| source.as_ref().is_some_and(|source| source.sha256 == sha256(text.as_bytes()));
        let mut published = None;
        for name in ["published.yaml", "previous.yaml"] {
            if let (Some(kept), None) = (kept, &published) {
                published = files::read_if_exists(&kept.join(name))?.filter(is_current);
            }
        }
        Ok(Self {
            contract: files::read_if_exists(&folder.join(CONTRACT))?,
            prose: Prose::read(&folder.join(prose::NAME))?,
            source,
            published,
        })
    }
}

impl Findings {
    /// Compares a published description with the state before. `problems` are those of the published description.
    pub(super) fn collect(
        source: SpecSource,
        inputs: &Inputs,
        contract: &Contract,
        problems: &[Diagnostic],
        before: &Before,
    ) -> Self {
        let mut prose = Prose::new(contract);
        let changed: BTreeSet<String> = prose.changes(&before.prose).into_iter().map(str::to_owned).collect();
        prose.mark(&before.prose, source.label());
        let mut warnings = warnings(&source, before);
        // The crate is generated from the contract, which sorts everything.
        let new = model(inputs, &contract.yaml);
        let old = before.contract.as_deref().map(|contract| model(inputs, contract));
        if let Some(Err(errors)) = &old {
            warnings.push(format!(
                "the previous contract now has {errors} errors, so the interfaces are not compared"
            ));
        }
        let (new, old) = (new.ok(), old.and_then(Result::ok));
        let mut findings = Self {
            old_label: before.source.as_ref().map(|source| source.label().to_owned()),
            prose,
            actions: new.as_ref().map_or(0, Api::action_count),
            texts_changed: changed.len(),
            is_first: before.contract.is_none(),
            warnings,
            diff: old.as_ref().zip(new.as_ref()).map(|(old, new)| Diff::between(old, new)),
            sections: Vec::new(),
            source,
        };
        findings.add_overlay(inputs, problems, contract, before);
        findings.add_values(inputs, problems, contract, &changed, new.as_ref(), before);
        findings.add_examples(inputs, before);
        findings.add_texts(inputs, contract, old.as_ref(), new.as_ref());
        findings.add_unused(inputs, problems);
        findings
    }

    fn add_overlay(
        &mut self,
        inputs: &Inputs,
        problems: &[Diagnostic],
        contract: &Contract,
        before: &Before,
    ) {
        let overlay = inputs.overlay.as_ref().map(|file| file.text.as_str()).unwrap_or_default();
        let file = workspace::short_name(&inputs.path(Source::Overlay));
        let actions = osc_codegen::overlay_actions(overlay);
        let mut found: Vec<(usize, Entry)> = Vec::new();
        let mut add = |pointer: &str, line: Option<usize>, message: String| {
            let is_action = |action: &&OverlayAction| {
                let at = action.at.as_str();
                pointer == at || pointer.strip_prefix(at).is_some_and(|rest| rest.starts_with('/'))
            };
            let action = actions.iter().find(is_action);
            let line = action.and_then(|action| action.line).or(line).unwrap_or(1);
            let reason = action.map(|action| format!(" (reason: {})", action.reason)).unwrap_or_default();
            found.push((line, Entry::Located(format!("{file}:{line}"), message + &reason)));
        };
        let stale = problems
            .iter()
            .filter(|problem| problem.source == Source::Overlay && problem.severity == Severity::Stale);
        for problem in stale {
            let line = problem.place.as_ref().map(|place| place.line);
            add(problem.pointer.as_str(), line, problem.message.clone());
        }
        if let Some(old) = &before.contract {
            for (at, message) in osc_codegen::review_overlay(overlay, old, &contract.yaml) {
                let values = changed_values(&message, old, &contract.yaml);
                add(at.as_str(), None, message + &values);
            }
        }
        found.sort_by_key(|(line, _)| *line);
        let entries = found.into_iter().map(|(_, entry)| entry).collect();
        self.section("Overlay actions to remove or review", "spec/overlay.yaml", entries);
    }

    fn add_values(
        &mut self,
        inputs: &Inputs,
        problems: &[Diagnostic],
        contract: &Contract,
        changed: &BTreeSet<String>,
        new: Option<&Api>,
        before: &Before,
    ) {
        let fields = new.map(Fields::new).unwrap_or_default();
        let mut entries: Vec<Entry> = Vec::new();
        for problem in problems.iter().filter(|problem| problem.severity == Severity::Note) {
            let hint = fields.value_set_hint(problem.pointer.as_str(), &problem.message);
            entries.push(Entry::Located(location(inputs, problem), problem.message.clone() + &hint));
        }
        let removed = texts::removed_values(contract, changed, &fields, before.published.as_deref());
        let pointers: Vec<Pointer> = removed.iter().map(|removed| removed.at.clone()).collect();
        let lines = osc_codegen::lines(&inputs.input(false), Source::Description, &pointers);
        let file = workspace::short_name(&inputs.description.path);
        for (removed, line) in removed.iter().zip(lines) {
            let line = line.map(|line| format!(":{line}")).unwrap_or_default();
            let at = format!("{file}{line} {}", removed.at);
            entries.push(Entry::Located(at, removed.message(inputs.docs.as_ref())));
        }
        self.section("Values in published texts", "the value sets in spec/overlay.yaml", merged(entries));
    }

    fn add_examples(&mut self, inputs: &Inputs, before: &Before) {
        let overlay = inputs.overlay.as_ref().map(|file| file.text.as_str());
        let old = before.contract.as_deref().map(|contract| osc_codegen::check_examples(contract, overlay));
        let old = old.unwrap_or_default();
        let new = osc_codegen::check_examples(&inputs.description.text, overlay);
        let new = new.into_iter().filter(|mismatch| !old.contains(mismatch));
        let entries = new.map(|(at, message)| Entry::Located(at.to_string(), message)).collect();
        self.section("Examples that do not match their schema", "correct them in spec/overlay.yaml", entries);
    }

    fn add_texts(&mut self, inputs: &Inputs, contract: &Contract, old: Option<&Api>, new: Option<&Api>) {
        // A folder without texts needs none.
        if inputs.docs.is_none() {
            return;
        }
        let of_contract = inputs.with_description(&inputs.description.path, &contract.yaml);
        let input = of_contract.input(false);
        let missing = osc_codegen::undocumented(&input).map(|(missing, _)| missing).unwrap_or_default();
        let is_ours = |item: &Item| missing.binary_search(&section_and_name(item)).is_err();
        let label = self.source.label().to_owned();
        let (mut current, mut earlier) = (Vec::new(), Vec::new());
        for (item, version) in self.prose.marked().into_iter().filter(|(item, _)| is_ours(item)) {
            match version == label {
                true => current.push(Entry::Name(item.name().to_owned())),
                false => earlier.push(Entry::Name(format!("{} ({version})", item.name()))),
            }
        }
        let inherited = osc_codegen::inherited_texts(&input).map(|(names, _)| names).unwrap_or_default();
        let is_new = |name: &String| !texts::has_field(old, name) && texts::has_field(new, name);
        let inherited =
            if old.is_some() { inherited.into_iter().filter(is_new).collect() } else { Vec::new() };
        let names = |names: Vec<String>| names.into_iter().map(Entry::Name).collect();
        self.section("Without documentation", "write it in spec/docs.yaml", names(missing));
        self.section(
            "New fields that use the text of their name",
            "check that it fits, or add a text of their own to spec/docs.yaml",
            names(inherited),
        );
        let remedy = "compare with ours: `cargo xtask docs compare`, then `docs reviewed`";
        self.section("Published texts that changed", remedy, current);
        self.section("Published texts of earlier imports, not reviewed", remedy, earlier);
    }

    fn add_unused(&mut self, inputs: &Inputs, problems: &[Diagnostic]) {
        let stale = |is_docs: bool| {
            let stale = problems.iter().filter(move |problem| {
                problem.severity == Severity::Stale && (problem.source == Source::Docs) == is_docs
            });
            stale.filter(|problem| problem.source != Source::Overlay)
        };
        let texts = stale(true).map(|problem| {
            Entry::Located(
                location(inputs, problem),
                problem.pointer.as_str().trim_start_matches("#/").to_owned(),
            )
        });
        self.section("Texts for removed items", "remove them from spec/docs.yaml", texts.collect());
        let others =
            stale(false).map(|problem| Entry::Located(location(inputs, problem), problem.message.clone()));
        self.section("Other entries without effect", "they stop `cargo xtask regen`", others.collect());
    }

    fn section(&mut self, title: &'static str, remedy: &'static str, entries: Vec<Entry>) {
        self.sections.push(Section { title, remedy, entries });
    }
}

fn warnings(source: &SpecSource, before: &Before) -> Vec<String> {
    let mut warnings = Vec::new();
    if source.label() != source.version {
        warnings.push(format!("release {} has `info.version` {}", source.label(), source.version));
    }
    if let (Some(old), Some(contract)) = (&before.source, &before.contract) {
        warnings.extend(old.mismatch(contract));
    }
    warnings
}

/// The interface, without texts. If there is none, the number of errors.
fn model(inputs: &Inputs, contract: &str) -> Result<Api, usize> {
    let mut inputs = inputs.with_description(&inputs.description.path, contract);
    inputs.docs = None;
    match osc_codegen::model(&inputs.input(false), &mut |_| {}) {
        Ok((api, _)) => Ok(api),
        Err(problems) => Err(problems.iter().filter(|problem| problem.severity == Severity::Error).count()),
    }
}

/// Merges the entries of the same location.
fn merged(entries: Vec<Entry>) -> Vec<Entry> {
    let mut merged: Vec<Entry> = Vec::new();
    for entry in entries {
        let same = merged.iter_mut().find_map(|other| match (other, &entry) {
            (Entry::Located(at, message), Entry::Located(new_at, _)) if at == new_at => Some(message),
            _ => None,
        });
        match (same, entry) {
            (Some(message), Entry::Located(_, next)) => {
                message.push_str("; ");
                message.push_str(&next);
            }
            (_, entry) => merged.push(entry),
        }
    }
    merged
}

/// File and line, and the pointer for a problem of the description.
fn location(inputs: &Inputs, problem: &Diagnostic) -> String {
    let source = problem.place.as_ref().map_or(problem.source, |place| place.source);
    let file = workspace::short_name(&inputs.path(source));
    let line = problem.place.as_ref().map(|place| format!(":{}", place.line)).unwrap_or_default();
    match problem.source {
        Source::Description => format!("{file}{line} {}", problem.pointer),
        _ => format!("{file}{line}"),
    }
}

/// The old and new values at the pointers that a message quotes.
fn changed_values(message: &str, old: &str, new: &str) -> String {
    let pointers: Vec<&str> = message.split('`').filter(|part| part.starts_with("#/")).collect();
    let values =
        osc_codegen::values_at(old, &pointers).into_iter().zip(osc_codegen::values_at(new, &pointers));
    let short = |value: Option<String>| {
        let value = value.unwrap_or_else(|| "nothing".to_owned());
        let cut: String = value.chars().take(MAX_VALUE).collect();
        if cut == value { cut } else { format!("{cut}…") }
    };
    let changed = values.filter(|(old, new)| old != new);
    changed.map(|(old, new)| format!("; was {}, is {}", short(old), short(new))).collect()
}

/// The name that [`osc_codegen::undocumented`] gives an item.
fn section_and_name(item: &Item) -> String {
    let section = match item {
        Item::Action(_) => "actions",
        Item::Type(_) => "types",
        Item::Field(_) => "fields",
    };
    format!("{section}/{item}")
}
