//! Every published version generates code that compiles without warnings, with and without the overlay.
//!
//! The published descriptions are in a folder outside the repository. Without it, only the committed contract is
//! compiled, without its overlay.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a failed expectation fails the test")]

mod expected;

use std::fs;
use std::path::Path;
use std::process::Command;

use osc_codegen::Input;

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
            let features = if version == CONTRACT { "serde-all" } else { "" };
            compile(&folder, features, &format!("{version}, overlay: {with_overlay}"));
        }
    }
}

/// Creates a workspace with a copy of the crate, in which the generated files can be replaced.
fn copy_crate(folder: &Path) {
    fs::create_dir_all(folder).unwrap();
    let manifest = read(&workspace("Cargo.toml"));
    let members = r#"members = ["codegen", "osc-api", "tests", "xtask"]"#;
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
    let output = Command::new(env!("CARGO"))
        .args(["check", "--quiet", "--offline", "--package", "osc-api", "--features", features])
        .arg("--target-dir")
        .arg(target_directory())
        .current_dir(folder)
        .env("CARGO_INCREMENTAL", "0")
        .output()
        .unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{what} does not compile:\n{stderr}");
    assert!(stderr.trim().is_empty(), "{what} compiles with warnings:\n{stderr}");
}
