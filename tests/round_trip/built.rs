//! Requests as callers build them: exactly the set fields are sent.

use osc_api::types::{
    ActionsOnNextBoot, BlockDeviceMappingVmCreation, BootMode, BsuToCreate, CheckAuthenticationRequest,
    CpuPerformance, CreateAccessKeyRequest, CreateClientGatewayRequest, CreateClientGatewayRequired,
    CreateListenerRuleRequest, CreateTagsRequest, CreateVmsRequest, DirectLinkInterfaceMtu, FiltersVm,
    FiltersVmType, ListenerRuleForCreation, LoadBalancerLight, PolicyEntityType,
    ReadEntitiesLinkedToPolicyRequest, ReadVmTypesRequest, ReadVmsRequest, ResourceTag, SecureBootAction,
    UpdateAccessKeyRequest, UpdateDirectLinkInterfaceRequest, UpdateListenerRuleRequest, UpdateVmRequest,
};
use osc_api::{Date, DateTime, Nullable, Secret};
use serde::Serialize;
use serde_json::{Value, json};

/// Checks the JSON of a request. Null and absent are different.
fn assert_sends(request: &impl Serialize, expected: Value) {
    let text = serde_json::to_string(request).expect("a request");
    assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON"), expected, "{text}");
}

#[test]
fn a_request_without_fields_is_an_empty_object() {
    assert_eq!(serde_json::to_string(&ReadVmsRequest::new()).expect("a request"), "{}");
    assert_eq!(serde_json::to_string(&ReadVmsRequest::default()).expect("a request"), "{}");
    assert_sends(&ReadVmsRequest::new().filters(FiltersVm::new()), json!({ "Filters": {} }));
}

#[test]
fn an_empty_list_is_sent() {
    let none: [&str; 0] = [];
    assert_sends(
        &ReadVmsRequest::new().filters(FiltersVm::new().vm_ids(none)),
        json!({ "Filters": { "VmIds": [] } }),
    );
    assert_sends(
        &UpdateVmRequest::new("i-1").security_group_ids(none),
        json!({ "VmId": "i-1", "SecurityGroupIds": [] }),
    );
    assert_sends(
        &CreateTagsRequest::new(none, Vec::<ResourceTag>::new()),
        json!({ "ResourceIds": [], "Tags": [] }),
    );
}

#[test]
fn lists_can_be_set_from_any_iterator() {
    let expected = json!({ "Filters": { "VmIds": ["i-1", "i-2"] } });
    let by = |filters: FiltersVm| ReadVmsRequest::new().filters(filters);
    let owned = vec!["i-1".to_owned(), "i-2".to_owned()];
    assert_sends(&by(FiltersVm::new().vm_ids(["i-1", "i-2"])), expected.clone());
    assert_sends(&by(FiltersVm::new().vm_ids(&owned)), expected.clone());
    assert_sends(&by(FiltersVm::new().vm_ids(owned)), expected.clone());
    assert_sends(&by(FiltersVm::new().vm_ids((1..=2).map(|number| format!("i-{number}")))), expected.clone());
    assert_sends(&by(FiltersVm::new().vm_ids(Some("i-1").into_iter().chain(["i-2"]))), expected);
}

#[test]
fn false_zero_and_empty_strings_are_sent() {
    let request = CreateVmsRequest::new("").boot_on_creation(false).max_vms_count(0).keypair_name("");
    assert_sends(
        &request,
        json!({ "ImageId": "", "BootOnCreation": false, "MaxVmsCount": 0, "KeypairName": "" }),
    );
}

#[test]
fn nested_structs_are_sent() {
    let disk = BsuToCreate::new().volume_size(10).volume_type("io1").iops(i64::from(1500_i32));
    let request = CreateVmsRequest::new("ami-1")
        .block_device_mappings([BlockDeviceMappingVmCreation::new().device_name("/dev/sda1").bsu(disk)])
        .actions_on_next_boot(ActionsOnNextBoot::new().secure_boot(SecureBootAction::SetupMode));
    let expected = json!({
        "ImageId": "ami-1",
        "BlockDeviceMappings": [
            { "DeviceName": "/dev/sda1", "Bsu": { "VolumeSize": 10, "VolumeType": "io1", "Iops": 1500 } },
        ],
        "ActionsOnNextBoot": { "SecureBoot": "setup-mode" },
    });
    assert_sends(&request, expected);
}

#[test]
fn constructors_take_the_required_fields_in_order() {
    let listener = LoadBalancerLight::new("lb", 80);
    let rule = ListenerRuleForCreation::new("rule", 10).host_name_pattern("*.example.com");
    let expected = json!({
        "Listener": { "LoadBalancerName": "lb", "LoadBalancerPort": 80 },
        "ListenerRule": { "ListenerRuleName": "rule", "Priority": 10, "HostNamePattern": "*.example.com" },
        "VmIds": ["i-1"],
    });
    assert_sends(&CreateListenerRuleRequest::new(listener, rule, ["i-1"]), expected);
    let tags = CreateTagsRequest::new(["i-1"], [ResourceTag::new("name", "web")]);
    assert_sends(&tags, json!({ "ResourceIds": ["i-1"], "Tags": [{ "Key": "name", "Value": "web" }] }));
}

#[test]
fn a_nullable_field_can_be_absent_null_or_set() {
    let update = || UpdateListenerRuleRequest::new("rule");
    let keep = json!({ "ListenerRuleName": "rule" });
    let remove = json!({ "ListenerRuleName": "rule", "HostPattern": null });
    let replace = json!({ "ListenerRuleName": "rule", "HostPattern": "*.example.com" });
    assert_sends(&update(), keep.clone());
    assert_sends(&update().host_pattern(Nullable::Absent), keep);
    assert_sends(&update().host_pattern(Nullable::Null), remove.clone());
    assert_sends(&update().host_pattern(None), remove);
    assert_sends(&update().host_pattern("*.example.com"), replace.clone());
    assert_sends(&update().host_pattern("*.example.com".to_owned()), replace.clone());
    assert_sends(&update().host_pattern(Some("*.example.com".to_owned())), replace);
    let both = update().host_pattern(Nullable::Null).path_pattern("/api/*");
    assert_sends(&both, json!({ "ListenerRuleName": "rule", "HostPattern": null, "PathPattern": "/api/*" }));
}

#[test]
fn the_three_states_of_a_nullable_field_are_kept_by_decoding() {
    for (text, state) in [
        (r#"{"ListenerRuleName":"rule"}"#, Nullable::Absent),
        (r#"{"ListenerRuleName":"rule","HostPattern":null}"#, Nullable::Null),
        (r#"{"ListenerRuleName":"rule","HostPattern":""}"#, Nullable::Value(String::new())),
    ] {
        let request: UpdateListenerRuleRequest = serde_json::from_str(text).expect("a request");
        assert_eq!(request.host_pattern, state, "{text}");
        assert_sends(&request, serde_json::from_str(text).expect("JSON"));
    }
}

#[test]
fn enums_are_set_by_variant_or_by_string() {
    let request =
        CreateVmsRequest::new("ami-1").boot_mode(BootMode::Uefi).performance(CpuPerformance::Highest);
    let expected = json!({ "ImageId": "ami-1", "BootMode": "uefi", "Performance": "highest" });
    assert_sends(&request, expected.clone());
    assert_sends(
        &CreateVmsRequest::new("ami-1").boot_mode("uefi").performance("highest".to_owned()),
        expected,
    );
    assert_sends(
        &CreateVmsRequest::new("ami-1").boot_mode("zz-new"),
        json!({ "ImageId": "ami-1", "BootMode": "zz-new" }),
    );
    let kinds = [PolicyEntityType::Account, "GROUP".into()];
    let linked = ReadEntitiesLinkedToPolicyRequest::new("orn:1").entities_type(kinds);
    assert_sends(&linked, json!({ "PolicyOrn": "orn:1", "EntitiesType": ["ACCOUNT", "GROUP"] }));
}

#[test]
fn integer_enums_are_sent_as_integers() {
    let request = |mtu: DirectLinkInterfaceMtu| UpdateDirectLinkInterfaceRequest::new("dxvif-1", mtu);
    let expected = |mtu: i64| json!({ "DirectLinkInterfaceId": "dxvif-1", "Mtu": mtu });
    assert_sends(&request(DirectLinkInterfaceMtu::Value1500), expected(1500));
    assert_sends(&request(1500_i64.into()), expected(1500));
    assert_sends(&request(9000_i32.into()), expected(9000));
    assert_sends(&UpdateDirectLinkInterfaceRequest::new("dxvif-1", i64::MAX.into()), expected(i64::MAX));
}

#[test]
fn dates_are_sent_unchanged() {
    let until = |date: &str| json!({ "ExpirationDate": date });
    let request = CreateAccessKeyRequest::new;
    assert_sends(&request(), json!({}));
    assert_sends(&request().expiration_date("2063-04-05"), until("2063-04-05"));
    assert_sends(&request().expiration_date(Date::from("2063-04-05")), until("2063-04-05"));
    let time = DateTime::from("2063-04-05T12:34:56.789+0000");
    assert_sends(&request().expiration_date(time), until("2063-04-05T12:34:56.789+0000"));
}

/// To the server, an absent date means "never expires".
#[test]
fn an_access_key_without_expiration_date_is_updated_without_one() {
    let request = UpdateAccessKeyRequest::new("AK").state("INACTIVE");
    assert_sends(&request, json!({ "AccessKeyId": "AK", "State": "INACTIVE" }));
}

#[test]
fn secrets_are_sent_in_full() {
    let request = CheckAuthenticationRequest::new("me@example.com", Secret::from("pass \"word\""));
    assert_sends(&request, json!({ "Login": "me@example.com", "Password": "pass \"word\"" }));
    assert_sends(
        &CheckAuthenticationRequest::new("", "plain".into()),
        json!({ "Login": "", "Password": "plain" }),
    );
}

#[test]
fn numbers_keep_their_magnitude_and_fraction() {
    let request = CreateClientGatewayRequest::new(CreateClientGatewayRequired {
        bgp_asn: 4_294_967_295,
        connection_type: "ipsec.1".into(),
        public_ip: "192.0.2.1".into(),
    });
    assert_sends(
        &request,
        json!({ "BgpAsn": 4_294_967_295_i64, "ConnectionType": "ipsec.1", "PublicIp": "192.0.2.1" }),
    );
    let filters = FiltersVmType::new().memory_sizes([0.5, 16.0]);
    assert_sends(
        &ReadVmTypesRequest::new().filters(filters),
        json!({ "Filters": { "MemorySizes": [0.5, 16.0] } }),
    );
}

#[test]
fn the_last_setter_wins_and_fields_can_be_set_directly() {
    let mut request = UpdateVmRequest::new("i-1").vm_type("small").vm_type("large").vm_id("i-2");
    assert_sends(&request, json!({ "VmId": "i-2", "VmType": "large" }));
    request.vm_type = None;
    request.dry_run = Some(true);
    assert_sends(&request, json!({ "VmId": "i-2", "DryRun": true }));
}
