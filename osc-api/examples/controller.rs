//! A controller: keeps VMs running, and follows an access key that is replaced in a file.
//!
//! It is meant for a container whose profile file is a secret that Kubernetes mounts, and runs until it is stopped.

use std::time::Duration;

use osc_api::credentials::ProfileProvider;
use osc_api::types::{StartVmsRequest, Vm, VmId, VmStateName};
use osc_api::{Client, Result};
use tokio::task::JoinSet;

const USAGE: &str = "usage: controller PROFILE_FILE ROUNDS VM_ID...
Starts each of the VMs whenever it is stopped. Checks them every second, ROUNDS times; 0: until it is stopped.";

/// Delay between two rounds.
const INTERVAL: Duration = Duration::from_secs(1);

/// What a check of a VM found.
async fn reconcile(client: &Client, id: &VmId) -> Result<&'static str> {
    // All tasks of a round share this request.
    let Some(vm) = client.batch::<Vm>().read(id).await? else { return Ok("missing") };
    match vm.state {
        Some(VmStateName::Running) => Ok("running"),
        Some(VmStateName::Stopped) => {
            client.start_vms(&StartVmsRequest::new([id])).await?;
            Ok("started")
        }
        _ => Ok("changing"),
    }
}

/// Checks each VM in a task of its own. An error concerns one VM and one round.
async fn round(client: &Client, ids: &[VmId]) {
    let mut tasks = JoinSet::new();
    for id in ids.iter().cloned() {
        let client = client.clone();
        tasks.spawn(async move {
            let result = reconcile(&client, &id).await;
            (id, result)
        });
    }
    while let Some(Ok((id, result))) = tasks.join_next().await {
        match result {
            Ok(state) => println!("{id}: {state}"),
            Err(error) => eprintln!("{id}: {error:#}"),
        }
    }
}

async fn run(file: &str, rounds: u32, ids: &[VmId]) -> Result<()> {
    let provider = ProfileProvider::new().file(file);
    let client = Client::builder().credentials_provider(provider).user_agent("controller/1.0").build()?;
    let mut count = 0;
    loop {
        round(&client, ids).await;
        count += 1;
        if count == rounds {
            return Ok(());
        }
        tokio::time::sleep(INTERVAL).await;
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (file, rounds, ids) = match arguments.as_slice() {
        [file, rounds, ids @ ..] if !ids.is_empty() => (file, rounds.parse(), ids),
        _ => usage(),
    };
    let Ok(rounds) = rounds else { usage() };
    let ids: Vec<VmId> = ids.iter().map(VmId::from).collect();
    if let Err(error) = run(file, rounds, &ids).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}

fn usage() -> ! {
    eprintln!("{USAGE}");
    std::process::exit(2);
}
