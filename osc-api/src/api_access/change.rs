//! Planned changes of the rules.

use std::net::IpAddr;

use super::{PresentedCertificate, decision};
use crate::types::{
    ApiAccessRule, CreateApiAccessRuleRequest, DeleteApiAccessRuleRequest, UpdateApiAccessRuleRequest,
};

/// A planned change of the rules: one of the three requests that make it, by reference.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum RuleChange<'a> {
    /// Creates a rule.
    Create(&'a CreateApiAccessRuleRequest),
    /// Replaces the criteria of a rule. Criteria that the request omits are removed.
    Update(&'a UpdateApiAccessRuleRequest),
    /// Deletes a rule.
    Delete(&'a DeleteApiAccessRuleRequest),
}

impl<'a> From<&'a CreateApiAccessRuleRequest> for RuleChange<'a> {
    fn from(request: &'a CreateApiAccessRuleRequest) -> Self {
        Self::Create(request)
    }
}

impl<'a> From<&'a UpdateApiAccessRuleRequest> for RuleChange<'a> {
    fn from(request: &'a UpdateApiAccessRuleRequest) -> Self {
        Self::Update(request)
    }
}

impl<'a> From<&'a DeleteApiAccessRuleRequest> for RuleChange<'a> {
    fn from(request: &'a DeleteApiAccessRuleRequest) -> Self {
        Self::Delete(request)
    }
}

/// Returns `true` if no rule would allow the caller after the change. See [the module](super) for an example.
///
/// The parameters are those of [`decision`] and the request that makes the change. To learn why, evaluate
/// [`rules_after`]. Deleting the last rule counts as a lockout, although the API refuses it. If the caller is locked out
/// already, a change that does not allow them returns `true`, too.
///
/// A change takes effect at once, and other people and programs may change the rules at the same time: check the rules
/// again before each change, and create the new rule before deleting the old one.
pub fn would_lock_out<'a>(
    rules: &[ApiAccessRule],
    change: impl Into<RuleChange<'a>>,
    address: IpAddr,
    certificate: Option<&PresentedCertificate>,
) -> bool {
    !decision(&rules_after(rules, change), address, certificate).is_allowed()
}

/// The rules after a planned change. A dry run changes nothing, nor does a rule that does not exist. A created rule has no
/// ID yet.
///
/// ```
/// use osc_api::api_access::{decision, rules_after};
/// use osc_api::types::CreateApiAccessRuleRequest;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let rules = rules_after(&[], &CreateApiAccessRuleRequest::new().ip_ranges(["192.0.2.0/24"]));
/// let explanation = decision(&rules, "203.0.113.7".parse()?, None).to_string();
/// let reason = "a rule without an ID: the address is in none of its IP ranges 192.0.2.0/24";
/// assert_eq!(explanation, format!("blocked: {reason}"));
/// # Ok(())
/// # }
/// ```
pub fn rules_after<'a>(rules: &[ApiAccessRule], change: impl Into<RuleChange<'a>>) -> Vec<ApiAccessRule> {
    let mut rules = rules.to_vec();
    match change.into() {
        RuleChange::Create(request) if request.dry_run != Some(true) => rules.push(created(request)),
        RuleChange::Update(request) if request.dry_run != Some(true) => {
            let id = Some(&request.api_access_rule_id);
            let updated = rules.iter_mut().filter(|rule| rule.api_access_rule_id.as_ref() == id);
            updated.for_each(|rule| *rule = replaced(request));
        }
        RuleChange::Delete(request) if request.dry_run != Some(true) => {
            let id = Some(&request.api_access_rule_id);
            rules.retain(|rule| rule.api_access_rule_id.as_ref() != id);
        }
        RuleChange::Create(_) | RuleChange::Update(_) | RuleChange::Delete(_) => {}
    }
    rules
}

fn created(request: &CreateApiAccessRuleRequest) -> ApiAccessRule {
    let CreateApiAccessRuleRequest { ca_ids, cns, description, ip_ranges, dry_run: _ } = request;
    ApiAccessRule {
        api_access_rule_id: None,
        ca_ids: ca_ids.clone().unwrap_or_default(),
        cns: cns.clone().unwrap_or_default(),
        description: description.clone(),
        ip_ranges: ip_ranges.clone().unwrap_or_default(),
    }
}

fn replaced(request: &UpdateApiAccessRuleRequest) -> ApiAccessRule {
    let UpdateApiAccessRuleRequest { api_access_rule_id, ca_ids, cns, description, ip_ranges, dry_run: _ } =
        request;
    ApiAccessRule {
        api_access_rule_id: Some(api_access_rule_id.clone()),
        ca_ids: ca_ids.clone().unwrap_or_default(),
        cns: cns.clone().unwrap_or_default(),
        description: description.clone(),
        ip_ranges: ip_ranges.clone().unwrap_or_default(),
    }
}
