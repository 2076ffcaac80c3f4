//! The generator: from the OUTSCALE description, our overlay, our documentation and the known error codes to the
//! source files of `osc-api`, or to the full list of what is wrong with them.
//!
//! Pure: texts in, texts out. `xtask` reads and writes the files.

mod diagnostics;
mod diff;
mod doc_text;
mod emit;
mod export;
mod import_checks;
mod import_review;
pub mod ir;
mod load;
mod lower;
mod names;
mod openapi;
mod overlay;
mod render;
mod yaml;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{iter, thread};

pub use diagnostics::{Diagnostic, Diagnostics, Location, Pointer, Severity, Source, visible};
pub use diff::{Bump, Change, ChangeKind, Diff, Impact};
pub use export::export;
pub use import_checks::{Contract, check_examples, review_overlay, strip_prose};
pub use import_review::{OverlayAction, overlay_actions, values_at};
pub use render::HEADER;

use crate::ir::Api;

/// The texts that the crate is generated from.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The description, as published or as contract.
    pub description: &'a str,
    /// Corrections: OpenAPI Overlay 1.0.
    pub overlay: Option<&'a str>,
    /// Documentation of ours.
    pub docs: Option<&'a str>,
    /// Known error codes. Without, no file of codes is made.
    pub errors: Option<&'a str>,
    /// Whether overlay actions, texts and table rows without effect are errors.
    pub strict: bool,
}

/// Reads and lowers: everything but the printing. Also what one would check.
///
/// # Errors
/// Every problem of the input, in one list.
pub fn model(input: &Input<'_>, phase: &mut dyn FnMut(&'static str)) -> Checked<Api> {
    read(input, phase).map(|((api, _), problems)| (api, problems))
}

/// The actions, examples, types and fields that `docs` has no text for, such as `fields/Vm.State`, sorted.
///
/// # Errors
/// Every problem of the input, in one list.
pub fn undocumented(input: &Input<'_>) -> Checked<Vec<String>> {
    read(input, &mut |_| {}).map(|((_, docs), problems)| (docs.missing(), problems))
}

/// The fields without a text of their own that use the text of all fields of their name, such as `Vm.State`, sorted.
///
/// # Errors
/// Every problem of the input, in one list.
pub fn inherited_texts(input: &Input<'_>) -> Checked<Vec<String>> {
    read(input, &mut |_| {}).map(|((_, docs), problems)| (docs.inherited(), problems))
}

/// Points the problems at other texts: at the published description, when they were found in its contract.
pub fn relocate(input: &Input<'_>, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut moved = Diagnostics::from(problems);
    yaml::resolve_spans(input, &mut moved);
    moved.list().to_vec()
}

/// What a run ends with: a value and the problems that did not stop it, or all problems.
pub type Checked<T> = Result<(T, Vec<Diagnostic>), Vec<Diagnostic>>;

fn read(input: &Input<'_>, phase: &mut dyn FnMut(&'static str)) -> Checked<(Api, doc_text::Docs)> {
    let mut problems = Diagnostics::default();
    let docs = input.docs.map(|text| doc_text::Docs::read(text, &mut problems)).unwrap_or_default();
    let codes = input.errors.map(|text| lower::codes(text, &mut problems)).unwrap_or_default();
    let document = load::load(input.description, input.overlay, &mut problems);
    phase("load");
    let api = document.and_then(|document| lower::lower(&document, &docs, codes, &mut problems));
    phase("lower");
    yaml::resolve_spans(input, &mut problems);
    problems.finish(api.map(|api| (api, docs)), input.strict)
}

/// The generated files, by name, and the problems that did not stop the run.
pub type Files = BTreeMap<String, String>;

/// Prints the model.
///
/// # Errors
/// A mistake of the generator: tokens that are not Rust, with the file's name.
pub fn files(api: &Api) -> Result<Files, String> {
    // Tokens stay on the thread that made them, so a thread takes whole files from emit to text.
    let next = AtomicUsize::new(0);
    let print = || {
        let own = iter::from_fn(|| api.modules.get(next.fetch_add(1, Ordering::Relaxed)));
        own.map(|module| render::file(emit::module(module))).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(api.modules.len().max(1));
    let printed = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(print)).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| "the generator panicked: please report it".to_owned())
    })?;
    let blocking = render::file(emit::blocking(api));
    let codes = emit::codes(api).map(render::file);
    let fake_data = render::file(emit::fake_data(api));
    let waiters = emit::waiters(api).map(render::file);
    let index = render::file(emit::index(api));
    printed.into_iter().flatten().chain(codes).chain(waiters).chain([fake_data, blocking, index]).collect()
}
