//! Which rows of the overlay a new version makes unnecessary, or puts on another ground.
//!
//! A row that has no effect at all is reported when it is applied. Here is what an import can tell beyond that,
//! because it has both versions: a row whose effect has become that of the description itself, in some of its places
//! or as far as the crate goes, and one that corrects something that is not what it was.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};
use serde_json_path::JsonPath;

use crate::diagnostics::{Diagnostics, Pointer, Source};
use crate::{Input, model};
use crate::{overlay, yaml};

/// A place with fewer keys is a container, such as all schemas or a path: it changes with every version.
const FEWEST_KEYS: usize = 4;

/// Compares what the rows of an overlay do to an old contract and to a new one. Each row that is to be looked at, with
/// why.
pub fn review_overlay(overlay: &str, old: &str, new: &str) -> Vec<(Pointer, String)> {
    // Whether these texts are readable has been found out, and told, where they were lowered.
    let read = |text: &str, source| yaml::read(text, source, &mut Diagnostics::default());
    let (Some(mut old), Some(mut value)) = (read(old, Source::Description), read(new, Source::Description))
    else {
        return Vec::new();
    };
    let Some(Value::Object(overlay)) = read(overlay, Source::Overlay) else { return Vec::new() };
    let rows = overlay.get("actions").and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    let mut found = Vec::new();
    for (index, row) in rows.iter().enumerate() {
        let Some(before) = places(row, &old) else { continue };
        let Some(now) = places(row, &value) else { continue };
        apply(row, &mut old);
        apply(row, &mut value);
        // What has no effect in any place was reported when it was applied.
        let (right, wrong): (Vec<_>, Vec<_>) =
            now.iter().partition(|(place, node)| value.pointer(place) == Some(node));
        if wrong.is_empty() {
            continue;
        }
        let at = Pointer::root().at(&["actions", &index.to_string()]);
        let target = row.get("target").and_then(Value::as_str).unwrap_or_default();
        let news = |places: Vec<(&String, &Value)>| -> Vec<String> {
            let news = places.into_iter().filter(|(place, node)| before.get(*place) != Some(*node));
            news.map(|(place, _)| place.clone()).collect()
        };
        let (right, mut changed) = (news(right), news(wrong));
        changed.retain(|place| place.split('/').count() > FEWEST_KEYS && before.contains_key(place));
        if !changed.is_empty() && is_same_without(&overlay, index, new) {
            found.push((at, format!("`{target}`: what is generated is the same without it: remove it")));
            continue;
        }
        if !right.is_empty() {
            found
                .push((at.clone(), format!("`{target}` is right already for {}: narrow it", listed(&right))));
        }
        if !changed.is_empty() {
            let changed = listed(&changed);
            let message =
                format!("`{target}` corrects {changed}, which is not what it was: see whether it is right");
            found.push((at, message));
        }
    }
    found
}

/// What an update finds in each of its places. Nothing for a row that removes, or that is none.
fn places(row: &Value, description: &Value) -> Option<BTreeMap<String, Value>> {
    row.get("update")?;
    let target = JsonPath::parse(row.get("target")?.as_str()?).ok()?;
    let located = target.query_located(description);
    let places = located.locations().map(|place| place.to_json_pointer());
    Some(places.filter_map(|place| Some((place.clone(), description.pointer(&place)?.clone()))).collect())
}

/// Applies one row.
fn apply(row: &Value, description: &mut Value) {
    let overlay = json!({ "overlay": "1.0.0", "actions": [row] });
    if let Ok(text) = yaml::write(&overlay) {
        overlay::apply(&text, description, &mut Diagnostics::default());
    }
}

fn is_same_without(overlay: &Map<String, Value>, index: usize, description: &str) -> bool {
    let mut without = overlay.clone();
    if let Some(Value::Array(rows)) = without.get_mut("actions") {
        rows.remove(index);
    }
    let texts = [overlay.clone(), without].map(|overlay| yaml::write(&Value::Object(overlay)).ok());
    let [Some(with), Some(without)] = texts.map(|text| {
        let input =
            Input { description, overlay: Some(text.as_deref()?), docs: None, errors: None, strict: false };
        model(&input, &mut |_| {}).ok().map(|(api, _)| api)
    }) else {
        return false;
    };
    with == without
}

fn listed(places: &[String]) -> String {
    places.iter().map(|place| format!("`#{place}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::review_overlay;

    /// A description whose only property is as given.
    fn description(property: &str, other: &str) -> String {
        format!(
            "openapi: 3.0.0\ninfo: {{title: T, version: '1'}}\npaths:\n  /ReadCages: {{post: {{tags: [Cage], \
             requestBody: {{content: {{application/json: {{schema: {{$ref: '#/components/schemas/Cage'}}}}}}}}, \
             responses: {{'200': {{description: ''}}}}}}}}\ncomponents: {{schemas: {{Cage: {{type: object, properties: \
             {{Key: {property}, Other: {other}}}}}}}}}\n"
        )
    }

    fn found(row: &str, old: (&str, &str), new: (&str, &str)) -> Vec<String> {
        let overlay = format!("overlay: 1.0.0\ninfo: {{title: T, version: '1'}}\nactions:\n- {row}\n");
        let (old, new) = (description(old.0, old.1), description(new.0, new.1));
        review_overlay(&overlay, &old, &new)
            .into_iter()
            .map(|(at, message)| format!("{at}: {message}"))
            .collect()
    }

    const SECRET: &str = "{target: \"$.components.schemas.Cage.properties['Key', 'Other']\", description: A secret., \
                          update: {format: password}}";
    const TARGET: &str = "`$.components.schemas.Cage.properties['Key', 'Other']`";
    const TEXT: &str = "{type: string}";
    const MENDED: &str = "{type: string, format: password}";

    #[test]
    fn a_row_is_news_where_its_ground_has_changed() {
        assert_eq!(found(SECRET, (TEXT, TEXT), (TEXT, TEXT)), [""; 0]);
        let key = "`#/components/schemas/Cage/properties/Key`";
        assert_eq!(
            found(SECRET, (TEXT, TEXT), (MENDED, TEXT)),
            [format!("#/actions/0: {TARGET} is right already for {key}: narrow it")]
        );
        // It was so before: no news.
        assert_eq!(found(SECRET, (MENDED, TEXT), (MENDED, TEXT)), [""; 0]);
        assert_eq!(
            found(SECRET, (TEXT, TEXT), ("{type: string, format: byte}", TEXT)),
            [format!(
                "#/actions/0: {TARGET} corrects {key}, which is not what it was: see whether it is right"
            )]
        );
        // All of it: that is told by whoever applies the overlay.
        assert_eq!(found(SECRET, (TEXT, TEXT), (MENDED, MENDED)), [""; 0]);
    }

    #[test]
    fn a_row_that_the_crate_does_not_need_is_told() {
        // What is not said to be deprecated is not deprecated.
        let row = "{target: $.components.schemas.Cage.properties.Key, description: Used., update: {deprecated: false}}";
        assert_eq!(
            found(row, ("{type: integer}", TEXT), (TEXT, TEXT)),
            [
                "#/actions/0: `$.components.schemas.Cage.properties.Key`: what is generated is the same without it: \
                 remove it"
            ]
        );
    }

    #[test]
    fn what_cannot_be_read_is_no_news() {
        assert_eq!(review_overlay("[", "{}", "{}"), []);
        assert_eq!(review_overlay("actions: [3, {target: $, update: {}}, {target: '['}]", "{}", "["), []);
    }
}
