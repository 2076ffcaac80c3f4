//! Identifiers: conversions, comparisons and JSON.

use std::collections::{BTreeMap, HashMap};

use crate::types::{
    CreateTagsRequest, CreateVmsRequest, FiltersVm, GatewayId, Identifier, InternetServiceId,
    LinkVolumeRequest, ResourceId, ResourceTag, SubnetId, VirtualGatewayId, Vm, VmId, VolumeId,
};

const LONG: &str = "vmtemplate-98765432109876543210987654321012";

#[test]
fn an_identifier_keeps_any_string() {
    for text in ["i-12345678", "", LONG, "é…", "a\"b"] {
        let id = VmId::from(text);
        assert_eq!((id.as_str(), id.to_string().as_str(), id.as_ref()), (text, text, text));
        assert_eq!(id, text);
        assert_eq!(id, *text);
        assert_eq!(id, text.to_owned());
        assert_eq!(VmId::from(text.to_owned()), id);
        assert_eq!(VmId::from(&text.to_owned()), id);
        assert_eq!(VmId::from(&id), id);
        assert_eq!(String::from(id.clone()), text);
        assert_eq!(format!("{id:?}"), format!("{text:?}"));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, serde_json::to_string(text).unwrap());
        assert_eq!(serde_json::from_str::<VmId>(&json).unwrap(), id);
    }
    assert_eq!(format!("[{:>6}]", VmId::from("i-1")), "[   i-1]");
    assert_eq!(VmId::default(), "");
}

#[test]
fn identifiers_are_keys_that_strings_find() {
    let hashed = HashMap::from([(VmId::from("i-1"), 1), (VmId::from(LONG), 2)]);
    assert_eq!((hashed.get("i-1"), hashed.get(LONG), hashed.get("i-2")), (Some(&1), Some(&2), None));
    let sorted = BTreeMap::from([(VmId::from("i-2"), 2), (VmId::from("i-1"), 1)]);
    assert_eq!(sorted.get("i-2"), Some(&2));
    assert!(sorted.keys().map(VmId::as_str).eq(["i-1", "i-2"]));
}

#[test]
fn a_response_holds_identifiers_and_converts_numbers() {
    let vm: Vm = serde_json::from_str(r#"{"VmId": "i-1", "SubnetId": 5, "ImageId": {"a": 1}}"#).unwrap();
    assert_eq!(vm.vm_id, Some("i-1".into()));
    assert_eq!(vm.subnet_id, Some("5".into()));
    assert_eq!(vm.image_id, None);
}

#[test]
fn an_identifier_of_several_kinds_takes_theirs() {
    assert_eq!(GatewayId::from(InternetServiceId::from("igw-1")), "igw-1");
    assert_eq!(GatewayId::from(&VirtualGatewayId::from("vgw-1")), "vgw-1");
    let (vm, volume) = (VmId::from("i-1"), VolumeId::from("vol-1"));
    assert_eq!(ResourceId::from(&vm), "i-1");
    let ids: [ResourceId; 2] = [vm.into(), volume.into()];
    let request = CreateTagsRequest::new(ids, [ResourceTag::new("env", "prod")]);
    assert_eq!(serde_json::to_value(&request).unwrap()["ResourceIds"], serde_json::json!(["i-1", "vol-1"]));
}

#[test]
fn setters_take_values_references_strings_and_options() {
    let subnet = SubnetId::from("subnet-1");
    let request = || CreateVmsRequest::new("ami-1");
    let expected = Some(subnet.clone());
    assert_eq!(request().subnet_id(&subnet).subnet_id, expected);
    assert_eq!(request().subnet_id(subnet.clone()).subnet_id, expected);
    assert_eq!(request().subnet_id("subnet-1").subnet_id, expected);
    assert_eq!(request().subnet_id("subnet-1".to_owned()).subnet_id, expected);
    let text = "subnet-1".to_owned();
    assert_eq!(request().subnet_id(&text).subnet_id, expected);
    assert_eq!(request().subnet_id(Some("subnet-1")).subnet_id, expected);
    assert_eq!(request().subnet_id(Some(&subnet)).subnet_id, expected);
    assert_eq!(request().subnet_id(expected.as_ref()).subnet_id, expected);
    assert_eq!(request().subnet_id(expected.clone()).subnet_id, expected);
    assert_eq!(request().subnet_id("x").subnet_id(None::<SubnetId>).subnet_id, None);
    assert_eq!(request().bsu_optimized(true).bsu_optimized, Some(true));
    assert_eq!(request().bsu_optimized(Some(false)).bsu_optimized, Some(false));
    assert_eq!(request().max_vms_count(3).max_vms_count, Some(3));
}

#[test]
fn list_setters_take_lists_iterators_and_options() {
    let ids = vec![VmId::from("i-1"), VmId::from("i-2")];
    let expected = Some(ids.clone());
    let filters = FiltersVm::new;
    assert_eq!(filters().vm_ids(&ids).vm_ids, expected);
    assert_eq!(filters().vm_ids(ids.clone()).vm_ids, expected);
    assert_eq!(filters().vm_ids(["i-1", "i-2"]).vm_ids, expected);
    assert_eq!(filters().vm_ids(&["i-1", "i-2"][..0]).vm_ids, Some(Vec::new()));
    assert_eq!(filters().vm_ids(ids.iter()).vm_ids, expected);
    assert_eq!(filters().vm_ids((1..3).map(|number| format!("i-{number}"))).vm_ids, expected);
    let known = ids.iter().map(Some);
    assert_eq!(filters().vm_ids(known.flatten()).vm_ids, expected);
    assert_eq!(filters().vm_ids(Some(ids)).vm_ids, expected);
    assert_eq!(filters().vm_ids(None::<Vec<VmId>>).vm_ids, None);
}

#[test]
fn arguments_that_could_be_swapped_are_typed() {
    let (vm, volume) = (VmId::from("i-1"), VolumeId::from("vol-1"));
    let request = LinkVolumeRequest::new("/dev/xvdb", &vm, volume.clone());
    assert_eq!((request.vm_id, request.volume_id), (vm, volume));
}

#[test]
fn short_identifiers_take_no_more_room_than_a_string() {
    assert_eq!(size_of::<VmId>(), size_of::<String>());
    assert_eq!(size_of::<Option<VmId>>(), size_of::<VmId>());
}

#[test]
fn references_are_identifiers_too() {
    fn text(id: impl Identifier) -> String {
        id.as_str().to_owned()
    }
    let id = VmId::from("i-1");
    assert_eq!((text(&id), text(id.clone())), ("i-1".to_owned(), "i-1".to_owned()));
}
