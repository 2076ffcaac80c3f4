//! The decoder and `serde_json` agree: on values, on which texts are rejected, and on where and why.

use serde::{Deserialize, de};
use serde_json::Value;

use super::*;
use crate::json::context::run;

/// Pseudorandom numbers (splitmix64), so that a failure can be repeated.
struct RandomText(u64);

impl RandomText {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        usize::try_from((mixed ^ (mixed >> 31)) % limit as u64).unwrap()
    }

    fn of<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    fn space(&mut self) -> &'static str {
        self.of(&["", "", "", "", " ", "\n", "\r\n\t "])
    }

    fn name(&mut self) -> &'static str {
        self.of(&[
            "Id",
            "Items",
            "Labels",
            "Ids",
            "Pattern",
            "Inner",
            "Size",
            "Flag",
            "Nodes",
            "New",
            "",
            "a\\u0041",
            "\\u0049d",
            "é",
            "exactly8",
            "sixteen letters.",
        ])
    }

    fn text(&mut self) -> String {
        let parts = [
            "a",
            "seven..",
            "8 bytes.",
            "9 letters",
            "é",
            "日本",
            "😀",
            "\\n",
            "\\\"",
            "\\\\",
            "\\u00e9",
            "\\ud83d\\ude00",
            "\\/",
            "}",
            "]",
            ",",
            ":",
            "\u{7f}",
            "\u{80}",
            "!",
            " ",
            "#",
            "[",
            "]",
        ];
        (0..self.below(6)).map(|_| self.of(&parts)).collect()
    }

    fn number(&mut self) -> &'static str {
        self.of(&[
            "0",
            "-0",
            "7",
            "-1",
            "10",
            "1.5",
            "1e2",
            "1E+2",
            "2.5e-3",
            "999999999999999999",
            "1000000000000000000",
            "18446744073709551615",
            "18446744073709551616",
            "-9223372036854775808",
            "-9223372036854775809",
            "1e308",
            "123456789012345678901234567890",
        ])
    }

    fn value(&mut self, depth: usize) -> String {
        let space = self.space();
        let value = match self.below(if depth == 0 { 5 } else { 9 }) {
            0 => self.of(&["null", "true", "false"]).to_owned(),
            1 | 2 => self.number().to_owned(),
            3 | 4 => format!("\"{}\"", self.text()),
            5 | 6 => {
                let elements: Vec<String> = (0..self.below(4)).map(|_| self.value(depth - 1)).collect();
                format!("[{}{}]", elements.join(","), self.space())
            }
            _ => self.object(depth - 1),
        };
        format!("{space}{value}{}", self.space())
    }

    fn object(&mut self, depth: usize) -> String {
        let members: Vec<String> = (0..self.below(6))
            .map(|_| format!("{}\"{}\"{}:{}", self.space(), self.name(), self.space(), self.value(depth)))
            .collect();
        format!("{{{}{}}}", members.join(","), self.space())
    }

    /// Damages a text at one place, or leaves it as it is.
    fn damage(&mut self, text: &str) -> String {
        let boundaries: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
        let at = boundaries[self.below(boundaries.len())];
        let (before, after) = text.split_at(at);
        let rest: String = after.chars().skip(1).collect();
        let inserted = self.of(&[
            "\"", "\\", "{", "}", "[", "]", ",", ":", "0", "00", "-", ".", "e", "x", "nul", "\u{1}", "\u{0}",
            " ", "\\ud800", "1e999", "\\u12", "\u{a0}", "true",
        ]);
        match self.below(5) {
            0 => before.to_owned(),
            1 => format!("{before}{inserted}{after}"),
            2 => format!("{before}{rest}"),
            3 => format!("{before}{inserted}{rest}"),
            _ => text.to_owned(),
        }
    }
}

/// What a decoder makes of a text: the value, or the error and its kind.
fn outcome<T: std::fmt::Debug>(
    strictness: Strictness,
    decode: impl FnOnce() -> serde_json::Result<T>,
) -> Result<String, (String, Category)> {
    let (result, context) = run(Context::new(strictness, 1 << 20), decode);
    match result {
        Ok(value) => Ok(format!("{value:?} {}", context.ignored)),
        Err(error) => Err((error.to_string(), error.classify())),
    }
}

/// Compares the decoders for one type.
#[track_caller]
fn compare<T: DeserializeOwned + std::fmt::Debug>(text: &str, strictness: Strictness) {
    let ours = outcome(strictness, || decoder::from_str::<T>(text));
    let theirs = outcome(strictness, || serde_json::from_str::<T>(text));
    if ours == theirs {
        return;
    }
    // Two defects: a number, an escape or a level that is valid in a skipped value, and a later one.
    let is_not_json = |error: &(String, Category)| matches!(error.1, Category::Syntax | Category::Eof);
    let has_two_defects = text.contains("\\u") || text.contains("e999");
    let are_both_rejected = ours.as_ref().is_err_and(is_not_json) && theirs.as_ref().is_err_and(is_not_json);
    assert!(has_two_defects && are_both_rejected, "{text:?}\n  ours: {ours:?}\ntheirs: {theirs:?}");
}

/// A type with a visitor of its own, around types that request what they expect.
#[derive(Debug)]
#[expect(dead_code, reason = "printed only")]
struct Anything(Vec<Theirs>);

#[derive(Debug, Deserialize)]
#[expect(dead_code, reason = "printed only")]
enum Theirs {
    Id,
    Items(Option<i64>),
    #[serde(untagged)]
    Other(Value),
}

impl<'de> Deserialize<'de> for Anything {
    fn deserialize<D: de::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyVisitor;

        impl<'de> de::Visitor<'de> for AnyVisitor {
            type Value = Anything;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a list")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut list: A) -> Result<Anything, A::Error> {
                let mut elements = Vec::new();
                while let Some(element) = list.next_element()? {
                    elements.push(element);
                }
                Ok(Anything(elements))
            }
        }

        deserializer.deserialize_any(AnyVisitor)
    }
}

fn compare_all(text: &str) {
    for strictness in [Strictness::Lenient, Strictness::WholePage, Strictness::Strict] {
        compare::<Node>(text, strictness);
    }
    compare::<Value>(text, Strictness::Lenient);
    compare::<Anything>(text, Strictness::Lenient);
    compare::<BTreeMap<u64, Value>>(text, Strictness::Lenient);
}

#[test]
fn random_texts_are_decoded_alike() {
    for seed in 0..10_000 {
        let mut random = RandomText(seed);
        let text = if random.below(8) == 0 { random.value(4) } else { random.object(3) };
        let text = random.damage(&text);
        // The whole output is shown if a comparison fails.
        println!("seed {seed}: {text}");
        compare_all(&text);
    }
}

#[test]
fn every_short_text_is_decoded_alike() {
    let letters =
        ["\"", "\\", "{", "}", "[", "]", ",", ":", "0", "-", "1", ".", "e", " ", "u", "null", "\"a\"", "é"];
    for first in letters {
        for second in letters {
            for third in letters {
                for fourth in letters {
                    compare::<Value>(&[first, second, third, fourth].concat(), Strictness::Lenient);
                }
            }
        }
    }
}

#[test]
fn levels_are_limited_alike() {
    for depth in [1, 126, 127, 128, 129, 500] {
        let lists = [&*"[".repeat(depth), &*"]".repeat(depth)].concat();
        let objects = ["{\"Inner\":".repeat(depth), "1".to_owned(), "}".repeat(depth)].concat();
        let skipped = format!("{{\"New\":{lists},\"Id\":\"x\"}}");
        for text in [&*lists, &objects, &skipped, &"[".repeat(depth), &"{\"a\":".repeat(depth)] {
            compare_all(text);
        }
    }
}

#[test]
fn strings_of_any_length_end_where_they_should() {
    for length in 0..40 {
        for end in ["\"", "\\\"\"", "\\\\\"", "\\", "", "\u{1f}\"", "\n\"", "é\"", "\u{80}\"", "\u{7f}!\""] {
            for letter in ["a", "!", "#", " ", "[", "]", "\u{a2}", "\u{dc}", "\u{ff}"] {
                for after in ["", "]", ",1]", "            ]"] {
                    let text = format!("[\"{}{end}{after}", letter.repeat(length));
                    compare::<Value>(&text, Strictness::Lenient);
                }
            }
        }
    }
}
