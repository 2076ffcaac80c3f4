//! A temporary folder with a small description.

use std::collections::BTreeMap;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;
use std::time::SystemTime;

use tempfile::TempDir;

use crate::expected;
use crate::xtask::{self, Run};

pub(super) fn run(arguments: &[&str]) -> Run {
    xtask::run(arguments.iter().map(OsStr::new))
}

/// A temporary folder with a small description and an overlay.
pub(super) struct Workdir {
    folder: TempDir,
}

impl Workdir {
    pub(super) fn new(tags: usize) -> Self {
        let work = Self { folder: tempfile::tempdir().unwrap() };
        work.write("spec.yaml", &description(tags, "Name"));
        work.write("overlay.yaml", "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions: []\n");
        work
    }

    pub(super) fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    pub(super) fn write(&self, name: &str, text: &str) {
        fs::write(self.path(name), text).unwrap();
    }

    pub(super) fn arguments(&self, spec: &str, out: &str, more: &[&str]) -> Vec<String> {
        let errors = expected::workspace("spec/errors.yaml");
        let [spec, overlay, out] = [spec, "overlay.yaml", out].map(|name| self.path(name));
        let own =
            ["--spec", &spec, "--overlay", &overlay, "--errors", errors.to_str().unwrap(), "--out", &out];
        ["regen"].iter().chain(&own).chain(more).map(|argument| (*argument).to_owned()).collect()
    }

    pub(super) fn regen(&self, spec: &str, out: &str, more: &[&str]) -> Run {
        xtask::run(self.arguments(spec, out, more).iter().map(OsStr::new))
    }

    /// Generates from `spec.yaml` into `out` and asserts success.
    #[track_caller]
    pub(super) fn generate(&self) {
        let run = self.regen("spec.yaml", "out", &[]);
        assert_eq!(run.code, Some(0), "{}", run.output);
    }

    /// Replaces a folder by one with these files.
    pub(super) fn restore(&self, out: &str, files: &BTreeMap<String, String>) {
        _ = fs::remove_dir_all(self.path(out));
        fs::create_dir(self.path(out)).unwrap();
        for (name, text) in files {
            self.write(&format!("{out}/{name}"), text);
        }
    }

    pub(super) fn files(&self, out: &str) -> BTreeMap<String, String> {
        files(Path::new(&self.path(out)))
    }
}

/// A description with one action per tag, whose request has one field.
pub(super) fn description(tags: usize, field: &str) -> String {
    let mut text = "openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths:\n".to_owned();
    for tag in 0..tags {
        text.push_str(&format!(
            "  /Read{tag}: {{post: {{tags: [Tag{tag}], requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Read{tag}Request'}}}}}}}}, responses: {{'200': {{description: done}}}}}}}}\n"
        ));
    }
    text.push_str("components:\n  schemas:\n");
    for tag in 0..tags {
        text.push_str(&format!(
            "    Read{tag}Request: {{type: object, properties: {{{field}: {{type: string}}}}}}\n"
        ));
    }
    text
}

pub(super) fn files(folder: &Path) -> BTreeMap<String, String> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .filter(|entry| entry.path().is_file())
        .map(|entry| (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap()))
        .map(|(name, bytes)| (name, String::from_utf8_lossy(&bytes).into_owned()))
        .collect()
}

/// The modification time of each file in a folder.
pub(super) fn times(folder: &Path) -> BTreeMap<String, SystemTime> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap());
    entries
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), entry.metadata().unwrap().modified().unwrap())
        })
        .collect()
}
