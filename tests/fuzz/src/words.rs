//! The names and text fragments of hostile descriptions.

/// Names with a meaning in Rust, YAML or shells, and unusual ones.
#[rustfmt::skip]
pub const WORDS: &[&str] = &[
    "Size", "type", "Self", "self", "crate", "super", "_", "fn", "async", "gen", "r#type", "Option", "Vec",
    "String", "Box", "Result", "Default", "Ok", "None", "new", "default", "clone", "from", "into", "eq",
    "fmt", "with", "build", "serde", "std", "core", "__private", "types", "action", "fake_data", "common",
    "modules", "service", "waiters", "blocking", "codes", "Client", "client", "request", "value", "main", "u8", "str",
    "bool", "i64", "dyn", "union", "macro_rules", "static", "é", "名前", "ﬁ", "İ", "ß", "Ω", "a\u{301}",
    "\u{202e}x", "x\u{200b}y", "a\"b", "a'b", "a\\b", "a\\", "*/x", "/*x", "\"#x", "r#\"x\"#", "a\nb",
    "a\r\nb", "\0x", "a\tb", "a/b", "a~b", "a~1b", "a b", "9", "9lives", "-1", "A-B", "A_B", "aB", "AB",
    "ABc", "a.b", "a::b", "<T>", "{x}", "{}", "$ref", "$x", "`x`", "[x]", "%s", "#x", "//x", "x ", " x",
    "null", "true", "1e3", "~", "=", "VRam", "vram", "Vram",
];

/// Fragments of Markdown and HTML, and of text that could break rustdoc or the compiler.
#[rustfmt::skip]
pub const PIECES: &[&str] = &[
    "A text", ".", " ", "\n", "\n\n", "\r\n", "\r", "\t", "    let x = 1;\n", "\n    let x = y;\n",
    "\n\n        deep();\n", "```", "\n```\n", "\n```rust\n", "\n````\n", "~~~", "\n~~~ rust\n", "`", "``",
    "`code`", "<br />", "<br>", "<b>", "</b>", "<p>", "<script>", "</script>", "<!--", "-->", "<?x",
    "<![CDATA[", "<T>", "Vec<u8>", "<a href='x'>", "<https://x.example>", "<x@y.example>", "</", "<", ">",
    "&lt;", "&amp;lt;", "&nbsp;", "&#60;", "&#x3c;", "&copy;", "[", "]", "[x]", "[x][y]", "[x]: y\n",
    "\n[x]: http://y\n", "[x](y)", "[x](http://y.example/(z))", "![x](y)", "!", "[^1]", "\n[^1]: x\n", "](",
    ")", "(", "http://", "https://x.example/a_b?c=[d]", "https://x.example/`", "\n# Heading\n",
    "\nx\n===\n", "\nx\n---\n", "\n---\n", "\n***\n", "* ", "\n* x\n", "\n  * y\n", "\n    * z\n",
    "\n-     code\n", "\n1. x\n", "\n1.     code\n", "\n   continued\n", "\n> x\n", "\n>     code\n",
    "\n> ```\n", "\n* ```\n", "\n- [ ] x\n", "|", "\n| a | b |\n|---|---|\n| c | d |\n", "\\", "\\\\",
    "\\`", "\\n", "\\<", "*", "**", "_", "~~", "$", "{", "}", "\"", "'", "\"#", "*/", "/*", "//", "/", "\0",
    "\u{7f}", "\u{85}", "\u{a0}", "\u{200b}", "\u{2028}", "\u{202e}", "\u{2066}", "\u{feff}", "\u{fffd}",
    "é", "名", "😀", "#", "##", "#[x]", "#![x]", "=", ":", "-", "+", "+ x\n", "\n#![deny(x)]\n", "@",
    "www.x.example",
];
