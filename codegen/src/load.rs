//! From texts to a parsed description: YAML, overlay, `$ref` siblings, `openapiv3`.

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Source};
use crate::openapi::{self, Document};
use crate::{import_checks, overlay, yaml};

/// Reads the description, applies the overlay, and parses what comes out.
///
/// Nothing comes back only when the text is not YAML or not a mapping at all; every other problem is reported
/// and what could be read comes back, so that the next phase can report its problems in the same run.
pub(crate) fn load(description: &str, overlay: Option<&str>, problems: &mut Diagnostics) -> Option<Document> {
    let value = read_corrected(description, overlay, problems)?;
    if overlay.is_some() {
        import_checks::compare_value_sets(&value, problems);
    }
    openapi::parse(value, problems)
}

/// Reads the description and applies the overlay: what the first half of [`load`] does.
pub(crate) fn read_corrected(
    description: &str,
    overlay: Option<&str>,
    problems: &mut Diagnostics,
) -> Option<Value> {
    let mut value = yaml::read(description, Source::Description, problems)?;
    if let Some(overlay) = overlay {
        overlay::apply(overlay, &mut value, problems);
    }
    Some(value)
}
