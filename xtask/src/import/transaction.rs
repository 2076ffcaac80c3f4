//! Replaces the files of `spec/` as one transaction.
//!
//! A journal folder keeps the old files until all new ones are in place. Its file `complete` says that the old files are
//! saved: from its creation to its removal, an interrupted import is undone by restoring them. All new files are
//! written under temporary names before the first is renamed.

use std::path::Path;

use crate::files::{self, Prepared};

/// The journal, below `spec/`.
const JOURNAL: &str = ".import";

/// The file in the journal that says that all old files are saved. Its content is the label of the import.
const COMPLETE: &str = "complete";

/// Writes all files or, after an interruption and [`recover`], none. The caller holds the [`Lock`](files::Lock).
///
/// # Errors
/// Names the file that cannot be written.
pub(super) fn commit(folder: &Path, label: &str, wanted: &[(&str, &str)]) -> Result<(), String> {
    let names: Vec<&str> = wanted.iter().map(|(name, _)| *name).collect();
    recover(folder, &names)?;
    files::remove_leftovers(folder)?;
    let journal = folder.join(JOURNAL);
    for (name, _) in wanted {
        if let Some(old) = files::read_if_exists(&folder.join(name))? {
            files::write(&journal.join(name), &old)?;
        }
    }
    files::write(&journal.join(COMPLETE), label)?;
    let prepared = wanted.iter().map(|(name, text)| Prepared::new(&folder.join(name), text));
    let prepared: Vec<Prepared> = prepared.collect::<Result<_, _>>()?;
    for file in prepared {
        file.commit()?;
    }
    files::remove(&journal.join(COMPLETE))?;
    files::remove(&journal)
}

/// The label of an import that was interrupted while it changed files. `None` if there is none. The caller holds the
/// [`Lock`](files::Lock): without it, an import that is running would seem to be interrupted.
///
/// # Errors
/// Names the journal that cannot be read.
pub(super) fn interrupted(folder: &Path) -> Result<Option<String>, String> {
    files::read_if_exists(&folder.join(JOURNAL).join(COMPLETE))
}

/// Undoes an interrupted import, so that the next one compares with the old files. Returns the label of that import.
/// The caller holds the [`Lock`](files::Lock).
///
/// # Errors
/// Names the file that cannot be restored.
pub(super) fn recover(folder: &Path, names: &[&str]) -> Result<Option<String>, String> {
    let journal = folder.join(JOURNAL);
    if !journal.exists() {
        return Ok(None);
    }
    let label = interrupted(folder)?;
    if label.is_some() {
        for name in names {
            match files::read_if_exists(&journal.join(name))? {
                Some(old) => files::write(&folder.join(name), &old)?,
                None => files::remove(&folder.join(name))?,
            }
        }
        files::remove(&journal.join(COMPLETE))?;
    }
    files::remove(&journal)?;
    Ok(label)
}
