//! Copies of an error, for several waiters of one response.

use std::error::Error as StdError;
use std::fmt;

use super::{Error, ErrorRepr, Inner, Source};

/// The clone keeps the text of the causes, which cannot be downcast.
impl Clone for Error {
    fn clone(&self) -> Self {
        let Inner { action, attempts, is_repeatable, is_outcome_unknown, kind } = &*self.0;
        Self(Box::new(Inner {
            action: action.clone(),
            attempts: *attempts,
            is_repeatable: *is_repeatable,
            is_outcome_unknown: *is_outcome_unknown,
            kind: kind.copy(),
        }))
    }
}

impl ErrorRepr {
    fn copy(&self) -> Self {
        match self {
            Self::Configuration { problems, source } => {
                Self::Configuration { problems: problems.clone(), source: source.as_deref().map(cause) }
            }
            Self::NotSent { reason, cause } => Self::NotSent { reason: reason.clone(), cause: *cause },
            Self::LockedOut { failures, possible_failures, last_refusal } => Self::LockedOut {
                failures: *failures,
                possible_failures: *possible_failures,
                last_refusal: last_refusal.clone(),
            },
            Self::Encode(source) => Self::Encode(cause(&**source)),
            Self::Transport { host, timeout, connect, permanent, advice, source } => Self::Transport {
                host: host.clone(),
                timeout: *timeout,
                connect: *connect,
                permanent: *permanent,
                advice: *advice,
                source: cause(&**source),
            },
            Self::TooLarge { limit } => Self::TooLarge { limit: *limit },
            Self::UnexpectedEncoding(name) => Self::UnexpectedEncoding(name.clone()),
            Self::Decode { path, request_id, html_from, source } => Self::Decode {
                path: path.clone(),
                request_id: request_id.clone(),
                html_from: html_from.clone(),
                source: cause(&**source),
            },
            Self::MissingValue(path) => Self::MissingValue(path),
            Self::Api(response) => Self::Api(response.clone()),
            Self::Pagination { reason, response } => Self::Pagination { reason, response: response.clone() },
            Self::Wait { resource, goal, state, end } => {
                Self::Wait { resource: resource.clone(), goal, state: state.clone(), end: *end }
            }
        }
    }
}

/// The message of a cause, and its own cause.
#[derive(Debug)]
struct Cause {
    text: String,
    source: Option<Box<Cause>>,
}

impl Cause {
    fn of(error: &(dyn StdError + 'static)) -> Self {
        Self { text: error.to_string(), source: error.source().map(|source| Box::new(Self::of(source))) }
    }
}

fn cause(error: &(dyn StdError + Send + Sync + 'static)) -> Source {
    Box::new(Cause::of(error))
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl StdError for Cause {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        self.source.as_deref().map(|source| source as _)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;

    #[test]
    fn a_copy_has_the_same_message_and_predicates() {
        let transport = |timeout| ErrorRepr::Transport {
            host: "host".to_owned(),
            timeout,
            connect: !timeout,
            permanent: false,
            advice: Some("do something"),
            source: Box::new(Cause {
                text: "outer".to_owned(),
                source: Some(Box::new(Cause { text: "inner".to_owned(), source: None })),
            }),
        };
        let response = ApiError::new(400, br#"{"Errors": [{"Code": "5063"}]}"#, None);
        let kinds = [
            transport(true),
            transport(false),
            ErrorRepr::Encode("odd".into()),
            ErrorRepr::Configuration { problems: vec!["a".to_owned()], source: Some("b".into()) },
            ErrorRepr::NotSent { reason: "why".to_owned(), cause: crate::error::NotSentCause::Credentials },
            ErrorRepr::LockedOut { failures: 3, possible_failures: 0, last_refusal: "no".to_owned() },
            ErrorRepr::TooLarge { limit: 5 },
            ErrorRepr::UnexpectedEncoding("gzip".to_owned()),
            ErrorRepr::Decode {
                path: Some("a".to_owned()),
                request_id: None,
                html_from: None,
                source: "c".into(),
            },
            ErrorRepr::Api(response),
        ];
        for kind in kinds {
            let error = Error::new("ReadVms", kind).after(2, true);
            let copy = error.clone();
            assert_eq!(format!("{copy:#}"), format!("{error:#}"));
            let branches = |e: &Error| [e.is_timeout(), e.is_connect(), e.is_retryable(), e.is_not_found()];
            assert_eq!(branches(&copy), branches(&error));
            assert_eq!((copy.attempts(), copy.action()), (2, Some("ReadVms")));
        }
    }
}
