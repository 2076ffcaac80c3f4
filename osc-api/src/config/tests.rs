mod certificate;
mod credentials;
mod files;
mod matrix;
mod precedence;
mod proxy;
mod services;
mod settings;
mod values;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io;
use std::path::Path;

use zeroize::Zeroizing;

use super::*;

const HOME_FILE: &str = "/home/me/.osc/config.json";

/// A self-signed certificate and its key, used only in these tests.
const CERTIFICATE: &str = include_str!("tests/client.pem");
const KEY: &str = include_str!("tests/client.key");

/// A simulated environment. `HOME` is always set, so that the profile file is at its default path.
#[derive(Default)]
struct World {
    variables: BTreeMap<String, OsString>,
    files: BTreeMap<String, String>,
    mode: Option<u32>,
    overrides: Overrides,
}

impl World {
    fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.insert(name.to_owned(), value.into());
        self
    }

    fn file(mut self, path: &str, text: &str) -> Self {
        self.files.insert(path.to_owned(), text.to_owned());
        self
    }

    fn profile(self, settings: &str) -> Self {
        self.file(HOME_FILE, &format!(r#"{{"default": {{{settings}}}}}"#))
    }

    fn overrides(mut self, change: impl FnOnce(&mut Overrides)) -> Self {
        change(&mut self.overrides);
        self
    }

    fn resolve(&self) -> Result<Resolved, Problems> {
        let home = |name: &str| (name == "HOME").then(|| OsString::from("/home/me"));
        let variable = |name: &str| self.variables.get(name).cloned().or_else(|| home(name));
        let read = |path: &Path| match path.to_str().and_then(|path| self.files.get(path)) {
            Some(text) => Ok(Zeroizing::new(text.clone().into_bytes())),
            None => Err(io::Error::from(io::ErrorKind::NotFound)),
        };
        let mode = |path: &Path| self.mode.filter(|_| path == Path::new(HOME_FILE));
        resolve(&self.overrides, &System { variable: &variable, read: &read, mode: &mode })
    }

    #[track_caller]
    fn resolved(&self) -> Resolved {
        self.resolve().unwrap()
    }

    #[track_caller]
    fn config(&self) -> Config {
        self.resolved().config
    }

    #[track_caller]
    fn connection(&self) -> Connection {
        self.resolved().connection
    }

    #[track_caller]
    fn problems(&self) -> Problems {
        let Err(problems) = self.resolve() else { panic!("no problem was found") };
        assert!(!problems.concat().contains("marker"), "a value is shown: {problems:?}");
        problems
    }

    /// Asserts that exactly one problem is found, and that its message contains all of `parts`.
    #[track_caller]
    fn one_problem(&self, parts: &[&str]) {
        let problems = self.problems();
        let [problem] = problems.as_slice() else { panic!("{problems:?}") };
        for part in parts {
            assert!(problem.contains(part), "{part:?} is not in {problem:?}");
        }
    }
}

fn world() -> World {
    World::default()
}

fn address(config: &Config) -> String {
    format!("{}/X", config.endpoint.as_str())
}
