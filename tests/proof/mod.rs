//! Proofs against the real server: a process of its own, spoken to over loopback, on each engine. However many ask at
//! once and however the process ends, no rule is broken; `stockbridge verify` has the last word after each.

mod caller;
mod commands;
mod ends;
mod hands;
mod import;
mod journal;
mod page;
mod sales;
mod soak;
mod stand;
mod wire;

use caller::{Answer, Caller, Lost};
use stand::{Stand, on_each_engine, on_the_demo};
