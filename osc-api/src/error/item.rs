//! The errors of a response.

/// One error of a response.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorItem {
    pub(super) code: Option<String>,
    pub(super) kind: Option<String>,
    pub(super) details: Option<String>,
}

impl ErrorItem {
    /// Returns the code, if it is a number, as all codes of the API are. [`codes`](crate::codes) names the known ones.
    pub fn code(&self) -> Option<u32> {
        self.code.as_deref()?.trim().parse().ok()
    }

    /// Returns the code as the server sent it.
    pub fn code_text(&self) -> Option<&str> {
        self.code.as_deref()
    }

    /// Returns the type of the error, such as `InvalidParameterValue`.
    pub fn kind(&self) -> Option<&str> {
        self.kind.as_deref()
    }

    /// Returns the server's description of the error. Often empty.
    pub fn details(&self) -> Option<&str> {
        self.details.as_deref()
    }
}
