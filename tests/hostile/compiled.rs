//! Compiles the code generated from a sample of hostile descriptions and from all finds, as one crate with its
//! documentation examples.

use std::fmt::Write;
use std::fs;
use std::path::Path;
use std::process::Command;

use osc_codegen::Files;

use super::fuzz::seeds;
use super::random::random;
use super::{doc_code, expect_properties, expected};

/// Number of random descriptions to compile.
const COMPILED: usize = 12;

/// Number of random bytes per description.
const BYTES: usize = 3000;

#[test]
fn a_sample_compiles_without_warnings() {
    let folder = expected::workspace("target/hostile");
    _ = fs::remove_dir_all(&folder);
    let random = (1_000_000..).map(|number| (format!("compiled-{number}"), random(number, BYTES)));
    let random = random.filter_map(|(name, parts)| expect_properties(&name, &parts)).take(COMPILED);
    let finds = seeds::finds(&expected::workspace("")).unwrap().into_iter();
    let finds = finds.filter_map(|(name, parts)| expect_properties(&name, &parts));
    let stub = crate_stub();
    let mut root = String::new();
    for (number, files) in random.chain(finds).enumerate() {
        let name = format!("case{number}");
        let module = folder.join("src").join(&name);
        write(&module.join("inside"), &name, &files);
        fs::write(module.join("mod.rs"), &stub).unwrap();
        _ = writeln!(root, "pub mod {name};");
    }
    fs::write(folder.join("src/lib.rs"), root).unwrap();
    fs::write(folder.join("Cargo.toml"), manifest()).unwrap();
    fs::copy(expected::workspace("Cargo.lock"), folder.join("Cargo.lock")).unwrap();
    compile(&folder);
}

/// The stub of the crate around generated code: that of the golden cases, with one case. Each description has its own,
/// because a client has the methods of one description only.
fn crate_stub() -> String {
    let text = expected::read(&expected::tests("compiled.rs"));
    let lines = text.lines().filter(|line| !line.starts_with("case!(") && !line.starts_with("const _"));
    lines.chain(["case!(inside, \"inside\");"]).map(|line| line.to_owned() + "\n").collect()
}

/// Writes the files of a case, with the crate's paths inside its module.
fn write(folder: &Path, case: &str, files: &Files) {
    fs::create_dir_all(folder.join("out")).unwrap();
    let moved = |text: &str| text.replace("crate::", &format!("crate::{case}::"));
    for (name, text) in files {
        fs::write(folder.join("out").join(name), moved(text)).unwrap();
    }
    fs::write(folder.join("examples.rs"), moved(&doc_code::examples(files))).unwrap();
}

fn manifest() -> String {
    let path = expected::workspace("osc-api").canonicalize().unwrap();
    format!(
        "[package]\nname = \"hostile\"\nversion = \"0.1.0\"\nedition = \"2024\"\n\n[workspace]\n\n[dependencies]\n\
         osc-api = {{ path = {path:?}, features = [\"testing\"] }}\nserde_json = \"1\"\n"
    )
}

/// Checks the crate in the workspace's target directory, which has its dependencies already.
fn compile(folder: &Path) {
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--target-dir"])
        .arg(expected::target_directory())
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} does not compile:\n{stderr}", folder.display());
    assert!(stderr.trim().is_empty(), "{} compiles with warnings:\n{stderr}", folder.display());
}
