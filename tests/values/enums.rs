//! Every generated enum: known and unknown values.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt::{Debug, Display, Write as _};
use std::hash::Hash;
use std::str::FromStr;

use osc_api::types;
use osc_codegen::ir::{Enum, Type, TypeDef, Values};
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::listing;

const LIST: &str = include_str!("enums.in");

/// Candidates for unknown values. The tests skip those that an enum knows.
const UNKNOWN: [&str; 6] = ["", "zz-new", "Unknown", "UnknownValue", " ", "é \"quoted\"\n"];

/// Converts a string to an enum and back in every way, and returns the `Debug` output.
type EnumCheck = fn(&str) -> String;

macro_rules! enums {
    ($($kind:ident $name:ident)*) => {
        const ENUMS: &[(&str, EnumCheck)] = &[$((stringify!($name), $kind::<types::$name>)),*];
    };
}

include!("enums.in");

#[test]
fn known_values_become_their_variants_and_keep_their_strings() {
    let checks: BTreeMap<&str, EnumCheck> = ENUMS.iter().copied().collect();
    for Enum { name, values, .. } in known() {
        let check =
            checks.get(name.as_str()).unwrap_or_else(|| panic!("{name} is not in tests/values/enums.in"));
        let values: Vec<(String, String)> = match values {
            Values::Text(values) => values,
            Values::Integer(values) => {
                values.into_iter().map(|(variant, value)| (variant, value.to_string())).collect()
            }
        };
        assert!(!values.is_empty(), "{name} has values");
        for (variant, value) in values {
            assert_eq!(check(&value), variant, "{name}: {value}");
        }
    }
}

#[test]
fn unknown_values_keep_their_strings() {
    for Enum { name, values, .. } in known() {
        let (_, check) = ENUMS.iter().find(|(listed, _)| *listed == name).expect("in the list");
        let unknown = match values {
            Values::Text(values) => {
                let is_known = |text: &&str| values.iter().any(|(_, value)| value == text);
                UNKNOWN.into_iter().filter(|text| !is_known(text)).collect()
            }
            Values::Integer(_) => vec!["0", "-1", "9223372036854775807", "-9223372036854775808"],
        };
        for value in unknown {
            assert!(check(value).starts_with("UnknownValue("), "{name}: {value:?} is {}", check(value));
        }
    }
}

#[test]
fn values_are_compared_with_case_and_spaces() {
    use types::{BootMode, VmGroupState};
    assert_eq!(BootMode::from("uefi"), BootMode::Uefi);
    for other in ["Uefi", "UEFI", " uefi", "uefi "] {
        assert_ne!(BootMode::from(other), BootMode::Uefi, "{other:?}");
        assert_eq!(BootMode::from(other).as_str(), other);
    }
    assert_eq!(VmGroupState::from("scaling down").to_string(), "scaling down");
    assert_ne!(VmGroupState::from("scaling-down"), VmGroupState::from("scaling down"));
}

#[test]
fn display_respects_the_format_width() {
    assert_eq!(format!("[{:>6}]", types::BootMode::Uefi), "[  uefi]");
    assert_eq!(format!("[{:<8}]", types::BootMode::from("zz-new")), "[zz-new  ]");
    assert_eq!(format!("[{:>6}]", types::DirectLinkInterfaceMtu::Value1500), "[  1500]");
}

#[test]
fn a_value_of_the_wrong_type_is_an_error_that_names_the_expected_type() {
    for (wrong, expected) in [("3", "string"), ("true", "string"), ("{}", "string"), ("[]", "string")] {
        let error = serde_json::from_str::<types::BootMode>(wrong).expect_err("not a string");
        assert!(error.to_string().contains(expected), "{error}");
    }
    assert!(serde_json::from_str::<types::DirectLinkInterfaceMtu>("\"1500\"").is_err());
    assert!("1500 bytes".parse::<types::DirectLinkInterfaceMtu>().is_err());
}

#[test]
fn every_enum_is_the_type_of_a_field() {
    // Nothing else would report a value set of the overlay that no field refers to.
    fn named(ty: &Type) -> Option<&str> {
        match ty {
            Type::Named(name) => Some(name),
            Type::List(inner) | Type::Map(inner) => named(inner),
            _ => None,
        }
    }
    let model = model();
    let fields = model.iter().filter_map(|definition| match definition {
        TypeDef::Struct(definition) => Some(&definition.fields),
        TypeDef::Enum(_) | TypeDef::Alias(_) | TypeDef::Identifier(_) => None,
    });
    let used: BTreeSet<&str> = fields.flatten().filter_map(|field| named(&field.ty)).collect();
    for Enum { name, .. } in known() {
        assert!(used.contains(name.as_str()), "no field has the type {name}: remove it from the overlay");
    }
}

#[test]
fn fields_with_the_same_values_share_one_enum() {
    use types::{CreateVolumeRequest, FiltersVm, FiltersVolume, IpProtocol, LinkState, VmStateName};
    use types::{LinkedVolume, Vm, VmState, Volume};
    fn received<T: DeserializeOwned>(name: &str, value: &str) -> T {
        serde_json::from_value(serde_json::json!({ name: value })).expect("a response")
    }
    let filters = FiltersVm::new().vm_state_names(["running", "zz-new"]);
    assert_eq!(filters.vm_state_names, Some(vec![VmStateName::Running, VmStateName::from("zz-new")]));
    assert_eq!(received::<Vm>("State", "running").state, Some(VmStateName::Running));
    assert_eq!(received::<VmState>("CurrentState", "running").current_state, Some(VmStateName::Running));

    let request = CreateVolumeRequest::new("eu-west-2a").volume_type("gp2");
    assert_eq!(request.volume_type, received::<Volume>("VolumeType", "gp2").volume_type);
    let filters = FiltersVolume::new().volume_types(request.volume_type.into_iter());
    let filters = filters.link_volume_link_states([LinkState::Attached]);
    let linked: LinkedVolume = received("State", "attached");
    assert_eq!(filters.link_volume_link_states, linked.state.map(|state| vec![state]));
    assert_eq!(IpProtocol::All.as_str(), "-1");
    assert_eq!(IpProtocol::from("50").as_str(), "50");
}

#[test]
fn the_list_of_enums_is_up_to_date() {
    let mut wanted = "\
        // Written by `cargo xtask regen` from spec/.\n\
        enums! {\n"
        .to_owned();
    for Enum { name, values, .. } in known() {
        let kind = match values {
            Values::Text(_) => "text",
            Values::Integer(_) => "integer",
        };
        writeln!(wanted, "    {kind} {name}").expect("writing to a string cannot fail");
    }
    wanted.push_str("}\n");
    listing::check("values", "values/enums.in", LIST, &wanted);
}

/// All enums of the model, sorted by name.
fn known() -> Vec<Enum> {
    let mut enums: Vec<Enum> = model()
        .into_iter()
        .filter_map(|definition| match definition {
            TypeDef::Enum(definition) => Some(definition),
            TypeDef::Struct(_) | TypeDef::Alias(_) | TypeDef::Identifier(_) => None,
        })
        .collect();
    enums.sort_by(|one, other| one.name.cmp(&other.name));
    enums
}

/// All generated types.
fn model() -> Vec<TypeDef> {
    let description = include_str!("../../spec/outscale.yaml");
    let overlay = Some(include_str!("../../spec/overlay.yaml"));
    let input =
        osc_codegen::Input { description, overlay, docs: None, errors: None, waiters: None, strict: false };
    let (api, _) = osc_codegen::model(&input, &mut |_| {}).unwrap_or_else(|problems| panic!("{problems:?}"));
    api.modules.into_iter().flat_map(|module| module.types).collect()
}

fn text<E>(text: &str) -> String
where
    E: for<'a> From<&'a str> + From<String> + FromStr<Err = Infallible> + AsRef<str>,
    E: Clone + Debug + Display + Eq + Hash + Serialize + DeserializeOwned,
{
    let value = E::from(text);
    assert_eq!(value.as_ref(), text);
    assert_eq!(value.to_string(), text);
    let Ok(parsed) = text.parse::<E>();
    assert_eq!(parsed, value);
    assert_eq!(E::from(text.to_owned()), value);
    assert_eq!(value.clone(), value);
    let wire = serde_json::to_string(text).expect("a string");
    through_json(&value, &wire)
}

fn integer<E>(text: &str) -> String
where
    E: From<i64> + From<i32> + FromStr<Err = std::num::ParseIntError>,
    E: Clone + Debug + Display + Eq + Hash + Serialize + DeserializeOwned,
{
    let number: i64 = text.parse().expect("an integer");
    let value = E::from(number);
    assert_eq!(value.to_string(), text);
    assert_eq!(text.parse::<E>().as_ref(), Ok(&value));
    if let Ok(number) = i32::try_from(number) {
        assert_eq!(E::from(number), value);
    }
    through_json(&value, text)
}

/// Decodes a value from every kind of source and encodes it again.
fn through_json<E: Debug + Eq + Serialize + DeserializeOwned>(value: &E, wire: &str) -> String {
    let owned: serde_json::Value = serde_json::from_str(wire).expect("JSON");
    let decoded = [
        serde_json::from_str::<E>(wire),
        serde_json::from_slice::<E>(wire.as_bytes()),
        serde_json::from_reader::<_, E>(wire.as_bytes()),
        serde_json::from_value::<E>(owned.clone()),
    ];
    for decoded in decoded {
        assert_eq!(&decoded.expect("any string or number"), value, "{wire}");
    }
    assert_eq!(serde_json::to_string(value).expect("JSON"), wire);
    assert_eq!(serde_json::to_value(value).expect("JSON"), owned);
    format!("{value:?}")
}
