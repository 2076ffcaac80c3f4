//! Lists the virtual machines of the account configured in the environment or the profile file.

use osc_api::types::ReadVmsRequest;
use osc_api::{Client, Result};

async fn list() -> Result<()> {
    let client = Client::from_env()?;
    for vm in client.read_vms(&ReadVmsRequest::new()).await?.vms {
        let state = vm.state.map(|state| state.to_string());
        println!("{}\t{}", vm.vm_id.unwrap_or_default(), state.unwrap_or_default());
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
