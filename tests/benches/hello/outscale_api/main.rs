//! Lists the VMs of an account.

use outscale_api::apis::profile::Profile;
use outscale_api::apis::vm_api::read_vms;
use outscale_api::models::ReadVmsRequest;

fn main() {
    let configuration = Profile::default().and_then(Profile::try_into).expect("a configuration");
    let response = read_vms(&configuration, Some(ReadVmsRequest::new())).expect("a response");
    for vm in response.vms.into_iter().flatten() {
        println!("{}", vm.vm_id.unwrap_or_default());
    }
}
