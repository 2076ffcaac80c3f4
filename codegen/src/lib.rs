//! The generator. It turns the OUTSCALE description, our overlay, our documentation and the known error codes into the
//! source files of `osc-api`, or reports every problem of these inputs.
//!
//! It is pure: strings in, strings out. `xtask` reads and writes the files.

#![warn(clippy::allow_attributes, missing_debug_implementations, unreachable_pub)]

mod diagnostics;
mod diff;
mod doc_text;
mod emit;
mod export;
mod import_checks;
mod import_review;
pub mod ir;
mod lower;
mod names;
mod openapi;
mod overlay;
mod parallel;
mod render;
mod yaml;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::{iter, thread};

pub use diagnostics::{Diagnostic, Diagnostics, Location, Pointer, Severity, Source, unescape_key, visible};
pub use diff::{Bump, Change, ChangeKind, Diff, Impact};
pub use export::export;
pub use import_checks::{Contract, check_examples, strip_prose};
pub use import_review::{DocsText, OverlayAction, field_text, lines, overlay_actions, values_at};
pub use render::HEADER;

use serde_json::{Map, Value};

use crate::ir::{Api, Module};
use crate::openapi::Document;
use crate::render::File;

/// The inputs of the generator.
#[derive(Clone, Copy, Debug)]
pub struct Input<'a> {
    /// The description, as published or as its contract.
    pub description: &'a str,
    /// Corrections: OpenAPI Overlay 1.0.
    pub overlay: Option<&'a str>,
    /// Our documentation.
    pub docs: Option<&'a str>,
    /// Known error codes. Without them, no file of codes is generated.
    pub errors: Option<&'a str>,
    /// Waiters. Without them, no file of waiters is generated.
    pub waiters: Option<&'a str>,
    /// `true` if overlay actions, texts and table rows without effect are errors.
    pub strict: bool,
}

impl<'a> Input<'a> {
    fn texts(&self) -> yaml::SourceTexts<'a> {
        let Self { description, overlay, docs, errors, waiters, strict: _ } = *self;
        let optional = [
            (Source::Overlay, overlay),
            (Source::Docs, docs),
            (Source::Errors, errors),
            (Source::Waiters, waiters),
        ];
        let optional = optional.into_iter().filter_map(|(source, text)| Some((source, text?)));
        optional.chain([(Source::Description, description)]).collect()
    }
}

/// A value with the diagnostics that did not stop the run, or every diagnostic of a run that stopped.
pub type Checked<T> = Result<(T, Vec<Diagnostic>), Vec<Diagnostic>>;

/// The generated files, by name.
pub type Files = BTreeMap<String, String>;

/// Decodes the bytes of an input, which must be UTF-8.
///
/// # Errors
/// The reason, with a remedy for UTF-16.
pub fn decode(bytes: Vec<u8>) -> Result<String, String> {
    // By its byte order mark or, without one, by the zero half of an ASCII character.
    if matches!(bytes.as_slice(), [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=255, ..] | [1..=255, 0, ..]) {
        return Err("looks like UTF-16: save it as UTF-8".to_owned());
    }
    String::from_utf8(bytes).map_err(|error| {
        let position = error.utf8_error().valid_up_to() + 1;
        format!("is not UTF-8 text: byte {position} is invalid")
    })
}

/// Builds the model: reads, checks and lowers the inputs. `phase` is called with the name of each finished phase.
///
/// # Errors
/// Every diagnostic, if one of them is fatal.
pub fn model(input: &Input<'_>, phase: &mut dyn FnMut(&'static str)) -> Checked<Api> {
    read(input, phase).map(|((api, _), problems)| (api, problems))
}

/// The actions, examples, types and fields without a text in `docs`, such as `fields/Vm.State`, sorted.
///
/// # Errors
/// Every diagnostic, if one of them is fatal.
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

/// Locates diagnostics in other texts: those of a contract in the published description.
pub fn relocate(input: &Input<'_>, problems: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut moved = Diagnostics::from(problems);
    yaml::resolve_spans(&input.texts(), &mut moved);
    moved.list().to_vec()
}

/// Compares the effects of an overlay's actions on an old contract and on a new one. Returns each action to review with
/// the reason.
pub fn review_overlay(overlay: &str, old: &str, new: &str) -> Vec<(Pointer, String)> {
    let interface = |overlay: &str| {
        let input = Input {
            description: new,
            overlay: Some(overlay),
            docs: None,
            errors: None,
            waiters: None,
            strict: false,
        };
        model(&input, &mut |_| {}).ok().map(|(api, _)| api)
    };
    import_checks::review_overlay(overlay, old, new, &interface)
}

/// Prints the model.
///
/// # Errors
/// A bug of the generator: tokens that are not Rust, with the name of the file.
pub fn files(api: &Api) -> Result<Files, String> {
    let tables: [fn(&Api) -> Option<File>; 7] = [
        |api| Some(emit::fake_data(api)),
        |api| Some(emit::blocking(api)),
        emit::codes,
        emit::waiters,
        |api| Some(emit::listings(api)),
        |api| Some(emit::service(api)),
        |api| Some(emit::index(api)),
    ];
    // The largest first, so that no thread is left with a large one at the end.
    let mut modules: Vec<&Module> = api.modules.iter().collect();
    modules.sort_by_key(|module| Reverse(module.actions.len() + module.types.len()));
    let count = tables.len() + modules.len();
    let file = |index: usize| match tables.get(index) {
        Some(table) => table(api),
        None => modules.get(index - tables.len()).map(|module| emit::module(module)),
    };
    // Tokens cannot leave their thread, so each thread emits and formats whole files.
    let next = AtomicUsize::new(0);
    let print = || {
        let own = iter::from_fn(|| Some(next.fetch_add(1, Ordering::Relaxed)).filter(|index| *index < count));
        own.filter_map(file).map(render::file).collect::<Vec<_>>()
    };
    let threads = thread::available_parallelism().map_or(1, usize::from).min(count);
    let printed = thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(print)).collect();
        let joined = workers.into_iter().map(|worker| worker.join());
        joined
            .collect::<Result<Vec<_>, _>>()
            .map_err(|_| "the generator panicked: please report it".to_owned())
    })?;
    printed.into_iter().flatten().collect()
}

fn read(input: &Input<'_>, phase: &mut dyn FnMut(&'static str)) -> Checked<(Api, doc_text::Docs)> {
    let ((document, others), (tables, mut problems)) =
        parallel::join(|| read_document(input), || read_tables(input));
    problems.append(others);
    let Tables { docs, codes, waiters } = tables;
    phase("load");
    let api = document.and_then(|document| lower::lower(&document, &docs, codes, &waiters, &mut problems));
    phase("lower");
    yaml::resolve_spans(&input.texts(), &mut problems);
    problems.finish(api.map(|api| (api, docs)), input.strict)
}

fn read_document(input: &Input<'_>) -> (Option<Document>, Diagnostics) {
    let mut problems = Diagnostics::default();
    let description = openapi::read_corrected(input.description, input.overlay, &mut problems);
    if let (Some(description), Some(_)) = (&description, input.overlay) {
        import_checks::compare_value_sets(description, &mut problems);
    }
    (description.and_then(|description| openapi::parse(description, &mut problems)), problems)
}

/// The inputs besides the description and its overlay.
struct Tables {
    docs: doc_text::Docs,
    codes: lower::ErrorCodes,
    waiters: Map<String, Value>,
}

fn read_tables(input: &Input<'_>) -> (Tables, Diagnostics) {
    let mut problems = Diagnostics::default();
    let tables = Tables {
        docs: input.docs.map(|text| doc_text::Docs::read(text, &mut problems)).unwrap_or_default(),
        codes: input.errors.map(|text| lower::codes(text, &mut problems)).unwrap_or_default(),
        waiters: input.waiters.map(|text| lower::waiters(text, &mut problems)).unwrap_or_default(),
    };
    (tables, problems)
}
