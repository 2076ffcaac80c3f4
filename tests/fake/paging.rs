//! Automatic paging of handlers' items.

use osc_api::action::{ReadPolicies, ReadRegions, ReadVms};
use osc_api::codes;
use osc_api::testing::FakeApi;
use osc_api::types::{
    Policy, ReadPoliciesRequest, ReadPoliciesResponse, ReadRegionsRequest, ReadRegionsResponse,
    ReadVmsRequest, ReadVmsResponse, Region, Vm,
};

use crate::fake::client;

fn vms(count: usize) -> ReadVmsResponse {
    let mut response = ReadVmsResponse::default();
    response.vms = (0..count)
        .map(|index| {
            let mut vm = Vm::default();
            vm.vm_id = Some(format!("i-{index}").into());
            vm
        })
        .collect();
    response
}

#[tokio::test]
async fn the_items_of_a_handler_are_split_into_the_requested_pages() {
    let fake = FakeApi::builder().paginated(true).start().expect("a fake");
    fake.on::<ReadVms>(|_| vms(250));
    let client = client(&fake);
    for size in [1, 7, 100, 249, 250, 251, 1000] {
        fake.clear_calls();
        let items =
            client.paginate(ReadVmsRequest::new().results_per_page(size)).try_collect::<Vec<Vm>>().await;
        assert_eq!(items.expect("all pages"), vms(250).vms, "{size}");
        let pages = 250_usize.div_ceil(usize::try_from(size).expect("a size"));
        assert_eq!(fake.count::<ReadVms>(), pages, "{size}");
    }
}

#[tokio::test]
async fn actions_that_count_items_are_paginated_too() {
    let fake = FakeApi::builder().paginated(true).start().expect("a fake");
    fake.on::<ReadPolicies>(|_| {
        let mut response = ReadPoliciesResponse::default();
        response.policies = vec![Policy::default(); 25];
        response
    });
    let request = ReadPoliciesRequest::new().results_per_page(10);
    let items = client(&fake).paginate(request).try_collect::<Vec<Policy>>().await;
    assert_eq!((items.expect("all pages").len(), fake.count::<ReadPolicies>()), (25, 3));
}

#[tokio::test]
async fn impossible_pages_are_refused() {
    let fake = FakeApi::builder().paginated(true).start().expect("a fake");
    fake.on::<ReadVms>(|_| vms(3));
    let client = client(&fake);
    for (request, code) in [
        (ReadVmsRequest::new().results_per_page(0), codes::INVALID_PARAMETER_VALUE),
        (ReadVmsRequest::new().results_per_page(1001), codes::INVALID_PARAMETER_VALUE),
        (ReadVmsRequest::new().next_page_token("page-1"), codes::INVALID_PARAMETER_VALUE),
        (ReadVmsRequest::new().results_per_page(1).next_page_token("another"), codes::INVALID_PAGE_TOKEN),
    ] {
        let error = client.read_vms(&request).await.expect_err("an impossible page");
        assert!(error.has_code(code), "{error}");
    }
}

#[tokio::test]
async fn other_responses_stay_as_the_handler_returns_them() {
    let fake = FakeApi::builder().paginated(true).start().expect("a fake");
    fake.on::<ReadRegions>(|_| {
        let mut response = ReadRegionsResponse::default();
        response.regions = vec![Region::default(); 150];
        response
    });
    let regions = client(&fake).read_regions(&ReadRegionsRequest::new()).await.expect("a response").regions;
    assert_eq!(regions.len(), 150);
    // A handler that has pages of its own.
    fake.on::<ReadVms>(|_| {
        let mut response = vms(150);
        response.next_page_token = Some("mine".to_owned());
        response
    });
    let response = client(&fake).read_vms(&ReadVmsRequest::new()).await.expect("a response");
    assert_eq!((response.vms.len(), response.next_page_token.as_deref()), (150, Some("mine")));
    // Without the option.
    let plain = crate::fake::start();
    plain.on::<ReadVms>(|_| vms(150));
    let response =
        client(&plain).read_vms(&ReadVmsRequest::new().results_per_page(9)).await.expect("a response");
    assert_eq!(response.vms.len(), 150);
}
