//! The inputs of the generator: a description, and the files that are applied to it.

use std::path::{Path, PathBuf};

use clap::Args;
use osc_codegen::{Input, Source};

use crate::files;

/// The name of the contract in its folder. The files in the same folder belong to it.
pub(crate) const CONTRACT: &str = "outscale.yaml";

/// Files to apply to a description. A contract (`…/outscale.yaml`) has its own in its folder; any other description has
/// none unless they are given.
#[derive(Args, Clone, Debug, Default)]
pub(crate) struct InputFiles {
    /// Overlay to apply to the description
    #[arg(long, value_name = "FILE")]
    pub(crate) overlay: Option<PathBuf>,
    /// Documentation texts
    #[arg(long, value_name = "FILE")]
    pub(crate) docs: Option<PathBuf>,
    /// Error codes
    #[arg(long, value_name = "FILE")]
    pub(crate) errors: Option<PathBuf>,
    /// Waiters
    #[arg(long, value_name = "FILE")]
    pub(crate) waiters: Option<PathBuf>,
}

/// A text and the path that messages show.
#[derive(Clone, Debug)]
pub(crate) struct TextFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A description with the files that are applied to it.
#[derive(Clone, Debug)]
pub(crate) struct Inputs {
    pub(crate) description: TextFile,
    pub(crate) overlay: Option<TextFile>,
    pub(crate) docs: Option<TextFile>,
    pub(crate) errors: Option<TextFile>,
    pub(crate) waiters: Option<TextFile>,
}

impl Inputs {
    /// Reads a description and its files: those that are given, else those in `folder`.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub(crate) fn read(
        description: TextFile,
        given: &InputFiles,
        folder: Option<&Path>,
    ) -> Result<Self, String> {
        Self::read_with(description, given, &|name| {
            let Some(folder) = folder else { return Ok(None) };
            let path = folder.join(name);
            Ok(files::read_if_exists(&path)?.map(|text| TextFile { path, text }))
        })
    }

    /// Reads a description and its files: those that are given, else what `own` finds by name.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub(crate) fn read_with(
        description: TextFile,
        given: &InputFiles,
        own: &dyn Fn(&str) -> Result<Option<TextFile>, String>,
    ) -> Result<Self, String> {
        let read = |path: &Option<PathBuf>, name: &str| match path {
            Some(path) => Ok(Some(TextFile { text: files::read(path)?, path: path.clone() })),
            None => own(name),
        };
        Ok(Self {
            description,
            overlay: read(&given.overlay, "overlay.yaml")?,
            docs: read(&given.docs, "docs.yaml")?,
            errors: read(&given.errors, "errors.yaml")?,
            waiters: read(&given.waiters, "waiters.yaml")?,
        })
    }

    /// Reads a description from a file: a contract with the files in its folder, any other without.
    ///
    /// # Errors
    /// Names the file that cannot be read.
    pub(crate) fn of_file(path: &Path, given: &InputFiles) -> Result<Self, String> {
        let path = if path.is_dir() { path.join(CONTRACT) } else { path.to_owned() };
        let description = TextFile { text: files::read(&path)?, path: path.clone() };
        Self::read(description, given, own_folder(&path))
    }

    /// The same files with another description.
    pub(crate) fn with_description(&self, path: &Path, text: &str) -> Self {
        Self { description: TextFile { path: path.to_owned(), text: text.to_owned() }, ..self.clone() }
    }

    /// The input of the generator. The only place that knows how the files are passed to it.
    pub(crate) fn input(&self, is_strict: bool) -> Input<'_> {
        fn text(file: &Option<TextFile>) -> Option<&str> {
            file.as_ref().map(|file| file.text.as_str())
        }
        Input {
            description: &self.description.text,
            overlay: text(&self.overlay),
            docs: text(&self.docs),
            errors: text(&self.errors),
            waiters: text(&self.waiters),
            strict: is_strict,
        }
    }

    /// The path of an input. For one that was not read, its name.
    pub(crate) fn path(&self, source: Source) -> PathBuf {
        let path = |file: &Option<TextFile>, name: &str| {
            file.as_ref().map_or_else(|| PathBuf::from(name), |file| file.path.clone())
        };
        match source {
            Source::Description => self.description.path.clone(),
            Source::Overlay => path(&self.overlay, "spec/overlay.yaml"),
            Source::Docs => path(&self.docs, "spec/docs.yaml"),
            Source::Errors => path(&self.errors, "spec/errors.yaml"),
            Source::Waiters => path(&self.waiters, "spec/waiters.yaml"),
            Source::Generator => PathBuf::from("codegen/src/names.rs"),
        }
    }
}

/// The folder with a contract's own files.
pub(crate) fn own_folder(description: &Path) -> Option<&Path> {
    let is_contract = description.file_name().is_some_and(|name| name == CONTRACT);
    if is_contract { Some(description.parent().unwrap_or(Path::new(""))) } else { None }
}
