//! Converts the description's mixture of Markdown and HTML into Markdown for rustdoc.
//!
//! The result cannot break a build: it has no doctest, no HTML, no link that rustdoc would resolve, and no character that
//! the compiler refuses in a comment. Code spans keep their text.

use crate::diagnostics::is_hidden;

/// Cleans a text. Returns `None` if nothing is left.
pub(super) fn clean(text: &str) -> Option<Vec<String>> {
    let text = visible(text);
    let text = line_breaks(&text);
    let mut lines: Vec<String> = Vec::new();
    let mut fenced = false;
    for line in text.lines() {
        let trimmed = line.trim();
        if trimmed.starts_with("```") || trimmed.starts_with("~~~") {
            // Code of any language is shown, never compiled.
            lines.push(if fenced { "```" } else { "```text" }.to_owned());
            fenced = !fenced;
        } else if fenced {
            lines.push(line.trim_end().to_owned());
        } else {
            // A tag may have hidden the start of the line.
            let text = inline(trimmed);
            let (markers, rest) = containers(text.trim());
            lines.push(indent(line) + &markers + &block_start(rest));
        }
    }
    if fenced {
        lines.push("```".to_owned());
    }
    lines.dedup_by(|a, b| a.is_empty() && b.is_empty());
    let start = lines.iter().position(|line| !line.is_empty())?;
    let end = lines.iter().rposition(|line| !line.is_empty())?;
    Some(lines.drain(start..=end).collect())
}

/// Removes the characters that a reader cannot see or that the compiler refuses.
fn visible(text: &str) -> String {
    let text = text.replace("\r\n", "\n").replace('\r', "\n").replace('\t', " ");
    text.chars().filter(|c| *c == '\n' || !is_hidden(*c)).collect()
}

/// Turns `<br />` into line breaks: two in a row begin a paragraph.
fn line_breaks(text: &str) -> String {
    ["<br />", "<br/>", "<br>", "</p>", "</li>"]
        .iter()
        .fold(text.to_owned(), |text, tag| text.replace(tag, "\n"))
}

/// List items may be indented; anything else would become a code block, which rustdoc would compile.
fn indent(line: &str) -> String {
    let depth = line.chars().take_while(|c| *c == ' ').count();
    let item = line.trim_start().starts_with(['*', '-', '+']);
    if item && (2..=3).contains(&depth) { " ".repeat(depth) } else { String::new() }
}

/// The marks of list items and quotes that a line begins with, one space after each, and what follows them. With more
/// spaces what follows would be code.
fn containers(line: &str) -> (String, &str) {
    let (mut markers, mut rest) = (String::new(), line);
    loop {
        let digits = rest.chars().take_while(char::is_ascii_digit).count();
        let mark = match rest.get(digits..).and_then(|rest| rest.chars().next()) {
            Some('.' | ')') if digits > 0 => digits + 1,
            Some('-' | '*' | '+' | '>') if digits == 0 => 1,
            _ => return (markers, rest),
        };
        let (mark, tail) = rest.split_at(mark);
        // A blank follows the mark of a list item: `*x*`, `-1` and `1.5` are not marks. `block_start` handles rules.
        if tail.is_empty() || !(tail.starts_with(' ') || mark == ">") || is_rule(rest) {
            return (markers, rest);
        }
        markers.push_str(&format!("{mark} "));
        rest = tail.trim_start();
    }
}

/// Escapes a character that would begin a heading, an underline or a table.
fn block_start(line: &str) -> String {
    if line.starts_with(['#', '|', '~']) || is_rule(line) { format!("\\{line}") } else { line.to_owned() }
}

/// Whether a line draws a rule, underlines the one before it, or divides a table's head from its rows.
fn is_rule(line: &str) -> bool {
    line.len() >= 2 && line.chars().all(|c| matches!(c, '-' | '=' | '|' | ':' | ' '))
}

/// Cleans a line outside code spans.
fn inline(line: &str) -> String {
    let mut out = String::with_capacity(line.len());
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (before, tail) = rest.split_at(start);
        out.push_str(&prose(before));
        let ticks = tail.chars().take_while(|c| *c == '`').count();
        let (fence, tail) = tail.split_at(ticks);
        match closing(tail, ticks) {
            Some(end) => {
                let (code, tail) = tail.split_at(end);
                let code = entities(code).replace("\\|", "|");
                out.push_str(&format!("{fence}{code}{fence}"));
                rest = tail.get(ticks..).unwrap_or_default();
            }
            None => {
                out.push_str(&"\\`".repeat(ticks));
                rest = tail;
            }
        }
    }
    out.push_str(&prose(rest));
    out
}

/// Where a run of exactly `ticks` back ticks begins.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text.get(at..)?.find('`') {
        let start = at + found;
        let run = text.get(start..)?.chars().take_while(|c| *c == '`').count();
        if run == ticks {
            return Some(start);
        }
        at = start + run;
    }
    None
}

/// Cleans text that holds no code.
fn prose(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        let tail = rest.get(c.len_utf8()..).unwrap_or_default();
        rest = match c {
            '[' => match link(rest) {
                Some((label, url, tail)) => {
                    let label = prose(label);
                    out.push_str(&if url.is_empty() { label } else { format!("[{label}]({url})") });
                    tail
                }
                None => push(&mut out, "\\[", tail),
            },
            ']' => push(&mut out, "\\]", tail),
            '<' => match tag(rest) {
                Some(tail) => tail,
                None => push(&mut out, "\\<", tail),
            },
            '&' => match entity(rest) {
                Some((text, tail)) => {
                    out.push_str(&escaped(text));
                    tail
                }
                None => push(&mut out, "&", tail),
            },
            '\\' => match tail.chars().next() {
                // Escapes of Markdown stay. `\|` is one only in a table.
                Some('|') => push(&mut out, "|", tail.get(1..).unwrap_or_default()),
                Some(next) if next.is_ascii_punctuation() => {
                    out.push('\\');
                    push(&mut out, &next.to_string(), tail.get(1..).unwrap_or_default())
                }
                _ => push(&mut out, "\\\\", tail),
            },
            'h' if rest.starts_with("http://") || rest.starts_with("https://") => {
                let (url, tail) = split_url(rest);
                out.push_str(&format!("<{url}>"));
                tail
            }
            _ => push(&mut out, &c.to_string(), tail),
        };
    }
    out
}

fn push<'a>(out: &mut String, text: &str, tail: &'a str) -> &'a str {
    out.push_str(text);
    tail
}

/// `[label](url)`: the label, the address (empty unless it is a whole one), and what follows.
fn link(text: &str) -> Option<(&str, &str, &str)> {
    let (label, tail) = text.strip_prefix('[')?.split_once("](")?;
    let (url, tail) = tail.split_once(')')?;
    if label.contains(['[', ']']) {
        return None;
    }
    let whole = (url.starts_with("https://") || url.starts_with("http://"))
        && url
            .chars()
            .all(|c| c.is_ascii_graphic() && !matches!(c, '<' | '>' | '(' | '`' | '\\' | '[' | ']' | '"'));
    Some((label, if whole { url } else { "" }, tail))
}

/// What follows an HTML tag. Its content stays; the tag goes.
fn tag(text: &str) -> Option<&str> {
    let (inside, tail) = text.strip_prefix('<')?.split_once('>')?;
    let name = inside.strip_prefix('/').unwrap_or(inside);
    let name = name.split([' ', '/']).next()?;
    const KNOWN: [&str; 22] = [
        "a", "b", "br", "button", "code", "div", "em", "h1", "h2", "h3", "i", "li", "ol", "p", "pre", "span",
        "strong", "sub", "sup", "table", "u", "ul",
    ];
    KNOWN.contains(&name).then_some(tail)
}

const ENTITIES: [(&str, &str); 7] = [
    ("&quot;", "\""),
    ("&amp;", "&"),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&nbsp;", " "),
    ("&#39;", "'"),
    ("&apos;", "'"),
];

fn entity(text: &str) -> Option<(&'static str, &str)> {
    ENTITIES.iter().find_map(|(entity, meaning)| Some((*meaning, text.strip_prefix(entity)?)))
}

fn entities(text: &str) -> String {
    ENTITIES.iter().fold(text.to_owned(), |text, (entity, meaning)| text.replace(entity, meaning))
}

fn escaped(text: &str) -> String {
    if matches!(text, "<" | ">") { format!("\\{text}") } else { text.to_owned() }
}

/// A bare address and what follows it. Punctuation at its end belongs to the sentence.
fn split_url(text: &str) -> (&str, &str) {
    let end = text
        .find(|c: char| {
            !c.is_ascii_graphic()
                || matches!(c, '<' | '>' | '"' | '`' | '\\' | '[' | ']' | '(' | ')' | '{' | '}' | '|' | '*')
        })
        .unwrap_or(text.len());
    let url = text.get(..end).unwrap_or(text).trim_end_matches(['.', ',', ';', ':', '!', '?', '\'']);
    text.split_at(url.len())
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[track_caller]
    fn check(text: &str, lines: &[&str]) {
        assert_eq!(clean(text).unwrap_or_default(), lines, "{text:?}");
    }

    #[test]
    fn html_is_removed_and_its_content_is_kept() {
        check("One.<br />\nTwo <b>bold</b>.<br /><br />Three.", &["One.", "", "Two bold.", "", "Three."]);
        check("a < b, x <y z", &["a \\< b, x \\<y z"]);
        check("&quot;a&quot; &lt;b&gt; & c", &["\"a\" \\<b\\> & c"]);
    }

    #[test]
    fn only_complete_links_are_kept() {
        check("[Net](https://docs.example/a_b#c).", &["[Net](https://docs.example/a_b#c)."]);
        check("[errors page](api-errors.html)", &["errors page"]);
        check("**[NOTE]** a[0] [x][y]", &["**\\[NOTE\\]** a\\[0\\] \\[x\\]\\[y\\]"]);
        check("See https://docs.example/x.", &["See <https://docs.example/x>."]);
        check("https://api.{region}.example", &["<https://api>.{region}.example"]);
    }

    #[test]
    fn code_keeps_its_text() {
        check("`a` \\| `b \\| c` | `<T>` ``x`y``", &["`a` | `b | c` | `<T>` ``x`y``"]);
        check("`[0]` and ` alone", &["`[0]` and \\` alone"]);
        check("```\nlet x;\n```", &["```text", "let x;", "```"]);
        check("~~~rust\nlet x;", &["```text", "let x;", "```"]);
    }

    #[test]
    fn text_never_becomes_a_doctest_heading_or_table() {
        check("    let x = 1;", &["let x = 1;"]);
        check("# Title\n|a|\n---", &["\\# Title", "\\|a|", "\\---"]);
        check("* one\n  * two\n* three", &["* one", "  * two", "* three"]);
        check("-     let x;\n1.     y\n>     > z", &["- let x;", "1. y", "> > z"]);
        check("<p>    let x;\n<b>-     y", &["let x;", "- y"]);
        check("> ```\n- ~~~ rust\n-1 *a* 1.5", &["> \\`\\`\\`", "- \\~~~ rust", "-1 *a* 1.5"]);
    }

    #[test]
    fn characters_that_the_compiler_refuses() {
        check("a\r\nb\rc\u{7}\u{202E}d\u{FEFF} */ /* \\x \\\\", &["a", "b", "cd */ /* \\\\x \\\\"]);
        assert_eq!(clean(" \n \r\n<br>"), None);
    }
}
