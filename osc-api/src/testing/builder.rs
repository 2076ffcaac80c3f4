//! The options of a fake.

use std::io;
use std::sync::Arc;

use super::FakeApi;
use super::account::StateProgress;
use super::options::FakeOptions;
use super::server::Server;
use super::signature::SignedHosts;
use super::state::FakeState;
use super::tls;

/// Configures a [`FakeApi`]. Created by [`FakeApi::builder`].
///
/// ```
/// use osc_api::testing::{FakeApi, StateProgress};
/// use osc_api::types::CreateVmsRequest;
/// use osc_api::wait;
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let fake = FakeApi::builder().stateful(true).state_progress(StateProgress::Reads(0)).start()?;
/// let client = fake.client()?;
/// let created = client.create_vms(&CreateVmsRequest::new(FakeApi::IMAGE_ID)).await?;
/// let id = created.vms[0].vm_id.clone().ok_or("no ID")?;
/// let vm = client.wait_for(wait::vm(id).running()).await?;
/// assert!(vm.private_ip.is_some());
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug, Default)]
#[must_use = "a fake does not run until `start`"]
pub struct FakeApiBuilder {
    options: FakeOptions,
    port: u16,
    certificate: Option<TlsIdentity>,
}

/// A certificate chain and its key, in PEM.
#[derive(Clone)]
struct TlsIdentity {
    chain: String,
    key: String,
}

/// Without the key.
impl std::fmt::Debug for TlsIdentity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("TlsIdentity").finish_non_exhaustive()
    }
}

impl FakeApiBuilder {
    /// Sets the port. Defaults to 0, which is a free one.
    pub fn port(mut self, port: u16) -> Self {
        self.port = port;
        self
    }

    /// Keeps resources: what a create returns can be read, changed and deleted. Defaults to `false`.
    ///
    /// Covers VMs, volumes, volume updates, snapshots, Nets, Subnets, security groups, keypairs, public IPs, load
    /// balancers, tags, access keys, API access rules and certificate authorities, with the error codes of the cloud
    /// for what does not exist or is in a wrong state. There is one image, [`FakeApi::IMAGE_ID`], and one access key,
    /// [`FakeApi::ACCESS_KEY`]; those that calls create sign requests, too, until they are inactive, expired or
    /// deleted. Reads are paginated, and support the filters by ID, state, tag and most others; the remaining ones are
    /// refused. Handlers take precedence. Other actions return their published example.
    pub fn stateful(mut self, is_stateful: bool) -> Self {
        self.options.is_stateful = is_stateful;
        self
    }

    /// Sets how states advance if the fake is stateful. Defaults to `StateProgress::Reads(1)`: a new VM is pending in the
    /// first read, and running in the second.
    pub fn state_progress(mut self, progress: StateProgress) -> Self {
        self.options.state_progress = progress;
        self
    }

    /// Stops the fake's clock, so that only [`FakeApi::advance_clock`] moves it. Defaults to `false`: it runs with real time.
    pub fn manual_clock(mut self, is_manual: bool) -> Self {
        self.options.has_manual_clock = is_manual;
        self
    }

    /// Cuts the list that a handler returns into the page that the request asks for. Defaults to `false`.
    ///
    /// The handler returns all items. Applies to the paginated actions, whose responses have one list. A handler that sets
    /// `next_page_token` itself is left alone.
    ///
    /// ```
    /// use osc_api::action::ReadVms;
    /// use osc_api::testing::FakeApi;
    /// use osc_api::types::{ReadVmsRequest, ReadVmsResponse, Vm};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// let fake = FakeApi::builder().paginated(true).start()?;
    /// fake.on::<ReadVms>(|_| {
    ///     let mut response = ReadVmsResponse::default();
    ///     response.vms = vec![Vm::default(); 250];
    ///     response
    /// });
    /// let response = fake.client()?.read_vms(&ReadVmsRequest::new().results_per_page(100)).await?;
    /// assert_eq!(response.vms.len(), 100);
    /// assert!(response.next_page_token.is_some());
    /// # Ok(())
    /// # }
    /// ```
    pub fn paginated(mut self, is_paginated: bool) -> Self {
        self.options.is_paginated = is_paginated;
        self
    }

    /// Enforces the API access rules of the account: a call that no rule allows fails with code 14. Defaults to `false`.
    ///
    /// The account starts with the two rules of a new account, and the actions for rules and certificate authorities are
    /// stateful. The caller has the address of its connection, or that of [`FakeApi::set_caller_address`], and the client
    /// certificate that it presents over TLS.
    pub fn enforce_api_access_rules(mut self, is_enforced: bool) -> Self {
        self.options.has_access_rules = is_enforced;
        self
    }

    /// Limits the rate of all authenticated requests, per second. Excess requests fail with 429 and code 24. Defaults to
    /// no limit.
    pub fn max_requests_per_second(mut self, limit: u32) -> Self {
        self.options.max_rate_per_account = Some(limit);
        self
    }

    /// Limits the rate of the authenticated requests of each action, per second. Excess requests fail with 429 and code
    /// 25. Defaults to no limit.
    pub fn max_requests_per_second_and_action(mut self, limit: u32) -> Self {
        self.options.max_rate_per_action = Some(limit);
        self
    }

    /// Locks the access key or login after four failed authentications in a row, for one minute, and one minute longer
    /// after each four further failures, up to ten: its calls fail with code 13. Defaults to `false`.
    pub fn lockout(mut self, has_lockout: bool) -> Self {
        self.options.has_lockout = has_lockout;
        self
    }

    /// Also accepts signatures for the host without its port, which some clients send, such as osc-sdk-python. The cloud
    /// does not, and uses the default port. Defaults to `false`.
    pub fn accept_signatures_without_port(mut self, is_accepted: bool) -> Self {
        self.options.signed_hosts = if is_accepted { SignedHosts::AnyPort } else { SignedHosts::Exact };
        self
    }

    /// Initial value of [`FakeApi::strict_requests`].
    pub fn strict_requests(mut self, is_strict: bool) -> Self {
        self.options.is_strict = is_strict;
        self
    }

    /// Serves over TLS, with this certificate chain and private key in PEM. Defaults to plain HTTP.
    ///
    /// The certificate must be valid for `127.0.0.1`. Clients must trust it: see
    /// [`ClientBuilder::add_root_certificate`](crate::ClientBuilder::add_root_certificate).
    pub fn tls(mut self, certificate: impl Into<String>, key: impl Into<String>) -> Self {
        self.certificate = Some(TlsIdentity { chain: certificate.into(), key: key.into() });
        self
    }

    /// Starts the fake.
    ///
    /// # Errors
    /// Returns an error if the port is in use, if the certificate is invalid, or if the system has no port or thread left.
    pub fn start(self) -> io::Result<FakeApi> {
        let Self { options, port, certificate } = self;
        let tls =
            certificate.map(|identity| tls::server_config(&identity.chain, &identity.key)).transpose()?;
        let scheme = if tls.is_some() { "https" } else { "http" };
        let state = Arc::new(FakeState::new(options));
        let server = Server::start(Arc::clone(&state), port, tls)?;
        Ok(FakeApi { state, server, scheme })
    }
}
