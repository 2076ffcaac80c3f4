//! How an error is shown: one line that somebody can act on.

use std::error::Error as StdError;
use std::fmt;

use super::text::one_line;
use super::{Error, ErrorRepr, Inner, WaitEnd};

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { action, attempts, repeatable: _, kind } = &*self.0;
        kind.describe(action.as_deref().unwrap_or("OUTSCALE API client"), f)?;
        if *attempts > 1 {
            write!(f, " ({attempts} attempts)")?;
        }
        let mut source = self.source().filter(|_| f.alternate());
        while let Some(cause) = source {
            write!(f, ": {cause}")?;
            source = cause.source();
        }
        Ok(())
    }
}

impl ErrorRepr {
    fn describe(&self, action: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Configuration { problems, .. } => write!(f, "configuration: {}", problems.join("; ")),
            Self::NotSent { reason, .. } => write!(f, "{action} was not sent: {reason}"),
            Self::LockedOut { failures, last } => write!(
                f,
                "{action} was not sent: authentication failed {failures} times in a row, and one more failure \
                 would lock the access key or the login for a minute or longer (the server last said: {}); \
                 correct the credentials and make a new client, or call `Client::reset_authentication` once \
                 the cause is mended",
                one_line(last)
            ),
            Self::Encode(_) => write!(f, "{action} was not sent: the request cannot be written as JSON"),
            Self::Transport { host, timeout, connect, advice, .. } => {
                match (connect, timeout) {
                    (true, true) => write!(f, "{action} was not sent: no connection to {host} in time")?,
                    (true, false) => write!(f, "{action} was not sent: no connection to {host}")?,
                    (false, true) => write!(f, "{action} failed: no complete answer from {host} in time")?,
                    (false, false) => write!(f, "{action} failed: no complete answer from {host}")?,
                }
                advice.map_or(Ok(()), |advice| write!(f, ": {advice}"))
            }
            Self::TooLarge { limit } => {
                write!(f, "{action}: the answer is larger than {limit} bytes: raise `max_response_size`")
            }
            Self::UnexpectedEncoding(name) => write!(f, "{action}: {}", Compressed(name)),
            Self::Decode { path, request_id, .. } => {
                write!(f, "{action}: the answer is not of the form that was expected")?;
                if let Some(path) = path {
                    write!(f, " at {path}")?;
                }
                request_id.as_ref().map_or(Ok(()), |id| write!(f, " [request {id}]"))
            }
            Self::Api(error) => write!(f, "{action} failed with {error}"),
            Self::Pagination { reason, answer } => {
                write!(f, "{action} cannot continue pagination: {reason}")?;
                answer.as_ref().map_or(Ok(()), |answer| write!(f, ": {answer}"))
            }
            Self::Wait { resource, goal, state, end } => {
                let state = state.as_deref().map(one_line);
                match resource.as_deref().map(one_line) {
                    Some(resource) => wait(&resource, goal, state.as_deref(), *end, f),
                    None => write!(f, "waiting with {action} failed: what it was for did not come in time"),
                }
            }
        }
    }
}

/// Says how a wait for the state of a resource was over.
fn wait(
    resource: &str,
    goal: &str,
    state: Option<&str>,
    end: WaitEnd,
    f: &mut fmt::Formatter<'_>,
) -> fmt::Result {
    write!(f, "waiting for {resource} to be {goal} failed: ")?;
    match (end, state) {
        (WaitEnd::Failed, Some(state)) => write!(f, "it is {state}"),
        (WaitEnd::Failed, None) => f.write_str("its state is not known"),
        (WaitEnd::Missing, None) => f.write_str("it is not there"),
        (WaitEnd::Missing, Some(state)) => write!(f, "it is not there any more, and was {state} last"),
        (WaitEnd::TimedOut(time), Some(state)) => write!(f, "it is still {state} after {time:?}"),
        (WaitEnd::TimedOut(time), None) => write!(f, "it was not seen within {time:?}"),
    }
}

/// Says of an answer that it is compressed, in the way of this name.
pub(super) struct Compressed<'a>(pub(super) &'a str);

impl fmt::Display for Compressed<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "the answer is compressed ({}), which the client did not ask for: a proxy or gateway on the way \
             does it, and must not",
            one_line(self.0)
        )
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Inner { action, attempts, repeatable, kind } = &*self.0;
        f.debug_struct("Error")
            .field("action", action)
            .field("attempts", attempts)
            .field("repeatable", repeatable)
            .field("kind", kind)
            .finish()
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
            | ErrorRepr::Api(_)
            | ErrorRepr::Pagination { .. }
            | ErrorRepr::Wait { .. } => None,
        }
    }
}
