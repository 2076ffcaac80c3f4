//! Responses with values of the wrong type: each costs only its own field.

use osc_tests::random::Random;
use serde_json::{Map, Value, json};

use crate::round_trip::compare;
use crate::round_trip::contract::{self, Side};
use crate::round_trip::dispatch;
use crate::round_trip::filled;
use crate::round_trip::variations::pointers;

/// The seed of the first round. A failure message contains the seed of its round.
const FIRST_SEED: u64 = 20_261_125;

/// Number of damaged copies of each response.
const ROUNDS: u64 = 20;

/// Maximum number of members that are damaged at once.
const MAX_DAMAGED: usize = 6;

/// Random choices and values.
struct Choices(Random);

impl Choices {
    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.0.below(bound as u64)).expect("below a usize")
    }

    fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        items.get(self.below(items.len())).expect("not empty")
    }

    /// Any JSON value with at most this depth.
    fn value(&mut self, depth: usize) -> Value {
        let kinds = if depth == 0 { 9 } else { 11 };
        match self.below(kinds) {
            0 => Value::Null,
            1 => json!(self.below(2) == 0),
            2 => json!(self.below(3)),
            3 => json!(-7),
            4 => json!(1.5),
            5 => json!(u64::MAX),
            6 => json!(1e300),
            7 => json!(self.pick(&["", "10", "true", "zz-new", "1e2", "é\u{0}\u{1f600}"])),
            8 => self.pick(&[json!([]), json!([[]]), json!([{}])]).clone(),
            9 => (0..self.below(3)).map(|_| self.value(depth - 1)).collect(),
            _ => Value::Object(self.object(depth - 1, &["A", "", "ResponseContext"])),
        }
    }

    /// An object with some of these members.
    fn object(&mut self, depth: usize, names: &[&str]) -> Map<String, Value> {
        let count = self.below(names.len() + 1);
        (0..count).map(|_| ((*self.pick(names)).to_owned(), self.value(depth))).collect()
    }
}

/// Random pointers to members of objects, none of which is within another.
fn damaged_pointers(random: &mut Choices, value: &Value) -> Vec<String> {
    let is_member = |pointer: &String| {
        let (parent, _) = pointer.rsplit_once('/').expect("below the root");
        value.pointer(parent).is_some_and(Value::is_object)
    };
    let members: Vec<String> = pointers(value).into_iter().filter(is_member).collect();
    let mut chosen: Vec<String> = Vec::new();
    for _ in 0..=random.below(MAX_DAMAGED) {
        let pointer = random.pick(&members);
        let is_within = |one: &str, other: &str| one == other || one.starts_with(&format!("{other}/"));
        if !chosen.iter().any(|other| is_within(pointer, other) || is_within(other, pointer)) {
            chosen.push(pointer.clone());
        }
    }
    chosen
}

#[test]
fn a_value_of_the_wrong_type_costs_at_most_its_own_field() {
    println!("seeds {FIRST_SEED} to {}", FIRST_SEED + ROUNDS - 1);
    for seed in FIRST_SEED..FIRST_SEED + ROUNDS {
        let mut random = Choices(Random::new(seed));
        for action in contract::actions() {
            let whole = filled::value(contract::schema_name(action, Side::Response));
            let pointers = damaged_pointers(&mut random, &whole);
            let (mut changed, mut expected) = (whole.clone(), whole);
            for pointer in &pointers {
                *changed.pointer_mut(pointer).expect("a member") = random.value(3);
                *expected.pointer_mut(pointer).expect("a member") = Value::Null;
            }
            let mut found = dispatch::codec(action, Side::Response)
                .recode(&changed)
                .unwrap_or_else(|problem| panic!("seed {seed}, {action}, {pointers:?}: {problem}"));
            for pointer in &pointers {
                if let Some(member) = found.pointer_mut(pointer) {
                    *member = Value::Null;
                }
            }
            let differences = compare::differences(&expected, &found);
            assert!(
                differences.is_empty(),
                "seed {seed}, {action}, {pointers:?}: {differences:?}\n{changed}"
            );
        }
    }
}

#[test]
fn any_object_decodes_as_a_response() {
    let mut random = Choices(Random::new(FIRST_SEED));
    for action in contract::actions() {
        let whole = filled::value(contract::schema_name(action, Side::Response));
        let names: Vec<&str> = whole.as_object().expect("an object").keys().map(String::as_str).collect();
        for round in 0..ROUNDS {
            let object = Value::Object(random.object(4, &names));
            if let Err(problem) = dispatch::codec(action, Side::Response).recode(&object) {
                panic!("seed {FIRST_SEED}, round {round}, {action}: {problem}\n{object}");
            }
        }
    }
}

#[test]
fn a_convertible_value_is_kept() {
    for action in contract::actions() {
        let whole = filled::value(contract::schema_name(action, Side::Response));
        let mut converted = whole.clone();
        convert(&mut converted);
        let found = dispatch::codec(action, Side::Response).recode(&converted).expect("an object");
        let differences = compare::differences(&whole, &found);
        assert!(differences.is_empty(), "{action}: {differences:?}");
    }
}

/// Turns every number and boolean into a string, and every list of one object into that object.
fn convert(value: &mut Value) {
    match value {
        Value::Number(_) | Value::Bool(_) => *value = value.to_string().into(),
        Value::Object(members) => members.values_mut().for_each(convert),
        Value::Array(elements) => {
            elements.iter_mut().for_each(convert);
            if let [Value::Object(_)] = elements.as_slice() {
                *value = elements.remove(0);
            }
        }
        Value::Null | Value::String(_) => {}
    }
}
