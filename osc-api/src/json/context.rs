//! The state of the decoding in progress on this thread: how strict it is, what it ignored, how large it may become.
//!
//! Decoding is synchronous and goes through serde's traits, which carry no state of the caller's. A thread-local
//! value costs nothing as long as a response fits its type: only mismatches and growing lists look at it.

use std::cell::Cell;

use serde::de;

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
pub(super) enum Strictness {
    /// It is ignored, and the member is absent.
    Lenient,
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
}

impl Context {
    pub(super) const fn new(strictness: Strictness, budget: usize) -> Self {
        Self { strictness, budget, is_exceeded: false, ignored: 0, first: None }
    }
}

thread_local! {
    /// Outside of [`run`], as in a program that calls `serde_json::from_str` itself: lenient and unbounded.
    static CONTEXT: Cell<Context> = const { Cell::new(Context::new(Strictness::Lenient, usize::MAX)) };
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
pub(super) fn mismatch<E: de::Error>(found: &'static str, expected: &'static str) -> Result<(), E> {
    let mut context = CONTEXT.get();
    context.first.get_or_insert(Mismatch { found, expected });
    if context.strictness == Strictness::Lenient {
        context.ignored += 1;
    }
    CONTEXT.set(context);
    match context.strictness {
        Strictness::Lenient => Ok(()),
        Strictness::Strict => Err(E::custom(format_args!("{found}, expected {expected}"))),
    }
}

/// Takes an allocation from the budget.
///
/// # Errors
/// Returns an error if the budget is exceeded.
pub(super) fn charge<E: de::Error>(bytes: usize) -> Result<(), E> {
    let mut context = CONTEXT.get();
    match context.budget.checked_sub(bytes) {
        Some(left) => context.budget = left,
        None => context.is_exceeded = true,
    }
    CONTEXT.set(context);
    if context.is_exceeded { Err(E::custom("the decoded response is too large")) } else { Ok(()) }
}
