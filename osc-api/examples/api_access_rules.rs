//! Adds an API access rule that requires a client certificate, then lists all rules.

use std::error::Error;

use osc_api::Client;
use osc_api::types::{
    CreateApiAccessRuleRequest, CreateCaRequest, DeleteCaRequest, ReadApiAccessRulesRequest,
};

const USAGE: &str = "usage: api_access_rules [CA.pem IP_RANGE...]
Registers the certificate authority and adds a rule that allows calls from the ranges, such as 203.0.113.0/24, with a
client certificate of that authority. Then lists all rules. Without arguments, only lists them.";

async fn add_rule(client: &Client, path: &str, ranges: &[String]) -> Result<(), Box<dyn Error>> {
    let pem = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let response = client.create_ca(&CreateCaRequest::new(pem).description("created by an example")).await?;
    let ca = response.ca.and_then(|ca| ca.ca_id).ok_or("CreateCa returned no authority")?;
    println!("{ca} is registered");

    // A call is allowed if any rule allows it: as long as another rule allows everything, this one locks no one out.
    let request = CreateApiAccessRuleRequest::new()
        .ca_ids([&ca])
        .ip_ranges(ranges)
        .description("created by an example");
    if let Err(error) = client.create_api_access_rule(&request).await {
        // Without the rule the authority is useless. The first error matters more than that of the cleanup.
        match client.delete_ca(&DeleteCaRequest::new(&ca)).await {
            Ok(_) => eprintln!("{ca} was deleted"),
            Err(error) => eprintln!("{ca} is still registered: {error:#}"),
        }
        return Err(error.into());
    }
    Ok(())
}

async fn list(client: &Client) -> osc_api::Result<()> {
    for rule in client.read_api_access_rules(&ReadApiAccessRulesRequest::new()).await?.api_access_rules {
        println!(
            "{}\t{}\t{}\t{}",
            rule.api_access_rule_id.unwrap_or_default(),
            rule.ip_ranges.join(","),
            rule.ca_ids.join(","),
            rule.description.unwrap_or_default()
        );
    }
    Ok(())
}

async fn run(arguments: &[String]) -> Result<(), Box<dyn Error>> {
    let client = Client::from_env()?;
    if let [path, ranges @ ..] = arguments {
        add_rule(&client, path, ranges).await?;
    }
    Ok(list(&client).await?)
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A rule without ranges would apply to all addresses: a forgotten argument must not cause that.
    if arguments.len() == 1 {
        eprintln!("{USAGE}");
        std::process::exit(2);
    }
    if let Err(error) = run(&arguments).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
