//! The report of a diff: text for a terminal, Markdown for a review, JSON for a program.

pub(super) mod json;
pub(super) mod markdown;
pub(super) mod text;
