//! Lists unattached volumes, and deletes them on request.

use osc_api::types::{DeleteVolumeRequest, FiltersVolume, ReadVolumesRequest, Volume, VolumeId, VolumeState};
use osc_api::{Client, Result};

const USAGE: &str = "usage: unattached_volumes [--delete]
Lists the volumes that are not attached to a VM. With --delete, deletes them and their data.";

/// Deletes a volume. Returns what happened, unless it is a failure.
async fn delete(client: &Client, id: &VolumeId) -> Result<&'static str> {
    match client.delete_volume(&DeleteVolumeRequest::new(id)).await {
        Ok(_) => Ok("deleted"),
        // Another program deleted it, or an earlier attempt of this call did and its response was lost.
        Err(error) if error.is_not_found() => Ok("already deleted"),
        // It was attached in the meantime.
        Err(error) if error.is_conflict() => Ok("kept: now in use"),
        Err(error) => Err(error),
    }
}

/// Returns the number of volumes that could not be deleted.
async fn run(is_deleting: bool) -> Result<usize> {
    let client = Client::from_env()?;
    let filters = FiltersVolume::new().volume_states([VolumeState::Available]);
    // All volumes are listed before the first is deleted, so that deletions do not shift the pages.
    let volumes: Vec<Volume> =
        client.paginate(ReadVolumesRequest::new().filters(filters)).try_collect().await?;
    let (mut count, mut size, mut failures) = (0, 0, 0);
    for volume in volumes.iter().filter(|volume| volume.linked_volumes.is_empty()) {
        let id = volume.volume_id()?;
        let gibibytes = volume.size.unwrap_or_default();
        (count, size) = (count + 1, size + gibibytes);
        match is_deleting {
            false => println!("{id}\t{gibibytes} GiB"),
            true => match delete(&client, id).await {
                Ok(outcome) => println!("{id}\t{gibibytes} GiB\t{outcome}"),
                Err(error) => {
                    failures += 1;
                    eprintln!("{error:#}");
                }
            },
        }
    }
    println!("{count} unattached volumes, {size} GiB");
    Ok(failures)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let is_deleting = match arguments.iter().map(String::as_str).collect::<Vec<_>>().as_slice() {
        [] => false,
        ["--delete"] => true,
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    };
    match run(is_deleting).await {
        Ok(0) => {}
        Ok(failures) => {
            eprintln!("{failures} could not be deleted");
            std::process::exit(1);
        }
        Err(error) => {
            eprintln!("{error:#}");
            std::process::exit(1);
        }
    }
}
