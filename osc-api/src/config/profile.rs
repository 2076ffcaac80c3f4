//! The profile file: an object of profiles by name, shared with the other tools of the cloud.
//!
//! Only the known keys of the selected profile are read: other tools keep their own settings in the same file.

use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use zeroize::Zeroize;

use super::environment::{Environment, System};
use super::source::{ConfigSource, Findings, Origin, PemSource, Setting, Sourced, lists_this_service};
use super::{file, services, value};
use crate::Secret;

const DEFAULT_PROFILE: &str = "default";

/// A profile and its file.
pub(super) struct ProfileLocation {
    file: PathBuf,
    /// Whether the file was selected, by the program or by a variable.
    is_file_selected: bool,
    /// The selected profile, if any. After loading, the profile that was found.
    name: Option<String>,
}

impl ProfileLocation {
    /// Describes the location in messages.
    pub(super) fn describe(&self) -> String {
        let name = self.name.as_deref().unwrap_or(DEFAULT_PROFILE);
        format!("profile `{name}` in {}", file::display(&self.file))
    }

    pub(super) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(super) fn file(&self) -> &Path {
        &self.file
    }

    /// Returns `true` if the program or a variable selects this profile or its file, so that its defects are errors.
    pub(super) fn is_selected(&self) -> bool {
        self.is_file_selected || self.name.is_some()
    }
}

/// A profile that was read.
#[derive(Default)]
pub(super) struct Profile {
    pub(super) settings: Option<ConfigSource>,
    /// Its defects, each with the setting that it affects. A defect of the whole file affects the credentials.
    pub(super) defects: Vec<(Setting, String)>,
}

/// Returns the profile to use and its file, if any.
pub(super) fn find(
    profile: Option<&String>,
    config_file: Option<&PathBuf>,
    environment: &Environment<'_>,
    findings: &mut Findings,
) -> Option<ProfileLocation> {
    let name = match profile {
        Some(name) => Some(value::trim(name).to_owned()),
        None => environment.text("OSC_PROFILE", findings).map(|name| name.as_str().to_owned()),
    };
    let selected = match config_file {
        Some(file) => Some((file.clone(), "the profile file passed to the client")),
        None => environment.path("OSC_CONFIG_FILE").map(|file| (file, "OSC_CONFIG_FILE")),
    };
    if let Some((file, source)) = selected {
        let file = environment.expand(&file, source, findings)?;
        return Some(ProfileLocation { file, is_file_selected: true, name });
    }
    if environment.is_ignored && name.is_none() {
        return None;
    }
    match (environment.home(), name) {
        (Some(home), name) => {
            let file = home.join(".osc").join("config.json");
            Some(ProfileLocation { file, is_file_selected: false, name })
        }
        (None, Some(name)) => {
            findings.problem(format!(
                "profile `{name}` is selected, but there is no home directory to look for its file in: set \
                 OSC_CONFIG_FILE"
            ));
            None
        }
        (None, None) => None,
    }
}

/// Reads the profile, and stores its name in the location.
pub(super) fn load(location: &mut ProfileLocation, system: &System<'_>) -> Profile {
    let mut profile = Profile::default();
    let mut profiles = match read(location, system) {
        Ok(Some(profiles)) => profiles,
        Ok(None) => return profile,
        Err(message) => {
            profile.defects.push((Setting::Credentials, message));
            return profile;
        }
    };
    match choose(location, &profiles) {
        Ok(Some(name)) => {
            location.name = Some(name.clone());
            let description = location.describe();
            match profiles.get_mut(&name) {
                Some(Value::Object(entries)) => {
                    profile.settings = Some(settings(entries, &description, &mut profile.defects));
                }
                _ => {
                    let message = format!("{description} is not an object: write it as {{…}}");
                    profile.defects.push((Setting::Credentials, message));
                }
            }
        }
        Ok(None) => {}
        Err(message) => profile.defects.push((Setting::Credentials, message)),
    }
    wipe_all(&mut profiles);
    profile
}

/// The profiles of the file, or `None` if there is no file and none is selected.
fn read(location: &ProfileLocation, system: &System<'_>) -> Result<Option<Map<String, Value>>, String> {
    let file = file::display(&location.file);
    let bytes = match (system.read)(&location.file) {
        Ok(bytes) => bytes,
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
            return missing_file(location);
        }
        Err(error) => {
            return Err(format!(
                "{file} cannot be read ({error}): make it a readable file, or set OSC_CONFIG_FILE to another"
            ));
        }
    };
    if let Some(encoding) = file::foreign_encoding(&bytes) {
        return Err(format!("{file} is encoded in {encoding}: save it as UTF-8"));
    }
    let text = file::without_bom(&bytes);
    if text.trim_ascii().is_empty() {
        return Err(format!("{file} is empty: write it as {{\"default\": {{…}}}}, or remove it"));
    }
    match serde_json::from_slice(text) {
        Ok(Value::Object(profiles)) => Ok(Some(profiles)),
        Ok(mut other) => {
            wipe(&mut other);
            Err(format!("{file} is not an object of profiles by name: write it as {{\"default\": {{…}}}}"))
        }
        // The error contains a position and what was expected there, but no text of the file.
        Err(error) => Err(format!("{file} is not valid JSON ({error}): correct it")),
    }
}

fn missing_file(location: &ProfileLocation) -> Result<Option<Map<String, Value>>, String> {
    let file = file::display(&location.file);
    match &location.name {
        _ if location.is_file_selected => {
            Err(format!("{file} does not exist: create it, or correct its name"))
        }
        Some(name) => Err(format!(
            "profile `{name}` is selected, but {file} does not exist: create it, or set OSC_CONFIG_FILE to \
             another file"
        )),
        None => Ok(None),
    }
}

/// Returns the name of the profile: the selected one, else the one with `"default": true`, else `default`.
fn choose(location: &ProfileLocation, profiles: &Map<String, Value>) -> Result<Option<String>, String> {
    if let Some(name) = &location.name {
        return match profiles.contains_key(name) {
            true => Ok(Some(name.clone())),
            false => Err(format!("{} does not exist: add it, or correct its name", location.describe())),
        };
    }
    let is_marked = |profile: &&String| {
        profiles.get(*profile).is_some_and(|profile| profile.get("default") == Some(&Value::Bool(true)))
    };
    let marked: Vec<&String> = profiles.keys().filter(is_marked).collect();
    match marked.as_slice() {
        [] => Ok(profiles.contains_key(DEFAULT_PROFILE).then(|| DEFAULT_PROFILE.to_owned())),
        [name] => Ok(Some((*name).clone())),
        [first, second, ..] => Err(format!(
            "{} marks both `{first}` and `{second}` as the default: leave one, or choose with OSC_PROFILE",
            file::display(&location.file)
        )),
    }
}

/// Returns the settings of a profile. Current keys take precedence over those of older tools.
///
/// Keys of other tools are ignored, whatever their values: `method`, `version`, `max_retries` and more. One of them is
/// `ssl_verify`, which turns certificate checks off in one of those tools and must not do so here.
pub(super) fn settings(
    profile: &mut Map<String, Value>,
    description: &str,
    defects: &mut Vec<(Setting, String)>,
) -> ConfigSource {
    let mut reader = ProfileReader { profile, origin: Origin::Profile(description), defects };
    ConfigSource {
        is_profile: true,
        access_key: reader.text("access_key"),
        secret_key: reader.text("secret_key").map(secret),
        access_key_v2: reader.text("access_key_v2"),
        secret_key_v2: reader.text("secret_key_v2").map(secret),
        uses_v2: reader.uses_v2(),
        login: reader.text("login").or_else(|| reader.legacy("email")),
        password: reader.text("password").map(secret),
        method: None,
        region: reader.text("region").or_else(|| reader.legacy("region_name")),
        protocol: reader.text("protocol").or_else(|| reader.legacy_https()),
        endpoint: reader.api_endpoint().or_else(|| reader.legacy("endpoint")),
        services: reader.services(),
        domain: reader.legacy("host"),
        client_certificate: reader.pem("x509_client_cert", "x509_client_cert_b64").or_else(|| {
            let path = reader.legacy("client_certificate")?;
            Some(path.map(|path| PemSource::from_path(path.into())))
        }),
        client_key: reader.pem("x509_client_key", "x509_client_key_b64"),
        tls_skip_verify: reader.flag("tls_skip_verify"),
        proxy: reader.text("proxy").map(secret),
    }
}

/// Takes values out of a profile.
struct ProfileReader<'a> {
    profile: &'a mut Map<String, Value>,
    origin: Origin<'a>,
    defects: &'a mut Vec<(Setting, String)>,
}

impl ProfileReader<'_> {
    /// A trimmed string. Null and an empty string count as unset; any other type is a defect.
    fn text(&mut self, key: &str) -> Option<Sourced<String>> {
        let value = self.profile.get_mut(key)?.take();
        self.check(key, value)
    }

    fn check(&mut self, key: &str, value: Value) -> Option<Sourced<String>> {
        match value {
            Value::Null => None,
            Value::String(mut text) => {
                let trimmed = value::trim(&text).to_owned();
                text.zeroize();
                (!trimmed.is_empty()).then(|| self.origin.sourced(key, trimmed))
            }
            mut other => {
                wipe(&mut other);
                self.defect(key, "is not a string: write it in quotes");
                None
            }
        }
    }

    fn defect(&mut self, key: &str, problem: &str) {
        self.defects.push((setting_of(key), format!("{} {problem}", self.origin.name(key))));
    }

    /// The path of a PEM file, or else the file in Base64.
    fn pem(&mut self, path_key: &str, base64_key: &str) -> Option<Sourced<PemSource>> {
        let path = self.text(path_key).map(|path| path.map(|path| PemSource::from_path(path.into())));
        path.or_else(|| self.text(base64_key).map(|text| secret(text).map(PemSource::Base64)))
    }

    /// A JSON boolean, or a string as in the variable of the same meaning.
    fn flag(&mut self, key: &str) -> Option<Sourced<String>> {
        match self.profile.get(key) {
            Some(Value::Bool(value)) => Some(self.origin.sourced(key, value.to_string())),
            _ => self.text(key),
        }
    }

    /// Whether the list of services that use second-generation keys contains this one. The list may also be a string,
    /// as in the variable.
    fn uses_v2(&mut self) -> Option<bool> {
        const KEY: &str = "iam_v2_services";
        match self.profile.get(KEY)? {
            Value::Array(services) => Some(services.iter().filter_map(Value::as_str).any(lists_this_service)),
            Value::Null | Value::String(_) => self.text(KEY).map(|list| lists_this_service(&list.value)),
            _ => {
                self.defect(KEY, "is not a list: write it as [\"api\"]");
                None
            }
        }
    }

    /// A key of other tools. Values that are not strings are ignored, since the key may have another meaning there.
    fn legacy(&mut self, key: &str) -> Option<Sourced<String>> {
        match self.profile.get(key) {
            Some(Value::String(_)) => self.text(key),
            _ => None,
        }
    }

    /// The older form of `protocol`: `"https": false` is plain http.
    fn legacy_https(&mut self) -> Option<Sourced<String>> {
        let protocol = if self.profile.get("https")?.as_bool()? { "https" } else { "http" };
        Some(self.origin.sourced("https", protocol.to_owned()))
    }

    fn api_endpoint(&mut self) -> Option<Sourced<String>> {
        match self.profile.get_mut("endpoints")? {
            Value::Null => None,
            Value::Object(endpoints) => {
                let value = endpoints.get_mut("api")?.take();
                self.check("endpoints.api", value)
            }
            _ => {
                self.defect("endpoints", "is not an object: write it as {\"api\": \"https://…\"}");
                None
            }
        }
    }

    /// The endpoints of the other services, by their first name. Values that are not strings are ignored: the client
    /// itself does not need them.
    fn services(&mut self) -> Vec<(String, Sourced<String>)> {
        let Some(Value::Object(endpoints)) = self.profile.get("endpoints") else { return Vec::new() };
        let texts = endpoints.iter().filter_map(|(key, value)| Some((key, value::trim(value.as_str()?))));
        let others = texts.filter(|(key, text)| *key != "api" && !text.is_empty());
        let sourced =
            |key: &str, text: &str| self.origin.sourced(&format!("endpoints.{key}"), text.to_owned());
        others.map(|(key, text)| (services::first_name(key).to_owned(), sourced(key, text))).collect()
    }
}

/// The names of the profiles of a file, sorted. A file that is not selected may be missing.
///
/// # Errors
/// Returns why the file cannot be read.
pub(super) fn names(location: &ProfileLocation, system: &System<'_>) -> Result<Vec<String>, String> {
    let mut profiles = read(location, system)?.unwrap_or_default();
    let mut names: Vec<String> = profiles.keys().cloned().collect();
    wipe_all(&mut profiles);
    names.sort_unstable();
    Ok(names)
}

/// The group of settings that is affected if the value of a key is invalid.
fn setting_of(key: &str) -> Setting {
    match key {
        "region" => Setting::Region,
        "protocol" | "endpoints" | "endpoints.api" => Setting::Endpoint,
        "tls_skip_verify" => Setting::TlsSkipVerify,
        "proxy" => Setting::Proxy,
        key if key.starts_with("x509_") => Setting::ClientCertificate,
        _ => Setting::Credentials,
    }
}

fn secret(sourced: Sourced<String>) -> Sourced<Secret> {
    sourced.map(Secret::from)
}

/// Wipes the strings of a file.
pub(super) fn wipe_all(entries: &mut Map<String, Value>) {
    entries.values_mut().for_each(wipe);
}

/// Wipes the strings of a value: the file contains the secrets of every profile.
pub(super) fn wipe(value: &mut Value) {
    match value {
        Value::String(text) => text.zeroize(),
        Value::Array(values) => values.iter_mut().for_each(wipe),
        Value::Object(entries) => entries.values_mut().for_each(wipe),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}
