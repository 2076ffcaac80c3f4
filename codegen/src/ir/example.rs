//! Examples in the documentation.

/// An example request in the documentation.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedExample {
    /// How it differs from the action's other examples, such as `From a snapshot`. Empty if it is the only one.
    pub title: String,
    /// The expression that builds it.
    pub request: Example,
}

/// An expression in an example.
#[derive(Clone, Debug, PartialEq)]
pub enum Example {
    /// `true`
    Bool(bool),
    /// `1`
    Integer(i64),
    /// `1.5`
    Float(f64),
    /// `"text"`
    Text(String),
    /// `["a", "b"]`
    List(Vec<Example>),
    /// `[("key", "value")]`
    Map(Vec<(String, Example)>),
    /// `serde_json::json!(…)`
    Json(serde_json::Value),
    /// `Nullable::Null`
    Null,
    /// `BootMode::Uefi`
    Variant(String, String),
    /// `Type::new(…).setter(…)`
    Struct {
        /// The type.
        name: String,
        /// The arguments of `new`.
        arguments: Vec<Example>,
        /// The chained setters.
        setters: Vec<(String, Example)>,
    },
}
