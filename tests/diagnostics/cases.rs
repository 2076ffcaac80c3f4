//! The cases, one per line where possible.

/// One damaged input.
pub struct Case {
    pub name: &'static str,
    pub damage: Damage,
}

/// How an input is damaged.
pub enum Damage {
    /// Strings of the base and their replacements. The first occurrence of each is replaced.
    Edit(&'static [(&'static str, &'static str)]),
    /// Schemas to append to those of the base.
    Add(&'static str),
    /// A whole description.
    Whole(&'static [u8]),
    /// A function that builds a large description.
    Built(fn() -> String),
    /// The part of an overlay after `info`.
    Overlay(&'static str),
    /// A whole overlay.
    WholeOverlay(&'static str),
    /// A `docs.yaml`.
    Docs(&'static str),
    /// An `errors.yaml`.
    Errors(&'static str),
    /// Strings of the base and their replacements, and a `waiters.yaml`.
    Waiters(&'static [(&'static str, &'static str)], &'static str),
}

use Damage::{Add, Built, Docs, Edit, Errors, Overlay, Waiters, Whole, WholeOverlay};

/// An overlay without actions.
pub const NO_OVERLAY: &str = "overlay: 1.0.0\ninfo: {title: T, version: '1'}\nactions: []\n";

const fn case(name: &'static str, damage: Damage) -> Case {
    Case { name, damage }
}

/// Makes the request of an action paginated.
const PAGED: (&str, &str) =
    ("Size: {type: integer}", "NextPageToken: {type: string}\n        ResultsPerPage: {type: integer}");
/// Makes the response of an action paginated.
const MORE: (&str, &str) = ("        Cages:", "        NextPageToken: {type: string}\n        Cages:");

/// Adds an ID to the resources, and filters for it to the action.
const FILTERED: &[(&str, &str)] = &[
    ("        Size: {type: integer}", "        Filters: {$ref: '#/components/schemas/Filters'}"),
    ("        VRam: {type: integer}", "        CageId: {type: string}\n        VRam: {type: integer}"),
    (
        "    Cage:\n",
        "    Filters:\n      type: object\n      properties:\n        CageIds: {type: array, items: {type: string}}\n        \
         Sizes: {type: array, items: {type: integer}}\n    Cage:\n",
    ),
];

/// One case for every kind of damage.
pub const CASES: &[Case] = &[
    // Whole files.
    case("empty_file", Whole(b"")),
    case("only_a_comment", Whole(b"# nothing\n")),
    case("not_yaml", Whole(b"paths: [unclosed\n  - }{\n")),
    case("binary", Whole(&[0x7f, b'E', b'L', b'F', 0, 1, 2, 0xff, 0xfe, 0x80])),
    case("control_characters", Whole(b"openapi: \x00\x01\x02")),
    case("html_page", Whole(b"<!DOCTYPE html><html><body>404: not found</body></html>")),
    case("list_at_the_top_level", Whole(b"- openapi: 3.0.0\n- paths: {}\n")),
    case("string_at_the_top_level", Whole(b"just a text")),
    case("two_documents", Whole(b"openapi: 3.0.0\n---\nopenapi: 3.0.0\n")),
    case("truncated", Built(|| super::BASE[..super::BASE.len() / 2].to_owned())),
    case("truncated_in_a_quoted_string", Edit(&[("version: \"1\"}", "version: \"1}")])),
    case("tab_as_indentation", Edit(&[("    post:", "\tpost:")])),
    case("duplicate_keys", Edit(&[("Size: {type: integer}", "Ids: {type: string}"), ("/DeleteCage:", "/ReadCages:")])),
    case("unknown_tag", Edit(&[("Size: {type: integer}", "Size: !custom {type: integer}")])),
    case("unknown_anchor", Edit(&[("Size: {type: integer}", "Size: *nowhere")])),
    case("recursive_alias", Edit(&[("Size: {type: integer}", "Size: &a {type: array, items: *a}")])),
    case("key_is_a_mapping", Edit(&[("Size: {type: integer}", "{a: b}: {type: integer}")])),
    case("huge_number", Edit(&[("Size: {type: integer}", "Size: {type: integer, maximum: 123456789012345678901234567890}")])),
    case("not_a_number", Edit(&[("Size: {type: integer}", "Size: {type: number, maximum: .nan, minimum: -.inf}")])),
    case("ten_megabytes_of_invalid_yaml", Built(|| "zoo ] : [ gate } { - ! & * \n".repeat(370_000))),
    case("list_of_25000_items", Built(|| "- a\n".repeat(25_000))),
    case("dashes_100000_deep", Built(|| "- ".repeat(100_000))),
    case("lists_100000_deep", Built(|| "[".repeat(100_000))),
    case("mappings_100000_deep", Built(|| "{a: ".repeat(100_000))),
    case("closed_lists_100000_deep", Built(|| format!("a: {}{}", "[".repeat(100_000), "]".repeat(100_000)))),
    case("blocks_2000_deep", Built(|| (0..2000).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect())),
    case("schemas_200_deep", Built(|| super::BASE.replacen("{type: integer}", &format!("{}{{type: integer}}{}", "{type: array, items: ".repeat(200), "}".repeat(200)), 1))),
    case("schemas_50_deep_with_an_error", Built(|| super::BASE.replacen("{type: integer}", &format!("{}{{type: wrong}}{}", "{type: array, items: ".repeat(50), "}".repeat(50)), 1))),
    case("alias_bomb", Built(|| {
        let levels = (1..40).map(|n| format!("a{n}: &a{n} [*a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}, *a{p}]\n", p = n - 1));
        format!("a0: &a0 [x, x, x, x, x, x, x, x, x]\n{}", levels.collect::<String>())
    })),
    // Locations that are hard to resolve.
    case("locations_behind_aliases", Edit(&[("Size: {type: integer}", "Size: &size {type: array, items: {type: wrong}}\n        Again: *size\n        Other: {type: array, items: *size}")])),
    case("locations_of_quoted_keys", Edit(&[("Size: {type: integer}", "\"S\\u0069ze\": {type: wrong}\n        'it''s': {type: wrong}")])),
    case("locations_of_keys_with_slashes_and_tildes", Edit(&[("Size: {type: integer}", "'~1/0~/': {type: wrong}\n        \"\": {type: wrong}")])),
    case("locations_of_numeric_keys", Edit(&[("'200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/ReadCagesResponse'}}}}", "0xC8: {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/Removed'}}}}")])),
    case("locations_of_explicit_keys", Edit(&[("Size: {type: integer}", "? Size\n        : {type: wrong}\n        ? |-\n          Other\n        :\n          type: wrong")])),
    case("locations_of_keys_with_anchors", Edit(&[("Size: {type: integer}", "&key Size: &value {type: wrong}\n        Other: {title: *key, type: wrong}")])),
    case("locations_after_multibyte_characters", Edit(&[("State: {type: string, enum: [open, shut]}", "État: {type: array, title: '日本語 🐾', items: {type: wrong}}")])),
    case("locations_of_reference_siblings", Edit(&[("VRam: {type: integer}", "VRam: {description: much, $ref: '#/components/schemas/Removed'}")])),
    case("locations_in_long_lines", Built(|| super::BASE.replacen("Size: {type: integer}", &format!("Size: {{title: '{}', type: array, items: {{type: wrong}}, example: '{}'}}", "a".repeat(500), "b".repeat(500)), 1))),
    case("locations_with_carriage_returns", Built(|| super::BASE.replacen("Size: {type: integer}", "Size: {type: wrong}", 1).replace('\n', "\r\n"))),
    case("locations_with_a_byte_order_mark", Built(|| super::BASE.replacen("openapi: 3.0.0", "\u{feff}openapi: 3.1.0", 1).replacen("Size: {type: integer}", "Size: {type: wrong}", 1))),
    case("locations_with_tabs_and_invisible_characters", Edit(&[("Size: {type: integer}", "Size:\t{title: \"a\u{202e}b\u{200b}\\u0007\",\ttype: array,\titems: {type: wrong}}")])),
    case("locations_after_unicode_line_breaks", Edit(&[("title: Test", "title: \"a\u{85}b\u{2028}c\u{2029}d\""), ("Size: {type: integer}", "Size: {type: wrong}")])),
    case("locations_after_block_scalars", Edit(&[("Size: {type: integer}", "Size:\n          title: >-\n            one: [\n\n            two\n          description: |+\n            Size: {type: wrong}\n\n          type: wrong")])),
    case("locations_in_json", Whole(b"{\n\t\"openapi\": \"3.0.0\",\n\t\"info\": {\"title\": \"T\", \"version\": 1},\n\t\"paths\": {\"\\/A\": {\"post\": 3}, \"\\u002FB\": []}\n}")),
    case("locations_in_one_line_of_json", Whole(b"{\"openapi\":\"3.0.0\",\"info\":{\"title\":\"T\",\"version\":1},\"paths\":{\"/A\":{\"post\":3},\"/B\":[]}}")),
    case("syntax_error_after_a_byte_order_mark", Whole("\u{feff}é: }\n".as_bytes())),
    case("syntax_error_after_multibyte_characters", Whole("openapi: 3.0.0\ninfo: {title: '日本語 🐾', version: '1'}}\n".as_bytes())),
    case("syntax_error_after_unicode_line_breaks", Whole("openapi: 3.0.0\ninfo: {title: \"a\u{85}b\u{2028}c\"}\npaths: }\n".as_bytes())),
    case("second_document_after_carriage_returns", Whole(b"openapi: 3.0.0\r\ninfo: {}\r\n--- # more\r\npaths: {}\r\n")),
    case("nested_brackets_after_multibyte_characters", Built(|| format!("openapi: 3.0.0\npaths: ['é', {}", "[".repeat(2001)))),
    case("locations_in_nodes_added_by_the_overlay", Overlay("actions:\n- target: $.components.schemas\n  description: a\n  update:\n    Cage:\n      properties:\n        VRam: {type: wrong}\n        Bars: {type: array, items: {type: wrong}}\n- {target: $.paths, description: a, update: {/Open: {}}}\n")),
    case("locations_in_nodes_replaced_by_the_overlay", Overlay("actions:\n- target: $.components.schemas.Cage.properties.State\n  description: a\n  update:\n    title: a\n    type: 3\n- {target: $.components.schemas.Cage, description: a, update: {required: true}}\n")),
    case("locations_of_rust_names_in_the_overlay", Overlay("actions:\n- target: $.components.schemas\n  description: a\n  update:\n    Cage:\n      properties:\n        State: {x-rust-name: '???'}\n        VRam: {x-rust-name: 5}\n")),
    case("locations_in_nodes_added_twice_by_the_overlay", Overlay("actions:\n- target: $.components.schemas['Cage', 'DeleteCageRequest']\n  description: a\n  update: {properties: {Bars: {type: wrong}}}\n")),
    case("locations_with_merge_keys", Docs("actions: &texts\n  <<: {ReadCages: a}\ntypes:\n  <<: *texts\n")),
    case("locations_in_several_documents", Docs("actions:\n  Removed: a\n---\ntypes: {}\n")),
    // Keywords that OpenAPI 3.0 does not have.
    case("misspelled_schema_keywords", Edit(&[("Size: {type: integer}", "Size: {type: string, fromat: password}\n        Name: {type: string, maxlength: 3, patern: a, Nullable: true}"), ("required: [Id]", "requried: [Id]"), ("VRam: {type: integer}", "VRam: {type: object, propertes: {}, aditionalProperties: false}")])),
    case("misspelled_keywords_of_every_object", Whole(b"openapi: 3.0.0\ninfo: {title: T, version: '1', licence: {name: a}, contact: {mail: a}, license: {nam: a}}\nserver: []\nservers: [{uri: a, variables: {a: {defualt: b}}}]\ntags: [{nam: a, externalDocs: {link: a}}]\nsecurty: []\npaths:\n  /A:\n    psot: {}\n    post:\n      tag: [a]\n      operationID: a\n      requestBody: {contents: {}, content: {application/json: {shema: {}, exemple: 1, encoding: {a: {header: {}}}}}}\n      responses: {'200': {descripton: a, description: a, header: {}, headers: {A: {scheme: {}}}, links: {a: {operationid: a}}, content: {application/json: {examples: {a: {valeu: 1}}}}}}\ncomponents:\n  schema: {}\n  securitySchemes: {A: {typ: apiKey, in: header, name: A}}\n  schemas: {A: {type: object, discriminator: {property: a}, xml: {nam: a}}}\n")),
    case("keywords_of_later_versions", Edit(&[("Size: {type: integer}", "Size: {type: string, const: big, examples: [a]}\n        Map: {type: object, patternProperties: {a: {}}}\n        If: {if: {}, $defs: {}, prefixItems: [], $comment: a, contentEncoding: base64}")])),
    case("keywords_of_swagger", Edit(&[("security: [{Signature: []}]", "host: a\ndefinitions: {}"), ("'200': {description: done, content", "'200': {description: done, schema: {}, content"), ("      tags: [Cage]\n", "      tags: [Cage]\n      consumes: [a]\n")])),
    case("limits_of_later_versions", Edit(&[("Size: {type: integer}", "Size: {type: integer, exclusiveMinimum: 5, exclusiveMaximum: 9}\n        Name: {type: [string, integer]}\n        Age: {type: 'null'}")])),
    case("misspelled_formats", Edit(&[("Size: {type: integer}", "A: {type: string, format: pasword}\n        B: {type: string, format: date_time}\n        C: {type: string, format: Date}\n        D: {type: integer, format: password}\n        E: {type: array, items: {type: integer, format: it64}}")])),
    case("misspelled_extensions", Edit(&[("Size: {type: integer}", "Size: {type: integer, x-rustname: A, x-other: B}")])),
    case("keywords_next_to_a_reference", Edit(&[("Cages: {type: array, items: {$ref: '#/components/schemas/Cage'}}", "Cages: {$ref: '#/components/schemas/Cage', format: password, propertes: {}, type: object}")])),
    case("keywords_in_the_overlay", Overlay("actions:\n- {target: $.components.schemas.Cage.properties.State, description: a, update: {fromat: password}}\n")),
    case("merge_keys_without_mappings", Edit(&[("Size: {type: integer}", "Size: {<<: 5, type: integer}\n        Name: {<<: [{type: string}, a]}")])),
    case("misspelled_keyword_behind_a_merge_key", Edit(&[("Size: {type: integer}", "Size: &size {type: integer, mimimum: 1}\n        Name: {<<: *size, description: a}")])),
    case("unsupported_security_schemes", Edit(&[("Signature: {type: apiKey, in: header, name: Authorization}", "Signature: {type: oauth2, flows: {}}\n    Cookie: {type: apiKey, in: cookie, name: a}\n    Bearer: {type: http, scheme: bearer}\n    Unused: {type: openIdConnect}"), ("      tags: [Cage]\n", "      tags: [Cage]\n      security: [{Cookie: []}, {Bearer: []}]\n")])),
    case("dangling_example", Edit(&[("application/json: {schema: {$ref: '#/components/schemas/ReadCagesRequest'}", "application/json: {examples: {a: {$ref: '#/components/examples/Removed'}}, schema: {$ref: '#/components/schemas/ReadCagesRequest'}")])),
    case("callbacks", Edit(&[("      tags: [Cage]\n", "      tags: [Cage]\n      callbacks: {}\n")])),
    case("utf_16", Whole(b"o\0p\0e\0n\0a\0p\0i\0")),
    case("json_with_a_lone_surrogate", Whole(b"{\n  \"openapi\": \"3.0.0\",\n  \"info\": {\"title\": \"\\ud83e\"}\n}")),
    case("json_with_surrogates_and_an_error", Whole(b"{\"openapi\": \"3.0.0\", \"info\": {\"title\": \"\\ud83e\\udd81\", \"version\": 1}, \"paths\": {}}")),
    // Top-level members.
    case("no_openapi_version", Edit(&[("openapi: 3.0.0\n", "")])),
    case("swagger_2", Edit(&[("openapi: 3.0.0", "swagger: '2.0'")])),
    case("openapi_3_1", Edit(&[("openapi: 3.0.0", "openapi: 3.1.0")])),
    case("openapi_is_a_number", Edit(&[("openapi: 3.0.0", "openapi: 3.0")])),
    case("no_info", Edit(&[("info: {title: Test, version: \"1\"}\n", "")])),
    case("version_is_a_number", Edit(&[("version: \"1\"", "version: 1.10")])),
    case("no_paths", Whole(b"openapi: 3.0.0\ninfo: {title: T, version: '1'}\n")),
    case("empty_paths", Whole(b"openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {}\n")),
    case("paths_is_a_list", Whole(b"openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: [a]\n")),
    case("components_is_a_list", Whole(b"openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {/A: {post: {responses: {'200': {description: a}}}}}\ncomponents: [a]\n")),
    case("schemas_is_a_list", Whole(b"openapi: 3.0.0\ninfo: {title: T, version: '1'}\npaths: {/A: {post: {responses: {'200': {description: a}}}}}\ncomponents: {schemas: [a]}\n")),
    // Paths and operations.
    case("get_instead_of_post", Edit(&[("    post:", "    get:")])),
    case("get_and_post", Edit(&[("  /ReadCages:\n", "  /ReadCages:\n    get: {responses: {'200': {description: a}}}\n")])),
    case("path_item_is_empty", Edit(&[("paths:\n", "paths:\n  /Empty: {}\n")])),
    case("path_item_is_a_string", Edit(&[("paths:\n", "paths:\n  /Text: text\n")])),
    case("path_item_is_a_reference", Edit(&[("paths:\n", "paths:\n  /Other: {$ref: 'other.yaml'}\n")])),
    case("path_with_two_segments", Edit(&[("/ReadCages:", "/cages/read:")])),
    case("path_with_a_parameter", Edit(&[("/ReadCages:", "'/{id}':")])),
    case("path_without_slash", Edit(&[("/ReadCages:", "ReadCages:")])),
    case("path_is_a_slash", Edit(&[("/ReadCages:", "/:")])),
    case("path_is_a_number", Edit(&[("/ReadCages:", "/42:")])),
    case("post_is_a_string", Edit(&[("    post:\n      tags: [Cage]\n", "    post: text\n    x-rest:\n      tags: [Cage]\n")])),
    case("parameters_of_an_operation", Edit(&[("      tags: [Cage]\n", "      parameters: [{name: q, in: query, schema: {type: string}}]\n")])),
    case("parameters_of_a_path", Edit(&[("  /ReadCages:\n", "  /ReadCages:\n    parameters: [{name: q, in: query, schema: {type: string}}]\n")])),
    case("tags_is_a_string", Edit(&[("tags: [Cage]", "tags: Cage")])),
    case("tag_without_letters", Edit(&[("tags: [Cage]", "tags: ['!!!']")])),
    case("tag_too_long_for_a_file", Edit(&[("tags: [Cage]", "tags: [TagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTagTag]")])),
    case("tags_with_the_same_file", Edit(&[("tags: [Cage]", "tags: ['Big Cage']"), ("tags: [Cage]", "tags: [BigCage]")])),
    case("actions_with_the_same_method", Edit(&[("/DeleteCage:", "/read_cages:")])),
    case("action_with_a_method_of_the_runtime", Edit(&[("/ReadCages:", "/Send:")])),
    case("action_with_a_reserved_name", Edit(&[("/ReadCages:", "/Option:")])),
    case("keyword_as_an_action", Edit(&[("/ReadCages:", "/Match:"), ("/DeleteCage:", "/Self:")])),
    // Bodies and responses.
    case("no_responses", Edit(&[("      responses:\n        '200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/ReadCagesResponse'}}}}\n", "")])),
    case("no_success", Edit(&[("'200'", "'400'")])),
    case("only_a_default_response", Edit(&[("'200'", "default")])),
    case("two_successes", Edit(&[("        '200':", "        '201': {description: made}\n        '200':")])),
    case("status_is_not_a_number", Edit(&[("'200'", "okay")])),
    case("response_without_description", Edit(&[("{description: done, content", "{content")])),
    case("response_is_a_string", Edit(&[("'200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/ReadCagesResponse'}}}}", "'200': done")])),
    case("content_that_is_not_json", Edit(&[("application/json", "application/xml"), ("done, content: {application/json", "done, content: {text/html")])),
    case("content_is_a_list", Edit(&[("content: {application/json: {schema: {$ref: '#/components/schemas/ReadCagesRequest'}}}", "content: [a]")])),
    case("body_is_a_list", Edit(&[("schema: {$ref: '#/components/schemas/ReadCagesRequest'}", "schema: {type: array, items: {type: string}}")])),
    case("body_is_a_string", Edit(&[("    DeleteCageRequest:\n      type: object\n      required: [Id]\n      properties:\n        Id: {type: string}\n", "    DeleteCageRequest: {type: string}\n")])),
    case("body_is_an_enum", Edit(&[("    DeleteCageRequest:\n      type: object\n      required: [Id]\n      properties:\n        Id: {type: string}\n", "    DeleteCageRequest: {type: string, enum: [a]}\n")])),
    case("dangling_request_body", Edit(&[("requestBody: {content: {application/json: {schema: {$ref: '#/components/schemas/ReadCagesRequest'}}}}", "requestBody: {$ref: '#/components/requestBodies/Removed'}")])),
    case("dangling_response", Edit(&[("'200': {description: done, content: {application/json: {schema: {$ref: '#/components/schemas/ReadCagesResponse'}}}}", "'200': {$ref: '#/components/responses/Removed'}")])),
    // Security.
    case("unknown_security_scheme", Edit(&[("security: [{Signature: []}]", "security: [{Signatur: []}]")])),
    case("unknown_security_scheme_of_an_operation", Edit(&[("      tags: [Cage]\n", "      security: [{Nothing: []}]\n")])),
    case("security_is_a_mapping", Edit(&[("security: [{Signature: []}]", "security: {Signature: []}")])),
    // References.
    case("dangling_reference", Edit(&[("schemas/Cage'", "schemas/Removed'")])),
    case("dangling_reference_of_a_body", Edit(&[("schemas/ReadCagesRequest'", "schemas/Removed'"), ("schemas/ReadCagesResponse'", "schemas/Lost'")])),
    case("remote_reference", Edit(&[("'#/components/schemas/Cage'", "'https://example.com/cage.yaml#/Cage'")])),
    case("reference_into_a_schema", Edit(&[("'#/components/schemas/Cage'", "'#/components/schemas/Cage/properties/State'")])),
    case("reference_to_another_kind", Edit(&[("'#/components/schemas/Cage'", "'#/components/responses/Cage'")])),
    case("reference_is_a_number", Edit(&[("$ref: '#/components/schemas/Cage'", "$ref: 5")])),
    case("reference_to_itself", Add("    Loop: {$ref: '#/components/schemas/Loop'}\n")),
    case("circular_references", Add("    A: {$ref: '#/components/schemas/B'}\n    B: {$ref: '#/components/schemas/A'}\n    User: {type: object, properties: {A: {$ref: '#/components/schemas/A'}}}\n")),
    case("struct_that_requires_itself", Add("    Egg: {type: object, required: [Hen], properties: {Hen: {$ref: '#/components/schemas/Hen'}}}\n    Hen: {type: object, required: [Egg], properties: {Egg: {$ref: '#/components/schemas/Egg'}, Feed: {type: string}}}\n")),
    case("list_of_itself", Add("    Lists: {type: array, items: {$ref: '#/components/schemas/Lists'}}\n    Maps: {type: object, additionalProperties: {$ref: '#/components/schemas/Maps'}}\n")),
    // Schemas.
    case("unknown_type", Edit(&[("Size: {type: integer}", "Size: {type: int}")])),
    case("null_as_a_type", Edit(&[("Size: {type: integer}", "Size: {type: 'null'}")])),
    case("type_is_a_list", Edit(&[("Size: {type: integer}", "Size: {type: [integer, 'null']}")])),
    case("type_is_null", Edit(&[("Size: {type: integer}", "Size: {type: null}")])),
    case("type_file", Edit(&[("Size: {type: integer}", "Size: {type: file}")])),
    case("schema_is_a_string", Edit(&[("Size: {type: integer}", "Size: integer")])),
    case("schema_is_null", Edit(&[("Size: {type: integer}", "Size:")])),
    case("schema_is_true", Edit(&[("Size: {type: integer}", "Size: true")])),
    case("properties_is_a_list", Edit(&[("      properties:\n        Ids: {type: array, items: {type: string}}\n        Size: {type: integer}\n", "      properties: [Ids, Size]\n")])),
    case("items_is_a_list", Edit(&[("items: {type: string}", "items: [{type: string}]")])),
    case("items_is_a_string", Edit(&[("items: {type: string}", "items: string")])),
    case("required_is_a_string", Edit(&[("required: [Id]", "required: Id")])),
    case("required_is_true", Edit(&[("Id: {type: string}", "Id: {type: string, required: true}")])),
    case("required_names_no_property", Edit(&[("required: [Id]", "required: [Id, Name, Age]")])),
    case("nullable_is_a_string", Edit(&[("Size: {type: integer}", "Size: {type: integer, nullable: 'yes'}")])),
    case("limits_of_the_wrong_type", Edit(&[("Size: {type: integer}", "Size: {type: string, maxLength: long, minLength: -1, pattern: 5}")])),
    case("format_is_a_number", Edit(&[("Size: {type: integer}", "Size: {type: integer, format: 32}")])),
    case("additional_properties_is_a_string", Edit(&[("Size: {type: integer}", "Size: {type: object, additionalProperties: 'no'}")])),
    case("properties_with_additional_properties", Edit(&[("Size: {type: integer}", "Size: {type: object, properties: {A: {type: string}}, additionalProperties: {type: string}}")])),
    case("all_of_two", Edit(&[("Size: {type: integer}", "Size: {allOf: [{type: object}, {$ref: '#/components/schemas/Cage'}]}")])),
    case("empty_all_of", Edit(&[("Size: {type: integer}", "Size: {allOf: []}")])),
    case("one_of_structs", Edit(&[("Size: {type: integer}", "Size: {oneOf: [{$ref: '#/components/schemas/Cage'}, {type: string}]}")])),
    case("empty_one_of", Edit(&[("Size: {type: integer}", "Size: {oneOf: []}")])),
    case("any_of_numbers", Edit(&[("Size: {type: integer}", "Size: {anyOf: [{type: integer}, {type: number}]}")])),
    case("not", Edit(&[("Size: {type: integer}", "Size: {not: {type: integer}}")])),
    case("combinator_with_type", Edit(&[("Size: {type: integer}", "Size: {type: object, allOf: [{$ref: '#/components/schemas/Cage'}]}")])),
    case("combinator_with_properties", Edit(&[("Size: {type: integer}", "Size: {oneOf: [{type: string}], properties: {A: {type: string}}}")])),
    // Enums.
    case("enum_is_a_string", Edit(&[("enum: [open, shut]", "enum: open")])),
    case("enum_of_wrong_types", Edit(&[("enum: [open, shut]", "enum: [1, true]")])),
    case("enum_of_yaml_keywords", Edit(&[("enum: [open, shut]", "enum: [on, off, yes, no, true, 1.0]")])),
    case("enum_of_strings_for_integers", Edit(&[("Size: {type: integer}", "Size: {type: integer, enum: [one, 2]}")])),
    case("enum_of_fractions", Edit(&[("Size: {type: integer}", "Size: {type: integer, enum: [1.5]}")])),
    case("duplicate_enum_value", Edit(&[("enum: [open, shut]", "enum: [open, open]")])),
    case("enum_variants_clash", Edit(&[("enum: [open, shut]", "enum: [half open, half-open, HalfOpen]")])),
    case("enum_variant_clashes_with_unknown_value", Edit(&[("enum: [open, shut]", "enum: [UnknownValue, unknown_value]")])),
    // Names.
    case("fields_with_the_same_name", Edit(&[("Size: {type: integer}", "ids: {type: integer}\n        IDS: {type: string}")])),
    case("field_without_letters", Edit(&[("Size: {type: integer}", "'???': {type: integer}")])),
    case("field_without_name", Edit(&[("Size: {type: integer}", "'': {type: integer}")])),
    case("field_and_keyword_with_the_same_name", Edit(&[("Size: {type: integer}", "Type: {type: integer}\n        type_: {type: integer}")])),
    case("setters_with_the_same_name", Edit(&[("Size: {type: integer}", "New: {type: integer}\n        SetNew: {type: integer}")])),
    case("type_called_option", Add("    Option: {type: object, properties: {A: {type: string}}}\n")),
    case("types_with_names_of_the_runtime", Add("    Client: {type: object}\n    Secret: {type: string}\n    Vec: {type: object, properties: {A: {type: string}}}\n")),
    case("schemas_with_the_same_type_name", Add("    big-cage: {type: object}\n    BigCage: {type: object}\n    Big Cage: {type: string}\n")),
    case("schema_and_inline_type_with_the_same_name", Add("    CageState: {type: object, properties: {A: {type: string}}}\n")),
    case("schema_without_letters", Add("    '!': {type: object}\n    '42': {type: object}\n    '': {type: object}\n")),
    // Pagination.
    case("pagination_without_a_list", Edit(&[PAGED, ("Cages: {type: array, items: {$ref: '#/components/schemas/Cage'}}", "NextPageToken: {type: string}")])),
    case("pagination_with_two_lists", Edit(&[PAGED, ("        Cages:", "        NextPageToken: {type: string}\n        Others: {type: array, items: {type: string}}\n        Cages:")])),
    case("page_items_without_pagination", Edit(&[("tags: [Cage]", "tags: [Cage]\n      x-page-items: [Cages]")])),
    case("page_items_that_are_not_lists", Edit(&[PAGED, MORE, ("tags: [Cage]", "tags: [Cage]\n      x-page-items: [Cages, Lions, 5]")])),
    case("page_items_is_a_string", Edit(&[PAGED, MORE, ("tags: [Cage]", "tags: [Cage]\n      x-page-items: Cages")])),
    case("page_items_without_effect", Edit(&[PAGED, MORE, ("tags: [Cage]", "tags: [Cage]\n      x-page-items: [Cages]")])),
    case("page_items_of_two_types", Edit(&[PAGED, ("        Cages:", "        NextPageToken: {type: string}\n        Others: {type: array, items: {type: string}}\n        Cages:"), ("tags: [Cage]", "tags: [Cage]\n      x-page-items: [Cages, Others]")])),
    case("page_token_is_not_a_string", Edit(&[PAGED, ("        Cages:", "        NextPageToken: {type: integer}\n        Cages:")])),
    case("required_page_size", Edit(&[PAGED, MORE, ("    ReadCagesRequest:\n      type: object\n", "    ReadCagesRequest:\n      type: object\n      required: [ResultsPerPage]\n")])),
    case("paginated_request_shared_by_two_actions", Edit(&[PAGED, MORE, ("DeleteCageRequest'", "ReadCagesRequest'"), ("DeleteCageResponse'", "ReadCagesResponse'")])),
    case("invalid_rust_name", Add("    Odd: {type: object, x-rust-name: '???'}\n    Bad: {type: object, x-rust-name: 5}\n")),
    case("invalid_rust_variants", Edit(&[("enum: [open, shut]", "enum: [open, shut], x-rust-variants: {open: '???', shut: 5}")])),
    case("rust_variants_is_a_list", Edit(&[("enum: [open, shut]", "enum: [open, shut], x-rust-variants: [Open]")])),
    case("rust_variants_clash", Edit(&[("enum: [open, shut]", "enum: [open, shut], x-rust-variants: {open: Shut}")])),
    case("rust_variants_of_an_unknown_value", Edit(&[("enum: [open, shut]", "enum: [open, shut], x-rust-variants: {ajar: Ajar}")])),
    case("rust_name_of_two_value_sets", Edit(&[("Size: {type: integer}", "A: {type: string, enum: [a], x-rust-name: One}\n        B: {type: string, enum: [b], x-rust-name: One}")])),
    // Several at once, all reported in one run.
    case("seven_errors", Edit(&[("openapi: 3.0.0", "openapi: 2.0.0"), ("'200'", "'400'"), ("items: {type: string}", "items: 5"), ("Size: {type: integer}", "Size: {type: int}"), ("schemas/Cage'", "schemas/Removed'"), ("required: [Id]", "required: [Ix]"), ("VRam: {type: integer}", "VRam: {not: {}}\n        V_RAM: {allOf: []}")])),
    case("errors_in_every_input", WholeOverlay("overlay: 2\ninfo: {}\nextra: 1\nactions:\n- {target: $.nothing, description: a, update: {a: b}}\n- {target: '$[', description: a, remove: true}\n")),
    // The overlay.
    case("overlay_is_a_list", WholeOverlay("- a\n")),
    case("overlay_is_not_yaml", WholeOverlay("actions: [\n")),
    case("overlay_is_empty", WholeOverlay("")),
    case("overlay_without_version", WholeOverlay("info: {}\nactions: []\n")),
    case("overlay_with_duplicate_keys", WholeOverlay("overlay: 1.0.0\ninfo: {}\ninfo: {}\nactions: []\n")),
    // Waiters.
    case("waiters_are_a_list", Waiters(&[], "[a]\n")),
    case("waiters_are_not_yaml", Waiters(&[], "ReadCages: {filter: [\n")),
    case("invalid_waiters", Waiters(
        FILTERED,
        "ReadNothing: {}\nDeleteCage: {filter: Ids, list: Cages, id: CageId, resources: {a: {}}}\nReadCages:\n  filter: CageIds\n  list: Cages\n  id: CageId\n  resources:\n    no_mapping: 5\n    other_key: {wait: true}\n    no_noun: {state: State, until: {open: {}}}\n    no_goal: {noun: a, state: State, until: {}}\n    no_field: {noun: a, state: Mood, until: {open: {}}}\n    no_text: {noun: a, state: VRam, until: {open: {}}}\n    no_struct: {noun: a, state: State.Name, until: {open: {}}}\n    no_part: {noun: a, part: Doors, state: State, until: {open: {}}}\n    no_value: {noun: a, state: State, until: {ajar: {}}}\n    no_state: {noun: a, state: State, until: {open: {states: []}}}\n    both: {noun: a, state: State, until: {open: {failures: [open]}}}\n    not_boolean: {noun: a, state: State, until: {open: {deleted: 5}}}\n    too_long: {noun: a, state: State, minutes: 1441, until: {open: {}}}\n    '…': {noun: a, state: State, until: {open: {}}}\n"
    )),
    case("waiters_by_a_field_that_is_not_a_string", Waiters(
        FILTERED,
        "ReadCages: {filter: Sizes, list: Cages, id: VRam, resources: {cage: {noun: a, state: State, until: {open: {}}}}}\n"
    )),
    case("waiters_with_the_same_name", Waiters(
        FILTERED,
        "ReadCages:\n  filter: CageIds\n  list: Cages\n  id: CageId\n  resources:\n    cage_1: {noun: a, state: State, until: {open: {}}}\n    cage1: {noun: a, state: State, until: {open: {}}}\n    waiter: {noun: a, state: State, until: {open: {}}}\n    goals: {noun: a, state: State, until: {half-open: {states: [open]}, half_open: {states: [open]}, ajar: {}, shut: {}}}\n"
    )),
    case("overlay_actions_is_a_mapping", Overlay("actions: {}\n")),
    case("overlay_without_actions", Overlay("")),
    case("overlay_action_is_a_string", Overlay("actions: [text]\n")),
    case("overlay_unknown_keys", Overlay("acts: []\nactions:\n- {target: $.info, description: a, updates: {title: b}}\n")),
    case("overlay_invalid_path", Overlay("actions:\n- {target: '$.info[', description: a, update: {title: b}}\n- {target: 'info', description: a, update: {title: b}}\n- {target: '', description: a, update: {title: b}}\n")),
    case("overlay_path_with_too_many_brackets", Overlay("actions:\n- {target: '$[?((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((((@.a))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))))]', description: a, remove: true}\n")),
    case("overlay_path_is_a_number", Overlay("actions:\n- {target: 5, description: a, update: {title: b}}\n- {description: a, update: {title: b}}\n")),
    case("overlay_matches_nothing", Overlay("actions:\n- {target: $.components.schemas.Removed, description: a, update: {type: object}}\n- {target: '$.paths[?@.get]', description: a, remove: true}\n")),
    case("overlay_changes_nothing", Overlay("actions:\n- {target: $.info, description: a, update: {title: Test}}\n- {target: $.info, description: a, update: {}}\n")),
    case("overlay_without_reason", Overlay("actions:\n- {target: $.info, update: {title: b}}\n- {target: $.info, description: ' ', update: {title: c}}\n")),
    case("overlay_update_of_a_string", Overlay("actions:\n- {target: $.info.title, description: a, update: b}\n- {target: $.info.title, description: a, update: {b: c}}\n")),
    case("overlay_update_of_an_object_with_a_string", Overlay("actions:\n- {target: $.info, description: a, update: text}\n")),
    case("overlay_update_and_remove", Overlay("actions:\n- {target: $.info, description: a, update: {title: b}, remove: true}\n- {target: $.info, description: a}\n- {target: $.info, description: a, remove: 'yes'}\n")),
    case("overlay_removes_the_document", Overlay("actions:\n- {target: $, description: a, remove: true}\n")),
    case("overlay_removes_a_used_schema", Overlay("actions:\n- {target: $.components.schemas.Cage, description: a, remove: true}\n")),
    case("overlay_breaks_a_schema", Overlay("actions:\n- {target: $.components.schemas.Cage.properties.State, description: a, update: {type: 5}}\n")),
    // The documentation.
    case("docs_is_a_list", Docs("- a\n")),
    case("docs_is_not_yaml", Docs("actions: {\n")),
    case("docs_unknown_section", Docs("methods: {ReadCages: Reads.}\n")),
    case("docs_section_is_a_list", Docs("actions: [ReadCages]\n")),
    case("docs_not_a_string", Docs("actions: {ReadCages: 5}\ntypes: {Cage: {text: a}}\nfields: {Cage.State: ''}\n")),
    case("docs_unused_texts", Docs("actions: {ReadRemoved: a}\ntypes: {Removed: a}\nfields: {Cage.Removed: a, Removed: a, Removed.State: a}\n")),
    case("docs_duplicate_keys", Docs("actions: {ReadCages: a, ReadCages: b}\n")),
    // The error codes.
    case("errors_is_a_list", Errors("- {code: 1, name: a}\n")),
    case("errors_is_empty", Errors("# nothing\n")),
    case("errors_is_not_yaml", Errors("1: {name: a\n")),
    case("errors_without_a_code", Errors("no-such-cage: {name: no-such-cage}\n0: {name: a}\n-1: {name: b}\n007: {name: c}\n1.5: {name: d}\n'+1': {name: e}\n")),
    case("errors_code_out_of_range", Errors("99999: {name: last}\n100000: {name: a}\n5000000000: {name: b}\n")),
    case("errors_duplicate_codes", Errors("1: {name: a}\n1: {name: b}\n'1': {name: c}\n")),
    case("errors_duplicate_names", Errors("1: {name: gate-is-shut}\n2: {name: gate-is-shut}\n3: {name: gate-is-open}\n")),
    case("errors_entry_is_a_string", Errors("1: gate-is-shut\n2: [gate-is-open]\n3:\n")),
    case("errors_without_a_name", Errors("1: {}\n2: {type: Gate}\n3: {name: ' '}\n4: {name: 5}\n")),
    case("errors_invalid_names", Errors("1: {name: GateIsShut}\n2: {name: gate is shut}\n3: {name: gate--shut}\n4: {name: 1st-gate}\n5: {name: porte-fermée}\n6: {name: transient}\n")),
    case("errors_unknown_keys", Errors("1: {name: a, typ: Gate}\n2: {name: b, docs: Text.}\n")),
    case("errors_not_a_string", Errors("1: {name: a, type: 5}\n2: {name: b, doc: [Text]}\n3: {name: c, doc: ''}\n")),
    case("errors_transient_is_not_true", Errors("1: {name: a, transient: 'yes'}\n2: {name: b, transient: false}\n")),
    case("errors_classes_not_a_mapping", Errors("classes: [1]\n1: {name: a}\n")),
    case("errors_invalid_classes", Errors("classes: {Gate: [1], gate: 5, a: [], b: [2, 1], c: [1-5, 5], d: [x], e: [9-8], f: [0]}\n1: {name: a}\n")),
    case("errors_of_all_kinds", Errors("1: {name: A, typ: B, transient: 1}\n0: {doc: 5}\n2: gate\n")),
];
