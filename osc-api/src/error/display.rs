//! `Display` of errors: one line that the reader can act on.

use std::error::Error as StdError;
use std::fmt::{self, Write as _};

use super::text::{OneLine, one_line};
use super::{Error, ErrorRepr, Inner, WaitEnd};
use crate::generated::service::CLIENT_NAME;

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { action, attempts, is_repeatable: _, is_outcome_unknown, kind } = &*self.0;
        let action = action.as_deref().unwrap_or(CLIENT_NAME);
        let mut source = self.source().filter(|_| f.alternate());
        let f = &mut OneLine(f);
        kind.describe(action, *is_outcome_unknown, f)?;
        if *attempts > 1 {
            write!(f, " ({attempts} attempts)")?;
        }
        if *is_outcome_unknown {
            f.write_str("; the outcome is unknown: the action may have been carried out")?;
        }
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl ErrorRepr {
    fn describe(&self, action: &str, is_outcome_unknown: bool, f: &mut OneLine<'_, '_>) -> fmt::Result {
        let not_sent = if is_outcome_unknown { "was not sent again" } else { "was not sent" };
        match self {
            Self::Configuration { problems, .. } => write!(f, "configuration: {}", problems.join("; ")),
            Self::NotSent { reason, .. } => write!(f, "{action} {not_sent}: {reason}"),
            Self::LockedOut { failures, possible_failures, last_refusal } => {
                locked_out(action, not_sent, (*failures, *possible_failures), last_refusal, f)
            }
            Self::Encode(_) => write!(f, "{action} was not sent: the request cannot be serialized as JSON"),
            Self::Transport { host, timeout, connect, advice, .. } => {
                match (connect, timeout) {
                    (true, true) => write!(f, "{action} {not_sent}: no connection to {host} in time")?,
                    (true, false) => write!(f, "{action} {not_sent}: no connection to {host}")?,
                    (false, true) => write!(f, "{action} failed: no complete response from {host} in time")?,
                    (false, false) => write!(f, "{action} failed: no complete response from {host}")?,
                }
                advice.map_or(Ok(()), |advice| write!(f, ": {advice}"))
            }
            Self::TooLarge { limit } => {
                write!(f, "{action}: the response is larger than {limit} bytes: raise `max_response_size`")
            }
            Self::UnexpectedEncoding(name) => write!(f, "{action}: {}", Compressed(name)),
            Self::Decode { html_from: Some(host), .. } => write!(
                f,
                "{action}: failed to decode the response: {host} returned an HTML page, not a response of the API: check \
                 the endpoint, proxies and portals"
            ),
            Self::Decode { path, request_id, .. } => {
                write!(f, "{action}: failed to decode the response")?;
                if let Some(path) = path {
                    write!(f, " at {path}")?;
                }
                request_id.as_ref().map_or(Ok(()), |id| write!(f, " [request {id}]"))
            }
            Self::MissingValue(path) => write!(f, "the response has no `{path}`, which the program requires"),
            Self::Api(error) => write!(f, "{action} failed with {error}"),
            Self::Pagination { reason, response } => {
                write!(f, "{action} cannot continue pagination: {reason}")?;
                response.as_ref().map_or(Ok(()), |response| write!(f, ": {response}"))
            }
            Self::Wait { resource, goal, state, end } => {
                let state = state.as_deref().map(one_line);
                match resource.as_deref().map(one_line) {
                    Some(resource) => wait(&resource, goal, state.as_deref(), *end, f),
                    None => write!(f, "waiting with {action} failed: the condition was not met in time"),
                }
            }
        }
    }
}

/// Describes a lockout, and what to do about it.
fn locked_out(
    action: &str,
    not_sent: &str,
    (failures, possible_failures): (u32, u32),
    last_refusal: &str,
    f: &mut OneLine<'_, '_>,
) -> fmt::Result {
    write!(f, "{action} {not_sent}: authentication failed {failures} times in a row")?;
    if possible_failures > 0 {
        write!(f, " (and {possible_failures} requests without a response may have failed)")?;
    }
    f.write_str(", and one more failure would lock the access key or login for a minute or longer")?;
    if !last_refusal.is_empty() {
        write!(f, " (last refusal: {})", one_line(last_refusal))?;
    }
    f.write_str(
        "; correct the credentials and build a new client, or call `Client::reset_authentication` once the cause is \
         fixed",
    )
}

/// Describes how a wait for the state of a resource failed.
fn wait(
    resource: &str,
    goal: &str,
    state: Option<&str>,
    end: WaitEnd,
    f: &mut OneLine<'_, '_>,
) -> fmt::Result {
    write!(f, "waiting for {resource} to be {goal} failed: ")?;
    match (end, state) {
        (WaitEnd::Failed, Some(state)) => write!(f, "it is {state}"),
        (WaitEnd::Failed, None) => f.write_str("its state is unknown"),
        (WaitEnd::Missing, None) => f.write_str("it does not exist"),
        (WaitEnd::Missing, Some(state)) => write!(f, "it no longer exists; its last state was {state}"),
        (WaitEnd::TimedOut { after, .. }, Some(state)) => write!(f, "it is still {state} after {after:?}"),
        (WaitEnd::TimedOut { after, is_listed: true }, None) => {
            write!(f, "it is listed, without a state, after {after:?}")
        }
        (WaitEnd::TimedOut { after, is_listed: false }, None) => {
            write!(f, "it was not listed within {after:?}")
        }
    }
}

/// Describes a response that is compressed with this encoding.
pub(super) struct Compressed<'a>(pub(super) &'a str);

impl fmt::Display for Compressed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the response is compressed ({}), which the client did not request: disable compression in the \
             proxy or gateway in front of the API",
            one_line(self.0)
        )
    }
}

/// The same line as `{:#}`, because programs that return an error from `main` print it this way.
impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{self:#}")
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.kind {
            ErrorRepr::Configuration { source, .. } => source.as_deref().map(|source| source as _),
            ErrorRepr::Encode(source)
            | ErrorRepr::Transport { source, .. }
            | ErrorRepr::Decode { source, .. } => Some(source.as_ref()),
            ErrorRepr::NotSent { .. }
            | ErrorRepr::LockedOut { .. }
            | ErrorRepr::TooLarge { .. }
            | ErrorRepr::UnexpectedEncoding(_)
            | ErrorRepr::MissingValue(_)
            | ErrorRepr::Api(_)
            | ErrorRepr::Pagination { .. }
            | ErrorRepr::Wait { .. } => None,
        }
    }
}
