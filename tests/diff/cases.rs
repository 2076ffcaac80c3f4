//! One small change of a description per rule.

/// The name of a change and its replacements in the base, as pairs of old and new strings.
pub type Edits = (&'static str, &'static [(&'static str, &'static str)]);

const CAGE_ID: &str = "        CageId: {type: string}\n";
const READ: &str = "schema: {$ref: '#/components/schemas/ReadCagesRequest'}";

pub const CASES: &[Edits] = &[
    ("no change", &[]),
    ("version changed", &[("version: \"1\"}", "version: \"2\"}")]),
    // Actions.
    (
        "action removed with its bodies",
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
    ("action renamed", &[("  /DeleteCage:", "  /DeleteOldCage:")]),
    (
        "action renamed with its bodies",
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
    ("action replaced by one with a dissimilar name", &[("  /DeleteCage:", "  /PutAnimal:")]),
    ("method renamed", &[("x-rust-name: CheckEveryCage", "x-rust-name: CheckCages")]),
    (
        "request type changed",
        &[(
            "schema: {$ref: '#/components/schemas/CheckCagesRequest'}",
            "schema: {$ref: '#/components/schemas/FiltersCage'}",
        )],
    ),
    (
        "response type changed",
        &[(
            "schema: {$ref: '#/components/schemas/CheckCagesResponse'}",
            "schema: {$ref: '#/components/schemas/DeleteCageResponse'}",
        )],
    ),
    ("authentication added", &[("      security: []\n", "")]),
    ("login no longer accepted", &[("security: [{Key: []}, {Login: []}]", "security: [{Key: []}]")]),
    ("authentication removed", &[("security: [{Key: []}, {Login: []}]", "security: []")]),
    ("authentication with login added", &[("security: []", "security: [{Key: []}, {Login: []}]")]),
    (
        "client token added",
        &[("        Note: {type", "        ClientToken: {type: string}\n        Note: {type")],
    ),
    (
        "tag changed",
        &[(
            "  /CheckCages:\n    post:\n      tags: [Cage]",
            "  /CheckCages:\n    post:\n      tags: [Check]",
        )],
    ),
    ("action deprecated", &[("      security: []\n", "      security: []\n      deprecated: true\n")]),
    // Pages.
    ("pagination removed", &[("        ResultsPerPage: {type: integer}\n", "")]),
    ("pagination of another type", &[("x-page-items: [Cages]", "x-page-items: [Tags]")]),
    (
        "pagination of two lists",
        &[
            ("x-page-items: [Cages]", "x-page-items: [Cages, Cellars]"),
            (
                "        Tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}\n    Tag:",
                "        Cellars: {type: array, items: {$ref: '#/components/schemas/Cage'}}\n    Tag:",
            ),
        ],
    ),
    (
        "pagination by item number",
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
        "type added",
        &[(
            "    Weight: {",
            "    Height: {type: object, properties: {Meters: {type: number}}}\n    Weight: {",
        )],
    ),
    ("alias of another type", &[("    Weight: {type: number}", "    Weight: {type: integer}")]),
    ("alias removed", &[("    Weight: {type: number}\n", "")]),
    (
        "alias becomes a struct",
        &[("    Weight: {type: number}", "    Weight: {type: object, properties: {Grams: {type: integer}}}")],
    ),
    (
        "type renamed",
        &[
            (
                "        Lock: {$ref: '#/components/schemas/Lock'}",
                "        Lock: {$ref: '#/components/schemas/CageLock'}",
            ),
            ("    Lock: {type", "    CageLock: {type"),
        ],
    ),
    (
        "type renamed with a field added",
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
        "response type sent too",
        &[("        Note: {type", "        Lock: {$ref: '#/components/schemas/Lock'}\n        Note: {type")],
    ),
    (
        "request type received too",
        &[(
            "properties: {Done: {type: boolean}}",
            "properties: {Done: {type: boolean}, Again: {$ref: '#/components/schemas/CreateCageRequest'}}",
        )],
    ),
    (
        "type no longer sent",
        &[(
            "        Tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}\n    CreateCageResponse",
            "    CreateCageResponse",
        )],
    ),
    (
        "type no longer received",
        &[("        Tags: {type: array, items: {$ref: '#/components/schemas/Tag'}}\n    Tag:", "    Tag:")],
    ),
    // Fields.
    ("response field removed", &[("        Since: {type: string, format: date}\n", "")]),
    ("response field added", &[(CAGE_ID, "        CageId: {type: string}\n        Age: {type: integer}\n")]),
    ("request field removed", &[("        Note: {type: string, default: empty}\n", "")]),
    (
        "optional request field added",
        &[("        Note: {type", "        Extra: {type: boolean}\n        Note: {type")],
    ),
    (
        "required field added",
        &[
            ("        Note: {type", "        Extra: {type: boolean}\n        Note: {type"),
            ("[Doors, Name]", "[Doors, Extra, Name]"),
        ],
    ),
    (
        "required field removed",
        &[("        Doors: {type: integer, minimum: 1}\n", ""), ("[Doors, Name]", "[Name]")],
    ),
    (
        "first field becomes required",
        &[("properties: {Deep: {type: boolean}}", "required: [Deep], properties: {Deep: {type: boolean}}")],
    ),
    ("last required field becomes optional", &[("required: [CageId], ", "")]),
    ("another field becomes required", &[("[Doors, Name]", "[Doors, Name, Note]")]),
    ("one of several required fields becomes optional", &[("[Doors, Name]", "[Doors]")]),
    ("response field becomes required", &[("properties: {Good: ", "required: [Good], properties: {Good: ")]),
    (
        "field of a type sent and received becomes required",
        &[("required: [Key], ", "required: [Key, Value], ")],
    ),
    (
        "request field becomes nullable",
        &[("Note: {type: string, default", "Note: {type: string, nullable: true, default")],
    ),
    ("request field no longer nullable", &[("{type: string, nullable: true}", "{type: string}")]),
    (
        "response field becomes nullable",
        &[("Since: {type: string, ", "Since: {type: string, nullable: true, ")],
    ),
    (
        "field becomes required and nullable",
        &[
            ("[Doors, Name]", "[Doors, Name, Note]"),
            ("Note: {type: string, ", "Note: {type: string, nullable: true, "),
        ],
    ),
    (
        "required field becomes nullable",
        &[("Name: {type: string, ", "Name: {type: string, nullable: true, ")],
    ),
    ("field renamed to a similar name", &[(CAGE_ID, "        CageIds: {type: string}\n")]),
    (
        "field renamed to a dissimilar name at the same position",
        &[("        Since: {type: string, format: date}", "        Opened: {type: string, format: date}")],
    ),
    (
        "field replaced by one with a dissimilar name at another position",
        &[
            ("        Since: {type: string, format: date}\n", ""),
            (CAGE_ID, "        Built: {type: string, format: date}\n        CageId: {type: string}\n"),
        ],
    ),
    (
        "field replaced by one with a similar name and another type",
        &[(CAGE_ID, "        CageIds: {type: array, items: {type: string}}\n")],
    ),
    ("field renamed with the same Rust name", &[(CAGE_ID, "        cageId: {type: string}\n")]),
    (
        "required field renamed",
        &[
            ("Name: {type: string, maxLength: 20}", "Names: {type: string, maxLength: 25}"),
            ("[Doors, Name]", "[Doors, Names]"),
        ],
    ),
    (
        "field type changed",
        &[("Since: {type: string, format: date}", "Since: {type: string, format: date-time}")],
    ),
    (
        "field becomes a list",
        &[(
            "Since: {type: string, format: date}",
            "Since: {type: array, items: {type: string, format: date}}",
        )],
    ),
    ("field becomes recursive", &[("Turns: {type: integer}", "Turns: {$ref: '#/components/schemas/Lock'}")]),
    ("integer becomes 32 bits wide", &[("Turns: {type: integer}", "Turns: {type: integer, format: int32}")]),
    (
        "field becomes a secret",
        &[("Key: {type: string}, Parts", "Key: {type: string, format: password}, Parts")],
    ),
    (
        "string becomes an enum",
        &[(
            "        CageId: {type: string}\n        Guests",
            "        CageId: {type: string, enum: [a, b]}\n        Guests",
        )],
    ),
    // Constraints and formats, which only the server applies.
    ("default changed", &[("default: empty", "default: full")]),
    ("default removed", &[("{type: string, default: empty}", "{type: string}")]),
    ("maximum length reduced", &[("maxLength: 20", "maxLength: 10")]),
    ("limit added", &[("{type: integer, minimum: 1}", "{type: integer, minimum: 1, maximum: 4}")]),
    ("pattern added", &[("maxLength: 20", "maxLength: 20, pattern: '^[a-z]+$'")]),
    ("maximum number of items increased", &[("maxItems: 5", "maxItems: 9")]),
    ("maximum length of items increased", &[("maxLength: 40", "maxLength: 80")]),
    ("format without effect added", &[("Turns: {type: integer}", "Turns: {type: integer, format: int64}")]),
    (
        "field deprecated",
        &[("{type: string, default: empty}", "{type: string, default: empty, deprecated: true}")],
    ),
    // Values.
    ("value added", &[("[small, large, huge]", "[small, large, huge, endless]")]),
    ("value removed", &[("[small, large, huge]", "[small, huge]")]),
    ("value respelled", &[("[open, closed]", "[opened, closed]")]),
    ("value respelled with the same variant", &[("[open, closed]", "[OPEN, closed]")]),
    ("values reordered", &[("[small, large, huge]", "[huge, large, small]")]),
    ("variant renamed", &[("{huge: Large2}", "{huge: Enormous}")]),
    ("integer value replaced", &[("enum: [1, 2, 3]", "enum: [1, 2, 4]")]),
    (
        "integer values become strings",
        &[("{type: integer, enum: [1, 2, 3]", "{type: string, enum: ['1', '2', '3']")],
    ),
    // Waiters and codes.
    ("waiter renamed", &[("    cage:\n", "    kennel:\n")]),
    (
        "goal removed",
        &[(
            "until: {open: {failures: [closed]}, closed: {deleted: true}}",
            "until: {closed: {deleted: true}}",
        )],
    ),
    ("goal added", &[("closed: {deleted: true}}", "closed: {deleted: true}, shut: {states: [closed]}}")]),
    ("goal no longer reached by absence", &[("closed: {deleted: true}", "closed: {}")]),
    ("goal with other states", &[("open: {failures: [closed]}", "open: {states: [open, closed]}")]),
    ("timeout changed", &[("noun: cage\n", "noun: cage\n      minutes: 20\n")]),
    ("code removed", &[("5001: {name: no-such-cage}\n", "")]),
    ("code added", &[("5001:", "5000: {name: no-such-zoo}\n5001:")]),
    ("code number changed", &[("5001:", "5002:")]),
    (
        "date header and signature changed",
        &[(
            "actions:\n",
            "actions:\n- target: $\n  description: a\n  update: {x-service: {date-header: X-Zoo-Date, signature: ZOO1-HMAC-SHA256}}\n",
        )],
    ),
    (
        "endpoint and default region changed",
        &[(
            "components:\n",
            "servers: [{url: 'https://zoo.{region}.example.org/v2', variables: {region: {default: north}}}]\ncomponents:\n",
        )],
    ),
    ("code no longer transient", &[("cage-is-closed, transient: true", "cage-is-closed")]),
    ("code becomes transient", &[("{name: no-such-cage}", "{name: no-such-cage, transient: true}")]),
    (
        "request replaced by an unrelated type",
        &[(READ, "schema: {$ref: '#/components/schemas/FiltersCage'}")],
    ),
];
