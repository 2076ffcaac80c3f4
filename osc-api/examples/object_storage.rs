//! Lists the buckets of the object storage, with the credentials, region and address of a client.
//!
//! The client has no object storage of its own: this signs one request to it. Use an S3 client for more.

use std::error::Error;
use std::process::ExitCode;
use std::time::SystemTime;

use osc_api::Client;
use osc_api::signing::{RequestSigner, RequestToSign, SignatureScheme};

/// The names in the list of buckets, which is XML.
fn names(xml: &str) -> impl Iterator<Item = &str> {
    xml.split("<Name>").skip(1).filter_map(|rest| rest.split_once("</Name>")).map(|(name, _)| name)
}

async fn buckets() -> Result<String, Box<dyn Error>> {
    let client = Client::from_env()?;
    let credentials = client.credentials();
    let (Some(access_key), Some(secret_key)) = (credentials.access_key_id(), credentials.secret_key()) else {
        return Err("object storage requires an access key".into());
    };
    let storage = client.service_endpoint("oos")?.ok_or("the region has no object storage")?;
    let signer =
        RequestSigner::new(SignatureScheme::Aws4, access_key, secret_key.clone(), client.region(), "s3");
    let path = format!("{}/", storage.path());
    let signature = signer.sign(SystemTime::now(), &RequestToSign::new("GET", storage.host(), &path));

    // reqwest is built without a default library for cryptography here.
    _ = rustls::crypto::ring::default_provider().install_default();
    let mut request = reqwest::Client::new().get(format!("{}/", storage.url()));
    for (name, value) in signature.headers() {
        request = request.header(name, value);
    }
    let response = request.send().await?;
    match response.status() {
        status if status.is_success() => Ok(response.text().await?),
        status => Err(format!("{} responded with status {status}", storage.host()).into()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    if std::env::args().len() > 1 {
        eprintln!("usage: object_storage\nPrints the names of the buckets.");
        return ExitCode::from(2);
    }
    match buckets().await {
        Ok(xml) => {
            names(&xml).for_each(|name| println!("{name}"));
            ExitCode::SUCCESS
        }
        Err(error) => {
            eprintln!("{error}");
            let causes = std::iter::successors(error.source(), |&cause| cause.source());
            causes.for_each(|cause| eprintln!("  caused by: {cause}"));
            ExitCode::FAILURE
        }
    }
}
