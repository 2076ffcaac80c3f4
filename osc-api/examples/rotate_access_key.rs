//! Rotates an access key: creates a new one that expires, verifies it, then deactivates the old one.

use std::error::Error;
use std::fs::{File, OpenOptions};
use std::io::Write as _;

use osc_api::serde_json::json;
use osc_api::types::{
    AccessKeyState, CreateAccessKeyRequest, DeleteAccessKeyRequest, FiltersAccessKeys, ReadAccessKeysRequest,
    UpdateAccessKeyRequest,
};
use osc_api::{Client, DateOrDateTime, Secret};

const USAGE: &str = "usage: rotate_access_key OLD_KEY EXPIRY FILE [--delete]
Creates an access key that expires at EXPIRY, such as 2030-01-31, and writes it to FILE, which must not exist yet.
Then deactivates OLD_KEY, which can be undone; with --delete, deletes it.";

/// Creates a file that only the user can read, before the key is created: a key whose secret cannot be stored is lost.
fn private_file(path: &str) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes the key as a profile. This is the only place that exposes the secret key.
fn write_profile(mut file: File, id: &str, secret: &Secret) -> std::io::Result<()> {
    let profile = json!({ "default": { "access_key": id, "secret_key": secret.expose() } });
    writeln!(file, "{profile:#}")
}

async fn rotate(old: &str, expiry: &str, path: &str, is_deleting: bool) -> Result<(), Box<dyn Error>> {
    let expiry: DateOrDateTime = expiry.parse()?;
    let client = Client::from_env()?;
    let request = ReadAccessKeysRequest::new().filters(FiltersAccessKeys::new().access_key_ids([old]));
    let keys = client.read_access_keys(&request).await?.access_keys;
    let old_key = keys.into_iter().next().ok_or_else(|| format!("access key {old} does not exist"))?;

    let file = private_file(path).map_err(|error| format!("{path}: {error}"))?;
    let wanted = CreateAccessKeyRequest::new().expiration_date(expiry);
    // Without a key the file is empty and would block the next run.
    let remove_file = |_: &osc_api::Error| drop(std::fs::remove_file(path));
    let response = client.create_access_key(&wanted).await.inspect_err(remove_file)?;
    let (id, secret) = response
        .access_key
        .and_then(|key| key.access_key_id.zip(key.secret_key))
        .ok_or("CreateAccessKey returned no key")?;
    write_profile(file, id.as_str(), &secret)
        .map_err(|error| format!("{id} was created, but its secret key is lost: {path}: {error}"))?;
    println!("{id} was created: copy the contents of {path} into your profile file, then delete {path}");

    // The new key signs from here on. If it is not accepted, the old one is unchanged.
    let client = Client::builder().access_key(id, secret).build()?;
    client.read_access_keys(&request).await?;
    // An update without an expiration date would remove it.
    let expiry = old_key.expiration_date;
    let update = UpdateAccessKeyRequest::new(old).state(AccessKeyState::Inactive).expiration_date(expiry);
    client.update_access_key(&update).await?;
    println!("{old} is inactive");
    if is_deleting {
        client.delete_access_key(&DeleteAccessKeyRequest::new(old)).await?;
        println!("{old} was deleted");
    }
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let (old, expiry, path, is_deleting) = match arguments.as_slice() {
        [old, expiry, path] => (old, expiry, path, false),
        [old, expiry, path, option] if option == "--delete" => (old, expiry, path, true),
        _ => {
            eprintln!("{USAGE}");
            std::process::exit(2);
        }
    };
    if let Err(error) = rotate(old, expiry, path, is_deleting).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
