//! How far a fetch is: a line on a terminal, nothing in a pipe.

use std::io::{IsTerminal, Write, stderr};

/// A step that is worth a new line: less makes a terminal flicker.
const STEP: usize = 64 << 10;

/// One fetch that goes on.
pub(super) struct Progress {
    what: String,
    length: Option<u64>,
    told: usize,
    is_shown: bool,
}

impl Progress {
    /// Begins to tell of the fetch of an address whose text has so many bytes, where that is known.
    pub(super) fn start(what: &str, length: Option<u64>) -> Self {
        let progress = Self { what: what.to_owned(), length, told: 0, is_shown: stderr().is_terminal() };
        progress.show(0);
        progress
    }

    /// So many bytes are there.
    pub(super) fn tell(&mut self, bytes: usize) {
        if bytes >= self.told + STEP {
            self.told = bytes;
            self.show(bytes);
        }
    }

    fn show(&self, bytes: usize) {
        if self.is_shown {
            let of = self.length.map(|length| format!(" of {}", length >> 10)).unwrap_or_default();
            // Who cannot be told goes without.
            _ = write!(stderr(), "\r{}: {}{of} KB", self.what, bytes >> 10);
        }
    }
}

impl Drop for Progress {
    /// The line has done its work: what is printed next takes its place.
    fn drop(&mut self) {
        if self.is_shown {
            _ = write!(stderr(), "\r\x1b[K");
        }
    }
}
