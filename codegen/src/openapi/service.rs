//! The settings of an API that no keyword of OpenAPI describes: its signature, its date header, the verbs of its reads.
//! The overlay sets them in `x-service`. The host, the path and the default region come from `servers`.
//!
//! The defaults are those of the OUTSCALE API.

use serde_json::{Map, Value};

use crate::diagnostics::{Diagnostics, Pointer, closest};
use crate::ir::Service;

/// The extension with the settings.
pub(super) const KEYWORD: &str = "x-service";

const KEYS: [&str; 6] =
    ["client-token", "credential-service", "date-header", "name", "read-verbs", "signature"];

/// The suffix of the names of all supported signature algorithms.
const HMAC: &str = "-HMAC-SHA256";

/// The OUTSCALE API.
impl Default for Service {
    fn default() -> Self {
        Self {
            name: "OUTSCALE".to_owned(),
            algorithm: format!("OSC4{HMAC}"),
            credential_service: "api".to_owned(),
            date_header: "x-osc-date".to_owned(),
            client_token: "ClientToken".to_owned(),
            read_verbs: ["Read", "Check"].map(str::to_owned).to_vec(),
            host_prefix: "api.".to_owned(),
            default_domain: "outscale.com".to_owned(),
            default_region: "eu-west-2".to_owned(),
            path: "/api/v1".to_owned(),
        }
    }
}

/// Reads the settings of a description, and reports every invalid one.
pub(super) fn read(description: &Value, problems: &mut Diagnostics) -> Service {
    let mut service = Service::default();
    servers(description, &mut service, problems);
    let at = Pointer::root().join(KEYWORD);
    let empty = Map::new();
    let settings = match description.get(KEYWORD) {
        None => &empty,
        Some(Value::Object(settings)) => settings,
        Some(_) => {
            problems.error(&at, "must be a mapping, such as `{date-header: X-Osc-Date}`");
            &empty
        }
    };
    for (key, value) in settings {
        if let Err(message) = set(&mut service, key, value) {
            problems.error(&at.join(key), message);
        }
    }
    service
}

fn set(service: &mut Service, key: &str, value: &Value) -> Result<(), String> {
    let text = || value.as_str().filter(|text| !text.is_empty()).ok_or_else(|| "must be a string".to_owned());
    match key {
        "name" => service.name = text()?.to_owned(),
        "signature" => service.algorithm = algorithm(text()?)?,
        "credential-service" => service.credential_service = scope_part(text()?)?,
        "date-header" => service.date_header = date_header(text()?)?,
        "client-token" => service.client_token = text()?.to_owned(),
        "read-verbs" => service.read_verbs = verbs(value)?,
        _ => {
            let remedy = match closest(key, KEYS) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("the keys are {}", KEYS.join(", ")),
            };
            return Err(format!("is not a key of `{KEYWORD}`: {remedy}"));
        }
    }
    Ok(())
}

/// Parses an algorithm such as `OSC4-HMAC-SHA256`. The part before `-HMAC-SHA256` is the prefix of the secret key and, in
/// lower case, the start of the last part of the credential scope.
fn algorithm(text: &str) -> Result<String, String> {
    let prefix = text.strip_suffix(HMAC).unwrap_or_default();
    let is_valid = prefix.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    match is_valid && !prefix.is_empty() {
        true => Ok(text.to_owned()),
        false => {
            Err(format!("must be capital letters and digits followed by `{HMAC}`: no other is supported"))
        }
    }
}

fn scope_part(text: &str) -> Result<String, String> {
    match text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        true => Ok(text.to_owned()),
        false => {
            Err("must have only letters, digits and hyphens: it is a part of the credential scope".to_owned())
        }
    }
}

/// Parses a header name, and returns it in lower case. The signed headers are sorted, and the runtime signs the date after `host`.
fn date_header(text: &str) -> Result<String, String> {
    let name = text.to_ascii_lowercase();
    if !name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return Err("must be the name of a header: only letters, digits and hyphens".to_owned());
    }
    match name.as_str() > "host" {
        true => Ok(name),
        false => Err("must sort after `host`: the signature has the headers in this order".to_owned()),
    }
}

fn verbs(value: &Value) -> Result<Vec<String>, String> {
    let is_verb = |text: &&str| {
        text.starts_with(|first: char| first.is_ascii_uppercase())
            && text.bytes().all(|byte| byte.is_ascii_alphabetic())
    };
    let verbs = value.as_array().map(|verbs| verbs.iter().map(|verb| verb.as_str().filter(is_verb)));
    let verbs = verbs.and_then(|verbs| verbs.map(|verb| verb.map(str::to_owned)).collect::<Option<Vec<_>>>());
    verbs.ok_or_else(|| "must be a list of words with a capital letter, such as `[Read]`".to_owned())
}

/// Reads the first server: `https://api.{region}.example.com/v1`, where the variable `region` has a default.
fn servers(description: &Value, service: &mut Service, problems: &mut Diagnostics) {
    let Some(server) = description.pointer("/servers/0") else { return };
    let at = Pointer::root().at(&["servers", "0"]);
    let Some(url) = server.get("url").and_then(Value::as_str) else { return };
    let region = server.pointer("/variables/region/default").and_then(Value::as_str);
    match (split_server_url(url), region) {
        (Some((prefix, domain, path)), Some(region)) => {
            service.host_prefix = prefix.to_owned();
            service.default_domain = domain.to_owned();
            service.path = path.to_owned();
            service.default_region = region.to_owned();
        }
        _ => {
            let message = "is not `https://….{region}.…/…` with a default of `region`: the endpoint of the OUTSCALE API is \
                           used; correct it in the overlay";
            problems.note(&at.join("url"), message);
        }
    }
}

/// Splits `https://api.{region}.example.com/v1` into `api.`, `example.com` and `/v1`.
fn split_server_url(url: &str) -> Option<(&str, &str, &str)> {
    let (prefix, rest) = url.strip_prefix("https://")?.split_once("{region}.")?;
    let (domain, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let path = path.trim_end_matches('/');
    let is_host = |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte));
    let is_path =
        |text: &str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._/".contains(&byte));
    let is_valid = is_host(prefix) && is_host(domain) && !domain.is_empty() && is_path(path);
    is_valid.then_some((prefix, domain, path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_urls_are_split_around_the_region() {
        for (url, parts) in [
            ("https://api.{region}.outscale.com/api/v1", Some(("api.", "outscale.com", "/api/v1"))),
            ("https://{region}.example.org", Some(("", "example.org", ""))),
            ("https://api.{region}.example.org/", Some(("api.", "example.org", ""))),
            ("http://api.{region}.example.org", None),
            ("https://api.example.org/{region}", None),
            ("https://{service}.{region}.example.org", None),
            ("https://api.{region}./v1", None),
            ("https://api.{region}.example.org/v1?a=b", None),
            ("/", None),
        ] {
            assert_eq!(split_server_url(url), parts, "{url}");
        }
    }

    #[test]
    fn invalid_settings_are_reported() {
        for (key, value, message) in [
            ("signature", r#""AWS4-HMAC-SHA512""#, "-HMAC-SHA256"),
            ("signature", r#""-HMAC-SHA256""#, "-HMAC-SHA256"),
            ("date-header", r#""Date""#, "must sort after `host`"),
            ("date-header", r#""X Date""#, "only letters"),
            ("credential-service", r#""a/b""#, "only letters"),
            ("credential-service", "1", "must be a string"),
            ("name", r#""""#, "must be a string"),
            ("read-verbs", r#"["read"]"#, "capital letter"),
            ("read-verbs", "3", "must be a list"),
            ("dateheader", r#""X-Date""#, "did you mean `date-header`?"),
            ("colour", "1", "the keys are"),
        ] {
            let mut problems = Diagnostics::default();
            let description = format!(r#"{{"x-service": {{"{key}": {value}}}}}"#);
            read(&serde_json::from_str(&description).unwrap_or_default(), &mut problems);
            let found: Vec<&str> = problems.list().iter().map(|problem| problem.message.as_str()).collect();
            assert!(matches!(found.as_slice(), [one] if one.contains(message)), "{key}: {value}: {found:?}");
        }
    }
}
