//! `api_access_rules`.

use osc_api::codes;
use osc_api::serde_json::{Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::examples::{ProgramOutput, actions, bodies, run, start, temp_path};

const CA: &str = "ca-fedcba0987654321fedcba0987654321";

/// A fake API with one rule; created rules are added to it.
fn cloud() -> FakeApi {
    let fake = start();
    let first =
        json!({ "ApiAccessRuleId": "aar-1", "IpRanges": ["0.0.0.0/0"], "CaIds": [], "Description": "all" });
    let rules = std::sync::Arc::new(std::sync::Mutex::new(vec![first]));
    let known = std::sync::Arc::clone(&rules);
    fake.on_raw(
        "ReadApiAccessRules",
        move |_| json!({ "ApiAccessRules": *known.lock().expect("the rules") }),
    );
    fake.on_raw("CreateApiAccessRule", move |mut rule| {
        rule["ApiAccessRuleId"] = "aar-2".into();
        rules.lock().expect("the rules").push(rule.clone());
        json!({ "ApiAccessRule": rule })
    });
    fake.on_raw("CreateCa", |_| json!({ "Ca": { "CaId": CA } }));
    fake
}

fn program(fake: &FakeApi, arguments: &[&str]) -> ProgramOutput {
    run("api_access_rules", fake, arguments)
}

fn pem() -> String {
    let path = temp_path("ca.pem");
    std::fs::write(&path, "the text of a certificate").expect("a file");
    path.to_str().expect("text").to_owned()
}

#[test]
fn without_arguments_rules_are_only_listed() {
    let fake = cloud();
    assert_eq!(program(&fake, &[]).succeeded(), ["aar-1\t0.0.0.0/0\t\tall"]);
    assert_eq!(actions(&fake), ["ReadApiAccessRules"]);
}

#[test]
fn a_rule_is_added_with_its_authority() {
    let fake = cloud();
    let output = program(&fake, &[&pem(), "203.0.113.0/24", "192.0.2.7"]);
    let lines = output.succeeded();
    assert_eq!(lines[0], format!("{CA} is registered"));
    assert!(lines[2].starts_with(&format!("aar-2\t203.0.113.0/24,192.0.2.7\t{CA}\t")), "{lines:?}");
    assert_eq!(bodies(&fake, "CreateCa")[0]["CaPem"], "the text of a certificate");
}

#[test]
fn the_authority_is_deleted_if_the_rule_cannot_be_created() {
    let fake = cloud();
    fake.next_raw("CreateApiAccessRule", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    program(&fake, &[&pem(), "203.0.113.0/24"]).fails_with(1, &["CreateApiAccessRule failed", "was deleted"]);
    assert_eq!(bodies(&fake, "DeleteCa"), [json!({ "CaId": CA })]);
    assert_eq!(actions(&fake), ["CreateCa", "CreateApiAccessRule", "DeleteCa"]);
}

#[test]
fn an_authority_that_cannot_be_deleted_is_reported() {
    let fake = cloud();
    fake.next_raw("CreateApiAccessRule", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    fake.on_raw("DeleteCa", |_| Err::<Value, _>(Fault::code(codes::NOT_AUTHORIZED)));
    program(&fake, &[&pem(), "203.0.113.0/24"])
        .fails_with(1, &["CreateApiAccessRule failed", &format!("{CA} is still registered")]);
}

#[test]
fn a_missing_file_is_reported_by_name() {
    let fake = cloud();
    program(&fake, &["no-such.pem", "203.0.113.0/24"]).fails_with(1, &["no-such.pem"]);
    assert_eq!(actions(&fake), Vec::<String>::new());
}
