//! What a client was built from, for programs that show or check it.

use std::fmt;
use std::path::{Path, PathBuf};

use super::file;
use super::source::{Chosen, Sourced};

/// The configuration that a client was built from: what was chosen for each setting, and where it comes from. See
/// [`Client::configuration`](crate::Client::configuration).
///
/// It contains no secrets, so it can be logged. `Display` writes one line per setting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Configuration {
    settings: Vec<ConfigurationSetting>,
    profile_file: Option<PathBuf>,
}

/// One setting of a [`Configuration`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ConfigurationSetting {
    name: &'static str,
    value: String,
    source: String,
}

impl Configuration {
    /// Returns all settings: `region`, `endpoint`, `credentials`, `profile`, `client certificate`, `certificate checks` and
    /// `proxy`.
    pub fn settings(&self) -> &[ConfigurationSetting] {
        &self.settings
    }

    /// Returns the setting with this name.
    pub fn get(&self, name: &str) -> Option<&ConfigurationSetting> {
        self.settings.iter().find(|setting| setting.name == name)
    }

    /// Returns the profile file, if the client was configured from one.
    pub fn profile_file(&self) -> Option<&Path> {
        self.profile_file.as_deref()
    }

    /// Adds the profile and its file.
    pub(super) fn with_profile(mut self, name: Option<&str>, file: Option<&Path>) -> Self {
        self.profile_file = file.filter(|_| name.is_some()).map(Path::to_owned);
        let source = self.profile_file.as_deref().map(file::display);
        self.add("profile", name.unwrap_or("none"), source);
        self
    }

    /// Adds a setting without a secret.
    pub(super) fn add_sourced<T>(&mut self, name: &'static str, setting: &Sourced<T>, value: &str) {
        self.add(name, value, Some(setting.source.clone()));
    }

    /// Adds a setting with a secret, of which only this part is shown.
    pub(super) fn add_chosen<T>(&mut self, name: &'static str, setting: &Chosen<T>, shown: &str) {
        self.add(name, shown, setting.source.clone());
    }

    /// Adds a setting. Without a source it is the default.
    pub(super) fn add(&mut self, name: &'static str, value: &str, source: Option<String>) {
        let source = source.unwrap_or_else(|| super::endpoint::DEFAULT.to_owned());
        self.settings.push(ConfigurationSetting { name, value: value.to_owned(), source });
    }

    /// Replaces the credentials by those of a provider.
    pub(crate) fn use_provider(&mut self) {
        for setting in self.settings.iter_mut().filter(|setting| setting.name == "credentials") {
            setting.value = "credentials provider".to_owned();
        }
    }
}

impl ConfigurationSetting {
    /// Returns the name of the setting, such as `region`.
    pub fn name(&self) -> &str {
        self.name
    }

    /// Returns what was chosen. For credentials and certificates this is their kind, such as `access key`.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// Returns where it comes from, such as `OSC_REGION`, `passed to the client` or `default`.
    pub fn source(&self) -> &str {
        &self.source
    }
}

impl fmt::Display for Configuration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, ConfigurationSetting { name, value, source }) in self.settings.iter().enumerate() {
            let line_end = if index == 0 { "" } else { "\n" };
            write!(f, "{line_end}{name}: {value} ({source})")?;
        }
        Ok(())
    }
}
