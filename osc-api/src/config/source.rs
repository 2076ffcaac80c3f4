//! The settings of one place: the environment, or a profile.

use std::ffi::OsString;

use zeroize::Zeroizing;

use super::certificate::Pem;
use super::{Environment, Problems};
use crate::Secret;

/// A setting together with the name of the place that it came from.
#[derive(Clone)]
pub(super) struct Given<T> {
    pub(super) value: T,
    pub(super) place: String,
}

impl<T> Given<T> {
    pub(super) fn explicit(place: &str, value: T) -> Self {
        Self { value, place: place.to_owned() }
    }

    pub(super) fn map<U>(self, change: impl FnOnce(T) -> U) -> Given<U> {
        Given { value: change(self.value), place: self.place }
    }
}

/// Where a layer comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    Environment,
    Profile(&'a super::profile::Place),
}

impl Origin<'_> {
    /// The name under which people know a setting of this layer.
    pub(super) fn place(self, key: &str) -> String {
        match self {
            Self::Environment => format!("OSC_{}", key.to_ascii_uppercase()),
            Self::Profile(place) => format!("`{key}` of {}", place.describe()),
        }
    }

    pub(super) fn given<T>(self, key: &str, value: T) -> Given<T> {
        Given { value, place: self.place(key) }
    }
}

/// What one place says.
#[derive(Default)]
pub(super) struct Layer {
    /// Whether this is the profile, whose secrets lie in a file.
    pub(super) is_profile: bool,
    pub(super) access_key: Option<Given<String>>,
    pub(super) secret_key: Option<Given<Secret>>,
    pub(super) access_key_v2: Option<Given<String>>,
    pub(super) secret_key_v2: Option<Given<Secret>>,
    /// Whether the list of the services that take second-generation keys names this one.
    pub(super) takes_v2: Option<bool>,
    pub(super) login: Option<Given<String>>,
    pub(super) password: Option<Given<Secret>>,
    pub(super) method: Option<Given<String>>,
    pub(super) region: Option<Given<String>>,
    pub(super) protocol: Option<Given<String>>,
    pub(super) endpoint: Option<Given<String>>,
    /// The domain below which `api.<region>` is.
    pub(super) domain: Option<Given<String>>,
    pub(super) client_certificate: Option<Given<Pem>>,
    pub(super) client_key: Option<Given<Pem>>,
    pub(super) tls_skip_verify: Option<Given<String>>,
    /// The proxy of a profile. The variables about proxies depend on the endpoint: see [`super::proxy`].
    pub(super) proxy: Option<Given<Secret>>,
}

/// What the variables say.
pub(super) fn from_environment(environment: &Environment<'_>, problems: &mut Problems) -> Layer {
    let mut reader = Variables { environment, problems };
    Layer {
        is_profile: false,
        access_key: reader.plain("access_key"),
        secret_key: reader.secret("secret_key"),
        access_key_v2: reader.plain("access_key_v2"),
        secret_key_v2: reader.secret("secret_key_v2"),
        takes_v2: reader.text("iam_v2_services").map(|given| names_the_service(&given.value)),
        login: reader.plain("login"),
        password: reader.secret("password"),
        method: reader.plain("auth_method"),
        region: reader.plain("region"),
        protocol: reader.plain("protocol"),
        endpoint: reader.plain("endpoint_api"),
        domain: None,
        client_certificate: reader.pem("x509_client_cert", "x509_client_cert_b64"),
        client_key: reader.pem("x509_client_key", "x509_client_key_b64"),
        tls_skip_verify: reader.plain("tls_skip_verify"),
        proxy: None,
    }
}

/// Whether a list of services, written as one text, names the service of this API. It goes by two names.
pub(super) fn names_the_service(list: &str) -> bool {
    let between = |c: char| c.is_whitespace() || matches!(c, ',' | ';' | '[' | ']' | '"' | '\'');
    list.split(between).any(|name| name.eq_ignore_ascii_case("api") || name.eq_ignore_ascii_case("osc"))
}

/// Takes values out of the variables.
struct Variables<'a> {
    environment: &'a Environment<'a>,
    problems: &'a mut Problems,
}

impl Variables<'_> {
    fn text(&mut self, key: &str) -> Option<Given<Zeroizing<String>>> {
        let value = self.environment.text(&Origin::Environment.place(key), self.problems)?;
        Some(Origin::Environment.given(key, value))
    }

    fn plain(&mut self, key: &str) -> Option<Given<String>> {
        self.text(key).map(|given| given.map(|text| text.as_str().to_owned()))
    }

    fn secret(&mut self, key: &str) -> Option<Given<Secret>> {
        self.text(key).map(|given| given.map(|text| Secret::from(text.as_str())))
    }

    /// The path of a PEM file, which need not be UTF-8, or else the file's text in base64.
    fn pem(&mut self, path_key: &str, base64_key: &str) -> Option<Given<Pem>> {
        let path: Option<OsString> = self.environment.path(&Origin::Environment.place(path_key));
        match path {
            Some(path) => Some(Origin::Environment.given(path_key, Pem::of_path(path))),
            None => self.secret(base64_key).map(|given| given.map(Pem::Base64)),
        }
    }
}
