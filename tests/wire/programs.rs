//! Programs against the server: curl, which has its own implementation of the signature, and the crate's example.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use osc_tests::artifacts;
use osc_tests::cloud::{ACCESS_KEY, REGION, REQUEST_ID, SECRET_KEY};
use osc_tests::http::Response;
use osc_tests::server::Server;
use serde_json::json;

use crate::wire::{cloud, empty_cloud, only_request};

/// The first version of curl that supports the option `--aws-sigv4`.
const FIRST_CURL: [u32; 2] = [7, 75];

/// The oldest version of curl observed to sign the host with its port. Older ones omit the port.
const CURL_WITH_PORT: [u32; 2] = [7, 88];

/// A host on the default port, which curl is configured to connect to the local server.
const PORTLESS_HOST: &str = "api.eu-west-2.outscale.com";

/// The version of curl, which must be able to sign.
fn curl_that_signs() -> [u32; 2] {
    let output = Command::new("curl").arg("--version").output().expect("curl is installed");
    let mut numbers =
        text(&output.stdout).trim_start_matches("curl ").split(['.', ' ']).map_while(|n| n.parse().ok());
    let version = [numbers.next().expect("a version"), numbers.next().expect("a minor version")];
    assert!(version >= FIRST_CURL, "curl {version:?} cannot sign: {FIRST_CURL:?} or later is required");
    version
}

/// The request that curl signs and sends.
#[derive(Clone, Copy)]
struct CurlRequest<'a> {
    access_key: &'a str,
    secret_key: &'a str,
    region: &'a str,
    host: &'a str,
    body: &'a str,
}

const VALID: CurlRequest<'static> = CurlRequest {
    access_key: ACCESS_KEY,
    secret_key: SECRET_KEY,
    region: REGION,
    host: PORTLESS_HOST,
    body: "{}",
};

/// Signs and sends a request with curl; returns the status and the body of the response.
fn curl(server: &Server, call: CurlRequest<'_>) -> (u16, String) {
    let CurlRequest { access_key, secret_key, region, host, body } = call;
    let output = Command::new("curl")
        .args(["--disable", "--silent", "--show-error", "--noproxy", "*", "--write-out", "\n%{http_code}"])
        .args(["--connect-to", &format!("::{}", server.host())])
        .args([
            "--aws-sigv4",
            &format!("osc:osc:{region}:api"),
            "--user",
            &format!("{access_key}:{secret_key}"),
        ])
        .args(["--header", "Content-Type: application/json", "--data-binary", body])
        .arg(format!("http://{host}/api/v1/ReadVms"))
        .output()
        .expect("curl runs");
    let (response, status) = text(&output.stdout).rsplit_once('\n').expect("a status after the response");
    let status = status.parse().unwrap_or_else(|_| panic!("curl failed: {:?}", text(&output.stderr)));
    (status, response.to_owned())
}

#[test]
#[ignore = "runs curl 7.75 or later: `cargo xtask ci` includes it"]
fn requests_that_curl_signs_correctly_are_accepted() {
    let version = curl_that_signs();
    let server = empty_cloud();
    let address = server.host();
    let body = r#"{"Filters":{"TagValues":["château","東京","🦀"]}}"#;
    let mut calls = vec![VALID, CurlRequest { body, ..VALID }];
    if version >= CURL_WITH_PORT {
        calls
            .extend([CurlRequest { host: &address, ..VALID }, CurlRequest { host: &address, body, ..VALID }]);
    }
    for call in &calls {
        let (status, response) = curl(&server, *call);
        assert_eq!(status, 200, "{response}");
    }
    let requests = server.requests();
    assert_eq!(requests.len(), calls.len());
    for (request, call) in requests.iter().zip(&calls) {
        assert_eq!(
            (request.header("Host"), request.body.as_slice()),
            (Some(call.host), call.body.as_bytes())
        );
        assert!(request.header("Authorization").is_some_and(|value| value.starts_with("OSC4-HMAC-SHA256 ")));
    }
}

#[test]
#[ignore = "runs curl 7.75 or later: `cargo xtask ci` includes it"]
fn requests_that_curl_signs_incorrectly_are_refused() {
    curl_that_signs();
    let server = empty_cloud();
    let other_key = SECRET_KEY.replace('5', "6");
    for (call, expected, code) in [
        (CurlRequest { secret_key: &other_key, ..VALID }, 401, "\"1\""),
        (CurlRequest { region: "us-east-2", ..VALID }, 401, "\"1\""),
        (CurlRequest { access_key: "FAKEACCESSKEY0000009", ..VALID }, 400, "\"4120\""),
    ] {
        let (status, response) = curl(&server, call);
        assert!(status == expected && response.contains(code), "{status}: {response}");
    }
}

/// Runs the crate's example with only these settings and this home directory.
pub(crate) fn read_vms(home: &Path, settings: &[(&str, &str)]) -> Output {
    let mut program = Command::new(artifacts::program("read_vms"));
    for (name, _) in std::env::vars_os() {
        let is_setting =
            |name: &str| name.starts_with("OSC_") || name.to_ascii_uppercase().ends_with("_PROXY");
        if name.to_str().is_some_and(is_setting) {
            program.env_remove(name);
        }
    }
    program.env("HOME", home).env("USERPROFILE", home).envs(settings.iter().copied());
    program.output().expect("the example runs")
}

/// Runs the example with these settings and the account's credentials, without verifying the server's certificate.
/// Returns whether it succeeded, and its output.
pub(crate) fn read_vms_with_account(
    home_name: &str,
    endpoint: &str,
    settings: &[(&str, &str)],
) -> (bool, String) {
    let all = [
        &[("OSC_ACCESS_KEY", ACCESS_KEY), ("OSC_SECRET_KEY", SECRET_KEY), ("OSC_REGION", REGION)],
        &[("OSC_ENDPOINT_API", endpoint), ("OSC_TLS_SKIP_VERIFY", "Yes")] as &[_],
        settings,
    ];
    let output = read_vms(&home(home_name), &all.concat());
    (output.status.success(), String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned())
}

/// An empty home directory.
pub(crate) fn home(name: &str) -> PathBuf {
    let home = Path::new(env!("CARGO_TARGET_TMPDIR")).join("wire").join(name);
    if home.exists() {
        std::fs::remove_dir_all(&home).expect("the old directory is removed");
    }
    std::fs::create_dir_all(&home).expect("a directory");
    home
}

fn vm_cloud() -> Server {
    cloud(|_| {
        let vm = json!({ "VmId": "i-00000001", "State": "running", "VmType": "tinav6.c2r4p1" });
        Response::json(200, &json!({ "Vms": [vm, { "VmId": "i-00000002", "State": "zz-new" }] }))
    })
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).expect("text")
}

#[test]
fn the_example_accepts_all_spellings_of_the_endpoint() {
    let home = home("spellings");
    let server = vm_cloud();
    let host = server.host();
    for endpoint in
        [host.clone(), format!("{host}/api/v1"), format!("http://{host}"), format!("http://{host}/api/v1")]
    {
        let output = read_vms(
            &home,
            &[
                ("OSC_ACCESS_KEY", ACCESS_KEY),
                ("OSC_SECRET_KEY", SECRET_KEY),
                ("OSC_REGION", REGION),
                ("OSC_PROTOCOL", "http"),
                ("OSC_ENDPOINT_API", &endpoint),
            ],
        );
        assert!(output.status.success(), "{endpoint}: {}", text(&output.stderr));
        let lines: Vec<&str> = text(&output.stdout).lines().collect();
        assert_eq!(lines.len(), 2, "{lines:?}");
        for word in ["i-00000001", "running"] {
            assert!(lines[0].contains(word), "{word} is not in {:?}", lines[0]);
        }
        assert!(lines[1].contains("i-00000002") && lines[1].contains("zz-new"), "{:?}", lines[1]);
    }
    assert_eq!(server.requests().len(), 4);
}

#[test]
fn the_example_reads_the_profile_of_the_home_directory() {
    let home = home("profile");
    let server = vm_cloud();
    let mine = json!({
        "access_key": ACCESS_KEY, "secret_key": SECRET_KEY, "region": REGION,
        "endpoints": { "api": server.endpoint() }, "some_tool": { "limiter": [1] }
    });
    let other = json!({ "access_key": "FAKEACCESSKEY0000009", "secret_key": SECRET_KEY });
    std::fs::create_dir_all(home.join(".osc")).expect("a directory");
    let file = json!({ "default": other, "mine": mine }).to_string();
    std::fs::write(home.join(".osc").join("config.json"), file).expect("a profile file");
    let output = read_vms(&home, &[("OSC_PROFILE", "mine")]);
    assert!(output.status.success(), "{}", text(&output.stderr));
    assert!(text(&output.stdout).contains("i-00000001"), "{}", text(&output.stdout));
    only_request(&server);
}

#[test]
fn requests_to_the_loopback_interface_bypass_every_proxy() {
    let server = vm_cloud();
    let proxy = vm_cloud();
    let (endpoint, address) = (server.endpoint(), format!("http://{}", proxy.host()));
    let mut settings = vec![
        ("OSC_ACCESS_KEY", ACCESS_KEY),
        ("OSC_SECRET_KEY", SECRET_KEY),
        ("OSC_ENDPOINT_API", endpoint.as_str()),
    ];
    settings
        .extend(["HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"].map(|name| (name, address.as_str())));
    settings.extend(["NO_PROXY", "no_proxy"].map(|name| (name, "")));
    let output = read_vms(&home("proxy"), &settings);
    assert!(output.status.success(), "{}", text(&output.stderr));
    only_request(&server);
    assert_eq!(proxy.requests(), []);
}

#[test]
fn the_example_reports_missing_credentials() {
    let server = vm_cloud();
    let output = read_vms(&home("nothing"), &[("OSC_ENDPOINT_API", &server.endpoint())]);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(text(&output.stdout), "");
    let message = text(&output.stderr);
    for word in ["ReadVms", "OSC_ACCESS_KEY", "OSC_SECRET_KEY", "config.json"] {
        assert!(message.contains(word), "{word} is not in {message:?}");
    }
    assert_eq!(message.lines().count(), 1, "{message}");
    assert_eq!(server.requests(), []);
}

#[test]
fn the_example_reports_wrong_credentials() {
    let home = home("wrong");
    let server = vm_cloud();
    let endpoint = server.endpoint();
    let common = [("OSC_ENDPOINT_API", endpoint.as_str()), ("OSC_ACCESS_KEY", ACCESS_KEY)];
    let incomplete = read_vms(&home, &common);
    assert_eq!(incomplete.status.code(), Some(1));
    for name in ["OSC_ACCESS_KEY", "OSC_SECRET_KEY"] {
        assert!(text(&incomplete.stderr).contains(name), "{}", text(&incomplete.stderr));
    }
    assert_eq!(server.requests(), []);

    let wrong = SECRET_KEY.replace('5', "6");
    let refused = read_vms(&home, &[&common[..], &[("OSC_SECRET_KEY", &wrong)]].concat());
    assert_eq!(refused.status.code(), Some(1));
    let message = text(&refused.stderr);
    assert!(
        message.contains("401") && message.contains(REQUEST_ID) && !message.contains(&wrong),
        "{message}"
    );
    only_request(&server);
}
