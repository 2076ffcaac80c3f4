//! Who sends a request, and how the request says so.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use zeroize::Zeroizing;

use crate::action::{ActionMeta, Auth};
use crate::config::Basic;
use crate::config::Config;
use crate::error::{Error, ErrorRepr, Result};
use crate::http::Identity;
use crate::sign::{self, Signed, Signer};

/// As what the client sends a request.
#[derive(Clone, Copy)]
pub(super) enum Sender<'a> {
    Nobody,
    Key(&'a Signer),
    Login(&'a Basic),
}

impl<'a> Sender<'a> {
    /// Chooses by what the action takes and the client has.
    ///
    /// # Errors
    /// When the client has nothing that the action takes.
    pub(super) fn of(action: ActionMeta<'_>, signer: Option<&'a Signer>, config: &'a Config) -> Result<Self> {
        match (action.auth, signer, &config.credentials.basic) {
            (Auth::None, _, _) | (Auth::Available, None, None) => Ok(Self::Nobody),
            (_, Some(signer), _) => Ok(Self::Key(signer)),
            (Auth::AccessKeyOrBasic | Auth::Available, None, Some(basic)) => Ok(Self::Login(basic)),
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

    /// What a request of this moment says about its sender.
    pub(super) fn identify(self, at: Timestamp, host: &str, path: &str, body: &[u8]) -> Identity {
        match self {
            Self::Nobody => Identity::default(),
            Self::Key(signer) => {
                let Signed { date, authorization } = signer.sign(at, host, path, body);
                Identity { date: Some(date), authorization: Some(Zeroizing::new(authorization)) }
            }
            Self::Login(Basic { login, password }) => {
                let plain = Zeroizing::new(format!("{login}:{}", password.expose()));
                let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
                Identity {
                    date: Some(sign::osc_date(at)),
                    authorization: Some(Zeroizing::new(format!("Basic {}", *encoded))),
                }
            }
        }
    }
}

fn missing(action: &str, what: &str, config: &Config) -> Error {
    let reason = format!("it needs {what}: {}", config.hint);
    Error::new(action, ErrorRepr::NotSent { reason, credentials: true })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Credentials;
    use crate::config::AccessKey;
    use crate::config::endpoint::{Endpoint, Protocol};

    /// What is sent as `Authorization`, up to the first space or the end, or the error.
    fn scheme(auth: Auth, credentials: Credentials) -> String {
        let endpoint = Endpoint::parse("https://host:8443", Protocol::Https).unwrap();
        let hint = "do something".to_owned();
        let config = Config { credentials, region: "r".to_owned(), endpoint, hint };
        let key = config.credentials.access_key.as_ref();
        let signer = key.map(|AccessKey { id, secret }| Signer::new(id, secret, "r"));
        let action = ActionMeta { auth, ..ActionMeta::unknown("ReadVms") };
        match Sender::of(action, signer.as_ref(), &config) {
            Ok(sender) => match sender.identify(Timestamp::UNIX_EPOCH, "host:8443", "/path", b"{}") {
                Identity { date: None, authorization: None } => "nothing".to_owned(),
                Identity { date, authorization } => {
                    assert_eq!(date.as_deref(), Some("19700101T000000Z"));
                    authorization.unwrap().split(' ').next().unwrap().to_owned()
                }
            },
            Err(error) => {
                assert!(error.is_authentication());
                error.to_string()
            }
        }
    }

    #[test]
    fn each_action_gets_what_it_takes_of_what_there_is() {
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
    fn basic_is_in_the_standard_alphabet() {
        let basic = Basic { login: "é?".to_owned(), password: "~>".into() };
        let identity = Sender::Login(&basic).identify(Timestamp::UNIX_EPOCH, "host", "/path", b"{}");
        assert_eq!(identity.authorization.unwrap().as_str(), "Basic w6k/On4+");
    }
}
