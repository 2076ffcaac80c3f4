//! Archives unattached volumes: snapshots each, waits for the snapshot, tags it, and deletes the volume.

use std::error::Error;
use std::thread;
use std::time::Duration;

use outscale_api::apis::configuration::Configuration;
use outscale_api::apis::profile::Profile;
use outscale_api::apis::snapshot_api::{create_snapshot, read_snapshots};
use outscale_api::apis::tag_api::create_tags;
use outscale_api::apis::volume_api::{delete_volume, read_volumes};
use outscale_api::models::{
    CreateSnapshotRequest, CreateTagsRequest, DeleteVolumeRequest, FiltersSnapshot, FiltersVolume,
    ReadSnapshotsRequest, ReadVolumesRequest, ResourceTag, Volume,
};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// The volumes that are not attached, of all pages.
fn unattached(config: &Configuration, subregion: &str) -> Result<Vec<Volume>> {
    let mut filters = FiltersVolume::new();
    filters.volume_states = Some(vec!["available".to_string()]);
    filters.subregion_names = Some(vec![subregion.to_string()]);
    let mut request = ReadVolumesRequest::new();
    request.filters = Some(Box::new(filters));
    request.results_per_page = Some(1000);
    let mut volumes = Vec::new();
    loop {
        let response = read_volumes(config, Some(request.clone()))?;
        volumes.extend(response.volumes.unwrap_or_default());
        request.next_page_token = response.next_page_token.filter(|token| !token.is_empty());
        if request.next_page_token.is_none() {
            return Ok(volumes);
        }
    }
}

/// Creates a snapshot. The token keeps a retry from creating a second one.
fn snapshot(config: &Configuration, volume_id: &str) -> Result<String> {
    let mut request = CreateSnapshotRequest::new();
    request.volume_id = Some(volume_id.to_string());
    request.description = Some(format!("archive of {volume_id}"));
    request.client_token = Some(format!("archive-{volume_id}"));
    let response = create_snapshot(config, Some(request))?;
    let snapshot = response.snapshot.ok_or("CreateSnapshot returned no snapshot")?;
    Ok(snapshot.snapshot_id.ok_or("CreateSnapshot returned no ID")?)
}

/// Waits for at most 40 minutes.
fn wait_until_completed(config: &Configuration, snapshot_id: &str) -> Result<()> {
    let mut filters = FiltersSnapshot::new();
    filters.snapshot_ids = Some(vec![snapshot_id.to_string()]);
    let mut request = ReadSnapshotsRequest::new();
    request.filters = Some(Box::new(filters));
    for _ in 0..240 {
        let response = read_snapshots(config, Some(request.clone()))?;
        let snapshot = response.snapshots.unwrap_or_default().pop();
        match snapshot.and_then(|snapshot| snapshot.state).as_deref() {
            Some("completed") => return Ok(()),
            Some("error") | Some("deleting") => return Err(format!("{snapshot_id} failed").into()),
            _ => thread::sleep(Duration::from_secs(10)),
        }
    }
    Err(format!("{snapshot_id} is not completed after 40 minutes").into())
}

/// Marks the snapshot with the volume that it replaces.
fn tag(config: &Configuration, snapshot_id: &str, volume_id: &str) -> Result<()> {
    let tags = vec![
        ResourceTag::new("archive-of".to_string(), volume_id.to_string()),
        ResourceTag::new("created-by".to_string(), "archive_volumes".to_string()),
    ];
    create_tags(config, Some(CreateTagsRequest::new(vec![snapshot_id.to_string()], tags)))?;
    Ok(())
}

/// Deletes the volume. A volume that no longer exists was deleted by an earlier attempt.
fn delete(config: &Configuration, volume_id: &str) -> Result<()> {
    match delete_volume(config, Some(DeleteVolumeRequest::new(volume_id.to_string()))) {
        Ok(_) => Ok(()),
        Err(outscale_api::apis::Error::ResponseError(response)) if response.content.contains("5064") => Ok(()),
        Err(error) => Err(error.into()),
    }
}

fn archive(config: &Configuration, volume: &Volume) -> Result<String> {
    let volume_id = volume.volume_id.as_deref().ok_or("a volume without an ID")?;
    let snapshot_id = snapshot(config, volume_id)?;
    wait_until_completed(config, &snapshot_id)?;
    tag(config, &snapshot_id, volume_id)?;
    delete(config, volume_id)?;
    Ok(snapshot_id)
}

fn run(subregion: &str) -> Result<usize> {
    let config: Configuration = Profile::default()?.try_into()?;
    let mut failures = 0;
    for volume in unattached(&config, subregion)? {
        let name = volume.volume_id.clone().unwrap_or_default();
        match archive(&config, &volume) {
            Ok(snapshot_id) => println!("{name} is archived as {snapshot_id}"),
            Err(error) => {
                failures += 1;
                eprintln!("{name}: {error}");
            }
        }
    }
    Ok(failures)
}

fn main() {
    let Some(subregion) = std::env::args().nth(1) else {
        eprintln!("usage: archive_volumes SUBREGION");
        std::process::exit(2);
    };
    match run(&subregion) {
        Ok(0) => {}
        Ok(failures) => {
            eprintln!("{failures} volumes could not be archived");
            std::process::exit(1);
        }
        Err(error) => {
            eprintln!("{error}");
            std::process::exit(1);
        }
    }
}
