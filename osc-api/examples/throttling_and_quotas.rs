//! Creates a volume in the first Subregion with capacity, and shows how to react to throttling, quotas and capacity.

use std::time::{Duration, SystemTime};

use osc_api::types::{CreateVolumeRequest, VolumeId};
use osc_api::{CallOptions, Client, Error, Result, RetryPolicy};

const USAGE: &str = "usage: throttling_and_quotas SIZE SUBREGION...
Creates a volume of SIZE GiB in the first of the Subregions that has capacity.
Exit code: 0 created, 1 failed, 2 wrong usage, 75 temporary failure.";

/// Creates a volume, retrying temporary failures.
async fn create(client: &Client, size: i64, subregion: &str) -> Result<VolumeId> {
    // The client adds a new token to each call. Here all calls share one token, so that a call whose response was
    // lost and the next one create the same volume, not two.
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    let request = CreateVolumeRequest::new(subregion).size(size).client_token(format!("{subregion}-{now}"));
    let mut pause = Duration::from_millis(250);
    for _ in 0..7 {
        match client.create_volume(&request).await {
            Ok(response) => return response.volume()?.volume_id().cloned(),
            // The call was throttled until its timeout: more calls would make it worse.
            Err(error) if error.is_throttled() => return Err(error),
            // A temporary conflict, or a failure of the network or the platform that outlasted the client's retries.
            Err(error) if error.is_retryable() => eprintln!("{error:#}; retrying in {pause:?}"),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    client.create_volume(&request).await?.volume()?.volume_id().cloned()
}

/// Tries one Subregion after the other, until one has capacity.
async fn run(size: i64, subregions: &[String]) -> Result<Option<VolumeId>> {
    // The client retries throttled requests by itself. These settings suit an interactive program.
    let options = CallOptions::new()
        .timeout(Duration::from_secs(60))
        .retry(RetryPolicy::new().base_delay(Duration::from_millis(200)));
    let client = Client::from_env()?.with(options);
    for subregion in subregions {
        match create(&client, size, subregion).await {
            Err(error) if error.is_capacity() => eprintln!("{subregion} has no capacity: {error:#}"),
            result => return result.map(Some),
        }
    }
    Ok(None)
}

/// Returns a hint for an error, and the exit code.
fn advice(error: &Error) -> (&'static str, i32) {
    if error.is_quota() {
        ("a quota of the account is exhausted: delete resources, or request a higher quota", 1)
    } else if error.is_throttled() {
        ("the account is throttled: try again later, or set a rate limit", 75)
    } else if error.is_retryable() {
        ("try again later", 75)
    } else {
        ("not a temporary failure: see the error", 1)
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (size, subregions) = match arguments.as_slice() {
        [size, subregions @ ..] if !subregions.is_empty() => (size.parse().ok(), subregions),
        _ => (None, [].as_slice()),
    };
    let Some(size) = size else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    match run(size, subregions).await {
        Ok(Some(id)) => println!("{id} was created"),
        Ok(None) => {
            eprintln!("none of the Subregions has capacity: try again later, or request a smaller volume");
            std::process::exit(75);
        }
        Err(error) => {
            let (advice, code) = advice(&error);
            eprintln!("{error:#}\n{advice}");
            std::process::exit(code);
        }
    }
}
