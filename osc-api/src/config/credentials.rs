//! Credentials: their types, the choice among the sources, and the checks before anything is sent.

use std::fmt;

use super::source::{Chosen, ConfigSource, Findings, Sourced};
use super::value;
use crate::Secret;

/// Credentials of a client: an access key, a login and password, both, or none.
///
/// An access key is accepted by every action. A login and password are accepted only by the few actions that manage
/// access keys, API access rules and certificate authorities. A few public catalogues need neither.
///
/// Blanks and line ends around a value are removed when the client is built.
///
/// ```
/// use osc_api::Credentials;
///
/// let credentials = Credentials::access_key("ABCDEFGHIJ0123456789", "my secret key");
/// assert!(!format!("{credentials:?}").contains("my secret key"));
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Credentials {
    pub(crate) access_key: Option<AccessKeyPair>,
    pub(crate) basic: Option<Basic>,
}

/// An access key ID and its secret key.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct AccessKeyPair {
    pub(crate) id: String,
    pub(crate) secret: Secret,
}

/// A login, usually an e-mail address, and its password.
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

    /// Adds an access key, which is preferred if an action accepts both kinds.
    #[must_use]
    pub fn with_access_key(mut self, access_key: impl Into<String>, secret_key: impl Into<Secret>) -> Self {
        self.access_key = Some(AccessKeyPair { id: access_key.into(), secret: secret_key.into() });
        self
    }

    /// Adds a login and password.
    #[must_use]
    pub fn with_basic(mut self, login: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.basic = Some(Basic { login: login.into(), password: password.into() });
        self
    }

    /// Returns the access key ID, if there is an access key.
    pub fn access_key_id(&self) -> Option<&str> {
        self.access_key.as_ref().map(|key| key.id.as_str())
    }

    /// Returns the secret key of the access key, if there is one.
    pub fn secret_key(&self) -> Option<&Secret> {
        self.access_key.as_ref().map(|key| &key.secret)
    }

    /// Returns the login, if there is one.
    pub fn login(&self) -> Option<&str> {
        self.basic.as_ref().map(|basic| basic.login.as_str())
    }

    /// Returns the password of the login, if there is one.
    pub fn password(&self) -> Option<&Secret> {
        self.basic.as_ref().map(|basic| &basic.password)
    }

    /// Returns `true` if there are no credentials.
    pub fn is_none(&self) -> bool {
        self.access_key.is_none() && self.basic.is_none()
    }
}

/// An access key is not secret, but it is half of one: its first characters identify it in a log.
impl fmt::Debug for AccessKeyPair {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let start: String = self.id.chars().take(4).collect();
        f.debug_struct("AccessKey")
            .field("id", &format_args!("{start}…"))
            .field("secret", &self.secret)
            .finish()
    }
}

/// A login is personal data, which does not belong in a log either.
impl fmt::Debug for Basic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Basic")
            .field("login", &format_args!("[redacted]"))
            .field("password", &self.password)
            .finish()
    }
}

/// The kind of credentials, as selected by `OSC_AUTH_METHOD`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum AuthChoice {
    AccessKey,
    Basic,
    None,
}

/// Returns the credentials of the builder, or else those of the first source that has at least a part of some.
///
/// `OSC_AUTH_METHOD` applies to the credentials of the environment and of later sources. It cannot remove those of
/// the builder, nor those of a profile that the program selects.
pub(super) fn choose(
    explicit: Option<&Credentials>,
    sources: &[ConfigSource],
    findings: &mut Findings,
) -> Chosen<Credentials> {
    if let Some(credentials) = explicit {
        return Chosen::explicit(check_explicit(credentials, findings));
    }
    let uses_v2 = sources.iter().find_map(|source| source.uses_v2).unwrap_or_default();
    let mut method = None;
    for source in sources {
        method = method.or_else(|| source.method.as_ref().map(|sourced| parse_method(sourced, findings)));
        let keys = KeyPair::of(source, uses_v2);
        if keys.is_set() || source.login.is_some() || source.password.is_some() {
            let value = from_source(&keys, source, method.as_ref(), findings);
            let chosen_from = match (&value.access_key, &value.basic) {
                (Some(_), _) => keys.id.map(|id| id.source.clone()),
                (None, Some(_)) => source.login.as_ref().map(|login| login.source.clone()),
                (None, None) => method.map(|method| method.source),
            };
            let from_file = source.is_profile && !value.is_none();
            return Chosen { source: chosen_from, from_file, value };
        }
    }
    if let Some(Sourced { value: AuthChoice::AccessKey | AuthChoice::Basic, source }) = &method {
        findings.problem(format!(
            "{source} selects credentials, but none are set: set them, or unset the variable to call without credentials"
        ));
    }
    Chosen { source: method.map(|method| method.source), ..Chosen::default_value(Credentials::none()) }
}

/// Returns `true` if a source decides about credentials, so that later ones are not consulted.
pub(super) fn is_decided_by(source: &ConfigSource) -> bool {
    let uses_v2 = source.uses_v2.unwrap_or_default();
    let method = source.method.as_ref().and_then(|method| method_from_name(&method.value));
    KeyPair::of(source, uses_v2).is_set()
        || source.login.is_some()
        || source.password.is_some()
        || method == Some(AuthChoice::None)
}

/// Returns `true` if a source has second-generation keys, which are used only for the services of a list.
pub(super) fn has_v2(sources: &[ConfigSource]) -> bool {
    sources.iter().any(|source| source.access_key_v2.is_some() && source.secret_key_v2.is_some())
}

fn method_from_name(text: &str) -> Option<AuthChoice> {
    match text.to_ascii_lowercase().as_str() {
        "accesskey" => Some(AuthChoice::AccessKey),
        "basic" | "password" => Some(AuthChoice::Basic),
        "none" => Some(AuthChoice::None),
        _ => None,
    }
}

/// Parses the selected method. An unknown method is reported, and counts as `none`.
fn parse_method(sourced: &Sourced<String>, findings: &mut Findings) -> Sourced<AuthChoice> {
    let Sourced { value, source } = sourced;
    let method = method_from_name(value);
    if method.is_none() {
        findings.problem(format!("{source} is invalid: it must be accesskey, basic, password or none"));
    }
    Sourced { value: method.unwrap_or(AuthChoice::None), source: source.clone() }
}

/// The access key of a source, of the first or second generation.
struct KeyPair<'a> {
    id: Option<&'a Sourced<String>>,
    secret: Option<&'a Sourced<Secret>>,
    names: [&'static str; 2],
}

impl<'a> KeyPair<'a> {
    /// Second-generation keys are used only if the list contains the service. A source without second-generation
    /// keys still provides its first-generation keys: callers who override the keys with variables expect that, even
    /// if the profile has such a list. A source that has only unused keys is skipped.
    fn of(source: &'a ConfigSource, uses_v2: bool) -> Self {
        let second = Self {
            id: source.access_key_v2.as_ref(),
            secret: source.secret_key_v2.as_ref(),
            names: [
                "access key (`OSC_ACCESS_KEY_V2`, `access_key_v2`)",
                "secret key (`OSC_SECRET_KEY_V2`, `secret_key_v2`)",
            ],
        };
        if uses_v2 && second.is_set() {
            return second;
        }
        Self {
            id: source.access_key.as_ref(),
            secret: source.secret_key.as_ref(),
            names: [
                "access key (`OSC_ACCESS_KEY`, `access_key`)",
                "secret key (`OSC_SECRET_KEY`, `secret_key`)",
            ],
        }
    }

    /// Returns `true` if at least one half is set.
    fn is_set(&self) -> bool {
        self.id.is_some() || self.secret.is_some()
    }
}

/// Returns the credentials of one source. A half without the other is reported: the missing half must not come from
/// another source.
fn from_source(
    keys: &KeyPair<'_>,
    source: &ConfigSource,
    method: Option<&Sourced<AuthChoice>>,
    findings: &mut Findings,
) -> Credentials {
    let is_wanted = |wanted: AuthChoice| method.is_none_or(|method| method.value == wanted);
    let before = findings.problems.len();
    let mut credentials = Credentials::none();
    if is_wanted(AuthChoice::AccessKey)
        && let Some((id, secret)) = pair(keys.id, keys.secret, keys.names, findings)
    {
        check_access_key(&id.value, &secret.value, [&id.source, &secret.source], findings);
        credentials = credentials.with_access_key(id.value.clone(), secret.value.clone());
    }
    let names = ["login (`OSC_LOGIN`, `login`)", "password (`OSC_PASSWORD`, `password`)"];
    if is_wanted(AuthChoice::Basic)
        && let Some((login, password)) =
            pair(source.login.as_ref(), source.password.as_ref(), names, findings)
    {
        check_basic(&login.value, &password.value, [&login.source, &password.source], findings);
        credentials = credentials.with_basic(login.value.clone(), password.value.clone());
    }
    if let Some(Sourced { value: selected @ (AuthChoice::AccessKey | AuthChoice::Basic), source: selector }) =
        method
        && credentials.is_none()
        && findings.problems.len() == before
    {
        let (wanted, found) = match selected {
            AuthChoice::AccessKey => ("an access key", "a login"),
            _ => ("a login and a password", "an access key"),
        };
        findings.problem(format!(
            "{selector} selects {wanted}, but the {} has only {found}: set {wanted}, or change {selector}",
            if source.is_profile { "profile" } else { "environment" }
        ));
    }
    credentials
}

/// Returns both halves, if both are set. One half without the other is reported. The names of the halves contain the
/// variable and the profile key that set them.
fn pair<'a, A, B>(
    first: Option<&'a Sourced<A>>,
    second: Option<&'a Sourced<B>>,
    [first_name, second_name]: [&str; 2],
    findings: &mut Findings,
) -> Option<(&'a Sourced<A>, &'a Sourced<B>)> {
    let (source, missing) = match (first, second) {
        (Some(first), Some(second)) => return Some((first, second)),
        (Some(first), None) => (&first.source, second_name),
        (None, Some(second)) => (&second.source, first_name),
        (None, None) => return None,
    };
    findings.problem(format!(
        "{source} is set, but the matching {missing} is not: set both in the same source, or neither"
    ));
    None
}

/// Trims and checks the credentials of the builder.
fn check_explicit(credentials: &Credentials, findings: &mut Findings) -> Credentials {
    let mut trimmed = Credentials::none();
    if let Some(AccessKeyPair { id, secret }) = &credentials.access_key {
        let sources = ["the access key passed to the client", "the secret key passed to the client"];
        trimmed = trimmed.with_access_key(value::trim(id), value::trim(secret.expose()));
        check_access_key(value::trim(id), secret, sources, findings);
    }
    if let Some(Basic { login, password }) = &credentials.basic {
        let sources = ["the login passed to the client", "the password passed to the client"];
        trimmed = trimmed.with_basic(value::trim(login), value::trim(password.expose()));
        check_basic(value::trim(login), password, sources, findings);
    }
    trimmed
}

/// Reports keys that cannot be valid: the server would count the attempt as a failed authentication, and a few of
/// those lock the credentials.
fn check_access_key(
    id: &str,
    secret: &Secret,
    [id_source, secret_source]: [&str; 2],
    findings: &mut Findings,
) {
    const ID_LENGTH: usize = 20;
    const SECRET_LENGTH: usize = 40;
    let secret = value::trim(secret.expose());
    if let Some(defect) = value::find_defect(id) {
        findings.problem(format!("{id_source} {defect}"));
    } else if value::is_sample_key(id) {
        findings.problem(format!("{id_source} is a placeholder: replace it with the real access key"));
    } else if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        findings.problem(format!(
            "{id_source} is not an access key, which has only letters and digits: copy it again"
        ));
    }
    if let Some(defect) = value::find_defect(secret) {
        findings.problem(format!("{secret_source} {defect}"));
    } else if value::is_sample_key(secret) {
        findings.problem(format!("{secret_source} is a placeholder: replace it with the real secret key"));
    } else if secret.is_empty() || secret.contains(|c: char| c.is_whitespace() || c.is_control()) {
        findings.problem(format!("{secret_source} is empty or contains white space: copy it again"));
    }
    if id.len() == SECRET_LENGTH && secret.len() == ID_LENGTH {
        findings.warn(format!(
            "{id_source} has {SECRET_LENGTH} characters and {secret_source} has {ID_LENGTH}: the two are probably \
             swapped; set each to the value of the other"
        ));
    }
}

/// Reports a login or password that cannot be valid. The server treats the first colon as the end of the login.
fn check_basic(
    login: &str,
    password: &Secret,
    [login_source, password_source]: [&str; 2],
    findings: &mut Findings,
) {
    let password = value::trim(password.expose());
    if let Some(defect) = value::find_defect(login) {
        findings.problem(format!("{login_source} {defect}"));
    } else if login.is_empty() || login.contains(|c: char| c == ':' || c.is_control()) {
        findings.problem(format!(
            "{login_source} is empty or contains a colon or a control character: correct it"
        ));
    }
    if let Some(defect) = value::find_defect(password) {
        findings.problem(format!("{password_source} {defect}"));
    } else if password.is_empty() {
        findings.problem(format!("{password_source} is empty: set it"));
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
    fn none_is_none_and_a_login_is_not() {
        assert!(Credentials::none().is_none());
        assert!(!Credentials::basic("login", "password").is_none());
    }
}
