//! Tags.

use serde_json::{Value, json};

use super::{FakeAccount, Operation, Resource, filters, text, texts};
use crate::codes;
use crate::testing::fault::Fault;

pub(super) const OPERATIONS: &[(&str, Operation)] =
    &[("CreateTags", create), ("DeleteTags", delete), ("ReadTags", read)];

/// The filters of `ReadTags`.
const FILTERS: &[(&str, &str)] =
    &[("Keys", "Key"), ("ResourceIds", "ResourceId"), ("ResourceTypes", "ResourceType"), ("Values", "Value")];

fn create(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change(account, request, |resource, tags| {
        resource.edit_list("Tags", |existing| {
            existing.retain(|tag| !tags.iter().any(|new| text(new, "Key") == text(tag, "Key")));
            existing.extend_from_slice(tags);
        });
    })
}

fn delete(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    change(account, request, |resource, tags| {
        resource.edit_list("Tags", |existing| {
            existing.retain(|tag| !tags.iter().any(|deleted| is_same(tag, deleted)));
        });
    })
}

/// A tag to delete may omit its value.
fn is_same(tag: &Value, deleted: &Value) -> bool {
    let values = [tag, deleted].map(|tag| text(tag, "Value"));
    text(tag, "Key") == text(deleted, "Key") && (values[1].is_empty() || values[0] == values[1])
}

fn change(
    account: &mut FakeAccount,
    request: &Value,
    change: impl Fn(&mut Resource, &[Value]),
) -> Result<Value, Fault> {
    let ids = texts(request, "ResourceIds");
    let tags = request.get("Tags").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let is_tagged = |resource: &Resource, id: &str| !resource.kind.tag_type.is_empty() && resource.id() == id;
    for id in &ids {
        let is_known = account.resources.iter().any(|resource| is_tagged(resource, id));
        is_known.then_some(()).ok_or_else(|| Fault::code(codes::NO_SUCH_RESOURCE).details(*id))?;
    }
    for id in ids {
        let found = account.resources.iter_mut().find(|resource| is_tagged(resource, id));
        found.into_iter().for_each(|resource| change(resource, tags));
    }
    Ok(json!({}))
}

fn read(account: &mut FakeAccount, request: &Value) -> Result<Value, Fault> {
    let wanted = request.get("Filters").and_then(Value::as_object);
    let mut found = Vec::new();
    for resource in account.resources.iter().filter(|resource| !resource.kind.tag_type.is_empty()) {
        let tags = resource.value.get("Tags").and_then(Value::as_array).into_iter().flatten();
        for tag in tags {
            let shown = json!({
                "Key": tag.get("Key"),
                "ResourceId": resource.id(),
                "ResourceType": resource.kind.tag_type,
                "Value": tag.get("Value"),
            });
            if filters::matches(&shown, wanted, FILTERS)? {
                found.push(shown);
            }
        }
    }
    Ok(json!({ "Tags": found }))
}
