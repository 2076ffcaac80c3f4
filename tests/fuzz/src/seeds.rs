//! The seeds of fuzzing: the golden cases, the finds, and the contract split into one description per action.

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, io};

use serde_json::{Map, Value, json};

use super::parts::Parts;
use super::yaml;

/// Writes all seeds to a folder.
///
/// # Errors
/// If a file cannot be read or written.
pub fn write(root: &Path, folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)?;
    all(root)?.iter().try_for_each(|(name, parts)| fs::write(folder.join(name), parts.write()))
}

/// All seeds by name.
///
/// # Errors
/// If a file cannot be read.
pub fn all(root: &Path) -> io::Result<Vec<(String, Parts)>> {
    let tests = root.join("tests");
    let mut seeds = Vec::new();
    for folder in sorted(&tests.join("golden"))? {
        let part = |name: &str| fs::read_to_string(folder.join(name)).ok();
        let description = fs::read_to_string(folder.join("spec.yaml"))?;
        let (overlay, docs) = (part("overlay.yaml"), part("docs.yaml"));
        let (errors, waiters) = (part("errors.yaml"), part("waiters.yaml"));
        let name = format!("golden-{}", name(&folder));
        seeds.push((name, Parts { description, overlay, docs, errors, waiters, older: None }));
    }
    let base = fs::read_to_string(tests.join("diagnostics/base.yaml"))?;
    seeds.push(("base".to_owned(), Parts { older: Some(base.clone()), ..Parts::of(base) }));
    seeds.extend(finds(root)?);
    let contract = fs::read_to_string(root.join("spec/outscale.yaml"))?;
    let contract: Value = serde_yaml::from_str(&contract).map_err(io::Error::other)?;
    let split = split_by_action(&contract).into_iter();
    seeds.extend(split.map(|(name, part)| (format!("contract-{name}"), Parts::of(yaml::write(&part)))));
    Ok(seeds)
}

/// The inputs that fuzzing found.
///
/// # Errors
/// If a file cannot be read.
pub fn finds(root: &Path) -> io::Result<Vec<(String, Parts)>> {
    let files = sorted(&root.join("tests/fuzz/finds"))?.into_iter();
    files.map(|file| Ok((format!("find-{}", name(&file)), Parts::read(&fs::read(&file)?)))).collect()
}

/// The entries of a folder, sorted by name: the order of the file system varies between machines.
fn sorted(folder: &Path) -> io::Result<Vec<std::path::PathBuf>> {
    let entries = fs::read_dir(folder)?.map(|entry| Ok(entry?.path()));
    let mut paths: Vec<_> = entries.collect::<io::Result<_>>()?;
    paths.sort();
    Ok(paths)
}

fn name(path: &Path) -> String {
    path.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// A description for every action, with the schemas that the action uses.
fn split_by_action(contract: &Value) -> Vec<(String, Value)> {
    let paths = contract.get("paths").and_then(Value::as_object);
    let schemas = &contract["components"]["schemas"];
    let split = |(path, item): (&String, &Value)| {
        let mut names = BTreeSet::new();
        references(item, schemas, &mut names);
        let schemas: Map<String, Value> =
            names.iter().map(|name| (name.clone(), schemas[name].clone())).collect();
        let part = json!({
            "openapi": contract["openapi"],
            "info": contract["info"],
            "security": contract["security"],
            "paths": {path: item},
            "components": {
                "securitySchemes": contract["components"]["securitySchemes"],
                "schemas": schemas,
            },
        });
        (path.trim_matches('/').to_owned(), part)
    };
    paths.into_iter().flatten().map(split).collect()
}

fn references(value: &Value, schemas: &Value, names: &mut BTreeSet<String>) {
    match value {
        Value::Object(object) => {
            if let Some(name) =
                object.get("$ref").and_then(Value::as_str).and_then(|text| text.rsplit('/').next())
                && names.insert(name.to_owned())
            {
                references(&schemas[name], schemas, names);
            }
            object.values().for_each(|value| references(value, schemas, names));
        }
        Value::Array(items) => items.iter().for_each(|value| references(value, schemas, names)),
        _ => {}
    }
}
