//! What a program can say about its client.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use crate::config::{self, Explicit};
use crate::error::{Error, Result};
use crate::transport::{Options, Transport};
use crate::{Client, Credentials, Secret};

/// The settings of a client.
///
/// What is set here comes before everything else; what is not comes from the environment and the profile
/// file, unless [`ignore_environment`](Self::ignore_environment) is called.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::Client;
///
/// # fn example() -> osc_api::Result<()> {
/// let client = Client::builder()
///     .access_key("MYACCESSKEY", "my secret key")
///     .region("us-east-2")
///     .timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Default)]
#[must_use = "a builder makes no client until `build` is called"]
pub struct ClientBuilder {
    explicit: Explicit,
    options: Options,
}

impl ClientBuilder {
    /// An access key and its secret key. Default: those of the environment, else those of the profile.
    pub fn access_key(self, access_key: impl Into<String>, secret_key: impl Into<Secret>) -> Self {
        self.change_credentials(|credentials| credentials.with_access_key(access_key, secret_key))
    }

    /// A login, usually an e-mail address, and its password. Few actions take them: those that manage access
    /// keys, API access rules and certificate authorities.
    pub fn basic(self, login: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.change_credentials(|credentials| credentials.with_basic(login, password))
    }

    /// These credentials and no others.
    pub fn credentials(self, credentials: Credentials) -> Self {
        self.change_credentials(|_| credentials)
    }

    /// No credentials, even if the environment or the profile has some: only the actions that need none can
    /// be called.
    pub fn no_credentials(self) -> Self {
        self.credentials(Credentials::none())
    }

    /// The region, such as `eu-west-2`, which is also the default.
    pub fn region(mut self, region: impl Into<String>) -> Self {
        self.explicit.region = Some(region.into());
        self
    }

    /// The address of the API, with or without scheme, with or without the path `/api/v1`. Default:
    /// `https://api.<region>.outscale.com/api/v1`.
    pub fn endpoint(mut self, endpoint: impl Into<String>) -> Self {
        self.explicit.endpoint = Some(endpoint.into());
        self
    }

    /// The profile of the profile file. It must be there, and what it says comes before the environment.
    pub fn profile(mut self, name: impl Into<String>) -> Self {
        self.explicit.profile = Some(name.into());
        self
    }

    /// The profile file, which must be there. Default: `OSC_CONFIG_FILE`, else `~/.osc/config.json`, which
    /// need not be.
    pub fn config_file(mut self, path: impl Into<PathBuf>) -> Self {
        self.explicit.config_file = Some(path.into());
        self
    }

    /// Looks neither at environment variables, nor at a profile file that is not named here. Proxy variables
    /// still count.
    pub fn ignore_environment(mut self) -> Self {
        self.explicit.ignore_environment = true;
        self
    }

    /// Whether an endpoint may be plain `http` on another machine, where everybody on the way reads along.
    /// Default: no. To this machine itself it always may.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.explicit.allow_http = allow;
        self
    }

    /// How long to wait for a connection. Default: 10 seconds.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// How long one request may take, from connecting to the last byte of the answer. Default: 60 seconds.
    pub fn timeout(mut self, timeout: Duration) -> Self {
        self.options.timeout = timeout;
        self
    }

    /// The largest answer that is read, in bytes. Default: 64 MiB.
    pub fn max_response_size(mut self, bytes: usize) -> Self {
        self.options.max_response_size = bytes;
        self
    }

    /// Trusts these certificates in PEM too, beside those that the platform trusts.
    pub fn add_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.options.root_certificates.push(pem.into());
        self
    }

    /// What follows this crate's name and version in `User-Agent`: usually a program and its version,
    /// `tool/1.2`.
    pub fn user_agent(mut self, suffix: impl Into<String>) -> Self {
        self.options.user_agent = Some(suffix.into());
        self
    }

    /// Makes the client. Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::from_env`].
    pub fn build(self) -> Result<Client> {
        let Self { explicit, options } = self;
        let (config, mut problems) = match config::resolve_from_process(&explicit) {
            Ok(config) => (Some(config), Vec::new()),
            Err(problems) => (None, problems),
        };
        let checked = options.check(&mut problems);
        match (config, checked) {
            (Some(config), Some(checked)) => {
                let transport = Transport::new(&options, checked, &config.endpoint)?;
                Ok(Client::new(config, transport))
            }
            _ => Err(Error::configuration(problems)),
        }
    }

    fn change_credentials(mut self, change: impl FnOnce(Credentials) -> Credentials) -> Self {
        self.explicit.credentials = Some(change(self.explicit.credentials.take().unwrap_or_default()));
        self
    }
}

/// Shows no endpoint: before it is checked, it may hold a password.
impl fmt::Debug for ClientBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Explicit { credentials, region, profile, config_file, .. } = &self.explicit;
        f.debug_struct("ClientBuilder")
            .field("credentials", credentials)
            .field("region", region)
            .field("profile", profile)
            .field("config_file", config_file)
            .finish_non_exhaustive()
    }
}
