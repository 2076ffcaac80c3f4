//! API access rules: which rule of an account allows a caller, or why none does.
//!
//! An account has a whitelist of [`ApiAccessRule`]s. A call is allowed if at least one rule allows it; a rule allows it
//! if each of its criteria (IP ranges, certificate authorities, common names) is met by one of its items. Accounts that
//! are locked out by their rules can be restored by OUTSCALE's support only, so check a change before making it:
//!
//! ```
//! use std::net::IpAddr;
//!
//! use osc_api::api_access::{PresentedCertificate, decision, would_lock_out};
//! use osc_api::types::{ApiAccessRule, UpdateApiAccessRuleRequest};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! // In a program: the response of `read_api_access_rules`.
//! let mut rule = ApiAccessRule::default();
//! rule.api_access_rule_id = Some("aar-1".into());
//! rule.ip_ranges = vec!["0.0.0.0/0".to_owned()];
//! let rules = [rule];
//!
//! let address: IpAddr = "203.0.113.7".parse()?;
//! assert!(decision(&rules, address, None).is_allowed());
//!
//! // The rule will require a certificate of one authority, from one office.
//! let update = UpdateApiAccessRuleRequest::new("aar-1").ip_ranges(["203.0.113.0/24"]);
//! let update = update.ca_ids(["ca-1"]);
//! assert!(would_lock_out(&rules, &update, address, None));
//! let certificate = PresentedCertificate::new(["ca-1"]).common_name("build-server");
//! assert!(!would_lock_out(&rules, &update, address, Some(&certificate)));
//! # Ok(())
//! # }
//! ```
//!
//! # What the rules apply to
//! The rules apply to every access to the API, the AWS-compatible services included. They do not apply to actions
//! without authentication (see [`is_exempt`]) or to the object storage.
//!
//! # Conservative evaluation
//! Where it is unknown how the API evaluates a rule, the rule is assumed not to allow the caller:
//! - An IP range that is neither an address nor in CIDR notation contains no address. Its host bits are ignored:
//!   `192.0.2.7/24` is `192.0.2.0/24`.
//! - Common names without certificate authorities, and a rule without any criterion, allow no one.
//! - A trusted session, which exempts a caller from client certificates, is not taken into account: the actions that
//!   change the rules require the certificate even then.
//!
//! An IPv4 address that is mapped to IPv6 (`::ffff:192.0.2.7`) counts as the IPv4 address.

mod change;
mod range;
#[cfg(test)]
mod tests;

use std::fmt;
use std::net::IpAddr;

use crate::action::{Action, Auth};
use crate::types::{ApiAccessRule, CaId};

use range::AddressRange;

pub use change::{RuleChange, rules_after, would_lock_out};

/// The facts about a caller's client certificate that rules refer to: the registered authorities that signed it, and
/// its common name.
///
/// The crate does not parse certificates. `openssl x509 -noout -subject -issuer -in certificate.pem` prints both names;
/// the ID of an authority is in the response of `create_ca` and `read_cas`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[must_use]
pub struct PresentedCertificate {
    ca_ids: Vec<CaId>,
    common_name: Option<String>,
}

impl PresentedCertificate {
    /// A certificate that is signed by these registered authorities. It usually has one; the same authority may be
    /// registered several times, with an ID each.
    pub fn new(ca_ids: impl IntoIterator<Item = impl Into<CaId>>) -> Self {
        Self { ca_ids: ca_ids.into_iter().map(Into::into).collect(), common_name: None }
    }

    /// Sets the common name (CN) of the certificate's subject. Upper and lower case are distinguished.
    pub fn common_name(mut self, common_name: impl Into<String>) -> Self {
        self.common_name = Some(common_name.into());
        self
    }
}

/// Whether a caller is allowed, and why: the result of [`decision`].
///
/// Its `Display` is one line, such as ``blocked: rule aar-1: the address is in none of its IP ranges 192.0.2.0/24``.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub enum AccessDecision<'r> {
    /// This rule, the first that applies, allows the caller.
    Allowed(&'r ApiAccessRule),
    /// No rule allows the caller. One entry for each rule, in order.
    Blocked(Vec<RuleMismatch<'r>>),
}

impl<'r> AccessDecision<'r> {
    /// Returns `true` if a rule allows the caller.
    pub fn is_allowed(&self) -> bool {
        matches!(self, Self::Allowed(_))
    }

    /// The rule that allows the caller.
    pub fn rule(&self) -> Option<&'r ApiAccessRule> {
        match self {
            Self::Allowed(rule) => Some(rule),
            Self::Blocked(_) => None,
        }
    }
}

/// A rule that does not allow a caller, and the criteria that the caller does not meet.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RuleMismatch<'r> {
    /// The rule.
    pub rule: &'r ApiAccessRule,
    /// The criteria that are not met; never empty.
    pub unmet: Vec<AccessCriterion>,
}

impl<'r> RuleMismatch<'r> {
    /// The IP ranges of the rule that are neither addresses nor in CIDR notation. They contain no address.
    pub fn invalid_ip_ranges(&self) -> impl Iterator<Item = &'r str> + use<'r> {
        let ranges = self.rule.ip_ranges.iter().map(String::as_str);
        ranges.filter(|range| AddressRange::parse(range).is_none())
    }
}

/// A criterion of a rule that a caller does not meet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum AccessCriterion {
    /// The address is in none of the IP ranges.
    IpRanges,
    /// The caller has no client certificate, or it is not signed by one of the authorities.
    CaIds,
    /// The certificate has none of the common names.
    CommonNames,
    /// The rule has common names but no authorities.
    CommonNamesWithoutCaIds,
    /// The rule has no criterion at all.
    Empty,
}

/// Evaluates the rules of an account for a caller: its public IP address as the API receives it, and its client
/// certificate.
///
/// `rules` must be the complete list of the account's rules, which `read_api_access_rules` returns without filters. Of
/// a part of them, only an [`Allowed`](AccessDecision::Allowed) is reliable.
///
/// ```
/// use osc_api::api_access::{AccessCriterion, AccessDecision, decision};
/// use osc_api::types::ApiAccessRule;
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let mut rule = ApiAccessRule::default();
/// rule.ip_ranges = vec!["198.51.100.0/24".to_owned()];
/// rule.ca_ids = vec!["ca-1".into()];
/// let rules = [rule];
/// let decision = decision(&rules, "198.51.100.1".parse()?, None);
/// let AccessDecision::Blocked(mismatches) = decision else { panic!() };
/// assert_eq!(mismatches[0].unmet, [AccessCriterion::CaIds]);
/// # Ok(())
/// # }
/// ```
pub fn decision<'r>(
    rules: &'r [ApiAccessRule],
    address: IpAddr,
    certificate: Option<&PresentedCertificate>,
) -> AccessDecision<'r> {
    let mut mismatches = Vec::new();
    for rule in rules {
        let unmet = unmet(rule, address, certificate);
        if unmet.is_empty() {
            return AccessDecision::Allowed(rule);
        }
        mismatches.push(RuleMismatch { rule, unmet });
    }
    AccessDecision::Blocked(mismatches)
}

/// Returns `true` if API access rules do not apply to the action: it needs no authentication.
///
/// ```
/// use osc_api::action::{ReadRegions, ReadVms};
/// use osc_api::api_access::is_exempt;
///
/// assert!(is_exempt::<ReadRegions>() && !is_exempt::<ReadVms>());
/// ```
pub fn is_exempt<A: Action>() -> bool {
    A::AUTH == Auth::None
}

/// Whether a string is an address, or a range in CIDR notation.
#[cfg(feature = "testing")]
pub(crate) fn is_ip_range(text: &str) -> bool {
    AddressRange::parse(text).is_some()
}

/// The criteria of a rule that a caller does not meet.
fn unmet(
    rule: &ApiAccessRule,
    address: IpAddr,
    certificate: Option<&PresentedCertificate>,
) -> Vec<AccessCriterion> {
    let ApiAccessRule { ip_ranges, ca_ids, cns, .. } = rule;
    let contains = |range: &String| AddressRange::parse(range).is_some_and(|range| range.contains(address));
    let signed = |certificate: &PresentedCertificate| certificate.ca_ids.iter().any(|id| ca_ids.contains(id));
    let named = |certificate: &PresentedCertificate| {
        certificate.common_name.as_ref().is_some_and(|name| !name.is_empty() && cns.contains(name))
    };
    let checks = [
        (AccessCriterion::IpRanges, !ip_ranges.is_empty() && !ip_ranges.iter().any(contains)),
        (AccessCriterion::CaIds, !ca_ids.is_empty() && !certificate.is_some_and(signed)),
        (
            AccessCriterion::CommonNames,
            !ca_ids.is_empty() && !cns.is_empty() && !certificate.is_some_and(named),
        ),
        (AccessCriterion::CommonNamesWithoutCaIds, ca_ids.is_empty() && !cns.is_empty()),
        (AccessCriterion::Empty, ip_ranges.is_empty() && ca_ids.is_empty() && cns.is_empty()),
    ];
    checks.into_iter().filter_map(|(criterion, is_unmet)| is_unmet.then_some(criterion)).collect()
}

impl fmt::Display for AccessDecision<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Allowed(rule) => write!(f, "allowed by {}", RuleName(rule)),
            Self::Blocked(mismatches) if mismatches.is_empty() => f.write_str("blocked: there is no rule"),
            Self::Blocked(mismatches) => {
                f.write_str("blocked: ")?;
                separated(f, "; ", mismatches)
            }
        }
    }
}

impl fmt::Display for RuleMismatch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", RuleName(self.rule))?;
        for (index, criterion) in self.unmet.iter().enumerate() {
            if index > 0 {
                f.write_str(", and ")?;
            }
            match criterion {
                AccessCriterion::IpRanges => {
                    f.write_str("the address is in none of its IP ranges ")?;
                    separated(f, ", ", &self.rule.ip_ranges)?;
                }
                AccessCriterion::CaIds => {
                    f.write_str("the caller has no client certificate signed by ")?;
                    separated(f, " or ", &self.rule.ca_ids)?;
                }
                AccessCriterion::CommonNames => {
                    f.write_str("the client certificate has none of its common names ")?;
                    separated(f, ", ", &self.rule.cns)?;
                }
                AccessCriterion::CommonNamesWithoutCaIds => {
                    f.write_str("it has common names without certificate authorities")?;
                }
                AccessCriterion::Empty => f.write_str("it has no criteria")?,
            }
        }
        let invalid: Vec<&str> = self.invalid_ip_ranges().collect();
        if !invalid.is_empty() {
            f.write_str(" (invalid: ")?;
            separated(f, ", ", &invalid)?;
            f.write_str(")")?;
        }
        Ok(())
    }
}

/// A rule in a message.
struct RuleName<'r>(&'r ApiAccessRule);

impl fmt::Display for RuleName<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0.api_access_rule_id {
            Some(id) => write!(f, "rule {id}"),
            None => f.write_str("a rule without an ID"),
        }
    }
}

fn separated(f: &mut fmt::Formatter<'_>, separator: &str, items: &[impl fmt::Display]) -> fmt::Result {
    for (index, item) in items.iter().enumerate() {
        if index > 0 {
            f.write_str(separator)?;
        }
        write!(f, "{item}")?;
    }
    Ok(())
}
