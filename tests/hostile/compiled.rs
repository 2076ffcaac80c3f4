//! Compiles the code generated from a sample of hostile descriptions and from all finds, as one crate with its
//! documentation examples.

use std::fmt::Write;
use std::fs;
use std::path::Path;

use osc_codegen::Files;
use osc_tests::artifacts;
use osc_tests::random::sample;

use super::expect_properties;
use super::random::random;
use crate::fuzz::seeds;
use crate::{doc_code, expected};

/// Number of random descriptions to compile, for [`sample`].
const COMPILED: u64 = 4;

/// Number of random bytes per description.
const BYTES: usize = 3000;

#[test]
fn a_sample_compiles_without_warnings() {
    let folder = artifacts::scratch("hostile");
    let random = (1_000_000..).map(|number| (format!("compiled-{number}"), random(number, BYTES)));
    let random =
        random.filter_map(|(name, parts)| expect_properties(&name, &parts)).take(sample(COMPILED) as usize);
    let finds = seeds::finds(&expected::workspace("")).unwrap().into_iter();
    let finds = finds.filter_map(|(name, parts)| expect_properties(&name, &parts));
    let stub = crate_stub();
    let mut root = String::new();
    for (number, files) in random.chain(finds).enumerate() {
        let name = format!("case{number}");
        let module = folder.join(&name);
        write(&module.join("inside"), &name, &files);
        fs::write(module.join("mod.rs"), &stub).unwrap();
        _ = writeln!(root, "pub mod {name};");
    }
    fs::write(folder.join("lib.rs"), root).unwrap();
    compile(&folder);
}

/// The stub of the crate around generated code: that of the golden cases, with one case. Each description has its own,
/// because a client has the methods of one description only.
fn crate_stub() -> String {
    let text = expected::read(&expected::tests("compiled.rs"));
    let is_specific = |line: &str| {
        ["case!(", "const _", "mod ", "pub mod second_api"].iter().any(|start| line.starts_with(start))
    };
    let lines = text.lines().filter(|line| !is_specific(line));
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

fn compile(folder: &Path) {
    let output = artifacts::output(&mut artifacts::check("hostile", &folder.join("lib.rs"), folder));
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} does not compile:\n{stderr}", folder.display());
    assert!(stderr.trim().is_empty(), "{} compiles with warnings:\n{stderr}", folder.display());
}
