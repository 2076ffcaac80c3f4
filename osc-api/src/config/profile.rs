//! The profile file: an object of profiles by name, shared with the other tools of the cloud.
//!
//! Only the profile that is asked for is looked at, and in it only the keys that are known here: other tools
//! keep their own settings in the same file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zeroize::{Zeroize, Zeroizing};

use super::certificate::Pem;
use super::source::{Given, Layer, Origin, names_the_service};
use super::{DEFAULT_PROFILE, Environment, Explicit, Problems, Sources};
use crate::Secret;

/// A profile and the file that it is looked for in.
pub(super) struct Place {
    file: PathBuf,
    /// Whether the file was asked for by name.
    file_is_named: bool,
    /// The profile that was asked for by name, if one was.
    name: Option<String>,
}

impl Place {
    /// The place as errors name it.
    pub(super) fn describe(&self) -> String {
        let name = self.name.as_deref().unwrap_or(DEFAULT_PROFILE);
        format!("profile `{name}` in {}", self.file.display())
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }
}

/// Finds out which profile of which file is meant, if any.
pub(super) fn find(
    explicit: &Explicit,
    environment: &Environment<'_>,
    problems: &mut Problems,
) -> Option<Place> {
    let variable = |problems| environment.text("OSC_PROFILE", problems).map(|name| name.as_str().to_owned());
    let name = explicit.profile.clone().or_else(|| variable(problems));
    let named =
        explicit.config_file.clone().or_else(|| environment.path("OSC_CONFIG_FILE").map(PathBuf::from));
    if let Some(file) = named {
        return Some(Place { file, file_is_named: true, name });
    }
    if explicit.ignore_environment && name.is_none() {
        return None;
    }
    match (environment.home(), name) {
        (Some(home), name) => {
            Some(Place { file: home.join(".osc").join("config.json"), file_is_named: false, name })
        }
        (None, Some(name)) => {
            problems.push(format!(
                "profile `{name}` was asked for, but there is no home directory to look for its file in: name \
                 the file with OSC_CONFIG_FILE"
            ));
            None
        }
        (None, None) => None,
    }
}

/// Reads the profile, and puts its name into the place. None if it is not there and nobody asked for it by
/// name, or if there is a problem.
pub(super) fn load(place: &mut Place, sources: &Sources<'_>, problems: &mut Problems) -> Option<Layer> {
    let mut profiles = read(place, sources, problems)?;
    let name = choose(place, &profiles, problems);
    let profile = name.as_ref().and_then(|name| profiles.get_mut(name));
    place.name = name.or(place.name.take());
    let layer = match profile {
        Some(Value::Object(profile)) => Some(settings(profile, place, problems)),
        Some(_) => {
            problems.push(format!("{} is not an object: write its settings as one", place.describe()));
            None
        }
        None => None,
    };
    profiles.values_mut().for_each(wipe);
    layer
}

fn read(place: &Place, sources: &Sources<'_>, problems: &mut Problems) -> Option<Map<String, Value>> {
    let file = place.file.display();
    let bytes = match (sources.read)(&place.file) {
        Ok(bytes) => Zeroizing::new(bytes),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            missing_file(place, problems);
            return None;
        }
        Err(error) => {
            problems.push(format!(
                "{file} cannot be read ({error}): make it readable, or name another in OSC_CONFIG_FILE"
            ));
            return None;
        }
    };
    let text = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&bytes);
    match serde_json::from_slice(text) {
        Ok(Value::Object(profiles)) => Some(profiles),
        Ok(_) => {
            problems.push(format!(
                "{file} is not an object of profiles by name: write it as {{\"default\": {{…}}}}"
            ));
            None
        }
        // Such an error tells a position and what was expected there, not what is there.
        Err(error) => {
            problems.push(format!("{file} is not JSON ({error}): correct it"));
            None
        }
    }
}

fn missing_file(place: &Place, problems: &mut Problems) {
    let file = place.file.display();
    if place.file_is_named {
        problems.push(format!("{file} does not exist: create it, or correct its name"));
    } else if let Some(name) = &place.name {
        problems.push(format!(
            "profile `{name}` was asked for, but {file} does not exist: create it, or name another file in \
             OSC_CONFIG_FILE"
        ));
    }
}

/// The name of the profile: the one asked for, else the one that says `"default": true`, else `default`.
fn choose(place: &Place, profiles: &Map<String, Value>, problems: &mut Problems) -> Option<String> {
    if let Some(name) = &place.name {
        if profiles.contains_key(name) {
            return Some(name.clone());
        }
        problems.push(format!("{} does not exist: add it, or correct its name", place.describe()));
        return None;
    }
    let is_marked = |profile: &&String| {
        profiles.get(*profile).is_some_and(|p| p.get("default") == Some(&Value::Bool(true)))
    };
    let marked: Vec<&String> = profiles.keys().filter(is_marked).collect();
    match marked.as_slice() {
        [] => profiles.contains_key(DEFAULT_PROFILE).then(|| DEFAULT_PROFILE.to_owned()),
        [name] => Some((*name).clone()),
        [first, second, ..] => {
            problems.push(format!(
                "{} marks both `{first}` and `{second}` as the default: leave one, or choose with \
                 OSC_PROFILE",
                place.file.display()
            ));
            None
        }
    }
}

/// The settings of a profile, current keys first and then the ones of older tools.
///
/// Other tools keep keys of their own here, which are left alone whatever they hold: `method`, `version`,
/// `max_retries` and more. One of them is `ssl_verify`, which asks one of those tools not to look at
/// certificates: a word to another program is no leave for this one.
fn settings(profile: &mut Map<String, Value>, place: &Place, problems: &mut Problems) -> Layer {
    let mut reader = Reader { profile, origin: Origin::Profile(place), problems };
    Layer {
        is_profile: true,
        access_key: reader.text("access_key"),
        secret_key: reader.text("secret_key").map(secret),
        access_key_v2: reader.text("access_key_v2"),
        secret_key_v2: reader.text("secret_key_v2").map(secret),
        takes_v2: reader.takes_v2(),
        login: reader.text("login").or_else(|| reader.legacy("email")),
        password: reader.text("password").map(secret),
        method: None,
        region: reader.text("region").or_else(|| reader.legacy("region_name")),
        protocol: reader.text("protocol").or_else(|| reader.legacy_https()),
        endpoint: reader.api_endpoint().or_else(|| reader.legacy("endpoint")),
        domain: reader.legacy("host"),
        client_certificate: reader.pem("x509_client_cert", "x509_client_cert_b64").or_else(|| {
            let path = reader.legacy("client_certificate")?;
            Some(path.map(|path| Pem::of_path(path.into())))
        }),
        client_key: reader.pem("x509_client_key", "x509_client_key_b64"),
        tls_skip_verify: reader.flag("tls_skip_verify"),
        proxy: reader.text("proxy").map(secret),
    }
}

/// Takes values out of a profile.
struct Reader<'a> {
    profile: &'a mut Map<String, Value>,
    origin: Origin<'a>,
    problems: &'a mut Problems,
}

impl Reader<'_> {
    /// A text. Null and an empty text count as not set; anything else that is not a text is a problem.
    fn text(&mut self, key: &str) -> Option<Given<String>> {
        let value = self.profile.get_mut(key)?.take();
        self.check(key, value)
    }

    fn check(&mut self, key: &str, value: Value) -> Option<Given<String>> {
        match value {
            Value::Null => None,
            Value::String(text) if text.is_empty() => None,
            Value::String(text) => Some(self.origin.given(key, text)),
            mut other => {
                wipe(&mut other);
                self.problems.push(format!("{} is not a text: write it in quotes", self.origin.place(key)));
                None
            }
        }
    }

    /// The path of a PEM file, or else the file's text in base64.
    fn pem(&mut self, path_key: &str, base64_key: &str) -> Option<Given<Pem>> {
        let path = self.text(path_key).map(|given| given.map(|path| Pem::of_path(path.into())));
        path.or_else(|| self.text(base64_key).map(|given| secret(given).map(Pem::Base64)))
    }

    /// Yes or no, as JSON says it or as the variable of the same meaning does.
    fn flag(&mut self, key: &str) -> Option<Given<String>> {
        match self.profile.get(key) {
            Some(Value::Bool(value)) => Some(self.origin.given(key, value.to_string())),
            _ => self.text(key),
        }
    }

    /// Whether the list of services with second-generation keys names this one. It may also be one text, as
    /// the variable is.
    fn takes_v2(&mut self) -> Option<bool> {
        const KEY: &str = "iam_v2_services";
        match self.profile.get(KEY)? {
            Value::Array(services) => Some(services.iter().filter_map(Value::as_str).any(names_the_service)),
            Value::Null | Value::String(_) => self.text(KEY).map(|given| names_the_service(&given.value)),
            _ => {
                let place = self.origin.place(KEY);
                self.problems.push(format!("{place} is not a list: write it as [\"api\"]"));
                None
            }
        }
    }

    /// A key of other tools, which may mean something else by it: what is not a text is left alone.
    fn legacy(&mut self, key: &str) -> Option<Given<String>> {
        match self.profile.get(key) {
            Some(Value::String(_)) => self.text(key),
            _ => None,
        }
    }

    /// The older form of `protocol`: `"https": false` is plain http.
    fn legacy_https(&mut self) -> Option<Given<String>> {
        let protocol = if self.profile.get("https")?.as_bool()? { "https" } else { "http" };
        Some(self.origin.given("https", protocol.to_owned()))
    }

    fn api_endpoint(&mut self) -> Option<Given<String>> {
        match self.profile.get_mut("endpoints")? {
            Value::Null => None,
            Value::Object(endpoints) => {
                let value = endpoints.get_mut("api")?.take();
                self.check("endpoints.api", value)
            }
            _ => {
                let place = self.origin.place("endpoints");
                self.problems
                    .push(format!("{place} is not an object: write it as {{\"api\": \"https://…\"}}"));
                None
            }
        }
    }
}

fn secret(given: Given<String>) -> Given<Secret> {
    given.map(Secret::from)
}

/// Wipes the texts of a value: the file holds the secrets of every profile.
fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(entries) => entries.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
