//! Signatures computed by independent programs: see `vectors/README.md`.

use osc_api::__private;
use osc_tests::http::Request;
use osc_tests::osc4::{self, Refusal};
use serde_json::Value;

const CURL: &str = include_str!("vectors/curl.json");
const PYTHON: &str = include_str!("vectors/python.json");

/// A request as signed by another program.
#[derive(Debug)]
struct Vector {
    name: String,
    signer: String,
    region: String,
    access_key: String,
    secret_key: String,
    x_osc_date: String,
    host: String,
    path: String,
    content_type: String,
    body: String,
    authorization: String,
}

impl Vector {
    fn read(value: &Value) -> Self {
        let text =
            |key: &str| value[key].as_str().unwrap_or_else(|| panic!("no {key} in {value}")).to_owned();
        Self {
            name: text("name"),
            signer: text("signer"),
            region: text("region"),
            access_key: text("access_key"),
            secret_key: text("secret_key"),
            x_osc_date: text("x_osc_date"),
            host: text("host"),
            path: text("path"),
            content_type: text("content_type"),
            body: text("body"),
            authorization: text("authorization"),
        }
    }

    fn seconds(&self) -> i64 {
        osc4::seconds(&self.x_osc_date).expect("a date")
    }

    /// The signed request.
    fn request(&self) -> Request {
        let headers = [
            ("Host", &self.host),
            ("Authorization", &self.authorization),
            ("X-Osc-Date", &self.x_osc_date),
            ("Content-Type", &self.content_type),
        ];
        Request {
            method: "POST".to_owned(),
            target: self.path.clone(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.clone())).to_vec(),
            body: self.body.clone().into_bytes(),
        }
    }

    fn verify(&self, request: &Request, now: i64) -> Result<String, Refusal> {
        let secret_key_of = |key: &str| (key == self.access_key).then(|| self.secret_key.clone());
        osc4::verify(request, &self.region, secret_key_of, now)
    }
}

fn vectors() -> Vec<Vector> {
    let read = |text: &str| -> Vec<Value> { serde_json::from_str(text).expect("a list of vectors") };
    read(CURL).iter().chain(&read(PYTHON)).map(Vector::read).collect()
}

#[test]
fn all_vectors_are_present() {
    let vectors = vectors();
    let count = |signer: &str| vectors.iter().filter(|vector| vector.signer == signer).count();
    assert_eq!([count("curl"), count("osc-sdk-python"), vectors.len()], [21, 18, 39]);
}

#[test]
fn vectors_cover_ports_empty_long_and_non_ascii_bodies_and_other_paths() {
    let vectors = vectors();
    let count = |wanted: &dyn Fn(&Vector) -> bool| vectors.iter().filter(|vector| wanted(vector)).count();
    let has_port =
        |vector: &Vector| vector.host.rsplit(':').next().is_some_and(|end| end.parse::<u16>().is_ok());
    let mut regions: Vec<&str> = vectors.iter().map(|vector| vector.region.as_str()).collect();
    regions.sort_unstable();
    regions.dedup();
    assert_eq!(regions.len(), 6);
    assert_eq!(count(&has_port), 15, "hosts with a port");
    assert_eq!(count(&|vector| vector.body.is_empty()), 3, "empty bodies");
    assert_eq!(count(&|vector| !vector.body.is_ascii()), 9, "bodies with non-ASCII characters");
    assert_eq!(count(&|vector| vector.body.len() > 10_000), 2, "long bodies");
    assert_eq!(count(&|vector| vector.path != "/api/v1/ReadVms"), 4, "other paths");
    for Vector { name, access_key, secret_key, content_type, authorization, .. } in &vectors {
        assert_eq!((access_key.len(), secret_key.len()), (20, 40), "{name}: length of the keys");
        assert_eq!(content_type, "application/json", "{name}");
        assert!(
            authorization.contains("SignedHeaders=content-type;host;x-osc-date,"),
            "{name}: {authorization}"
        );
    }
}

#[test]
fn the_crate_computes_the_same_signatures() {
    for vector in &vectors() {
        let Vector { name, signer, region, access_key, secret_key, host, path, body, .. } = vector;
        let signed =
            __private::sign(access_key, secret_key, region, vector.seconds(), host, path, body.as_bytes());
        assert_eq!(signed, (vector.x_osc_date.clone(), vector.authorization.clone()), "{signer}: {name}");
    }
}

#[test]
fn the_test_server_accepts_signatures_of_other_programs() {
    for vector in &vectors() {
        let verified = vector.verify(&vector.request(), vector.seconds());
        assert_eq!(verified.as_ref(), Ok(&vector.access_key), "{}: {}", vector.signer, vector.name);
    }
}

/// The name of a change to a request, the change, and a check of the resulting refusal.
type Tampering = (&'static str, fn(&mut Request), fn(&Refusal) -> bool);

const TAMPERINGS: [Tampering; 14] = [
    ("another method", |request| request.method = "PUT".to_owned(), signature),
    ("another path", |request| request.target.push('s'), signature),
    ("only the last segment", |request| request.target = format!("/{}", request.action()), signature),
    ("a query", |request| request.target.push_str("?a=b"), signature),
    ("a longer body", |request| request.body.push(b' '), signature),
    ("another host", |request| edit(request, "Host", |value| format!("x{value}")), signature),
    ("another port", |request| edit(request, "Host", |value| format!("{value}0")), signature),
    ("another type", |request| edit(request, "Content-Type", |_| "text/plain".to_owned()), signature),
    ("no type", |request| request.headers.retain(|(name, _)| name != "Content-Type"), malformed),
    ("no date", |request| request.headers.retain(|(name, _)| name != "X-Osc-Date"), malformed),
    ("another second", |request| edit(request, "X-Osc-Date", |value| other_second(&value)), signature),
    ("another algorithm", |request| authorization(request, "OSC4-HMAC", "AWS4-HMAC"), malformed),
    ("another service", |request| authorization(request, "/api/osc4", "/fcu/osc4"), scope),
    ("host not signed", |request| authorization(request, "content-type;host;", "content-type;"), scope),
];

#[test]
fn the_test_server_refuses_requests_changed_after_signing() {
    // Reducing a path to its last segment does not change a path of one segment.
    for vector in vectors().iter().filter(|vector| vector.path != "/ReadVms") {
        for (what, tamper, expected) in TAMPERINGS {
            let mut request = vector.request();
            tamper(&mut request);
            let refusal = vector.verify(&request, vector.seconds());
            assert!(refusal.as_ref().is_err_and(expected), "{}: {what}: {refusal:?}", vector.name);
        }
    }
}

#[test]
fn the_test_server_checks_date_region_and_access_key() {
    let vector = &vectors()[0];
    let request = vector.request();
    let date = vector.seconds();
    for distance in [-osc4::WINDOW, osc4::WINDOW] {
        assert!(vector.verify(&request, date + distance).is_ok());
        let beyond = vector.verify(&request, date + distance + distance.signum());
        assert!(matches!(beyond, Err(Refusal::Date(_))), "{beyond:?}");
    }
    let other_region = osc4::verify(&request, "us-east-2", |_| Some(vector.secret_key.clone()), date);
    assert!(matches!(other_region, Err(Refusal::Scope(_))), "{other_region:?}");
    let unknown = osc4::verify(&request, &vector.region, |_| None, date);
    assert_eq!(unknown, Err(Refusal::UnknownKey(vector.access_key.clone())));
    let other_key = osc4::verify(&request, &vector.region, |_| Some("x".to_owned()), date);
    assert_eq!(other_key, Err(Refusal::Signature));
}

#[test]
fn dates_are_parsed_to_seconds() {
    let cases = [
        ("19700101T000000Z", Some(0)),
        ("20000229T000000Z", Some(951_782_400)),
        ("20380119T031408Z", Some(2_147_483_648)),
        ("20260615T120000", None),
        ("2026-06-15T12:00:00Z", None),
        ("20261315T120000Z", None),
        ("20260615T246000Z", None),
    ];
    for (text, seconds) in cases {
        assert_eq!(osc4::seconds(text), seconds, "{text}");
    }
}

fn signature(refusal: &Refusal) -> bool {
    *refusal == Refusal::Signature
}

fn malformed(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Malformed(_))
}

fn scope(refusal: &Refusal) -> bool {
    matches!(refusal, Refusal::Scope(_))
}

fn edit(request: &mut Request, name: &str, change: impl Fn(String) -> String) {
    let (_, value) = request.headers.iter_mut().find(|(candidate, _)| candidate == name).expect("the header");
    *value = change(value.clone());
}

fn authorization(request: &mut Request, from: &str, to: &str) {
    edit(request, "Authorization", |value| value.replace(from, to));
}

/// The same date with another last digit.
fn other_second(date: &str) -> String {
    let digits = date.trim_end_matches('Z');
    let (first, last) = digits.split_at(digits.len() - 1);
    format!("{first}{}Z", if last == "0" { 1 } else { 0 })
}
