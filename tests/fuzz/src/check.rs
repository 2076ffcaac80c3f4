//! What must be true of the generator, whatever it is given.

use osc_codegen::ir::Api;
use osc_codegen::{Diagnostic, Diff, Files, Input, Severity};

use super::parts::Parts;
use super::{prose, rust};

/// Runs the generator in every way that it can be used.
///
/// Returns the files, if the input is one that files are made of.
///
/// # Errors
/// What is not as it must be. A panic, a hang and a lack of memory are for the caller to see.
pub fn check(parts: &Parts) -> Result<Option<Files>, String> {
    contract(&parts.description)?;
    let strict = judged(&parts.input(true), osc_codegen::model(&parts.input(true), &mut |_| {}))?;
    let Some(api) = model(&parts.input(false))? else {
        return if strict.is_some() {
            Err("what is good when strict must be good".to_owned())
        } else {
            Ok(None)
        };
    };
    let files = files(&api)?;
    if files != self::files(&api)? {
        return Err("a second run printed something else".to_owned());
    }
    rust::check(&files)?;
    // Texts of ours are printed as they are: they are reviewed.
    if parts.overlay.is_none() && parts.docs.is_none() && parts.errors.is_none() {
        prose::check(&files)?;
    }
    differences(&api, parts)?;
    Ok(Some(files))
}

/// What the generator makes of an input, or says of it.
type Outcome = Result<(Api, Vec<Diagnostic>), Vec<Diagnostic>>;

/// Reads a description twice, and looks at what is said of it.
fn model(input: &Input<'_>) -> Result<Option<Api>, String> {
    let first = osc_codegen::model(input, &mut |_| {});
    let second = osc_codegen::model(input, &mut |_| {});
    if first != second {
        return Err("a second run made another model or said something else".to_owned());
    }
    judged(input, first)
}

/// The model, where nothing is wrong with what is said beside it or instead of it.
fn judged(input: &Input<'_>, outcome: Outcome) -> Result<Option<Api>, String> {
    let is_fatal = |problem: &Diagnostic| match problem.severity {
        Severity::Error => true,
        Severity::Stale => input.strict,
        Severity::Note => false,
    };
    match outcome {
        Ok((_, problems)) if problems.iter().any(is_fatal) => Err("an error did not stop the run".to_owned()),
        Ok((api, _)) => Ok(Some(api)),
        Err(problems) if !problems.iter().any(is_fatal) => {
            Err("no error tells why the run stopped".to_owned())
        }
        Err(problems) => match problems.iter().find(|problem| problem.message.trim().is_empty()) {
            Some(problem) => Err(format!("nothing is said at {}", problem.pointer)),
            None => Ok(None),
        },
    }
}

fn files(api: &Api) -> Result<Files, String> {
    let files = osc_codegen::files(api)?;
    let count =
        api.modules.len() + 3 + usize::from(!api.codes.is_empty()) + usize::from(!api.waiters.is_empty());
    if files.len() != count {
        return Err(format!("{} files instead of {count}: two have one name", files.len()));
    }
    Ok(files)
}

/// An import: the contract of a contract is that contract, and has no prose.
fn contract(description: &str) -> Result<(), String> {
    let Ok(contract) = osc_codegen::strip_prose(description) else { return Ok(()) };
    let again = osc_codegen::strip_prose(&contract.yaml);
    let again = again.map_err(|problems| format!("the contract cannot be read: {:?}", problems.first()))?;
    if again.yaml != contract.yaml {
        return Err(format!("the contract of the contract is another:\n{}\n{}", contract.yaml, again.yaml));
    }
    // Answers must have a description, so an empty one is put there.
    match again.prose.iter().find(|(_, text)| !text.is_empty()) {
        Some((at, _)) => Err(format!("there is prose in the contract at {at}")),
        None => Ok(()),
    }
}

/// The change reports, in both directions and from a description to itself.
fn differences(api: &Api, parts: &Parts) -> Result<(), String> {
    let same = Diff::of(api, api);
    if !same.changes.is_empty() {
        return Err(format!("a description differs from itself: {:?}", same.changes));
    }
    let Some(older) = &parts.older else { return Ok(()) };
    let Some(older) = model(&Input { description: older, ..parts.input(false) })? else { return Ok(()) };
    for (old, new) in [(&older, api), (api, &older)] {
        let diff = Diff::of(old, new);
        if diff != Diff::of(old, new) {
            return Err("a second comparison found something else".to_owned());
        }
        _ = (diff.text(Some("1.2.3")), diff.markdown(None));
        serde_json::from_str::<serde_json::Value>(&diff.json(Some("0.1.0")))
            .map_err(|error| format!("the report is not JSON: {error}"))?;
        // What is printed is what callers see: where it differs, there is a change.
        if diff.changes.is_empty() && declared(&files(old)?) != declared(&files(new)?) {
            return Err("the code differs and the report is empty".to_owned());
        }
    }
    Ok(())
}

/// The code of the public files without comments, as one text. Not the tables of the wire, the published answers and
/// the version, which are no interface.
fn declared(files: &Files) -> String {
    let files = files.iter().filter(|(name, _)| !matches!(name.as_str(), "fake_data.rs" | "modules.rs"));
    let lines = files.flat_map(|(_, text)| text.lines());
    lines.filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}
