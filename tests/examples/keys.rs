//! `rotate_access_key`.

use std::fs;
use std::path::Path;

use osc_api::codes;
use osc_api::serde_json::{self, Value, json};
use osc_api::testing::{FakeApi, Fault};

use crate::{Ended, actions, bodies, place, run, start};

const OLD: &str = "OLDACCESSKEY00000001";

/// A cloud with the old key. The new one is the one that the fake knows, so that it can be used; as it knows no
/// other, the program begins with it too.
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

/// Where the new key goes: nothing is there yet.
fn file(name: &str) -> String {
    let path = place(name);
    if path.exists() {
        fs::remove_file(&path).expect("the old file goes");
    }
    path.to_str().expect("text").to_owned()
}

fn rotate(fake: &FakeApi, arguments: &[&str]) -> Ended {
    let ended = run(env!("CARGO_BIN_EXE_rotate_access_key"), fake, arguments);
    assert!(!ended.output.contains(FakeApi::SECRET_KEY) && !ended.errors.contains(FakeApi::SECRET_KEY));
    ended
}

#[test]
fn the_new_key_is_kept_and_the_old_one_is_turned_off() {
    let (fake, path) = (cloud(), file("kept.json"));
    let ended = rotate(&fake, &[OLD, "2030-01-31", &path]);
    let lines = ended.well();
    assert!(lines[0].contains(FakeApi::ACCESS_KEY) && lines[0].contains(&path), "{lines:?}");
    assert_eq!(lines[1..], [format!("{OLD} is inactive")]);
    assert_eq!(actions(&fake), ["ReadAccessKeys", "CreateAccessKey", "ReadAccessKeys", "UpdateAccessKey"]);
    assert_eq!(bodies(&fake, "CreateAccessKey"), [json!({ "ExpirationDate": "2030-01-31" })]);
    let kept =
        json!({ "AccessKeyId": OLD, "State": "INACTIVE", "ExpirationDate": "2029-12-31T00:00:00.000Z" });
    assert_eq!(bodies(&fake, "UpdateAccessKey"), [kept]);
    // What is in the file is a profile file.
    let profile: Value = serde_json::from_str(&fs::read_to_string(&path).expect("a file")).expect("JSON");
    let keys = json!({ "access_key": FakeApi::ACCESS_KEY, "secret_key": FakeApi::SECRET_KEY });
    assert!(profile == json!({ "default": keys }));
    nobody_else_can_read(Path::new(&path));
}

#[cfg(unix)]
fn nobody_else_can_read(path: &Path) {
    use std::os::unix::fs::PermissionsExt as _;

    let mode = fs::metadata(path).expect("a file").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[cfg(not(unix))]
fn nobody_else_can_read(_: &Path) {}

#[test]
fn the_old_key_is_deleted_on_request() {
    let (fake, path) = (cloud(), file("deleted.json"));
    let ended = rotate(&fake, &[OLD, "2030-01-31T12:00:00Z", &path, "--delete"]);
    assert_eq!(ended.well()[1..], [format!("{OLD} is inactive"), format!("{OLD} is deleted")]);
    assert_eq!(bodies(&fake, "DeleteAccessKey"), [json!({ "AccessKeyId": OLD })]);
}

#[test]
fn a_new_key_that_does_not_work_leaves_the_old_one_alone() {
    let (fake, path) = (cloud(), file("refused.json"));
    fake.on_raw("CreateAccessKey", |_| {
        json!({ "AccessKey": { "AccessKeyId": "NEWACCESSKEY00000001", "SecretKey": FakeApi::SECRET_KEY } })
    });
    let ended = rotate(&fake, &[OLD, "2030-01-31", &path, "--delete"]);
    ended.fails_with(1, &["ReadAccessKeys failed", "4120"]);
    assert_eq!(actions(&fake), ["ReadAccessKeys", "CreateAccessKey", "ReadAccessKeys"]);
    assert!(fs::read_to_string(&path).expect("a file").contains("NEWACCESSKEY00000001"));
}

#[test]
fn nothing_is_created_where_it_could_not_be_kept() {
    let (fake, path) = (cloud(), file("taken.json"));
    fs::write(&path, "something of mine").expect("a file");
    rotate(&fake, &[OLD, "2030-01-31", &path]).fails_with(1, &["taken.json"]);
    assert_eq!(actions(&fake), ["ReadAccessKeys"]);
    assert_eq!(fs::read_to_string(&path).expect("a file"), "something of mine");
}

#[test]
fn nothing_is_created_for_a_key_or_a_date_that_is_none() {
    let (fake, path) = (cloud(), file("never.json"));
    rotate(&fake, &["NOSUCHKEY", "2030-01-31", &path]).fails_with(1, &["no access key NOSUCHKEY"]);
    rotate(&fake, &[OLD, "soon", &path]).fails_with(1, &["soon", "2023-04-05"]);
    assert_eq!(actions(&fake), ["ReadAccessKeys"]);
    assert!(!Path::new(&path).exists());
}

#[test]
fn a_quota_of_keys_is_told() {
    let (fake, path) = (cloud(), file("quota.json"));
    fake.next_raw("CreateAccessKey", 1, Fault::code(codes::TOO_MANY_ACCESSKEYS));
    rotate(&fake, &[OLD, "2030-01-31", &path]).fails_with(1, &["CreateAccessKey failed", "10005"]);
    // The empty file does not stay in the way of the next try.
    rotate(&fake, &[OLD, "2030-01-31", &path]).well();
}
