//! How problems are shown: for people, or as annotations of a workflow.

use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use osc_codegen::{Diagnostic, Severity, Source, visible};

use crate::sync;

/// How problems are printed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Format {
    /// For people, with the lines to look at
    #[default]
    Text,
    /// For a workflow of GitHub, which shows them beside the lines
    Github,
}

/// Which files were read, how their problems are printed, and what they weigh.
pub(crate) struct Report<'a> {
    /// The description.
    pub(crate) description: &'a Path,
    /// The overlay, where it is not that of the repository.
    pub(crate) overlay: Option<&'a Path>,
    /// Our texts, where they are not those of the repository.
    pub(crate) docs: Option<&'a Path>,
    /// Whether what has no effect is an error, as it is for the committed description.
    pub(crate) strict: bool,
    pub(crate) format: Format,
}

impl Report<'_> {
    /// Prints all problems on standard error, in the order in which they are given, and how many there are.
    pub(crate) fn show(&self, problems: &[Diagnostic]) {
        // Standard error may be closed; the exit code says enough.
        _ = std::io::stderr().write_all(self.text(problems).as_bytes());
    }

    fn text(&self, problems: &[Diagnostic]) -> String {
        // Our texts are for the committed description. Another version has other names: that is one remark.
        let is_remark = |problem: &&Diagnostic| {
            !self.strict && problem.source == Source::Docs && problem.severity == Severity::Stale
        };
        let (remarks, problems): (Vec<_>, Vec<_>) = problems.iter().partition(is_remark);
        let mut text = String::new();
        for problem in &problems {
            text.push_str(&match self.format {
                Format::Text => self.lines(problem),
                Format::Github => self.annotation(problem),
            });
            text.push('\n');
        }
        if !remarks.is_empty() {
            let (count, file) = (remarks.len(), shown(&self.file(Source::Docs)));
            _ = match self.format {
                Format::Text => write!(text, "note: "),
                Format::Github => write!(text, "::notice file={}::", property(&file)),
            };
            _ = writeln!(text, "{count} texts of {file} are for names that this description has not");
        }
        let count = |word| problems.iter().filter(|problem| self.word(problem) == word).count();
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

    fn word(&self, problem: &Diagnostic) -> &'static str {
        match problem.severity {
            Severity::Error => "error",
            Severity::Stale if self.strict => "error",
            Severity::Stale => "warning",
            Severity::Note => "note",
        }
    }

    /// A problem for people: file and place, what is wrong, and the line.
    fn lines(&self, problem: &Diagnostic) -> String {
        let word = self.word(problem);
        let place = problem.place.as_ref();
        let file = shown(&self.file(place.map_or(problem.source, |place| place.source)));
        let position = place.map(|place| format!(":{}:{}", place.line, place.column)).unwrap_or_default();
        let excerpt = place.map(|place| format!("\n{}", place.excerpt())).unwrap_or_default();
        format!("{word}: {}{position} {}{excerpt}", visible(&file), visible(&self.message(problem)))
    }

    /// A problem as a command that a workflow's runner understands.
    fn annotation(&self, problem: &Diagnostic) -> String {
        let word = match self.word(problem) {
            "note" => "notice",
            word => word,
        };
        let place = problem.place.as_ref();
        let file = self.file(place.map_or(problem.source, |place| place.source));
        // The runner knows files by their way from the root of the repository.
        let file = shown(&std::path::absolute(&file).unwrap_or(file));
        let position = place.map(|place| format!(",line={},col={}", place.line, place.column));
        format!(
            "::{word} file={}{},title={}::{}",
            property(&file),
            position.unwrap_or_default(),
            property(&problem.source.to_string()),
            data(&self.message(problem)),
        )
    }

    /// The pointer and what is wrong there.
    fn message(&self, problem: &Diagnostic) -> String {
        let Diagnostic { source, pointer, place, message, .. } = problem;
        let of = match place {
            Some(place) if place.source != *source => format!(" of {}", shown(&self.file(*source))),
            _ => String::new(),
        };
        let near = match place {
            Some(place) if !place.is_exact => " (the nearest place)",
            _ => "",
        };
        format!("{pointer}{of}{near}: {message}")
    }

    fn file(&self, source: Source) -> PathBuf {
        let own = |name: &str| sync::root().join(name);
        let given = |path: Option<&Path>, name: &str| path.map_or_else(|| own(name), Path::to_owned);
        match source {
            Source::Description => self.description.to_owned(),
            Source::Overlay => given(self.overlay, "spec/overlay.yaml"),
            Source::Docs => given(self.docs, "spec/docs.yaml"),
            Source::Errors => own("spec/errors.yaml"),
            Source::Generator => own("codegen/src/names.rs"),
        }
    }
}

/// A path as it was given, or from the root of the repository for a file in it.
fn shown(path: &Path) -> String {
    path.strip_prefix(sync::root()).unwrap_or(path).display().to_string()
}

/// The text of a workflow command: the runner reads it up to the end of the line.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A property of a workflow command, which a colon or a comma would end.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test fails by a panic")]
mod tests {
    use osc_codegen::Input;

    use super::*;

    const DESCRIPTION: &str =
        "openapi: 3.1.0\ninfo: {title: T, version: '1'}\npaths:\n  \"/A\\n::error::%,:b\": 1\n";

    fn problems() -> Vec<Diagnostic> {
        let docs = Some("types:\n  Gone: a\n");
        let overlay = "overlay: 1.0.0\nactions:\n- {target: $.info, description: a, update: {title: T}}\n";
        let input =
            Input { description: DESCRIPTION, overlay: Some(overlay), docs, errors: None, strict: false };
        osc_codegen::model(&input, &mut |_| {}).unwrap_err()
    }

    fn report(format: Format, description: &Path) -> String {
        Report { description, overlay: None, docs: None, strict: false, format }.text(&problems())
    }

    #[test]
    fn people_see_files_places_lines_and_counts() {
        let text = report(Format::Text, Path::new("bad.yaml"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "error: bad.yaml:1:1 #/openapi: must be 3.0.x, not \"3.1.0\"",
                "     1 | openapi: 3.1.0",
                "       | ^",
                "error: bad.yaml:4:3 #/paths/~1A␊::error::%,:b: must be a mapping with a `post` operation",
                "     4 |   \"/A\\n::error::%,:b\": 1",
                "       |   ^",
                "warning: spec/overlay.yaml:3:3 #/actions/0: changes nothing at `$.info`: remove it",
                "     3 | - {target: $.info, description: a, update: {title: T}}",
                "       |   ^",
                "found 2 errors, 1 warning",
            ],
            "{text}"
        );
    }

    #[test]
    fn annotations_are_one_line_each_whatever_the_names_are() {
        let text = report(Format::Github, &sync::root().join("spec/odd, name:100%.yaml"));
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!(
            lines,
            [
                "::error file=spec/odd%2C name%3A100%25.yaml,line=1,col=1,title=description::#/openapi: must be \
                 3.0.x, not \"3.1.0\"",
                "::error file=spec/odd%2C name%3A100%25.yaml,line=4,col=3,title=description::#/paths/~1A%0A::error\
                 ::%25,:b: must be a mapping with a `post` operation",
                "::warning file=spec/overlay.yaml,line=3,col=3,title=overlay::#/actions/0: changes nothing at \
                 `$.info`: remove it",
                "found 2 errors, 1 warning",
            ],
            "{text}"
        );
    }

    #[test]
    fn what_ends_a_command_or_a_property_is_escaped() {
        assert_eq!(data("a%b\r\nc: d, e"), "a%25b%0D%0Ac: d, e");
        assert_eq!(property("a%b\r\nc: d, e"), "a%25b%0D%0Ac%3A d%2C e");
        // The percent sign first: the others bring some.
        assert_eq!(property("%0A"), "%250A");
    }
}
