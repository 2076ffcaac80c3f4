//! The actions of the API as types: what each sends, receives and needs.
//!
//! Every action has a zero-sized marker here (`ReadVms`, …) that implements [`Action`]. The methods of
//! [`Client`](crate::Client) are one line each on top of them. The trait can also be implemented outside of
//! this crate, for an action that is newer than the crate:
//!
//! ```
//! use osc_api::action::{Action, Auth, RetrySafety};
//! use osc_api::serde_json::Value;
//!
//! /// An action that this version of the crate does not know.
//! struct ReadRainbows;
//!
//! impl Action for ReadRainbows {
//!     type Request = Value;
//!     type Response = Value;
//!     const NAME: &'static str = "ReadRainbows";
//!     const AUTH: Auth = Auth::AccessKey;
//!     const RETRY: RetrySafety = RetrySafety::Idempotent;
//! }
//!
//! # async fn example(client: osc_api::Client) -> osc_api::Result<()> {
//! let response = client.send::<ReadRainbows>(&osc_api::serde_json::json!({})).await?;
//! # Ok(())
//! # }
//! ```

use serde::Serialize;
use serde::de::DeserializeOwned;

pub use crate::generated::action::*;
use crate::generated::service::READ_VERBS;

/// An action of the API: its name, its request and response, and the rules for sending it.
pub trait Action {
    /// The request, encoded as a JSON object.
    type Request: Serialize + Clone + Sync;
    /// The successful response, decoded from JSON.
    type Response: DeserializeOwned;
    /// The name in the URL, for example `ReadVms`: ASCII letters and digits only.
    const NAME: &'static str;
    /// The authentication that the action accepts.
    const AUTH: Auth;
    /// Whether sending the same request twice has the same effect as sending it once.
    const RETRY: RetrySafety;

    /// The field of a request for its client token. An action with [`RetrySafety::ClientToken`] must return it: the
    /// client generates a token where the caller set none, and does not retry a request without one.
    fn client_token(_request: &mut Self::Request) -> Option<&mut Option<String>> {
        None
    }
}

/// An action without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct ActionMeta<'a> {
    /// The name in the URL.
    pub(crate) name: &'a str,
    /// The authentication that the action accepts.
    pub(crate) auth: Auth,
    /// Whether sending the same request twice has the same effect as sending it once.
    pub(crate) retry: RetrySafety,
}

impl ActionMeta<'static> {
    /// The constants of an action as one value.
    pub(crate) fn of<A: Action>() -> Self {
        Self { name: A::NAME, auth: A::AUTH, retry: A::RETRY }
    }
}

impl<'a> ActionMeta<'a> {
    /// An action known only by its name: authenticated with whatever the client has, and retried only if its name says
    /// that it reads, as all names of the API do.
    pub(crate) fn unknown(name: &'a str) -> Self {
        let retry = if is_read(name) { RetrySafety::Idempotent } else { RetrySafety::Unsafe };
        Self { name, auth: Auth::Available, retry }
    }
}

/// Whether an action only reads: its name begins with a verb of reading, as a whole word.
fn is_read(name: &str) -> bool {
    let has_verb = |verb: &&str| {
        name.strip_prefix(*verb).is_some_and(|rest| !rest.starts_with(|c: char| c.is_ascii_lowercase()))
    };
    READ_VERBS.iter().any(has_verb)
}

/// The authentication that an action accepts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// An access key only: the request is signed.
    AccessKey,
    /// An access key, or login and password if the client has no access key.
    AccessKeyOrBasic,
    /// None. Nothing is signed, even if the client has credentials.
    None,
    /// The best that the client has, down to none: for actions whose rule is not known.
    Available,
}

/// Whether a request can be retried after a failure whose outcome is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetrySafety {
    /// Sending it twice has the same effect as sending it once.
    Idempotent,
    /// Safe if the request carries a client token: the server then returns the first result again.
    ClientToken,
    /// It may be carried out twice.
    Unsafe,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_action_is_retried_only_if_its_name_says_that_it_reads() {
        for (name, retry) in [
            ("ReadRainbows", RetrySafety::Idempotent),
            ("CheckRainbow", RetrySafety::Idempotent),
            ("Read", RetrySafety::Idempotent),
            ("Readjust", RetrySafety::Unsafe),
            ("Checkout", RetrySafety::Unsafe),
            ("CreateRead", RetrySafety::Unsafe),
        ] {
            assert_eq!(ActionMeta::unknown(name).retry, retry, "{name}");
        }
    }
}
