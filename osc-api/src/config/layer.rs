//! The settings of one place: the environment, or a profile.

use zeroize::Zeroizing;

use super::{Environment, Problems};
use crate::credentials::{AccessKey, Basic};
use crate::{Credentials, Secret};

/// A setting together with the name of the place that it came from.
#[derive(Clone)]
pub(super) struct Given<T> {
    pub(super) value: T,
    pub(super) place: String,
}

impl<T> Given<T> {
    pub(super) fn explicit(place: &str, value: T) -> Self {
        Self { value, place: place.to_owned() }
    }
}

/// Where a layer comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    Environment,
    Profile(&'a super::profile::Place),
}

impl Origin<'_> {
    /// The name under which people know a setting of this layer.
    fn place(self, key: &str) -> String {
        match self {
            Self::Environment => format!("OSC_{}", key.to_ascii_uppercase()),
            Self::Profile(place) => format!("`{key}` of {}", place.describe()),
        }
    }

    pub(super) fn given<T>(self, key: &str, value: T) -> Given<T> {
        Given { value, place: self.place(key) }
    }
}

/// What one place says.
#[derive(Default)]
pub(super) struct Layer {
    pub(super) access_key: Option<Given<String>>,
    pub(super) secret_key: Option<Given<Secret>>,
    pub(super) login: Option<Given<String>>,
    pub(super) password: Option<Given<Secret>>,
    pub(super) region: Option<Given<String>>,
    pub(super) protocol: Option<Given<String>>,
    pub(super) endpoint: Option<Given<String>>,
    /// The domain below which `api.<region>` is.
    pub(super) domain: Option<Given<String>>,
}

impl Layer {
    /// Whether any part of any credentials is here, be it only a half.
    pub(super) fn has_credentials(&self) -> bool {
        self.access_key.is_some()
            || self.secret_key.is_some()
            || self.login.is_some()
            || self.password.is_some()
    }

    /// The credentials of this place. A half without its other half is a problem: the other half must not
    /// come from elsewhere, and the half that is there shows that this place was meant.
    pub(super) fn into_credentials(self, problems: &mut Problems) -> Credentials {
        let mut credentials = Credentials::none();
        let names =
            ["access key (`OSC_ACCESS_KEY`, `access_key`)", "secret key (`OSC_SECRET_KEY`, `secret_key`)"];
        if let Some((id, secret)) = pair(self.access_key, self.secret_key, names, problems) {
            check_access_key(&id.value, &secret.value, [&id.place, &secret.place], problems);
            credentials = credentials.with_access_key(id.value, secret.value);
        }
        let names = ["login (`OSC_LOGIN`, `login`)", "password (`OSC_PASSWORD`, `password`)"];
        if let Some((login, password)) = pair(self.login, self.password, names, problems) {
            check_basic(&login.value, &password.value, [&login.place, &password.place], problems);
            credentials = credentials.with_basic(login.value, password.value);
        }
        credentials
    }
}

/// Both halves, where both are there; one without the other is a problem. Each has its name, with the variable
/// and the key of a profile that set it.
fn pair<A, B>(
    first: Option<Given<A>>,
    second: Option<Given<B>>,
    [first_name, second_name]: [&str; 2],
    problems: &mut Problems,
) -> Option<(Given<A>, Given<B>)> {
    let (place, missing) = match (first, second) {
        (Some(first), Some(second)) => return Some((first, second)),
        (Some(first), None) => (first.place, second_name),
        (None, Some(second)) => (second.place, first_name),
        (None, None) => return None,
    };
    problems.push(format!(
        "{place} is set, but the {missing} that belongs to it is not: set both at the same place, or neither"
    ));
    None
}

/// Refuses credentials that cannot be sent. The server would only say that it does not know them, and would
/// count them among the failures that lock an account.
pub(super) fn check_credentials(credentials: &Credentials, problems: &mut Problems) {
    if let Some(AccessKey { id, secret }) = &credentials.access_key {
        let places = ["the access key given to the client", "the secret key given to the client"];
        check_access_key(id, secret, places, problems);
    }
    if let Some(Basic { login, password }) = &credentials.basic {
        check_basic(
            login,
            password,
            ["the login given to the client", "the password given to the client"],
            problems,
        );
    }
}

/// Both keys stand in a header, whose other parts are divided by slashes and commas.
fn check_access_key(id: &str, secret: &Secret, [id_place, secret_place]: [&str; 2], problems: &mut Problems) {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_graphic() && !matches!(byte, b'/' | b',')) {
        problems
            .push(format!("{id_place} is empty or has a character that no access key has: copy it again"));
    }
    let secret = secret.expose();
    if secret.is_empty() || secret.contains(|c: char| c.is_whitespace() || c.is_control()) {
        problems.push(format!("{secret_place} is empty or has white space in it: copy it again"));
    }
}

/// The server takes the first colon for the end of the login.
fn check_basic(
    login: &str,
    password: &Secret,
    [login_place, password_place]: [&str; 2],
    problems: &mut Problems,
) {
    if login.is_empty() || login.contains(|c: char| c == ':' || c.is_control()) {
        problems
            .push(format!("{login_place} is empty or has a colon or a control character in it: correct it"));
    }
    if password.expose().is_empty() {
        problems.push(format!("{password_place} is empty: set it"));
    }
}

/// What the variables say.
pub(super) fn from_environment(environment: &Environment<'_>, problems: &mut Problems) -> Layer {
    let origin = Origin::Environment;
    let mut text = |key: &str| {
        let value = environment.text(&origin.place(key), problems)?;
        Some(origin.given(key, value))
    };
    Layer {
        access_key: text("access_key").map(plain),
        secret_key: text("secret_key").map(secret),
        login: text("login").map(plain),
        password: text("password").map(secret),
        region: text("region").map(plain),
        protocol: text("protocol").map(plain),
        endpoint: text("endpoint_api").map(plain),
        domain: None,
    }
}

fn plain(given: Given<Zeroizing<String>>) -> Given<String> {
    Given { value: given.value.as_str().to_owned(), place: given.place }
}

fn secret(given: Given<Zeroizing<String>>) -> Given<Secret> {
    Given { value: Secret::from(given.value.as_str()), place: given.place }
}
