//! Classes of error codes, as the ranges in which the server assigns them (provider's documentation; `spec/errors.yaml`
//! lists the single codes).

use std::ops::RangeInclusive;

pub(super) type Codes = [RangeInclusive<u32>];

/// 4120 is the unknown access key, a 400.
pub(super) const AUTHENTICATION: &Codes = &[1..=1, 8..=13, 20..=20, 4120..=4120];
/// Codes of a 403 that concern the authentication, not a permission.
pub(super) const AUTHENTICATION_METHOD: &Codes = &[8..=13];
pub(super) const ACCESS_DENIED: &Codes = &[4..=5, 7..=7, 14..=14];
pub(super) const THROTTLED: &Codes = &[6..=6, 24..=25];
pub(super) const VALIDATION: &Codes = &[4000..=4119, 4121..=4999];
pub(super) const NOT_FOUND: &Codes = &[5000..=5999];
pub(super) const CONFLICT: &Codes = &[6000..=6999, 9000..=9999];
pub(super) const DEPENDENCY: &Codes = &[1000..=1999];
pub(super) const QUOTA: &Codes = &[10_003..=10_999];
pub(super) const CAPACITY: &Codes = &[10_001..=10_001];
/// Quotas and capacity share a range.
pub(super) const QUOTA_OR_CAPACITY: &Codes = &[10_000..=10_999];
/// Every known range except that of validation.
pub(super) const NOT_VALIDATION: &Codes =
    &[0..=999, 1000..=1999, 4120..=4120, 5000..=5999, 6000..=6999, 9000..=9999, 10_000..=10_999];
