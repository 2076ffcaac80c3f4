//! Chooses every Rust name of the generated code.

use heck::{ToPascalCase, ToSnakeCase};

/// Names that `heck` would split in the wrong place.
const EXCEPTIONS: &[(&str, &str)] = &[("VRam", "vram")];

/// Rust keywords (Rust reference, "Keywords", edition 2024, reserved ones included).
const KEYWORDS: &[&str] = &[
    "abstract", "as", "async", "await", "become", "box", "break", "const", "continue", "crate", "do", "dyn",
    "else", "enum", "extern", "false", "final", "fn", "for", "gen", "if", "impl", "in", "let", "loop",
    "macro", "match", "mod", "move", "mut", "override", "priv", "pub", "ref", "return", "self", "static",
    "struct", "super", "trait", "true", "try", "type", "typeof", "unsafe", "unsized", "use", "virtual",
    "where", "while", "yield", "Self",
];

/// Reserved type names: those of the prelude, which `use osc_api::types::*` would hide, and those of the runtime.
const TAKEN_TYPES: &[&str] = &[
    "Action",
    "AsMut",
    "AsRef",
    "Auth",
    "BTreeMap",
    "Box",
    "Client",
    "Clone",
    "Copy",
    "Date",
    "DateOrDateTime",
    "DateTime",
    "Default",
    "DoubleEndedIterator",
    "Drop",
    "Eq",
    "Err",
    "Error",
    "ErrorKind",
    "ExactSizeIterator",
    "Extend",
    "Fn",
    "FnMut",
    "FnOnce",
    "From",
    "FromIterator",
    "Future",
    "Identifier",
    "Into",
    "IntoFuture",
    "IntoId",
    "IntoIterator",
    "IntoList",
    "IntoValue",
    "Iterator",
    "None",
    "Nullable",
    "Ok",
    "Option",
    "Ord",
    "Paginated",
    "PartialEq",
    "PartialOrd",
    "Result",
    "RetrySafety",
    "Secret",
    "Self",
    "Send",
    "Sized",
    "Some",
    "String",
    "Sync",
    "ToOwned",
    "ToString",
    "TryFrom",
    "TryInto",
    "UnknownInteger",
    "UnknownValue",
    "Unpin",
    "Vec",
];

/// Methods of every generated struct: a setter of that name would hide them.
const TAKEN_SETTERS: &[&str] =
    &["new", "default", "clone", "clone_from", "eq", "ne", "fmt", "into", "from", "to_owned"];

/// Methods of the hand-written client, planned ones included.
const TAKEN_METHODS: &[&str] = &[
    "batch",
    "builder",
    "clone",
    "configuration",
    "credentials",
    "dry_run",
    "dry_run_raw",
    "endpoint",
    "exchange",
    "fmt",
    "from_env",
    "from_profile",
    "list",
    "list_raw",
    "new",
    "paginate",
    "pages",
    "profile",
    "region",
    "reset_authentication",
    "run",
    "send",
    "send_raw",
    "send_with_metadata",
    "service_endpoint",
    "status",
    "wait_for",
    "wait_for_all",
    "wait_until",
    "waits",
    "with",
];

/// Constants of `codes.rs` that are not codes.
const TAKEN_CONSTANTS: &[&str] = &["TRANSIENT"];

/// Modules of `generated` that do not belong to a tag.
const TAKEN_MODULES: &[&str] = &[
    "action",
    "blocking",
    "codes",
    "common",
    "fake_data",
    "ids",
    "listings",
    "modules",
    "service",
    "types",
    "waiters",
];

/// The rows of the exceptions that no field uses.
pub(crate) fn unused_exceptions<'a>(wires: impl Iterator<Item = &'a str> + Clone) -> Vec<&'static str> {
    let used = |wire: &str| wires.clone().any(|name| name == wire);
    EXCEPTIONS.iter().map(|(wire, _)| *wire).filter(|wire| !used(wire)).collect()
}

/// A struct's field: `VmIds` → `vm_ids`. `None` if it has no ASCII letter or digit.
pub(crate) fn field(wire: &str) -> Option<String> {
    if let Some((_, name)) = EXCEPTIONS.iter().find(|(exception, _)| *exception == wire) {
        return Some((*name).to_owned());
    }
    let name = ascii(wire).to_snake_case();
    let name = if name.starts_with(|c: char| c.is_ascii_digit()) { format!("n{name}") } else { name };
    (!name.is_empty()).then(|| unreserved(name))
}

/// A chained setter: the field's name, unless every struct has a method of that name.
pub(crate) fn setter(field: &str) -> String {
    if TAKEN_SETTERS.contains(&field) { format!("set_{field}") } else { field.to_owned() }
}

/// A type. A name that is a valid type name stays as the API writes it (`ReadCO2EmissionAccountRequest`).
///
/// # Errors
/// The reason why the name is unusable, with a remedy.
pub(crate) fn type_name(wire: &str) -> Result<String, String> {
    let well_formed =
        wire.starts_with(|c: char| c.is_ascii_uppercase()) && wire.chars().all(|c| c.is_ascii_alphanumeric());
    let name = if well_formed { wire.to_owned() } else { ascii(wire).to_pascal_case() };
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) {
        return Err(format!(
            "`{wire}` cannot be turned into a Rust type name: set one with `x-rust-name` in the overlay"
        ));
    }
    if TAKEN_TYPES.contains(&name.as_str()) {
        return Err(format!(
            "`{name}` is reserved for the generated code: set another name with `x-rust-name` in the overlay"
        ));
    }
    Ok(name)
}

/// A client's method: `ReadVms` → `read_vms`.
///
/// # Errors
/// The reason why the name is unusable.
pub(crate) fn method(action: &str) -> Result<String, String> {
    let name = field(action).ok_or_else(|| {
        format!("`{action}` cannot be turned into a method name: set one with `x-rust-name` in the overlay")
    })?;
    if TAKEN_METHODS.contains(&name.as_str()) {
        return Err(format!(
            "`{name}` is a method of the hand-written client: set another name with `x-rust-name` in the overlay"
        ));
    }
    Ok(name)
}

/// Maximum length of a module's name: file systems allow 255 bytes, and extensions and temporary names need room.
const MAX_MODULE_LENGTH: usize = 200;

/// A tag's module: `LoadBalancer` → `load_balancer`.
pub(crate) fn module(tag: &str) -> Option<String> {
    let name = field(tag).filter(|name| name.len() <= MAX_MODULE_LENGTH)?;
    Some(if TAKEN_MODULES.contains(&name.as_str()) { format!("{name}_tag") } else { name })
}

/// An enum's variant: `shutting-down` → `ShuttingDown`, `-1` → `Minus1`, the empty string → `Empty`.
pub(crate) fn variant(value: &str) -> String {
    let sign = if value.starts_with('-') && value.chars().nth(1).is_some_and(|c| c.is_ascii_digit()) {
        "Minus"
    } else {
        ""
    };
    let name = ascii(value).to_pascal_case();
    let name = match name.chars().next() {
        None if value.is_empty() => "Empty".to_owned(),
        None => format!("Value{}", value.chars().map(|c| format!("{:x}", u32::from(c))).collect::<String>()),
        Some('0'..='9') if sign.is_empty() => format!("Value{name}"),
        Some(_) => format!("{sign}{name}"),
    };
    // The name of the open variant.
    if name == "UnknownValue" { "UnknownValue_".to_owned() } else { unreserved(name) }
}

/// Whether a name set by the overlay is a valid variant name.
pub(crate) fn is_variant(name: &str) -> bool {
    name.starts_with(|c: char| c.is_ascii_uppercase())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
        && !matches!(name, "Self" | "UnknownValue")
}

/// An unnamed type inside another: `VmGroup` and `State` → `VmGroupState`.
pub(crate) fn inner_type(owner: &str, wire: &str) -> String {
    format!("{owner}{}", ascii(wire).to_pascal_case())
}

/// The constant of an error code: `no-such-vm` → `NO_SUCH_VM`.
///
/// # Errors
/// The reason why the name is unusable.
pub(crate) fn constant(name: &str) -> Result<String, String> {
    let is_word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    if !name.split('-').all(is_word) || !name.starts_with(|c: char| c.is_ascii_lowercase()) {
        return Err(format!(
            "`{name}` is not a valid name of a code: use lower-case words of letters and digits separated by dashes, \
             beginning with a letter"
        ));
    }
    let constant = name.to_ascii_uppercase().replace('-', "_");
    if TAKEN_CONSTANTS.contains(&constant.as_str()) {
        return Err(format!("`{constant}` is reserved for the generated code: rename the code"));
    }
    Ok(constant)
}

fn unreserved(name: String) -> String {
    if KEYWORDS.contains(&name.as_str()) { format!("{name}_") } else { name }
}

/// The input for `heck`: anything but an ASCII letter or digit separates words.
fn ascii(wire: &str) -> String {
    wire.chars().map(|c| if c.is_ascii_alphanumeric() { c } else { ' ' }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_table_has_a_name_twice() {
        for table in [KEYWORDS, TAKEN_TYPES, TAKEN_SETTERS, TAKEN_METHODS, TAKEN_CONSTANTS, TAKEN_MODULES] {
            for (index, name) in table.iter().enumerate() {
                assert!(!table[..index].contains(name), "{name} is listed twice");
            }
        }
    }

    #[test]
    fn fields() {
        for (wire, name) in [
            ("VmIds", "vm_ids"),
            ("VRam", "vram"),
            ("Type", "type_"),
            ("CO2EmissionEntries", "co2_emission_entries"),
            ("Phase1DhGroupNumbers", "phase1_dh_group_numbers"),
            ("9Lives", "n9lives"),
            ("x-y z", "x_y_z"),
            ("Self", "self_"),
        ] {
            assert_eq!(field(wire).as_deref(), Some(name), "{wire}");
        }
        assert_eq!(field("é…"), None);
    }

    #[test]
    fn types() {
        assert_eq!(
            type_name("ReadCO2EmissionAccountRequest").as_deref(),
            Ok("ReadCO2EmissionAccountRequest")
        );
        assert_eq!(type_name("vm-state.v2").as_deref(), Ok("VmStateV2"));
        assert!(type_name("Option").is_err_and(|e| e.contains("x-rust-name")));
        assert!(type_name("42").is_err());
    }

    #[test]
    fn variants() {
        for (value, name) in [
            ("scaling down", "ScalingDown"),
            ("-1", "Minus1"),
            ("1500", "Value1500"),
            ("", "Empty"),
            ("Self", "Self_"),
            ("pending/queued", "PendingQueued"),
            ("???", "Value3f3f3f"),
        ] {
            assert_eq!(variant(value), name, "{value}");
        }
    }

    #[test]
    fn constants() {
        assert_eq!(constant("no-such-vm").as_deref(), Ok("NO_SUCH_VM"));
        assert_eq!(constant("gateway-does-not-exist-5001").as_deref(), Ok("GATEWAY_DOES_NOT_EXIST_5001"));
        for wrong in ["", "-", "a--b", "a-", "Vm", "a b", "a_b", "5-vm", "é", "transient"] {
            assert!(constant(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn client_methods_and_setters() {
        assert_eq!(method("ReadVms").as_deref(), Ok("read_vms"));
        assert!(method("Send").is_err());
        assert_eq!(setter("new"), "set_new");
        assert_eq!(module("Common").as_deref(), Some("common_tag"));
    }
}
