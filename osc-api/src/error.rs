//! What can go wrong with a call, as one opaque type.

mod api;

use std::error::Error as StdError;
use std::fmt;

pub use api::{ApiError, ErrorItem};

/// The result of this crate's functions.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// Why a client could not be made, or why a call failed.
///
/// `Display` is one line with the action, what failed, and the server's own code and words; the cause below
/// it, such as "connection refused", is in [`source`](StdError::source), and `{:#}` appends it. The predicates
/// tell apart what programs branch on. The type is as large as one pointer, and never holds a secret or the
/// request.
///
/// ```no_run
/// use osc_api::types::ReadVmsRequest;
///
/// # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
/// match client.read_vms(&ReadVmsRequest::new()).await {
///     Ok(answer) => println!("{} virtual machines", answer.vms.len()),
///     Err(error) if error.is_throttled() => println!("later, please"),
///     Err(error) => match error.api() {
///         Some(answer) => println!("status {}, request {:?}", answer.status(), answer.request_id()),
///         None => return Err(error),
///     },
/// }
/// # Ok(())
/// # }
/// ```
pub struct Error(Box<Inner>);

#[derive(Debug)]
struct Inner {
    action: Option<Box<str>>,
    kind: Kind,
}

type Source = Box<dyn StdError + Send + Sync>;

#[derive(Debug)]
pub(crate) enum Kind {
    /// The client could not be made.
    Configuration { problems: Vec<String>, source: Option<Source> },
    /// Nothing was sent, because it could not have succeeded.
    Refused { reason: String, credentials: bool },
    /// The request is not JSON.
    Encode(Source),
    /// No complete answer came.
    Transport { host: String, timeout: bool, connect: bool, advice: Option<&'static str>, source: Source },
    /// The answer is larger than allowed.
    TooLarge { limit: usize },
    /// The answer is not what was expected.
    Decode(Source),
    /// The server answered with an error.
    Api(ApiError),
}

impl Error {
    pub(crate) fn new(action: &str, kind: Kind) -> Self {
        Self(Box::new(Inner { action: Some(action.into()), kind }))
    }

    pub(crate) fn configuration(problems: Vec<String>) -> Self {
        Self(Box::new(Inner { action: None, kind: Kind::Configuration { problems, source: None } }))
    }

    pub(crate) fn setup(problem: &str, source: impl Into<Source>) -> Self {
        let kind = Kind::Configuration { problems: vec![problem.to_owned()], source: Some(source.into()) };
        Self(Box::new(Inner { action: None, kind }))
    }

    pub(crate) fn encode(action: &str, error: &serde_json::Error) -> Self {
        Self::new(action, Kind::Encode(without_values(error).into()))
    }

    pub(crate) fn decode(action: &str, error: &serde_json::Error) -> Self {
        Self::new(action, Kind::Decode(without_values(error).into()))
    }

    /// The action that failed, or `None` where the client itself could not be made.
    pub fn action(&self) -> Option<&str> {
        self.0.action.as_deref()
    }

    /// What the server answered, where it answered with an error.
    pub fn api(&self) -> Option<&ApiError> {
        match &self.0.kind {
            Kind::Api(error) => Some(error),
            _ => None,
        }
    }

    /// Whether the client could not be made from what the program, the environment and the profile say.
    pub fn is_configuration(&self) -> bool {
        matches!(self.0.kind, Kind::Configuration { .. })
    }

    /// Whether no complete answer came in time. The action may have been carried out nevertheless, unless
    /// [`is_connect`](Self::is_connect) is true too.
    pub fn is_timeout(&self) -> bool {
        matches!(self.0.kind, Kind::Transport { timeout: true, .. })
    }

    /// Whether no connection could be made: unknown host, refused, TLS not trusted. Nothing was sent.
    pub fn is_connect(&self) -> bool {
        matches!(self.0.kind, Kind::Transport { connect: true, .. })
    }

    /// Whether the network or the other side failed to bring a complete answer, in any way: also where
    /// [`is_timeout`](Self::is_timeout) or [`is_connect`](Self::is_connect) is true.
    pub fn is_transport(&self) -> bool {
        matches!(self.0.kind, Kind::Transport { .. })
    }

    /// Whether the action succeeded but its answer could not be understood.
    pub fn is_decode(&self) -> bool {
        matches!(self.0.kind, Kind::Decode(_))
    }

    /// Whether the credentials were not accepted, are locked, or are not there at all.
    ///
    /// Do not try again with the same ones: a few failures in a row lock them.
    pub fn is_authentication(&self) -> bool {
        match &self.0.kind {
            Kind::Refused { credentials, .. } => *credentials,
            Kind::Api(error) => error.is_authentication(),
            _ => false,
        }
    }

    /// Whether the caller is known but not allowed to do this, be it by policy or by API access rules.
    pub fn is_access_denied(&self) -> bool {
        self.api().is_some_and(ApiError::is_access_denied)
    }

    /// Whether the request came too soon after others. It was not carried out.
    pub fn is_throttled(&self) -> bool {
        self.api().is_some_and(ApiError::is_throttled)
    }

    /// Whether a resource that the request names does not exist.
    pub fn is_not_found(&self) -> bool {
        self.api().is_some_and(ApiError::is_not_found)
    }

    /// Whether the request does not fit the state of a resource, or collides with another resource.
    pub fn is_conflict(&self) -> bool {
        self.api().is_some_and(ApiError::is_conflict)
    }

    /// Whether a quota of the account is used up.
    pub fn is_quota(&self) -> bool {
        self.api().is_some_and(ApiError::is_quota)
    }

    /// Whether the cloud has no room for the resource now.
    pub fn is_capacity(&self) -> bool {
        self.api().is_some_and(ApiError::is_capacity)
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)?;
        let mut source = self.source().filter(|_| f.alternate());
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl fmt::Display for Inner {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { action, kind } = self;
        let action = action.as_deref().unwrap_or("OUTSCALE API client");
        match kind {
            Kind::Configuration { problems, .. } => write!(f, "configuration: {}", problems.join("; ")),
            Kind::Refused { reason, .. } => write!(f, "{action} was not sent: {reason}"),
            Kind::Encode(_) => write!(f, "{action} was not sent: the request cannot be written as JSON"),
            Kind::Transport { host, connect: true, timeout: true, .. } => {
                write!(f, "{action} was not sent: no connection to {host} in time")
            }
            Kind::Transport { host, connect: true, advice, .. } => {
                write!(f, "{action} was not sent: no connection to {host}")?;
                advice.map_or(Ok(()), |advice| write!(f, ": {advice}"))
            }
            Kind::Transport { host, timeout: true, .. } => {
                write!(f, "{action} failed: no complete answer from {host} in time")
            }
            Kind::Transport { host, .. } => write!(f, "{action} failed: no complete answer from {host}"),
            Kind::TooLarge { limit } => write!(
                f,
                "{action}: the answer is larger than {limit} bytes, the limit that \
                 `ClientBuilder::max_response_size` sets"
            ),
            Kind::Decode(_) => write!(f, "{action}: the answer is not of the form that was expected"),
            Kind::Api(error) => write!(f, "{action} failed with {error}"),
        }
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Error").field("action", &self.0.action).field("kind", &self.0.kind).finish()
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            Kind::Configuration { source, .. } => source.as_deref().map(|source| source as _),
            Kind::Encode(source) | Kind::Transport { source, .. } | Kind::Decode(source) => {
                Some(source.as_ref())
            }
            Kind::Refused { .. } | Kind::TooLarge { .. } | Kind::Api(_) => None,
        }
    }
}

/// What a JSON error says, less the text that it found: that may be a secret in the wrong place.
fn without_values(error: &serde_json::Error) -> String {
    let message = error.to_string();
    let (Some(start), Some(end)) = (message.find("string \""), message.rfind("\", expected ")) else {
        return message;
    };
    match (message.get(..start), message.get(end + 1..)) {
        (Some(before), Some(after)) if start < end => format!("{before}a string{after}"),
        _ => message,
    }
}

#[cfg(test)]
mod tests;
