//! The body of an answer, which may break in the middle.

use std::io;
use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::body::{Body as HttpBody, Bytes, Frame, SizeHint};

/// The body of an answer.
pub(super) struct Body {
    /// What is still to be sent.
    rest: Bytes,
    /// What is announced beyond that, and never comes.
    missing: u64,
    /// Whether what is there went out.
    is_sent: bool,
}

impl Body {
    pub(super) fn whole(text: String) -> Self {
        Self { rest: text.into(), missing: 0, is_sent: false }
    }

    /// Announces all of the text and sends half of it.
    pub(super) fn half(text: String) -> Self {
        let mut rest = Bytes::from(text);
        let missing = rest.split_off(rest.len() / 2);
        Self { rest, missing: missing.len() as u64, is_sent: false }
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
        if !self.is_sent {
            // Once around, so that what there is goes out before the connection breaks.
            self.is_sent = true;
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
