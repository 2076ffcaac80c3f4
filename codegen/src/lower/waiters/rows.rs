//! The rows of `spec/waiters.yaml`, the fields that they name, and what can be wrong with them.

use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::ir::{Field, Struct};

/// The row of an action. The rows below it are read one by one, so that each problem has its own location.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `filter`, `list`, `id` and `resources`")]
pub(super) struct SourceRow {
    pub(super) filter: String,
    pub(super) list: String,
    pub(super) id: String,
    pub(super) resources: Map<String, Value>,
}

/// The row of a resource.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `noun`, `state` and `until`")]
pub(super) struct ResourceRow {
    pub(super) noun: String,
    pub(super) part: Option<String>,
    pub(super) state: String,
    pub(super) minutes: Option<u64>,
    pub(super) until: Map<String, Value>,
}

/// The row of a goal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "a mapping with `states`, `failures` and `deleted`, all optional")]
pub(super) struct GoalRow {
    pub(super) states: Option<Vec<String>>,
    #[serde(default)]
    pub(super) failures: Vec<String>,
    #[serde(default)]
    pub(super) deleted: bool,
}

/// Why a row is not lowered.
pub(super) enum Problem {
    /// The row itself is invalid.
    Malformed(Pointer, String),
    /// The description does not have what the row names, or not in this version.
    Unknown(Pointer, String),
}

pub(super) type Lowered<T> = Result<T, Problem>;

impl Problem {
    pub(super) fn report(self, problems: &mut Diagnostics) {
        match self {
            Self::Malformed(at, message) => problems.error_in(Source::Waiters, &at, message),
            Self::Unknown(at, message) => {
                problems.stale(Source::Waiters, &at, format!("{message}: fix or remove the row"));
            }
        }
    }
}

pub(super) fn read_row<T: DeserializeOwned>(row: &Value, at: &Pointer) -> Lowered<T> {
    T::deserialize(row).map_err(|error| malformed(at, error.to_string()))
}

/// The field that a row names.
pub(super) fn field<'t>(holder: &'t Struct, wire: &str, at: &Pointer) -> Lowered<&'t Field> {
    holder.field(wire).ok_or_else(|| unknown(at, format!("`{}` has no field `{wire}`", holder.name)))
}

pub(super) fn malformed(at: &Pointer, message: impl Into<String>) -> Problem {
    Problem::Malformed(at.clone(), message.into())
}

pub(super) fn unknown(at: &Pointer, message: impl Into<String>) -> Problem {
    Problem::Unknown(at.clone(), message.into())
}
