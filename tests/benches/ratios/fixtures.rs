//! Data to sign, decode and send.

use std::path::Path;

use serde_json::Value;

pub const ACCESS_KEY: &str = "FAKEACCESSKEY0000001";
pub const SECRET_KEY: &str = "FAKESECRETKEYFORBENCHMARKS00000000000001";
pub const REGION: &str = "eu-west-2";

/// The published example of a response of ReadVms, with its VM repeated `vms` times.
pub fn read_vms_response(vms: usize) -> Vec<u8> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .map(|folder| folder.join("spec/outscale.yaml"))
        .find(|path| path.exists())
        .expect("spec/outscale.yaml in a parent folder");
    let text = std::fs::read_to_string(path).expect("a readable file");
    let description: serde_yaml::Value = serde_yaml::from_str(&text).expect("YAML");
    let example = &description["paths"]["/ReadVms"]["post"]["responses"]["200"]["content"]["application/json"]
        ["examples"]["ex1"]["value"];
    let mut response = serde_json::to_value(example).expect("JSON");
    let vm = response["Vms"][0].clone();
    let numbered = |number: usize| {
        let mut vm = vm.clone();
        vm["VmId"] = format!("i-{number:08x}").into();
        vm
    };
    response["Vms"] = Value::Array((0..vms).map(numbered).collect());
    serde_json::to_vec(&response).expect("JSON")
}
