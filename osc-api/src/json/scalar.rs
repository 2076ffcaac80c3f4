//! Scalars, and their conversions that lose nothing.

/// Largest magnitude up to which every integer has an exact `f64`: 2⁵³.
const MAX_EXACT: f64 = 9_007_199_254_740_992.0;

/// A string, a number or a boolean.
#[derive(Clone, Copy, Debug)]
pub enum Scalar<'a> {
    /// A boolean.
    Bool(bool),
    /// An integer that is not negative.
    Unsigned(u64),
    /// Any other integer.
    Signed(i64),
    /// A number with a fraction or an exponent, or an integer beyond 64 bits.
    Float(f64),
    /// A string.
    Text(&'a str),
}

impl<'a> Scalar<'a> {
    pub(super) fn kind(self) -> &'static str {
        match self {
            Self::Bool(_) => "a boolean",
            Self::Unsigned(_) | Self::Signed(_) => "an integer",
            Self::Float(_) => "a number",
            Self::Text(_) => "a string",
        }
    }

    /// A number as a string. A large one has lost digits already.
    #[cold]
    pub(super) fn number_to_text(self) -> Option<String> {
        match self {
            Self::Unsigned(number) => Some(number.to_string()),
            Self::Signed(number) => Some(number.to_string()),
            Self::Float(number) if number.abs() <= MAX_EXACT => {
                serde_json::Number::from_f64(number).map(|number| number.to_string())
            }
            Self::Float(_) | Self::Bool(_) | Self::Text(_) => None,
        }
    }

    /// A number as `serde_json` passes it if any crate enables `arbitrary_precision`.
    pub(super) fn of_number(text: &'a str) -> Self {
        let unsigned = text.parse().ok().map(Self::Unsigned);
        let signed = || text.parse().ok().map(Self::Signed);
        let float = || text.parse().ok().map(Self::Float);
        unsigned.or_else(signed).or_else(float).unwrap_or(Self::Text(text))
    }

    /// The integer, if it is one.
    pub(super) fn to_integer(self) -> Option<i64> {
        match self {
            Self::Unsigned(number) => i64::try_from(number).ok(),
            Self::Signed(number) => Some(number),
            Self::Float(number) => whole(number),
            Self::Text(text) => text.parse().ok().or_else(|| text.parse().ok().and_then(whole)),
            Self::Bool(_) => None,
        }
    }

    /// The number, if it is a finite one.
    #[expect(clippy::cast_precision_loss, reason = "as serde does it for a field of this type")]
    pub(super) fn to_float(self) -> Option<f64> {
        match self {
            Self::Unsigned(number) => Some(number as f64),
            Self::Signed(number) => Some(number as f64),
            Self::Float(number) => Some(number).filter(|number| number.is_finite()),
            Self::Text(text) => text.parse().ok().filter(|number: &f64| number.is_finite()),
            Self::Bool(_) => None,
        }
    }

    /// The boolean, also of 0, 1 and the words in any case.
    pub(super) fn to_bool(self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(value),
            Self::Text(text) if text.eq_ignore_ascii_case("true") => Some(true),
            Self::Text(text) if text.eq_ignore_ascii_case("false") => Some(false),
            Self::Text(_) => None,
            Self::Unsigned(_) | Self::Signed(_) | Self::Float(_) => match self.to_integer() {
                Some(0) => Some(false),
                Some(1) => Some(true),
                _ => None,
            },
        }
    }
}

/// The integer, if it is certainly the number in the text.
#[expect(clippy::cast_possible_truncation, reason = "in range and without a fraction")]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() <= MAX_EXACT).then_some(number as i64)
}
