//! `rotate_access_key`.

use std::fs;
use std::path::Path;

use osc_api::codes;
use osc_api::serde_json::{self, Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::examples::{ProgramOutput, actions, bodies, run, start, temp_path};

const OLD: &str = "OLDACCESSKEY00000001";

/// A fake API with the old key. The new key is the one that the fake accepts; the program starts with it too, since
/// a fake without state accepts no other.
fn cloud() -> FakeApi {
    let fake = start();
    let old = json!({ "AccessKeyId": OLD, "State": "ACTIVE", "ExpirationDate": "2029-12-31T00:00:00.000Z" });
    fake.on_raw("ReadAccessKeys", move |request| {
        let is_wanted = request["Filters"]["AccessKeyIds"] == json!([OLD]);
        json!({ "AccessKeys": if is_wanted { vec![old.clone()] } else { vec![] } })
    });
    fake.on_raw("CreateAccessKey", |request| {
        json!({ "AccessKey": {
            "AccessKeyId": FakeApi::ACCESS_KEY, "SecretKey": FakeApi::SECRET_KEY, "State": "ACTIVE",
            "ExpirationDate": request["ExpirationDate"],
        } })
    });
    fake
}

/// A path for the new key, without a file.
fn file(name: &str) -> String {
    let path = temp_path(name);
    if path.exists() {
        fs::remove_file(&path).expect("the old file is removed");
    }
    path.to_str().expect("text").to_owned()
}

fn rotate(fake: &FakeApi, arguments: &[&str]) -> ProgramOutput {
    let output = run("rotate_access_key", fake, arguments);
    assert!(!output.output.contains(FakeApi::SECRET_KEY) && !output.errors.contains(FakeApi::SECRET_KEY));
    output
}

#[test]
fn the_new_key_is_stored_and_the_old_one_is_deactivated() {
    let (fake, path) = (cloud(), file("kept.json"));
    let output = rotate(&fake, &[OLD, "2030-01-31", &path]);
    let lines = output.succeeded();
    assert!(lines[0].contains(FakeApi::ACCESS_KEY) && lines[0].contains(&path), "{lines:?}");
    assert_eq!(lines[1..], [format!("{OLD} is inactive")]);
    assert_eq!(actions(&fake), ["ReadAccessKeys", "CreateAccessKey", "ReadAccessKeys", "UpdateAccessKey"]);
    assert_eq!(bodies(&fake, "CreateAccessKey"), [json!({ "ExpirationDate": "2030-01-31" })]);
    let kept =
        json!({ "AccessKeyId": OLD, "State": "INACTIVE", "ExpirationDate": "2029-12-31T00:00:00.000Z" });
    assert_eq!(bodies(&fake, "UpdateAccessKey"), [kept]);
    // The file is a profile file.
    let profile: Value = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    let keys = json!({ "access_key": FakeApi::ACCESS_KEY, "secret_key": FakeApi::SECRET_KEY });
    assert!(profile == json!({ "default": keys }));
    assert_private(Path::new(&path));
}

#[cfg(unix)]
fn assert_private(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(unix))]
fn assert_private(_: &Path) {}

#[test]
fn a_key_is_rotated_on_a_stateful_fake() {
    let (fake, path) = (FakeApi::builder().stateful(true).start().expect("a fake"), file("rotated.json"));
    let old = FakeApi::ACCESS_KEY;
    let output = rotate(&fake, &[old, "2999-12-31", &path, "--delete"]);
    assert_eq!(output.succeeded()[1..], [format!("{old} is inactive"), format!("{old} was deleted")]);
    // The old key is refused from now on.
    run("rotate_access_key", &fake, &[old, "2999-12-31", "never-written"]).fails_with(1, &["4120"]);
    assert!(!temp_path("never-written").exists());
}

#[test]
fn the_old_key_is_deleted_on_request() {
    let (fake, path) = (cloud(), file("deleted.json"));
    let output = rotate(&fake, &[OLD, "2030-01-31T12:00:00Z", &path, "--delete"]);
    assert_eq!(output.succeeded()[1..], [format!("{OLD} is inactive"), format!("{OLD} was deleted")]);
    assert_eq!(bodies(&fake, "DeleteAccessKey"), [json!({ "AccessKeyId": OLD })]);
}

#[test]
fn the_old_key_is_unchanged_if_the_new_one_is_refused() {
    let (fake, path) = (cloud(), file("refused.json"));
    fake.on_raw("CreateAccessKey", |_| {
        json!({ "AccessKey": { "AccessKeyId": "NEWACCESSKEY00000001", "SecretKey": FakeApi::SECRET_KEY } })
    });
    let output = rotate(&fake, &[OLD, "2030-01-31", &path, "--delete"]);
    output.fails_with(1, &["ReadAccessKeys failed", "4120"]);
    assert_eq!(actions(&fake), ["ReadAccessKeys", "CreateAccessKey", "ReadAccessKeys"]);
    assert!(fs::read_to_string(&path).expect("a file").contains("NEWACCESSKEY00000001"));
}

#[test]
fn no_key_is_created_if_it_cannot_be_stored() {
    let (fake, path) = (cloud(), file("taken.json"));
    fs::write(&path, "something of mine").expect("a file");
    rotate(&fake, &[OLD, "2030-01-31", &path]).fails_with(1, &["taken.json"]);
    assert_eq!(actions(&fake), ["ReadAccessKeys"]);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "something of mine");
}

#[test]
fn no_key_is_created_for_an_unknown_key_or_an_invalid_date() {
    let (fake, path) = (cloud(), file("never.json"));
    rotate(&fake, &["NOSUCHKEY", "2030-01-31", &path])
        .fails_with(1, &["access key NOSUCHKEY does not exist"]);
    rotate(&fake, &[OLD, "soon", &path]).fails_with(1, &["soon", "2023-04-05"]);
    assert_eq!(actions(&fake), ["ReadAccessKeys"]);
    assert!(!Path::new(&path).exists());
}

#[test]
fn an_exhausted_quota_is_reported() {
    let (fake, path) = (cloud(), file("quota.json"));
    fake.next_raw("CreateAccessKey", 1, Fault::code(codes::TOO_MANY_ACCESSKEYS));
    rotate(&fake, &[OLD, "2030-01-31", &path]).fails_with(1, &["CreateAccessKey failed", "10005"]);
    // The empty file is removed and does not block the next run.
    rotate(&fake, &[OLD, "2030-01-31", &path]).succeeded();
}
