//! The configuration: what the program says, the environment, and the profile file, made into one.
//!
//! A setting comes from the first of these that has it: the program, the environment, the profile, the
//! default. A profile that the *program* names counts as said by the program, before the environment: who
//! writes `Client::from_profile("prod")` must not act on the account of a variable left in the shell.
//! Credentials are one unit: all of them come from one place. So are a client certificate and its key.
//!
//! Everything here is a pure function of [`Explicit`] and [`Sources`], so that tests bring an environment of
//! their own.

mod certificate;
mod credentials;
pub(crate) mod endpoint;
mod profile;
mod proxy;
mod source;

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use crate::Credentials;
use crate::config::endpoint::{Endpoint, Protocol};

use source::{Given, Layer};

pub(crate) use certificate::{ClientCertificate, ClientPem, broken};
pub(crate) use proxy::{ExplicitProxy, Proxy};

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
    pub(crate) client_certificate: Option<ClientPem>,
    pub(crate) tls_skip_verify: Option<bool>,
    pub(crate) proxy: Option<ExplicitProxy>,
    /// Neither variables nor a profile file that the program does not name.
    pub(crate) ignore_environment: bool,
}

/// Where the rest is read from.
pub(crate) struct Sources<'a> {
    pub(crate) variable: &'a dyn Fn(&str) -> Option<OsString>,
    pub(crate) read: &'a dyn Fn(&Path) -> io::Result<Vec<u8>>,
    /// A file's permission bits, where files have such.
    pub(crate) mode: &'a dyn Fn(&Path) -> Option<u32>,
}

/// The result: what a client needs to know, and what its connections do.
pub(crate) struct Resolved {
    pub(crate) config: Config,
    pub(crate) connection: Connection,
    /// What works, but should not stay so.
    warnings: Vec<String>,
}

/// Who calls, and where.
#[derive(Clone, Debug)]
pub(crate) struct Config {
    pub(crate) credentials: Credentials,
    pub(crate) region: String,
    pub(crate) endpoint: Endpoint,
    /// Where an access key could have been found, for the error of a call that needs one.
    pub(crate) remedy: String,
}

/// How the endpoint is reached.
#[derive(Clone, Debug, Default)]
pub(crate) struct Connection {
    pub(crate) client_certificate: Option<ClientCertificate>,
    /// Whether any certificate of a server is good enough.
    pub(crate) tls_skip_verify: bool,
    pub(crate) proxy: Option<Proxy>,
}

/// A choice among the places.
struct Chosen<T> {
    value: T,
    /// Whether a secret of it was read out of the profile file.
    from_file: bool,
}

/// The problems of a configuration, each naming its place and the remedy.
pub(crate) type Problems = Vec<String>;

/// Reads the process's own environment and file system, and logs what is doubtful about what is there.
pub(crate) fn resolve_from_process(explicit: &Explicit) -> Result<Resolved, Problems> {
    let sources = Sources {
        variable: &|name| std::env::var_os(name),
        read: &|path| std::fs::read(path),
        mode: &|path| mode(path),
    };
    let resolved = resolve(explicit, &sources)?;
    for warning in &resolved.warnings {
        tracing::warn!("{warning}");
    }
    Ok(resolved)
}

#[cfg(unix)]
fn mode(path: &Path) -> Option<u32> {
    use std::os::unix::fs::PermissionsExt as _;

    std::fs::metadata(path).ok().map(|metadata| metadata.permissions().mode())
}

#[cfg(not(unix))]
fn mode(_: &Path) -> Option<u32> {
    None
}

/// Puts the configuration together.
///
/// # Errors
/// All problems that there are.
pub(crate) fn resolve(explicit: &Explicit, sources: &Sources<'_>) -> Result<Resolved, Problems> {
    let mut problems = Problems::new();
    let environment = Environment { variable: sources.variable, ignored: explicit.ignore_environment };
    let mut place = profile::find(explicit, &environment, &mut problems);
    let profile = place.as_mut().and_then(|place| profile::load(place, sources, &mut problems));
    let variables = source::from_environment(&environment, &mut problems);
    let layers = match explicit.profile.is_some() {
        true => [profile, Some(variables)],
        false => [Some(variables), profile],
    };
    let layers: Vec<Layer> = layers.into_iter().flatten().collect();

    let region = region(explicit, &layers, &mut problems);
    let endpoint = region.as_deref().and_then(|region| endpoint(explicit, &layers, region, &mut problems));
    let credentials = credentials::choose(explicit, &layers, &mut problems);
    let certificate = certificate::choose(explicit, &layers, sources, &mut problems);
    let skips_verify = skips_verify(explicit, &layers, &mut problems);
    let proxy = endpoint
        .as_ref()
        .map(|endpoint| proxy::choose(explicit, &layers, &environment, endpoint, &mut problems));
    let (Some(region), Some(endpoint), Some(proxy), []) = (region, endpoint, proxy, problems.as_slice())
    else {
        return Err(problems);
    };

    let mut warnings: Vec<String> = skips_verify.iter().map(|place| unverified(place)).collect();
    if credentials.from_file || certificate.from_file || proxy.from_file {
        warnings.extend(place.as_ref().and_then(|place| readable_by_others(place.file(), sources)));
    }
    let has_unused_keys = credentials.value.access_key.is_none() && credentials::has_v2(&layers);
    let remedy = remedy(explicit, place.as_ref(), has_unused_keys);
    let connection = Connection {
        client_certificate: certificate.value,
        tls_skip_verify: skips_verify.is_some(),
        proxy: proxy.value,
    };
    let config = Config { credentials: credentials.value, region, endpoint, remedy };
    Ok(Resolved { config, connection, warnings })
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

/// The place that asks to take any certificate, if the first place that says anything about it does.
fn skips_verify(explicit: &Explicit, layers: &[Layer], problems: &mut Problems) -> Option<String> {
    if let Some(skip) = explicit.tls_skip_verify {
        return skip.then(|| "`ClientBuilder::tls_skip_verify`".to_owned());
    }
    let Given { value, place } = layers.iter().find_map(|layer| layer.tls_skip_verify.clone())?;
    let is_one_of = |words: [&str; 3]| words.iter().any(|word| value.trim().eq_ignore_ascii_case(word));
    if !is_one_of(["true", "yes", "1"]) && !is_one_of(["false", "no", "0"]) {
        // A mistyped word must switch nothing off, and one that was to switch it on must not be passed over.
        problems.push(format!("{place} is neither true nor false: write one of them"));
    }
    is_one_of(["true", "yes", "1"]).then_some(place)
}

fn unverified(place: &str) -> String {
    format!(
        "{place} turns off the check of the server's certificate: whoever is on the way can read and change \
         everything; give the authority with `ClientBuilder::add_root_certificate` instead"
    )
}

/// A warning about a file whose secrets are not its owner's alone.
fn readable_by_others(file: &Path, sources: &Sources<'_>) -> Option<String> {
    const OF_OTHERS: u32 = 0o077;
    let mode = (sources.mode)(file)? & 0o777;
    let file = file.display();
    (mode & OF_OTHERS != 0).then(|| {
        format!(
            "{file} has secrets, and others than its owner have rights to it (mode {mode:03o}): `chmod 600 {file}`"
        )
    })
}

fn remedy(explicit: &Explicit, place: Option<&profile::Place>, has_unused_keys: bool) -> String {
    if explicit.credentials.is_some() {
        return "give one to the client with `ClientBuilder::access_key`".to_owned();
    }
    if has_unused_keys {
        return "there is one of the second generation, which is used when the list OSC_IAM_V2_SERVICES, or \
                `iam_v2_services` of the profile, names `api`"
            .to_owned();
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
