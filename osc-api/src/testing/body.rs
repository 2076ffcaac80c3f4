//! The body of a response, which may be cut off.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};

/// The body of a response.
pub(super) struct Body {
    /// Still to be sent.
    rest: Bytes,
    /// Bytes announced in `Content-Length` beyond `rest`, and never sent.
    missing: u64,
    /// Whether `rest` was flushed.
    is_flushed: bool,
}

impl Body {
    pub(super) fn whole(text: String) -> Self {
        Self { rest: text.into(), missing: 0, is_flushed: false }
    }

    /// Announces the whole text and sends half of it.
    pub(super) fn half(text: String) -> Self {
        let mut rest = Bytes::from(text);
        let missing = rest.split_off(rest.len() / 2);
        Self { rest, missing: missing.len() as u64, is_flushed: false }
    }
}

impl HttpBody for Body {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        if !self.rest.is_empty() {
            let rest = std::mem::take(&mut self.rest);
            return Poll::Ready(Some(Ok(Frame::data(rest))));
        }
        if self.missing == 0 {
            return Poll::Ready(None);
        }
        if !self.is_flushed {
            // Yield once, so that the data is flushed before the connection is closed.
            self.is_flushed = true;
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(Some(Err(io::ErrorKind::ConnectionAborted.into())))
    }

    fn is_end_stream(&self) -> bool {
        self.rest.is_empty() && self.missing == 0
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.rest.len() as u64 + self.missing)
    }
}
