//! Signatures that other programs computed, and what a signature leaves out.

use std::time::Duration;

use super::*;

const ACCESS_KEY: &str = "FAKEACCESSKEY0000001";
const SECRET_KEY: &str = "FAKESECRETKEYFORTESTS0000000000000000001";

fn at(date: &str) -> SystemTime {
    let date = jiff::civil::DateTime::strptime("%Y%m%dT%H%M%SZ", date).unwrap();
    let seconds = jiff::tz::Offset::UTC.to_timestamp(date).unwrap().as_second();
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds.unsigned_abs())
}

fn signer(scheme: SignatureScheme, region: &str, service: &str) -> RequestSigner {
    RequestSigner::new(scheme, ACCESS_KEY, SECRET_KEY, region, service)
}

/// A signature of curl: scheme, region, service, date, request, signed headers and signature.
type Vector = (
    SignatureScheme,
    &'static str,
    &'static str,
    &'static str,
    RequestToSign<'static>,
    &'static str,
    &'static str,
);

fn osc4_vectors() -> Vec<Vector> {
    use SignatureScheme::Osc4;

    let clusters = RequestToSign::new("GET", "api.us-east-2.oks.outscale.com:8443", "/api/v2/clusters");
    vec![
        (
            Osc4,
            "eu-west-2",
            "directlink",
            "20261126T062952Z",
            link("directlink.eu-west-2.outscale.com"),
            "content-type;host;x-amz-target;x-osc-date",
            "5bac90b9b7fb33f81d97b65288c767f86af63d5f765b4c72e5c4376159a3784e",
        ),
        (
            Osc4,
            "us-east-2",
            "oks",
            "20261126T062952Z",
            clusters.query("b=2%2F3&a=1"),
            "host;x-osc-date",
            "cdfa88d4b4ffadc106b1d636db19f82db72a9b031371c4a23036bda5d81fab9e",
        ),
    ]
}

fn aws4_vectors() -> Vec<Vector> {
    use SignatureScheme::Aws4;

    let instances = RequestToSign::new("POST", "fcu.eu-west-2.outscale.com", "/")
        .header("Content-Type", "application/x-www-form-urlencoded; charset=utf-8")
        .body(b"Action=DescribeInstances&Version=2018-11-19");
    vec![
        (
            Aws4,
            "eu-west-2",
            "fcu",
            "20261126T100026Z",
            instances,
            "content-type;host;x-amz-date",
            "224fab2d77b665cd7ae1b86e0e56c6718a3aa7514d158c244c757c2b848ee2d4",
        ),
        (
            Aws4,
            "us-east-2",
            "directlink",
            "20261126T100027Z",
            link("directlink.us-east-2.outscale.com:8443"),
            "content-type;host;x-amz-date;x-amz-target",
            "9955fe3fd3207b8e4f7fd7d4dc5202c0f296c296470bf7dcd6f82ac1f20eae72",
        ),
    ]
}

fn object_storage_vectors() -> Vec<Vector> {
    use SignatureScheme::Aws4;

    let objects = RequestToSign::new("GET", "oos.eu-west-2.outscale.com", "/my-bucket");
    let object = RequestToSign::new("PUT", "oos.eu-west-2.outscale.com:9000", "/my-bucket/a.txt");
    vec![
        (
            Aws4,
            "eu-west-2",
            "s3",
            "20261126T100048Z",
            objects.query("prefix=a%2Fb&list-type=2"),
            "host;x-amz-content-sha256;x-amz-date",
            "f0589d81f8d1ef0cb6721827761d1cdde630e656482c41d39b7d48e768889397",
        ),
        (
            Aws4,
            "eu-west-2",
            "s3",
            "20261126T100048Z",
            object.header("Content-Type", "text/plain").body(b"hello"),
            "content-type;host;x-amz-content-sha256;x-amz-date",
            "d8ab0615a9c47499ee7b7984d997a95ac72cd9183a0b4dcf48a7aff07f2c2be6",
        ),
    ]
}

fn vectors() -> Vec<Vector> {
    [osc4_vectors(), aws4_vectors(), object_storage_vectors()].concat()
}

fn link(host: &'static str) -> RequestToSign<'static> {
    RequestToSign::new("POST", host, "/")
        .header("X-Amz-Target", "OvertureService.DescribeConnections")
        .header("Content-Type", "application/x-amz-json-1.1")
        .body(b"{}")
}

#[test]
fn signatures_of_other_services_equal_those_of_curl() {
    for (scheme, region, service, date, request, names, signature) in vectors() {
        let (algorithm, terminator, date_header) = match scheme {
            SignatureScheme::Osc4 => ("OSC4-HMAC-SHA256", "osc4_request", "x-osc-date"),
            SignatureScheme::Aws4 => ("AWS4-HMAC-SHA256", "aws4_request", "x-amz-date"),
        };
        let signed = signer(scheme, region, service).sign(at(date), &request);
        assert_eq!(signed.get(date_header), Some(date));
        let (day, _) = date.split_at(8);
        let expected = format!(
            "{algorithm} Credential={ACCESS_KEY}/{day}/{region}/{service}/{terminator}, SignedHeaders={names}, \
             Signature={signature}"
        );
        assert_eq!(signed.get("authorization"), Some(expected.as_str()), "{service}");
    }
}

#[test]
fn only_object_storage_gets_the_hash_of_the_body_in_a_header() {
    for (scheme, _, service, date, request, ..) in vectors() {
        let signed = signer(scheme, "r", service).sign(at(date), &request);
        let has_hash = signed.get("x-amz-content-sha256").is_some();
        assert_eq!((has_hash, signed.headers().len()), (service == "s3", if has_hash { 3 } else { 2 }));
    }
}

#[test]
fn a_request_to_the_api_is_signed_as_the_client_signs_it() {
    let (host, path, body) = ("host:8443", "/api/v1/ReadVms", b"{\"DryRun\":true}");
    let request =
        RequestToSign::new("POST", host, path).header("content-type", sign::CONTENT_TYPE).body(body);
    let at = at("20261126T062952Z");
    let client = sign::Signer::new(ACCESS_KEY, &Secret::from(SECRET_KEY), "eu-west-2");
    let by_client = client.sign(Timestamp::try_from(at).unwrap(), host, path, body);
    let signed = signer(SignatureScheme::Osc4, "eu-west-2", "api").sign(at, &request);
    assert_eq!(signed.get("authorization"), Some(by_client.authorization.as_str()));
}

#[test]
fn a_time_outside_of_the_range_of_dates_does_not_panic() {
    let request = RequestToSign::new("GET", "host", "");
    for at in [SystemTime::UNIX_EPOCH + Duration::from_secs(1 << 60), SystemTime::UNIX_EPOCH] {
        let signed = signer(SignatureScheme::Aws4, "r", "s").sign(at, &request);
        assert_eq!(signed.get("x-amz-date"), Some("19700101T000000Z"));
    }
}

#[test]
fn debug_output_has_neither_key_nor_signature() {
    let request = RequestToSign::new("GET", "host", "/").header("x-token", "marker");
    let signer = signer(SignatureScheme::Osc4, "eu-west-2", "api");
    let signature = signer.sign(SystemTime::UNIX_EPOCH, &request);
    let shown = format!("{signer:?} {request:?} {signature:?}");
    assert!(!shown.contains("FAKE") && !shown.contains("Signature=") && !shown.contains("marker"), "{shown}");
}
