//! Guides, one page per topic.

#[doc = include_str!("guide/configuration.md")]
pub mod configuration {}

#[doc = include_str!("guide/rotating_keys.md")]
pub mod rotating_keys {}

#[doc = include_str!("guide/controllers.md")]
pub mod controllers {}

#[doc = include_str!("guide/errors.md")]
pub mod errors {}

#[doc = include_str!("guide/retries.md")]
pub mod retries {}

#[doc = include_str!("guide/pagination.md")]
pub mod pagination {}

#[doc = include_str!("guide/waiters.md")]
pub mod waiters {}

#[doc = include_str!("guide/blocking.md")]
pub mod blocking {}

#[doc = include_str!("guide/testing.md")]
pub mod testing {}

#[doc = include_str!("guide/logging.md")]
pub mod logging {}

#[doc = include_str!("guide/metrics.md")]
pub mod metrics {}

#[doc = include_str!("guide/newer_actions.md")]
pub mod newer_actions {}

#[doc = include_str!("guide/features.md")]
pub mod features {}

#[doc = include_str!("guide/versioning.md")]
pub mod versioning {}

#[doc = include_str!("guide/identifiers.md")]
pub mod identifiers {}

#[doc = include_str!("guide/coming_from_aws.md")]
pub mod coming_from_aws {}

#[doc = include_str!("guide/coming_from_python.md")]
pub mod coming_from_python {}

#[doc = include_str!("guide/migrating_from_outscale_api.md")]
#[doc = "Before:\n```ignore"]
#[doc = include_str!("guide/archive_volumes_before.rs")]
#[doc = "```\nAfter:\n```no_run"]
#[doc = include_str!("../examples/archive_volumes.rs")]
#[doc = "```"]
pub mod migrating_from_outscale_api {}

#[doc = include_str!("guide/restrict_api_access.md")]
pub mod restrict_api_access {}
