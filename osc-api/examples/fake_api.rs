//! Runs a fake OUTSCALE API on this machine, for programs in any language, without an account.

use std::error::Error;
use std::io::{ErrorKind, Write};
use std::num::NonZeroU32;
use std::str::FromStr;

use osc_api::testing::{FakeApi, FakeApiBuilder, StateProgress};
use osc_api::types::CreateVmsRequest;

const USAGE: &str = "usage: fake_api [OPTIONS]
Runs a fake API on 127.0.0.1 until it is interrupted, and prints the variables that point a program to it.
  --port N                 port; 0, the default, is a free one
  --state                  keep resources, beginning with one VM; without it, actions return their published examples
  --clock                  let states advance every few seconds instead of with each read
  --strict                 refuse requests that lack a required member or have a value of another type
  --access-rules           enforce API access rules
  --tls CERTIFICATE KEY    serve over TLS with these PEM files
  --rate N                 at most N requests per second
  --rate-per-action N      at most N requests of each action per second
  --lockout                lock the access key after four failed authentications
  -h, --help               print this text
";

/// The options that the example itself needs.
struct Settings {
    builder: FakeApiBuilder,
    port: u16,
    is_stateful: bool,
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Settings, Box<dyn Error>> {
    // Other tools sign in their own way.
    let mut builder = FakeApi::builder().accept_signatures_without_port(true);
    let mut port = 0;
    let mut is_stateful = false;
    while let Some(option) = arguments.next() {
        let mut value = || arguments.next().ok_or_else(|| format!("{option} lacks a value"));
        builder = match option.as_str() {
            "--port" => {
                port = number(&option, &value()?, "of at most 65535")?;
                builder.port(port)
            }
            "--state" => {
                is_stateful = true;
                builder.stateful(true)
            }
            "--clock" => builder.state_progress(StateProgress::Clock),
            "--strict" => builder.strict_requests(true),
            "--access-rules" => builder.enforce_api_access_rules(true),
            "--tls" => {
                let (certificate, key) = (value()?, value()?);
                builder.tls(read(&certificate)?, read(&key)?)
            }
            "--rate" => builder.max_requests_per_second(rate(&option, &value()?)?),
            "--rate-per-action" => builder.max_requests_per_second_and_action(rate(&option, &value()?)?),
            "--lockout" => builder.lockout(true),
            _ => return Err(format!("unknown option `{option}`").into()),
        };
    }
    Ok(Settings { builder, port, is_stateful })
}

fn number<T: FromStr>(option: &str, value: &str, range: &str) -> Result<T, String> {
    value.parse().map_err(|_| format!("invalid value `{value}` of {option}: must be a number {range}"))
}

/// A rate. With 0, no request would succeed.
fn rate(option: &str, value: &str) -> Result<u32, String> {
    number::<NonZeroU32>(option, value, "from 1 to 4294967295").map(NonZeroU32::get)
}

fn read(file: &str) -> Result<String, String> {
    std::fs::read_to_string(file).map_err(|error| format!("cannot read {file}: {error}"))
}

async fn run(settings: Settings) -> Result<(), Box<dyn Error>> {
    let Settings { builder, port, is_stateful } = settings;
    let fake = builder.start().map_err(|error| format!("cannot serve on 127.0.0.1:{port}: {error}"))?;
    if is_stateful {
        // The certificate of the fake may be of any authority: this call does not leave the machine.
        let client = fake.client_builder().danger_accept_invalid_certs(true).build()?;
        client.create_vms(&CreateVmsRequest::new(FakeApi::IMAGE_ID)).await?;
    }
    let mut text = format!("# {} (stop it with Ctrl-C)\n", fake.endpoint());
    for (name, value) in fake.environment() {
        text += &format!("export {name}={value}\n");
    }
    print(&text)?;
    loop {
        std::thread::park();
    }
}

/// Prints a text. That its reader closed the pipe is no error.
fn print(text: &str) -> std::io::Result<()> {
    let mut output = std::io::stdout();
    match output.write_all(text.as_bytes()).and_then(|()| output.flush()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => Err(error),
        _ => Ok(()),
    }
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let result = if arguments.iter().any(|argument| argument == "--help" || argument == "-h") {
        print(USAGE).map_err(Into::into)
    } else {
        match parse(arguments.into_iter()) {
            Ok(settings) => run(settings).await,
            Err(error) => {
                eprint!("error: {error}\n{USAGE}");
                std::process::exit(2);
            }
        }
    };
    if let Err(error) = result {
        eprintln!("error: {error:#}");
        std::process::exit(1);
    }
}
