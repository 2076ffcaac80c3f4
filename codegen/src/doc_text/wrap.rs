//! Wrapping of documentation lines.

/// Maximum columns of a generated line.
const MAX_COLUMNS: usize = 120;

/// Columns in front of a documentation line: the deepest indentation, which is a member of an item, and the slashes.
const PREFIX: usize = "    /// ".len();

/// Wraps paragraphs and list items between words, so that no generated line gets too long.
///
/// Lines that a source file broke are joined first. Code blocks, tables and headings stay as they are. A code span or
/// link is never broken, so a single long one can exceed the limit.
pub(crate) fn wrap(lines: &[String]) -> Vec<String> {
    let mut wrapped = Vec::new();
    for line in join(lines) {
        if line.is_verbatim || PREFIX + line.text.chars().count() <= MAX_COLUMNS {
            wrapped.push(line.text);
        } else {
            wrap_line(&line.text, &mut wrapped);
        }
    }
    wrapped
}

/// A paragraph, a list item or a line that is printed as it is.
struct Block {
    text: String,
    is_verbatim: bool,
}

/// Joins the lines of each paragraph and of each list item.
fn join(lines: &[String]) -> Vec<Block> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut is_code = false;
    let mut is_open = false;
    for line in lines {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        let is_verbatim = is_code || is_fence || is_single(line);
        match blocks.last_mut() {
            Some(last) if is_open && !is_verbatim && !interrupts(line, &last.text) => {
                last.text.push(' ');
                last.text.push_str(line.trim_start());
            }
            _ => blocks.push(Block { text: line.clone(), is_verbatim }),
        }
        is_open = !is_verbatim && !line.ends_with("  ") && !line.ends_with('\\');
    }
    blocks
}

/// Whether a line is a block of its own: an empty line, a heading, a row of a table, an HTML tag or a link definition.
fn is_single(line: &str) -> bool {
    let text = line.trim_start();
    text.is_empty()
        || text.starts_with(['#', '|', '<'])
        || (text.starts_with('[') && text.contains("]: "))
        || text.chars().all(|c| matches!(c, '-' | '=' | '*' | '_'))
}

/// Whether a line begins a list item or a quotation, after a block that has no end yet.
///
/// A number other than 1 begins an item only in a list of numbers, as in Markdown.
fn interrupts(line: &str, block: &str) -> bool {
    let is_numbered = |text: &str| text.starts_with(|c: char| c.is_ascii_digit());
    let mark = split_mark(line).0.trim();
    match mark.trim_end_matches(['.', ')']) {
        "" => false,
        number if is_numbered(number) => number == "1" || is_numbered(split_mark(block).0.trim()),
        _ => true,
    }
}

/// A line that begins a block keeps its mark on the first line; what follows is indented below its text.
fn wrap_line(line: &str, wrapped: &mut Vec<String>) {
    let (indent, text) = split_mark(line);
    let hanging = if indent.trim_start().starts_with('>') {
        indent.to_owned()
    } else {
        " ".repeat(indent.chars().count())
    };
    let mut current = indent.to_owned();
    let mut is_empty = true;
    for word in unbreakable(text) {
        let would_be = PREFIX + current.chars().count() + 1 + word.chars().count();
        if !is_empty && would_be > MAX_COLUMNS && !begins_block(word) {
            wrapped.push(std::mem::replace(&mut current, hanging.clone()));
            is_empty = true;
        }
        if !is_empty {
            current.push(' ');
        }
        current.push_str(word);
        is_empty = false;
    }
    wrapped.push(current);
}

/// The indentation and the mark of a list item or quotation, and the text after them.
fn split_mark(line: &str) -> (&str, &str) {
    let start = line.len() - line.trim_start().len();
    let text = line.get(start..).unwrap_or_default();
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let mark = match text.get(digits..).unwrap_or_default() {
        rest if digits > 0 && (rest.starts_with(". ") || rest.starts_with(") ")) => digits + 2,
        rest if digits == 0 && ["- ", "* ", "+ ", "> "].iter().any(|mark| rest.starts_with(mark)) => 2,
        _ => 0,
    };
    line.split_at(start + mark)
}

/// The words of a text, with code spans and links in one piece.
fn unbreakable(text: &str) -> Vec<&str> {
    let mut words = Vec::new();
    let (mut start, mut ticks, mut brackets) = (0, 0_usize, 0_usize);
    let mut rest = text.char_indices().peekable();
    while let Some((at, c)) = rest.next() {
        match c {
            '\\' if ticks == 0 => _ = rest.next(),
            '`' => {
                let mut run = 1;
                while rest.next_if(|(_, c)| *c == '`').is_some() {
                    run += 1;
                }
                ticks = match ticks {
                    0 => run,
                    open if open == run => 0,
                    open => open,
                };
            }
            '[' | '(' if ticks == 0 && is_link(text, at, c) => brackets += 1,
            ']' | ')' if ticks == 0 => brackets = brackets.saturating_sub(1),
            ' ' if ticks == 0 && brackets == 0 => {
                words.extend(text.get(start..at).filter(|word| !word.is_empty()));
                start = at + 1;
            }
            _ => {}
        }
    }
    words.extend(text.get(start..).filter(|word| !word.is_empty()));
    words
}

/// Whether a bracket belongs to a link: parentheses do only directly after its label.
fn is_link(text: &str, at: usize, bracket: char) -> bool {
    bracket == '[' || text.get(..at).is_some_and(|before| before.ends_with(']'))
}

/// Whether a line that begins with this word would be read as a list item, a quotation, a heading or a rule.
fn begins_block(word: &str) -> bool {
    let is_number = word
        .strip_suffix(['.', ')'])
        .is_some_and(|rest| !rest.is_empty() && rest.bytes().all(|byte| byte.is_ascii_digit()));
    is_number
        || word.starts_with(['>', '#', '|', '~'])
        || word.chars().all(|c| matches!(c, '-' | '*' | '+' | '=' | '_' | ':'))
}

#[cfg(test)]
mod tests {
    use super::{MAX_COLUMNS, PREFIX, unbreakable, wrap};

    #[test]
    fn long_lines_are_wrapped_between_words() {
        let long = "word ".repeat(60);
        let wrapped = wrap(&[long.trim_end().to_owned()]);
        assert!(wrapped.len() > 1);
        assert!(wrapped.iter().all(|line| PREFIX + line.len() <= MAX_COLUMNS), "{wrapped:?}");
        assert_eq!(wrapped.join(" "), long.trim_end());
    }

    #[test]
    fn lines_of_a_paragraph_are_joined() {
        let lines = |text: &str| text.lines().map(str::to_owned).collect::<Vec<_>>();
        let text = "One to\n3. Two.\n\n1. a\n2. b\n\n- a\n  b\n- c\nd\n\n# H\n| x |\n| y |\n\n> q\n\n```text\nx\ny\n```\ne  \nf\n[g]: h";
        let joined = "One to 3. Two.\n\n1. a\n2. b\n\n- a b\n- c d\n\n# H\n| x |\n| y |\n\n> q\n\n```text\nx\ny\n```\ne  \nf\n[g]: h";
        assert_eq!(wrap(&lines(text)), lines(joined));
        let long = "word ".repeat(60);
        let once = wrap(&[long.trim_end().to_owned()]);
        assert_eq!(wrap(&once), once, "wrapping is stable");
    }

    #[test]
    fn list_items_continue_below_their_text() {
        let wrapped = wrap(&[format!("- {}", "word ".repeat(60).trim_end())]);
        assert!(wrapped.iter().skip(1).all(|line| line.starts_with("  word")), "{wrapped:?}");
    }

    #[test]
    fn code_spans_and_links_stay_in_one_piece() {
        assert_eq!(
            unbreakable("a `b c` [d e](f g) (h i) \\[j k"),
            ["a", "`b c`", "[d e](f g)", "(h", "i)", "\\[j", "k"]
        );
        assert_eq!(unbreakable("`` a ` b `` c"), ["`` a ` b ``", "c"]);
    }

    #[test]
    fn no_line_becomes_a_list_item_by_wrapping() {
        for word in ["-", "1.", "#x", ">"] {
            let text = format!("{} {word} {}", "a".repeat(110), "b".repeat(60));
            let wrapped = wrap(&[text]);
            assert!(wrapped.iter().all(|line| !line.starts_with(word)), "{wrapped:?}");
        }
    }

    #[test]
    fn code_blocks_stay_as_they_are() {
        let lines = ["```text".to_owned(), "x ".repeat(100), "```".to_owned()];
        assert_eq!(wrap(&lines), lines);
    }
}
