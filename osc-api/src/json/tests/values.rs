//! JSON values of any type.

use serde::Deserialize as _;
use serde::de::value::U128Deserializer;
use serde::de::{DeserializeSeed as _, IntoDeserializer as _};

use super::access::Store;
use super::*;

#[test]
fn the_decoded_size_of_json_values_is_bounded_too() {
    for element in ["{}", "[]", "0", r#"{"a":0}"#, r#"{"a":[{}]}"#, "[[[]]]"] {
        let list = |count: usize| format!("[{}0]", format!("{element},").repeat(count));
        let BoundedValue(value) = read(list(10).as_bytes(), LENIENT).unwrap().value;
        assert_eq!(value, serde_json::from_str::<serde_json::Value>(&list(10)).unwrap());
        let failure = read::<BoundedValue>(list(100_000).as_bytes(), LENIENT).map(|_| ()).unwrap_err();
        assert!(matches!(failure, Failure::TooLarge { .. }), "{element}: {failure:?}");
    }
    let deep = format!("{}{}", "[".repeat(100_000), "]".repeat(100_000));
    assert!(read::<BoundedValue>(deep.as_bytes(), LENIENT).is_err());
}

#[test]
fn any_json_value_is_decoded_as_by_serde_json() {
    for text in [
        "null",
        "true",
        "-1",
        "18446744073709551615",
        "1.5e3",
        r#""a\u00e9\n""#,
        "[]",
        "{}",
        r#"{"a":{"b":[null,1,{"c":""}]},"a":2,"d":[]}"#,
    ] {
        let BoundedValue(value) = read(text.as_bytes(), STRICT).unwrap().value;
        assert_eq!(value, serde_json::from_str::<serde_json::Value>(text).unwrap(), "{text}");
    }
    let blank: Decoded<BoundedValue> = read(b" ", LENIENT).unwrap();
    assert_eq!(blank.value.0, serde_json::Value::Null);
    // As `serde_json` passes a number if any crate enables arbitrary precision.
    let entries = [("$serde_json::private::Number", "12")].into_iter();
    let number =
        BoundedValue::deserialize(serde::de::value::MapDeserializer::<_, serde_json::Error>::new(entries));
    assert_eq!(number.unwrap().0, serde_json::Value::from(12));
    // As it passes an integer beyond 64 bits then.
    let wide = u128::MAX;
    let deserializer = || wide.into_deserializer() as U128Deserializer<serde_json::Error>;
    let wanted: serde_json::Number = wide.to_string().parse().unwrap();
    assert_eq!(BoundedValue::deserialize(deserializer()).unwrap().0, serde_json::Value::from(wanted));
    let mut float: Option<f64> = None;
    assert_eq!(Store(&mut float).deserialize(deserializer()).unwrap(), Outcome::Value);
    assert_eq!(float, wide.to_string().parse().ok());
}
