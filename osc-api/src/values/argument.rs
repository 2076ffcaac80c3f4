//! What setters and constructors take.

#[cfg(feature = "testing")]
use std::collections::BTreeMap;
use std::collections::{BTreeSet, HashSet, btree_map, btree_set, hash_map, hash_set};
use std::iter::{
    Chain, Cloned, Copied, Empty, Filter, FilterMap, FlatMap, Flatten, Map, Once, Peekable, Rev, Skip,
    SkipWhile, StepBy, Take, TakeWhile,
};
use std::path::{Path, PathBuf};
use std::{array, option, slice, vec};

use super::id::Identifier;
use crate::Secret;

/// A value for a field of type `T`, or none: what a setter takes.
///
/// A setter of a field with an identifier takes the identifier, a reference to it, or a string; one of a field with an
/// enum takes the enum or a string; and each takes an `Option` of these. `None` leaves the field out of the request.
///
/// ```
/// use osc_api::types::{CreateVmsRequest, SubnetId};
///
/// let subnet: Option<&SubnetId> = None;
/// let request = CreateVmsRequest::new("ami-12345678").subnet_id(subnet).vm_type("tinav6.c2r4");
/// assert_eq!(request.subnet_id, None);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` cannot be used where a `{T}` is expected",
    label = "expected a `{T}`, or an `Option` of it",
    note = "an identifier of another kind of resource is not accepted; if it is the right one, convert its string: \
            `{T}::from(id.as_str())`"
)]
pub trait IntoValue<T> {
    /// The value of the field.
    fn into_value(self) -> Option<T>;
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<T> for T {
    fn into_value(self) -> Option<T> {
        Some(self)
    }
}

#[diagnostic::do_not_recommend]
impl<T> IntoValue<T> for Option<T> {
    fn into_value(self) -> Option<T> {
        self
    }
}

/// A type of this crate that any string converts into: identifiers, enums, secrets, dates.
#[doc(hidden)]
pub trait FromText: for<'a> From<&'a str> + From<String> {}

impl FromText for Secret {}

/// Implements [`IntoValue`] by `Into`, for values and options of them.
#[doc(hidden)]
#[macro_export]
macro_rules! __into_value {
    ($($from:ty),+ => $to:ty) => {$(
        #[diagnostic::do_not_recommend]
        impl $crate::__private::IntoValue<$to> for $from {
            fn into_value(self) -> ::core::option::Option<$to> {
                ::core::option::Option::Some(::core::convert::Into::into(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl $crate::__private::IntoValue<$to> for ::core::option::Option<$from> {
            fn into_value(self) -> ::core::option::Option<$to> {
                self.map(::core::convert::Into::into)
            }
        }
    )+};
}
pub(crate) use __into_value as into_value;

into_value!(&str, &String => String);
into_value!(&str, &String, String, &Path, &PathBuf => PathBuf);

/// As [`into_value`], for every type that strings convert into.
macro_rules! text_into_value {
    ($($from:ty),+) => {$(
        #[diagnostic::do_not_recommend]
        impl<T: FromText> IntoValue<T> for $from {
            fn into_value(self) -> Option<T> {
                Some(T::from(self))
            }
        }

        #[diagnostic::do_not_recommend]
        impl<T: FromText> IntoValue<T> for Option<$from> {
            fn into_value(self) -> Option<T> {
                self.map(T::from)
            }
        }
    )+};
}
text_into_value!(&str, String);

#[diagnostic::do_not_recommend]
impl<T: FromText> IntoValue<T> for &String {
    fn into_value(self) -> Option<T> {
        Some(T::from(self.as_str()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromText> IntoValue<T> for Option<&String> {
    fn into_value(self) -> Option<T> {
        self.map(|text| T::from(text.as_str()))
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromText + Clone> IntoValue<T> for &T {
    fn into_value(self) -> Option<T> {
        Some(self.clone())
    }
}

#[diagnostic::do_not_recommend]
impl<T: FromText + Clone> IntoValue<T> for Option<&T> {
    fn into_value(self) -> Option<T> {
        self.cloned()
    }
}

/// The values of a field of type `Vec<T>`, or none: what a setter of a list takes.
///
/// An array, a `Vec`, a slice, a set or an iterator of the standard library, whose elements convert into `T`; or an
/// `Option` of it. `None` leaves the field out of the request; an empty list is sent as one.
///
/// ```
/// use osc_api::types::{FiltersVm, VmId};
///
/// let ids = vec![VmId::from("i-12345678")];
/// let filters = FiltersVm::new().vm_ids(&ids).vm_state_names(["running", "stopped"]);
/// assert_eq!(filters.vm_ids, Some(ids));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{T}`",
    label = "expected an array, a `Vec`, a slice or an iterator of `{T}`, or an `Option` of one",
    note = "for a single value, write `[value]`; for an optional one, `value.into_iter()`; for an iterator of your \
            own, `.collect::<Vec<_>>()`",
    note = "an identifier of another kind of resource is not accepted: `{T}` must be made from its string"
)]
pub trait IntoList<T> {
    /// The list of the field.
    fn into_list(self) -> Option<Vec<T>>;
}

#[diagnostic::do_not_recommend]
impl<T, L: IntoList<T>> IntoList<T> for Option<L> {
    fn into_list(self) -> Option<Vec<T>> {
        self.and_then(L::into_list)
    }
}

/// The values of a required list: what a constructor takes for it.
///
/// Anything that iterates over values that convert into `T`.
///
/// ```
/// use osc_api::types::{DeleteVmsRequest, VmId};
///
/// let ids = vec![VmId::from("i-12345678")];
/// assert_eq!(DeleteVmsRequest::new(&ids), DeleteVmsRequest::new(["i-12345678"]));
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a list of `{T}`",
    label = "expected an array, a `Vec`, a slice or an iterator of `{T}`",
    note = "for a single value, write `[value]`; an identifier of another kind of resource is not accepted"
)]
pub trait IntoVec<T> {
    /// The list of the field.
    fn into_vec(self) -> Vec<T>;
}

#[diagnostic::do_not_recommend]
impl<T, I: IntoIterator<Item: Into<T>>> IntoVec<T> for I {
    fn into_vec(self) -> Vec<T> {
        self.into_iter().map(Into::into).collect()
    }
}

/// A blanket implementation for iterators would cover `Option`, so that `None` became an empty list.
macro_rules! into_list {
    ($([$($generic:tt)*] $from:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, $($generic)*> IntoList<T> for $from
        where
            Self: IntoVec<T>,
        {
            fn into_list(self) -> Option<Vec<T>> {
                Some(self.into_vec())
            }
        }
    )*};
}
into_list! {
    [V] Vec<V>;
    [V, const N: usize] [V; N];
    [V] BTreeSet<V>;
    [V, S] HashSet<V, S>;
    [V] vec::IntoIter<V>;
    [V] slice::Iter<'_, V>;
    [V, const N: usize] array::IntoIter<V, N>;
    [V] option::IntoIter<V>;
    [V] option::Iter<'_, V>;
    [V] btree_set::IntoIter<V>;
    [V] btree_set::Iter<'_, V>;
    [V] hash_set::IntoIter<V>;
    [V] hash_set::Iter<'_, V>;
    [K, V] btree_map::Keys<'_, K, V>;
    [K, V] btree_map::IntoKeys<K, V>;
    [K, V] btree_map::Values<'_, K, V>;
    [K, V] btree_map::IntoValues<K, V>;
    [K, V] hash_map::Keys<'_, K, V>;
    [K, V] hash_map::IntoKeys<K, V>;
    [K, V] hash_map::Values<'_, K, V>;
    [K, V] hash_map::IntoValues<K, V>;
    [I, F] Map<I, F>;
    [I, F] Filter<I, F>;
    [I, F] FilterMap<I, F>;
    [I: Iterator<Item: IntoIterator>] Flatten<I>;
    [I, U: IntoIterator, F] FlatMap<I, U, F>;
    [I] Cloned<I>;
    [I] Copied<I>;
    [I, J] Chain<I, J>;
    [I] Take<I>;
    [I] Skip<I>;
    [I, F] TakeWhile<I, F>;
    [I, F] SkipWhile<I, F>;
    [I] StepBy<I>;
    [I] Rev<I>;
    [I: Iterator] Peekable<I>;
    [V] Once<V>;
    [V] Empty<V>;
    [V] Box<dyn Iterator<Item = V> + '_>;
}

/// A reference to a list converts by cloning its elements.
macro_rules! into_list_by_clone {
    ($([$($generic:tt)*] $from:ty;)*) => {$(
        #[diagnostic::do_not_recommend]
        impl<T, V: Clone + Into<T>, $($generic)*> IntoList<T> for &$from {
            fn into_list(self) -> Option<Vec<T>> {
                Some(self.iter().cloned().into_vec())
            }
        }
    )*};
}
into_list_by_clone! {
    [] Vec<V>;
    [] [V];
    [const N: usize] [V; N];
    [] BTreeSet<V>;
    [S] HashSet<V, S>;
}

/// An identifier, or a reference to it: what a constructor takes for an identifier if it takes other values, too.
///
/// A string is not accepted there: two of them could be swapped unnoticed.
///
/// ```
/// use osc_api::types::{LinkVolumeRequest, VmId, VolumeId};
///
/// let (vm_id, volume_id) = (VmId::from("i-12345678"), VolumeId::from("vol-12345678"));
/// let request = LinkVolumeRequest::new("/dev/xvdb", &vm_id, &volume_id);
/// assert_eq!(request.vm_id, vm_id);
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a `{T}`",
    label = "expected a `{T}` or a reference to one",
    note = "a string could be swapped with another argument unnoticed: write `{T}::from(…)`; for an identifier of another \
            kind on purpose, `{T}::from(id.as_str())`"
)]
pub trait IntoId<T> {
    /// The identifier.
    fn into_id(self) -> T;
}

impl<T: Identifier> IntoId<T> for T {
    fn into_id(self) -> T {
        self
    }
}

impl<T: Identifier> IntoId<T> for &T {
    fn into_id(self) -> T {
        self.clone()
    }
}

/// What a setter for tests takes for a field of type `F`: what the setters of requests take.
#[cfg(feature = "testing")]
pub trait IntoField<F> {
    /// The value of the field.
    fn into_field(self) -> F;
}

#[cfg(feature = "testing")]
impl<T, V: IntoValue<T>> IntoField<Option<T>> for V {
    fn into_field(self) -> Option<T> {
        self.into_value()
    }
}

#[cfg(feature = "testing")]
impl<T, L: IntoList<T>> IntoField<Vec<T>> for L {
    fn into_field(self) -> Vec<T> {
        self.into_list().unwrap_or_default()
    }
}

#[cfg(feature = "testing")]
impl<T, K: Into<String>, V: Into<T>, M: IntoIterator<Item = (K, V)>> IntoField<BTreeMap<String, T>> for M {
    fn into_field(self) -> BTreeMap<String, T> {
        self.into_iter().map(|(key, value)| (key.into(), value.into())).collect()
    }
}

/// Setters of a response type, for tests: `Vm::default().with_vm_id("i-12345678")`.
#[cfg(feature = "testing")]
#[doc(hidden)]
#[macro_export]
macro_rules! __test_setters {
    ($name:ident { $($setter:ident($field:ident: $ty:ty)),* $(,)? }) => {
        /// Setters for tests.
        #[cfg_attr(docsrs, doc(cfg(feature = "testing")))]
        impl $name {$(
            #[doc = concat!("Sets [`", stringify!($field), "`](field@Self::", stringify!($field), ").")]
            #[must_use]
            pub fn $setter(mut self, value: impl $crate::__private::IntoField<$ty>) -> Self {
                self.$field = $crate::__private::IntoField::into_field(value);
                self
            }
        )*}
    };
}

/// Without the feature `testing`, response types have no setters.
#[cfg(not(feature = "testing"))]
#[doc(hidden)]
#[macro_export]
macro_rules! __test_setters {
    ($($table:tt)*) => {};
}
