//! Credentials that another program prints.

use std::ffi::{OsStr, OsString};
use std::fmt;
use std::io::{self, Read as _};
use std::process::{Child, ChildStdout, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio::time::{sleep, timeout};
use zeroize::Zeroizing;

use super::{CredentialsProvider, ProviderError, ProviderFuture};
use crate::config;

/// Maximum size of the output, in bytes.
const MAX_OUTPUT: usize = 64 << 10;

/// Default timeout of the program.
const DEFAULT_TIMEOUT: Duration = Duration::from_secs(30);

/// How often a program that closed its output is asked whether it exited.
const EXIT_POLL_INTERVAL: Duration = Duration::from_millis(10);

/// The credentials that another program prints to its standard output, such as a helper of a secrets manager.
///
/// The output is one JSON object with the keys of a profile: `{"access_key": "…", "secret_key": "…"}`, or `login` and
/// `password`. The program must exit with status 0. It is run directly, without a shell; its standard error is that of
/// this process, and its standard input is empty.
///
/// ```no_run
/// use osc_api::Client;
/// use osc_api::credentials::CommandProvider;
///
/// # fn example() -> osc_api::Result<()> {
/// let provider = CommandProvider::new("osc-credentials").args(["--account", "production"]);
/// let client = Client::builder().credentials_provider(provider).region("eu-west-2").build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone)]
pub struct CommandProvider {
    program: OsString,
    arguments: Vec<OsString>,
    timeout: Duration,
    refresh_interval: Duration,
}

impl CommandProvider {
    /// Creates a provider that runs this program.
    pub fn new(program: impl AsRef<OsStr>) -> Self {
        Self {
            program: program.as_ref().to_owned(),
            arguments: Vec::new(),
            timeout: DEFAULT_TIMEOUT,
            refresh_interval: Duration::from_secs(300),
        }
    }

    /// Adds arguments. Other users of the machine can see them, so they must not contain secrets.
    #[must_use]
    pub fn args<S: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = S>) -> Self {
        self.arguments.extend(arguments.into_iter().map(|argument| argument.as_ref().to_owned()));
        self
    }

    /// Sets how long the program may run before it is killed. Defaults to 30 s. Programs that it started itself go on.
    #[must_use]
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.timeout = timeout;
        self
    }

    /// Sets how long the client uses credentials before it runs the program again. Defaults to 5 minutes.
    #[must_use]
    pub fn with_refresh_interval(mut self, interval: Duration) -> Self {
        self.refresh_interval = interval;
        self
    }

    /// Runs the program and returns its output.
    async fn run(&self) -> Result<Zeroizing<Vec<u8>>, ProviderError> {
        let mut command = Command::new(&self.program);
        command.args(&self.arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = KilledOnDrop(Some(command.spawn().map_err(|error| self.failed(&error))?));
        let output = child.stdout().ok_or("its output cannot be read")?;
        let run = async {
            let output = read(output).await?;
            io::Result::Ok((output, child.exit().await?))
        };
        match timeout(self.timeout, run).await {
            Err(_) => Err(self.failed(&format_args!("it did not exit within {:?}", self.timeout))),
            Ok(Err(error)) => Err(self.failed(&error)),
            Ok(Ok((output, status))) if status.success() => Ok(output),
            Ok(Ok((_, status))) => Err(self.failed(&status)),
        }
    }

    fn failed(&self, reason: &dyn fmt::Display) -> ProviderError {
        format!("the command `{}` failed: {reason}", self.program.to_string_lossy()).into()
    }
}

impl CredentialsProvider for CommandProvider {
    fn credentials(&self) -> ProviderFuture<'_> {
        Box::pin(async {
            let output = self.run().await?;
            config::printed_credentials(&output).map_err(|problems| {
                self.failed(&format_args!("its output is invalid: {}", problems.join("; ")))
            })
        })
    }

    fn refresh_interval(&self) -> Duration {
        self.refresh_interval
    }
}

/// Arguments may contain what their author took for harmless.
impl fmt::Debug for CommandProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CommandProvider")
            .field("program", &self.program)
            .field("timeout", &self.timeout)
            .field("refresh_interval", &self.refresh_interval)
            .finish_non_exhaustive()
    }
}

/// A running program.
struct KilledOnDrop(Option<Child>);

impl KilledOnDrop {
    fn stdout(&mut self) -> Option<ChildStdout> {
        self.0.as_mut()?.stdout.take()
    }

    /// Waits until the program exits. Tokio's own processes would need another feature and a signal handler.
    async fn exit(&mut self) -> io::Result<ExitStatus> {
        loop {
            let Some(child) = &mut self.0 else { return Err(io::ErrorKind::NotFound.into()) };
            if let Some(status) = child.try_wait()? {
                self.0 = None;
                return Ok(status);
            }
            sleep(EXIT_POLL_INTERVAL).await;
        }
    }
}

impl Drop for KilledOnDrop {
    fn drop(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have exited already.
            drop(child.kill());
            drop(thread::Builder::new().spawn(move || child.wait()));
        }
    }
}

/// Reads the output on a thread: a task on Tokio's blocking pool would delay the end of the runtime until a program that
/// inherited the pipe exits.
async fn read(output: ChildStdout) -> io::Result<Zeroizing<Vec<u8>>> {
    let (sender, receiver) = oneshot::channel();
    let name = "osc-api-credentials".to_owned();
    thread::Builder::new().name(name).spawn(move || sender.send(read_limited(output)))?;
    receiver.await.unwrap_or_else(|_| Err(io::ErrorKind::BrokenPipe.into()))
}

fn read_limited(output: ChildStdout) -> io::Result<Zeroizing<Vec<u8>>> {
    // With all of the capacity at once, no copy of a secret is left behind by growing.
    let mut bytes = Zeroizing::new(Vec::with_capacity(MAX_OUTPUT + 1));
    output.take(MAX_OUTPUT as u64 + 1).read_to_end(&mut bytes)?;
    if bytes.len() > MAX_OUTPUT {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "its output is larger than 64 KiB"));
    }
    Ok(bytes)
}
