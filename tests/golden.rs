//! Golden files: the code generated from small descriptions.
//!
//! A case is a folder `golden/<case>/` with `spec.yaml` and optionally `overlay.yaml`, `docs.yaml`, `errors.yaml` and
//! `waiters.yaml`. It has the expected files in `out/` and the documentation's examples in `examples.rs`; the target
//! `compiled` compiles both. `BLESS=1 cargo test -p osc-tests --test generator golden` regenerates them; review the difference.
use std::collections::BTreeSet;
use std::fs;

use osc_codegen::{Diagnostic, Files, Input};

use crate::{doc_code, expected};

/// Generates the files twice and checks that they are identical.
#[track_caller]
fn generate(name: &str, input: &Input<'_>) -> Files {
    let run = || {
        let (api, warnings) = osc_codegen::model(input, &mut |_| {})
            .unwrap_or_else(|problems| panic!("{name} has errors:\n{}", list(&problems)));
        (osc_codegen::files(&api).unwrap_or_else(|error| panic!("{name}: {error}")), warnings)
    };
    let (first, warnings) = run();
    assert!(first == run().0, "{name}: a second run generated other files");
    // The generator's own tables apply to the real description only.
    let ours = warnings.iter().filter(|warning| warning.source != osc_codegen::Source::Generator);
    let ours: Vec<Diagnostic> = ours.cloned().collect();
    assert!(ours.is_empty() || name.starts_with("published"), "{name} has warnings:\n{}", list(&ours));
    first
}

fn list(problems: &[Diagnostic]) -> String {
    problems.iter().map(|problem| format!("  {problem}\n")).collect()
}

/// Checks one case: its files are exactly the expected ones.
#[track_caller]
fn check(case: &str) {
    let folder = expected::tests("golden").join(case);
    let description = expected::read(&folder.join("spec.yaml"));
    let overlay = expected::read_if_exists(&folder.join("overlay.yaml"));
    let docs = expected::read_if_exists(&folder.join("docs.yaml"));
    let errors = expected::read_if_exists(&folder.join("errors.yaml"));
    let waiters = expected::read_if_exists(&folder.join("waiters.yaml"));
    let input = Input {
        description: &description,
        overlay: overlay.as_deref(),
        docs: docs.as_deref(),
        errors: errors.as_deref(),
        waiters: waiters.as_deref(),
        strict: false,
    };
    let mut files = generate(case, &input);
    // The same in every case; the second API covers another one.
    files.remove("service.rs").unwrap();
    let out = folder.join("out");
    let mut wrong: Vec<String> =
        files.iter().filter_map(|(name, text)| expected::compare(&out.join(name), text).err()).collect();
    wrong.extend(expected::compare(&folder.join("examples.rs"), &doc_code::examples(&files)).err());
    for entry in fs::read_dir(&out).unwrap() {
        let path = entry.unwrap().path();
        if files.contains_key(&*path.file_name().unwrap().to_string_lossy()) {
            continue;
        }
        if expected::blessing() {
            fs::remove_file(&path).unwrap();
        } else {
            wrong.push(format!("{} is no longer generated", path.display()));
        }
    }
    assert!(
        wrong.is_empty(),
        "{}\n\nIf this is intended: BLESS=1 cargo test -p osc-tests --test generator golden",
        wrong.join("\n")
    );
}

#[test]
fn every_case_is_generated_and_compiled() {
    let (golden, compiled) = (expected::tests("golden.rs"), expected::tests("compiled.rs"));
    let (golden, compiled) = (expected::read(&golden), expected::read(&compiled));
    let entries = fs::read_dir(expected::tests("golden")).unwrap();
    let folders: BTreeSet<_> =
        entries.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!folders.is_empty());
    for folder in folders {
        assert!(golden.contains(&format!("check(\"{folder}\")")), "golden.rs has no test of {folder}");
        assert!(compiled.contains(&format!("\"golden/{folder}\"")), "compiled.rs does not compile {folder}");
    }
}

#[test]
#[ignore = "reads published descriptions from the folder OSC_TEST_SPECS"]
fn every_published_description_is_generated_with_and_without_the_overlay() {
    let overlay = expected::read(&expected::workspace("spec/overlay.yaml"));
    let waiters = expected::read(&expected::workspace("spec/waiters.yaml"));
    for (version, description) in expected::published() {
        for (overlay, waiters) in [(Some(overlay.as_str()), Some(waiters.as_str())), (None, None)] {
            let input = Input {
                description: &description,
                overlay,
                docs: None,
                errors: None,
                waiters,
                strict: false,
            };
            let files = generate(&format!("published {version}"), &input);
            assert!(files.len() > 40, "{version} has {} files", files.len());
        }
    }
}

#[test]
fn action_and_type_with_the_same_name() {
    check("action_and_type_with_the_same_name");
}

#[test]
fn identifiers() {
    check("identifiers");
}

#[test]
fn aliases() {
    check("aliases");
}

#[test]
fn authentication() {
    check("authentication");
}

#[test]
fn both_directions() {
    check("both_directions");
}

#[test]
fn dates() {
    check("dates");
}

#[test]
fn description_texts() {
    check("description_texts");
}

#[test]
fn equal_inline_enums() {
    check("equal_inline_enums");
}

#[test]
fn several_examples() {
    check("several_examples");
}

#[test]
fn doc_examples() {
    check("doc_examples");
}

#[test]
fn error_codes() {
    check("error_codes");
}

#[test]
fn constraints() {
    check("constraints");
}

#[test]
fn error_responses() {
    check("error_responses");
}

#[test]
fn inline_bodies() {
    check("inline_bodies");
}

#[test]
fn inline_objects() {
    check("inline_objects");
}

#[test]
fn integer_enum() {
    check("integer_enum");
}

#[test]
fn keyword_fields() {
    check("keyword_fields");
}

#[test]
fn maps() {
    check("maps");
}

#[test]
fn no_content() {
    check("no_content");
}

#[test]
fn nullable_fields() {
    check("nullable_fields");
}

#[test]
fn numbers() {
    check("numbers");
}

#[test]
fn object_without_properties() {
    check("object_without_properties");
}

#[test]
fn unusual_names() {
    check("unusual_names");
}

#[test]
fn optional_list() {
    check("optional_list");
}

#[test]
fn overlay() {
    check("overlay");
}

#[test]
fn pagination() {
    check("pagination");
}

#[test]
fn published_responses() {
    check("published_responses");
}

#[test]
fn recursion() {
    check("recursion");
}

#[test]
fn request_shared_by_two_actions() {
    check("request_shared_by_two_actions");
}

#[test]
fn required_fields() {
    check("required_fields");
}

#[test]
fn retry_safety() {
    check("retry_safety");
}

#[test]
fn schema_without_type() {
    check("schema_without_type");
}

#[test]
fn secrets() {
    check("secrets");
}

#[test]
fn shared_bodies() {
    check("shared_bodies");
}

#[test]
fn setter_name_clashes() {
    check("setter_name_clashes");
}

#[test]
fn ref_with_description() {
    check("ref_with_description");
}

#[test]
fn string_enum() {
    check("string_enum");
}

#[test]
fn documentation() {
    check("documentation");
}

#[test]
fn tags() {
    check("tags");
}

#[test]
fn types_shared_by_two_tags() {
    check("types_shared_by_two_tags");
}

#[test]
fn unused_schema() {
    check("unused_schema");
}

#[test]
fn value_sets() {
    check("value_sets");
}

#[test]
fn enums_without_variants() {
    check("enums_without_variants");
}

#[test]
fn names_of_the_rust_prelude() {
    check("names_of_the_rust_prelude");
}

#[test]
fn waiters() {
    check("waiters");
}
