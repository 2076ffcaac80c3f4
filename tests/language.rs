//! Vocabulary: the repository uses the field's standard terms.
//!
//! Checks names, comments, documentation and messages in every text file, and the paths of the files. A phrase that
//! spans two lines is not found.

use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

/// Words and phrases to avoid, in all their forms separated by `|`, and what to write instead.
const AVOIDED: &[(&str, &str)] = &[
    ("anew", "again"),
    ("answer|answers|answered|answering", "response, respond"),
    ("an response|an responses", "a response"),
    ("as you like", "at your option"),
    ("be it", "whether"),
    ("beside", "next to, in addition to"),
    ("borne", "tolerated"),
    ("come back|comes back|came back", "return"),
    ("cut short", "interrupted, truncated"),
    ("everybody", "everyone, anyone, all callers"),
    ("for ever", "forever"),
    ("get through|gets through|got through", "succeed"),
    ("gone", "deleted, no longer exists, dropped"),
    ("hand over|hands over|handed over", "pass"),
    ("hasty", "time-sensitive, or name the timeout"),
    ("hear|hears|heard", "receive, be notified"),
    ("heed|heeds|heeded", "respect, apply"),
    ("hub|hubs", "shared poller"),
    ("impostor|impostors", "client with wrong credentials"),
    ("in good order", "without an error"),
    ("in the dark", "the outcome is unknown"),
    ("in vain", "without effect"),
    ("likeness", "compatibility, similarity"),
    ("later and later", "at growing intervals"),
    ("lock-out|lock-outs", "lockout"),
    ("mend|mends|mended|mending", "fix, correct, repair"),
    ("misfit|misfits", "mismatch, or name what does not match"),
    ("nobody", "no one, unknown, not found, anonymous"),
    ("once more", "again"),
    ("overmuch", "too many, too much"),
    ("pace|paces|paced", "rate, rate limit"),
    ("pose as|poses as", "impersonate"),
    ("re-make|re-makes|re-made|re-making", "regenerate"),
    ("seat|seats", "subscription"),
    ("side by side", "concurrently, next to each other"),
    ("sighting|sightings", "observation"),
    ("somebody", "someone, or name the caller or user"),
    ("so long", "for this duration, as long as"),
    ("so many", "this number of"),
    ("somewhen", "at some point"),
    ("stranger|strangers", "another authority, a third party"),
    ("that is none|that are none", "invalid, not a …"),
    ("those who", "callers, or name the group"),
    ("time-out|time-outs", "timeout"),
    ("told", "reported, returned, logged, passed"),
    ("vouch|vouches|vouched", "sign, be trusted"),
    ("who calls", "callers"),
    ("who waits", "waiter, waiting caller"),
    ("whoever", "the caller, anyone who"),
];

/// Uses that stay: the path, a part of the line and the reason. An exception without a use fails the test.
const EXCEPTIONS: &[Exception] = &[];

type Exception = (&'static str, &'static str, &'static str);

/// Files and folders that are not checked, by their path in the workspace. `*` stands for one folder name.
const SKIPPED: &[&str] = &[
    // Not part of the repository.
    ".git",
    "target",
    "tests/*/target",
    "tests/*/*/target",
    "tests/fuzz/artifacts",
    "tests/fuzz/corpus",
    // Generated from files that are checked.
    "osc-api/src/generated",
    "tests/golden/*/out",
    // Written by others.
    "Cargo.lock",
    "LICENSE-APACHE",
    "LICENSE-MIT",
    "spec/outscale.yaml",
    "tests/*/*/Cargo.lock",
    "tests/fuzz/Cargo.lock",
    "tests/vectors",
    // This list.
    "tests/language.rs",
];

/// A use of a word to avoid.
#[derive(Debug)]
struct Hit {
    path: String,
    /// The line number; 0 stands for the path itself.
    line: usize,
    text: String,
    word: &'static str,
    replacement: &'static str,
}

impl fmt::Display for Hit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { path, line, word, replacement, .. } = self;
        write!(f, "{path}:{line}: `{word}`: write {replacement}")
    }
}

#[test]
fn the_repository_uses_standard_terms() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace");
    let mut files = Vec::new();
    collect_files(root, "", &mut files);
    assert!(files.len() > 100, "only {} files found", files.len());
    let mut hits = Vec::new();
    for (path, file) in files {
        hits.extend(hits_in_line(&path, 0, &path));
        // Files that are not UTF-8 are not text.
        let text = fs::read(file).ok().and_then(|bytes| String::from_utf8(bytes).ok()).unwrap_or_default();
        hits.extend((1..).zip(text.lines()).flat_map(|(number, line)| hits_in_line(&path, number, line)));
    }
    let problems = problems(&hits, EXCEPTIONS);
    let (count, list) = (problems.len(), problems.join("\n"));
    assert!(problems.is_empty(), "{count} problems (justified uses belong into EXCEPTIONS):\n{list}");
}

#[test]
fn an_exception_covers_its_hits_and_an_unused_one_is_reported() {
    let hits = hits_in_line("a.md", 7, "the hub of the wheel");
    let used: Exception = ("a.md", "hub of the wheel", "a wheel has a hub");
    assert_eq!(problems(&hits, &[used]), [""; 0]);
    assert_eq!(problems(&hits, &[]), ["a.md:7: `hub`: write shared poller"]);
    for unused in [("b.md", "hub of the wheel", ""), ("a.md", "another line", "")] {
        assert_eq!(problems(&hits, &[used, unused]).len(), 1);
    }
}

#[test]
fn words_are_found_in_prose_and_in_identifiers_of_every_case() {
    for line in [
        "Nobody knows.",
        "/// the (nobody) case",
        "fn is_nobody(self)",
        "Sender::Nobody",
        "let x = KeyOfNobodyElse;",
        "HTTPNobody",
        "const NOBODY2: u8",
        "no time-out, nobody's",
    ] {
        assert!(words_in(line).iter().any(|(word, _)| word.starts_with("nobody")), "{line}");
    }
    assert_eq!(words_in("a time-out").len(), 1);
}

#[test]
fn other_words_are_accepted() {
    for line in
        ["the calls time out", "antinobody nobodyish", "GitHub, github.com", "space, bygone, answerable", ""]
    {
        assert!(words_in(line).is_empty(), "{line}: {:?}", words_in(line));
    }
}

/// The uses that are not exceptions, and the exceptions without a use.
fn problems(hits: &[Hit], exceptions: &[Exception]) -> Vec<String> {
    let covers = |(path, part, _): &Exception, hit: &Hit| hit.path == *path && hit.text.contains(part);
    let unused = exceptions.iter().filter(|exception| !hits.iter().any(|hit| covers(exception, hit)));
    let left = hits.iter().filter(|hit| !exceptions.iter().any(|exception| covers(exception, hit)));
    unused
        .map(|(path, part, _)| format!("{path}: remove the unused exception {part:?}"))
        .chain(left.map(ToString::to_string))
        .collect()
}

/// Adds all files below a folder, with their paths in the workspace.
fn collect_files(folder: &Path, prefix: &str, files: &mut Vec<(String, PathBuf)>) {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut entries: Vec<_> = entries.map(|entry| entry.expect("a folder entry")).collect();
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let path = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if SKIPPED.iter().any(|pattern| matches(pattern, &path)) {
            continue;
        }
        let kind = entry.file_type().expect("a file type");
        if kind.is_dir() {
            collect_files(&entry.path(), &format!("{path}/"), files);
        } else if kind.is_file() {
            files.push((path, entry.path()));
        }
    }
}

fn matches(pattern: &str, path: &str) -> bool {
    let (mut pattern, mut path) = (pattern.split('/'), path.split('/'));
    loop {
        match (pattern.next(), path.next()) {
            (None, None) => return true,
            (Some(wanted), Some(name)) if wanted == "*" || wanted == name => {}
            _ => return false,
        }
    }
}

fn hits_in_line(path: &str, line: usize, text: &str) -> Vec<Hit> {
    let hit =
        |(word, replacement)| Hit { path: path.to_owned(), line, text: text.to_owned(), word, replacement };
    words_in(text).into_iter().map(hit).collect()
}

/// The words to avoid in a line, with their replacements.
fn words_in(line: &str) -> Vec<(&'static str, &'static str)> {
    let line = split_identifiers(line);
    let forms = AVOIDED
        .iter()
        .flat_map(|(forms, replacement)| forms.split('|').map(move |form| (form, *replacement)));
    forms.filter(|(form, _)| has_word(&line, form)).collect()
}

fn has_word(line: &str, word: &str) -> bool {
    line.match_indices(word).any(|(start, _)| {
        let (before, after) = (&line[..start], &line[start + word.len()..]);
        !before.ends_with(char::is_alphabetic) && !after.starts_with(char::is_alphabetic)
    })
}

/// The line in lower case, with identifiers split into words: `KeyOfNobody` and `key_of_nobody` become `key of nobody`.
fn split_identifiers(line: &str) -> String {
    // A name of one word, despite its capital letter.
    let line: Vec<char> = line.replace("GitHub", "Github").chars().collect();
    let mut words = String::new();
    for (index, &current) in line.iter().enumerate() {
        let previous = index.checked_sub(1).map(|index| line[index]);
        let next = line.get(index + 1);
        let begins_word = current.is_uppercase()
            && previous.is_some_and(|previous| {
                !previous.is_uppercase() || next.is_some_and(|next| next.is_lowercase())
            });
        if begins_word {
            words.push(' ');
        }
        if current == '_' {
            words.push(' ');
        } else {
            words.extend(current.to_lowercase());
        }
    }
    words
}
