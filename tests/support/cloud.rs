//! The authentication of the API, for test servers: it knows one account and refuses requests as the real API does.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use serde_json::json;

use crate::http::{Request, Response};
use crate::osc4::{self, Refusal};

/// The access key of the account. Fictitious, like everything here.
pub const ACCESS_KEY: &str = "FAKEACCESSKEY0000003";
/// The secret key of [`ACCESS_KEY`].
pub const SECRET_KEY: &str = "FAKESECRETKEYFORTESTS0000000000000000005";
/// The login of the account. Its encoding differs between the standard and the URL-safe alphabet of base64.
pub const LOGIN: &str = "zoé+~wire@example.com";
/// The password of [`LOGIN`].
pub const PASSWORD: &str = "fake:pass?word>ÿ";
/// The region of the server.
pub const REGION: &str = "eu-west-2";
/// The request ID in every refusal.
pub const REQUEST_ID: &str = "0f4b1c2d-0000-4000-8000-000000000001";

/// Actions that accept a login and password instead of a signature.
pub const BASIC_ACTIONS: [&str; 14] = [
    "CreateAccessKey",
    "CreateApiAccessRule",
    "CreateCa",
    "DeleteAccessKey",
    "DeleteApiAccessRule",
    "DeleteCa",
    "ReadAccessKeys",
    "ReadApiAccessPolicy",
    "ReadApiAccessRules",
    "ReadCas",
    "UpdateAccessKey",
    "UpdateApiAccessPolicy",
    "UpdateApiAccessRule",
    "UpdateCa",
];

/// Actions that need no authentication.
pub const PUBLIC_ACTIONS: [&str; 8] = [
    "ReadFlexibleGpuCatalog",
    "ReadLocations",
    "ReadNetAccessPointServices",
    "ReadProductTypes",
    "ReadPublicCatalog",
    "ReadPublicIpRanges",
    "ReadRegions",
    "ReadVmTypes",
];

/// Authenticates a request of the known account.
///
/// # Errors
/// Returns the error response of the API if the request is refused.
pub fn admit(request: &Request) -> Result<(), Response> {
    admit_at(request, now())
}

/// Like [`admit`], with the server's clock in seconds since 1970. Only the date of a signature is compared with it.
///
/// # Errors
/// Same as [`admit`].
pub fn admit_at(request: &Request, now: i64) -> Result<(), Response> {
    let action = request.action();
    if request.method != "POST" {
        return Err(refusal(405, "2", "AccessDenied", "only POST"));
    }
    if request.target != format!("/api/v1/{action}") {
        return Err(Response::new(404, "<html>not found</html>").header("Content-Type", "text/html"));
    }
    if request.header("Content-Type") != Some("application/json") || !request.json().is_object() {
        return Err(refusal(400, "4000", "InvalidParameter", "the body must be a JSON object"));
    }
    if PUBLIC_ACTIONS.contains(&action) {
        return Ok(());
    }
    match request.header("Authorization").and_then(|value| value.strip_prefix("Basic ")) {
        Some(token) => admit_basic(request, token),
        None => admit_signed(request, now),
    }
}

/// An error response in the format of the API.
pub fn refusal(status: u16, code: &str, kind: &str, details: &str) -> Response {
    let error = json!({ "Type": kind, "Code": code, "Details": details });
    let body = json!({ "Errors": [error], "ResponseContext": { "RequestId": REQUEST_ID } });
    Response::json(status, &body)
}

/// The clock of this machine, in seconds since 1970.
pub fn now() -> i64 {
    Timestamp::now().as_second()
}

/// Formats a time, in seconds since 1970, as an HTTP date.
pub fn http_date(seconds: i64) -> String {
    let time = Timestamp::from_second(seconds).unwrap_or_default();
    time.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string()
}

fn admit_signed(request: &Request, now: i64) -> Result<(), Response> {
    let secret_key_of = |access_key: &str| (access_key == ACCESS_KEY).then(|| SECRET_KEY.to_owned());
    let verified = osc4::verify(request, REGION, secret_key_of, now);
    verified.map(drop).map_err(|refused| match refused {
        // Not a 401: this is the response of the real API.
        Refusal::UnknownKey(_) => refusal(400, "4120", "InvalidParameterValue", ""),
        Refusal::Malformed(why) | Refusal::Scope(why) | Refusal::Date(why) => {
            refusal(401, "1", "AccessDenied", &why)
        }
        Refusal::Signature => refusal(401, "1", "AccessDenied", "the signature does not match"),
    })
}

fn admit_basic(request: &Request, token: &str) -> Result<(), Response> {
    let dated = request.header("X-Osc-Date").and_then(osc4::seconds).is_some();
    let known = STANDARD.decode(token).is_ok_and(|pair| pair == format!("{LOGIN}:{PASSWORD}").as_bytes());
    if !BASIC_ACTIONS.contains(&request.action()) {
        Err(refusal(401, "9", "AccessDenied", "this action does not accept a login"))
    } else if !dated || !known {
        Err(refusal(401, "1", "AccessDenied", "wrong login, or no X-Osc-Date"))
    } else {
        Ok(())
    }
}
