//! Credentials alone, from one source: for credentials providers.

use std::path::PathBuf;

use serde_json::Value;

use super::credentials::{self, Credentials};
use super::environment::{self, Environment, System};
use super::profile::{self, Profile};
use super::source::{ConfigSource, Findings, Setting};
use super::{Problems, file};

/// The credentials of the environment variables.
///
/// # Errors
/// Returns all problems with them, or that there are none.
pub(crate) fn environment_credentials() -> Result<Credentials, Problems> {
    in_environment(|environment| {
        let mut findings = Findings::default();
        let source = environment::load(environment, &mut findings);
        choose(&source, findings, "the environment")
    })
}

/// The path of a profile file: this one, else the one that the environment selects, else the default.
///
/// # Errors
/// Returns an error if there is no home directory to look in.
pub(crate) fn profile_file(path: Option<&PathBuf>) -> Result<PathBuf, Problems> {
    in_environment(|environment| {
        let mut findings = Findings::default();
        match profile::find(None, path, environment, &mut findings) {
            Some(location) => Ok(location.file().to_owned()),
            None => Err(findings.problems_or("there is no home directory to look for the profile file in")),
        }
    })
}

/// The names of the profiles of a file, sorted: of this one, else of the one that the environment selects, else of the
/// default, if it exists.
///
/// # Errors
/// Returns an error if the file cannot be read.
pub(crate) fn profile_names(
    path: Option<&PathBuf>,
    is_environment_ignored: bool,
) -> Result<Vec<String>, Problems> {
    in_environment(|environment| {
        let environment = Environment { system: environment.system, is_ignored: is_environment_ignored };
        let mut findings = Findings::default();
        match profile::find(None, path, &environment, &mut findings) {
            Some(location) => profile::names(&location, environment.system).map_err(|problem| vec![problem]),
            None if findings.problems.is_empty() => Ok(Vec::new()),
            None => Err(findings.problems),
        }
    })
}

/// The credentials of a profile.
///
/// # Errors
/// Returns all problems with the file, the profile and its credentials, or that there are none.
pub(crate) fn profile_credentials(
    path: Option<&PathBuf>,
    profile: Option<&String>,
) -> Result<Credentials, Problems> {
    in_environment(|environment| {
        let mut findings = Findings::default();
        let Some(mut location) = profile::find(profile, path, environment, &mut findings) else {
            return Err(findings.problems_or("there is no home directory to look for the profile file in"));
        };
        let Profile { settings, defects } = profile::load(&mut location, environment.system);
        report_credentials(defects, &mut findings);
        match settings {
            Some(source) => choose(&source, findings, &location.describe()),
            None => Err(findings.problems_or(&format!("{} does not exist", location.describe()))),
        }
    })
}

/// The credentials in a JSON object with the keys of a profile.
///
/// # Errors
/// Returns all problems with them, without the text.
pub(crate) fn printed_credentials(json: &[u8]) -> Result<Credentials, Problems> {
    let mut entries = match serde_json::from_slice(file::without_bom(json)) {
        Ok(Value::Object(entries)) => entries,
        Ok(mut other) => {
            profile::wipe(&mut other);
            return Err(vec!["it is not a JSON object".to_owned()]);
        }
        // This error has a position and what was expected there, not the text.
        Err(error) => return Err(vec![format!("it is not valid JSON ({error})")]),
    };
    let (mut findings, mut defects) = (Findings::default(), Vec::new());
    let source = profile::settings(&mut entries, "the output", &mut defects);
    profile::wipe_all(&mut entries);
    report_credentials(defects, &mut findings);
    choose(&source, findings, "the output")
}

/// Checks credentials and removes white space around them.
///
/// # Errors
/// Returns all problems with them.
pub(crate) fn checked_credentials(credentials: &Credentials) -> Result<Credentials, Problems> {
    let mut findings = Findings::default();
    let chosen = credentials::choose(Some(credentials), &[], &mut findings).value;
    if findings.problems.is_empty() { Ok(chosen) } else { Err(findings.problems) }
}

fn in_environment<T>(read: impl FnOnce(&Environment<'_>) -> T) -> T {
    let system = System {
        variable: &|name| std::env::var_os(name),
        read: &|path| file::read(path),
        mode: &|path| file::mode(path),
    };
    read(&Environment { system: &system, is_ignored: false })
}

fn report_credentials(defects: Vec<(Setting, String)>, findings: &mut Findings) {
    for (setting, message) in defects {
        if setting == Setting::Credentials {
            findings.problem(message);
        }
    }
}

fn choose(source: &ConfigSource, mut findings: Findings, description: &str) -> Result<Credentials, Problems> {
    let chosen = credentials::choose(None, std::slice::from_ref(source), &mut findings).value;
    if findings.problems.is_empty() && !chosen.is_none() {
        return Ok(chosen);
    }
    Err(findings.problems_or(&format!("{description} has no credentials")))
}

impl Findings {
    /// The problems or, if there are none, this one.
    fn problems_or(self, problem: &str) -> Problems {
        if self.problems.is_empty() { vec![problem.to_owned()] } else { self.problems }
    }
}
