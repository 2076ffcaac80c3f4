//! Which credentials are meant: all of them from one place, and all that is asked for.

use super::source::{Given, Layer};
use super::{Chosen, Explicit, Problems};
use crate::credentials::{AccessKey, Basic};
use crate::{Credentials, Secret};

/// What a caller wants to be known by, of all that a place has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    AccessKey,
    Basic,
    None,
}

impl Method {
    fn parse(text: &str) -> Option<Self> {
        match text.trim().to_ascii_lowercase().as_str() {
            "accesskey" => Some(Self::AccessKey),
            "basic" | "password" => Some(Self::Basic),
            "none" => Some(Self::None),
            _ => None,
        }
    }
}

/// The credentials that the program gives, else those of the first place that has any part of any.
///
/// The variable that names the method is a word about the credentials of its own place and of those after it:
/// it cannot take away those that the program gives, or those of a profile that the program names.
pub(super) fn choose(explicit: &Explicit, layers: &[Layer], problems: &mut Problems) -> Chosen<Credentials> {
    if let Some(credentials) = &explicit.credentials {
        check(credentials, problems);
        return Chosen { value: credentials.clone(), from_file: false };
    }
    let takes_v2 = layers.iter().find_map(|layer| layer.takes_v2).unwrap_or_default();
    let mut method = None;
    for layer in layers {
        method = method.or_else(|| layer.method.as_ref().map(|given| read_method(given, problems)));
        let keys = Keys::of(layer, takes_v2);
        if keys.are_there() || layer.login.is_some() || layer.password.is_some() {
            let value = of_layer(&keys, layer, method.as_ref(), problems);
            return Chosen { from_file: layer.is_profile && !value.is_none(), value };
        }
    }
    if let Some(Given { value: Method::AccessKey | Method::Basic, place }) = method {
        problems.push(format!(
            "{place} asks for credentials, but there are none: set them, or unset it to call without"
        ));
    }
    Chosen { value: Credentials::none(), from_file: false }
}

/// The method that is asked for. One that does not exist is a problem, and counts as none.
fn read_method(Given { value, place }: &Given<String>, problems: &mut Problems) -> Given<Method> {
    let method = Method::parse(value);
    if method.is_none() {
        problems.push(format!("{place} is none of accesskey, basic, password and none: write one of them"));
    }
    Given { value: method.unwrap_or(Method::None), place: place.clone() }
}

/// Whether some place has second-generation keys, which count only for the services of a list.
pub(super) fn has_v2(layers: &[Layer]) -> bool {
    layers.iter().any(|layer| layer.access_key_v2.is_some() && layer.secret_key_v2.is_some())
}

/// The access key of a place, of the generation that counts.
struct Keys<'a> {
    id: Option<&'a Given<String>>,
    secret: Option<&'a Given<Secret>>,
    names: [&'static str; 2],
}

impl<'a> Keys<'a> {
    /// Second-generation keys count only where the list names the service. A place that has none of them then
    /// still has its first-generation ones: it is how somebody who overrides the keys by variables, beside a
    /// profile with such a list, expects it. Keys that do not count are as good as not there, and do not keep
    /// the next place from being asked.
    fn of(layer: &'a Layer, takes_v2: bool) -> Self {
        let second = Self {
            id: layer.access_key_v2.as_ref(),
            secret: layer.secret_key_v2.as_ref(),
            names: [
                "access key (`OSC_ACCESS_KEY_V2`, `access_key_v2`)",
                "secret key (`OSC_SECRET_KEY_V2`, `secret_key_v2`)",
            ],
        };
        if takes_v2 && second.are_there() {
            return second;
        }
        Self {
            id: layer.access_key.as_ref(),
            secret: layer.secret_key.as_ref(),
            names: [
                "access key (`OSC_ACCESS_KEY`, `access_key`)",
                "secret key (`OSC_SECRET_KEY`, `secret_key`)",
            ],
        }
    }

    /// Whether they are there, be it only one half.
    fn are_there(&self) -> bool {
        self.id.is_some() || self.secret.is_some()
    }
}

/// The credentials of one place. A half without its other half is a problem: the other half must not come from
/// elsewhere, and the half that is there shows that this place was meant.
fn of_layer(
    keys: &Keys<'_>,
    layer: &Layer,
    method: Option<&Given<Method>>,
    problems: &mut Problems,
) -> Credentials {
    let wants = |wanted: Method| method.is_none_or(|method| method.value == wanted);
    let before = problems.len();
    let mut credentials = Credentials::none();
    if wants(Method::AccessKey)
        && let Some((id, secret)) = pair(keys.id, keys.secret, keys.names, problems)
    {
        check_access_key(&id.value, &secret.value, [&id.place, &secret.place], problems);
        credentials = credentials.with_access_key(id.value.clone(), secret.value.clone());
    }
    let names = ["login (`OSC_LOGIN`, `login`)", "password (`OSC_PASSWORD`, `password`)"];
    if wants(Method::Basic)
        && let Some((login, password)) = pair(layer.login.as_ref(), layer.password.as_ref(), names, problems)
    {
        check_basic(&login.value, &password.value, [&login.place, &password.place], problems);
        credentials = credentials.with_basic(login.value.clone(), password.value.clone());
    }
    if let Some(Given { value: asked @ (Method::AccessKey | Method::Basic), place }) = method
        && credentials.is_none()
        && problems.len() == before
    {
        let (wanted, there) = match asked {
            Method::AccessKey => ("an access key", "a login"),
            _ => ("a login and a password", "an access key"),
        };
        problems.push(format!(
            "{place} asks for {wanted}, but the {} has only {there}: set what it asks for, or change it",
            if layer.is_profile { "profile" } else { "environment" }
        ));
    }
    credentials
}

/// Both halves, where both are there; one without the other is a problem. Each has its name, with the variable
/// and the key of a profile that set it.
fn pair<'a, A, B>(
    first: Option<&'a Given<A>>,
    second: Option<&'a Given<B>>,
    [first_name, second_name]: [&str; 2],
    problems: &mut Problems,
) -> Option<(&'a Given<A>, &'a Given<B>)> {
    let (place, missing) = match (first, second) {
        (Some(first), Some(second)) => return Some((first, second)),
        (Some(first), None) => (&first.place, second_name),
        (None, Some(second)) => (&second.place, first_name),
        (None, None) => return None,
    };
    problems.push(format!(
        "{place} is set, but the {missing} that belongs to it is not: set both at the same place, or neither"
    ));
    None
}

/// Refuses credentials that cannot be sent. The server would only say that it does not know them, and would
/// count them among the failures that lock an account.
fn check(credentials: &Credentials, problems: &mut Problems) {
    if let Some(AccessKey { id, secret }) = &credentials.access_key {
        let places = ["the access key given to the client", "the secret key given to the client"];
        check_access_key(id, secret, places, problems);
    }
    if let Some(Basic { login, password }) = &credentials.basic {
        let places = ["the login given to the client", "the password given to the client"];
        check_basic(login, password, places, problems);
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
