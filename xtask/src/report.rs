//! How problems are shown.

use osc_codegen::{Diagnostic, Severity, Source};

/// As many problems as one reads at once.
const SHOWN: usize = 100;

/// Prints problems on standard error, with the file that each is in, and how many there are.
pub(crate) fn problems(list: &[Diagnostic], description: &str, strict: bool) {
    for problem in list.iter().take(SHOWN) {
        let Diagnostic { severity, source, pointer, position, message } = problem;
        let word = match severity {
            Severity::Error => "error",
            Severity::Stale if strict => "error",
            Severity::Stale => "warning",
        };
        let file = match source {
            Source::Description => description,
            Source::Overlay => "overlay",
            Source::Docs => "spec/docs.yaml",
            Source::Generator => "codegen/src/names.rs",
        };
        let position = position.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        eprintln!("{word}: {file}{position} {pointer}: {message}");
    }
    if list.len() > SHOWN {
        eprintln!("… and {} more", list.len() - SHOWN);
    }
    if !list.is_empty() {
        eprintln!("{} {} found", list.len(), if list.len() == 1 { "problem" } else { "problems" });
    }
}
