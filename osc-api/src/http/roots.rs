//! Trusted certificates from the environment: `SSL_CERT_FILE` and `SSL_CERT_DIR`, which replace the system's.
//!
//! The platform verifier reads these variables itself on Linux and the BSDs. It uses an empty variable as a path, blocks
//! on a pipe, and does not report which variable is wrong.

use std::ffi::OsString;
use std::path::Path;

use rustls::RootCertStore;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;

/// The certificates of the system, where `SSL_CERT_FILE` is set but empty: Debian, Fedora, SUSE, Alpine and the BSDs.
const SYSTEM_BUNDLES: [&str; 4] = [
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
    "/etc/ssl/cert.pem",
];

/// The result of checking the variables for trusted certificates.
#[derive(Debug, Default)]
pub(super) struct EnvironmentRoots {
    /// Unusable paths, each with its variable.
    pub(super) problems: Vec<String>,
    /// Whether reading one of the paths could block forever.
    pub(super) is_unreadable: bool,
    /// Whether the verifier would use an empty variable as a path.
    is_empty: bool,
}

impl EnvironmentRoots {
    /// Checks the variables of the process.
    pub(super) fn from_process() -> Self {
        if cfg!(any(windows, target_vendor = "apple", target_os = "android")) {
            return Self::default();
        }
        Self::check(&|name| std::env::var_os(name))
    }

    /// The system's certificates, if they are not read otherwise.
    pub(super) fn replacement(&self) -> Vec<CertificateDer<'static>> {
        if !self.is_empty {
            return Vec::new();
        }
        let is_usable =
            |certificate: &CertificateDer<'static>| RootCertStore::empty().add(certificate.clone()).is_ok();
        SYSTEM_BUNDLES
            .iter()
            .find_map(|bundle| CertificateDer::pem_file_iter(bundle).ok())
            .map(|certificates| certificates.flatten().filter(is_usable).collect())
            .unwrap_or_default()
    }

    fn check(variable: &dyn Fn(&str) -> Option<OsString>) -> Self {
        let mut roots = Self::default();
        let directories = variable("SSL_CERT_DIR").unwrap_or_default();
        for directory in std::env::split_paths(&directories).filter(|path| !path.as_os_str().is_empty()) {
            if !directory.is_dir() {
                roots.problem("SSL_CERT_DIR", &directory, "not a directory");
            }
        }
        match variable("SSL_CERT_FILE") {
            Some(file) if file.is_empty() => roots.is_empty = directories.is_empty(),
            Some(file) => roots.check_file(Path::new(&file)),
            None => {}
        }
        roots
    }

    fn check_file(&mut self, file: &Path) {
        match file.metadata() {
            Ok(metadata) if metadata.is_file() => {}
            // Programs set this to trust only the certificates that they add.
            Ok(_) if file == Path::new("/dev/null") => {}
            Ok(metadata) => {
                self.is_unreadable = !metadata.is_dir();
                self.problem("SSL_CERT_FILE", file, "not a regular file");
            }
            Err(_) => self.problem("SSL_CERT_FILE", file, "not a readable file"),
        }
    }

    fn problem(&mut self, variable: &str, path: &Path, reason: &str) {
        let path = path.display();
        self.problems.push(format!("{variable} names {path}, which is {reason}: correct or unset it"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[cfg(unix)]
    fn check(file: Option<&str>, directory: Option<&str>) -> EnvironmentRoots {
        EnvironmentRoots::check(&|name| {
            let value = if name == "SSL_CERT_FILE" { file } else { directory };
            value.map(OsString::from)
        })
    }

    #[cfg(unix)]
    #[test]
    fn unusable_paths_are_reported_and_empty_variables_count_as_unset() {
        for (file, directory, named, is_unreadable) in [
            (None, None, "", false),
            (Some(""), Some(""), "", false),
            (Some("/dev/null"), None, "", false),
            (Some("/none/ca.pem"), None, "SSL_CERT_FILE names /none/ca.pem", false),
            (Some("/dev"), None, "SSL_CERT_FILE names /dev,", false),
            (Some("/dev/zero"), None, "SSL_CERT_FILE names /dev/zero", true),
            (None, Some("/none"), "SSL_CERT_DIR names /none", false),
            (Some(""), Some("/dev:/none:"), "SSL_CERT_DIR names /none", false),
        ] {
            let roots = check(file, directory);
            assert_eq!(roots.problems.len(), usize::from(!named.is_empty()), "{roots:?}");
            assert!(roots.problems.concat().starts_with(named), "{roots:?}");
            assert_eq!(roots.is_unreadable, is_unreadable, "{file:?}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn the_system_certificates_are_read_only_in_place_of_an_empty_variable() {
        assert!(check(Some(""), None).is_empty);
        for (file, directory) in [(None, None), (Some(""), Some("/dev")), (Some("/dev/null"), None)] {
            assert!(check(file, directory).replacement().is_empty());
        }
    }
}
