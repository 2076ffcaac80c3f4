//! Signatures computed by independent programs: see `vectors/README.md`.

use std::time::{Duration, SystemTime};

use osc_api::__private;
use osc_api::signing::{RequestSigner, RequestToSign, SignatureScheme};
use osc_tests::cloud;
use osc_tests::http::Request;
use osc_tests::osc4::{self, Refusal, Service};
use osc_tests::random::Random;
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

/// Number of random requests.
const RANDOM_REQUESTS: u64 = 4_000;

/// A string of up to `longest` of these characters.
fn text(random: &mut Random, characters: &str, longest: u64) -> String {
    let characters: Vec<char> = characters.chars().collect();
    let pick = |random: &mut Random| characters[random.below(characters.len() as u64) as usize];
    (0..random.below(longest + 1)).map(|_| pick(random)).collect()
}

/// A request without its signature.
fn random_request(random: &mut Random) -> Request {
    let pick = |random: &mut Random, of: &[&str]| of[random.below(of.len() as u64) as usize].to_owned();
    let mut target = String::new();
    for _ in 0..random.below(4) {
        target +=
            &format!("/{}{}", text(random, "abcXYZ09-._~", 6), pick(random, &["", "%20", "%C3%A9", "%2F"]));
    }
    if target.is_empty() {
        target.push('/');
    }
    let parameters: Vec<String> = (0..random.below(5))
        .map(|_| text(random, "ab-", 3) + &pick(random, &["", "=", "=1", "=a%2Fb", "=a=b", "=-"]))
        .collect();
    if !parameters.is_empty() {
        target += &format!("?{}", parameters.join("&"));
    }
    let host = text(random, "abc.-", 9) + "host" + &pick(random, &["", ":8443", ":80"]);
    let mut headers = vec![("Host".to_owned(), host)];
    for _ in 0..random.below(5) {
        let name = pick(random, &["Content-Type", "x-amz-target", "X-Amz-Acl", "ACCEPT", "x-a", "X-A-B"]);
        headers.push((name, text(random, "ab ,;=\t\"/", 12)));
    }
    let body = (0..random.below(200)).map(|_| random.below(256) as u8).collect();
    Request { method: pick(random, &["GET", "POST", "PUT", "DELETE", "HEAD"]), target, headers, body }
}

/// Signs a request with the public signer, and adds the headers of the signature.
fn sign(signer: &RequestSigner, at: i64, request: &mut Request) {
    let (path, query) = request.target.split_once('?').unwrap_or((&request.target, ""));
    let host = request.header("Host").expect("a host");
    let mut to_sign = RequestToSign::new(&request.method, host, path).query(query).body(&request.body);
    for (name, value) in &request.headers[1..] {
        to_sign = to_sign.header(name, value);
    }
    let at = SystemTime::UNIX_EPOCH + Duration::from_secs(at.unsigned_abs());
    let signature = signer.sign(at, &to_sign);
    let own: Vec<_> = signature.headers().map(|(name, value)| (name.to_owned(), value.to_owned())).collect();
    request.headers.extend(own);
}

/// Changes one thing that a signature covers.
fn tamper(random: &mut Random, request: &mut Request) {
    match random.below(5) {
        0 => request.method.push('X'),
        1 => request.target.insert(1, 'x'),
        2 => request.headers[0].1.push('0'),
        3 => request.target += if request.target.contains('?') { "&zz=1" } else { "?zz=1" },
        _ => request.body.push(0),
    }
}

#[test]
fn random_requests_that_the_public_signer_signs_are_accepted_and_changed_ones_refused() {
    let seed = cloud::now().unsigned_abs();
    println!("seed {seed}, {RANDOM_REQUESTS} requests");
    let mut random = Random::new(seed);
    for number in 0..RANDOM_REQUESTS {
        let region = ["eu-west-2", "us-east-2", "r"][random.below(3) as usize];
        let name = ["api", "s3", "fcu", "directlink", "x-1"][random.below(5) as usize];
        let (scheme, accepted) = match random.one_in(2) {
            true => (SignatureScheme::Osc4, Service::osc4(name)),
            false => (SignatureScheme::Aws4, Service::aws4(name)),
        };
        let (access_key, secret_key) =
            (text(&mut random, "ABC09", 20) + "A", text(&mut random, "abC/+=09", 40));
        let at = 1_000_000_000 + i64::try_from(random.below(3_000_000_000)).expect("a date");
        let mut request = random_request(&mut random);
        let signer = RequestSigner::new(scheme, &access_key, secret_key.clone(), region, name);
        sign(&signer, at, &mut request);
        let secret_key_of = |key: &str| (key == access_key).then(|| secret_key.clone());
        let verify = |request: &Request| osc4::verify_for(&accepted, request, region, secret_key_of, at);
        assert_eq!(verify(&request), Ok(access_key.clone()), "seed {seed}, number {number}: {request:?}");
        tamper(&mut random, &mut request);
        let refusal = verify(&request);
        assert_eq!(refusal, Err(Refusal::Signature), "seed {seed}, number {number}: {request:?}");
    }
}
