//! Client configuration, resolved from the builder, the environment and the profile file.
//!
//! A setting comes from the first of these sources that has it: the builder, the environment, the profile, the
//! default. A profile that the *program* selects takes precedence over the environment: a program that calls
//! `Client::from_profile("prod")` must not use another account because of a variable left in the shell. Credentials
//! are one unit: all of them come from one source. So are a client certificate and its key.
//!
//! [`resolve`] is a pure function of [`Overrides`] and [`System`], so that tests use their own environment.

mod certificate;
mod configuration;
mod credentials;
pub(crate) mod endpoint;
mod environment;
mod file;
mod host;
mod profile;
mod provided;
mod proxy;
mod services;
mod source;
mod value;

use std::path::PathBuf;

use endpoint::Endpoint;
use environment::{Environment, System};
use profile::{Profile, ProfileLocation};
use source::{Chosen, ConfigSource, Findings, Setting, Sourced};

pub(crate) use certificate::{ClientCertificate, ClientPem, pem_defect};
pub use configuration::{Configuration, ConfigurationSetting};
pub use credentials::Credentials;
pub(crate) use credentials::{AccessKeyPair, Basic};
pub(crate) use provided::{
    checked_credentials, environment_credentials, printed_credentials, profile_credentials, profile_file,
    profile_names,
};
pub(crate) use proxy::{ExplicitProxy, Proxy};
pub use services::ServiceEndpoint;
pub(crate) use services::Services;

/// The settings of the builder, which override all other sources.
#[derive(Clone, Default)]
pub(crate) struct Overrides {
    pub(crate) credentials: Option<Credentials>,
    pub(crate) region: Option<String>,
    pub(crate) endpoint: Option<String>,
    pub(crate) profile: Option<String>,
    pub(crate) config_file: Option<PathBuf>,
    pub(crate) allow_http: bool,
    pub(crate) client_certificate: Option<ClientPem>,
    pub(crate) tls_skip_verify: Option<bool>,
    pub(crate) proxy: Option<ExplicitProxy>,
    /// Ignores all variables, and the profile file unless the program selects it.
    pub(crate) ignore_environment: bool,
}

/// The resolved configuration of a client and of its connections.
pub(crate) struct Resolved {
    pub(crate) config: Config,
    pub(crate) connection: Connection,
    /// Settings that work, but should be changed.
    warnings: Vec<String>,
}

/// Credentials, region and endpoint.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) endpoint: Endpoint,
    /// The profile that settings were read from.
    pub(crate) profile: Option<String>,
    /// Where an access key can be set, for the error of a call that needs one.
    pub(crate) hint: String,
    /// Where each setting comes from.
    pub(crate) configuration: Configuration,
    pub(crate) services: Services,
}

/// How the endpoint is reached.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    pub(crate) client_certificate: Option<ClientCertificate>,
    /// Whether any server certificate is accepted.
    pub(crate) tls_skip_verify: bool,
    pub(crate) proxy: Option<Proxy>,
}

/// Errors of a configuration, each with its source and a hint.
pub(crate) type Problems = Vec<String>;

/// Resolves the configuration from the process's environment and files, and logs warnings.
///
/// # Errors
/// Returns all problems.
pub(crate) fn resolve_from_process(overrides: &Overrides) -> Result<Resolved, Problems> {
    let system = System {
        variable: &|name| std::env::var_os(name),
        read: &|path| file::read(path),
        mode: &|path| file::mode(path),
    };
    let resolved = resolve(overrides, &system)?;
    for warning in &resolved.warnings {
        tracing::warn!("{warning}");
    }
    Ok(resolved)
}

/// Resolves the configuration.
///
/// # Errors
/// Returns all problems.
fn resolve(overrides: &Overrides, system: &System<'_>) -> Result<Resolved, Problems> {
    let mut findings = Findings::default();
    let environment = Environment { system, is_ignored: overrides.ignore_environment };
    let Overrides { profile, config_file, .. } = overrides;
    let mut location = profile::find(profile.as_ref(), config_file.as_ref(), &environment, &mut findings);
    let is_selected = location.as_ref().is_some_and(ProfileLocation::is_selected);
    let Profile { settings, defects } =
        location.as_mut().map(|location| profile::load(location, system)).unwrap_or_default();
    let name = location.as_ref().and_then(ProfileLocation::name);
    let profile = name.filter(|_| settings.is_some()).map(str::to_owned);
    let sources = in_order(environment::load(&environment, &mut findings), settings, overrides);

    let choices = Choices::new(overrides, &sources, &environment, &mut findings);
    for (setting, message) in defects {
        // A defect in a profile that was not selected is an error only if the setting is needed.
        let endpoint = choices.endpoint.as_ref().map(|endpoint| &endpoint.value);
        let is_needed = is_selected || !is_decided(setting, overrides, &sources, &environment, endpoint);
        if is_needed { findings.problem(message) } else { findings.warn(message) }
    }
    let file = location.as_ref().map(ProfileLocation::file);
    let configuration = choices.configuration(overrides).with_profile(profile.as_deref(), file);
    let Choices { region, endpoint, credentials, certificate, unverified, proxy } = choices;
    let (Some(region), Some(endpoint), Some(proxy), []) =
        (region, endpoint, proxy, findings.problems.as_slice())
    else {
        return Err(findings.problems);
    };

    if let Some(source) = &unverified {
        findings.warn(unverified_warning(source));
    }
    if let Some(location) = &location
        && (credentials.from_file || certificate.from_file || proxy.from_file)
    {
        system.check_permissions(location.file(), &mut findings);
    }
    let has_unused_keys = credentials.value.access_key.is_none() && credentials::has_v2(&sources);
    let hint = access_key_hint(overrides, location.as_ref(), has_unused_keys);
    let connection = Connection {
        client_certificate: certificate.value,
        tls_skip_verify: unverified.is_some(),
        proxy: proxy.value,
    };
    let config = Config {
        credentials: credentials.value,
        region: region.value,
        endpoint: endpoint.value,
        profile,
        hint,
        configuration,
        services: Services::new(&sources, overrides.allow_http),
    };
    Ok(Resolved { config, connection, warnings: findings.warnings })
}

/// The settings, each chosen among the sources. A setting that is `None` has a problem, or depends on one that has.
struct Choices {
    region: Option<Sourced<String>>,
    endpoint: Option<Sourced<Endpoint>>,
    credentials: Chosen<Credentials>,
    certificate: Chosen<Option<ClientCertificate>>,
    /// The source that turns certificate checks off, if any.
    unverified: Option<String>,
    proxy: Option<Chosen<Option<Proxy>>>,
}

impl Choices {
    fn new(
        overrides: &Overrides,
        sources: &[ConfigSource],
        environment: &Environment<'_>,
        findings: &mut Findings,
    ) -> Self {
        let allow_http = overrides.allow_http;
        let region = endpoint::choose_region(overrides.region.as_ref(), sources, findings);
        let endpoint = region.as_ref().and_then(|region| {
            endpoint::choose(overrides.endpoint.as_ref(), sources, &region.value, allow_http, findings)
        });
        let credentials = credentials::choose(overrides.credentials.as_ref(), sources, findings);
        let explicit = overrides.client_certificate.as_ref();
        let certificate = certificate::choose(explicit, sources, environment, findings);
        let unverified = choose_unverified(overrides.tls_skip_verify, sources, findings);
        let proxy = endpoint.as_ref().map(|endpoint| {
            let explicit = overrides.proxy.as_ref();
            proxy::choose(explicit, sources, environment, &endpoint.value, allow_http, findings)
        });
        Self { region, endpoint, credentials, certificate, unverified, proxy }
    }

    /// What was chosen, without secrets.
    fn configuration(&self, overrides: &Overrides) -> Configuration {
        let Self { region, endpoint, credentials, certificate, unverified, proxy } = self;
        let mut configuration = Configuration::default();
        if let Some(region) = region {
            configuration.add_sourced("region", region, &region.value);
        }
        if let Some(endpoint) = endpoint {
            configuration.add_sourced("endpoint", endpoint, endpoint.value.as_str());
        }
        let Credentials { access_key, basic } = &credentials.value;
        let kind = match (access_key, basic) {
            (Some(_), Some(_)) => "access key and login",
            (Some(_), None) => "access key",
            (None, Some(_)) => "login",
            (None, None) => "none",
        };
        configuration.add_chosen("credentials", credentials, kind);
        let is_set = if certificate.value.is_some() { "set" } else { "none" };
        configuration.add_chosen("client certificate", certificate, is_set);
        let explicit = overrides.tls_skip_verify.map(|_| source::EXPLICIT.to_owned());
        let checks = if unverified.is_some() { "off" } else { "on" };
        configuration.add("certificate checks", checks, explicit.or_else(|| unverified.clone()));
        if let Some(proxy) = proxy {
            configuration.add_chosen("proxy", proxy, proxy.value.as_ref().map_or("none", Proxy::shown));
        }
        configuration
    }
}

/// Returns the sources after the builder, in order of precedence.
fn in_order(
    variables: ConfigSource,
    profile: Option<ConfigSource>,
    overrides: &Overrides,
) -> Vec<ConfigSource> {
    let sources = match overrides.profile.is_some() {
        true => [profile, Some(variables)],
        false => [Some(variables), profile],
    };
    sources.into_iter().flatten().collect()
}

/// Returns `true` if the builder or the environment decides a setting, so that the default profile is not needed
/// for it.
fn is_decided(
    setting: Setting,
    overrides: &Overrides,
    sources: &[ConfigSource],
    environment: &Environment<'_>,
    endpoint: Option<&Endpoint>,
) -> bool {
    let Some(variables) = sources.iter().find(|source| !source.is_profile) else { return false };
    match setting {
        Setting::Credentials => overrides.credentials.is_some() || credentials::is_decided_by(variables),
        Setting::Region => overrides.region.is_some() || variables.region.is_some(),
        Setting::Endpoint => overrides.endpoint.is_some() || variables.endpoint.is_some(),
        Setting::ClientCertificate => {
            overrides.client_certificate.is_some() || certificate::is_decided_by(variables)
        }
        Setting::TlsSkipVerify => overrides.tls_skip_verify.is_some() || variables.tls_skip_verify.is_some(),
        Setting::Proxy => {
            overrides.proxy.is_some()
                || endpoint.is_some_and(|endpoint| proxy::is_decided_by_environment(environment, endpoint))
        }
    }
}

/// Returns the source that turns certificate checks off, if the first source with the setting does so.
fn choose_unverified(
    explicit: Option<bool>,
    sources: &[ConfigSource],
    findings: &mut Findings,
) -> Option<String> {
    if let Some(skip) = explicit {
        return skip.then(|| "`ClientBuilder::danger_accept_invalid_certs`".to_owned());
    }
    let Sourced { value, source } = sources.iter().find_map(|source| source.tls_skip_verify.clone())?;
    let is_one_of = |words: [&str; 3]| words.iter().any(|word| value.eq_ignore_ascii_case(word));
    if !is_one_of(["true", "yes", "1"]) && !is_one_of(["false", "no", "0"]) {
        // A typo must neither turn checks off nor be ignored.
        findings.problem(format!("{source} is invalid: it must be true or false"));
    }
    is_one_of(["true", "yes", "1"]).then_some(source)
}

fn unverified_warning(source: &str) -> String {
    format!(
        "{source} turns off the check of the server's certificate, so that anyone on the network path can read and \
         change all traffic: add the authority with `ClientBuilder::add_root_certificate` instead"
    )
}

fn access_key_hint(
    overrides: &Overrides,
    location: Option<&ProfileLocation>,
    has_unused_keys: bool,
) -> String {
    if overrides.credentials.is_some() {
        return "pass one to the client with `ClientBuilder::access_key`".to_owned();
    }
    if has_unused_keys {
        return "a second-generation access key is set, but it is used only if OSC_IAM_V2_SERVICES, or \
                `iam_v2_services` of the profile, contains `api`"
            .to_owned();
    }
    let profile =
        location.map(|location| format!("write `access_key` and `secret_key` into {}", location.describe()));
    match (overrides.ignore_environment, profile) {
        (false, Some(profile)) => format!("set OSC_ACCESS_KEY and OSC_SECRET_KEY, or {profile}"),
        (false, None) => "set OSC_ACCESS_KEY and OSC_SECRET_KEY".to_owned(),
        (true, Some(profile)) => profile,
        (true, None) => "pass one to the client with `ClientBuilder::access_key`".to_owned(),
    }
}

#[cfg(test)]
mod tests;
