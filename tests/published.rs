//! Every published version generates code that compiles without warnings, with and without the overlay.
//!
//! The published descriptions are in a folder outside the repository. Without it, only the committed contract is
//! compiled, without its overlay.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation fails the test")]

mod expected;

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use hmac::{Hmac, KeyInit, Mac};
use osc_codegen::Input;
use sha2::{Digest, Sha256};

use expected::{published, read, target_directory, workspace};

const CONTRACT: &str = "the contract";

/// An overlay is optional: each version must also compile without it.
const OVERLAYS: [bool; 2] = [true, false];

#[test]
fn every_published_version_compiles_without_warnings() {
    // One folder for all runs: Cargo identifies crates by their path and keeps the artifacts of each.
    let folder = workspace("target/published");
    _ = fs::remove_dir_all(&folder);
    copy_crate(&folder);
    let mut descriptions = published();
    if descriptions.is_empty() {
        println!("no published descriptions found: only the committed contract is compiled");
    }
    descriptions.push((CONTRACT.to_owned(), read(&workspace("spec/outscale.yaml"))));
    for (version, description) in &descriptions {
        for with_overlay in OVERLAYS {
            // This is the committed crate, which the workspace compiles.
            if with_overlay && version == CONTRACT {
                continue;
            }
            generate(description, with_overlay, &folder.join("osc-api/src/generated"));
            // Both directions of every type take twice the time; once is enough, since the macros are the same.
            let features = if version == CONTRACT { "serde" } else { "" };
            compile(&folder, features, &format!("{version}, overlay: {with_overlay}"));
        }
    }
}

/// A program that calls the second API: it prints its client, and the request that a server receives.
const CALLER: &str = r#"
use std::io::{Read, Write};
use std::net::TcpListener;

fn main() {
    let builder = || osc_api::blocking::Client::builder().ignore_environment().access_key("KEY", "SECRET");
    println!("{:?}\n", builder().build().unwrap());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let endpoint = format!("http://{}/v2", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let (mut stream, _) = listener.accept().unwrap();
        let mut received = vec![0; 1 << 16];
        let mut length = 0;
        while !received[..length].ends_with(b"}") {
            length += stream.read(&mut received[length..]).unwrap();
        }
        stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}").unwrap();
        print!("{}", String::from_utf8_lossy(&received[..length]));
    });
    let request = osc_api::types::AddBerthRequest::new(80.5).once_token("once");
    builder().endpoint(endpoint).region("south-1").build().unwrap().add_berth(&request).unwrap();
    server.join().unwrap();
}
"#;

#[test]
fn a_second_api_works_with_the_runtime_and_signs_by_its_own_scheme() {
    let folder = workspace("target/second_api");
    _ = fs::remove_dir_all(&folder);
    copy_crate(&folder);
    let generated = folder.join("osc-api/src/generated");
    fs::remove_dir_all(&generated).unwrap();
    copy_folder(&expected::tests("second_api/generated"), &generated);
    let manifest = read(&folder.join("Cargo.toml"));
    fs::write(folder.join("Cargo.toml"), manifest.replace(r#"["osc-api"]"#, r#"["osc-api", "caller"]"#))
        .unwrap();
    fs::create_dir_all(folder.join("caller/src")).unwrap();
    let manifest = "[package]\nname = \"caller\"\nversion = \"0.0.0\"\nedition = \"2024\"\n\n[dependencies]\n\
                    osc-api = { path = \"../osc-api\", features = [\"blocking\"] }\n";
    fs::write(folder.join("caller/Cargo.toml"), manifest).unwrap();
    fs::write(folder.join("caller/src/main.rs"), CALLER).unwrap();
    let output = cargo(&folder, &["run", "--quiet", "--offline", "--package", "caller"]);
    let (client, request) = output.split_once("\n\n").unwrap();
    assert!(client.contains("https://port.north-1.harbour.example/v2"), "{client}");
    let (head, body) = request.split_once("\r\n\r\n").unwrap();
    assert_eq!(body, r#"{"Length":80.5,"OnceToken":"once"}"#);
    assert!(head.starts_with("POST /v2/AddBerth HTTP/1.1\r\n"), "{head}");
    let header = |name: &str| {
        let lines = head.lines().filter_map(|line| line.split_once(": "));
        lines
            .filter(|(other, _)| other.eq_ignore_ascii_case(name))
            .map(|(_, value)| value)
            .next_back()
            .unwrap()
    };
    let (date, host) = (header("X-Harbour-Date"), header("Host"));
    let signature = harbour_signature(date, host, body);
    let day = date.split('T').next().unwrap();
    let expected = format!(
        "HBR1-HMAC-SHA256 Credential=KEY/{day}/south-1/port/hbr1_request, \
         SignedHeaders=content-type;host;x-harbour-date, Signature={signature}"
    );
    assert_eq!(header("Authorization"), expected);
}

/// The signature of the call, by the scheme of the second API.
fn harbour_signature(date: &str, host: &str, body: &str) -> String {
    let canonical = format!(
        "POST\n/v2/AddBerth\n\ncontent-type:application/json\nhost:{host}\nx-harbour-date:{date}\n\n\
         content-type;host;x-harbour-date\n{}",
        hex(&Sha256::digest(body))
    );
    let day = date.split('T').next().unwrap();
    let scope = format!("{day}/south-1/port/hbr1_request");
    let to_sign = format!("HBR1-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Sha256::digest(canonical)));
    let key = scope.split('/').fold(b"HBR1SECRET".to_vec(), |key, part| hmac(&key, part));
    hex(&hmac(&key, &to_sign))
}

fn hmac(key: &[u8], text: &str) -> Vec<u8> {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).unwrap();
    mac.update(text.as_bytes());
    mac.finalize().into_bytes().to_vec()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Creates a workspace with a copy of the crate, in which the generated files can be replaced.
fn copy_crate(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let manifest = read(&workspace("Cargo.toml"));
    let members = r#"members = ["codegen", "osc-api", "tests", "tests/benches", "xtask"]"#;
    assert!(manifest.contains(members), "the list of members has changed: change it here too");
    fs::write(folder.join("Cargo.toml"), manifest.replace(members, r#"members = ["osc-api"]"#)).unwrap();
    fs::copy(workspace("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    fs::copy(workspace("README.md"), folder.join("README.md")).unwrap();
    copy_folder(&workspace("osc-api"), &folder.join("osc-api"));
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let to = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_folder(&path, &to);
        } else {
            fs::copy(&path, &to).unwrap();
        }
    }
}

fn generate(description: &str, with_overlay: bool, folder: &Path) {
    let overlay = with_overlay.then(|| read(&workspace("spec/overlay.yaml")));
    let waiters = with_overlay.then(|| read(&workspace("spec/waiters.yaml")));
    let codes = read(&workspace("spec/errors.yaml"));
    let errors = Some(codes.as_str());
    let input = Input {
        description,
        overlay: overlay.as_deref(),
        docs: None,
        errors,
        waiters: waiters.as_deref(),
        strict: false,
    };
    let (api, _) = osc_codegen::model(&input, &mut |_| {}).unwrap();
    fs::remove_dir_all(folder).unwrap();
    fs::create_dir(folder).unwrap();
    for (name, text) in osc_codegen::files(&api).unwrap() {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// Checks the crate with the target folder of the workspace, which has its dependencies built.
fn compile(folder: &Path, features: &str, what: &str) {
    let arguments = ["check", "--quiet", "--offline", "--package", "osc-api", "--features", features];
    let output = run_cargo(folder, &arguments);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} does not compile:\n{messages}");
    assert!(messages.trim().is_empty(), "{what} compiles with warnings:\n{messages}");
}

/// The standard output of a successful run of cargo without warnings.
fn cargo(folder: &Path, arguments: &[&str]) -> String {
    let output = run_cargo(folder, arguments);
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && messages.trim().is_empty(), "{arguments:?}:\n{messages}");
    String::from_utf8(output.stdout).unwrap()
}

fn run_cargo(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO"))
        .args(arguments)
        .env("CARGO_TARGET_DIR", target_directory())
        .env("CARGO_INCREMENTAL", "0")
        .current_dir(folder)
        .output()
        .unwrap()
}
