//! The constants of the API: its name, its signature and its endpoints.

use proc_macro2::TokenStream;
use quote::quote;

use super::{doc, ident};
use crate::ir::Service;
use crate::render::{File, Item};

/// `service.rs`: what the runtime signs and addresses requests with.
pub(super) fn service(service: &Service) -> File {
    let docs =
        "The name, signature and endpoints of the API, from `x-service` and `servers` of its description.";
    File {
        name: "service.rs".to_owned(),
        docs: vec![docs.to_owned()],
        imports: Vec::new(),
        items: constants(service),
    }
}

fn constants(service: &Service) -> Vec<Item> {
    let Service {
        name,
        algorithm,
        credential_service,
        date_header,
        client_token,
        read_verbs,
        host_prefix,
        default_domain,
        default_region,
        path,
    } = service;
    let key_prefix = service.key_prefix();
    let terminator = format!("{}_request", key_prefix.to_ascii_lowercase());
    let client_name = format!("{name} API client");
    let signed_headers = format!("content-type;host;{date_header}");
    let constants = [
        ("CLIENT_NAME", "The name of the client in errors that concern no action.", string(&client_name)),
        ("ALGORITHM", "The signature algorithm.", string(algorithm)),
        (
            "KEY_PREFIX",
            "The prefix of the secret key in the derivation of the signing key.",
            string(key_prefix),
        ),
        ("CREDENTIAL_SERVICE", "The service in the credential scope.", string(credential_service)),
        ("TERMINATOR", "The end of the credential scope.", string(&terminator)),
        ("DATE_HEADER", "The header with the date of a request, in lower case.", string(date_header)),
        (
            "CLIENT_TOKEN",
            "The request field with which the server recognizes a repeated create.",
            string(client_token),
        ),
        ("READ_VERBS", "The first words of the names of actions that only read.", strings(read_verbs)),
        ("SIGNED_HEADERS", "The signed headers, sorted.", string(&signed_headers)),
        ("HOST_PREFIX", "The part of the host before the region.", string(host_prefix)),
        (
            "DEFAULT_DOMAIN",
            "The domain after the region, unless another is configured.",
            string(default_domain),
        ),
        ("DEFAULT_REGION", "The region, unless another is configured.", string(default_region)),
        ("API_PATH", "The path that the name of an action is appended to.", string(path)),
    ];
    constants.into_iter().map(constant).collect()
}

/// A constant: its name, its documentation, and its type and value.
fn constant((name, docs, value): (&str, &str, TokenStream)) -> Item {
    let (name, docs) = (ident(name), doc(&[docs.to_owned()]));
    Item::Tokens(quote! { #docs pub const #name: #value; })
}

fn string(value: &str) -> TokenStream {
    quote!(&str = #value)
}

fn strings(values: &[String]) -> TokenStream {
    quote!(&[&str] = &[#(#values),*])
}
