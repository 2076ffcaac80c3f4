//! Runs a fake OUTSCALE API on this machine, for programs in any language, without an account.

use std::error::Error;
use std::io::Write;

use osc_api::testing::{FakeApi, FakeApiBuilder, StateProgress};
use osc_api::types::CreateVmsRequest;

const USAGE: &str = "usage: fake_api [OPTIONS]
Runs a fake API on 127.0.0.1 until it is interrupted, and prints the variables that point a program to it.
  --port N                 port; 0, the default, is a free one
  --state                  keep resources, beginning with one VM; without it, actions return their published examples
  --clock                  let states advance every few seconds instead of with each read
  --access-rules           enforce API access rules
  --tls CERTIFICATE KEY    serve over TLS with these PEM files
  --rate N                 at most N requests per second
  --rate-per-action N      at most N requests of each action per second
  --lockout                lock the access key after four failed authentications";

/// The options that the example itself needs.
struct Settings {
    builder: FakeApiBuilder,
    is_stateful: bool,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Settings, Box<dyn Error>> {
    // Other tools sign in their own way.
    let mut builder = FakeApi::builder().accept_signatures_without_port(true);
    let mut is_stateful = false;
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{option} lacks a value"));
        builder = match option.as_str() {
            "--port" => builder.port(value()?.parse()?),
            "--state" => {
                is_stateful = true;
                builder.stateful(true)
            }
            "--clock" => builder.state_progress(StateProgress::Clock),
            "--access-rules" => builder.enforce_api_access_rules(true),
            "--tls" => {
                let mut file = || value().map(std::fs::read_to_string);
                builder.tls(file()??, file()??)
            }
            "--rate" => builder.max_requests_per_second(value()?.parse()?),
            "--rate-per-action" => builder.max_requests_per_second_and_action(value()?.parse()?),
            "--lockout" => builder.lockout(true),
            _ => return Err(format!("unknown option {option}").into()),
        };
    }
    Ok(Settings { builder, is_stateful })
}

async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let fake = settings.builder.start()?;
    if settings.is_stateful {
        // The certificate of the fake may be of any authority: this call does not leave the machine.
        let client = fake.client_builder().danger_accept_invalid_certs(true).build()?;
        client.create_vms(&CreateVmsRequest::new(FakeApi::IMAGE_ID)).await?;
    }
    let mut output = std::io::stdout();
    writeln!(output, "# {} (stop it with Ctrl-C)", fake.endpoint())?;
    for (name, value) in fake.environment() {
        writeln!(output, "export {name}={value}")?;
    }
    output.flush()?;
    loop {
        std::thread::park();
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    if std::env::args().any(|argument| argument == "--help") {
        println!("{USAGE}");
        return;
    }
    let settings = match parse(std::env::args().skip(1)) {
        Ok(settings) => settings,
        Err(error) => {
            eprintln!("{error}\n{USAGE}");
            std::process::exit(2);
        }
    };
    if let Err(error) = run(settings).await {
        eprintln!("{error:#}");
        std::process::exit(1);
    }
}
