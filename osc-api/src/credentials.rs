//! Who the caller is.

use std::fmt;

use crate::Secret;

/// What a client identifies itself with: an access key, login and password, both, or nothing.
///
/// An access key opens every action. Login and password open only the few that manage access keys, API access
/// rules and certificate authorities. A few public catalogues need neither.
///
/// ```
/// use osc_api::Credentials;
///
/// let credentials = Credentials::access_key("MYACCESSKEY", "my secret key");
/// assert!(!format!("{credentials:?}").contains("my secret key"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    pub(crate) access_key: Option<AccessKey>,
    pub(crate) basic: Option<Basic>,
}

/// An access key with the secret key that belongs to it.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccessKey {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// A login, usually an e-mail address, with its password.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Basic {
    pub(crate) login: String,
    pub(crate) password: Secret,
}

impl Credentials {
    /// No credentials, for the actions that need none.
    pub fn none() -> Self {
        Self::default()
    }

    /// An access key and its secret key.
    pub fn access_key(access_key: impl Into<String>, secret_key: impl Into<Secret>) -> Self {
        Self::none().with_access_key(access_key, secret_key)
    }

    /// A login, usually an e-mail address, and its password.
    pub fn basic(login: impl Into<String>, password: impl Into<Secret>) -> Self {
        Self::none().with_basic(login, password)
    }

    /// The same with an access key, which is preferred where an action takes both.
    #[must_use]
    pub fn with_access_key(mut self, access_key: impl Into<String>, secret_key: impl Into<Secret>) -> Self {
        self.access_key = Some(AccessKey { id: access_key.into(), secret: secret_key.into() });
        self
    }

    /// The same with a login and a password.
    #[must_use]
    pub fn with_basic(mut self, login: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.basic = Some(Basic { login: login.into(), password: password.into() });
        self
    }

    /// Whether there are none.
    pub fn is_none(&self) -> bool {
        self.access_key.is_none() && self.basic.is_none()
    }
}

/// An access key is not secret, but it is half of one, and a log needs only enough of it to tell which key it
/// was.
impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.id.chars().take(4).collect();
        f.debug_struct("AccessKey")
            .field("id", &format_args!("{start}…"))
            .field("secret", &self.secret)
            .finish()
    }
}

/// A login is personal data; it is as much out of place in a log as the password.
impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("login", &format_args!("[redacted]"))
            .field("password", &self.password)
            .finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_secret() {
        let credentials =
            Credentials::access_key("ABCDEFGHIJ", "marker-1").with_basic("marker-2", "marker-3");
        let shown = format!("{credentials:?} {credentials:#?}");
        assert!(!shown.contains("marker") && !shown.contains("EFGH"), "{shown}");
        assert!(shown.contains("ABCD…"), "{shown}");
    }

    #[test]
    fn none_has_none() {
        assert!(Credentials::none().is_none());
        assert!(!Credentials::basic("login", "password").is_none());
    }
}
