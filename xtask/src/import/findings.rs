//! What an import finds out: everything that its report tells.

use osc_codegen::ir::Api;
use osc_codegen::{Contract, Diagnostic, Diff, Input, Severity, Source};

use super::Before;
use crate::prose::{Item, Prose};
use crate::spec_source::Origin;

/// All that there is to tell.
pub(super) struct Findings {
    /// What is imported.
    pub(super) origin: Origin,
    /// Its texts, with the marks of what changed.
    pub(super) prose: Prose,
    /// How many actions it has.
    pub(super) actions: usize,
    /// How many texts are other ones than before.
    pub(super) texts_changed: usize,
    /// Whether there was a contract before.
    pub(super) is_first: bool,
    /// What one must know before one trusts the rest.
    pub(super) warnings: Vec<String>,
    /// The changes of the interface, where there was a contract that can still be read.
    pub(super) diff: Option<Diff>,
    /// What a maintainer has to look at.
    pub(super) sections: Vec<Section>,
}

/// One kind of things to look at.
pub(super) struct Section {
    /// What they are.
    pub(super) title: &'static str,
    /// What to do about them.
    pub(super) remedy: &'static str,
    /// All of them.
    pub(super) entries: Entries,
}

/// The things themselves.
pub(super) enum Entries {
    /// Places, each with a sentence about it.
    Places(Vec<(String, String)>),
    /// Names, many on a line.
    Names(Vec<String>),
}

impl Entries {
    pub(super) fn count(&self) -> usize {
        match self {
            Self::Places(places) => places.len(),
            Self::Names(names) => names.len(),
        }
    }
}

impl Findings {
    /// Compares what was published with what was there. `problems` are those of the published description.
    pub(super) fn collect(
        origin: Origin,
        published: &str,
        contract: &Contract,
        problems: &[Diagnostic],
        before: &Before,
    ) -> Self {
        let mut prose = Prose::of(contract);
        let texts_changed = prose.changes(&before.prose).len();
        prose.mark(&before.prose, origin.label());
        let mut warnings = Vec::new();
        if origin.label() != origin.version {
            warnings.push(format!(
                "the description of release {} says of itself that it is version {}",
                origin.label(),
                origin.version
            ));
        }
        if let (Some(old), Some(contract)) = (&before.origin, &before.contract) {
            warnings.extend(old.mismatch(contract));
        }
        // What is generated comes from the contract, where everything has its order.
        let new = model(before, &contract.yaml);
        let old = before.contract.as_deref().map(|contract| model(before, contract));
        if let Some(Err(problems)) = &old {
            warnings.push(format!(
                "the contract that was there has {problems} errors now, so the two interfaces are not compared"
            ));
        }
        let actions = new.as_ref().map_or(0, Api::action_count);
        let diff = old.and_then(Result::ok).zip(new.ok()).map(|(old, new)| Diff::between(&old, &new));
        let mut findings = Self {
            origin,
            prose,
            actions,
            texts_changed,
            is_first: before.contract.is_none(),
            warnings,
            diff,
            sections: Vec::new(),
        };
        findings.overlay(problems, &contract.yaml, before);
        findings.texts(&contract.yaml, before);
        findings.examples(published, before);
        findings.others(problems);
        findings
    }

    fn overlay(&mut self, problems: &[Diagnostic], contract: &str, before: &Before) {
        let mut rows = places(problems, |problem| {
            problem.source == Source::Overlay && problem.severity == Severity::Stale
        });
        if let (Some(overlay), Some(old)) = (&before.overlay, &before.contract) {
            let unneeded = osc_codegen::review_overlay(overlay, old, contract);
            rows.extend(unneeded.into_iter().map(|(at, message)| (at.to_string(), message)));
        }
        self.section(
            "Overlay rows that are dead or no longer right",
            "in spec/overlay.yaml",
            Entries::Places(rows),
        );
        let notes = places(problems, |problem| problem.severity == Severity::Note);
        self.section(
            "Values in published texts that the overlay has not",
            "in spec/overlay.yaml",
            Entries::Places(notes),
        );
    }

    fn texts(&mut self, contract: &str, before: &Before) {
        let input = Input { overlay: before.overlay.as_deref(), ..before.input(contract) };
        let missing = osc_codegen::undocumented(&input).map(|(missing, _)| missing).unwrap_or_default();
        let is_ours = |item: &Item| missing.binary_search(&section_and_name(item)).is_err();
        let marked = self.prose.marked();
        let ours = marked.iter().filter(|(item, _)| before.docs.is_some() && is_ours(item));
        let (new, waiting): (Vec<_>, Vec<_>) =
            ours.partition(|(_, version)| **version == self.origin.label());
        let [new, waiting] = [new, waiting].map(|list| {
            let names =
                list.into_iter().map(|(item, version)| (item.name().to_owned(), (*version).to_owned()));
            names.collect::<Vec<_>>()
        });
        let new = new.into_iter().map(|(name, _)| name).collect();
        let waiting = waiting.into_iter().map(|(name, version)| format!("{name} ({version})")).collect();
        let remedy = "see whether ours are still true, then `cargo xtask docs reviewed`";
        self.section("Published texts that changed, of what we document", remedy, Entries::Names(new));
        self.section("Such texts of earlier imports, not yet reviewed", remedy, Entries::Names(waiting));
        // A folder of its own has no texts of ours: then everything would be without.
        let missing = if before.docs.is_some() { missing } else { Vec::new() };
        self.section("Without documentation of ours", "write it: spec/docs.yaml", Entries::Names(missing));
    }

    fn examples(&mut self, published: &str, before: &Before) {
        let overlay = before.overlay.as_deref();
        let old = before.contract.as_deref().map(|contract| osc_codegen::check_examples(contract, overlay));
        let old = old.unwrap_or_default();
        let new = osc_codegen::check_examples(published, overlay);
        let new = new.into_iter().filter(|misfit| !old.contains(misfit));
        let places = new.map(|(at, message)| (at.to_string(), message)).collect();
        let remedy = "mend them in spec/overlay.yaml";
        self.section("Examples that do not fit their schema", remedy, Entries::Places(places));
    }

    fn others(&mut self, problems: &[Diagnostic]) {
        let gone = problems
            .iter()
            .filter(|problem| problem.source == Source::Docs && problem.severity == Severity::Stale);
        let gone = gone.map(|problem| problem.pointer.as_str().trim_start_matches("#/").to_owned()).collect();
        self.section(
            "Texts of ours for what is gone",
            "remove them from spec/docs.yaml",
            Entries::Names(gone),
        );
        let others = places(problems, |problem| {
            problem.severity == Severity::Stale && !matches!(problem.source, Source::Overlay | Source::Docs)
        });
        self.section("Without effect", "they stop `cargo xtask regen`", Entries::Places(others));
    }

    fn section(&mut self, title: &'static str, remedy: &'static str, entries: Entries) {
        self.sections.push(Section { title, remedy, entries });
    }
}

/// The model without texts. Where it cannot be made, the number of its errors.
fn model(before: &Before, contract: &str) -> Result<Api, usize> {
    let input = Input { docs: None, ..before.input(contract) };
    match osc_codegen::model(&input, &mut |_| {}) {
        Ok((api, _)) => Ok(api),
        Err(problems) => Err(problems.iter().filter(|problem| problem.severity == Severity::Error).count()),
    }
}

fn places(problems: &[Diagnostic], is_wanted: impl Fn(&Diagnostic) -> bool) -> Vec<(String, String)> {
    let wanted = problems.iter().filter(|problem| is_wanted(problem));
    wanted.map(|problem| (problem.pointer.to_string(), problem.message.clone())).collect()
}

/// As [`osc_codegen::undocumented`] names an item.
fn section_and_name(item: &Item) -> String {
    let section = match item {
        Item::Action(_) => "actions",
        Item::Type(_) => "types",
        Item::Field(_) => "fields",
    };
    format!("{section}/{item}")
}
