//! Creates a volume where there is room, and shows what to do about each reason why there may be none.

use std::time::{Duration, SystemTime};

use osc_api::types::{CreateVolumeRequest, Volume};
use osc_api::{CallOptions, Client, Error, Result, RetryPolicy};

const USAGE: &str = "usage: throttling_and_quotas SIZE SUBREGION...
Creates a volume of so many GiB in the first of the Subregions that has room.
Exit code: 0 created, 1 failed, 2 wrong use, 75 failed but may go well later.";

/// Creates a volume, and waits for what passes.
async fn create(client: &Client, size: i64, subregion: &str) -> Result<Volume> {
    // Each call gets a token of its own from the client. Here one token is for all of them, so that a call whose
    // answer was lost and the next one make the same volume, not two.
    let now = SystemTime::UNIX_EPOCH.elapsed().unwrap_or_default().as_nanos();
    let request = CreateVolumeRequest::new(subregion).size(size).client_token(format!("{subregion}-{now}"));
    let mut pause = Duration::from_millis(250);
    for _ in 0..7 {
        match client.create_volume(&request).await {
            Ok(answer) => return Ok(answer.volume.unwrap_or_default()),
            // Throttled for as long as a call may last: more calls would only make it worse.
            Err(error) if error.is_throttled() => return Err(error),
            // A state that passes, or a failure of the network or the platform that the client could not mend.
            Err(error) if error.is_retryable() => eprintln!("{error:#}; again in {pause:?}"),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(pause).await;
        pause *= 2;
    }
    client.create_volume(&request).await.map(|answer| answer.volume.unwrap_or_default())
}

/// Tries one Subregion after the other. Only a lack of capacity is a reason to go on to the next.
async fn run(size: i64, subregions: &[String]) -> Result<Option<Volume>> {
    // The client itself waits and sends again when it is throttled. These are settings for somebody who looks on.
    let patience = CallOptions::new()
        .timeout(Duration::from_secs(60))
        .retry(RetryPolicy::new().base_delay(Duration::from_millis(200)));
    let client = Client::from_env()?.with(patience);
    for subregion in subregions {
        match create(&client, size, subregion).await {
            Err(error) if error.is_capacity() => eprintln!("{subregion} has no room: {error:#}"),
            result => return result.map(Some),
        }
    }
    Ok(None)
}

/// What to do about an error, and the exit code that says whether to come back later.
fn advice(error: &Error) -> (&'static str, i32) {
    if error.is_quota() {
        ("a quota of the account is used up: delete something, or ask for more", 1)
    } else if error.is_throttled() {
        ("too many requests of the account: come back later, or set a rate limit", 75)
    } else if error.is_retryable() {
        ("come back later", 75)
    } else {
        ("waiting does not help: see what the error says", 1)
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
        Ok(Some(volume)) => println!("{} is created", volume.volume_id.unwrap_or_default()),
        Ok(None) => {
            eprintln!("none of the Subregions has room: come back later, or ask for less");
            std::process::exit(75);
        }
        Err(error) => {
            let (advice, code) = advice(&error);
            eprintln!("{error:#}\n{advice}");
            std::process::exit(code);
        }
    }
}
