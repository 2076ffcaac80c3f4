//! The message of the compiler where a stream of pages is used as an iterator.

use super::{Items, ListRequest};
use crate::error::Result;

/// Implemented for nothing, so that a stream is no iterator, and the compiler names the remedy where one is expected.
#[doc(hidden)]
#[diagnostic::on_unimplemented(
    message = "the pages of an async client are a stream, not an iterator",
    label = "a `for` loop cannot wait for the next page",
    note = "write `while let Some(item) = items.try_next().await? {{ … }}`, or collect all items before the loop: \
            `items.try_collect::<Vec<_>>().await?`",
    note = "`paginate` and `list` of `osc_api::blocking::Client` return iterators"
)]
pub trait IsIterator {}

#[doc(hidden)]
impl<R: ListRequest + IsIterator> Iterator for Items<R> {
    type Item = Result<R::Item>;

    fn next(&mut self) -> Option<Self::Item> {
        None
    }
}
