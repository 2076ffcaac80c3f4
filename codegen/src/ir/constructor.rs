//! What the constructor of a struct takes. Two arguments that could be swapped unnoticed are never positional.

use super::{Field, Struct, Type};

/// Maximum number of positional arguments: more are hard to read.
const MAX_ARGUMENTS: usize = 4;

/// Structs whose constructor takes strings in an order that everyone knows.
const KNOWN_ORDER: &[(&str, &[&str])] = &[("ResourceTag", &["Key", "Value"])];

/// What `new` takes for the required fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Constructor {
    /// Nothing: no field is required.
    Empty,
    /// The only required field, from anything that converts into it.
    One,
    /// Strings, in an order that everyone knows.
    KnownOrder,
    /// Each required field, and nothing that another one accepts: `new("/dev/xvdb", &vm_id, &volume_id)`.
    Positional {
        /// Whether a string converts into its argument: it is the only one into which a string could.
        takes_string: bool,
    },
    /// A struct of this name with the required fields: `new(HealthCheckRequired { port: 80, … })`.
    Named(String),
}

impl Struct {
    /// What `new` takes.
    pub fn constructor(&self) -> Constructor {
        let required: Vec<&Field> = self.required().collect();
        let wires = required.iter().map(|field| field.wire.as_str());
        let is_known =
            |(name, order): &(&str, &[&str])| *name == self.name && wires.clone().eq(order.iter().copied());
        match required.len() {
            0 => Constructor::Empty,
            1 => Constructor::One,
            _ if KNOWN_ORDER.iter().any(is_known) => Constructor::KnownOrder,
            2..=MAX_ARGUMENTS if are_distinct(&required) => {
                let is_text = |field: &&&Field| is_text(&field.ty);
                Constructor::Positional { takes_string: required.iter().filter(is_text).count() == 1 }
            }
            _ => {
                let name = self.name.strip_suffix("Request").unwrap_or(&self.name);
                Constructor::Named(format!("{name}Required"))
            }
        }
    }
}

/// What a positional argument accepts. Two of the same kind could be swapped.
#[derive(PartialEq)]
enum Accepts<'a> {
    /// A value of this type only.
    Exact(&'a Type),
    /// A list of strings, whatever they convert into.
    Strings,
}

fn are_distinct(fields: &[&Field]) -> bool {
    let accepts: Vec<Accepts<'_>> = fields.iter().map(|field| accepts(&field.ty)).collect();
    let mut rest = accepts.as_slice();
    while let Some((first, others)) = rest.split_first() {
        if others.contains(first) {
            return false;
        }
        rest = others;
    }
    true
}

fn accepts(ty: &Type) -> Accepts<'_> {
    match ty {
        Type::List(element) if is_text(element) => Accepts::Strings,
        _ => Accepts::Exact(ty),
    }
}

/// Whether strings convert into a type. They do into enums, too, but a positional argument takes only the enum.
fn is_text(ty: &Type) -> bool {
    match ty {
        Type::String | Type::Secret | Type::Date | Type::DateTime | Type::DateOrDateTime => true,
        Type::Identifier(_) => true,
        Type::Bool | Type::I32 | Type::I64 | Type::F64 | Type::Json => false,
        Type::List(_) | Type::Map(_) | Type::Named(_) | Type::Boxed(_) => false,
    }
}
