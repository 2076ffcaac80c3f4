//! Stops all VMs with a tag, without async. Requires the feature `blocking`.

use osc_api::blocking::Client;
use osc_api::types::{FiltersVm, ReadVmsRequest, StopVmsRequest, VmStateName};
use osc_api::{Result, wait};

const USAGE: &str = "usage: blocking_script KEY=VALUE
Stops all running VMs that have the tag, and waits until they are stopped.";

fn stop(tag: &str) -> Result<()> {
    let client = Client::from_env()?;
    let filters = FiltersVm::new().tags([tag]).vm_state_names([VmStateName::Running]);
    let mut ids = Vec::new();
    // The iterator reads the next page when the loop needs it.
    for vm in client.paginate(ReadVmsRequest::new().filters(filters)) {
        ids.extend(vm?.vm_id);
    }
    if ids.is_empty() {
        println!("no VM with the tag {tag} is running");
        return Ok(());
    }
    // One request stops all of them in parallel.
    client.stop_vms(&StopVmsRequest::new(&ids))?;
    for vm in client.wait_for_all(ids.iter().map(|id| wait::vm(id).stopped())).wait()? {
        println!("{} is stopped", vm.vm_id()?);
    }
    Ok(())
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let tag = match arguments.as_slice() {
        [tag] if tag.contains('=') => tag,
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    };
    if let Err(error) = stop(tag) {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
