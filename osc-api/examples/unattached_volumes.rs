//! Finds volumes that are attached to nothing, and deletes them on request.

use osc_api::types::{DeleteVolumeRequest, FiltersVolume, ReadVolumesRequest, Volume, VolumeState};
use osc_api::{Client, Result};

const USAGE: &str = "usage: unattached_volumes [--delete]
Lists the volumes that are attached to nothing; with --delete, deletes them and all that is on them.";

/// Says whether the volume is deleted, or why not where that is nobody's fault.
async fn delete(client: &Client, id: &str) -> Result<&'static str> {
    match client.delete_volume(&DeleteVolumeRequest::new(id)).await {
        Ok(_) => Ok("deleted"),
        // Somebody else was faster; or an earlier attempt of this call was carried out, and its answer got lost.
        Err(error) if error.is_not_found() => Ok("gone already"),
        // It was attached in the meantime.
        Err(error) if error.is_conflict() => Ok("kept: it is in use by now"),
        Err(error) => Err(error),
    }
}

/// Gives the number of volumes that could not be deleted.
async fn run(is_deleting: bool) -> Result<usize> {
    let client = Client::from_env()?;
    let filters = FiltersVolume::new().volume_states([VolumeState::Available]);
    // All of them before the first is deleted, so that no page moves while it is read.
    let volumes: Vec<Volume> =
        client.paginate(ReadVolumesRequest::new().filters(filters)).try_collect().await?;
    let (mut count, mut size, mut failures) = (0, 0, 0);
    for volume in volumes.iter().filter(|volume| volume.linked_volumes.is_empty()) {
        let Some(id) = &volume.volume_id else { continue };
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
