//! Client configuration.

use std::fmt;
use std::marker::PhantomData;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use zeroize::Zeroizing;

use super::identity::Identities;
use super::options::Settings;
use crate::config::{self, ClientPem, ExplicitProxy, Overrides, Resolved};
use crate::credentials::CredentialsProvider;
use crate::error::{Error, Result};
use crate::http::{Options, Transport};
use crate::types::IntoValue;
use crate::{CallOptions, Client, Credentials, Observer, RateLimit, RetryPolicy, Secret};

/// Client configuration. `C` is the client that [`build`](Self::build) returns: [`Client`] or, with the feature `blocking`,
/// `blocking::Client`.
///
/// Settings made here take precedence. All others come from the environment and the profile
/// file, unless [`ignore_environment`](Self::ignore_environment) is called.
///
/// ```
/// use std::time::Duration;
///
/// use osc_api::Client;
///
/// # fn example() -> osc_api::Result<()> {
/// let client = Client::builder()
///     .access_key("ABCDEFGHIJ0123456789", "my secret key")
///     .region("us-east-2")
///     .timeout(Duration::from_secs(20))
///     .build()?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a builder does nothing until `build` is called"]
pub struct ClientBuilder<C = Client> {
    overrides: Overrides,
    options: Options,
    settings: Settings,
    limit: RateLimit,
    probes_rejected_credentials: bool,
    provider: Option<Arc<dyn CredentialsProvider>>,
    client: PhantomData<fn() -> C>,
}

/// Methods that take an `impl IntoValue` take a value or an `Option` of it. `None` leaves the setting to the environment,
/// the profile and the default.
impl<C> ClientBuilder<C> {
    /// Sets the access key and its secret key. Defaults to those of the environment, else those of the profile.
    pub fn access_key(self, access_key: impl Into<String>, secret_key: impl Into<Secret>) -> Self {
        self.change_credentials(|credentials| credentials.with_access_key(access_key, secret_key))
    }

    /// Sets the login, usually an e-mail address, and its password. Few actions accept them: those that manage access
    /// keys, API access rules and certificate authorities.
    pub fn basic(self, login: impl Into<String>, password: impl Into<Secret>) -> Self {
        self.change_credentials(|credentials| credentials.with_basic(login, password))
    }

    /// Sets the credentials, replacing all others.
    pub fn credentials(mut self, credentials: impl IntoValue<Credentials>) -> Self {
        self.overrides.credentials = credentials.into_value();
        self.provider = None;
        self
    }

    /// Sets a provider of credentials that may change, replacing all other credentials: see
    /// [`credentials`](crate::credentials). It is not asked before the first request.
    ///
    /// ```no_run
    /// use osc_api::Client;
    /// use osc_api::credentials::ProfileProvider;
    ///
    /// # fn example() -> osc_api::Result<()> {
    /// // Follows changes of the profile file.
    /// let client = Client::builder().credentials_provider(ProfileProvider::new()).build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn credentials_provider(mut self, provider: impl CredentialsProvider) -> Self {
        // The credentials of the other sources are not needed.
        self.overrides.credentials = Some(Credentials::none());
        self.provider = Some(Arc::new(provider));
        self
    }

    /// Uses no credentials, even if the environment or the profile has some: only the actions that need none can
    /// be called.
    pub fn no_credentials(self) -> Self {
        self.credentials(Credentials::none())
    }

    /// Sets the region, such as `eu-west-2`, which is also the default.
    pub fn region(mut self, region: impl IntoValue<String>) -> Self {
        self.overrides.region = region.into_value();
        self
    }

    /// Sets the address of the API, with or without scheme, with or without the path `/api/v1`. Defaults to
    /// `https://api.<region>.outscale.com/api/v1`.
    pub fn endpoint(mut self, endpoint: impl IntoValue<String>) -> Self {
        self.overrides.endpoint = endpoint.into_value();
        self
    }

    /// Selects a profile of the profile file. It must exist, and takes precedence over the environment.
    pub fn profile(mut self, name: impl IntoValue<String>) -> Self {
        self.overrides.profile = name.into_value();
        self
    }

    /// Selects the profile file, which must exist; a leading `~` is the home directory. Defaults to `OSC_CONFIG_FILE`,
    /// else `~/.osc/config.json`, which need not exist.
    pub fn config_file(mut self, path: impl IntoValue<PathBuf>) -> Self {
        self.overrides.config_file = path.into_value();
        self
    }

    /// Returns the names of the profiles in the profile file, sorted. Empty if the default file does not exist.
    ///
    /// ```no_run
    /// # fn example() -> osc_api::Result<()> {
    /// use osc_api::Client;
    ///
    /// for name in Client::builder().profile_names()? {
    ///     println!("{name}: {}", Client::from_profile(&name)?.region());
    /// }
    /// # Ok(())
    /// # }
    /// ```
    ///
    /// # Errors
    /// Returns an error if the file cannot be read, or if it was selected and does not exist.
    pub fn profile_names(&self) -> Result<Vec<String>> {
        let Overrides { config_file, ignore_environment, .. } = &self.overrides;
        config::profile_names(config_file.as_ref(), *ignore_environment).map_err(Error::configuration)
    }

    /// Uses neither environment variables, including those for proxies, nor a profile file that is not selected here.
    ///
    /// `SSL_CERT_FILE` and `SSL_CERT_DIR` still apply where the platform has them (Linux, BSD): they select the trusted
    /// certificates of the platform, for all of its programs.
    pub fn ignore_environment(mut self) -> Self {
        self.overrides.ignore_environment = true;
        self
    }

    /// Allows an endpoint to be plain `http` on another host, where anyone on the network path can read the traffic.
    /// Defaults to `false`. Loopback addresses are always allowed.
    pub fn allow_http(mut self, allow: bool) -> Self {
        self.overrides.allow_http = allow;
        self
    }

    /// Sets the timeout of connecting. Defaults to 10 s.
    pub fn connect_timeout(mut self, timeout: Duration) -> Self {
        self.options.connect_timeout = timeout;
        self
    }

    /// Sets the timeout of one attempt, from connecting to the last byte of the response. Defaults to 60 s.
    pub fn attempt_timeout(self, timeout: Duration) -> Self {
        self.set(CallOptions::new().attempt_timeout(timeout))
    }

    /// Sets the timeout of a call, including waiting for the [rate limit](RateLimit), all attempts and the delays between
    /// them. Defaults to 5 minutes.
    pub fn timeout(self, timeout: Duration) -> Self {
        self.set(CallOptions::new().timeout(timeout))
    }

    /// Sets when a failed request is retried. Defaults to [`RetryPolicy::new`].
    pub fn retry(self, policy: RetryPolicy) -> Self {
        self.set(CallOptions::new().retry(policy))
    }

    /// Sets the maximum size of a response, in bytes. Defaults to 64 MiB. When decoded, a response may take twice as much
    /// memory, and 16 times as much with [`send_raw`](Client::send_raw). That of your own types is not limited.
    pub fn max_response_size(self, bytes: usize) -> Self {
        self.set(CallOptions::new().max_response_size(bytes))
    }

    /// Sets the request rate, in requests per second, or another [`RateLimit`]. Defaults to
    /// [`RateLimit::Adaptive`].
    pub fn rate_limit(mut self, limit: impl Into<RateLimit>) -> Self {
        self.limit = limit.into();
        self
    }

    /// Trusts these certificates in PEM, in addition to those that the platform trusts.
    pub fn add_root_certificate(mut self, pem: impl Into<Vec<u8>>) -> Self {
        self.options.root_certificates.push(pem.into());
        self
    }

    /// Sets the client certificate, which API access rules can require, and its private key, both in PEM.
    ///
    /// The certificate comes first; those of its authorities may follow. The key may be in PKCS#8, PKCS#1 or
    /// SEC1, but not encrypted. Defaults to the files in `OSC_X509_CLIENT_CERT` and `OSC_X509_CLIENT_KEY`, else
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
        self.overrides.client_certificate = Some(ClientPem { certificate, key });
        self
    }

    /// Sets the client certificate from one PEM text that contains both the certificate and its key.
    pub fn client_certificate_with_key(mut self, pem: impl Into<Vec<u8>>) -> Self {
        let certificate = Zeroizing::new(pem.into());
        self.overrides.client_certificate = Some(ClientPem { certificate, key: None });
        self
    }

    /// Accepts any server certificate, so that anyone on the network path can read and change all traffic. For tests
    /// only; a warning is logged. Defaults to `OSC_TLS_SKIP_VERIFY`, else `tls_skip_verify` of the profile, else
    /// `false`.
    ///
    /// To trust a server whose authority the platform does not know, use
    /// [`add_root_certificate`](Self::add_root_certificate) instead.
    pub fn danger_accept_invalid_certs(mut self, accept: bool) -> Self {
        self.overrides.tls_skip_verify = Some(accept);
        self
    }

    /// Sets the HTTP proxy for all requests, such as `http://proxy.example.com:3128`, or with a user name and
    /// password, `http://user:password@proxy.example.com:3128`.
    ///
    /// The proxy cannot read requests to https endpoints. It can read plain http, which is therefore sent only to a
    /// proxy on a loopback address, unless [`allow_http`](Self::allow_http) is set. A proxy that is set here or in the
    /// profile also applies to loopback endpoints. Defaults to `HTTPS_PROXY` and `NO_PROXY` (never for loopback
    /// endpoints), else `proxy` of the profile, else none.
    ///
    /// ```
    /// # fn example() -> osc_api::Result<()> {
    /// let client = osc_api::Client::builder().proxy("http://proxy.example.com:3128").build()?;
    /// # Ok(())
    /// # }
    /// ```
    pub fn proxy(mut self, url: impl IntoValue<Secret>) -> Self {
        self.overrides.proxy = url.into_value().map(ExplicitProxy::Through);
        self
    }

    /// Uses no proxy, regardless of the environment and the profile.
    pub fn no_proxy(mut self) -> Self {
        self.overrides.proxy = Some(ExplicitProxy::Direct);
        self
    }

    /// Sets an observer of all calls of the client and its clones: see [`Observer`]. Replaces the one set before.
    pub fn observer(mut self, observer: impl Observer + 'static) -> Self {
        self.settings.observer = Some(Arc::new(observer));
        self
    }

    /// Writes text before this crate's name and version in `User-Agent`: usually a program and its version, such as
    /// `tool/1.2`.
    pub fn user_agent_prefix(mut self, prefix: impl IntoValue<String>) -> Self {
        self.options.user_agent_prefix = prefix.into_value();
        self
    }

    /// Writes text after this crate's name and version in `User-Agent`: usually a program and its version, such as
    /// `tool/1.2`.
    pub fn user_agent(mut self, suffix: impl IntoValue<String>) -> Self {
        self.options.user_agent = suffix.into_value();
        self
    }

    /// Sends a probe request from time to time even if the credentials were refused and never accepted before. Defaults
    /// to `false`: only credentials that were accepted before are probed, after the lock time of a minute or more.
    ///
    /// Use it for programs whose access key may be activated after they start. Each probe counts as a failed
    /// authentication of the access key or login.
    pub fn probe_rejected_credentials(mut self, probe: bool) -> Self {
        self.probes_rejected_credentials = probe;
        self
    }

    /// Fails a call if a response value has an unexpected type, instead of ignoring the value with a warning. Defaults to
    /// `false`. For tests.
    #[cfg(feature = "testing")]
    pub fn strict_decoding(mut self, strict: bool) -> Self {
        self.settings.is_decoding_strict = strict;
        self
    }

    /// The same settings for another client.
    #[cfg(feature = "blocking")]
    pub(crate) fn for_client<D>(self) -> ClientBuilder<D> {
        let Self { overrides, options, settings, limit, probes_rejected_credentials, provider, client: _ } =
            self;
        ClientBuilder {
            overrides,
            options,
            settings,
            limit,
            probes_rejected_credentials,
            provider,
            client: PhantomData,
        }
    }

    /// Builds the async client, whichever `C` is.
    pub(crate) fn build_client(self) -> Result<Client> {
        let Self {
            overrides,
            options,
            settings,
            limit,
            probes_rejected_credentials: probes,
            provider,
            client: _,
        } = self;
        let (resolved, mut problems) = match config::resolve_from_process(&overrides) {
            Ok(resolved) => (Some(resolved), Vec::new()),
            Err(problems) => (None, problems),
        };
        let checked = options.check(&mut problems);
        problems.extend(limit.problem());
        match (resolved, checked) {
            (Some(Resolved { mut config, connection, .. }), Some(checked)) if problems.is_empty() => {
                if provider.is_some() {
                    config.configuration.use_provider();
                }
                let transport = Transport::new(&options, checked.over(connection), &config.endpoint)?;
                let identities = match provider {
                    Some(provider) => Identities::provided(provider, config.region.clone(), probes),
                    None => Identities::fixed(config.credentials.clone(), &config.region, probes),
                };
                Ok(Client::new(config, identities, transport, limit, settings))
            }
            _ => Err(Error::configuration(problems)),
        }
    }

    fn set(mut self, options: CallOptions) -> Self {
        self.settings = self.settings.with(&options);
        self
    }

    fn change_credentials(mut self, change: impl FnOnce(Credentials) -> Credentials) -> Self {
        self.overrides.credentials = Some(change(self.overrides.credentials.take().unwrap_or_default()));
        self.provider = None;
        self
    }
}

impl ClientBuilder<Client> {
    /// Builds the client. Nothing is sent yet.
    ///
    /// # Errors
    /// As [`Client::from_env`].
    pub fn build(self) -> Result<Client> {
        self.build_client()
    }
}

impl<C> Clone for ClientBuilder<C> {
    fn clone(&self) -> Self {
        let Self { overrides, options, settings, limit, probes_rejected_credentials, provider, client } =
            self;
        Self {
            overrides: overrides.clone(),
            options: options.clone(),
            settings: settings.clone(),
            limit: *limit,
            probes_rejected_credentials: *probes_rejected_credentials,
            provider: provider.clone(),
            client: *client,
        }
    }
}

impl<C> Default for ClientBuilder<C> {
    fn default() -> Self {
        Self {
            overrides: Overrides::default(),
            options: Options::default(),
            settings: Settings::default(),
            limit: RateLimit::default(),
            probes_rejected_credentials: false,
            provider: None,
            client: PhantomData,
        }
    }
}

/// Omits the endpoint: before it is checked, it may contain a password.
impl<C> fmt::Debug for ClientBuilder<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Overrides { credentials, region, profile, config_file, .. } = &self.overrides;
        f.debug_struct("ClientBuilder")
            .field("credentials", credentials)
            .field("region", region)
            .field("profile", profile)
            .field("config_file", config_file)
            .finish_non_exhaustive()
    }
}
