//! The state of the decoding in progress on this thread: how strict it is, what it ignored, how large it may become.
//!
//! Decoding is synchronous and goes through serde's traits, which carry no state of the caller's. A thread-local
//! value costs nothing as long as a response fits its type: only mismatches and growing lists look at it.

use std::cell::Cell;

use super::target::{PAGE_LINKS, ReadError, Target};

/// Number of entries that a map allocates room for at once.
const MAP_NODE_ENTRIES: usize = 12;

/// A member or an element whose value does not fit its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Mismatch {
    /// Kind of the value, such as "a string".
    pub(crate) found: &'static str,
    /// Kind of the type, such as "an integer".
    pub(crate) expected: &'static str,
}

/// What happens to a value that does not fit its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Strictness {
    /// It is ignored, and the member is absent.
    Lenient,
    /// Like lenient, but it is an error if a page of a listing may have lost items or its link to the next page.
    WholePage,
    /// It is an error.
    Strict,
}

/// State of one decoding.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    pub(super) strictness: Strictness,
    /// Number of bytes that lists, maps and boxes may still allocate. Strings are bounded by the response's size.
    pub(super) budget: usize,
    /// Whether the budget was exceeded, which ended the decoding.
    pub(super) is_exceeded: bool,
    /// Number of ignored values.
    pub(super) ignored: usize,
    /// The first value that did not fit.
    pub(super) first: Option<Mismatch>,
    /// The last one.
    last: Option<Mismatch>,
}

impl Context {
    pub(super) const fn new(strictness: Strictness, budget: usize) -> Self {
        Self { strictness, budget, is_exceeded: false, ignored: 0, first: None, last: None }
    }
}

thread_local! {
    /// Outside of [`run`], as in a program that calls `serde_json::from_str` itself: lenient and unbounded.
    static CONTEXT: Cell<Context> = const { Cell::new(Context::new(Strictness::Lenient, usize::MAX)) };

    /// The name of the member that made a page an error. `serde_json` reports the position of such an error too late.
    static LOST_MEMBER: Cell<Option<String>> = const { Cell::new(None) };
}

/// Runs a decoding in a context. Returns its result and the context as it was left.
pub(super) fn run<T>(context: Context, decode: impl FnOnce() -> T) -> (T, Context) {
    /// Restores the outer context, after a panic too.
    struct Restore(Context);

    impl Drop for Restore {
        fn drop(&mut self) {
            CONTEXT.set(self.0);
        }
    }

    let _outer = Restore(CONTEXT.replace(context));
    let result = decode();
    (result, CONTEXT.get())
}

/// Notes a value that does not fit its type.
///
/// # Errors
/// Returns an error if the decoding is strict. It names kinds only: the value may be a secret.
#[cold]
pub(super) fn mismatch(found: &'static str, expected: &'static str) -> Result<(), ReadError> {
    let mut context = CONTEXT.get();
    let mismatch = Mismatch { found, expected };
    context.first.get_or_insert(mismatch);
    context.last = Some(mismatch);
    if context.strictness != Strictness::Strict {
        context.ignored += 1;
    }
    CONTEXT.set(context);
    match context.strictness {
        Strictness::Lenient | Strictness::WholePage => Ok(()),
        Strictness::Strict => Err(error(mismatch)),
    }
}

/// Notes a member of a page that did not fit. Without it, a listing may lose items or its link to the next page.
///
/// # Errors
/// Returns an error if pages must be whole.
#[cold]
pub(super) fn lost(name: &str, field: &dyn Target) -> Result<(), ReadError> {
    let Context { strictness, last, .. } = CONTEXT.get();
    let is_of_page = field.is_of_page() || PAGE_LINKS.contains(&name);
    match (strictness, last) {
        (Strictness::WholePage, Some(mismatch)) if is_of_page => {
            LOST_MEMBER.set(Some(name.to_owned()));
            Err(error(mismatch))
        }
        _ => Ok(()),
    }
}

/// The name of the member for which [`lost`] ended a decoding on this thread.
pub(super) fn take_lost_member() -> Option<String> {
    LOST_MEMBER.take()
}

fn error(Mismatch { found, expected }: Mismatch) -> ReadError {
    ReadError::refused(format_args!("{found}, expected {expected}"))
}

/// Makes room for another element, if there is none, and takes it from the budget.
///
/// # Errors
/// Returns an error if the budget is exceeded.
#[inline]
pub(super) fn reserve<T>(list: &mut Vec<T>) -> Result<(), ReadError> {
    if list.len() == list.capacity() {
        // Most lists have one element, and room for four of the larger ones is a kilobyte or more.
        let additional = if list.is_empty() { 1 } else { list.len().max(3) };
        charge(additional.saturating_mul(size_of::<T>()))?;
        list.reserve_exact(additional);
    }
    Ok(())
}

/// Takes another entry of a map from the budget.
///
/// # Errors
/// Returns an error if the budget is exceeded.
pub(super) fn charge_entry<T>(is_first: bool) -> Result<(), ReadError> {
    let room = if is_first { MAP_NODE_ENTRIES } else { 2 };
    charge(room * size_of::<(String, T)>())
}

/// Takes an allocation from the budget.
///
/// # Errors
/// Returns an error if the budget is exceeded.
pub(super) fn charge(bytes: usize) -> Result<(), ReadError> {
    let mut context = CONTEXT.get();
    match context.budget.checked_sub(bytes) {
        Some(left) => context.budget = left,
        None => context.is_exceeded = true,
    }
    CONTEXT.set(context);
    match context.is_exceeded {
        true => Err(ReadError::refused("the decoded response is too large")),
        false => Ok(()),
    }
}
