//! How problems are shown.

use std::path::Path;

use osc_codegen::{Diagnostic, Severity, Source};

/// As many problems as one reads at once.
const SHOWN: usize = 100;

/// Which files were read, and what their problems weigh.
pub(crate) struct Report<'a> {
    /// The description.
    pub(crate) description: &'a Path,
    /// The overlay, where it is not that of the repository.
    pub(crate) overlay: Option<&'a Path>,
    /// Whether what has no effect is an error, as it is for the committed description.
    pub(crate) strict: bool,
}

impl Report<'_> {
    /// Prints problems on standard error, errors first, each with its file, and how many there are.
    pub(crate) fn show(&self, problems: &[Diagnostic]) {
        // Our texts are for the committed description. Another version has other names: that is one remark.
        let is_remark = |problem: &&Diagnostic| {
            !self.strict && problem.source == Source::Docs && problem.severity == Severity::Stale
        };
        let (remarks, others): (Vec<_>, Vec<_>) = problems.iter().partition(is_remark);
        let (notes, others): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|problem| problem.severity == Severity::Note);
        let (errors, warnings): (Vec<_>, Vec<_>) =
            others.into_iter().partition(|problem| self.is_error(problem));
        let count = errors.len() + warnings.len();
        for problem in errors.into_iter().chain(warnings).take(SHOWN) {
            eprintln!("{}", self.line(problem));
        }
        if count > SHOWN {
            eprintln!("… and {} more", count - SHOWN);
        }
        for note in notes {
            eprintln!("{}", self.line(note));
        }
        if !remarks.is_empty() {
            eprintln!(
                "note: {} texts of spec/docs.yaml are for names that this description has not",
                remarks.len()
            );
        }
        if count > 0 {
            eprintln!("{count} {} found", if count == 1 { "problem" } else { "problems" });
        }
    }

    fn is_error(&self, problem: &Diagnostic) -> bool {
        match problem.severity {
            Severity::Error => true,
            Severity::Stale => self.strict,
            Severity::Note => false,
        }
    }

    fn line(&self, problem: &Diagnostic) -> String {
        let Diagnostic { severity, source, pointer, position, message } = problem;
        let word = match severity {
            Severity::Note => "note",
            _ if self.is_error(problem) => "error",
            _ => "warning",
        };
        let file = match source {
            Source::Description => self.description.display().to_string(),
            Source::Overlay => self.overlay.unwrap_or(Path::new("spec/overlay.yaml")).display().to_string(),
            Source::Docs => "spec/docs.yaml".to_owned(),
            Source::Errors => "spec/errors.yaml".to_owned(),
            Source::Generator => "codegen/src/names.rs".to_owned(),
        };
        let position = position.map(|(line, column)| format!(":{line}:{column}")).unwrap_or_default();
        format!("{word}: {file}{position} {pointer}: {message}")
    }
}
