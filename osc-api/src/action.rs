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

/// An action of the API: its name, its request and response, and the rules for sending it.
pub trait Action {
    /// What is sent. It is encoded as a JSON object.
    type Request: Serialize + Sync;
    /// What a successful response is decoded into.
    type Response: DeserializeOwned;
    /// The name in the URL, for example `ReadVms`: ASCII letters and digits only.
    const NAME: &'static str;
    /// How the action may be authenticated.
    const AUTH: Auth;
    /// Whether sending the same request twice does the same as sending it once.
    const RETRY: RetrySafety;
    /// The constants above as one value. Implementations need not set it.
    const META: ActionMeta<'static> = ActionMeta { name: Self::NAME, auth: Self::AUTH, retry: Self::RETRY };
}

/// What the client needs to know of an action, without its types.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct ActionMeta<'a> {
    /// The name in the URL.
    pub name: &'a str,
    /// How the action may be authenticated.
    pub auth: Auth,
    /// Whether sending the same request twice does the same as sending it once.
    pub retry: RetrySafety,
}

impl<'a> ActionMeta<'a> {
    /// An action of which only the name is known: authenticated with whatever the client has, and safe to
    /// repeat where the name says that it only reads, as all of the API's names do.
    pub(crate) fn unknown(name: &'a str) -> Self {
        let reads = name.starts_with("Read") || name.starts_with("Check");
        let retry = if reads { RetrySafety::Idempotent } else { RetrySafety::Unsafe };
        Self { name, auth: Auth::Available, retry }
    }
}

/// How an action may be authenticated.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Auth {
    /// With an access key only: the request is signed.
    AccessKey,
    /// With an access key, or with login and password when the client has no access key.
    AccessKeyOrBasic,
    /// Without authentication. Nothing is signed, even when the client has credentials.
    None,
    /// With the best that the client has, down to nothing: for actions whose rule is not known.
    Available,
}

/// Whether a request can be sent again after a failure that leaves open if it was carried out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum RetrySafety {
    /// Sending it twice does the same as sending it once.
    Idempotent,
    /// Safe when the request carries a client token: the server then returns the first result again.
    ClientToken,
    /// It may be carried out twice.
    Unsafe,
}
