//! Removes the credentials of a request from its response: some gateways repeat in their error page what they received.

use std::borrow::Cow;

use zeroize::Zeroizing;

use crate::http::AuthHeaders;

/// Replaces a secret.
const REDACTED: &str = "[redacted]";

/// The secret part of the authentication headers: the signature, or login and password.
pub(super) fn secret_of(auth: &AuthHeaders) -> Option<Zeroizing<String>> {
    let header = auth.authorization.as_ref()?;
    let secret = header.rsplit([' ', '=']).find(|part| !part.is_empty())?;
    Some(Zeroizing::new(secret.to_owned()))
}

/// The body without the secret.
pub(super) fn redact<'a>(body: &'a [u8], secret: Option<&str>) -> Cow<'a, [u8]> {
    let Some(secret) = secret else { return Cow::Borrowed(body) };
    let text = String::from_utf8_lossy(body);
    // Some JSON writers escape slashes.
    let escaped = secret.replace('/', "\\/");
    match text.contains(secret) || text.contains(&escaped) {
        true => Cow::Owned(text.replace(secret, REDACTED).replace(&escaped, REDACTED).into_bytes()),
        false => Cow::Borrowed(body),
    }
}
