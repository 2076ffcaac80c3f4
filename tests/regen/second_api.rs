//! The generated files of the second API.

use std::ffi::OsStr;

use crate::expected;
use crate::xtask;

/// The files that are applied to the description, by the name of their option.
const FILES: [&str; 4] = ["overlay", "docs", "errors", "waiters"];

#[test]
fn the_committed_files_are_what_regen_writes() {
    let path = |name: &str| expected::tests("second_api").join(name).into_os_string();
    let mut arguments = vec!["regen".into(), "--spec".into(), path("description.yaml")];
    for name in FILES {
        arguments.extend([format!("--{name}").into(), path(&format!("{name}.yaml"))]);
    }
    arguments.extend(["--out".into(), path("generated")]);
    if !expected::blessing() {
        arguments.push("--check".into());
    }
    let run = xtask::run(arguments.iter().map(|argument| -> &OsStr { argument }));
    assert_eq!(run.code, Some(0), "{}", run.output);
    assert!(run.output.contains("API 2.3: 5 actions"), "{}", run.output);
    let has_problems = ["warning: ", "note: ", "error: "].iter().any(|word| run.output.contains(word));
    assert!(!has_problems, "{}", run.output);
}
