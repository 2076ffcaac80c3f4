use super::*;
use crate::action::{CreateVms, ReadPublicCatalog, ReadRegions, ReadVms};
use crate::types::{CreateApiAccessRuleRequest, DeleteApiAccessRuleRequest, UpdateApiAccessRuleRequest};

/// A rule from `ranges | authorities | common names`, each separated by spaces.
fn rule(id: &str, text: &str) -> ApiAccessRule {
    let mut parts = text.split('|').map(|part| part.split_whitespace());
    let mut list = || parts.next().into_iter().flatten();
    ApiAccessRule {
        api_access_rule_id: Some(id.into()),
        ip_ranges: list().map(str::to_owned).collect(),
        ca_ids: list().map(CaId::from).collect(),
        cns: list().map(str::to_owned).collect(),
        description: None,
    }
}

fn rules(texts: &[&str]) -> Vec<ApiAccessRule> {
    texts.iter().enumerate().map(|(index, text)| rule(&format!("aar-{}", index + 1), text)).collect()
}

/// A certificate from `common name @ authorities`; none from an empty string.
fn certificate(text: &str) -> Option<PresentedCertificate> {
    let (name, authorities) = text.split_once('@')?;
    let certificate = PresentedCertificate::new(authorities.split_whitespace());
    Some(if name.is_empty() { certificate } else { certificate.common_name(name) })
}

/// The decision in short: the ID of the rule that allows the caller, or the unmet criteria of each rule.
fn short(decision: &AccessDecision<'_>) -> String {
    match decision {
        AccessDecision::Allowed(rule) => rule.api_access_rule_id.as_ref().map(ToString::to_string).unwrap(),
        AccessDecision::Blocked(mismatches) => {
            let letters = |mismatch: &RuleMismatch<'_>| -> String {
                mismatch
                    .unmet
                    .iter()
                    .map(|criterion| match criterion {
                        AccessCriterion::IpRanges => "ip",
                        AccessCriterion::CaIds => "ca",
                        AccessCriterion::CommonNames => "cn",
                        AccessCriterion::CommonNamesWithoutCaIds => "cn-without-ca",
                        AccessCriterion::Empty => "empty",
                    })
                    .collect::<Vec<_>>()
                    .join("+")
            };
            format!("blocked {}", mismatches.iter().map(letters).collect::<Vec<_>>().join(" "))
        }
    }
}

/// Rules, address, certificate, decision.
type DecisionRow = (&'static [&'static str], &'static str, &'static str, &'static str);

const ROWS: &[DecisionRow] = &[
    // One criterion: the address.
    (&["0.0.0.0/0"], "203.0.113.7", "", "aar-1"),
    (&["0.0.0.0/0"], "0.0.0.0", "", "aar-1"),
    (&["0.0.0.0/0"], "255.255.255.255", "", "aar-1"),
    (&["203.0.113.7/32"], "203.0.113.7", "", "aar-1"),
    (&["203.0.113.7/32"], "203.0.113.8", "", "blocked ip"),
    (&["203.0.113.7"], "203.0.113.7", "", "aar-1"),
    (&["203.0.113.7"], "203.0.113.6", "", "blocked ip"),
    (&["203.0.113.0/24"], "203.0.113.0", "", "aar-1"),
    (&["203.0.113.0/24"], "203.0.113.255", "", "aar-1"),
    (&["203.0.113.0/24"], "203.0.114.0", "", "blocked ip"),
    (&["203.0.113.0/31"], "203.0.113.1", "", "aar-1"),
    (&["203.0.113.0/31"], "203.0.113.2", "", "blocked ip"),
    (&["128.0.0.0/1"], "203.0.113.7", "", "aar-1"),
    (&["128.0.0.0/1"], "127.255.255.255", "", "blocked ip"),
    (&["198.51.100.0/24 203.0.113.0/24"], "203.0.113.7", "", "aar-1"),
    (&["198.51.100.0/24 203.0.113.0/24"], "192.0.2.7", "", "blocked ip"),
    // Host bits are ignored.
    (&["203.0.113.7/24"], "203.0.113.99", "", "aar-1"),
    (&["203.0.113.7/0"], "192.0.2.1", "", "aar-1"),
    // IPv6.
    (&["0.0.0.0/0"], "2001:db8::7", "", "blocked ip"),
    (&["::/0"], "2001:db8::7", "", "aar-1"),
    (&["::/0"], "203.0.113.7", "", "blocked ip"),
    (&["2001:db8::/32"], "2001:db8:ffff::1", "", "aar-1"),
    (&["2001:db8::/32"], "2001:db9::1", "", "blocked ip"),
    (&["2001:db8::7/128"], "2001:db8::7", "", "aar-1"),
    (&["2001:DB8:0::7"], "2001:db8::7", "", "aar-1"),
    (&["2001:db8::7/128"], "2001:db8::8", "", "blocked ip"),
    (&["0.0.0.0/0 ::/0"], "2001:db8::7", "", "aar-1"),
    // IPv4 addresses mapped to IPv6 are IPv4 addresses.
    (&["203.0.113.0/24"], "::ffff:203.0.113.7", "", "aar-1"),
    (&["203.0.113.0/24"], "::ffff:192.0.2.7", "", "blocked ip"),
    (&["::/0"], "::ffff:203.0.113.7", "", "blocked ip"),
    (&["::ffff:203.0.113.0/120"], "203.0.113.7", "", "aar-1"),
    (&["::ffff:0:0/96"], "203.0.113.7", "", "aar-1"),
    // Invalid ranges contain nothing.
    (&["everywhere"], "203.0.113.7", "", "blocked ip"),
    (&["203.0.113.0/33"], "203.0.113.0", "", "blocked ip"),
    (&["203.0.113.0/255.255.255.0"], "203.0.113.7", "", "blocked ip"),
    (&["203.0.113/24"], "203.0.113.7", "", "blocked ip"),
    (&["203.0.113.0/ 203.0.113.7"], "203.0.113.7", "", "aar-1"),
    (&["nonsense 0.0.0.0/0"], "203.0.113.7", "", "aar-1"),
    // Authorities.
    (&["| ca-1"], "203.0.113.7", "", "blocked ca"),
    (&["| ca-1"], "203.0.113.7", "me@ca-1", "aar-1"),
    (&["| ca-1"], "2001:db8::7", "@ca-1", "aar-1"),
    (&["| ca-1"], "203.0.113.7", "me@ca-2", "blocked ca"),
    (&["| ca-1"], "203.0.113.7", "me@", "blocked ca"),
    (&["| ca-1 ca-2"], "203.0.113.7", "me@ca-2", "aar-1"),
    (&["| ca-1"], "203.0.113.7", "me@ca-2 ca-1", "aar-1"),
    (&["| ca-1 ca-2"], "203.0.113.7", "me@ca-3 ca-4", "blocked ca"),
    // Certificates do no harm where none is required.
    (&["0.0.0.0/0"], "203.0.113.7", "me@ca-1", "aar-1"),
    // Common names.
    (&["| ca-1 | me"], "203.0.113.7", "me@ca-1", "aar-1"),
    (&["| ca-1 | you me"], "203.0.113.7", "me@ca-1", "aar-1"),
    (&["| ca-1 | you"], "203.0.113.7", "me@ca-1", "blocked cn"),
    (&["| ca-1 | me"], "203.0.113.7", "Me@ca-1", "blocked cn"),
    (&["| ca-1 | me"], "203.0.113.7", "me.example@ca-1", "blocked cn"),
    (&["| ca-1 | me"], "203.0.113.7", "@ca-1", "blocked cn"),
    (&["| ca-1 | me"], "203.0.113.7", "me@ca-2", "blocked ca"),
    (&["| ca-1 | me"], "203.0.113.7", "", "blocked ca+cn"),
    (&["| | me"], "203.0.113.7", "me@ca-1", "blocked cn-without-ca"),
    (&["0.0.0.0/0 | | me"], "203.0.113.7", "me@ca-1", "blocked cn-without-ca"),
    // All criteria of a rule must be met.
    (&["203.0.113.0/24 | ca-1 | me"], "203.0.113.7", "me@ca-1", "aar-1"),
    (&["203.0.113.0/24 | ca-1 | me"], "192.0.2.7", "me@ca-1", "blocked ip"),
    (&["203.0.113.0/24 | ca-1"], "203.0.113.7", "", "blocked ca"),
    (&["203.0.113.0/24 | ca-1 | me"], "192.0.2.7", "you@ca-2", "blocked ip+ca+cn"),
    // One rule is enough, and criteria do not mix between rules.
    (&["198.51.100.0/24", "203.0.113.0/24"], "203.0.113.7", "", "aar-2"),
    (&["203.0.113.0/24", "203.0.0.0/16"], "203.0.113.7", "", "aar-1"),
    (&["203.0.113.0/24 | ca-1", "203.0.0.0/16"], "203.0.113.7", "", "aar-2"),
    (&["203.0.113.0/24 | ca-1", "198.51.100.0/24 | ca-2"], "203.0.113.7", "me@ca-2", "blocked ca ip"),
    (&["| ca-1 | me", "| ca-2 | you"], "203.0.113.7", "you@ca-1", "blocked cn ca"),
    (&["203.0.113.0/24", "| ca-1"], "192.0.2.7", "me@ca-1", "aar-2"),
    // Rules without criteria, and no rules.
    (&[""], "203.0.113.7", "me@ca-1", "blocked empty"),
    (&["", "203.0.113.7"], "203.0.113.7", "", "aar-2"),
    (&[], "203.0.113.7", "", "blocked "),
];

#[test]
fn the_first_rule_whose_criteria_are_all_met_allows_the_caller() {
    assert!(ROWS.len() >= 40);
    for &(texts, address, certified, wanted) in ROWS {
        let (rules, certificate) = (rules(texts), certificate(certified));
        let found = decision(&rules, address.parse().unwrap(), certificate.as_ref());
        assert_eq!(short(&found), wanted, "{texts:?}, {address}, {certified:?}");
        assert_eq!(found.is_allowed(), found.rule().is_some());
    }
}

#[test]
fn the_order_of_rules_and_items_does_not_matter() {
    for &(texts, address, certified, _) in ROWS {
        let (mut rules, certificate) = (rules(texts), certificate(certified));
        let allowed = decision(&rules, address.parse().unwrap(), certificate.as_ref()).is_allowed();
        rules.reverse();
        for rule in &mut rules {
            rule.ip_ranges.reverse();
            rule.ca_ids.reverse();
            rule.cns.reverse();
        }
        assert_eq!(decision(&rules, address.parse().unwrap(), certificate.as_ref()).is_allowed(), allowed);
    }
}

#[test]
fn a_decision_explains_itself_in_one_line() {
    let rules = rules(&["203.0.113.0/24 198.51.100.0/99 | ca-1 ca-2 | me", "| | me", ""]);
    let explained = decision(&rules, "192.0.2.7".parse().unwrap(), None).to_string();
    assert_eq!(
        explained,
        "blocked: rule aar-1: the address is in none of its IP ranges 203.0.113.0/24, 198.51.100.0/99, and the caller \
         has no client certificate signed by ca-1 or ca-2, and the client certificate has none of its common names me \
         (invalid: 198.51.100.0/99); rule aar-2: it has common names without certificate authorities; rule aar-3: it \
         has no criteria"
    );
    let me = certificate("me@ca-2");
    let allowed = decision(&rules, "203.0.113.7".parse().unwrap(), me.as_ref());
    assert_eq!(allowed.to_string(), "allowed by rule aar-1");
    assert_eq!(decision(&[], "192.0.2.7".parse().unwrap(), None).to_string(), "blocked: there is no rule");
}

#[test]
fn actions_without_authentication_are_exempt() {
    assert!(is_exempt::<ReadRegions>() && is_exempt::<ReadPublicCatalog>());
    assert!(!is_exempt::<ReadVms>() && !is_exempt::<CreateVms>());
}

#[test]
fn a_change_locks_out_if_no_remaining_rule_allows_the_caller() {
    let here = "203.0.113.7".parse().unwrap();
    let me = certificate("me@ca-1");
    let all = rules(&["0.0.0.0/0"]);
    let two = rules(&["0.0.0.0/0", "203.0.113.0/24 | ca-1"]);
    let delete = |id: &str| DeleteApiAccessRuleRequest::new(id);
    let update = |id: &str| UpdateApiAccessRuleRequest::new(id);

    // A new rule takes nothing away, and lets in a caller who is locked out.
    let narrow = CreateApiAccessRuleRequest::new().ip_ranges(["192.0.2.0/24"]);
    assert!(!would_lock_out(&all, &narrow, here, None));
    assert!(would_lock_out(&[], &narrow, here, None));
    assert!(!would_lock_out(&[], &CreateApiAccessRuleRequest::new().ip_ranges(["203.0.113.7"]), here, None));

    // The last rule, one of two, and an unknown one.
    assert!(would_lock_out(&all, &delete("aar-1"), here, None));
    assert!(!would_lock_out(&two, &delete("aar-2"), here, None));
    assert!(would_lock_out(&two, &delete("aar-1"), here, None));
    assert!(!would_lock_out(&two, &delete("aar-1"), here, me.as_ref()));
    assert!(!would_lock_out(&all, &delete("aar-9"), here, None));

    // An update replaces all criteria.
    assert!(!would_lock_out(&all, &update("aar-1").ip_ranges(["203.0.113.7/32"]), here, None));
    assert!(would_lock_out(&all, &update("aar-1").ip_ranges(["192.0.2.0/24"]), here, None));
    assert!(would_lock_out(&all, &update("aar-1").ip_ranges(["203.0.113.0/99"]), here, None));
    assert!(would_lock_out(&all, &update("aar-1").ca_ids(["ca-1"]), here, None));
    assert!(!would_lock_out(&all, &update("aar-1").ca_ids(["ca-1"]), here, me.as_ref()));
    assert!(would_lock_out(&all, &update("aar-1").ca_ids(["ca-1"]).cns(["you"]), here, me.as_ref()));
    assert!(would_lock_out(&all, &update("aar-1").description("only a new description"), here, me.as_ref()));
    assert!(!would_lock_out(&two, &update("aar-1").ip_ranges(["192.0.2.0/24"]), here, me.as_ref()));
    assert!(!would_lock_out(&all, &update("aar-9").ip_ranges(["192.0.2.0/24"]), here, None));
}

#[test]
fn a_dry_run_changes_nothing() {
    let here = "203.0.113.7".parse().unwrap();
    let all = rules(&["0.0.0.0/0"]);
    assert!(!would_lock_out(&all, &DeleteApiAccessRuleRequest::new("aar-1").dry_run(true), here, None));
    assert!(!would_lock_out(&all, &UpdateApiAccessRuleRequest::new("aar-1").dry_run(true), here, None));
    let create = CreateApiAccessRuleRequest::new().ip_ranges(["203.0.113.7"]).dry_run(true);
    assert!(would_lock_out(&[], &create, here, None));
    assert_eq!(rules_after(&all, &create), all);
}
