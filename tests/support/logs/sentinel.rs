//! Secrets that must never be logged, in every form in which they could be written.

use std::io::{self, Write};
use std::process;
use std::sync::{LazyLock, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::cloud::{LOGIN, PASSWORD, SECRET_KEY};

/// Prefix of a signature in the `Authorization` header.
const SIGNATURE: &str = "Signature=";

/// All spellings of the account's secrets and of the secrets registered by tests.
static FORBIDDEN: LazyLock<Mutex<Vec<String>>> = LazyLock::new(|| {
    let pair = STANDARD.encode(format!("{LOGIN}:{PASSWORD}"));
    Mutex::new([SECRET_KEY, PASSWORD, &pair].into_iter().flat_map(spellings).collect())
});

/// Registers another secret, such as a proxy's password or a line of a private key.
///
/// # Panics
/// Panics if the secret is so short that a line could contain it by chance.
pub fn forbid(secret: &str) {
    assert!(secret.len() >= 8, "a secret of {} bytes could occur by chance", secret.len());
    FORBIDDEN.lock().unwrap_or_else(PoisonError::into_inner).extend(spellings(secret));
}

/// Whether a text contains a registered secret or the digits of a signature.
pub fn contains_secret(text: &str) -> bool {
    let mut after_names = text.split(SIGNATURE).skip(1);
    let forbidden = FORBIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    after_names.any(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()))
        || forbidden.iter().any(|secret| text.contains(secret))
}

/// Aborts the process if a logged line contains a secret.
pub(super) fn check(line: &str) {
    if contains_secret(line) {
        let message = format!("\nA secret was logged; aborting the test run:\n{line}\n");
        // Not the print macros, whose output the test harness captures, and not a panic, which a task may swallow.
        drop(io::stderr().write_all(message.as_bytes()));
        process::abort();
    }
}

/// The text itself, its `Debug` output as a string and as bytes, as a list of numbers, and in base64.
fn spellings(secret: &str) -> Vec<String> {
    let inner = |text: String| text.trim_matches(['[', ']', '"']).to_owned();
    let mut all = vec![
        secret.to_owned(),
        inner(format!("{secret:?}")),
        secret.as_bytes().escape_ascii().to_string(),
        inner(format!("{:?}", secret.as_bytes())),
        STANDARD.encode(secret),
    ];
    all.dedup();
    all
}
