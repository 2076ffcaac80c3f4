//! Prints the least EIM policy for what a run has called, from an observer of its client.

use std::collections::BTreeSet;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};

use osc_api::serde_json::{Value, json};
use osc_api::types::{FiltersVolume, ReadVmsRequest, ReadVolumesRequest, VolumeState};
use osc_api::{CallEvent, Client, Observer, Result};

/// The actions that were called. One that was refused is needed, too.
#[derive(Default)]
struct CalledActions(Mutex<BTreeSet<String>>);

impl Observer for CalledActions {
    fn on_call(&self, call: &CallEvent<'_>) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(call.action().to_owned());
    }
}

impl CalledActions {
    /// A policy that allows these actions and nothing else, for `Document` of `CreatePolicy`. Actions without
    /// authentication, such as `ReadRegions`, need no permission, but do no harm in it.
    fn policy(&self) -> Value {
        let actions = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let actions: Vec<String> = actions.iter().map(|action| format!("api:{action}")).collect();
        json!({ "Statement": [{ "Effect": "Allow", "Action": actions, "Resource": ["*"] }] })
    }
}

/// The program whose permissions are wanted: replace it with your own.
async fn run(client: &Client) -> Result<()> {
    client.read_vms(&ReadVmsRequest::new()).await?;
    let available = FiltersVolume::new().volume_states([VolumeState::Available]);
    let volumes: Vec<_> = client.paginate(ReadVolumesRequest::new().filters(available)).try_collect().await?;
    eprintln!("{} unattached volumes", volumes.len());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if std::env::args().len() > 1 {
        eprintln!(
            "usage: least_policy\nRuns some reads, and prints the least policy for the actions they called."
        );
        return ExitCode::from(2);
    }
    let called = Arc::new(CalledActions::default());
    let result = async { run(&Client::builder().observer(Arc::clone(&called)).build()?).await }.await;
    println!("{:#}", called.policy());
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
