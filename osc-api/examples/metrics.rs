//! Counts the calls of a client with an observer, and prints the counters in the text format of Prometheus.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::process::ExitCode;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use osc_api::types::{ReadRegionsRequest, ReadVmsRequest};
use osc_api::{CallEvent, Client, ErrorKind, Observer, Result};

/// Calls by action, outcome and kind of error.
#[derive(Default)]
struct Metrics(Mutex<BTreeMap<[String; 3], Counters>>);

#[derive(Default)]
struct Counters {
    calls: u64,
    attempts: u64,
    throttled: u64,
    duration: Duration,
}

impl Observer for Metrics {
    fn on_call(&self, call: &CallEvent<'_>) {
        let error = call.error_kind().map_or("", ErrorKind::as_str);
        let labels = [call.action(), call.outcome().as_str(), error].map(str::to_owned);
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let counters = all.entry(labels).or_default();
        counters.calls += 1;
        counters.attempts += u64::from(call.attempts());
        counters.throttled += u64::from(call.throttled_attempts());
        counters.duration += call.duration();
    }
}

impl Metrics {
    /// The counters as an exporter serves them.
    fn text(&self) -> String {
        let all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::new();
        let mut add = |name: &str, value: fn(&Counters) -> f64| {
            let _ = writeln!(text, "# TYPE {name} counter");
            for ([action, outcome, error], counters) in &*all {
                let labels = format!("action=\"{action}\",outcome=\"{outcome}\",error=\"{error}\"");
                let _ = writeln!(text, "{name}{{{labels}}} {}", value(counters));
            }
        };
        add("osc_calls_total", |counters| counters.calls as f64);
        add("osc_attempts_total", |counters| counters.attempts as f64);
        add("osc_throttled_total", |counters| counters.throttled as f64);
        add("osc_call_seconds_total", |counters| counters.duration.as_secs_f64());
        text
    }
}

async fn run(metrics: &Arc<Metrics>) -> Result<()> {
    let client = Client::builder().observer(Arc::clone(metrics)).build()?;
    client.read_regions(&ReadRegionsRequest::new()).await?;
    client.read_vms(&ReadVmsRequest::new()).await?;
    Ok(())
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let metrics = Arc::new(Metrics::default());
    let result = run(&metrics).await;
    print!("{}", metrics.text());
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{error:#}");
            ExitCode::FAILURE
        }
    }
}
