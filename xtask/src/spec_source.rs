//! `spec/source.toml`: where the contract came from.

use std::path::Path;

use serde::{Deserialize, Serialize};

use crate::sha256::sha256;
use crate::sync;

/// The file's name.
pub(crate) const NAME: &str = "source.toml";

const HEADER: &str = "# Where spec/outscale.yaml came from. Written by `cargo xtask spec import`.\n";

/// Where the contract came from. An import writes it last: while it tells of another contract than the one that is
/// there, the import was cut short.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Origin {
    /// The release, where it was asked for by its version: upstream's tag.
    pub(crate) release: Option<String>,
    /// What the description says of its version, which is not always that of its release.
    pub(crate) version: String,
    /// The address, or the name of the file.
    pub(crate) location: String,
    /// The digest of the published bytes.
    pub(crate) sha256: String,
    /// The digest of the contract that was made of them. Files of before this was recorded have none.
    pub(crate) contract_sha256: Option<String>,
}

impl Origin {
    /// Reads the file of a folder. Nothing where there is none.
    ///
    /// # Errors
    /// Names the file and what is wrong in it.
    pub(crate) fn read(folder: &Path) -> Result<Option<Self>, String> {
        let path = folder.join(NAME);
        let Some(text) = sync::read_if_there(&path)? else { return Ok(None) };
        toml::from_str(&text).map(Some).map_err(|error| {
            format!(
                "{} is not as `spec import` writes it; restore the committed file:\n{error}",
                path.display()
            )
        })
    }

    /// The content of the file.
    ///
    /// # Errors
    /// When the library refuses; no content is known to cause it.
    pub(crate) fn to_text(&self) -> Result<String, String> {
        let text = toml::to_string(self).map_err(|error| format!("cannot write {NAME}: {error}"))?;
        Ok(format!("{HEADER}{text}"))
    }

    /// What the import is called: by its release, else by what the description says.
    pub(crate) fn label(&self) -> &str {
        self.release.as_deref().unwrap_or(&self.version)
    }

    /// What is wrong when a contract is not the one that this tells of.
    pub(crate) fn mismatch(&self, contract: &str) -> Option<String> {
        let recorded = self.contract_sha256.as_deref()?;
        (recorded != sha256(contract.as_bytes())).then(|| {
            "spec/outscale.yaml is not the contract that spec/source.toml tells of: an import was cut short, or the \
             file was edited. Import again, or go back with `git restore spec`"
                .to_owned()
        })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    fn origin() -> Origin {
        Origin {
            release: Some("1.41.0".to_owned()),
            version: "1.40.9".to_owned(),
            location: "https://localhost/a \"b\"".to_owned(),
            sha256: sha256(b"published"),
            contract_sha256: Some(sha256(b"contract")),
        }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(Origin::read(folder.path()).unwrap(), None);
        let file = Origin { release: None, contract_sha256: None, ..origin() };
        for origin in [origin(), file] {
            std::fs::write(folder.path().join(NAME), origin.to_text().unwrap()).unwrap();
            assert_eq!(Origin::read(folder.path()).unwrap(), Some(origin));
        }
        std::fs::write(folder.path().join(NAME), "version = 1\n").unwrap();
        let error = Origin::read(folder.path()).unwrap_err();
        assert!(error.contains(NAME) && error.contains("restore"), "{error}");
    }

    #[test]
    fn another_contract_is_noticed() {
        assert_eq!(origin().mismatch("contract"), None);
        let mismatch = origin().mismatch("contract with an edit").unwrap();
        assert!(mismatch.contains("git restore spec"), "{mismatch}");
        // Where no digest was recorded, nothing can be said.
        assert_eq!(Origin { contract_sha256: None, ..origin() }.mismatch("anything"), None);
    }
}
