//! The end-to-end tests, in one binary: a server in process for each, on a fresh database, on both engines.
#![allow(clippy::expect_used, clippy::panic, clippy::unwrap_used, reason = "in a test a panic is the report")]

mod support;

mod doors;
mod fence;
mod openapi;
mod parity;
mod statements;
