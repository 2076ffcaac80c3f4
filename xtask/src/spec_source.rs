//! `spec/source.toml`: the source of the contract.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::files;
use crate::sha256::sha256;

/// The name of the file.
pub(crate) const NAME: &str = "source.toml";

const HEADER: &str = "# Where spec/outscale.yaml came from. Written by `cargo xtask spec import`.\n";

/// The source of the contract, and the digests of both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct SpecSource {
    /// The release (the upstream tag), if it was requested by version.
    pub(crate) release: Option<String>,
    /// `info.version` of the description, which sometimes differs from the release.
    pub(crate) version: String,
    /// The URL, or the name of the file.
    pub(crate) location: String,
    /// The SHA-256 of the published bytes.
    pub(crate) sha256: String,
    /// The SHA-256 of the contract. Older files lack it.
    pub(crate) contract_sha256: Option<String>,
}

impl SpecSource {
    /// Reads the file in a folder. `None` if there is none.
    ///
    /// # Errors
    /// Names the file and its first error.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, String> {
        let path = folder.join(NAME);
        let Some(text) = files::read_if_exists(&path)? else { return Ok(None) };
        toml::from_str(&text).map(Some).map_err(|error| {
            format!(
                "{} was not written by `spec import`; restore the committed file:\n{error}",
                path.display()
            )
        })
    }

    /// The content of the file.
    ///
    /// # Errors
    /// If serialization fails, which no content is known to cause.
    pub(crate) fn to_text(&self) -> Result<String, String> {
        let text = toml::to_string(self).map_err(|error| format!("cannot write {NAME}: {error}"))?;
        Ok(format!("{HEADER}{text}"))
    }

    /// The release, else the version.
    pub(crate) fn label(&self) -> &str {
        self.release.as_deref().unwrap_or(&self.version)
    }

    /// An error message if a contract is not the recorded one. Line ends do not matter: a checkout may convert them.
    pub(crate) fn mismatch(&self, contract: &str) -> Option<String> {
        let recorded = self.contract_sha256.as_deref()?;
        let found = sha256(files::with_unix_line_ends(contract).as_bytes());
        (recorded != found).then(|| {
            "spec/outscale.yaml does not match the digest in spec/source.toml: the file was edited. Import again, or undo \
             with `git restore spec`"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    fn source() -> SpecSource {
        SpecSource {
            release: Some("1.41.0".to_owned()),
            version: "1.40.9".to_owned(),
            location: "https://localhost/a \"b\"".to_owned(),
            sha256: sha256(b"published"),
            contract_sha256: Some(sha256(b"contract")),
        }
    }

    #[test]
    fn written_content_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(SpecSource::read(folder.path()).unwrap(), None);
        let file = SpecSource { release: None, contract_sha256: None, ..source() };
        for source in [source(), file] {
            std::fs::write(folder.path().join(NAME), source.to_text().unwrap()).unwrap();
            assert_eq!(SpecSource::read(folder.path()).unwrap(), Some(source));
        }
        std::fs::write(folder.path().join(NAME), "version = 1\n").unwrap();
        let error = SpecSource::read(folder.path()).unwrap_err();
        assert!(error.contains(NAME) && error.contains("restore"), "{error}");
    }

    #[test]
    fn a_contract_with_another_digest_is_reported() {
        assert_eq!(source().mismatch("contract"), None);
        // A checkout with other line ends.
        assert_eq!(
            SpecSource { contract_sha256: Some(sha256(b"a\nb\n")), ..source() }.mismatch("a\r\nb\r\n"),
            None
        );
        let mismatch = source().mismatch("contract with an edit").unwrap();
        assert!(mismatch.contains("git restore spec"), "{mismatch}");
        // Without a recorded digest, nothing can be compared.
        assert_eq!(SpecSource { contract_sha256: None, ..source() }.mismatch("anything"), None);
    }
}
