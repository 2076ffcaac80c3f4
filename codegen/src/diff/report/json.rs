//! The report for machines.

use serde_json::{Map, Value, json};

use crate::diff::{Change, Diff, Impact};

pub(in crate::diff) fn report(diff: &Diff, current: Option<&str>) -> String {
    let counts: Map<String, Value> = Impact::ALL
        .into_iter()
        .map(|class| (class.to_string(), diff.of_class(class).count().into()))
        .collect();
    let bump = diff.bump(current);
    let report = json!({
        "old": diff.old,
        "new": diff.new,
        "counts": counts,
        "bump": {"part": bump.part(), "current": current, "next": bump.next()},
        "changes": diff.changes.iter().map(change).collect::<Vec<_>>(),
    });
    format!("{report:#}\n")
}

fn change(change: &Change) -> Value {
    let Change { kind, class, path, at, from, was, is, reason } = change;
    json!({
        "kind": kind.name(),
        "class": class.to_string(),
        "path": path,
        "pointer": at.as_str(),
        "from": from.as_ref().map(|from| from.as_str()),
        "was": was,
        "is": is,
        "reason": reason,
    })
}
