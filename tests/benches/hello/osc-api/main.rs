//! Lists the VMs of an account.

use osc_api::Client;
use osc_api::types::ReadVmsRequest;

#[tokio::main(flavor = "current_thread")]
async fn main() -> osc_api::Result<()> {
    let client = Client::from_env()?;
    for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
        println!("{}", vm.vm_id.unwrap_or_default());
    }
    Ok(())
}
