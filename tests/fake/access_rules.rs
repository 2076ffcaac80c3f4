//! API access rules with real client certificates over TLS, and the evaluator against them.

use std::net::IpAddr;

use osc_api::api_access::{PresentedCertificate, decision};
use osc_api::testing::{FakeApi, FakeApiBuilder};
use osc_api::types::{
    ApiAccessRule, CaId, CreateApiAccessRuleRequest, CreateCaRequest, DeleteApiAccessRuleRequest,
    DeleteCaRequest, ReadApiAccessRulesRequest, ReadRegionsRequest, ReadVmsRequest,
};
use osc_api::{Client, ClientBuilder, codes};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, DnType, IsCa, KeyPair, KeyUsagePurpose};

/// The address of the caller that changes the rules.
const ADMINISTRATOR: &str = "192.0.2.250";

/// A certificate authority.
pub(crate) struct Ca(CertifiedIssuer<'static, KeyPair>);

impl Ca {
    pub(crate) fn new(name: &str) -> Self {
        let mut params = CertificateParams::default();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        Self(CertifiedIssuer::self_signed(params, key).expect("an authority"))
    }

    pub(crate) fn pem(&self) -> String {
        self.0.pem()
    }

    /// A certificate with this common name, and its key, both in PEM.
    pub(crate) fn issue(&self, name: &str) -> (String, String) {
        let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("a valid name");
        params.distinguished_name.push(DnType::OrganizationName, "Example");
        params.distinguished_name.push(DnType::CommonName, name);
        let key = KeyPair::generate().expect("a key");
        (params.signed_by(&key, &self.0).expect("a certificate").pem(), key.serialize_pem())
    }
}

/// A fake over TLS, and the authority of its certificate.
struct SecureFake {
    servers: Ca,
    fake: FakeApi,
}

impl SecureFake {
    fn new(builder: FakeApiBuilder) -> Self {
        let servers = Ca::new("servers");
        let (certificate, key) = servers.issue("fake API");
        let fake = builder.enforce_api_access_rules(true).tls(certificate, key).start().expect("a fake");
        Self { servers, fake }
    }

    fn builder(&self) -> ClientBuilder {
        self.fake.client_builder().add_root_certificate(self.servers.pem())
    }

    fn client(&self, identity: Option<&(String, String)>) -> Client {
        let builder = match identity {
            Some((certificate, key)) => self.builder().client_certificate(certificate.as_str(), key.as_str()),
            None => self.builder(),
        };
        builder.build().expect("a client")
    }
}

fn address(text: &str) -> IpAddr {
    text.parse().expect("an address")
}

async fn rules(client: &Client) -> Vec<ApiAccessRule> {
    client.read_api_access_rules(&ReadApiAccessRulesRequest::new()).await.expect("the rules").api_access_rules
}

async fn register(client: &Client, authority: &Ca) -> CaId {
    let created = client.create_ca(&CreateCaRequest::new(authority.pem())).await.expect("registered");
    created.ca.and_then(|ca| ca.ca_id).expect("an ID")
}

/// A client that is always allowed, whose rule replaces the default ones.
async fn administrator(scene: &SecureFake) -> Client {
    scene.fake.set_caller_address(Some(address(ADMINISTRATOR)));
    let administrator = scene.client(None);
    let own = CreateApiAccessRuleRequest::new().ip_ranges([ADMINISTRATOR]);
    administrator.create_api_access_rule(&own).await.expect("created");
    for rule in rules(&administrator).await.iter().take(2) {
        let id = rule.api_access_rule_id.as_ref().expect("an ID");
        administrator.delete_api_access_rule(&DeleteApiAccessRuleRequest::new(id)).await.expect("deleted");
    }
    administrator
}

/// Rules of an account, each with the IDs of the authorities `one` and `other`.
fn scenarios(one: &CaId, other: &CaId) -> [Vec<CreateApiAccessRuleRequest>; 8] {
    let rule = CreateApiAccessRuleRequest::new;
    [
        vec![],
        vec![rule().ip_ranges(["203.0.113.0/24"])],
        vec![rule().ca_ids([one])],
        vec![rule().ca_ids([one]).cns(["me"])],
        vec![rule().ca_ids([one, other]).cns(["you"])],
        vec![rule().ip_ranges(["203.0.113.7/32"]).ca_ids([other]).cns(["me"])],
        vec![rule().ip_ranges(["198.51.100.0/24"]), rule().ca_ids([one]).cns(["you"])],
        vec![rule().ip_ranges(["2001:db8::/32"]).ca_ids([one])],
    ]
}

#[tokio::test]
async fn the_evaluator_and_the_fake_decide_alike() {
    let scene = SecureFake::new(FakeApi::builder());
    let (one, other, unregistered) = (Ca::new("one"), Ca::new("other"), Ca::new("none"));
    let (me, you, other_me, unknown) =
        (one.issue("me"), one.issue("you"), other.issue("me"), unregistered.issue("me"));
    let administrator = administrator(&scene).await;
    let [one, other] = [register(&administrator, &one).await, register(&administrator, &other).await];
    // The registered authority that signed each certificate, and its common name.
    let certificates = [
        (None, None),
        (Some(&me), Some(PresentedCertificate::new([&one]).common_name("me"))),
        (Some(&you), Some(PresentedCertificate::new([&one]).common_name("you"))),
        (Some(&other_me), Some(PresentedCertificate::new([&other]).common_name("me"))),
        (Some(&unknown), Some(PresentedCertificate::default().common_name("me"))),
    ];
    let clients = certificates.map(|(identity, presented)| (scene.client(identity), presented));
    let addresses = ["203.0.113.7", "203.0.114.7", "198.51.100.1", "2001:db8::1", "::ffff:203.0.113.7"];
    let mut allowed = 0;
    for requests in scenarios(&one, &other) {
        let mut created = Vec::new();
        for request in &requests {
            let rule = administrator.create_api_access_rule(request).await.expect("created");
            created.extend(rule.api_access_rule.and_then(|rule| rule.api_access_rule_id));
        }
        let rules = rules(&administrator).await;
        assert_eq!(rules.len(), requests.len() + 1);
        for caller in addresses.map(address) {
            scene.fake.set_caller_address(Some(caller));
            for (client, presented) in &clients {
                let expected = decision(&rules, caller, presented.as_ref());
                let is_allowed = is_allowed(client).await;
                assert_eq!(is_allowed, expected.is_allowed(), "{caller}, {presented:?}: {expected}");
                allowed += usize::from(is_allowed);
            }
        }
        scene.fake.set_caller_address(Some(address(ADMINISTRATOR)));
        for id in created {
            let delete = DeleteApiAccessRuleRequest::new(id);
            administrator.delete_api_access_rule(&delete).await.expect("deleted");
        }
    }
    assert!((20..180).contains(&allowed), "both outcomes occur: {allowed} of 200 calls were allowed");
}

/// Whether the fake accepts a call. The only other result is a refusal by the rules.
async fn is_allowed(client: &Client) -> bool {
    match client.read_vms(&ReadVmsRequest::new()).await {
        Ok(_) => true,
        Err(error) => {
            let is_refused = error.has_code(codes::BLOCKED_BY_API_ACCESS_RULES) && error.is_access_denied();
            assert!(is_refused, "{error:#}");
            false
        }
    }
}

#[tokio::test]
async fn the_last_rule_stays_and_exempt_actions_need_none() {
    let fake = FakeApi::builder().enforce_api_access_rules(true).start().expect("a fake");
    let client = fake.client().expect("a client");
    // The address of the connection is that of this machine.
    let own = CreateApiAccessRuleRequest::new().ip_ranges(["127.0.0.0/8"]);
    client.create_api_access_rule(&own).await.expect("created");
    let mut left = rules(&client).await;
    assert_eq!(left.len(), 3);
    while let [first, _, ..] = left.as_slice() {
        let id = first.api_access_rule_id.clone().expect("an ID");
        client.delete_api_access_rule(&DeleteApiAccessRuleRequest::new(id)).await.expect("deleted");
        left = rules(&client).await;
    }
    let last = left[0].api_access_rule_id.clone().expect("an ID");
    let delete = DeleteApiAccessRuleRequest::new(last);
    let error = client.delete_api_access_rule(&delete).await.expect_err("the last rule");
    assert!(error.is_conflict() && error.to_string().contains("last"), "{error}");
    assert_eq!(rules(&client).await.len(), 1);

    fake.set_caller_address(Some(address("203.0.113.7")));
    let error = client.read_vms(&ReadVmsRequest::new()).await.expect_err("blocked");
    assert!(error.has_code(codes::BLOCKED_BY_API_ACCESS_RULES), "{error}");
    assert_eq!(error.api().map(|error| error.status()), Some(401), "{error}");
    client.read_regions(&ReadRegionsRequest::new()).await.expect("exempt");
}

#[tokio::test]
async fn impossible_rules_are_refused() {
    let fake = FakeApi::builder().enforce_api_access_rules(true).start().expect("a fake");
    let client = fake.client().expect("a client");
    let rule = CreateApiAccessRuleRequest::new;
    for request in [
        rule(),
        rule().cns(["me"]),
        rule().ip_ranges(["0.0.0.0/0"]).cns(["me"]),
        rule().ip_ranges(["everywhere"]),
    ] {
        let error = client.create_api_access_rule(&request).await.expect_err("impossible");
        assert!(error.is_validation(), "{error}");
    }
    let unknown = client.create_api_access_rule(&rule().ca_ids(["ca-1"])).await.expect_err("unknown");
    assert!(unknown.is_not_found(), "{unknown}");
    let error = client.create_ca(&CreateCaRequest::new("not a certificate")).await.expect_err("refused");
    assert!(error.is_validation(), "{error}");
    let ca = register(&client, &Ca::new("clients")).await;
    client.create_api_access_rule(&rule().ca_ids([&ca])).await.expect("created");
    let error = client.delete_ca(&DeleteCaRequest::new(&ca)).await.expect_err("in use");
    assert!(error.is_conflict(), "{error}");
}
