//! The history of accepted and throttled responses.

use std::collections::VecDeque;
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
    /// The slices with responses, by the number of the slice since the epoch.
    slices: VecDeque<(u64, Counts)>,
    /// The sum of all slices.
    total: Counts,
}

impl History {
    /// Number of slices in a second.
    const SLICES: u32 = 16;
    const SLICE_NANOS: u32 = 1_000_000_000 / Self::SLICES;

    pub(crate) fn record(&mut self, now: Instant, is_accepted: bool) {
        let slice = self.slice(now);
        self.forget(slice);
        // The response of a thread that was late counts for the newest slice.
        if self.slices.back().is_none_or(|(newest, _)| *newest < slice) {
            self.slices.push_back((slice, Counts::default()));
        }
        let newest = self.slices.back_mut().map(|(_, counts)| counts);
        for counts in newest.into_iter().chain([&mut self.total]) {
            match is_accepted {
                true => counts.accepted += 1,
                false => counts.throttled += 1,
            }
        }
    }

    pub(crate) fn last_second(&mut self, now: Instant) -> Counts {
        let slice = self.slice(now);
        self.forget(slice);
        self.total
    }

    /// The number of requests accepted in the last slices, including the current one.
    pub(crate) fn last_accepted(&mut self, now: Instant, slices: u64) -> u32 {
        let first = (self.slice(now) + 1).saturating_sub(slices);
        let last = self.slices.iter().rev().take_while(|(slice, _)| *slice >= first);
        last.map(|(_, counts)| counts.accepted).sum()
    }

    /// When the oldest response of the last second arrived.
    pub(crate) fn oldest(&self, now: Instant) -> Option<Instant> {
        let (slice, _) = self.slices.iter().find(|(_, counts)| counts.accepted > 0)?;
        let offset = Duration::from_nanos(slice.saturating_mul(u64::from(Self::SLICE_NANOS)));
        Some(self.epoch?.checked_add(offset)?.min(now))
    }

    fn slice(&mut self, now: Instant) -> u64 {
        let epoch = *self.epoch.get_or_insert(now);
        let since = now.saturating_duration_since(epoch);
        since.as_secs().saturating_mul(u64::from(Self::SLICES))
            + u64::from(since.subsec_nanos() / Self::SLICE_NANOS)
    }

    /// Forgets what is older than a second.
    fn forget(&mut self, slice: u64) {
        while let Some((oldest, counts)) = self.slices.front()
            && *oldest + u64::from(Self::SLICES) <= slice
        {
            self.total.accepted -= counts.accepted;
            self.total.throttled -= counts.throttled;
            self.slices.pop_front();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Compares with a list of all responses, each with the number of its sixteenth of a second.
    #[test]
    fn counts_are_those_of_the_last_slices() {
        for seed in 1..=200_u64 {
            let (mut random, mut now, mut all) = (seed, Instant::now(), Vec::new());
            let mut history = History::default();
            for _ in 0..200 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let is_pause = random >> 60 == 0;
                now += Duration::from_micros((random >> 33) % if is_pause { 3_000_000 } else { 90_000 });
                let is_accepted = random >> 59 & 1 == 0;
                // The first response begins the first slice.
                let first = all.first().map_or(now, |(_, first, _)| *first);
                let slice = u64::try_from((now - first).as_micros() / 62_500).unwrap();
                all.push((slice, now, is_accepted));
                history.record(now, is_accepted);

                let recent = |slices| all.iter().filter(move |(other, _, _)| other + slices > slice);
                let accepted = |slices| recent(slices).filter(|(_, _, is_accepted)| *is_accepted).count();
                let Counts { accepted: of_second, throttled } = history.last_second(now);
                assert_eq!(of_second as usize, accepted(16), "seed {seed}");
                assert_eq!(throttled as usize, recent(16).count() - accepted(16), "seed {seed}");
                assert_eq!(history.last_accepted(now, 12) as usize, accepted(12), "seed {seed}");
                let oldest = recent(16).find(|(_, _, is_accepted)| *is_accepted);
                let oldest =
                    oldest.map(|(slice, _, _)| first + Duration::from_micros(62_500) * *slice as u32);
                assert_eq!(history.oldest(now), oldest, "seed {seed}");
            }
        }
    }
}
