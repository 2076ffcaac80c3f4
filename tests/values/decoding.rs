//! Responses with unexpected values, decoded by a client.

use osc_api::types::{
    CreateServerCertificateRequest, CreateServerCertificateRequired, DeleteVolumeRequest, ReadVmsRequest,
    ReadVolumesRequest, ResourceTag, Subnet, Vm,
};
use osc_api::{Client, ClientBuilder, RetryPolicy};
use osc_tests::http::Response;
use osc_tests::logs::{self, Event};
use osc_tests::server::Server;

fn server(body: &'static [u8]) -> Server {
    Server::start(move |_| Response::new(200, body)).expect("a local port")
}

fn builder(server: &Server) -> ClientBuilder {
    Client::builder()
        .ignore_environment()
        .retry(RetryPolicy::none())
        .access_key("AK345678901234567890", "SK34567890123456789012345678901234567890")
        .endpoint(server.endpoint())
}

fn client(server: &Server) -> Client {
    builder(server).build().expect("a client")
}

/// The warnings about values of an unexpected type whose path contains this text.
fn warnings(path: &str) -> Vec<Event> {
    let is_about_path = |event: &Event| event.fields.get("path").is_some_and(|found| found.contains(path));
    logs::events("osc_api", "unexpected type").into_iter().filter(is_about_path).collect()
}

#[tokio::test]
async fn values_of_the_wrong_type_cost_their_fields_and_one_warning() {
    logs::watch();
    let server = server(
        br#"{"Volumes":[{"VolumeId":"vol-1","Size":"many","Iops":1e2},
        {"VolumeId":["marker"],"Size":10.0},{"VolumeId":3}]}"#,
    );
    let response = client(&server).read_volumes(&ReadVolumesRequest::new()).await.expect("a response");
    let ids: Vec<_> =
        response.volumes.iter().map(|volume| volume.volume_id.as_ref().map(ToString::to_string)).collect();
    assert_eq!(ids, [Some("vol-1".to_owned()), None, Some("3".to_owned())]);
    let [first, second, _] = &response.volumes[..] else { panic!("{response:?}") };
    assert_eq!([first.size, first.iops, second.size], [None, Some(100), Some(10)]);
    let [warning] = &warnings("Volumes[0].Size")[..] else { panic!("{:?}", warnings("Volumes")) };
    let field = |name: &str| warning.fields.get(name).map(String::as_str);
    assert_eq!(warning.level.as_str(), "WARN");
    assert_eq!((field("action"), field("count")), (Some("ReadVolumes"), Some("2")));
    assert_eq!((field("found"), field("expected")), (Some("a string"), Some("an integer")));
    assert!(!warning.to_string().contains("many") && !warning.to_string().contains("marker"), "{warning}");
}

#[tokio::test]
async fn strict_decoding_rejects_values_of_the_wrong_type() {
    let server = server(br#"{"Volumes":[{"VolumeId":"vol-1","Size":"many"}]}"#);
    let client = builder(&server).strict_decoding(true).build().expect("a client");
    let error = client.read_volumes(&ReadVolumesRequest::new()).await.expect_err("a mismatch");
    assert!(error.is_decode() && !error.is_retryable(), "{error:?}");
    let shown = format!("{error:#}");
    assert!(shown.contains("Volumes[0].Size") && shown.contains("a string, expected an integer"), "{shown}");
    assert!(!shown.contains("many"), "{shown}");
}

#[tokio::test]
async fn damaged_bodies_decode_and_empty_ones_do_if_no_list_is_expected() {
    for body in [
        &b"\xef\xbb\xbf{\"Volumes\": [{\"VolumeId\": \"vol-1\"}]}"[..],
        br#"{"Volumes":[{"VolumeId":"vol-1","Tags":[{"Key":"a","Value":"x\udfff"}]}]}"#,
        br#"{"Volumes":{"VolumeId":"vol-1"}}"#,
    ] {
        let server = server(body);
        let response = client(&server).read_volumes(&ReadVolumesRequest::new()).await.expect("a response");
        let [volume] = &response.volumes[..] else { panic!("{body:?}: {response:?}") };
        assert!(volume.volume_id.as_ref().is_some_and(|id| *id == "vol-1"), "{body:?}");
        assert!(volume.tags.iter().all(|tag| tag.value.as_deref() == Some("x\u{fffd}")), "{body:?}");
    }
    for body in [&b""[..], b" \r\n", b"null", b"\xef\xbb\xbf"] {
        let server = server(body);
        let client = client(&server);
        client.delete_volume(&DeleteVolumeRequest::new("vol-1")).await.expect("a response");
        let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("no list");
        assert!(error.is_decode(), "{body:?}: {error:?}");
    }
}

#[tokio::test]
async fn an_html_response_is_reported_with_its_host() {
    let server = server(b"\n<!DOCTYPE html><html><title>Log in</title></html>");
    let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("a page");
    let host = server.host();
    let shown = format!("{error:#} {error:?}");
    assert!(error.is_decode() && shown.contains("HTML"), "{error:?}");
    assert!(shown.contains(host.split(':').next().expect("a host")) && !shown.contains("Log in"), "{shown}");
}

#[tokio::test]
async fn the_memory_of_a_response_is_bounded() {
    static BODY: std::sync::LazyLock<Vec<u8>> =
        std::sync::LazyLock::new(|| format!(r#"{{"Vms":[{}]}}"#, vec!["{}"; 960_000].join(",")).into_bytes());
    let server = server(&BODY);
    let error = client(&server).read_vms(&ReadVmsRequest::new()).await.expect_err("too large");
    assert!(error.to_string().contains("134217728 bytes") && !error.is_retryable(), "{error}");
}

#[tokio::test]
async fn an_error_that_repeats_a_secret_of_the_request_does_not_show_it() {
    let lines = ["MIIEvQIBADANBgkqhkiG9w0BAQEFAASC", "BKcwggSjAgEAAoIBAQC7VJTUt9Us8cKj"];
    let key = format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", lines.join("\n"));
    let server = Server::start(|request| Response::new(400, request.body.clone())).expect("a local port");
    let request = CreateServerCertificateRequest::new(CreateServerCertificateRequired {
        body: "a certificate".into(),
        name: "a name".into(),
        private_key: key.as_str().into(),
    });
    let error = client(&server).create_server_certificate(&request).await.expect_err("a refusal");
    let shown = format!("{error:#} {error:?} {}", error.api().expect("a response").raw());
    assert!(shown.contains("[redacted]") && shown.contains("a certificate"), "{shown}");
    assert!(["MIIEvQIB", "BKcwggSj", "VJTUt9Us"].iter().all(|part| !shown.contains(part)), "{shown}");
}

#[test]
fn the_value_of_a_tag_is_found_by_its_key() {
    let text = r#"{"Tags": [{"Value": "no key"}, {"Key": "Name", "Value": "web"}, {"Key": "Empty"}, {"Key": "Name"}]}"#;
    let vm: Vm = serde_json::from_str(text).unwrap();
    assert_eq!(vm.tag("Name"), Some("web"));
    assert_eq!((vm.tag("Empty"), vm.tag("name"), vm.tag("")), (None, None, None));
    let tagged = Subnet::default().with_tags([ResourceTag::new("team", "web")]);
    assert_eq!(tagged.tag("team"), Some("web"));
}
