//! The options of a fake that its requests depend on.

use super::account::StateProgress;
use super::signature::SignedHosts;

/// What a fake does besides its handlers and faults.
#[derive(Clone, Debug)]
pub(super) struct FakeOptions {
    pub(super) is_strict: bool,
    pub(super) is_stateful: bool,
    pub(super) state_progress: StateProgress,
    pub(super) has_manual_clock: bool,
    pub(super) is_paginated: bool,
    pub(super) has_access_rules: bool,
    pub(super) max_rate_per_account: Option<u32>,
    pub(super) max_rate_per_action: Option<u32>,
    pub(super) has_lockout: bool,
    pub(super) signed_hosts: SignedHosts,
}

impl Default for FakeOptions {
    fn default() -> Self {
        Self {
            is_strict: false,
            is_stateful: false,
            state_progress: StateProgress::Reads(1),
            has_manual_clock: false,
            is_paginated: false,
            has_access_rules: false,
            max_rate_per_account: None,
            max_rate_per_action: None,
            has_lockout: false,
            signed_hosts: SignedHosts::default(),
        }
    }
}
