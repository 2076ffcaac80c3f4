//! Two computations at the same time.

use std::{panic, thread};

/// Runs `other` on a thread of its own while `main` runs on this one.
pub(crate) fn join<M, O: Send>(main: impl FnOnce() -> M, other: impl FnOnce() -> O + Send) -> (M, O) {
    thread::scope(|scope| {
        let other = scope.spawn(other);
        let main = main();
        (main, other.join().unwrap_or_else(|payload| panic::resume_unwind(payload)))
    })
}
