//! Every rule by a small change. `rules.txt` has the reported changes; `BLESS=1` rewrites it.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::sync::OnceLock;

use osc_codegen::ir::{Api, TypeDef};
use osc_codegen::{Change, ChangeKind, Diff};

use crate::expected;
use crate::small::Texts;

/// A named change of the base: pairs of strings and their replacements.
pub type Case = (&'static str, &'static [(&'static str, &'static str)]);

const CAGE_ID: &str = "        CageId: {type: string}\n";
const READ: &str = "schema: {$ref: '#/components/schemas/ReadCagesRequest'}";

pub const CASES: &[Case] = &[
    ("nothing", &[]),
    ("another version alone", &[("version: \"1\"}", "version: \"2\"}")]),
    // Actions.
    (
        "an action less, with its bodies",
        &[
            (
                "  /DeleteCage:\n    post:\n      tags: [Cage]\n      security: [{Key: []}, {Login: []}]\n      requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/DeleteCageRequest'}}}}\n      responses: {'200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/DeleteCageResponse'}}}}}\n",
                "",
            ),
            (
                "    DeleteCageRequest: {type: object, required: [CageId], properties: {CageId: {type: string}}}\n    DeleteCageResponse: {type: object, properties: {Done: {type: boolean}}}\n",
                "",
            ),
        ],
    ),
    ("an action under another name", &[("  /DeleteCage:", "  /DeleteOldCage:")]),
    (
        "an action under another name, with its bodies",
        &[
            ("  /DeleteCage:", "  /DeleteOldCage:"),
            (
                "schema: {$ref: '#/components/schemas/DeleteCageRequest'}",
                "schema: {$ref: '#/components/schemas/DeleteOldCageRequest'}",
            ),
            (
                "schema: {$ref: '#/components/schemas/DeleteCageResponse'}",
                "schema: {$ref: '#/components/schemas/DeleteOldCageResponse'}",
            ),
            ("    DeleteCageRequest:", "    DeleteOldCageRequest:"),
            ("    DeleteCageResponse:", "    DeleteOldCageResponse:"),
        ],
    ),
    ("an action under a name that is not alike", &[("  /DeleteCage:", "  /PutAnimal:")]),
    ("a method of another name", &[("x-rust-name: CheckEveryCage", "x-rust-name: CheckCages")]),
    (
        "another request",
        &[(
            "schema: {$ref: '#/components/schemas/CheckCagesRequest'}",
            "schema: {$ref: '#/components/schemas/FiltersCage'}",
        )],
    ),
    (
        "another response",
        &[(
            "schema: {$ref: '#/components/schemas/CheckCagesResponse'}",
            "schema: {$ref: '#/components/schemas/DeleteCageResponse'}",
        )],
    ),
    ("authentication where none was", &[("      security: []\n", "")]),
    ("no login any more", &[("security: [{Key: []}, {Login: []}]", "security: [{Key: []}]")]),
    ("no authentication any more", &[("security: [{Key: []}, {Login: []}]", "security: []")]),
    ("a login is enough", &[("security: []", "security: [{Key: []}, {Login: []}]")]),
    (
        "a client token",
        &[("        Note: {type", "        ClientToken: {type: string}\n        Note: {type")],
    ),
    (
        "a tag of its own",
        &[(
            "  /CheckCages:\n    post:\n      tags: [Cage]",
            "  /CheckCages:\n    post:\n      tags: [Check]",
        )],
    ),
    ("an action deprecated", &[("      security: []\n", "      security: []\n      deprecated: true\n")]),
    // Pagination.
    ("no pages any more", &[("        ResultsPerPage: {type: integer}\n", "")]),
    ("pages of another type", &[("x-page-items: [Cages]", "x-page-items: [Tags]")]),
    (
        "pages of two lists",
        &[
            ("x-page-items: [Cages]", "x-page-items: [Cages, Cellars]"),
            (
                "        Tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}\n    Tag:",
                "        Cellars: {type: array, items: {$ref: '#/components/schemas/Cage'}}\n    Tag:",
            ),
        ],
    ),
    (
        "pages by the number of the first item",
        &[
            (
                "        NextPageToken: {type: string}\n        ResultsPerPage",
                "        FirstItem: {type: integer}\n        ResultsPerPage",
            ),
            (
                "        NextPageToken: {type: string}\n        Tags",
                "        HasMoreItems: {type: boolean}\n        Tags",
            ),
        ],
    ),
    // Types.
    (
        "a type more",
        &[(
            "    Weight: {",
            "    Height: {type: object, properties: {Meters: {type: number}}}\n    Weight: {",
        )],
    ),
    ("an alias of something else", &[("    Weight: {type: number}", "    Weight: {type: integer}")]),
    ("an alias less", &[("    Weight: {type: number}\n", "")]),
    (
        "an alias that is a struct",
        &[("    Weight: {type: number}", "    Weight: {type: object, properties: {Grams: {type: integer}}}")],
    ),
    (
        "a type under another name, of the same content",
        &[
            (
                "        Lock: {$ref: '#/components/schemas/Lock'}",
                "        Lock: {$ref: '#/components/schemas/CageLock'}",
            ),
            ("    Lock: {type", "    CageLock: {type"),
        ],
    ),
    (
        "a type under another name, with a field more",
        &[
            (
                "        Kind: {$ref: '#/components/schemas/CageKind'}\n        Lock: {$ref: '#/components/schemas/Lock'}",
                "        Kind: {$ref: '#/components/schemas/CageKind'}\n        Lock: {$ref: '#/components/schemas/CageLock'}",
            ),
            (
                "    Lock: {type: object, properties: {",
                "    CageLock: {type: object, properties: {Age: {type: integer}, ",
            ),
        ],
    ),
    (
        "a response's type that is sent too",
        &[("        Note: {type", "        Lock: {$ref: '#/components/schemas/Lock'}\n        Note: {type")],
    ),
    (
        "a request's type that is received too",
        &[(
            "properties: {Done: {type: boolean}}",
            "properties: {Done: {type: boolean}, Again: {$ref: '#/components/schemas/CreateCageRequest'}}",
        )],
    ),
    (
        "a type that is not sent any more",
        &[(
            "        Tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}\n    CreateCageResponse",
            "    CreateCageResponse",
        )],
    ),
    (
        "a type that is not received any more",
        &[("        Tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}\n    Tag:", "    Tag:")],
    ),
    // Fields.
    ("a field of a response less", &[("        Since: {type: string, format: date}\n", "")]),
    (
        "a field of a response more",
        &[(CAGE_ID, "        CageId: {type: string}\n        Age: {type: integer}\n")],
    ),
    ("a field of a request less", &[("        Note: {type: string, default: empty}\n", "")]),
    (
        "an optional field of a request more",
        &[("        Note: {type", "        Extra: {type: boolean}\n        Note: {type")],
    ),
    (
        "a required field more",
        &[
            ("        Note: {type", "        Extra: {type: boolean}\n        Note: {type"),
            ("[Doors, Name]", "[Doors, Extra, Name]"),
        ],
    ),
    (
        "a required field less",
        &[("        Doors: {type: integer, minimum: 1}\n", ""), ("[Doors, Name]", "[Name]")],
    ),
    (
        "the first required field",
        &[("properties: {Deep: {type: boolean}}", "required: [Deep], properties: {Deep: {type: boolean}}")],
    ),
    ("the last required field", &[("required: [CageId], ", "")]),
    ("required, one of several", &[("[Doors, Name]", "[Doors, Name, Note]")]),
    ("optional, one of several", &[("[Doors, Name]", "[Doors]")]),
    ("required in a response", &[("properties: {Good: ", "required: [Good], properties: {Good: ")]),
    ("required, sent and received", &[("required: [Key], ", "required: [Key, Value], ")]),
    (
        "null in a request",
        &[("Note: {type: string, default", "Note: {type: string, nullable: true, default")],
    ),
    ("null in a request no more", &[("{type: string, nullable: true}", "{type: string}")]),
    ("null in a response", &[("Since: {type: string, ", "Since: {type: string, nullable: true, ")]),
    (
        "required and null at once",
        &[
            ("[Doors, Name]", "[Doors, Name, Note]"),
            ("Note: {type: string, ", "Note: {type: string, nullable: true, "),
        ],
    ),
    ("null where it was required", &[("Name: {type: string, ", "Name: {type: string, nullable: true, ")]),
    ("a name that is alike", &[(CAGE_ID, "        CageIds: {type: string}\n")]),
    (
        "a name that is not alike, in the same place",
        &[("        Since: {type: string, format: date}", "        Opened: {type: string, format: date}")],
    ),
    (
        "a name that is not alike, elsewhere",
        &[
            ("        Since: {type: string, format: date}\n", ""),
            (CAGE_ID, "        Built: {type: string, format: date}\n        CageId: {type: string}\n"),
        ],
    ),
    (
        "a name that is alike, of another type",
        &[(CAGE_ID, "        CageIds: {type: array, items: {type: string}}\n")],
    ),
    ("a name that is the same in Rust", &[(CAGE_ID, "        cageId: {type: string}\n")]),
    (
        "a required field under another name",
        &[
            ("Name: {type: string, maxLength: 20}", "Names: {type: string, maxLength: 25}"),
            ("[Doors, Name]", "[Doors, Names]"),
        ],
    ),
    (
        "another type of a field",
        &[("Since: {type: string, format: date}", "Since: {type: string, format: date-time}")],
    ),
    (
        "a list where one was",
        &[(
            "Since: {type: string, format: date}",
            "Since: {type: array, items: {type: string, format: date}}",
        )],
    ),
    ("a field that recurs", &[("Turns: {type: integer}", "Turns: {$ref: '#/components/schemas/Lock'}")]),
    ("32 bits", &[("Turns: {type: integer}", "Turns: {type: integer, format: int32}")]),
    ("a secret", &[("Key: {type: string}, Parts", "Key: {type: string, format: password}, Parts")]),
    (
        "an enum where text was",
        &[(
            "        CageId: {type: string}\n        Guests",
            "        CageId: {type: string, enum: [a, b]}\n        Guests",
        )],
    ),
    // Constraints that only the server enforces.
    ("another default", &[("default: empty", "default: full")]),
    ("a default less", &[("{type: string, default: empty}", "{type: string}")]),
    ("a shorter text", &[("maxLength: 20", "maxLength: 10")]),
    ("a limit more", &[("{type: integer, minimum: 1}", "{type: integer, minimum: 1, maximum: 4}")]),
    ("a pattern", &[("maxLength: 20", "maxLength: 20, pattern: '^[a-z]+$'")]),
    ("a longer list", &[("maxItems: 5", "maxItems: 9")]),
    ("longer elements", &[("maxLength: 40", "maxLength: 80")]),
    ("a format that says nothing", &[("Turns: {type: integer}", "Turns: {type: integer, format: int64}")]),
    (
        "a field deprecated",
        &[("{type: string, default: empty}", "{type: string, default: empty, deprecated: true}")],
    ),
    // Values.
    ("a value more", &[("[small, large, huge]", "[small, large, huge, endless]")]),
    ("a value less", &[("[small, large, huge]", "[small, huge]")]),
    ("a value in another spelling", &[("[open, closed]", "[opened, closed]")]),
    ("a value in another spelling, of the same variant", &[("[open, closed]", "[OPEN, closed]")]),
    ("values in another order", &[("[small, large, huge]", "[huge, large, small]")]),
    ("a variant of another name", &[("{huge: Large2}", "{huge: Enormous}")]),
    ("numbers for texts", &[("enum: [1, 2, 3]", "enum: [1, 2, 4]")]),
    ("texts for numbers", &[("{type: integer, enum: [1, 2, 3]", "{type: string, enum: ['1', '2', '3']")]),
    // Waiters and codes.
    ("a waiter under another name", &[("    cage:\n", "    kennel:\n")]),
    (
        "a goal less",
        &[(
            "until: {open: {failures: [closed]}, closed: {deleted: true}}",
            "until: {closed: {deleted: true}}",
        )],
    ),
    ("a goal more", &[("closed: {deleted: true}}", "closed: {deleted: true}, shut: {states: [closed]}}")]),
    ("a goal that is absence no more", &[("closed: {deleted: true}", "closed: {}")]),
    ("a goal of other states", &[("open: {failures: [closed]}", "open: {states: [open, closed]}")]),
    ("another timeout", &[("noun: cage\n", "noun: cage\n      minutes: 20\n")]),
    ("a code less", &[("5001: {name: no-such-cage}\n", "")]),
    ("a code more", &[("5001:", "5000: {name: no-such-zoo}\n5001:")]),
    ("another number", &[("5001:", "5002:")]),
    (
        "another date header and signature",
        &[(
            "actions:\n",
            "actions:\n- target: $\n  description: a\n  update: {x-service: {date-header: X-Zoo-Date, signature: ZOO1-HMAC-SHA256}}\n",
        )],
    ),
    (
        "another endpoint and default region",
        &[(
            "components:\n",
            "servers: [{url: 'https://zoo.{region}.example.org/v2', variables: {region: {default: north}}}]\ncomponents:\n",
        )],
    ),
    ("a code that stays", &[("cage-is-closed, transient: true", "cage-is-closed")]),
    ("a code that passes", &[("{name: no-such-cage}", "{name: no-such-cage, transient: true}")]),
    // Everything at once: the two descriptions have nothing in common.
    ("a type that only another request has", &[(READ, "schema: {$ref: '#/components/schemas/FiltersCage'}")]),
];

/// Rust names come from tables of the generator: these cases change the model.
#[allow(clippy::type_complexity, reason = "a table")]
const MODELS: &[(&str, fn(&mut Api))] = &[
    ("a field of another Rust name", |api| {
        for field in fields(api, "Cage").iter_mut().filter(|field| field.wire == "Since") {
            field.ident = "since_when".to_owned();
        }
    }),
    ("arguments in another order", |api| fields(api, "CreateCageRequest").reverse()),
    ("a setter of another name", |api| {
        for field in fields(api, "CreateCageRequest").iter_mut().filter(|field| field.wire == "Note") {
            field.setter = "with_note".to_owned();
        }
    }),
    ("a state in another place", |api| {
        for watched in api.waiters.iter_mut().flat_map(|listing| &mut listing.watched) {
            watched.part = Some("lock".to_owned());
        }
    }),
    ("a code of another name", |api| api.codes.iter_mut().for_each(|code| code.name.push_str("-now"))),
];

fn fields<'a>(api: &'a mut Api, name: &str) -> &'a mut Vec<osc_codegen::ir::Field> {
    let mut types = api.modules.iter_mut().flat_map(|module| &mut module.types);
    let found = types.find_map(|definition| match definition {
        TypeDef::Struct(definition) if definition.name == name => Some(&mut definition.fields),
        _ => None,
    });
    found.unwrap()
}

/// Every case by name, with its report.
pub fn all() -> &'static [(&'static str, Diff)] {
    static ALL: OnceLock<Vec<(&str, Diff)>> = OnceLock::new();
    ALL.get_or_init(read_all)
}

fn read_all() -> Vec<(&'static str, Diff)> {
    let base = Texts::base().model();
    let texts = CASES.iter().map(|(name, edits)| {
        let texts = std::panic::catch_unwind(|| Texts::base().edited(edits).model());
        (*name, Diff::between(&base, &texts.unwrap_or_else(|_| panic!("in the case `{name}`"))))
    });
    let models = MODELS.iter().map(|(name, change)| {
        let mut changed = base.clone();
        change(&mut changed);
        (*name, Diff::between(&base, &changed))
    });
    texts.chain(models).collect()
}

fn line(change: &Change) -> String {
    let Change { kind, impact, path, at, old_at, old, new, reason } = change;
    let mut line = format!("{impact} {} {path}", kind.name());
    if old.is_some() || new.is_some() {
        let shown = |text: &Option<String>| text.clone().unwrap_or_else(|| "-".to_owned());
        write!(line, " [{} => {}]", shown(old), shown(new)).unwrap();
    }
    let old_at = old_at.as_ref().map(|at| format!("{at} => ")).unwrap_or_default();
    write!(line, "\n      {old_at}{at}: {reason}").unwrap();
    line
}

#[test]
fn every_rule_reports_as_expected() {
    let mut found = "# What `spec diff` says of each case of `rules.rs`. Written by its test.\n".to_owned();
    for (name, diff) in all() {
        writeln!(found, "\n{name}").unwrap();
        for change in &diff.changes {
            writeln!(found, "    {}", line(change)).unwrap();
        }
    }
    expected::compare(&expected::tests("diff/rules.txt"), &found).unwrap();
}

#[test]
fn every_kind_of_change_has_a_case() {
    let all = all();
    let seen: BTreeSet<ChangeKind> =
        all.iter().flat_map(|(_, diff)| &diff.changes).map(|change| change.kind).collect();
    let missing: Vec<&ChangeKind> = ChangeKind::ALL.iter().filter(|kind| !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "no case has {missing:?}");
    let names: BTreeSet<&str> = all.iter().map(|(name, _)| *name).collect();
    assert_eq!(names.len(), all.len(), "two cases have one name");
}
