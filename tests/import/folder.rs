//! A temporary folder with the files of an earlier import.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use tempfile::TempDir;

use crate::xtask::{self, Run};

/// Environment variables that affect an import.
const VARIABLES: [&str; 9] = [
    "ALL_PROXY",
    "all_proxy",
    "HTTPS_PROXY",
    "https_proxy",
    "HTTP_PROXY",
    "http_proxy",
    "NO_PROXY",
    "no_proxy",
    "OSC_SPEC_BASE_URL",
];

/// Version 1.0 of a small description.
pub const OLD: &str = include_str!("old.yaml");
/// The next version.
pub const NEW: &str = include_str!("new.yaml");

pub struct Folder(TempDir);

impl Folder {
    /// A folder with an overlay and documentation, and no import.
    pub fn empty() -> Self {
        let folder = Self(tempfile::tempdir().unwrap());
        folder.write("overlay.yaml", include_str!("overlay.yaml"));
        folder.write("docs.yaml", include_str!("docs.yaml"));
        folder
    }

    /// A folder into which [`OLD`] was imported. The program runs for the first one; the others get the same files.
    pub fn with_old() -> Self {
        static IMPORTED: OnceLock<BTreeMap<String, Vec<u8>>> = OnceLock::new();
        let import = || {
            let folder = Self::empty();
            folder.write("1.0.yaml", OLD);
            let run = folder.import(&[&folder.path("1.0.yaml")]);
            assert_eq!(run.code, Some(0), "{}", run.output);
            folder.spec()
        };
        let folder = Self::empty();
        folder.write("1.0.yaml", OLD);
        fs::create_dir(folder.path("spec")).unwrap();
        for (name, bytes) in IMPORTED.get_or_init(import) {
            fs::write(folder.path(&format!("spec/{name}")), bytes).unwrap();
        }
        folder
    }

    pub fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    pub fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub fn read(&self, name: &str) -> String {
        crate::expected::read(&PathBuf::from(self.path(name)))
    }

    /// The files of the import.
    pub fn spec(&self) -> BTreeMap<String, Vec<u8>> {
        let entries = fs::read_dir(self.path("spec")).into_iter().flatten().map(|entry| entry.unwrap());
        entries
            .map(|entry| {
                (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap_or_default())
            })
            .collect()
    }

    /// An import into the folder that is not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let [overlay, docs, out] = ["overlay.yaml", "docs.yaml", "spec"].map(|name| self.path(name));
        let own = ["spec", "import", "--overlay", &overlay, "--docs", &docs, "--out", &out];
        let mut command = xtask::command(own.iter().chain(arguments).map(OsStr::new));
        for variable in VARIABLES {
            command.env_remove(variable);
        }
        command
    }

    /// Runs an import into the folder.
    pub fn import(&self, arguments: &[&str]) -> Run {
        xtask::finish(self.command(arguments))
    }
}
