//! Finds the types of an action by its name.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::OnceLock;

use osc_api::action::{self, Action};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::listing;
use crate::round_trip::contract::{self, Side};

/// The committed list of all actions.
const LIST: &str = include_str!("actions.in");

/// The operations on a type of which only the action and the side are known.
#[derive(Clone, Copy)]
pub struct Codec {
    recode: fn(&str) -> Result<String, String>,
    debug: fn(&str) -> Result<[String; 2], String>,
}

impl Codec {
    /// Decodes a value into the type and encodes it again.
    pub fn recode(&self, value: &Value) -> Result<Value, String> {
        self.recode_text(&value.to_string())
    }

    /// Decodes JSON text into the type and encodes it again.
    pub fn recode_text(&self, text: &str) -> Result<Value, String> {
        let text = (self.recode)(text)?;
        serde_json::from_str(&text).map_err(|error| format!("not encoded as JSON: {error}"))
    }

    /// Decodes a value into the type and returns its compact and its pretty `Debug` output.
    pub fn debug(&self, value: &Value) -> Result<[String; 2], String> {
        (self.debug)(&value.to_string())
    }

    const fn of<T: Serialize + DeserializeOwned + Debug + PartialEq>() -> Self {
        Self { recode: recode::<T>, debug: debug::<T> }
    }
}

/// The codec of a side of an action.
pub fn codec(action: &str, side: Side) -> Codec {
    static BY_NAME: OnceLock<BTreeMap<&str, [Codec; 2]>> = OnceLock::new();
    let by_name = BY_NAME.get_or_init(|| ACTIONS.iter().copied().collect());
    let [request, response] =
        by_name.get(action).unwrap_or_else(|| panic!("{action} is not in tests/round_trip/actions.in"));
    match side {
        Side::Request => *request,
        Side::Response => *response,
    }
}

/// An action's name and the codecs of its request and response.
const fn entry<A>() -> (&'static str, [Codec; 2])
where
    A: Action,
    A::Request: DeserializeOwned + Debug + PartialEq,
    A::Response: Serialize + Debug + PartialEq,
{
    (A::NAME, [Codec::of::<A::Request>(), Codec::of::<A::Response>()])
}

macro_rules! actions {
    ($($marker:ident)*) => {
        const ACTIONS: &[(&str, [Codec; 2])] = &[$(entry::<action::$marker>()),*];

        /// Never called: it must compile.
        const _: () = {
            $(crate::round_trip::shared::action::<action::$marker>();)*
        };
    };
}

include!("actions.in");

fn decode<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    serde_json::from_str(text).map_err(|error| format!("not decoded: {error}: {text}"))
}

fn recode<T: Serialize + DeserializeOwned + PartialEq>(text: &str) -> Result<String, String> {
    let value: T = decode(text)?;
    let encoded = serde_json::to_string(&value).map_err(|error| format!("not encoded: {error}"))?;
    match decode::<T>(&encoded)? == value {
        true => Ok(encoded),
        false => Err(format!("not equal to itself after encoding and decoding: {encoded}")),
    }
}

fn debug<T: DeserializeOwned + Debug>(text: &str) -> Result<[String; 2], String> {
    let value: T = decode(text)?;
    Ok([format!("{value:?}"), format!("{value:#?}")])
}

#[test]
fn the_list_of_actions_is_up_to_date() {
    let mut wanted = "\
        // Written by `cargo xtask regen` from spec/.\n\
        actions! {\n"
        .to_owned();
    for action in contract::actions() {
        wanted.push_str(&format!("    {action}\n"));
    }
    wanted.push_str("}\n");
    listing::check("round_trip", "round_trip/actions.in", LIST, &wanted);
}

#[test]
fn action_names_match_the_contract() {
    let names: Vec<&str> = ACTIONS.iter().map(|(name, _)| *name).collect();
    assert_eq!(names, contract::actions().collect::<Vec<_>>());
}
