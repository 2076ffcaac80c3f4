//! Creates a VM, waits until it is running, stops it, and deletes it, also after a failure.

use osc_api::types::{CreateVmsRequest, DeleteVmsRequest, StopVmsRequest, VmId};
use osc_api::{Client, Result, wait};

const USAGE: &str = "usage: vm_lifecycle IMAGE_ID
Creates a VM from the image, waits until it is running, stops it, deletes it. A running VM costs money.";

async fn start_and_stop(client: &Client, id: &VmId) -> Result<()> {
    let report =
        |progress: &wait::Progress<'_>| eprintln!("{id} is {}", progress.state.unwrap_or("not listed yet"));
    let vm = client.wait_for(wait::vm(id).running()).on_progress(report).await?;
    println!("{id} is running at {}", vm.private_ip.unwrap_or_default());

    client.stop_vms(&StopVmsRequest::new([id])).await?;
    client.wait_for(wait::vm(id).stopped()).await?;
    println!("{id} is stopped");
    Ok(())
}

async fn delete(client: &Client, id: &VmId) -> Result<()> {
    client.delete_vms(&DeleteVmsRequest::new([id])).await?;
    client.wait_for(wait::vm(id).terminated()).await?;
    println!("{id} was deleted");
    Ok(())
}

async fn run(image: &str) -> Result<()> {
    let client = Client::from_env()?;
    // The client gives the request a `ClientToken`, so that no retry of this call creates a second VM.
    let created = client.create_vms(&CreateVmsRequest::new(image)).await?;
    let id = created.vm()?.vm_id()?;
    println!("{id} was created");

    let stopped = start_and_stop(&client, id).await;
    // The VM is deleted in any case; the first error is the one to report.
    let deleted = delete(&client, id).await;
    if let Err(error) = &deleted {
        eprintln!("{id} may still exist and cost money: {error:#}");
    }
    stopped.and(deleted)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [image] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    if let Err(error) = run(image).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
