//! A stand-in to try `jot decode` with; the real one has every command.

mod command;
mod output;

use std::process::ExitCode;

use jot::clock::System;

use crate::command::decode::{self, DecodeArgs};
use crate::output::{Format, Output};

fn main() -> ExitCode {
    let mut arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut flag = |name: &str| {
        let before = arguments.len();
        arguments.retain(|argument| argument != name);
        arguments.len() < before
    };
    let format = if flag("--json") { Format::Json } else { Format::Text };
    let output = Output::new(format, flag("--quiet"), flag("-v"));
    let args = DecodeArgs { token: arguments.into_iter().nth(1) };
    // A closed pipe is Ok(Outcome::Closed) and ends like any success.
    match decode::run(&args, &output, &System) {
        Ok(_) => ExitCode::SUCCESS,
        Err(failure) => ExitCode::from(output.error(&failure.into())),
    }
}
