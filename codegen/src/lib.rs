//! The generator: from the OUTSCALE description, our overlay, our documentation and the known error codes to the
//! source files of `osc-api`, or to the full list of what is wrong with them.
//!
//! Pure: texts in, texts out. `xtask` reads and writes the files.

mod contract;
mod diagnostics;
mod docs;
mod emit;
pub mod ir;
mod load;
mod lower;
mod names;
mod render;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{iter, thread};

pub use contract::{Contract, split};
pub use diagnostics::{Diagnostic, Diagnostics, Pointer, Severity, Source};
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
pub fn model(
    input: &Input<'_>,
    phase: &mut dyn FnMut(&'static str),
) -> Result<(Api, Vec<Diagnostic>), Vec<Diagnostic>> {
    let mut problems = Diagnostics::default();
    let docs = input.docs.map(|text| docs::Docs::read(text, &mut problems)).unwrap_or_default();
    let codes = input.errors.map(|text| lower::codes(text, &mut problems)).unwrap_or_default();
    let document = load::load(input.description, input.overlay, &mut problems);
    phase("load");
    let api = document.and_then(|document| lower::lower(&document, &docs, codes, &mut problems));
    phase("lower");
    problems.finish(api, input.strict)
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
    let answers = render::file(emit::answers(api));
    let waiters = emit::waiters(api).map(render::file);
    let index = render::file(emit::index(api));
    printed.into_iter().flatten().chain(codes).chain(waiters).chain([answers, blocking, index]).collect()
}
