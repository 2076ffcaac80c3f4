//! The documentation as Markdown: one file per tag, for a website or for full-text search.

mod links;

use std::fmt::Write;

use self::links::Links;
use crate::Files;
use crate::doc_text::code;
use crate::emit::example_blocks;
use crate::ir::{Action, Alias, Api, Direction, Enum, Field, Identifier, Module, Struct, TypeDef, Values};

/// The documentation, by file name: `README.md` leads to one file for each tag.
pub fn export(api: &Api) -> Files {
    let links = Links::of(api);
    let mut files: Files = api
        .modules
        .iter()
        .map(|module| (format!("{}.md", module.name), Page { links: &links, text: String::new() }.of(module)))
        .collect();
    files.insert("README.md".to_owned(), index(api, &links));
    files
}

/// The page that lists the others with their actions.
fn index(api: &Api, links: &Links<'_>) -> String {
    let mut page = Page { links, text: String::new() };
    page.line(&format!("# The {} API {} in Rust", api.service.name, api.version));
    for Module { name, actions, .. } in &api.modules {
        page.line("");
        page.line(&format!("## [{name}]({name}.md)"));
        page.line("");
        if actions.is_empty() {
            page.line("Types used by several tags.");
        }
        for Action { method, summary, .. } in actions {
            let summary = summary.iter().take_while(|line| !line.is_empty()).cloned().collect::<Vec<_>>();
            let summary = page.links.resolve(&summary.join(" "));
            page.line(&format!("- [`{method}`]({name}.md#{method}): {summary}"));
        }
    }
    page.text
}

/// A page that is being written.
struct Page<'a> {
    links: &'a Links<'a>,
    text: String,
}

impl Page<'_> {
    fn of(mut self, module: &Module) -> String {
        let Module { name, title: _, docs: _, imports: _, types, actions } = module;
        self.line(&format!("# {name}"));
        for action in actions {
            self.action(action);
        }
        for definition in types {
            match definition {
                TypeDef::Struct(definition) => self.structure(definition),
                TypeDef::Enum(definition) => self.enumeration(definition),
                TypeDef::Alias(Alias { name, at: _, docs, ty }) => {
                    self.heading(name, docs);
                    self.line("");
                    self.line(&format!("Another name for {}.", self.links.type_(&ty.to_string(), ty)));
                }
                TypeDef::Identifier(Identifier { name, at: _, docs, from: _ }) => self.heading(name, docs),
            }
        }
        self.text
    }

    fn action(&mut self, action: &Action) {
        let Action { wire, method, request, response, summary, facts, .. } = action;
        self.heading(method, summary);
        self.line("");
        self.paragraphs("", facts);
        self.line(&format!("- On the wire: `POST /{wire}`"));
        let [request, response] = [request, response].map(|name| self.links.named(name));
        self.line(&format!("- Request: {request}"));
        self.line(&format!("- Response: {response}"));
        for (title, lines) in example_blocks(action) {
            self.line("");
            if !title.is_empty() {
                self.line(&format!("{title}:"));
                self.line("");
            }
            // The lines that rustdoc hides are for its compiler only.
            let shown = lines.iter().filter(|line| !line.starts_with("# "));
            for line in shown {
                self.line(if line == "```no_run" { "```rust" } else { line });
            }
        }
    }

    fn structure(&mut self, definition: &Struct) {
        let Struct { name, at: _, docs, direction, has_default: _, fields, accessors: _, tag_accessor: _ } =
            definition;
        self.heading(name, docs);
        self.line("");
        if *direction != Direction::Response {
            let required: Vec<&str> =
                fields.iter().filter(|field| field.required).map(|field| field.ident.as_str()).collect();
            self.line(&format!("Constructor: `{name}::new({})`.", required.join(", ")));
            self.line("");
        }
        if fields.is_empty() {
            self.line("It has no fields.");
        }
        for field in fields {
            let Field { wire, ident, ty, docs, .. } = field;
            self.line(&format!("- `{ident}` (`{wire}`), {}  ", self.links.type_(&field.type_text(), ty)));
            self.paragraphs("  ", docs);
        }
    }

    fn enumeration(&mut self, definition: &Enum) {
        let Enum { name, at: _, docs, values } = definition;
        self.heading(name, docs);
        self.line("");
        let values: Vec<(&String, String)> = match values {
            Values::Text(values) => values.iter().map(|(variant, text)| (variant, code(text))).collect(),
            Values::Integer(values) => {
                values.iter().map(|(variant, value)| (variant, code(&value.to_string()))).collect()
            }
        };
        for (variant, value) in values {
            self.line(&format!("- `{name}::{variant}`: {value}"));
        }
    }

    /// A heading and the text below it.
    fn heading(&mut self, name: &str, docs: &[String]) {
        self.line("");
        self.line(&format!("## {name}"));
        self.line("");
        self.paragraphs("", docs);
    }

    fn paragraphs(&mut self, indent: &str, lines: &[String]) {
        for line in lines {
            let line = self.links.resolve(line);
            self.line(if line.is_empty() { String::new() } else { format!("{indent}{line}") }.as_str());
        }
    }

    fn line(&mut self, line: &str) {
        // Writing into a string cannot fail.
        _ = writeln!(self.text, "{line}");
    }
}
