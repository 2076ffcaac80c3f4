//! Prints everything that the account can list as JSON: an object of lists, by action. Progress goes to standard error.

use osc_api::listing::Listing;
use osc_api::serde_json::{Map, Value, json};
use osc_api::{Client, Result};
use tokio::task::JoinSet;

async fn inventory(client: &Client) -> Result<Map<String, Value>> {
    let mut reads = JoinSet::new();
    // The others list something of one resource, such as the policies of a user.
    for listing in Listing::all().filter(|listing| listing.required_fields().is_empty()) {
        let items = client.list_raw(listing, json!({})).try_collect();
        reads.spawn(async move { (listing, items.await) });
    }
    let (total, mut inventory) = (reads.len(), Map::new());
    while let Some(read) = reads.join_next().await {
        let (listing, result) = read.unwrap_or_else(|error| std::panic::resume_unwind(error.into_panic()));
        let progress = format!("{}/{total} {}", total - reads.len(), listing.action());
        match result {
            Ok(items) => {
                eprintln!("{progress}: {} of type {}", items.len(), listing.item_type());
                inventory.insert(listing.action().to_owned(), items.into());
            }
            Err(error) if error.is_access_denied() => eprintln!("{progress}: {error}"),
            Err(error) => return Err(error),
        }
    }
    Ok(inventory)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::args().len() > 1 {
        eprintln!("usage: inventory\nPrints everything that the account can list as JSON, by action.");
        std::process::exit(2);
    }
    match async { inventory(&Client::from_env()?).await }.await {
        Ok(inventory) => println!("{:#}", Value::Object(inventory)),
        Err(error) => {
            eprintln!("{error:#}");
            std::process::exit(1);
        }
    }
}
