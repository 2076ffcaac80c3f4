//! Prints diagnostics: as text with source excerpts, or as annotations of a GitHub workflow.

use std::fmt::Write as _;

use clap::ValueEnum;
use osc_codegen::{Diagnostic, Severity, Source};

use crate::inputs::Inputs;
use crate::{terminal, workspace};

/// How diagnostics are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProblemFormat {
    /// Text with source excerpts
    #[default]
    Text,
    /// Annotations of a GitHub workflow
    Github,
}

/// Prints the diagnostics of some inputs.
pub(crate) struct Problems<'a> {
    pub(crate) inputs: &'a Inputs,
    /// Whether entries without effect are errors, as they are for the committed description.
    pub(crate) is_strict: bool,
    pub(crate) format: ProblemFormat,
}

impl Problems<'_> {
    /// Prints all diagnostics on standard error, in the given order, and their number.
    pub(crate) fn show(&self, problems: &[Diagnostic]) {
        terminal::warn(&self.text(problems));
    }

    fn text(&self, problems: &[Diagnostic]) -> String {
        // Our texts are for the committed description. Another version has other names, which is one note.
        let is_unused_text = |problem: &&Diagnostic| {
            !self.is_strict && problem.source == Source::Docs && problem.severity == Severity::Stale
        };
        // So are the tables of the generator.
        let is_ours = |problem: &&Diagnostic| self.is_strict || problem.source != Source::Generator;
        let (unused, problems): (Vec<_>, Vec<_>) = problems.iter().filter(is_ours).partition(is_unused_text);
        let mut text = String::new();
        for problem in &problems {
            text.push_str(&match self.format {
                ProblemFormat::Text => self.lines(problem),
                ProblemFormat::Github => self.annotation(problem),
            });
            text.push('\n');
        }
        if !unused.is_empty() {
            let (count, file) = (unused.len(), self.file(Source::Docs));
            _ = match self.format {
                ProblemFormat::Text => write!(text, "note: "),
                ProblemFormat::Github => write!(text, "::notice file={}::", property(&file)),
            };
            _ = writeln!(text, "{count} texts of {file} are for names that this description does not have");
        }
        let count = |word| problems.iter().filter(|problem| self.severity(problem) == word).count();
        let counts = ["error", "warning", "note"].map(|word| (count(word), word));
        let counts = counts.into_iter().filter(|(count, _)| *count > 0);
        let counts: Vec<String> = counts
            .map(|(count, word)| format!("{count} {word}{}", if count == 1 { "" } else { "s" }))
            .collect();
        if !counts.is_empty() {
            _ = writeln!(text, "found {}", counts.join(", "));
        }
        text
    }

    fn severity(&self, problem: &Diagnostic) -> &'static str {
        match problem.severity {
            Severity::Error => "error",
            Severity::Stale if self.is_strict => "error",
            Severity::Stale => "warning",
            Severity::Note => "note",
        }
    }

    /// File, position, message and the line.
    fn lines(&self, problem: &Diagnostic) -> String {
        let word = self.severity(problem);
        let excerpt =
            problem.place.as_ref().map(|place| format!("\n{}", place.excerpt())).unwrap_or_default();
        format!("{word}: {}{excerpt}", self.line(problem))
    }

    /// File, position and message.
    pub(crate) fn line(&self, problem: &Diagnostic) -> String {
        let place = problem.place.as_ref();
        let file = self.file(place.map_or(problem.source, |place| place.source));
        let position = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        format!("{file}{position} {}", osc_codegen::visible(&self.message(problem)))
    }

    /// A workflow command.
    fn annotation(&self, problem: &Diagnostic) -> String {
        let word = match self.severity(problem) {
            "note" => "notice",
            word => word,
        };
        let place = problem.place.as_ref();
        let path = self.inputs.path(place.map_or(problem.source, |place| place.source));
        // The runner expects paths relative to the root of the repository.
        let file = workspace::relative(&std::path::absolute(&path).unwrap_or(path));
        let position = place.map(|place| format!(",line={},col={}", place.line, place.column));
        format!(
            "::{word} file={}{},title={}::{}",
            property(&file),
            position.unwrap_or_default(),
            property(&problem.source.to_string()),
            data(&self.message(problem)),
        )
    }

    /// The pointer and the message.
    fn message(&self, problem: &Diagnostic) -> String {
        let Diagnostic { source, pointer, place, message, .. } = problem;
        let of = match place {
            Some(place) if place.source != *source => format!(" of {}", self.file(*source)),
            _ => String::new(),
        };
        let near = match place {
            Some(place) if !place.is_exact => " (nearest location)",
            _ => "",
        };
        format!("{pointer}{of}{near}: {message}")
    }

    fn file(&self, source: Source) -> String {
        workspace::relative(&self.inputs.path(source))
    }
}

/// Escapes the message of a workflow command, which ends at the end of the line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command, which ends at a colon or comma.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;
    use crate::inputs::TextFile;

    const DESCRIPTION: &str =
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  \"/A\\n::error::%,:b\": 1\n";

    fn report(format: ProblemFormat, description: &Path) -> String {
        let file = |path: &Path, text: &str| TextFile { path: path.to_owned(), text: text.to_owned() };
        let root = workspace::root().unwrap();
        let overlay = "overlay: 1.0.0\nactions:\n- {target: $.info, description: a, update: {title: T}}\n";
        let inputs = Inputs {
            description: file(description, DESCRIPTION),
            overlay: Some(file(&root.join("spec/overlay.yaml"), overlay)),
            docs: Some(file(&root.join("spec/docs.yaml"), "types:\n  Removed: a\n")),
            errors: None,
            waiters: None,
        };
        let problems = osc_codegen::model(&inputs.input(false), &mut |_| {}).unwrap_err();
        Problems { inputs: &inputs, is_strict: false, format }.text(&problems)
    }

    #[test]
    fn text_has_files_positions_lines_and_counts() {
        let text = report(ProblemFormat::Text, Path::new("bad.yaml"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "error: bad.yaml:1:1 #/openapi: must be 3.0.x, not \"3.1.0\"",
                "     1 | openapi: 3.1.0",
                "       | ^",
                "error: bad.yaml:4:3 #/paths/~1A␊::error::%,:b: must be a mapping",
                "     4 |   \"/A\\n::error::%,:b\": 1",
                "       |   ^",
                "warning: spec/overlay.yaml:3:3 #/actions/0: changes nothing at `$.info`: remove this action",
                "     3 | - {target: $.info, description: a, update: {title: T}}",
                "       |   ^",
                "found 2 errors, 1 warning",
            ],
            "{text}"
        );
    }

    #[test]
    fn annotations_are_one_line_each_for_any_name() {
        let text =
            report(ProblemFormat::Github, &workspace::root().unwrap().join("spec/odd, name:100%.yaml"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "::error file=spec/odd%2C name%3A100%25.yaml,line=1,col=1,title=description::#/openapi: must be \
                 3.0.x, not \"3.1.0\"",
                "::error file=spec/odd%2C name%3A100%25.yaml,line=4,col=3,title=description::#/paths/~1A%0A::error\
                 ::%25,:b: must be a mapping",
                "::warning file=spec/overlay.yaml,line=3,col=3,title=overlay::#/actions/0: changes nothing at \
                 `$.info`: remove this action",
                "found 2 errors, 1 warning",
            ],
            "{text}"
        );
    }

    #[test]
    fn ends_of_commands_and_properties_are_escaped() {
        assert_eq!(data("a%b\r\nc: d, e"), "a%25b%0D%0Ac: d, e");
        assert_eq!(property("a%b\r\nc: d, e"), "a%25b%0D%0Ac%3A d%2C e");
        // The percent sign first: the others bring some.
        assert_eq!(property("%0A"), "%250A");
    }
}
