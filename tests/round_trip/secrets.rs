//! `Debug` output of requests and responses shows no secrets, at any depth.

use std::collections::BTreeSet;

use osc_codegen::ir::{Api, Field, Struct, Type, TypeDef};
use serde_json::Value;

use crate::round_trip::contract::{self, Side};
use crate::round_trip::{dispatch, filled};

/// The secret properties by schema, collected by hand to check the overlay.
const SECRETS: [(&str, &str); 15] = [
    ("AccessKeySecretKey", "SecretKey"),
    ("CheckAuthenticationRequest", "Password"),
    ("CreateServerCertificateRequest", "PrivateKey"),
    ("CreateVmsRequest", "UserData"),
    ("DirectLinkInterface", "BgpKey"),
    ("DirectLinkInterfaces", "BgpKey"),
    ("KeypairCreated", "PrivateKey"),
    ("Log", "QueryHeaderRaw"),
    ("Log", "QueryPayloadRaw"),
    ("OsuApiKey", "SecretKey"),
    ("Phase2Options", "PreSharedKey"),
    ("ReadAdminPasswordResponse", "AdminPassword"),
    ("UpdateVmRequest", "UserData"),
    ("Vm", "UserData"),
    ("VpnConnection", "ClientGatewayConfiguration"),
];

#[test]
fn debug_shows_no_secret_of_any_request_or_response() {
    let mut seen = BTreeSet::new();
    for action in contract::actions() {
        for side in Side::ALL {
            let value = filled::value(contract::schema_name(action, side));
            let [short, long] = dispatch::codec(action, side)
                .debug(&value)
                .unwrap_or_else(|problem| panic!("{action} {side:?}: {problem}"));
            for (schema, property) in secrets_in(&value) {
                let text = filled::text(schema, property);
                for shown in [&short, &long] {
                    assert!(!shown.contains(&text), "{action} {side:?} shows {schema}.{property}: {shown}");
                    assert!(shown.contains("[redacted]"), "{action} {side:?}: {shown}");
                }
                seen.insert((schema, property));
            }
        }
    }
    assert_eq!(seen, BTreeSet::from(SECRETS), "every secret must be in a request or response");
}

#[test]
fn debug_shows_everything_that_is_not_secret() {
    for action in contract::actions() {
        for side in Side::ALL {
            let value = filled::value(contract::schema_name(action, side));
            let [shown, _] = dispatch::codec(action, side)
                .debug(&value)
                .unwrap_or_else(|problem| panic!("{action} {side:?}: {problem}"));
            let secret: Vec<String> =
                SECRETS.iter().map(|(schema, property)| filled::text(schema, property)).collect();
            // Enums show the names of their variants, so only generated strings are searched.
            let generated = texts(&value).into_iter().filter(|text| text.starts_with('<'));
            for text in generated.filter(|text| !secret.iter().any(|other| other == text)) {
                assert!(shown.contains(text), "{action} {side:?} does not show {text}: {shown}");
            }
        }
    }
}

#[test]
fn the_generator_knows_the_same_secrets() {
    let description = include_str!("../../spec/outscale.yaml");
    let overlay = Some(include_str!("../../spec/overlay.yaml"));
    let input =
        osc_codegen::Input { description, overlay, docs: None, errors: None, waiters: None, strict: false };
    let (api, _) = osc_codegen::model(&input, &mut |_| {}).unwrap_or_else(|problems| panic!("{problems:?}"));
    let of_model: BTreeSet<_> = secret_fields(&api).collect();
    assert_eq!(of_model, SECRETS.map(|(schema, property)| (schema.to_owned(), property.to_owned())).into());
}

fn secret_fields(api: &Api) -> impl Iterator<Item = (String, String)> {
    let types = api.modules.iter().flat_map(|module| &module.types);
    let structs = types.filter_map(|definition| match definition {
        TypeDef::Struct(definition) => Some(definition),
        TypeDef::Enum(_) | TypeDef::Alias(_) | TypeDef::Identifier(_) => None,
    });
    structs.flat_map(|Struct { name, fields, .. }| {
        let secret = fields.iter().filter(|Field { ty, .. }| *ty == Type::Secret);
        secret.map(|Field { wire, .. }| (name.clone(), wire.clone()))
    })
}

fn secrets_in(value: &Value) -> impl Iterator<Item = (&'static str, &'static str)> {
    let texts = texts(value);
    SECRETS
        .into_iter()
        .filter(move |(schema, property)| texts.contains(&filled::text(schema, property).as_str()))
}

/// All strings in a value.
fn texts(value: &Value) -> BTreeSet<&str> {
    match value {
        Value::String(text) => BTreeSet::from([text.as_str()]),
        Value::Array(list) => list.iter().flat_map(texts).collect(),
        Value::Object(object) => object.values().flat_map(texts).collect(),
        _ => BTreeSet::new(),
    }
}
