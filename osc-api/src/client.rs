//! The client: a typed shell over bytes.

mod builder;

use std::fmt;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use zeroize::Zeroizing;

use crate::action::{Action, ActionMeta, Auth};
use crate::config::Config;
use crate::credentials::{AccessKey, Basic};
use crate::error::{ApiError, Error, Kind, Result};
use crate::sign::{self, Signed, SigningKey};
use crate::transport::{Identity, Transport};

pub use builder::ClientBuilder;

/// A client of the API: one method per action, for one account in one region.
///
/// Cloning is cheap, and clones share their connections: make one client and pass it around. The methods must
/// be called inside of a tokio runtime with its I/O and time drivers enabled, as `#[tokio::main]` makes it;
/// without a runtime they return an error.
///
/// ```no_run
/// use osc_api::Client;
/// use osc_api::types::ReadVmsRequest;
///
/// # async fn example() -> osc_api::Result<()> {
/// let client = Client::from_env()?;
/// for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
///     println!("{}", vm.vm_id.unwrap_or_default());
/// }
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct Client(Arc<Inner>);

struct Inner {
    config: Config,
    transport: Transport,
}

impl Client {
    /// A client configured by the environment and the profile file, the same as the other tools of the cloud.
    ///
    /// See [the front page](crate#configuration) for what is read, and in which order.
    ///
    /// # Errors
    /// When a setting cannot be used, or when a file or profile that was asked for is not there. All problems
    /// are reported together. Missing credentials are no problem here, but one of the first call that needs
    /// them.
    pub fn from_env() -> Result<Self> {
        Self::builder().build()
    }

    /// A client configured by a profile of the profile file.
    ///
    /// What the profile says comes before the environment.
    ///
    /// # Errors
    /// As [`from_env`](Self::from_env); a missing file or profile is a problem.
    pub fn from_profile(name: impl Into<String>) -> Result<Self> {
        Self::builder().profile(name).build()
    }

    /// A client configured by hand, where what is not said comes from the environment and the profile file.
    pub fn builder() -> ClientBuilder {
        ClientBuilder::default()
    }

    fn new(config: Config, transport: Transport) -> Self {
        Self(Arc::new(Inner { config, transport }))
    }

    /// Sends an action by its type. The methods named after the actions all call this.
    ///
    /// # Errors
    /// When nothing could be sent, when no complete answer came, or when the server answered with an error:
    /// see [`Error`].
    pub async fn send<A: Action>(&self, request: &A::Request) -> Result<A::Response> {
        let body = encode(A::NAME, request)?;
        let reply = self.exchange(A::META, body).await?;
        decode(A::NAME, &reply)
    }

    /// Sends an action by its name, for actions and fields that are newer than this crate.
    ///
    /// The request is authenticated with what the client has: the access key, else login and password, else
    /// nothing.
    ///
    /// ```no_run
    /// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
    /// use osc_api::serde_json::json;
    ///
    /// let request = json!({ "Filters": { "VmStateNames": ["running"] } });
    /// let answer = client.send_raw("ReadVms", &request).await?;
    /// println!("{}", answer["Vms"]);
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// As [`send`](Self::send); a name that is not made of ASCII letters and digits is refused.
    pub async fn send_raw(&self, action: &str, request: &Value) -> Result<Value> {
        let body = encode(action, request)?;
        let reply = self.exchange(ActionMeta::unknown(action), body).await?;
        decode(action, &reply)
    }

    /// The untyped core: bytes in, the bytes of a successful answer out.
    async fn exchange(&self, action: ActionMeta<'_>, body: Vec<u8>) -> Result<Vec<u8>> {
        let Inner { config, transport } = &*self.0;
        if action.name.is_empty() || !action.name.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            return Err(refused(action.name, "the name of an action is made of ASCII letters and digits"));
        }
        let url = config.endpoint.action(action.name);
        let identity = identify(config, action, Timestamp::now(), url.path(), &body)?;
        let reply = transport.post(action.name, url, identity, body).await?;
        match reply.status {
            200..300 => Ok(reply.body),
            status => Err(Error::new(action.name, Kind::Api(ApiError::new(status, &reply.body)))),
        }
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Config { credentials, region, endpoint, .. } = &self.0.config;
        f.debug_struct("Client")
            .field("endpoint", endpoint)
            .field("region", region)
            .field("credentials", credentials)
            .finish_non_exhaustive()
    }
}

/// What the request says about its sender, by what the action takes and the client has.
fn identify(
    config: &Config,
    action: ActionMeta<'_>,
    at: Timestamp,
    path: &str,
    body: &[u8],
) -> Result<Identity> {
    let credentials = &config.credentials;
    match (action.auth, &credentials.access_key, &credentials.basic) {
        (Auth::None, _, _) | (Auth::Available, None, None) => Ok(Identity::default()),
        (_, Some(AccessKey { id, secret }), _) => {
            let key = SigningKey { access_key: id, secret_key: secret, region: &config.region };
            let Signed { date, authorization } = sign::sign(&key, at, config.endpoint.host(), path, body);
            Ok(Identity { date: Some(date), authorization: Some(Zeroizing::new(authorization)) })
        }
        (Auth::AccessKeyOrBasic | Auth::Available, None, Some(basic)) => Ok(basic_identity(basic, at)),
        (Auth::AccessKey, None, Some(_)) => Err(unidentified(
            action.name,
            "an access key, and the client has only a login and a password",
            config,
        )),
        (Auth::AccessKey, None, None) => {
            Err(unidentified(action.name, "an access key, and the client has none", config))
        }
        (Auth::AccessKeyOrBasic, None, None) => Err(unidentified(
            action.name,
            "an access key, or a login and a password, and the client has neither",
            config,
        )),
    }
}

fn basic_identity(Basic { login, password }: &Basic, at: Timestamp) -> Identity {
    let plain = Zeroizing::new(format!("{login}:{}", password.expose()));
    let encoded = Zeroizing::new(STANDARD.encode(plain.as_bytes()));
    Identity {
        date: Some(sign::osc_date(at)),
        authorization: Some(Zeroizing::new(format!("Basic {}", *encoded))),
    }
}

fn unidentified(action: &str, what: &str, config: &Config) -> Error {
    let reason = format!("it needs {what}: {}", config.remedy);
    Error::new(action, Kind::Refused { reason, credentials: true })
}

fn refused(action: &str, reason: &str) -> Error {
    Error::new(action, Kind::Refused { reason: reason.to_owned(), credentials: false })
}

fn encode<T: Serialize>(action: &str, request: &T) -> Result<Vec<u8>> {
    match serde_json::to_vec(request) {
        // A request without fields may be a type that is written as null; the server wants an object.
        Ok(body) if body == b"null" => Ok(b"{}".to_vec()),
        Ok(body) => Ok(body),
        Err(error) => Err(Error::encode(action, &error)),
    }
}

fn decode<T: DeserializeOwned>(action: &str, reply: &[u8]) -> Result<T> {
    serde_json::from_slice(reply).map_err(|error| Error::decode(action, &error))
}

#[cfg(test)]
mod tests;
