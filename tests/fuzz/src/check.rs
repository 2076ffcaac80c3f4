//! The properties of the generator that hold for any input.

use osc_codegen::ir::Api;
use osc_codegen::{Diagnostic, Diff, Files, Input, Severity};

use super::parts::Parts;
use super::{prose, rust};

/// Uses every entry point of the generator. Returns the files if the input is valid.
///
/// # Errors
/// The violated property. The caller detects a panic, a hang and a lack of memory.
pub fn check(parts: &Parts) -> Result<Option<Files>, String> {
    contract(&parts.description)?;
    let strict = validated(&parts.input(true), osc_codegen::model(&parts.input(true), &mut |_| {}))?;
    let Some(api) = model(&parts.input(false))? else {
        return if strict.is_some() {
            Err("an input that is valid with `strict` must be valid without".to_owned())
        } else {
            Ok(None)
        };
    };
    let files = files(&api)?;
    if files != self::files(&api)? {
        return Err("a second run generated other files".to_owned());
    }
    rust::check(&files)?;
    // Our own texts are reviewed and printed unchanged.
    if parts.overlay.is_none() && parts.docs.is_none() && parts.errors.is_none() {
        prose::check(&files)?;
    }
    differences(&api, parts)?;
    Ok(Some(files))
}

/// The model with its warnings, or the diagnostics.
type Checked = Result<(Api, Vec<Diagnostic>), Vec<Diagnostic>>;

/// Builds the model twice and checks the diagnostics.
fn model(input: &Input<'_>) -> Result<Option<Api>, String> {
    let first = osc_codegen::model(input, &mut |_| {});
    let second = osc_codegen::model(input, &mut |_| {});
    if first != second {
        return Err("a second run returned another model or other diagnostics".to_owned());
    }
    validated(input, first)
}

/// The model, if its diagnostics are consistent.
fn validated(input: &Input<'_>, outcome: Checked) -> Result<Option<Api>, String> {
    let is_fatal = |problem: &Diagnostic| match problem.severity {
        Severity::Error => true,
        Severity::Stale => input.strict,
        Severity::Note => false,
    };
    match outcome {
        Ok((_, problems)) if problems.iter().any(is_fatal) => Err("an error did not stop the run".to_owned()),
        Ok((api, _)) => Ok(Some(api)),
        Err(problems) if !problems.iter().any(is_fatal) => Err("the run stopped without an error".to_owned()),
        Err(problems) => match problems.iter().find(|problem| problem.message.trim().is_empty()) {
            Some(problem) => Err(format!("the message at {} is empty", problem.pointer)),
            None => Ok(None),
        },
    }
}

fn files(api: &Api) -> Result<Files, String> {
    let files = osc_codegen::files(api)?;
    let count =
        api.modules.len() + 5 + usize::from(!api.codes.is_empty()) + usize::from(!api.waiters.is_empty());
    if files.len() != count {
        return Err(format!("{} files instead of {count}: two have the same name", files.len()));
    }
    Ok(files)
}

/// The contract of a contract is the same contract, without prose.
fn contract(description: &str) -> Result<(), String> {
    let Ok(contract) = osc_codegen::strip_prose(description) else { return Ok(()) };
    let again = osc_codegen::strip_prose(&contract.yaml);
    let again = again.map_err(|problems| format!("the contract cannot be read: {:?}", problems.first()))?;
    if again.yaml != contract.yaml {
        return Err(format!("the contract of the contract differs:\n{}\n{}", contract.yaml, again.yaml));
    }
    // Responses must have a description, which is empty.
    match again.prose.iter().find(|(_, text)| !text.is_empty()) {
        Some((at, _)) => Err(format!("there is prose in the contract at {at}")),
        None => Ok(()),
    }
}

/// The change reports, in both directions and from a description to itself.
fn differences(api: &Api, parts: &Parts) -> Result<(), String> {
    let same = Diff::between(api, api);
    if !same.changes.is_empty() {
        return Err(format!("a description differs from itself: {:?}", same.changes));
    }
    let Some(older) = &parts.older else { return Ok(()) };
    let Some(older) = model(&Input { description: older, ..parts.input(false) })? else { return Ok(()) };
    for (old, new) in [(&older, api), (api, &older)] {
        let diff = Diff::between(old, new);
        if diff != Diff::between(old, new) {
            return Err("a second comparison found other changes".to_owned());
        }
        _ = (diff.text(Some("1.2.3")), diff.markdown(None));
        serde_json::from_str::<serde_json::Value>(&diff.json(Some("0.1.0")))
            .map_err(|error| format!("the report is not JSON: {error}"))?;
        // Callers see the generated code: where it differs, there must be a change.
        if diff.changes.is_empty() && declared(&files(old)?) != declared(&files(new)?) {
            return Err("the code differs and the report is empty".to_owned());
        }
    }
    Ok(())
}

/// The code of the public files without comments. Leaves out the wire tables, the published responses and the version,
/// which are not part of the interface.
fn declared(files: &Files) -> String {
    let files = files.iter().filter(|(name, _)| !matches!(name.as_str(), "fake_data.rs" | "modules.rs"));
    let lines = files.flat_map(|(_, text)| text.lines());
    lines.filter(|line| !line.trim_start().starts_with("//")).map(|line| format!("{line}\n")).collect()
}
