//! Archives unattached volumes: snapshots each, waits for the snapshot, tags it, and deletes the volume.

use osc_api::types::{
    CreateSnapshotRequest, CreateTagsRequest, DeleteVolumeRequest, FiltersVolume, ReadVolumesRequest,
    ResourceId, ResourceTag, SnapshotId, Volume, VolumeId, VolumeState,
};
use osc_api::{Client, Result, wait};

const USAGE: &str = "usage: archive_volumes SUBREGION
Replaces every volume of the Subregion that is not attached to a VM by a snapshot.";

/// The volumes that are not attached, of all pages.
async fn unattached(client: &Client, subregion: &str) -> Result<Vec<Volume>> {
    let filters = FiltersVolume::new().volume_states([VolumeState::Available]).subregion_names([subregion]);
    client.paginate(ReadVolumesRequest::new().filters(filters)).try_collect().await
}

/// Creates a snapshot and waits for it. A token keeps a second run from creating a second one.
async fn snapshot(client: &Client, volume_id: &VolumeId) -> Result<SnapshotId> {
    let request = CreateSnapshotRequest::new()
        .volume_id(volume_id)
        .description(format!("archive of {volume_id}"))
        .client_token(format!("archive-{volume_id}"));
    let created = client.create_snapshot(&request).await?;
    let snapshot_id = created.snapshot()?.snapshot_id()?;
    client.wait_for(wait::snapshot(snapshot_id).completed()).await?;
    Ok(snapshot_id.clone())
}

/// Marks the snapshot with the volume that it replaces.
async fn tag(client: &Client, snapshot_id: &SnapshotId, volume_id: &VolumeId) -> Result<()> {
    let tags = [
        ResourceTag::new("archive-of", volume_id.as_str()),
        ResourceTag::new("created-by", "archive_volumes"),
    ];
    client.create_tags(&CreateTagsRequest::new([ResourceId::from(snapshot_id)], tags)).await?;
    Ok(())
}

/// Deletes the volume. A volume that no longer exists was deleted by an earlier attempt.
async fn delete(client: &Client, volume_id: &VolumeId) -> Result<()> {
    match client.delete_volume(&DeleteVolumeRequest::new(volume_id)).await {
        Err(error) if !error.is_not_found() => Err(error),
        _ => Ok(()),
    }
}

async fn archive(client: &Client, volume: &Volume) -> Result<SnapshotId> {
    let volume_id = volume.volume_id()?;
    let snapshot_id = snapshot(client, volume_id).await?;
    tag(client, &snapshot_id, volume_id).await?;
    delete(client, volume_id).await?;
    Ok(snapshot_id)
}

async fn run(subregion: &str) -> Result<usize> {
    let client = Client::from_env()?;
    let mut failures = 0;
    for volume in unattached(&client, subregion).await? {
        let name = volume.volume_id.clone().unwrap_or_default();
        match archive(&client, &volume).await {
            Ok(snapshot_id) => println!("{name} is archived as {snapshot_id}"),
            Err(error) => {
                failures += 1;
                eprintln!("{name}: {error:#}");
            }
        }
    }
    Ok(failures)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let Some(subregion) = std::env::args().nth(1) else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    match run(&subregion).await {
        Ok(0) => {}
        Ok(failures) => {
            eprintln!("{failures} volumes could not be archived");
            std::process::exit(1);
        }
        Err(error) => {
            eprintln!("{error:#}");
            std::process::exit(1);
        }
    }
}
