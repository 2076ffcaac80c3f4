//! `spec/prose.lock`: a digest of each published text, and which of them changed since somebody looked at ours.
//!
//! A line a text, sorted by place: `DIGEST PLACE`, and `DIGEST PLACE VERSION` for a text that the import of that
//! version found changed. Such a mark stays through later imports until somebody clears it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::Path;

use osc_codegen::Contract;

use crate::sha256::sha256;
use crate::sync;

/// Hexadecimal digits of a text's digest: enough to tell two versions of a text apart.
const DIGEST_LENGTH: usize = 16;

/// The first line of the file.
const HEADER: &str = "# A digest of each published text, and the version that changed it where ours awaits review. \
                      Written by `cargo xtask`.\n";

/// The published texts, by place.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    texts: BTreeMap<String, Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    digest: String,
    /// The version whose import found it changed, until ours was reviewed.
    changed: Option<String>,
}

/// What a published text describes, as `spec/docs.yaml` names it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Item {
    /// An action, such as `ReadVms`.
    Action(String),
    /// A schema, such as `Vm`.
    Type(String),
    /// A property, such as `Vm.BootMode`.
    Field(String),
}

impl Item {
    /// The item that the text at a place describes. Nothing for texts of which we have no counterpart: of tags, of
    /// examples, of the whole.
    pub(crate) fn at(place: &str) -> Option<Self> {
        let keys: Vec<String> = place.split('/').skip(1).map(unescape).collect();
        let keys: Vec<&str> = keys.iter().map(String::as_str).collect();
        match keys.as_slice() {
            ["components", "schemas", name, "properties", property, .., "description"] => {
                Some(Self::Field(format!("{name}.{property}")))
            }
            ["components", "schemas", name, .., "description"] => Some(Self::Type((*name).to_owned())),
            ["paths", path, "post", "description" | "summary"] => {
                Some(Self::Action(path.trim_start_matches('/').to_owned()))
            }
            _ => None,
        }
    }

    /// Its name: that of the action or type, or `Type.Field`.
    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Action(name) | Self::Type(name) | Self::Field(name) => name,
        }
    }
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl Prose {
    /// The texts of a description, without marks.
    pub(crate) fn of(contract: &Contract) -> Self {
        let texts = contract.prose.iter().map(|(place, text)| {
            let digest = sha256(text.as_bytes()).chars().take(DIGEST_LENGTH).collect();
            (place.as_str().to_owned(), Text { digest, changed: None })
        });
        Self { texts: texts.collect() }
    }

    /// Reads `prose.lock`. Empty where there is no such file.
    ///
    /// # Errors
    /// Names the file, and every line that is not as this module writes it.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = sync::read_if_there(path)?.unwrap_or_default();
        let mut wrong = Vec::new();
        let mut prose = Self::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            match parse(line) {
                Some((place, text)) => _ = prose.texts.insert(place, text),
                None => wrong.push(format!("{}:{}: {line:?}", path.display(), index + 1)),
            }
        }
        if wrong.is_empty() {
            return Ok(prose);
        }
        let remedy = "must be `DIGEST PLACE` or `DIGEST PLACE VERSION`: restore the committed file";
        Err(format!("{}\n{remedy}", wrong.join("\n")))
    }

    /// Writes `prose.lock`.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn write(&self, path: &Path) -> Result<(), String> {
        sync::write(path, &self.to_text())
    }

    /// The content of `prose.lock`.
    pub(crate) fn to_text(&self) -> String {
        let mut lock = HEADER.to_owned();
        for (place, Text { digest, changed }) in &self.texts {
            // Writing into a string cannot fail.
            _ = write!(lock, "{digest} {}", escape(place));
            if let Some(version) = changed {
                _ = write!(lock, " {}", escape(version));
            }
            lock.push('\n');
        }
        lock
    }

    /// How many texts there are.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The places whose text is another one than before, in both.
    pub(crate) fn changes(&self, old: &Self) -> Vec<&str> {
        let changed = |place: &str, text: &Text| {
            old.texts.get(place).is_some_and(|before| before.digest != text.digest)
        };
        self.texts
            .iter()
            .filter(|(place, text)| changed(place, text))
            .map(|(place, _)| place.as_str())
            .collect()
    }

    /// Marks what changed since `old` with a version, and keeps the marks of `old`: the earlier of two marks tells
    /// from which text on nobody has looked. Only texts of an [`Item`] are marked: of no others have we a counterpart.
    pub(crate) fn mark(&mut self, old: &Self, version: &str) {
        for (place, text) in &mut self.texts {
            let Some(before) = old.texts.get(place) else { continue };
            text.changed.clone_from(&before.changed);
            if text.changed.is_none() && before.digest != text.digest && Item::at(place).is_some() {
                text.changed = Some(version.to_owned());
            }
        }
    }

    /// The items with a mark, sorted, each with the version that changed its text.
    pub(crate) fn marked(&self) -> BTreeMap<Item, &str> {
        let marked =
            self.texts.iter().filter_map(|(place, text)| Some((Item::at(place)?, text.changed.as_deref()?)));
        marked.collect()
    }

    /// Clears the marks of items that were reviewed. How many items that were.
    pub(crate) fn clear(&mut self, is_reviewed: impl Fn(&Item) -> bool) -> usize {
        let before = self.marked().len();
        for (place, text) in &mut self.texts {
            if text.changed.is_some() && Item::at(place).is_none_or(|item| is_reviewed(&item)) {
                text.changed = None;
            }
        }
        before - self.marked().len()
    }
}

fn parse(line: &str) -> Option<(String, Text)> {
    let mut columns = line.split(' ');
    let (digest, place, changed) = (columns.next()?, columns.next()?, columns.next());
    let is_digest = digest.len() == DIGEST_LENGTH && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_whole = is_digest && place.starts_with('#') && changed != Some("") && columns.next().is_none();
    let text = Text { digest: digest.to_owned(), changed: changed.map(decode) };
    is_whole.then(|| (decode(place), text))
}

/// One column: blanks and control characters as in a URI, so that a name that has them does not break the line.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for char in text.chars() {
        if char == '%' || char.is_whitespace() || char.is_control() {
            let mut bytes = [0; 4];
            for byte in char.encode_utf8(&mut bytes).bytes() {
                // Writing into a string cannot fail.
                _ = write!(escaped, "%{byte:02X}");
            }
        } else {
            escaped.push(char);
        }
    }
    escaped
}

/// Undoes [`escape`].
fn decode(column: &str) -> String {
    let mut bytes = Vec::with_capacity(column.len());
    let mut rest = column;
    while let Some((before, after)) = rest.split_once('%') {
        bytes.extend(before.bytes());
        let code = after.get(..2).and_then(|code| u8::from_str_radix(code, 16).ok());
        bytes.push(code.unwrap_or(b'%'));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    bytes.extend(rest.bytes());
    String::from_utf8_lossy(&bytes).into_owned()
}

/// A key of a JSON pointer (RFC 6901).
fn unescape(key: &str) -> String {
    key.replace("~1", "/").replace("~0", "~")
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    const VM: &str = "#/components/schemas/Vm/description";
    const MODE: &str = "#/components/schemas/Vm/properties/BootMode/description";

    fn prose(texts: &[(&str, &str, Option<&str>)]) -> Prose {
        let texts = texts.iter().map(|(place, digest, changed)| {
            let text = Text { digest: digest.repeat(DIGEST_LENGTH), changed: changed.map(str::to_owned) };
            ((*place).to_owned(), text)
        });
        Prose { texts: texts.collect() }
    }

    #[test]
    fn what_is_written_is_read_again() {
        let odd = "#/components/schemas/a b%\n\u{85}é/description";
        let written = prose(&[(VM, "1", None), (MODE, "2", Some("1.41.0")), (odd, "3", Some("a b"))]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("prose.lock");
        written.write(&path).unwrap();
        assert_eq!(Prose::read(&path).unwrap(), written);
        assert_eq!(written.to_text().lines().count(), 4);
        std::fs::write(&path, "1234567890abcdef #/a\nnonsense\n1234567890abcdef #/a 1 2\n").unwrap();
        let error = Prose::read(&path).unwrap_err();
        assert!(error.contains("prose.lock:2") && error.contains("prose.lock:3"), "{error}");
        assert!(!error.contains("prose.lock:1"), "{error}");
    }

    #[test]
    fn marks_stay_until_they_are_cleared() {
        let info = "#/info/description";
        let mut first =
            prose(&[(VM, "2", None), (MODE, "1", None), (info, "2", None), ("#/info/new", "1", None)]);
        let old = prose(&[(VM, "1", None), (MODE, "1", None), (info, "1", None)]);
        assert_eq!(first.changes(&old), [VM, info]);
        first.mark(&old, "1.41.0");
        assert_eq!(first.marked(), BTreeMap::from([(Item::Type("Vm".to_owned()), "1.41.0")]));

        // The next import changes both: one has been waiting for longer.
        let mut second = prose(&[(VM, "3", None), (MODE, "2", None)]);
        second.mark(&first, "1.42.0");
        let field = Item::Field("Vm.BootMode".to_owned());
        assert_eq!(
            second.marked(),
            BTreeMap::from([(Item::Type("Vm".to_owned()), "1.41.0"), (field.clone(), "1.42.0")])
        );
        assert_eq!(second.clear(|item| item.name() == "Vm"), 1);
        assert_eq!(second.marked(), BTreeMap::from([(field, "1.42.0")]));

        // An import of the same again marks nothing, and neither does the very first.
        let mut again = prose(&[(VM, "3", None), (MODE, "2", None)]);
        again.mark(&second, "1.43.0");
        assert_eq!(again, second);
        let mut fresh = prose(&[(VM, "3", None)]);
        fresh.mark(&Prose::default(), "1.0");
        assert_eq!(fresh.marked(), BTreeMap::new());
    }

    #[test]
    fn places_are_items() {
        for (place, item) in [
            (MODE, Some(Item::Field("Vm.BootMode".to_owned()))),
            (
                "#/components/schemas/Vm/properties/Tags/items/description",
                Some(Item::Field("Vm.Tags".to_owned())),
            ),
            (VM, Some(Item::Type("Vm".to_owned()))),
            ("#/components/schemas/A~1~0B/description", Some(Item::Type("A/~B".to_owned()))),
            ("#/paths/~1ReadVms/post/description", Some(Item::Action("ReadVms".to_owned()))),
            ("#/paths/~1ReadVms/post/responses/200/description", None),
            ("#/components/schemas/Vm/title", None),
            ("#/info/description", None),
            ("", None),
        ] {
            assert_eq!(Item::at(place), item, "{place}");
        }
    }
}
