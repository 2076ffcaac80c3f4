//! The history of accepted and throttled responses.

use std::collections::BTreeMap;
use std::time::Duration;

use tokio::time::Instant;

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Counts {
    pub(crate) accepted: u32,
    pub(crate) throttled: u32,
}

/// Responses of the last second, counted in sixteenths of a second.
#[derive(Debug, Default)]
pub(crate) struct History {
    epoch: Option<Instant>,
    /// By the number of the slice since the epoch.
    slices: BTreeMap<u64, Counts>,
}

impl History {
    const SLICE: Duration = Duration::from_micros(62_500);
    const SLICES: u64 = 16;

    pub(crate) fn record(&mut self, now: Instant, is_accepted: bool) {
        let slice = self.slice(now);
        self.forget(slice);
        let counts = self.slices.entry(slice).or_default();
        match is_accepted {
            true => counts.accepted += 1,
            false => counts.throttled += 1,
        }
    }

    pub(crate) fn last_second(&mut self, now: Instant) -> Counts {
        self.last(now, Self::SLICES)
    }

    /// The counts of the last slices, including the current one.
    pub(crate) fn last(&mut self, now: Instant, slices: u64) -> Counts {
        let slice = self.slice(now);
        self.forget(slice);
        let first = (slice + 1).saturating_sub(slices);
        self.slices.range(first..).map(|(_, counts)| counts).fold(Counts::default(), |sum, counts| Counts {
            accepted: sum.accepted + counts.accepted,
            throttled: sum.throttled + counts.throttled,
        })
    }

    /// When the oldest response of the last second arrived.
    pub(crate) fn oldest(&self, now: Instant) -> Option<Instant> {
        let (slice, _) = self.slices.iter().find(|(_, counts)| counts.accepted > 0)?;
        let offset = Self::SLICE.saturating_mul(u32::try_from(*slice).ok()?);
        Some(self.epoch?.checked_add(offset)?.min(now))
    }

    fn slice(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        u64::try_from(now.saturating_duration_since(epoch).as_micros() / Self::SLICE.as_micros())
            .unwrap_or(u64::MAX)
    }

    fn forget(&mut self, slice: u64) {
        while let Some(oldest) = self.slices.first_entry()
            && *oldest.key() + Self::SLICES <= slice
        {
            oldest.remove();
        }
    }
}
