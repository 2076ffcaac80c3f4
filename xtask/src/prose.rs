//! `spec/prose.lock`: a digest of each published text, and a mark on those that changed since ours was reviewed.
//!
//! One line per text, sorted by pointer: `DIGEST POINTER`, or `DIGEST POINTER VERSION` for a text that changed in that
//! version. A mark stays through later imports until `docs reviewed` clears it.

use std::collections::BTreeMap;
use std::fmt::{self, Write};
use std::path::Path;

use osc_codegen::{Contract, unescape_key};

use crate::files;
use crate::sha256::sha256;

/// The number of hexadecimal digits of a digest: enough to distinguish two versions of a text.
const DIGEST_LENGTH: usize = 16;

/// The name of the file.
pub(crate) const NAME: &str = "prose.lock";

/// The first line of the file.
const HEADER: &str = "# A digest of each published text, and the version that changed it where ours awaits review. \
                      Written by `cargo xtask`.\n";

/// The published texts by pointer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Prose {
    texts: BTreeMap<String, Text>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Text {
    digest: String,
    /// The version that changed the text, until ours is reviewed.
    changed: Option<String>,
}

/// The item that a published text describes, named as in `spec/docs.yaml`.
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
    /// The item that the text at a pointer describes. `None` for texts without a counterpart in `spec/docs.yaml`, such as
    /// those of tags and examples.
    pub(crate) fn at(pointer: &str) -> Option<Self> {
        let keys: Vec<String> = pointer.split('/').skip(1).map(unescape_key).collect();
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

    /// The name of the action or type, or `Type.Field`.
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
    /// The texts of a description, without marks. Descriptions of responses are left out: they document nothing, and
    /// upstream empties and restores all of them at once.
    pub(crate) fn new(contract: &Contract) -> Self {
        let texts = contract.prose.iter().filter(|(pointer, _)| !is_response(pointer.as_str()));
        let texts = texts.map(|(pointer, text)| {
            let digest = sha256(text.as_bytes()).chars().take(DIGEST_LENGTH).collect();
            (pointer.as_str().to_owned(), Text { digest, changed: None })
        });
        Self { texts: texts.collect() }
    }

    /// Reads `prose.lock`. Empty if there is no such file.
    ///
    /// # Errors
    /// Names the file and every invalid line.
    pub(crate) fn read(path: &Path) -> Result<Self, String> {
        let text = files::read_if_exists(path)?.unwrap_or_default();
        let mut wrong = Vec::new();
        let mut prose = Self::default();
        for (index, line) in text.lines().enumerate().filter(|(_, line)| !line.starts_with('#')) {
            match parse(line) {
                Some((pointer, text)) => _ = prose.texts.insert(pointer, text),
                None => wrong.push(format!("{}:{}: {line:?}", path.display(), index + 1)),
            }
        }
        if wrong.is_empty() {
            return Ok(prose);
        }
        let remedy = "must be `DIGEST POINTER` or `DIGEST POINTER VERSION`: restore the committed file";
        Err(format!("{}\n{remedy}", wrong.join("\n")))
    }

    /// Writes `prose.lock`.
    ///
    /// # Errors
    /// Names the file.
    pub(crate) fn write(&self, path: &Path) -> Result<(), String> {
        files::write(path, &self.to_text())
    }

    /// The content of `prose.lock`.
    pub(crate) fn to_text(&self) -> String {
        let mut lock = HEADER.to_owned();
        for (pointer, Text { digest, changed }) in &self.texts {
            // Writing into a string cannot fail.
            _ = write!(lock, "{digest} {}", escape(pointer));
            if let Some(version) = changed {
                _ = write!(lock, " {}", escape(version));
            }
            lock.push('\n');
        }
        lock
    }

    /// The number of texts.
    pub(crate) fn len(&self) -> usize {
        self.texts.len()
    }

    /// The pointers whose text differs from that in `old`.
    pub(crate) fn changes(&self, old: &Self) -> Vec<&str> {
        let is_changed = |pointer: &str, text: &Text| {
            old.texts.get(pointer).is_some_and(|before| before.digest != text.digest)
        };
        self.texts
            .iter()
            .filter(|(pointer, text)| is_changed(pointer, text))
            .map(|(pointer, _)| pointer.as_str())
            .collect()
    }

    /// Marks the texts that changed since `old` with a version, and keeps the marks of `old`: the earlier of two marks
    /// is the one from which ours is unreviewed. Only texts of an [`Item`] are marked.
    pub(crate) fn mark(&mut self, old: &Self, version: &str) {
        for (pointer, text) in &mut self.texts {
            let Some(before) = old.texts.get(pointer) else { continue };
            text.changed.clone_from(&before.changed);
            if text.changed.is_none() && before.digest != text.digest && Item::at(pointer).is_some() {
                text.changed = Some(version.to_owned());
            }
        }
    }

    /// The marked items, sorted, each with the version that changed its text.
    pub(crate) fn marked(&self) -> BTreeMap<Item, &str> {
        let marked = self
            .texts
            .iter()
            .filter_map(|(pointer, text)| Some((Item::at(pointer)?, text.changed.as_deref()?)));
        marked.collect()
    }

    /// Clears the marks of reviewed items. Returns their number.
    pub(crate) fn clear(&mut self, is_reviewed: impl Fn(&Item) -> bool) -> usize {
        let before = self.marked().len();
        for (pointer, text) in &mut self.texts {
            if text.changed.is_some() && Item::at(pointer).is_none_or(|item| is_reviewed(&item)) {
                text.changed = None;
            }
        }
        before - self.marked().len()
    }
}

/// Whether a text is the description of a response.
fn is_response(pointer: &str) -> bool {
    let keys: Vec<&str> = pointer.split('/').skip(1).collect();
    matches!(keys.as_slice(), ["paths", _, _, "responses", _, "description"])
}

fn parse(line: &str) -> Option<(String, Text)> {
    let mut columns = line.split(' ');
    let (digest, pointer, changed) = (columns.next()?, columns.next()?, columns.next());
    let is_digest = digest.len() == DIGEST_LENGTH && digest.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_valid = is_digest && pointer.starts_with('#') && changed != Some("") && columns.next().is_none();
    let text = Text { digest: digest.to_owned(), changed: changed.map(decode) };
    is_valid.then(|| (decode(pointer), text))
}

/// Percent-encodes blanks and control characters, so that a name with them stays one column.
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

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "a test fails by a panic")]

    use super::*;

    const VM: &str = "#/components/schemas/Vm/description";
    const MODE: &str = "#/components/schemas/Vm/properties/BootMode/description";

    fn prose(texts: &[(&str, &str, Option<&str>)]) -> Prose {
        let texts = texts.iter().map(|(pointer, digest, changed)| {
            let text = Text { digest: digest.repeat(DIGEST_LENGTH), changed: changed.map(str::to_owned) };
            ((*pointer).to_owned(), text)
        });
        Prose { texts: texts.collect() }
    }

    #[test]
    fn written_content_is_read_again() {
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
    fn descriptions_of_responses_are_left_out() {
        assert!(is_response("#/paths/~1ReadVms/post/responses/200/description"));
        for pointer in [VM, MODE, "#/paths/~1ReadVms/post/description"] {
            assert!(!is_response(pointer), "{pointer}");
        }
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

        // The next import changes both: one has been unreviewed for longer.
        let mut second = prose(&[(VM, "3", None), (MODE, "2", None)]);
        second.mark(&first, "1.42.0");
        let field = Item::Field("Vm.BootMode".to_owned());
        assert_eq!(
            second.marked(),
            BTreeMap::from([(Item::Type("Vm".to_owned()), "1.41.0"), (field.clone(), "1.42.0")])
        );
        assert_eq!(second.clear(|item| item.name() == "Vm"), 1);
        assert_eq!(second.marked(), BTreeMap::from([(field, "1.42.0")]));

        // A second import of the same marks nothing, and neither does the first.
        let mut again = prose(&[(VM, "3", None), (MODE, "2", None)]);
        again.mark(&second, "1.43.0");
        assert_eq!(again, second);
        let mut fresh = prose(&[(VM, "3", None)]);
        fresh.mark(&Prose::default(), "1.0");
        assert_eq!(fresh.marked(), BTreeMap::new());
    }

    #[test]
    fn pointers_are_mapped_to_items() {
        for (pointer, item) in [
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
            assert_eq!(Item::at(pointer), item, "{pointer}");
        }
    }
}
