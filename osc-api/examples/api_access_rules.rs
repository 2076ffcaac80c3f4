//! Lists the API access rules, after adding one that lets in who has a certificate of an authority.

use std::error::Error;

use osc_api::Client;
use osc_api::types::{
    CreateApiAccessRuleRequest, CreateCaRequest, DeleteCaRequest, ReadApiAccessRulesRequest,
};

const USAGE: &str = "usage: api_access_rules [CA.pem IP_RANGE...]
Registers the certificate authority and adds a rule: calls from the ranges, such as 203.0.113.0/24, whose client
certificate is of that authority are let in. Then lists all rules; without arguments, lists them only.";

async fn add_rule(client: &Client, path: &str, ranges: &[String]) -> Result<(), Box<dyn Error>> {
    let pem = std::fs::read_to_string(path).map_err(|error| format!("{path}: {error}"))?;
    let answer = client.create_ca(&CreateCaRequest::new(pem).description("of the example")).await?;
    let ca = answer.ca.and_then(|ca| ca.ca_id).ok_or("CreateCa answered without an authority")?;
    println!("{ca} is registered");

    // A call is let in if one rule lets it in: as long as another one allows everything, this shuts out nobody.
    let request =
        CreateApiAccessRuleRequest::new().ca_ids([&ca]).ip_ranges(ranges).description("of the example");
    if let Err(error) = client.create_api_access_rule(&request).await {
        // Without the rule nobody needs the authority. Why there is no rule matters more than whether it could go.
        match client.delete_ca(&DeleteCaRequest::new(&ca)).await {
            Ok(_) => eprintln!("{ca} is deleted again"),
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
    // A rule without ranges would be for the whole world: that should not happen by a forgotten argument.
    if arguments.len() == 1 {
        eprintln!("{USAGE}");
        std::process::exit(2);
    }
    if let Err(error) = run(&arguments).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
