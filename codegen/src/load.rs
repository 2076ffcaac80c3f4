//! From texts to a parsed description: YAML, overlay, `$ref` siblings, `openapiv3`.

mod kind;
mod locate;
mod overlay;
mod parse;
mod places;
mod siblings;
mod unneeded;
mod value_sets;
mod yaml;

pub(crate) use kind::Kind;
pub(crate) use locate::locate;
pub(crate) use parse::{Document, Security, version};
pub use unneeded::unneeded;
pub(crate) use yaml::{read as read_yaml, write as write_yaml};

use serde_json::Value;

use crate::diagnostics::{Diagnostics, Source};

/// Reads the description, applies the overlay, and parses what comes out.
///
/// Nothing comes back only when the text is not YAML or not a mapping at all; every other problem is reported
/// and what could be read comes back, so that the next phase can report its problems in the same run.
pub(crate) fn load(description: &str, overlay: Option<&str>, problems: &mut Diagnostics) -> Option<Document> {
    let mut value = read_corrected(description, overlay, problems)?;
    if overlay.is_some() {
        value_sets::compare(&value, problems);
    }
    siblings::keep(Kind::Root, &mut value);
    parse::parse(&value, problems)
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
