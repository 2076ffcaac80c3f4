//! Checks what the access key may do, with dry runs: nothing is performed.

use osc_api::serde_json::{self, Value, json};
use osc_api::{Client, DryRun, Result};

const USAGE: &str = "usage: check_permissions ACTION[=REQUEST]...
Prints for each action, with its request in JSON, whether the access key may call it: `allowed`, `denied`, or `allowed?`
if the request itself is refused. Exits with status 3 if one is denied.";

/// Checks the actions, and returns whether none is denied.
async fn check(calls: &[(&str, Value)]) -> Result<bool> {
    let client = Client::from_env()?;
    let mut is_allowed = true;
    for (action, request) in calls {
        match client.dry_run_raw(action, request).await? {
            DryRun::WouldBeRefused(error) if error.is_access_denied() => {
                is_allowed = false;
                println!("{action}: denied");
            }
            // The API may check the request before the permissions: pass one that it accepts.
            DryRun::WouldBeRefused(error) => println!("{action}: allowed? {error}"),
            _ => println!("{action}: allowed"),
        }
    }
    Ok(is_allowed)
}

/// An action and its request.
fn parse(argument: &str) -> Option<(&str, Value)> {
    match argument.split_once('=') {
        None => Some((argument, json!({}))),
        Some((action, request)) => Some((action, serde_json::from_str(request).ok()?)),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let calls: Option<Vec<_>> = arguments.iter().map(|argument| parse(argument)).collect();
    let Some(calls) = calls.filter(|calls| !calls.is_empty()) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    match check(&calls).await {
        Ok(true) => {}
        Ok(false) => std::process::exit(3),
        Err(error) => {
            eprintln!("{error:#}");
            std::process::exit(1);
        }
    }
}
