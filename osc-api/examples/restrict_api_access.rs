//! Replaces the rules that allow API calls from anywhere by one that requires an address and a client certificate, and
//! stops before a change that would lock the caller out.

use std::error::Error;
use std::net::IpAddr;

use osc_api::Client;
use osc_api::api_access::{PresentedCertificate, decision, rules_after};
use osc_api::types::{
    ApiAccessRule, ApiAccessRuleId, CaId, CreateApiAccessRuleRequest, CreateCaRequest,
    DeleteApiAccessRuleRequest, ReadApiAccessRulesRequest,
};

const USAGE: &str = "usage: restrict_api_access ADDRESS COMMON_NAME CA.pem IP_RANGE...
Registers the certificate authority, adds a rule that allows calls from the ranges with a certificate of that authority
with that common name, and deletes the rules that allow calls from anywhere. ADDRESS is the public address of this
machine. Configure its certificate before: OSC_X509_CLIENT_CERT and OSC_X509_CLIENT_KEY.";

/// The caller as the API will see it.
struct Caller {
    address: IpAddr,
    certificate: PresentedCertificate,
}

impl Caller {
    /// Fails, with the reason, unless a rule allows the caller.
    fn check(&self, rules: &[ApiAccessRule]) -> Result<(), Box<dyn Error>> {
        let decision = decision(rules, self.address, Some(&self.certificate));
        if decision.is_allowed() { Ok(()) } else { Err(decision.to_string().into()) }
    }
}

/// The rules at this moment: other programs may change them, too.
async fn rules(client: &Client) -> osc_api::Result<Vec<ApiAccessRule>> {
    Ok(client.read_api_access_rules(&ReadApiAccessRulesRequest::new()).await?.api_access_rules)
}

/// The rules that allow every address without a certificate.
fn open_rules(rules: &[ApiAccessRule]) -> Vec<ApiAccessRuleId> {
    let open = |rule: &&ApiAccessRule| {
        rule.ca_ids.is_empty() && rule.ip_ranges.iter().any(|range| range.ends_with("/0"))
    };
    rules.iter().filter(open).filter_map(|rule| rule.api_access_rule_id.clone()).collect()
}

async fn register(client: &Client, pem: String) -> Result<CaId, Box<dyn Error>> {
    let response = client.create_ca(&CreateCaRequest::new(pem).description("created by an example")).await?;
    Ok(response.ca.and_then(|ca| ca.ca_id).ok_or("CreateCa returned no authority")?)
}

async fn run(address: &str, name: &str, ca: &str, ranges: &[String]) -> Result<(), Box<dyn Error>> {
    let address = address.parse().map_err(|_| format!("{address} is not an IP address"))?;
    let pem = std::fs::read_to_string(ca).map_err(|error| format!("{ca}: {error}"))?;
    let client = Client::from_env()?;

    let caller =
        |ca: &CaId| Caller { address, certificate: PresentedCertificate::new([ca]).common_name(name) };
    let rule = |ca: &CaId| CreateApiAccessRuleRequest::new().ip_ranges(ranges).ca_ids([ca]).cns([name]);
    // The new rule alone must be enough: the others may be deleted at any time. The authority has no ID yet.
    let planned = CaId::from("the new authority");
    caller(&planned).check(&rules_after(&[], &rule(&planned)))?;

    let ca = register(&client, pem).await?;
    println!("{ca} is registered");
    client.create_api_access_rule(&rule(&ca).description("created by an example")).await?;
    println!("calls from {} with a certificate of {ca} are allowed", ranges.join(", "));

    let caller = caller(&ca);
    for id in open_rules(&rules(&client).await?) {
        let delete = DeleteApiAccessRuleRequest::new(&id);
        caller.check(&rules_after(&rules(&client).await?, &delete))?;
        client.delete_api_access_rule(&delete).await?;
        println!("{id} was deleted");
    }
    // Succeeds only with the configured certificate, if no other rule allows the caller without one.
    println!("{} rules are left", rules(&client).await?.len());
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    // A rule without ranges would apply to all addresses: at least one is required.
    let [address, name, ca, first, more @ ..] = arguments.as_slice() else {
        eprintln!("{USAGE}");
        std::process::exit(2);
    };
    let ranges = [std::slice::from_ref(first), more].concat();
    if let Err(error) = run(address, name, ca, &ranges).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
