//! What a program can say about its client.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use zeroize::Zeroizing;

use super::options::Settings;
use crate::config::{self, ClientPem, Explicit, ExplicitProxy, Resolved};
use crate::error::{Error, Result};
use crate::http::{Options, Transport};
use crate::{CallOptions, Client, Credentials, RateLimit, RetryPolicy, Secret};

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
    settings: Settings,
    limit: RateLimit,
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

    /// Looks neither at environment variables, those about proxies included, nor at a profile file that is not
    /// named here.
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

    /// How long one attempt may take, from connecting to the last byte of the answer. Default: 60 seconds.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.set(CallOptions::new().attempt_timeout(timeout))
    }

    /// How long a call may take with all its attempts and the waits between them, from the moment at which it
    /// is first allowed to go out. Default: 5 minutes.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(CallOptions::new().timeout(timeout))
    }

    /// When a failed request is sent again. Default: [`RetryPolicy::new`].
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.set(CallOptions::new().retry(policy))
    }

    /// The largest answer that is read, in bytes. Default: 64 MiB.
    pub fn max_response_size(self, bytes: usize) -> Self {
        self.set(CallOptions::new().max_response_size(bytes))
    }

    /// How fast to send: so many requests per second, or another [`RateLimit`]. Default:
    /// [`RateLimit::Adaptive`].
    pub fn rate_limit(mut self, limit: impl Into<RateLimit>) -> Self {
        self.limit = limit.into();
        self
    }

    /// Trusts these certificates in PEM too, beside those that the platform trusts.
    pub fn add_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.options.root_certificates.push(pem.into());
        self
    }

    /// A certificate by which the client makes itself known to servers that ask for one, as API access rules
    /// can demand it, and its private key, both in PEM.
    ///
    /// The certificate comes first, those of its authorities may follow. The key may be in PKCS#8, PKCS#1 or
    /// SEC1, but not encrypted. Default: what `OSC_X509_CLIENT_CERT` and `OSC_X509_CLIENT_KEY` name, else
    /// `x509_client_cert` and `x509_client_key` of the profile.
    ///
    /// ```no_run
    /// # fn example() -> Result<(), Box<dyn std::error::Error>> {
    /// let client = osc_api::Client::builder()
    ///     .client_certificate(std::fs::read("client.pem")?, std::fs::read("client.key")?)
    ///     .build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn client_certificate(mut self, certificate: impl Into<Vec<u8>>, key: impl Into<Vec<u8>>) -> Self {
        let (certificate, key) = (Zeroizing::new(certificate.into()), Some(Zeroizing::new(key.into())));
        self.explicit.client_certificate = Some(ClientPem { certificate, key });
        self
    }

    /// The same from one text in PEM that has both the certificate and its key.
    pub fn client_certificate_with_key(mut self, pem: impl Into<Vec<u8>>) -> Self {
        let certificate = Zeroizing::new(pem.into());
        self.explicit.client_certificate = Some(ClientPem { certificate, key: None });
        self
    }

    /// Whether to take any certificate for the server's, so that whoever is on the way can read and change
    /// everything. It is for tests; a warning is logged. Default: `OSC_TLS_SKIP_VERIFY`, else
    /// `tls_skip_verify` of the profile, else no.
    ///
    /// To trust a server whose authority the platform does not know,
    /// [`add_root_certificate`](Self::add_root_certificate) is the safe way.
    pub fn tls_skip_verify(mut self, skip: bool) -> Self {
        self.explicit.tls_skip_verify = Some(skip);
        self
    }

    /// The HTTP proxy that all requests go through, `http://proxy.example.com:3128`, with a user name and a
    /// password where it wants them: `http://user:password@proxy.example.com:3128`.
    ///
    /// Requests to https endpoints pass it unread. Those in plain http can be read by it, so that they go only to
    /// one on this machine itself, or where [`allow_http`](Self::allow_http) allows it. A proxy that is given here
    /// or in the profile also serves endpoints on this machine. Default: what `HTTPS_PROXY` and `NO_PROXY` say (never for this machine
    /// itself), else `proxy` of the profile, else none.
    ///
    /// ```
    /// # fn example() -> osc_api::Result<()> {
    /// let client = osc_api::Client::builder().proxy("http://proxy.example.com:3128").build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn proxy(mut self, url: impl Into<Secret>) -> Self {
        self.explicit.proxy = Some(ExplicitProxy::Through(url.into()));
        self
    }

    /// No proxy, whatever the environment and the profile say.
    pub fn no_proxy(mut self) -> Self {
        self.explicit.proxy = Some(ExplicitProxy::Direct);
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
        let Self { explicit, options, settings, limit } = self;
        let (resolved, mut problems) = match config::resolve_from_process(&explicit) {
            Ok(resolved) => (Some(resolved), Vec::new()),
            Err(problems) => (None, problems),
        };
        let checked = options.check(&mut problems);
        problems.extend(limit.problem());
        match (resolved, checked) {
            (Some(Resolved { config, connection, .. }), Some(checked)) if problems.is_empty() => {
                let transport = Transport::new(&options, checked.over(connection), &config.endpoint)?;
                Ok(Client::new(config, transport, limit, settings))
            }
            _ => Err(Error::configuration(problems)),
        }
    }

    /// Makes a client whose calls block the thread: see [`blocking`](crate::blocking). Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::from_env`].
    #[cfg(feature = "blocking")]
    pub fn build_blocking(self) -> Result<crate::blocking::Client> {
        self.build().map(crate::blocking::Client::from_unused)
    }

    fn set(mut self, options: CallOptions) -> Self {
        self.settings = self.settings.with(&options);
        self
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
