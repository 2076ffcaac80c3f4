//! The version bump that a change requires.

use std::fmt;

use super::change::{Diff, Impact};

/// The version bump that a list of changes requires.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bump {
    /// The impact of the most important change, if there is one.
    impact: Option<Impact>,
    /// The current and the next version, if the current one is known.
    versions: Option<(String, String)>,
    /// The number to raise.
    part: Part,
}

/// A number of a version.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Major,
    Minor,
    Patch,
    None,
}

impl Diff {
    /// The version bump that the changes require. `current` is the version of the crate, if known.
    pub fn bump(&self, current: Option<&str>) -> Bump {
        Bump::new(self.impact(), current)
    }
}

impl Bump {
    /// Before 1.0, a breaking change raises the minor version and an addition the patch version, as Cargo defines
    /// compatibility. From 1.0 on, they raise the major and the minor version.
    fn new(impact: Option<Impact>, current: Option<&str>) -> Self {
        let numbers = current.and_then(numbers);
        let is_stable = numbers.is_some_and(|[major, _, _]| major > 0);
        let is_first = numbers.is_some_and(|[major, minor, _]| major == 0 && minor == 0);
        let part = match impact {
            Some(Impact::Breaking) if is_stable => Part::Major,
            // Cargo treats every 0.0.x as incompatible.
            Some(Impact::Breaking) if is_first => Part::Patch,
            Some(Impact::Breaking) => Part::Minor,
            Some(Impact::Additive) if is_stable => Part::Minor,
            Some(Impact::Additive) => Part::Patch,
            Some(Impact::Internal) | None => Part::None,
        };
        let next = numbers.map(|[major, minor, patch]| match part {
            Part::Major => [major.saturating_add(1), 0, 0],
            Part::Minor => [major, minor.saturating_add(1), 0],
            Part::Patch => [major, minor, patch.saturating_add(1)],
            Part::None => [major, minor, patch],
        });
        let next = next.map(|numbers| numbers.map(|number| number.to_string()).join("."));
        let versions = current.zip(next).map(|(current, next)| (current.to_owned(), next));
        Self { impact, versions, part }
    }

    /// `major`, `minor`, `patch` or `none`.
    pub fn part(&self) -> &'static str {
        match self.part {
            Part::Major => "major",
            Part::Minor => "minor",
            Part::Patch => "patch",
            Part::None => "none",
        }
    }

    /// The next version, if the current one is known.
    pub fn next(&self) -> Option<&str> {
        self.versions.as_ref().map(|(_, next)| next.as_str())
    }
}

impl fmt::Display for Bump {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reason = match self.impact {
            Some(Impact::Breaking) => "there are breaking changes",
            Some(Impact::Additive) => "there are additions and no breaking changes",
            Some(Impact::Internal) => "no change is visible to callers",
            None => "nothing changed",
        };
        match (&self.versions, self.part) {
            (_, Part::None) => write!(f, "osc-api needs no release: {reason}"),
            (Some((current, next)), _) => {
                write!(f, "osc-api {current} -> {next} ({}): {reason}", self.part())
            }
            (None, _) => write!(f, "osc-api needs a new {} version: {reason}", self.part()),
        }
    }
}

/// The three numbers of a version. `None` for a version with a suffix.
fn numbers(version: &str) -> Option<[u64; 3]> {
    let numbers: Vec<u64> = version.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    numbers.try_into().ok()
}

#[cfg(test)]
mod tests {
    use super::{Bump, Impact};

    fn next(impact: Option<Impact>, current: &str) -> (String, String) {
        let bump = Bump::new(impact, Some(current));
        (bump.part().to_owned(), bump.next().unwrap_or("unknown").to_owned())
    }

    #[test]
    fn the_next_version_follows_cargos_compatibility_rules() {
        for (impact, current, part, expected) in [
            (Some(Impact::Breaking), "0.1.7", "minor", "0.2.0"),
            (Some(Impact::Additive), "0.1.7", "patch", "0.1.8"),
            (Some(Impact::Internal), "0.1.7", "none", "0.1.7"),
            (None, "0.1.7", "none", "0.1.7"),
            (Some(Impact::Breaking), "1.2.3", "major", "2.0.0"),
            (Some(Impact::Additive), "1.2.3", "minor", "1.3.0"),
            (None, "1.2.3", "none", "1.2.3"),
            (Some(Impact::Breaking), "0.0.3", "patch", "0.0.4"),
            (Some(Impact::Additive), "0.0.3", "patch", "0.0.4"),
            (Some(Impact::Breaking), "1.0.0-rc.1", "minor", "unknown"),
            (Some(Impact::Breaking), "18446744073709551615.0.0", "major", "18446744073709551615.0.0"),
        ] {
            let expected = (part.to_owned(), expected.to_owned());
            assert_eq!(next(impact, current), expected, "{impact:?} from {current}");
        }
    }
}
