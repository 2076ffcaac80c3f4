//! What must never be logged, in all the ways in which it could be written.

use std::io::{self, Write};
use std::process;
use std::sync::{LazyLock, Mutex, PoisonError};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

use crate::cloud::{LOGIN, PASSWORD, SECRET_KEY};

/// What stands before the digits of a signature in the header that carries it.
const SIGNATURE: &str = "Signature=";

/// All spellings of the account's secrets, and of what tests have forbidden beside them.
static FORBIDDEN: LazyLock<Mutex<Vec<String>>> = LazyLock::new(|| {
    let pair = STANDARD.encode(format!("{LOGIN}:{PASSWORD}"));
    Mutex::new([SECRET_KEY, PASSWORD, &pair].into_iter().flat_map(spellings).collect())
});

/// Forbids one more secret: a proxy's password, or a line out of the middle of a private key.
///
/// # Panics
/// When it is so short that it could stand in a line by chance.
pub fn forbid(secret: &str) {
    assert!(secret.len() >= 8, "a secret of {} bytes could be there by chance", secret.len());
    FORBIDDEN.lock().unwrap_or_else(PoisonError::into_inner).extend(spellings(secret));
}

/// Whether a text tells a secret: one that is forbidden, or the digits of any signature.
pub fn tells_secret(text: &str) -> bool {
    let mut after_names = text.split(SIGNATURE).skip(1);
    let forbidden = FORBIDDEN.lock().unwrap_or_else(PoisonError::into_inner);
    after_names.any(|rest| rest.starts_with(|c: char| c.is_ascii_hexdigit()))
        || forbidden.iter().any(|secret| text.contains(secret))
}

/// Ends the process if a line that was logged tells a secret.
pub(super) fn check(line: &str) {
    if tells_secret(line) {
        let message = format!("\nA secret was logged; the whole test run ends here:\n{line}\n");
        // Neither the macros, whose output a test harness keeps for later, nor a panic, which a task may swallow.
        drop(io::stderr().write_all(message.as_bytes()));
        process::abort();
    }
}

/// A text as it is, as the `Debug` of a string and of bytes write it, as a list of numbers, and in base64.
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
