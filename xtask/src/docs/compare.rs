//! `docs compare`: published texts and ours next to each other, for a review of ours.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use clap::Args;
use osc_codegen::ir::{Alias, Api, Enum, Identifier, Struct, TypeDef};

use crate::import::KEPT;
use crate::inputs::Inputs;
use crate::problems::{ProblemFormat, Problems};
use crate::prose::{Item, Prose};
use crate::sha256::sha256;
use crate::spec_source::SpecSource;
use crate::{ExitStatus, files, terminal, workspace};

#[derive(Args)]
pub(crate) struct Compare {
    /// The items to show, such as ReadVms or Vm.BootMode. Without any: those to review
    names: Vec<String>,
    /// The published description. Defaults to that of the last import, kept in target/import/
    #[arg(long, value_name = "FILE")]
    published: Option<PathBuf>,
    /// The description that was published before. Defaults to the kept one
    #[arg(long, value_name = "FILE")]
    previous: Option<PathBuf>,
    /// Show a number of random fields
    #[arg(long, value_name = "COUNT", conflicts_with = "names")]
    sample: Option<usize>,
    /// The seed of the sample, to repeat one
    #[arg(long, requires = "sample")]
    seed: Option<u64>,
}

/// The texts of one item.
struct Texts {
    item: Item,
    previous: Option<String>,
    published: String,
    ours: Option<String>,
}

pub(super) fn run(
    Compare { names, published, previous, sample, seed }: &Compare,
) -> Result<ExitStatus, String> {
    let inputs = super::committed(None)?;
    let api = match osc_codegen::model(&inputs.input(false), &mut |_| {}) {
        Ok((api, _)) => api,
        Err(problems) => return failed(&inputs, &problems),
    };
    let published = match published {
        Some(path) => inputs.with_description(path, &files::read(path)?),
        None => kept(&inputs)?,
    };
    warn_of_other_digest(&published)?;
    let current = match osc_codegen::strip_prose(&published.description.text) {
        Ok(contract) => contract,
        Err(problems) => return failed(&published, &problems),
    };
    let previous = match previous {
        Some(path) => Some(files::read(path)?),
        None => files::read_if_exists(&workspace::root()?.join(KEPT).join("previous.yaml"))?,
    };
    let previous = previous.and_then(|text| osc_codegen::strip_prose(&text).ok());
    let previous = previous.map(|contract| contract.prose).unwrap_or_default();
    let previous: BTreeMap<&str, &str> =
        previous.iter().map(|(at, text)| (at.as_str(), text.as_str())).collect();
    let ours = ours(&api);
    let texts = current.prose.iter().filter_map(|(at, published)| {
        Some(Texts {
            item: Item::at(at.as_str())?,
            previous: previous.get(at.as_str()).map(|text| (*text).to_owned()),
            published: published.clone(),
            ours: ours.get(at.as_str()).filter(|text| !text.is_empty()).cloned(),
        })
    });
    let texts: Vec<Texts> = texts.collect();
    let shown = match sample {
        Some(count) => random(texts, *count, *seed),
        None => by_name(texts, names)?,
    };
    shown.iter().for_each(|texts| terminal::print(&texts.to_text()));
    terminal::print(&format!("{} shown\n", shown.len()));
    Ok(ExitStatus::Done)
}

impl Texts {
    fn to_text(&self) -> String {
        let Self { item, previous, published, ours } = self;
        let previous = match previous {
            Some(previous) if previous != published => format!("previous:  {}\n", indented(previous)),
            _ => String::new(),
        };
        let ours = ours.as_deref().unwrap_or("(no text yet)");
        format!("== {item}\n{previous}published: {}\nours:      {}\n\n", indented(published), indented(ours))
    }
}

/// A text whose lines are aligned after the first.
fn indented(text: &str) -> String {
    text.trim().lines().collect::<Vec<_>>().join("\n           ")
}

fn failed(inputs: &Inputs, problems: &[osc_codegen::Diagnostic]) -> Result<ExitStatus, String> {
    Problems { inputs, is_strict: false, format: ProblemFormat::Text }.show(problems);
    Ok(ExitStatus::Failed)
}

/// The published description of the last import.
fn kept(inputs: &Inputs) -> Result<Inputs, String> {
    let path = workspace::root()?.join(KEPT).join("published.yaml");
    let text = files::read_if_exists(&path)?.ok_or_else(|| {
        format!("no published description is kept at {}: give it with --published", path.display())
    })?;
    Ok(inputs.with_description(&path, &text))
}

/// Warns if a published description is not the imported one: its texts are not those to review.
fn warn_of_other_digest(published: &Inputs) -> Result<(), String> {
    let Some(source) = SpecSource::read(&workspace::root()?.join("spec"))? else { return Ok(()) };
    let path: &Path = &published.description.path;
    if source.sha256 != sha256(published.description.text.as_bytes()) {
        terminal::warn(&format!(
            "warning: {} is not the description that was imported (API {})\n",
            path.display(),
            source.label()
        ));
    }
    Ok(())
}

/// Our texts by the pointer of the published ones.
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
            | TypeDef::Alias(Alias { docs, .. })
            | TypeDef::Identifier(Identifier { docs, .. })) = definition;
            texts.insert(at.join("description").to_string(), docs.join("\n"));
            if let TypeDef::Struct(definition) = definition {
                texts.extend(definition.fields.iter().map(|field| {
                    let pointer = at.at(&["properties", &field.wire, "description"]);
                    (pointer.to_string(), field.docs.join("\n"))
                }));
            }
        }
    }
    texts
}

/// The named items or, without names, those to review.
fn by_name(texts: Vec<Texts>, names: &[String]) -> Result<Vec<Texts>, String> {
    if names.is_empty() {
        let prose = Prose::read(&workspace::root()?.join("spec/prose.lock"))?;
        let marked = prose.marked();
        return Ok(texts.into_iter().filter(|texts| marked.contains_key(&texts.item)).collect());
    }
    let is_unknown = |name: &&String| !texts.iter().any(|texts| texts.item.name() == name.as_str());
    let unknown: Vec<&str> = names.iter().filter(is_unknown).map(String::as_str).collect();
    if !unknown.is_empty() {
        return Err(format!(
            "no published text for {}: names have the forms ReadVms, Vm and Vm.State",
            unknown.join(", ")
        ));
    }
    Ok(texts.into_iter().filter(|texts| names.iter().any(|name| name == texts.item.name())).collect())
}

/// Random fields. The printed seed selects the same ones again.
fn random(texts: Vec<Texts>, count: usize, seed: Option<u64>) -> Vec<Texts> {
    let now = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_secs());
    let mut state = seed.unwrap_or_else(now);
    terminal::print(&format!("seed {state}\n"));
    let mut left: Vec<Texts> =
        texts.into_iter().filter(|texts| matches!(texts.item, Item::Field(_))).collect();
    let mut chosen = Vec::new();
    while chosen.len() < count && !left.is_empty() {
        // SplitMix64, by Steele, Lea and Flood.
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
