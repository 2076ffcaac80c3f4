//! Replaces an access key: creates a new one that expires, tries it, then turns the old one off.

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
Then turns OLD_KEY off, which can be undone; with --delete, deletes it.";

/// A file that nobody else can read. It is there before the key is: a key whose secret half cannot be kept is lost.
fn private_file(path: &str) -> std::io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Writes the key as a profile. This is the one place where its secret half is read as text: it is never printed.
fn keep(mut file: File, id: &str, secret: &Secret) -> std::io::Result<()> {
    let profile = json!({ "default": { "access_key": id, "secret_key": secret.expose() } });
    writeln!(file, "{profile:#}")
}

async fn rotate(old: &str, expiry: &str, path: &str, is_deleting: bool) -> Result<(), Box<dyn Error>> {
    let expiry: DateOrDateTime = expiry.parse()?;
    let client = Client::from_env()?;
    let request = ReadAccessKeysRequest::new().filters(FiltersAccessKeys::new().access_key_ids([old]));
    let keys = client.read_access_keys(&request).await?.access_keys;
    let old_key = keys.into_iter().next().ok_or_else(|| format!("there is no access key {old}"))?;

    let file = private_file(path).map_err(|error| format!("{path}: {error}"))?;
    let wanted = CreateAccessKeyRequest::new().expiration_date(expiry);
    // Without a key the file is empty, and would be in the way of the next try.
    let no_key = |_: &osc_api::Error| drop(std::fs::remove_file(path));
    let answer = client.create_access_key(&wanted).await.inspect_err(no_key)?;
    let (id, secret) = answer
        .access_key
        .and_then(|key| key.access_key_id.zip(key.secret_key))
        .ok_or("CreateAccessKey answered without a key")?;
    keep(file, &id, &secret)
        .map_err(|error| format!("{id} is created, but its secret key is lost: {path}: {error}"))?;
    println!("{id} is created: put what is in {path} into your profile file, and delete {path}");

    // From here on the new key signs. Where it is not accepted, the old one has not been touched.
    let client = Client::builder().access_key(&id, secret).build()?;
    client.read_access_keys(&request).await?;
    let mut update = UpdateAccessKeyRequest::new(old).state(AccessKeyState::Inactive);
    // An update that leaves the expiry out would lift it.
    update.expiration_date = old_key.expiration_date.map(DateOrDateTime::from);
    client.update_access_key(&update).await?;
    println!("{old} is inactive");
    if is_deleting {
        client.delete_access_key(&DeleteAccessKeyRequest::new(old)).await?;
        println!("{old} is deleted");
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
