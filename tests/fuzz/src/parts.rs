//! The generator's inputs as one readable text that a fuzzer can mutate.

use osc_codegen::Input;

/// The inputs of the generator. In a file the description comes first; each other input follows a line such as
/// `%%% overlay`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// The description.
    pub description: String,
    /// The overlay.
    pub overlay: Option<String>,
    /// The documentation.
    pub docs: Option<String>,
    /// The error codes.
    pub errors: Option<String>,
    pub waiters: Option<String>,
    /// An older description to compare with.
    pub older: Option<String>,
}

const MARK: &str = "%%% ";

impl Parts {
    /// A description alone.
    pub fn of(description: impl Into<String>) -> Self {
        Self { description: description.into(), ..Self::default() }
    }

    /// Reads a file of any bytes. Invalid UTF-8 is replaced: it never reaches the generator.
    pub fn read(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let mut parts = Self::default();
        let mut current = &mut parts.description;
        for line in text.split_inclusive('\n') {
            match line.strip_prefix(MARK).map(str::trim_end) {
                Some("overlay") => current = parts.overlay.insert(String::new()),
                Some("docs") => current = parts.docs.insert(String::new()),
                Some("errors") => current = parts.errors.insert(String::new()),
                Some("waiters") => current = parts.waiters.insert(String::new()),
                Some("older") => current = parts.older.insert(String::new()),
                _ => current.push_str(line),
            }
        }
        parts
    }

    /// The text of a file.
    pub fn write(&self) -> String {
        let Self { description, overlay, docs, errors, waiters, older } = self;
        let mut text = description.clone();
        for (name, part) in
            [("overlay", overlay), ("docs", docs), ("errors", errors), ("waiters", waiters), ("older", older)]
        {
            let Some(part) = part else { continue };
            if !text.is_empty() && !text.ends_with('\n') {
                text.push('\n');
            }
            text.push_str(&format!("{MARK}{name}\n{part}"));
        }
        text
    }

    /// The present parts, mutable.
    pub fn texts(&mut self) -> Vec<&mut String> {
        let Self { description, overlay, docs, errors, waiters, older } = self;
        let others = [overlay, docs, errors, waiters, older].into_iter().filter_map(Option::as_mut);
        std::iter::once(description).chain(others).collect()
    }

    /// The generator's input.
    pub fn input(&self, strict: bool) -> Input<'_> {
        Input {
            description: &self.description,
            overlay: self.overlay.as_deref(),
            docs: self.docs.as_deref(),
            errors: self.errors.as_deref(),
            waiters: self.waiters.as_deref(),
            strict,
        }
    }
}
