//! "Did you mean": finds the known word that a misspelt one most likely stands for.

/// The closest candidate within a small edit distance. Case, `-` and `_` do not count.
pub(crate) fn closest<'c>(word: &str, candidates: impl IntoIterator<Item = &'c str>) -> Option<&'c str> {
    let normalized = normalize(word);
    let max_distance = match normalized.len() {
        0..=2 => 0,
        3..=5 => 1,
        _ => 2,
    };
    let distances = candidates.into_iter().map(|candidate| {
        let candidate_letters = normalize(candidate);
        // `int128` is not a misspelling of `int16`.
        let is_same_stem = is_same_without_digits(&normalized, &candidate_letters);
        let distance = if is_same_stem { usize::MAX } else { distance(&normalized, &candidate_letters) };
        (if normalized == candidate_letters { 0 } else { distance }, candidate)
    });
    let (distance, candidate) = distances.min_by_key(|(distance, _)| *distance)?;
    (distance <= max_distance).then_some(candidate)
}

fn normalize(word: &str) -> Vec<char> {
    word.chars().filter(|c| !matches!(c, '-' | '_' | ' ')).flat_map(char::to_lowercase).collect()
}

fn is_same_without_digits(a: &[char], b: &[char]) -> bool {
    let stem = |word: &[char]| word.iter().copied().filter(|c| !c.is_ascii_digit()).collect::<Vec<_>>();
    stem(a) == stem(b)
}

/// The number of insertions, deletions, substitutions and transpositions of neighbours that turn one word into the
/// other.
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before_previous: Vec<usize> = Vec::new();
    let mut previous: Vec<usize> = (0..=b.len()).collect();
    let at = |row: &[usize], index: usize| row.get(index).copied().unwrap_or(usize::MAX - 1);
    for (i, x) in a.iter().enumerate() {
        let mut current = vec![i + 1];
        for (j, y) in b.iter().enumerate() {
            let substituted = at(&previous, j) + usize::from(x != y);
            let mut best = substituted.min(at(&previous, j + 1) + 1).min(at(&current, j) + 1);
            let is_swapped = i > 0 && j > 0 && a.get(i - 1) == Some(y) && b.get(j - 1) == Some(x);
            if is_swapped {
                best = best.min(at(&before_previous, j - 1) + 1);
            }
            current.push(best);
        }
        before_previous = std::mem::replace(&mut previous, current);
    }
    at(&previous, b.len())
}

#[cfg(test)]
mod tests {
    use super::closest;

    #[test]
    fn misspelt_words_get_the_closest_candidate() {
        let words =
            ["format", "type", "properties", "readOnly", "int32", "password", "date-time", "date", "$ref"];
        for (word, expected) in [
            ("fromat", Some("format")),
            ("propertes", Some("properties")),
            ("readonly", Some("readOnly")),
            ("read_only", Some("readOnly")),
            ("typ", Some("type")),
            ("tpye", Some("type")),
            ("Type", Some("type")),
            ("pasword", Some("password")),
            ("dateTime", Some("date-time")),
            ("dtae-time", Some("date-time")),
            ("ref", Some("$ref")),
            ("int16", None),
            ("word", None),
            ("ty", None),
            ("", None),
        ] {
            assert_eq!(closest(word, words), expected, "{word}");
        }
    }
}
