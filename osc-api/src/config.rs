//! The configuration: what the program says, the environment, and the profile file, made into one.
//!
//! A setting comes from the first of these that has it: the program, the environment, the profile, the
//! default. A profile that the *program* names counts as said by the program, before the environment: who
//! writes `Client::from_profile("prod")` must not act on the account of a variable left in the shell.
//! Credentials are one unit: all of them come from one place.
//!
//! Everything here is a pure function of [`Explicit`] and [`Sources`], so that tests bring an environment of
//! their own.

mod layer;
mod profile;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::Credentials;
use crate::endpoint::{Endpoint, Protocol};

use layer::{Given, Layer};

const DEFAULT_REGION: &str = "eu-west-2";
const DEFAULT_DOMAIN: &str = "outscale.com";
const DEFAULT_PROFILE: &str = "default";

/// What the program itself says.
#[derive(Clone, Default)]
pub(crate) struct Explicit {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) config_file: Option<PathBuf>,
    pub(crate) allow_http: bool,
    /// Neither variables nor a profile file that the program does not name.
    pub(crate) ignore_environment: bool,
}

/// Where the rest is read from.
pub(crate) struct Sources<'a> {
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    pub(crate) read: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
}

/// The result: all that a client needs to know.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) endpoint: Endpoint,
    /// Where an access key could have been found, for the error of a call that needs one.
    pub(crate) remedy: String,
}

/// The problems of a configuration, each naming its place and the remedy.
pub(crate) type Problems = Vec<String>;

/// Reads the process's own environment and file system.
pub(crate) fn resolve_from_process(explicit: &Explicit) -> Result<Config, Problems> {
    let sources = Sources { variable: &|name| std::env::var_os(name), read: &|path| std::fs::read(path) };
    resolve(explicit, &sources)
}

/// Puts the configuration together.
///
/// # Errors
/// All problems that there are.
pub(crate) fn resolve(explicit: &Explicit, sources: &Sources<'_>) -> Result<Config, Problems> {
    let mut problems = Problems::new();
    let environment = Environment { variable: sources.variable, ignored: explicit.ignore_environment };
    let mut place = profile::find(explicit, &environment, &mut problems);
    let profile = place.as_mut().and_then(|place| profile::load(place, sources, &mut problems));
    let variables = layer::from_environment(&environment, &mut problems);
    let layers = match explicit.profile.is_some() {
        true => [profile, Some(variables)],
        false => [Some(variables), profile],
    };
    let layers: Vec<Layer> = layers.into_iter().flatten().collect();

    let region = region(explicit, &layers, &mut problems);
    let endpoint = region.as_deref().and_then(|region| endpoint(explicit, &layers, region, &mut problems));
    let credentials = credentials(explicit, layers, &mut problems);
    let remedy = remedy(explicit, place.as_ref());
    match (region, endpoint) {
        (Some(region), Some(endpoint)) if problems.is_empty() => {
            Ok(Config { credentials, region, endpoint, remedy })
        }
        _ => Err(problems),
    }
}

/// The variables, unless the program does not want them.
struct Environment<'a> {
    variable: &'a dyn Fn(&str) -> Option<OsString>,
    ignored: bool,
}

impl Environment<'_> {
    /// A variable's text. An empty variable counts as one that is not set: that is how scripts unset them.
    fn text(&self, name: &str, problems: &mut Problems) -> Option<Zeroizing<String>> {
        let value = self.path(name)?;
        match value.into_string() {
            Ok(text) => Some(Zeroizing::new(text)),
            Err(_) => {
                problems.push(format!("{name} is not UTF-8 text: set it again or unset it"));
                None
            }
        }
    }

    /// A variable that is a path, which need not be UTF-8.
    fn path(&self, name: &str) -> Option<OsString> {
        if self.ignored {
            return None;
        }
        (self.variable)(name).filter(|value| !value.is_empty())
    }

    /// The user's home directory. It is no setting, so that it counts even where the environment is ignored.
    fn home(&self) -> Option<PathBuf> {
        let set = |name| (self.variable)(name).filter(|value| !value.is_empty());
        set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from)
    }
}

fn region(explicit: &Explicit, layers: &[Layer], problems: &mut Problems) -> Option<String> {
    let given = explicit
        .region
        .as_ref()
        .map(|region| Given::explicit("the region given to the client", region.clone()));
    let Some(Given { value, place }) = given.or_else(|| layers.iter().find_map(|layer| layer.region.clone()))
    else {
        return Some(DEFAULT_REGION.to_owned());
    };
    // The region becomes a part of the host name and of the signature: nothing in it may change what comes
    // after it.
    let fits = !value.is_empty()
        && value.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.'));
    if !fits {
        problems.push(format!("{place} is not a region: write one such as {DEFAULT_REGION}"));
        return None;
    }
    Some(value)
}

fn protocol(layers: &[Layer], problems: &mut Problems) -> Protocol {
    let Some(Given { value, place }) = layers.iter().find_map(|layer| layer.protocol.as_ref()) else {
        return Protocol::Https;
    };
    match value.to_ascii_lowercase().as_str() {
        "https" => Protocol::Https,
        "http" => Protocol::Http,
        _ => {
            problems.push(format!("{place} is neither https nor http: write https"));
            Protocol::Https
        }
    }
}

fn endpoint(
    explicit: &Explicit,
    layers: &[Layer],
    region: &str,
    problems: &mut Problems,
) -> Option<Endpoint> {
    let protocol = protocol(layers, problems);
    let given = explicit
        .endpoint
        .as_ref()
        .map(|endpoint| Given::explicit("the endpoint given to the client", endpoint.clone()));
    let given = given.or_else(|| layers.iter().find_map(|layer| layer.endpoint.clone()));
    let domain = || layers.iter().find_map(|layer| layer.domain.clone());
    let (place, parsed) = match (given, domain) {
        (Some(Given { value, place }), _) => (place, Endpoint::parse(&value, protocol)),
        (None, domain) => match domain() {
            Some(Given { value, place }) => (place, Endpoint::of_region(region, &value, protocol)),
            None => ("the endpoint".to_owned(), Endpoint::of_region(region, DEFAULT_DOMAIN, protocol)),
        },
    };
    match parsed {
        Err(problem) => {
            problems.push(format!(
                "{place} {problem}: write it as https://api.{DEFAULT_REGION}.{DEFAULT_DOMAIN}"
            ));
            None
        }
        Ok(endpoint) if !endpoint.is_https() && !endpoint.is_loopback() && !explicit.allow_http => {
            problems.push(format!(
                "{place} is plain http to another machine ({}), where everybody on the way can read it: use \
                 https, or allow it with `ClientBuilder::allow_http(true)`",
                endpoint.host()
            ));
            None
        }
        Ok(endpoint) => Some(endpoint),
    }
}

fn credentials(explicit: &Explicit, layers: Vec<Layer>, problems: &mut Problems) -> Credentials {
    if let Some(credentials) = &explicit.credentials {
        layer::check_credentials(credentials, problems);
        return credentials.clone();
    }
    match layers.into_iter().find(Layer::has_credentials) {
        Some(layer) => layer.into_credentials(problems),
        None => Credentials::none(),
    }
}

fn remedy(explicit: &Explicit, place: Option<&profile::Place>) -> String {
    if explicit.credentials.is_some() {
        return "give one to the client with `ClientBuilder::access_key`".to_owned();
    }
    let profile = place.map(|place| format!("write `access_key` and `secret_key` into {}", place.describe()));
    match (explicit.ignore_environment, profile) {
        (false, Some(profile)) => format!("set OSC_ACCESS_KEY and OSC_SECRET_KEY, or {profile}"),
        (false, None) => "set OSC_ACCESS_KEY and OSC_SECRET_KEY".to_owned(),
        (true, Some(profile)) => profile,
        (true, None) => "give one to the client with `ClientBuilder::access_key`".to_owned(),
    }
}

#[cfg(test)]
mod tests;
