//! The end-to-end tests, in one binary: a server in process for each, on a fresh database, on both engines.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in a test a panic is the report")]
#![allow(unreachable_pub, reason = "nothing reaches into a test binary")]
#![allow(clippy::needless_pass_by_value, reason = "a test says json!({…}) where it needs it")]

mod support;

mod crowd;
mod demo;
mod doors;
mod fence;
mod iom;
mod model;
mod openapi;
mod parity;
mod proof;
mod receipts;
mod simbiz;
mod statements;
