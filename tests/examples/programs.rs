//! `inventory`, `controller`, `check_permissions`, `least_policy` and `object_storage`.

use std::fs;
use std::process::{Command, Stdio};
use std::time::Duration;

use osc_api::codes;
use osc_api::listing::Listing;
use osc_api::serde_json::{self, Value, json};
use osc_api::testing::{FakeApi, Fault};
use osc_tests::http::Response;
use osc_tests::osc4::{self, Service};
use osc_tests::server::Server;
use osc_tests::{artifacts, cloud};

use crate::examples::{actions, bodies, run, start, temp_path};

#[test]
fn the_inventory_has_every_listing_and_a_denied_one_is_reported() {
    let fake = start();
    // The published examples claim that more pages follow, forever.
    Listing::all().for_each(|listing| fake.on_raw(listing.action(), |_| json!({})));
    fake.on_raw("ReadVms", |request| match request["NextPageToken"].as_str() {
        None => json!({ "Vms": [{ "VmId": "i-1" }], "NextPageToken": "two" }),
        Some(_) => json!({ "Vms": [{ "VmId": "i-2" }] }),
    });
    fake.on_raw("ReadUsers", |_| Err::<Value, _>(Fault::code(codes::UNAUTHORIZED_OPERATION)));
    let output = run("inventory", &fake, &[]);
    output.succeeded();
    let inventory: Value = serde_json::from_str(&output.output).expect("JSON");
    assert_eq!(inventory["ReadVms"], json!([{ "VmId": "i-1" }, { "VmId": "i-2" }]));
    let expected = Listing::all().filter(|listing| listing.required_fields().is_empty()).count();
    let lists = inventory.as_object().expect("an object");
    assert_eq!(lists.len(), expected - 1);
    assert!(lists.values().all(Value::is_array));
    assert_eq!(output.errors.lines().count(), expected);
    assert!(output.errors.contains("ReadVms: 2 of type Vm"), "{}", output.errors);
    assert!(output.errors.contains("ReadUsers failed with status"), "{}", output.errors);
}

#[test]
fn an_inventory_is_a_function_of_thirty_lines() {
    let source = include_str!("../../osc-api/examples/inventory.rs");
    let function = source.split_once("async fn inventory").expect("the function").1;
    let lines = function.split_once("\n}\n").expect("its end").0.lines().count() + 1;
    assert!(lines <= 30, "{lines} lines");
}

fn profile(key: &str) -> String {
    json!({ "default": { "access_key": key, "secret_key": FakeApi::SECRET_KEY } }).to_string()
}

#[test]
fn the_controller_starts_stopped_vms_and_reads_all_with_one_request() {
    let fake = start();
    let states = ["running", "stopped", "pending"];
    fake.on_raw("ReadVms", move |request| {
        let ids = request["Filters"]["VmIds"].as_array().expect("IDs").clone();
        let known = ids.into_iter().filter_map(|id| {
            let number: usize = id.as_str()?.strip_prefix("i-")?.parse().ok()?;
            Some(json!({ "VmId": id, "State": states.get(number)? }))
        });
        json!({ "Vms": known.collect::<Vec<_>>() })
    });
    let file = temp_path("controller.json");
    fs::write(&file, profile(FakeApi::ACCESS_KEY)).expect("a file");
    let file = file.to_str().expect("text");
    let output = run("controller", &fake, &[file, "1", "i-0", "i-1", "i-2", "i-3"]);
    let mut lines = output.succeeded();
    lines.sort_unstable();
    assert_eq!(lines, ["i-0: running", "i-1: started", "i-2: changing", "i-3: missing"]);
    assert_eq!(bodies(&fake, "ReadVms").len(), 1);
    assert_eq!(bodies(&fake, "StartVms"), [json!({ "VmIds": ["i-1"] })]);
}

#[test]
fn the_controller_follows_a_key_that_is_replaced_in_its_file() {
    let fake = start();
    fake.on_raw("ReadVms", |_| json!({ "Vms": [{ "VmId": "i-0", "State": "running" }] }));
    let file = temp_path("replaced.json");
    // The fake does not know this key, which is replaced while the program runs.
    fs::write(&file, profile("OLDACCESSKEY00000001")).expect("a file");
    let mut child = Command::new(artifacts::program("controller"))
        .args([file.to_str().expect("text"), "0", "i-0"])
        .env_clear()
        .envs(fake.environment())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("the example runs");
    while fake.calls().is_empty() {
        std::thread::sleep(Duration::from_millis(10));
    }
    let new = temp_path("replaced.json.new");
    fs::write(&new, profile(FakeApi::ACCESS_KEY)).expect("a file");
    fs::rename(&new, &file).expect("it is replaced");
    while fake.calls().len() < 3 {
        std::thread::sleep(Duration::from_millis(10));
    }
    child.kill().expect("it runs");
    let output = child.wait_with_output().expect("its output");
    let (output, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.contains("i-0: running"), "{output} {errors}");
    assert!(!errors.contains(FakeApi::SECRET_KEY), "{errors}");
}

#[test]
fn permissions_are_checked_without_performing_anything() {
    let fake = start();
    fake.on_raw("DeleteVms", |_| Err::<Value, _>(Fault::code(codes::UNAUTHORIZED_OPERATION)));
    fake.on_raw("StopVms", |_| Err::<Value, _>(Fault::code(codes::NO_SUCH_VM)));
    let arguments = ["ReadVms", "DeleteVms={\"VmIds\":[\"i-1\"]}", "StopVms={\"VmIds\":[\"i-1\"]}"];
    let output = run("check_permissions", &fake, &arguments);
    assert_eq!(output.code, Some(3), "{output:?}");
    let lines = output.lines();
    assert_eq!(lines[..2], ["ReadVms: allowed", "DeleteVms: denied"]);
    assert!(lines[2].starts_with("StopVms: allowed? StopVms failed with status 400"), "{lines:?}");
    assert!(fake.calls().iter().all(|call| call.body["DryRun"] == true));

    fake.clear_calls();
    let output = run("check_permissions", &fake, &["DeletePolicyVersion"]);
    output.fails_with(1, &["DeletePolicyVersion was not sent: it has no dry run"]);
    assert_eq!(actions(&fake), Vec::<String>::new());
}

#[test]
fn the_least_policy_has_the_actions_that_a_run_called_also_if_one_is_denied() {
    let fake = start();
    fake.on_raw("ReadVolumes", |request| match request["NextPageToken"].as_str() {
        None => json!({ "Volumes": [{}], "NextPageToken": "two" }),
        Some(_) => json!({ "Volumes": [{}] }),
    });
    let policy = |actions: Value| json!({ "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": ["*"] }] });
    let printed = |output: &str| serde_json::from_str::<Value>(output).expect("JSON");
    let output = run("least_policy", &fake, &[]);
    output.succeeded();
    assert_eq!(printed(&output.output), policy(json!(["api:ReadVms", "api:ReadVolumes"])));
    assert_eq!(output.errors, "2 unattached volumes\n");

    fake.next_raw("ReadVms", 1, Fault::code(codes::UNAUTHORIZED_OPERATION));
    let output = run("least_policy", &fake, &[]);
    output.fails_with(1, &["ReadVms failed"]);
    assert_eq!(printed(&output.output), policy(json!(["api:ReadVms"])));
}

#[test]
fn buckets_are_listed_with_the_credentials_of_the_profile() {
    let server = Server::start(|request| {
        let secret_key_of = |key: &str| (key == cloud::ACCESS_KEY).then(|| cloud::SECRET_KEY.to_owned());
        let verified =
            osc4::verify_for(&Service::aws4("s3"), request, cloud::REGION, secret_key_of, cloud::now());
        match verified {
            Ok(_) => {
                Response::new(200, "<Buckets><Bucket><Name>a</Name></Bucket><Bucket><Name>b</Name></Bucket>")
            }
            Err(_) => Response::new(403, "no"),
        }
    })
    .expect("a local port");
    let list = |secret_key: &str| {
        let file = temp_path(&format!("object_storage_{}.json", secret_key.len()));
        let endpoints = json!({ "oos": format!("http://{}/", server.host()) });
        let profile = json!({ "access_key": cloud::ACCESS_KEY, "secret_key": secret_key, "region": cloud::REGION,
            "endpoints": endpoints });
        fs::write(&file, json!({ "default": profile }).to_string()).expect("a file");
        let mut program = Command::new(artifacts::program("object_storage"));
        program.env_clear().env("OSC_CONFIG_FILE", &file).output().expect("the example runs")
    };
    let output = list(cloud::SECRET_KEY);
    assert_eq!((output.status.code(), String::from_utf8_lossy(&output.stdout).as_ref()), (Some(0), "a\nb\n"));
    let request = &server.requests()[0];
    assert_eq!((request.method.as_str(), request.target.as_str()), ("GET", "/"));
    assert!(request.header("x-amz-content-sha256").is_some());

    let refused = list("wrong");
    let errors = String::from_utf8_lossy(&refused.stderr);
    assert!(refused.status.code() == Some(1) && errors.contains("status 403"), "{errors}");
}
