//! `docs compare`: published texts and ours side by side, for whoever reviews ours.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use osc_codegen::ir::{Alias, Api, Enum, Struct, TypeDef};

use super::Texts;
use crate::prose::{Item, Prose};
use crate::report::Report;
use crate::{End, sync};

#[derive(Args)]
pub(crate) struct Compare {
    /// The published description, as YAML
    published: PathBuf,
    /// What to show, such as ReadVms or Vm.BootMode. Without any: what awaits review
    names: Vec<String>,
    /// Show so many fields by chance
    #[arg(long, value_name = "COUNT", conflicts_with = "names")]
    sample: Option<usize>,
    /// Show the same ones again
    #[arg(long, requires = "sample")]
    seed: Option<u64>,
}

/// A published text, and ours.
struct Pair {
    item: Item,
    published: String,
    ours: String,
}

pub(super) fn run(arguments: &Compare) -> Result<End, String> {
    let Compare { published, names, sample, seed } = arguments;
    let texts = Texts::read(None)?;
    let Some(api) = texts.model() else { return Ok(End::Failed) };
    let contract = match osc_codegen::strip_prose(&sync::read(published)?) {
        Ok(contract) => contract,
        Err(problems) => {
            Report { description: published, ..texts.report() }.show(&problems);
            return Ok(End::Failed);
        }
    };
    let ours = ours(&api);
    let pairs = contract.prose.iter().filter_map(|(place, published)| {
        let (item, ours) = (Item::at(place.as_str())?, ours.get(place.as_str())?.clone());
        Some(Pair { item, published: published.clone(), ours })
    });
    let pairs: Vec<Pair> = pairs.collect();
    let shown = match sample {
        Some(count) => by_chance(pairs, *count, *seed),
        None => by_name(pairs, names)?,
    };
    for Pair { item, published, ours } in &shown {
        println!("== {item}\n{}\n--\n{}\n", published.trim(), ours.trim());
    }
    println!("{} shown: the published text, then ours", shown.len());
    Ok(End::Done)
}

/// Our texts by the place of the published ones.
fn ours(api: &Api) -> BTreeMap<String, String> {
    let mut texts = BTreeMap::new();
    for module in &api.modules {
        for action in &module.actions {
            texts.insert(action.at.join("description").to_string(), action.summary.join("\n"));
        }
        for definition in &module.types {
            let at = definition.at();
            let (TypeDef::Struct(Struct { docs, .. })
            | TypeDef::Enum(Enum { docs, .. })
            | TypeDef::Alias(Alias { docs, .. })) = definition;
            texts.insert(at.join("description").to_string(), docs.join("\n"));
            if let TypeDef::Struct(definition) = definition {
                texts.extend(definition.fields.iter().map(|field| {
                    let place = at.at(&["properties", &field.wire, "description"]);
                    (place.to_string(), field.docs.join("\n"))
                }));
            }
        }
    }
    texts
}

/// The items that are named or, where none is, those that await review.
fn by_name(pairs: Vec<Pair>, names: &[String]) -> Result<Vec<Pair>, String> {
    if names.is_empty() {
        let prose = Prose::read(&sync::root().join("spec/prose.lock"))?;
        let marked = prose.marked();
        return Ok(pairs.into_iter().filter(|pair| marked.contains_key(&pair.item)).collect());
    }
    let is_unknown = |name: &&String| !pairs.iter().any(|pair| pair.item.name() == name.as_str());
    let unknown: Vec<&str> = names.iter().filter(is_unknown).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(format!(
            "no published text is about {}: names are as in ReadVms, Vm, Vm.State",
            unknown.join(", ")
        ));
    }
    Ok(pairs.into_iter().filter(|pair| names.iter().any(|name| name == pair.item.name())).collect())
}

/// Some fields by chance. The seed that is printed gives the same ones again.
fn by_chance(pairs: Vec<Pair>, count: usize, seed: Option<u64>) -> Vec<Pair> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let mut state = seed.unwrap_or_else(now);
    println!("seed {state}");
    let mut left: Vec<Pair> = pairs.into_iter().filter(|pair| matches!(pair.item, Item::Field(_))).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        // SplitMix64, by Steele, Lea and Flood: no more chance is needed than that.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut number = state;
        number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        number ^= number >> 31;
        let index = usize::try_from(number % left.len() as u64).unwrap_or_default();
        chosen.push(left.swap_remove(index));
    }
    chosen
}
