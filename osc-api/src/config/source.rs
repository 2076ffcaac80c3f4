//! The settings of one configuration source, each with its name in messages.

use std::path::PathBuf;

use crate::Secret;

/// The start of every section of a PEM file.
pub(super) const PEM_START: &str = "-----BEGIN ";

/// The source of a value of the builder.
pub(super) const EXPLICIT: &str = "passed to the client";

/// The problems and warnings of a configuration.
#[derive(Debug, Default)]
pub(super) struct Findings {
    /// Errors, each with its source and a hint.
    pub(super) problems: Vec<String>,
    /// Settings that work, but should be changed.
    pub(super) warnings: Vec<String>,
}

impl Findings {
    pub(super) fn problem(&mut self, message: String) {
        self.problems.push(message);
    }

    /// Adds a warning, once.
    pub(super) fn warn(&mut self, message: String) {
        if !self.warnings.contains(&message) {
            self.warnings.push(message);
        }
    }
}

/// A value together with the name of the source it comes from.
#[derive(Clone, Debug)]
pub(super) struct Sourced<T> {
    pub(super) value: T,
    pub(super) source: String,
}

impl<T> Sourced<T> {
    pub(super) fn new(source: &str, value: T) -> Self {
        Self { value, source: source.to_owned() }
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Sourced<U> {
        Sourced { value: change(self.value), source: self.source }
    }
}

/// The kind of a configuration source.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    Environment,
    /// A profile, by the description of its name and file.
    Profile(&'a str),
}

impl Origin<'_> {
    /// The name of a setting of this source in messages.
    pub(super) fn name(self, key: &str) -> String {
        match self {
            Self::Environment => format!("OSC_{}", key.to_ascii_uppercase()),
            Self::Profile(profile) => format!("`{key}` of {profile}"),
        }
    }

    pub(super) fn sourced<T>(self, key: &str, value: T) -> Sourced<T> {
        Sourced { value, source: self.name(key) }
    }
}

/// A group of settings that is taken from one source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Setting {
    Credentials,
    Region,
    Endpoint,
    ClientCertificate,
    TlsSkipVerify,
    Proxy,
}

/// PEM text, or the file to read it from.
#[derive(Clone)]
pub(super) enum PemSource {
    File(PathBuf),
    Text(Secret),
    Base64(Secret),
}

impl PemSource {
    /// The PEM file at this path. PEM text in place of a path is used as PEM text: it must not appear in a message as the
    /// name of a missing file.
    pub(super) fn from_path(path: PathBuf) -> Self {
        match path.to_str() {
            // Variables on one line often contain `\n` in place of line ends.
            Some(text) if text.contains(PEM_START) => Self::Text(Secret::from(text.replace("\\n", "\n"))),
            _ => Self::File(path),
        }
    }
}

/// The settings of one source: the environment, or a profile.
#[derive(Default)]
pub(super) struct ConfigSource {
    /// Whether this is the profile, whose secrets are in a file.
    pub(super) is_profile: bool,
    pub(super) access_key: Option<Sourced<String>>,
    pub(super) secret_key: Option<Sourced<Secret>>,
    pub(super) access_key_v2: Option<Sourced<String>>,
    pub(super) secret_key_v2: Option<Sourced<Secret>>,
    /// Whether the list of services that use second-generation keys contains this one.
    pub(super) uses_v2: Option<bool>,
    pub(super) login: Option<Sourced<String>>,
    pub(super) password: Option<Sourced<Secret>>,
    pub(super) method: Option<Sourced<String>>,
    pub(super) region: Option<Sourced<String>>,
    pub(super) protocol: Option<Sourced<String>>,
    pub(super) endpoint: Option<Sourced<String>>,
    /// The endpoints of the other services.
    pub(super) services: Vec<(String, Sourced<String>)>,
    /// The domain that `api.<region>` is prepended to.
    pub(super) domain: Option<Sourced<String>>,
    pub(super) client_certificate: Option<Sourced<PemSource>>,
    pub(super) client_key: Option<Sourced<PemSource>>,
    pub(super) tls_skip_verify: Option<Sourced<String>>,
    /// The proxy of a profile. The proxy variables depend on the endpoint: see [`super::proxy`].
    pub(super) proxy: Option<Sourced<Secret>>,
}

/// A value chosen among the sources.
pub(super) struct Chosen<T> {
    pub(super) value: T,
    /// Whether a secret in it comes from the profile file.
    pub(super) from_file: bool,
    /// `None` for the default.
    pub(super) source: Option<String>,
}

impl<T> Chosen<T> {
    /// A value of the builder.
    pub(super) fn explicit(value: T) -> Self {
        Self { value, from_file: false, source: Some(EXPLICIT.to_owned()) }
    }

    /// The value if no source has one.
    pub(super) fn default_value(value: T) -> Self {
        Self { value, from_file: false, source: None }
    }
}

/// Returns `true` if a list of services, written as one string, contains this API by one of its two names.
pub(super) fn lists_this_service(list: &str) -> bool {
    let is_separator = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '"' | '\'');
    list.split(is_separator).any(|name| name.eq_ignore_ascii_case("api") || name.eq_ignore_ascii_case("osc"))
}
