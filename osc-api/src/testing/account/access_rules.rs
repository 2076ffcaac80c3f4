//! API access rules and their certificate authorities.

use std::net::IpAddr;

use ring::digest;
use rustls::pki_types::CertificateDer;
use serde_json::{Value, json};

use super::filters::filtered;
use super::{FakeAccount, Operation, decode, encode, invalid, text};
use crate::api_access::{self, AccessDecision, PresentedCertificate, RuleChange};
use crate::codes;
use crate::testing::fault::Fault;
use crate::testing::tls;
use crate::types::{
    ApiAccessRule, ApiAccessRuleId, Ca, CaId, CreateApiAccessRuleRequest, DeleteApiAccessRuleRequest,
    UpdateApiAccessRuleRequest,
};

pub(super) const OPERATIONS: &[(&str, Operation)] = &[
    ("CreateApiAccessRule", create),
    ("CreateCa", create_ca),
    ("DeleteApiAccessRule", delete),
    ("DeleteCa", delete_ca),
    ("ReadApiAccessRules", read),
    ("ReadCas", read_cas),
    ("UpdateApiAccessRule", update),
    ("UpdateCa", update_ca),
];

/// The filters of rules and of authorities.
const RULE_FILTERS: &[(&str, &str)] = &[
    ("ApiAccessRuleIds", "ApiAccessRuleId"),
    ("CaIds", "CaIds"),
    ("Cns", "Cns"),
    ("Descriptions", "Description"),
    ("IpRanges", "IpRanges"),
];
const CA_FILTERS: &[(&str, &str)] =
    &[("CaFingerprints", "CaFingerprint"), ("CaIds", "CaId"), ("Descriptions", "Description")];

/// The rules and authorities of an account.
pub(in crate::testing) struct AccessRules {
    rules: Vec<ApiAccessRule>,
    authorities: Vec<Authority>,
}

/// A registered certificate authority.
struct Authority {
    ca: Ca,
    certificate: CertificateDer<'static>,
}

impl Default for AccessRules {
    /// The two rules of a new account. The addresses of Cockpit are made up.
    fn default() -> Self {
        let rule = |number: u32, description: &str, range: &str| ApiAccessRule {
            api_access_rule_id: Some(rule_id(number)),
            description: Some(description.to_owned()),
            ip_ranges: vec![range.to_owned()],
            ..ApiAccessRule::default()
        };
        let rules =
            vec![rule(1, "Allows all IPv4 domain", "0.0.0.0/0"), rule(2, "Cockpit", "198.51.100.0/28")];
        Self { rules, authorities: Vec::new() }
    }
}

impl AccessRules {
    /// Whether the action reads or changes rules or authorities.
    pub(in crate::testing) fn has(action: &str) -> bool {
        OPERATIONS.iter().any(|(name, _)| *name == action)
    }

    /// Applies the rules to a caller.
    ///
    /// # Errors
    /// Returns the error response if no rule allows the caller.
    pub(in crate::testing) fn admit(
        &self,
        address: IpAddr,
        chain: &[CertificateDer<'static>],
    ) -> Result<(), Fault> {
        let certificate = self.identify(chain);
        match api_access::decision(&self.rules, address, certificate.as_ref()) {
            AccessDecision::Allowed(_) => Ok(()),
            blocked => {
                let details = format!("{address} is {blocked}");
                Err(Fault::code(codes::BLOCKED_BY_API_ACCESS_RULES).details(details))
            }
        }
    }

    /// The facts about a client certificate.
    fn identify(&self, chain: &[CertificateDer<'static>]) -> Option<PresentedCertificate> {
        let certificate = chain.first()?;
        let signers = self.authorities.iter().filter(|known| tls::is_signed_by(chain, &known.certificate));
        let presented = PresentedCertificate::new(signers.filter_map(|known| known.ca.ca_id.clone()));
        Some(match tls::common_name(certificate) {
            Some(name) => presented.common_name(name),
            None => presented,
        })
    }

    /// Checks the criteria of a new or changed rule.
    fn check(&self, rule: &ApiAccessRule) -> Result<(), Fault> {
        let ApiAccessRule { ca_ids, cns, ip_ranges, .. } = rule;
        if ca_ids.is_empty() && ip_ranges.is_empty() {
            return Err(invalid("CaIds or IpRanges is required"));
        }
        if ca_ids.is_empty() && !cns.is_empty() {
            return Err(invalid("Cns requires CaIds"));
        }
        if let Some(range) = ip_ranges.iter().find(|range| !api_access::is_ip_range(range)) {
            return Err(Fault::code(codes::INVALID_IP_ADDRESS).details(range));
        }
        match ca_ids.iter().find(|id| self.authority(id).is_none()) {
            Some(id) => Err(missing_ca(id)),
            None => Ok(()),
        }
    }

    fn authority(&self, id: &CaId) -> Option<usize> {
        self.authorities.iter().position(|known| known.ca.ca_id.as_ref() == Some(id))
    }

    fn find(&self, id: &ApiAccessRuleId) -> Result<&ApiAccessRule, Fault> {
        let found = self.rules.iter().find(|rule| rule.api_access_rule_id.as_ref() == Some(id));
        found.ok_or_else(|| Fault::code(codes::NO_SUCH_RESOURCE).details(id.as_str()))
    }

    /// Carries out a change and returns the rules after it.
    fn after<'a>(&self, change: impl Into<RuleChange<'a>>) -> Vec<ApiAccessRule> {
        api_access::rules_after(&self.rules, change)
    }
}

fn rule_id(number: u32) -> ApiAccessRuleId {
    format!("aar-{number:032x}").into()
}

fn missing_ca(id: &CaId) -> Fault {
    Fault::code(codes::NO_SUCH_CERTIFICATE).details(id.as_str())
}

fn create(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let request: CreateApiAccessRuleRequest = decode(request)?;
    let id = account.next_number();
    let access = &mut account.access;
    let mut rules = access.after(&request);
    let Some(rule) = rules.last_mut() else { return Ok(json!({})) };
    access.check(rule)?;
    // The two default rules have the first numbers.
    rule.api_access_rule_id = Some(rule_id(id + 2));
    let response = json!({ "ApiAccessRule": encode(&*rule) });
    access.rules = rules;
    Ok(response)
}

fn update(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let request: UpdateApiAccessRuleRequest = decode(request)?;
    let access = &mut account.access;
    access.find(&request.api_access_rule_id)?;
    let rules = access.after(&request);
    let id = Some(&request.api_access_rule_id);
    let rule = rules.iter().find(|rule| rule.api_access_rule_id.as_ref() == id);
    rule.map_or(Ok(()), |rule| access.check(rule))?;
    let response = json!({ "ApiAccessRule": rule.map(encode) });
    access.rules = rules;
    Ok(response)
}

fn delete(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let request: DeleteApiAccessRuleRequest = decode(request)?;
    let access = &mut account.access;
    access.find(&request.api_access_rule_id)?;
    let rules = access.after(&request);
    if rules.is_empty() {
        // The code is not known.
        return Err(Fault::uncoded(409, "ResourceConflict", "the last API access rule cannot be deleted"));
    }
    access.rules = rules;
    Ok(json!({}))
}

fn read(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let rules = filtered(account.access.rules.iter().map(encode), request, RULE_FILTERS)?;
    Ok(json!({ "ApiAccessRules": rules }))
}

fn read_cas(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let cas = account.access.authorities.iter().map(|known| encode(&known.ca));
    Ok(json!({ "Cas": filtered(cas, request, CA_FILTERS)? }))
}

fn create_ca(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let certificate = tls::authority(text(request, "CaPem"));
    let certificate = certificate.ok_or_else(|| invalid("CaPem is not a certificate in PEM format"))?;
    let fingerprint = digest::digest(&digest::SHA1_FOR_LEGACY_USE_ONLY, &certificate);
    let fingerprint = fingerprint.as_ref().iter().map(|byte| format!("{byte:02x}")).collect();
    let ca = Ca {
        ca_fingerprint: Some(fingerprint),
        ca_id: Some(format!("ca-{:032x}", account.next_number()).into()),
        description: Some(text(request, "Description").to_owned()),
    };
    let response = json!({ "Ca": encode(&ca) });
    account.access.authorities.push(Authority { ca, certificate });
    Ok(response)
}

fn update_ca(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = CaId::from(text(request, "CaId"));
    let authorities = &mut account.access.authorities;
    let found = authorities.iter_mut().find(|known| known.ca.ca_id.as_ref() == Some(&id));
    let found = found.ok_or_else(|| missing_ca(&id))?;
    found.ca.description = Some(text(request, "Description").to_owned());
    Ok(json!({ "Ca": encode(&found.ca) }))
}

fn delete_ca(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let id = CaId::from(text(request, "CaId"));
    let access = &mut account.access;
    let index = access.authority(&id).ok_or_else(|| missing_ca(&id))?;
    if access.rules.iter().any(|rule| rule.ca_ids.contains(&id)) {
        // The code is not known.
        return Err(Fault::uncoded(409, "ResourceConflict", format!("{id} is used by an API access rule")));
    }
    access.authorities.remove(index);
    Ok(json!({}))
}
