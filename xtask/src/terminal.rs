//! Output: sanitized, coloured on a terminal, and never a reason to panic.

use std::io::{ErrorKind, IsTerminal, Write, stderr, stdout};
use std::sync::OnceLock;

use osc_codegen::visible;

/// The first error of standard output, except a closed pipe.
static OUTPUT_ERROR: OnceLock<String> = OnceLock::new();

/// Prints lines on standard output. A closed pipe ends the output, not the command; any other error is returned by
/// [`output_error`].
pub(crate) fn print(text: &str) {
    let is_coloured = has_colours(stdout().is_terminal());
    write(&mut stdout().lock(), &sanitized(text, is_coloured));
}

/// Prints JSON on standard output, with escapes for characters that a terminal may interpret.
pub(crate) fn print_json(text: &str) {
    let escape = |c: char| match visible(c.encode_utf8(&mut [0; 4])) {
        shown if c == '\n' || shown.starts_with(c) => c.to_string(),
        _ => format!("\\u{:04x}", u32::from(c)),
    };
    write(&mut stdout().lock(), &text.chars().map(escape).collect::<String>());
}

/// Prints a text of the program itself, which may contain any character.
pub(crate) fn print_script(text: &str) {
    write(&mut stdout().lock(), text);
}

/// Prints lines on standard error. Errors are ignored: the exit code reports the result.
pub(crate) fn warn(text: &str) {
    let is_coloured = has_colours(stderr().is_terminal());
    _ = stderr().lock().write_all(sanitized(text, is_coloured).as_bytes());
}

/// Why standard output is incomplete. `None` if it is complete or its reader closed it.
pub(crate) fn output_error() -> Option<&'static str> {
    OUTPUT_ERROR.get().map(String::as_str)
}

fn write(output: &mut impl Write, text: &str) {
    let result = output.write_all(text.as_bytes()).and_then(|()| output.flush());
    if let Err(error) = result.as_ref()
        && error.kind() != ErrorKind::BrokenPipe
    {
        _ = OUTPUT_ERROR.set(format!("cannot write the output: {error}"));
    }
}

/// See <https://no-color.org>.
fn has_colours(is_terminal: bool) -> bool {
    is_terminal
        && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        && std::env::var_os("TERM").is_none_or(|value| value != "dumb")
}

/// Replaces control characters, so that no input reaches the terminal as a command.
fn sanitized(text: &str, is_coloured: bool) -> String {
    let line = |line: &str| {
        let (content, end) = line.strip_suffix('\n').map_or((line, ""), |content| (content, "\n"));
        let content = visible(content);
        match colour(&content).filter(|_| is_coloured) {
            Some((length, code)) => {
                let (start, rest) = content.split_at_checked(length).unwrap_or((&content, ""));
                format!("\x1b[{code}m{start}\x1b[0m{rest}{end}")
            }
            None => content + end,
        }
    };
    text.split_inclusive('\n').map(line).collect()
}

/// The number of bytes to colour at the start of a line, and the code of the colour.
fn colour(line: &str) -> Option<(usize, &'static str)> {
    let severities = [("error:", "1;31"), ("warning:", "1;33"), ("note:", "1;36")];
    if let Some((word, code)) = severities.into_iter().find(|(word, _)| line.starts_with(word)) {
        return Some((word.len(), code));
    }
    let word = line.split([' ', ':']).next().unwrap_or_default();
    let is_heading = word.len() > 2 && word.chars().all(|c| c.is_ascii_uppercase() || c == '.');
    match line.trim_start().chars().next() {
        _ if is_heading => Some((line.find(':').unwrap_or(line.len()), "1")),
        Some('+') if line.starts_with("    ") => Some((line.len(), "32")),
        Some('-') if line.starts_with("    ") => Some((line.len(), "31")),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::sanitized;

    #[test]
    fn control_characters_are_replaced_and_only_our_colours_remain() {
        assert_eq!(sanitized("error: a\x1b[2J\r\nb\n", false), "error: a␛[2J␍\nb\n");
        assert_eq!(sanitized("error: a\n", true), "\x1b[1;31merror:\x1b[0m a\n");
        assert_eq!(sanitized("BREAKING: 2\n", true), "\x1b[1mBREAKING\x1b[0m: 2\n");
        assert_eq!(sanitized("plain\n", true), "plain\n");
    }
}
