//! Support code that the tests of this workspace share.

pub mod cloud;
pub mod http;
pub mod logs;
pub mod osc4;
pub mod proxy;
pub mod server;
