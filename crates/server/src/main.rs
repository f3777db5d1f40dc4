//! `stockbridge`: one binary that serves, migrates and administers.

use std::io::Write;
use std::process::ExitCode;

use clap::Parser;
use stockbridge::Allocator;
use stockbridge::cli::Cli;

#[global_allocator]
static ALLOCATOR: Allocator = Allocator;

fn main() -> ExitCode {
    match stockbridge::run(Cli::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            let _ = writeln!(std::io::stderr().lock(), "stockbridge: {message}");
            ExitCode::FAILURE
        }
    }
}
