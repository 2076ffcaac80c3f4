//! Code shared by the tests of this workspace.

pub mod artifacts;
pub mod child;
pub mod cloud;
pub mod http;
pub mod logs;
pub mod osc4;
pub mod proxy;
pub mod random;
pub mod server;
