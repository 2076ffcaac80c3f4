//! Authentication of a request.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::identity::Identity;
use crate::action::{ActionMeta, Auth};
use crate::config::Basic;
use crate::config::Config;
use crate::error::{Error, ErrorRepr, NotSentCause, Result};
use crate::http::AuthHeaders;
use crate::http::header::HeaderValue;
use crate::sign::{self, Signed, Signer};

/// How a request is authenticated.
#[derive(Clone, Copy)]
pub(super) enum AuthMethod<'a> {
    Anonymous,
    AccessKey(&'a Signer),
    Basic(&'a Basic),
}

impl<'a> AuthMethod<'a> {
    /// Chooses among the methods that the action accepts and the client has credentials for.
    ///
    /// # Errors
    /// Returns an error if there is none.
    pub(super) fn choose(action: ActionMeta<'_>, identity: &'a Identity, config: &Config) -> Result<Self> {
        let Identity { credentials, signer, .. } = identity;
        match (action.auth, signer, &credentials.basic) {
            (Auth::None, _, _) | (Auth::Available, None, None) => Ok(Self::Anonymous),
            (_, Some(signer), _) => Ok(Self::AccessKey(signer)),
            (Auth::AccessKeyOrBasic | Auth::Available, None, Some(basic)) => Ok(Self::Basic(basic)),
            (Auth::AccessKey, None, Some(_)) => Err(missing(
                action.name,
                "an access key, and the client has only a login and a password",
                config,
            )),
            (Auth::AccessKey, None, None) => {
                Err(missing(action.name, "an access key, and the client has none", config))
            }
            (Auth::AccessKeyOrBasic, None, None) => Err(missing(
                action.name,
                "an access key, or a login and a password, and the client has neither",
                config,
            )),
        }
    }

    /// The authentication headers of a request sent at this time.
    ///
    /// # Errors
    /// Returns an error if the credentials cannot be sent in a header.
    pub(super) fn headers(
        self,
        at: Timestamp,
        host: &str,
        action: &str,
        path: &str,
        body: &[u8],
    ) -> Result<AuthHeaders> {
        let (date, authorization) = match self {
            Self::Anonymous => return Ok(AuthHeaders::default()),
            Self::AccessKey(signer) => {
                let Signed { date, authorization } = signer.sign(at, host, path, body);
                (date, authorization)
            }
            Self::Basic(Basic { login, password }) => {
                let plain = Zeroizing::new(format!("{login}:{}", password.expose()));
                let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
                (sign::osc_date(at), ["Basic ", &encoded].concat())
            }
        };
        let header = |text: String| {
            HeaderValue::from_maybe_shared(Bytes::from(text)).map_err(|_| {
                let reason =
                    "the credentials contain a character that is not allowed in a header: copy them again";
                let cause = NotSentCause::Credentials;
                Error::new(action, ErrorRepr::NotSent { reason: reason.to_owned(), cause })
            })
        };
        let mut authorization = header(authorization)?;
        authorization.set_sensitive(true);
        Ok(AuthHeaders { date: Some(header(date)?), authorization: Some(authorization) })
    }
}

fn missing(action: &str, required: &str, config: &Config) -> Error {
    let reason = format!("it requires {required}: {}", config.hint);
    Error::new(action, ErrorRepr::NotSent { reason, cause: NotSentCause::Credentials })
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::Credentials;
    use crate::config::endpoint::{Endpoint, Protocol};
    use crate::config::{Configuration, Services};

    /// The scheme of the `Authorization` header, or the error.
    fn scheme(auth: Auth, credentials: Credentials) -> String {
        let endpoint = Endpoint::parse("https://host:8443", Protocol::Https).unwrap();
        let hint = "do something".to_owned();
        let config = Config {
            credentials,
            region: "r".to_owned(),
            endpoint,
            profile: None,
            hint,
            configuration: Configuration::default(),
            services: Services::default(),
        };
        let identity = Identity::new(config.credentials.clone(), "r", Arc::default());
        let action = ActionMeta { auth, ..ActionMeta::unknown("ReadVms") };
        match AuthMethod::choose(action, &identity, &config) {
            Ok(method) => {
                match method.headers(Timestamp::UNIX_EPOCH, "host:8443", "ReadVms", "/path", b"{}").unwrap() {
                    AuthHeaders { date: None, authorization: None } => "nothing".to_owned(),
                    AuthHeaders { date, authorization } => {
                        assert_eq!(date.unwrap(), "19700101T000000Z");
                        let authorization = authorization.unwrap();
                        assert!(authorization.is_sensitive());
                        authorization.to_str().unwrap().split(' ').next().unwrap().to_owned()
                    }
                }
            }
            Err(error) => {
                assert!(error.is_authentication());
                error.to_string()
            }
        }
    }

    #[test]
    fn each_action_uses_the_best_method_that_it_accepts() {
        let (none, basic) = (Credentials::none, || Credentials::basic("me", "p"));
        let (key, both) = (|| Credentials::access_key("A", "s"), || basic().with_access_key("A", "s"));
        let osc4 = "OSC4-HMAC-SHA256";
        for (auth, credentials, expected) in [
            (Auth::None, both(), "nothing"),
            (Auth::None, none(), "nothing"),
            (Auth::AccessKey, key(), osc4),
            (Auth::AccessKey, both(), osc4),
            (Auth::AccessKeyOrBasic, both(), osc4),
            (Auth::AccessKeyOrBasic, basic(), "Basic"),
            (Auth::Available, both(), osc4),
            (Auth::Available, basic(), "Basic"),
            (Auth::Available, none(), "nothing"),
        ] {
            assert_eq!(scheme(auth, credentials), expected, "{auth:?}");
        }
        for (auth, credentials, parts) in [
            (Auth::AccessKey, basic(), ["ReadVms was not sent", "only a login", "do something"]),
            (Auth::AccessKey, none(), ["ReadVms was not sent", "has none", "do something"]),
            (Auth::AccessKeyOrBasic, none(), ["ReadVms was not sent", "has neither", "do something"]),
        ] {
            let error = scheme(auth, credentials);
            assert!(parts.iter().all(|part| error.contains(part)), "{error}");
        }
    }

    #[test]
    fn basic_uses_the_standard_base64_alphabet() {
        let basic = Basic { login: "é?".to_owned(), password: "~>".into() };
        let headers =
            AuthMethod::Basic(&basic).headers(Timestamp::UNIX_EPOCH, "host", "ReadVms", "/path", b"{}");
        assert_eq!(headers.unwrap().authorization.unwrap(), "Basic w6k/On4+");
    }
}
