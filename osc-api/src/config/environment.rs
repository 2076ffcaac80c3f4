//! Environment variables and files, passed in by the caller, so that tests use their own.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use zeroize::Zeroizing;

use super::source::{ConfigSource, Findings, Origin, PemSource, Sourced, lists_this_service};
use super::{file, services, value};
use crate::Secret;

/// Access to the process's environment and files.
pub(super) struct System<'a> {
    pub(super) variable: &'a dyn Fn(&str) -> Option<OsString>,
    pub(super) read: &'a dyn Fn(&Path) -> io::Result<Zeroizing<Vec<u8>>>,
    /// The permission bits of a file, if the user can change them.
    pub(super) mode: &'a dyn Fn(&Path) -> Option<u32>,
}

impl System<'_> {
    /// Warns about a file with secrets that users other than its owner can read.
    pub(super) fn check_permissions(&self, path: &Path, findings: &mut Findings) {
        const GROUP_AND_OTHERS: u32 = 0o077;
        let Some(mode) = (self.mode)(path).map(|mode| mode & 0o777) else { return };
        if mode & GROUP_AND_OTHERS != 0 {
            let file = path.display();
            findings.warn(format!(
                "{file} contains secrets, and users other than its owner can access it (mode {mode:03o}): run \
                 `chmod 600 {file}`"
            ));
        }
    }
}

/// The environment variables, unless the program ignores them.
pub(super) struct Environment<'a> {
    pub(super) system: &'a System<'a>,
    pub(super) is_ignored: bool,
}

impl Environment<'_> {
    /// The trimmed value of a variable. An empty variable counts as unset: that is how scripts unset them.
    pub(super) fn text(&self, name: &str, findings: &mut Findings) -> Option<Zeroizing<String>> {
        match self.raw(name)?.into_string() {
            Ok(text) => {
                let text = Zeroizing::new(text);
                let text = value::trim(&text);
                (!text.is_empty()).then(|| Zeroizing::new(text.to_owned()))
            }
            Err(_) => {
                findings.problem(format!("{name} is not UTF-8: set it again or unset it"));
                None
            }
        }
    }

    /// A variable that holds a path, which need not be UTF-8.
    pub(super) fn path(&self, name: &str) -> Option<PathBuf> {
        let raw = self.raw(name)?;
        let path = match raw.to_str() {
            Some(text) => PathBuf::from(value::trim(text)),
            None => PathBuf::from(raw),
        };
        (!path.as_os_str().is_empty()).then_some(path)
    }

    pub(super) fn is_set(&self, name: &str) -> bool {
        self.raw(name).is_some()
    }

    /// The user's home directory. It is not a setting, so it is read even if the environment is ignored.
    pub(super) fn home(&self) -> Option<PathBuf> {
        let set = |name| (self.system.variable)(name).filter(|value| !value.is_empty());
        set("HOME").or_else(|| set("USERPROFILE")).map(PathBuf::from)
    }

    /// A path with a leading `~` replaced by the home directory.
    pub(super) fn expand(&self, path: &Path, source: &str, findings: &mut Findings) -> Option<PathBuf> {
        let expanded = file::expand_home(path, self.home().as_deref());
        if expanded.is_none() {
            findings.problem(format!(
                "{source} begins with `~`, but there is no home directory: set HOME, or write the whole path"
            ));
        }
        expanded
    }

    fn raw(&self, name: &str) -> Option<OsString> {
        let value = if self.is_ignored { None } else { (self.system.variable)(name) };
        value.filter(|value| !value.is_empty())
    }
}

/// The settings of the environment variables.
pub(super) fn load(environment: &Environment<'_>, findings: &mut Findings) -> ConfigSource {
    let mut reader = Variables { environment, findings };
    ConfigSource {
        is_profile: false,
        access_key: reader.plain("access_key"),
        secret_key: reader.secret("secret_key"),
        access_key_v2: reader.plain("access_key_v2"),
        secret_key_v2: reader.secret("secret_key_v2"),
        uses_v2: reader.text("iam_v2_services").map(|list| lists_this_service(&list.value)),
        login: reader.plain("login"),
        password: reader.secret("password"),
        method: reader.plain("auth_method"),
        region: reader.plain("region"),
        protocol: reader.plain("protocol"),
        endpoint: reader.plain("endpoint_api"),
        services: reader.services(),
        domain: None,
        client_certificate: reader.pem("x509_client_cert", "x509_client_cert_b64"),
        client_key: reader.pem("x509_client_key", "x509_client_key_b64"),
        tls_skip_verify: reader.plain("tls_skip_verify"),
        proxy: None,
    }
}

/// Reads settings from the variables.
struct Variables<'a> {
    environment: &'a Environment<'a>,
    findings: &'a mut Findings,
}

impl Variables<'_> {
    fn text(&mut self, key: &str) -> Option<Sourced<Zeroizing<String>>> {
        let value = self.environment.text(&Origin::Environment.name(key), self.findings)?;
        Some(Origin::Environment.sourced(key, value))
    }

    fn plain(&mut self, key: &str) -> Option<Sourced<String>> {
        self.text(key).map(|sourced| sourced.map(|text| text.as_str().to_owned()))
    }

    fn secret(&mut self, key: &str) -> Option<Sourced<Secret>> {
        self.text(key).map(|sourced| sourced.map(|text| Secret::from(text.as_str())))
    }

    /// The endpoints of the other services, such as `OSC_ENDPOINT_OOS`.
    fn services(&mut self) -> Vec<(String, Sourced<String>)> {
        let names =
            services::NAMES.iter().flat_map(|(name, aliases)| aliases.iter().map(move |alias| (name, alias)));
        let endpoint = |(name, alias): (&&str, &&str)| {
            Some(((*name).to_owned(), self.plain(&format!("endpoint_{alias}"))?))
        };
        names.filter_map(endpoint).collect()
    }

    /// The path of a PEM file, or else the file in Base64.
    fn pem(&mut self, path_key: &str, base64_key: &str) -> Option<Sourced<PemSource>> {
        match self.environment.path(&Origin::Environment.name(path_key)) {
            Some(path) => Some(Origin::Environment.sourced(path_key, PemSource::from_path(path))),
            None => self.secret(base64_key).map(|sourced| sourced.map(PemSource::Base64)),
        }
    }
}
