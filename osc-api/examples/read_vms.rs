//! Lists the virtual machines of the account that the environment or the profile file names.

use osc_api::types::ReadVmsRequest;
use osc_api::{Client, Result};

async fn list() -> Result<()> {
    let client = Client::from_env()?;
    for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
        let [id, state, kind] =
            [vm.vm_id, vm.state.map(|state| state.to_string()), vm.vm_type].map(Option::unwrap_or_default);
        println!("{id}\t{state}\t{kind}");
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if let Err(error) = list().await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
