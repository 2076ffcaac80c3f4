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
    /// `"text".into()`
    Into(String),
    /// `VmId::from("text")`
    Identifier(String, String),
    /// `["a", "b"]`
    List(Vec<Example>),
    /// `vec!["a", "b"]`
    Vec(Vec<Example>),
    /// `Default::default()`
    Default,
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
        /// The values of the required fields, each with the name of its field.
        arguments: Vec<(String, Example)>,
        /// The struct by which `new` takes them, if it is one.
        required: Option<String>,
        /// The chained setters.
        setters: Vec<(String, Example)>,
    },
}
