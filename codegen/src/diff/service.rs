//! Compares the signature of requests and their endpoints.

use super::change::{Change, ChangeKind, Impact};
use crate::diagnostics::Pointer;
use crate::ir::Service;

pub(super) fn compare(old: &Service, new: &Service, changes: &mut Vec<Change>) {
    let signature = |service: &Service| {
        let Service { algorithm, credential_service, date_header, .. } = service;
        format!("{algorithm}, service {credential_service}, header {date_header}")
    };
    let region = |service: &Service| service.default_region.clone();
    let client_token = |service: &Service| service.client_token.clone();
    let verbs = |service: &Service| service.read_verbs.join(", ");
    let name = |service: &Service| service.name.clone();
    let rows = [
        ("signature", signature(old), signature(new), Impact::Breaking, "requests are signed differently"),
        ("endpoint", old.endpoint(), new.endpoint(), Impact::Breaking, "requests are sent elsewhere"),
        ("default_region", region(old), region(new), Impact::Breaking, "requests are sent to another region"),
        (
            "client_token",
            client_token(old),
            client_token(new),
            Impact::Breaking,
            "creates carry another token",
        ),
        ("read_verbs", verbs(old), verbs(new), Impact::Breaking, "other actions are retried"),
        ("name", name(old), name(new), Impact::Additive, "the name in messages"),
    ];
    for (what, old, new, impact, reason) in rows {
        if old != new {
            let at = Pointer::root().join("x-service");
            let change =
                Change::new(ChangeKind::ServiceChanged, impact, format!("service::{what}"), &at, reason);
            changes.push(change.with_old(old).with_new(new));
        }
    }
}
