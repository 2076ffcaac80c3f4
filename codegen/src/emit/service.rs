//! The constants of the API: its name, its signature and its endpoints.

use quote::quote;

use crate::ir::Service;
use crate::render::{File, Item};

/// `service.rs`: what the runtime signs and addresses requests with.
pub(super) fn service(service: &Service) -> File {
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
    let items = [
        quote! {
            /// The name of the client in errors that concern no action.
            pub const CLIENT_NAME: &str = #client_name;
        },
        quote! {
            /// The signature algorithm.
            pub const ALGORITHM: &str = #algorithm;
        },
        quote! {
            /// The prefix of the secret key in the derivation of the signing key.
            pub const KEY_PREFIX: &str = #key_prefix;
        },
        quote! {
            /// The service in the credential scope.
            pub const CREDENTIAL_SERVICE: &str = #credential_service;
        },
        quote! {
            /// The end of the credential scope.
            pub const TERMINATOR: &str = #terminator;
        },
        quote! {
            /// The header with the date of a request, in lower case.
            pub const DATE_HEADER: &str = #date_header;
        },
        quote! {
            /// The request field with which the server recognizes a repeated create.
            pub const CLIENT_TOKEN: &str = #client_token;
        },
        quote! {
            /// The first words of the names of actions that only read.
            pub const READ_VERBS: &[&str] = &[#(#read_verbs),*];
        },
        quote! {
            /// The signed headers, sorted.
            pub const SIGNED_HEADERS: &str = #signed_headers;
        },
        quote! {
            /// The part of the host before the region.
            pub const HOST_PREFIX: &str = #host_prefix;
        },
        quote! {
            /// The domain after the region, unless another is configured.
            pub const DEFAULT_DOMAIN: &str = #default_domain;
        },
        quote! {
            /// The region, unless another is configured.
            pub const DEFAULT_REGION: &str = #default_region;
        },
        quote! {
            /// The path that the name of an action is appended to.
            pub const API_PATH: &str = #path;
        },
    ];
    let docs =
        "The name, signature and endpoints of the API, from `x-service` and `servers` of its description.";
    File {
        name: "service.rs".to_owned(),
        docs: vec![docs.to_owned()],
        imports: Vec::new(),
        items: items.into_iter().map(Item::Tokens).collect(),
    }
}
