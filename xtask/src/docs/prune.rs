//! `docs prune`: removes the texts that nothing uses.

use std::collections::BTreeMap;

use osc_codegen::{Severity, Source};

use super::committed;
use crate::inputs::TextFile;
use crate::problems::{ProblemFormat, Problems};
use crate::{ExitStatus, files, terminal, workspace};

/// Removes the unused texts from `spec/docs.yaml`, and prints their names. Everything else stays as it is.
///
/// # Errors
/// If a file cannot be read or written.
pub(super) fn run() -> Result<ExitStatus, String> {
    let inputs = committed(None)?;
    let problems = match osc_codegen::undocumented(&inputs.input(false)) {
        Ok((_, problems)) => problems,
        Err(problems) => {
            Problems { inputs: &inputs, is_strict: true, format: ProblemFormat::Text }.show(&problems);
            return Ok(ExitStatus::Failed);
        }
    };
    let Some(TextFile { path, text }) = &inputs.docs else {
        return Err("there is no spec/docs.yaml".to_owned());
    };
    let unused = problems
        .iter()
        .filter(|problem| problem.source == Source::Docs && problem.severity == Severity::Stale);
    let lines: BTreeMap<usize, String> = unused
        .filter_map(|problem| {
            let name = problem.pointer.as_str().trim_start_matches("#/").to_owned();
            Some((problem.place.as_ref()?.line, name))
        })
        .collect();
    let (kept, removed) = without(text, &lines);
    files::write(path, &kept)?;
    removed.iter().for_each(|name| terminal::print(&format!("removed: {name}\n")));
    let file = workspace::relative(path);
    terminal::print(&format!(
        "{} texts removed from {file}, {} left to remove by hand\n",
        removed.len(),
        lines.len() - removed.len()
    ));
    Ok(if removed.len() == lines.len() { ExitStatus::Done } else { ExitStatus::Failed })
}

/// A text without the entries of block mappings that start on some lines, and the names of the removed ones. An entry
/// ends before the next line that is not indented more than its key.
fn without(text: &str, entries: &BTreeMap<usize, String>) -> (String, Vec<String>) {
    let indent = |line: &str| line.len() - line.trim_start_matches(' ').len();
    let (mut kept, mut removed) = (String::with_capacity(text.len()), Vec::new());
    let mut inside = None;
    for (index, line) in text.split_inclusive('\n').enumerate() {
        let is_blank = line.trim().is_empty();
        if inside.is_some_and(|key| is_blank || indent(line) > key) {
            continue;
        }
        inside = None;
        if let Some(name) = entries.get(&(index + 1)).filter(|name| is_entry(line, name)) {
            removed.push(name.clone());
            inside = Some(indent(line));
        } else {
            kept.push_str(line);
        }
    }
    (kept, removed)
}

/// Whether the line starts with the key of an entry, which it does not in a flow mapping.
fn is_entry(line: &str, name: &str) -> bool {
    let key = name.split_once('/').map_or(name, |(_, key)| key);
    let rest = line.trim_start().trim_start_matches(['"', '\'']).strip_prefix(key);
    rest.is_some_and(|rest| rest.trim_start_matches(['"', '\'']).starts_with(':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_removed_with_all_their_lines() {
        let text = "actions:\n  A: One.\n  # About B.\n  B: |-\n    Two.\n\n    - Three.\n  \"C\": Four.\ntypes: {D: Five.}\n";
        let entries = [(2, "actions/A"), (4, "actions/B"), (8, "actions/C"), (9, "types/D")];
        let entries = entries.map(|(line, name)| (line, name.to_owned())).into();
        let (kept, removed) = without(text, &entries);
        assert_eq!(kept, "actions:\n  # About B.\ntypes: {D: Five.}\n");
        assert_eq!(removed, ["actions/A", "actions/B", "actions/C"]);
        assert_eq!(without(text, &BTreeMap::new()), (text.to_owned(), Vec::new()));
    }
}
