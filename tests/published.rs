//! Generated code compiles with the runtime, without warnings: published versions with and without the overlay, and a
//! second API.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use hmac_sha256::{HMAC, Hash};
use osc_codegen::Input;
use osc_tests::artifacts;

use crate::expected::{self, published, read, workspace};

#[test]
fn the_contract_compiles_without_its_overlay() {
    let folder = crate_with("contract", |generated| {
        generate(&read(&workspace("spec/outscale.yaml")), false, generated)
    });
    compile(&folder, &["serde"], "the contract without its overlay");
}

#[test]
#[ignore = "reads published descriptions from the folder OSC_TEST_SPECS"]
fn every_published_version_compiles_with_and_without_the_overlay() {
    for (version, description) in published() {
        for with_overlay in [true, false] {
            let folder = crate_with("published", |generated| generate(&description, with_overlay, generated));
            compile(&folder, &[], &format!("{version}, overlay: {with_overlay}"));
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
    let folder = second_api("second_api");
    let mut library = the_crate(&folder, &["blocking"]);
    succeed(library.args(["--emit", "metadata,link"]));
    fs::write(folder.join("caller.rs"), CALLER).unwrap();
    let mut caller = artifacts::rustc("caller", &folder.join("caller.rs"));
    let library = format!("osc_api={}", folder.join("libosc_api.rlib").display());
    succeed(caller.args(["-Dwarnings", "--extern", &library, "--out-dir"]).arg(&folder));
    let caller = folder.join(format!("caller{}", std::env::consts::EXE_SUFFIX));
    let output = succeed(&mut Command::new(caller));
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
        hex(&Hash::hash(body.as_bytes()))
    );
    let day = date.split('T').next().unwrap();
    let scope = format!("{day}/south-1/port/hbr1_request");
    let to_sign = format!("HBR1-HMAC-SHA256\n{date}\n{scope}\n{}", hex(&Hash::hash(canonical.as_bytes())));
    let key = scope.split('/').fold(b"HBR1SECRET".to_vec(), |key, part| HMAC::mac(part, &key).to_vec());
    hex(&HMAC::mac(&to_sign, &key))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        write!(text, "{byte:02x}").unwrap();
        text
    })
}

/// Creates a copy of the crate with other generated files.
fn crate_with(name: &str, generate: impl FnOnce(&Path)) -> PathBuf {
    let folder = artifacts::scratch(name);
    // The guides include examples.
    for name in ["src", "examples"] {
        copy_folder(&workspace("osc-api").join(name), &folder.join(name));
    }
    let generated = folder.join("src/generated");
    fs::remove_dir_all(&generated).unwrap();
    fs::create_dir(&generated).unwrap();
    generate(&generated);
    folder
}

/// Creates a copy of the crate with the second API.
pub fn second_api(name: &str) -> PathBuf {
    let folder =
        crate_with(name, |generated| copy_folder(&expected::tests("second_api/generated"), generated));
    leave_out(&folder, OUTSCALE_MODULE);
    folder
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
    for (name, text) in osc_codegen::files(&api).unwrap() {
        fs::write(folder.join(name), text).unwrap();
    }
}

/// The only module of the runtime that uses types of OUTSCALE: it evaluates the rules that restrict its API.
const OUTSCALE_MODULE: &str = "pub mod api_access;\n";

/// Removes a module from a copy of the crate.
fn leave_out(folder: &Path, declaration: &str) {
    let library = folder.join("src/lib.rs");
    let text = read(&library);
    assert_eq!(text.matches(declaration).count(), 1, "{declaration}");
    fs::write(library, text.replace(declaration, "")).unwrap();
}

/// The compiler for a copy of the crate, as cargo would start it.
pub fn the_crate(folder: &Path, features: &[&str]) -> Command {
    let mut command = artifacts::rustc("osc_api", &folder.join("src/lib.rs"));
    command
        .args(["--crate-type", "lib", "--check-cfg", "cfg(docsrs, test)"])
        .args(["--check-cfg", "cfg(feature, values(any()))", "--out-dir"])
        .arg(folder);
    command.args(["-Dwarnings", "-Wmissing_docs", "-Wunused_qualifications", "-Wrust_2018_idioms"]);
    for feature in features {
        command.args(["--cfg", &format!("feature=\"{feature}\"")]);
    }
    command.args(artifacts::dependencies_of_the_crate()).env("CARGO_PKG_VERSION", env!("CARGO_PKG_VERSION"));
    command
}

fn compile(folder: &Path, features: &[&str], what: &str) {
    let output = artifacts::output(the_crate(folder, features).args(["--emit", "metadata"]));
    let messages = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} does not compile:\n{messages}");
}

/// The standard output of a successful run.
fn succeed(command: &mut Command) -> String {
    let output = artifacts::output(command);
    assert!(output.status.success(), "{command:?}:\n{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}
