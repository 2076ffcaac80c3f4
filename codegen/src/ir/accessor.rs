//! Accessors: a short way from a response to the one resource in it, and from a resource to its identifier and its tags.

/// A method of a response type that returns a value, or an error if the response lacks it.
#[derive(Clone, Debug, PartialEq)]
pub struct Accessor {
    /// The method: `volume`.
    pub method: String,
    /// The field it reads, by its Rust name.
    pub field: String,
    /// The type of the value: a struct or an identifier.
    pub ty: String,
    /// Whether the field is a list, whose first element is returned.
    pub is_list: bool,
    /// The value in the error: `CreateVolumeResponse.Volume`.
    pub path: String,
}

/// A method of a received type that returns the value of a tag: `vm.tag("Name")`.
#[derive(Clone, Debug, PartialEq)]
pub struct TagAccessor {
    /// The method: `tag`.
    pub method: String,
    /// The list of tags, by its Rust name.
    pub field: String,
    /// The key of a tag, by its Rust name.
    pub key: String,
    /// The value of a tag, by its Rust name.
    pub value: String,
}
