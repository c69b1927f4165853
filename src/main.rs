//! jot, the command: reads the command line, runs one command, tells how it ended.

use std::process::ExitCode;

use clap::error::ErrorKind;
use jot::error::{Code, Error};
#[cfg(target_os = "linux")]
use rustix::process::DumpableBehavior;
use rustix::process::{Resource, Rlimit, setrlimit};

mod cli;
mod command;
mod output;

use command::{Context, Ended};
use output::{Format, Output};

fn main() -> ExitCode {
    // Keys and passwords are in memory: none of it goes to a file. Where it cannot be had, it is
    // what it was.
    _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // Where a program takes the dumps, the limit says nothing (core(5)).
    #[cfg(target_os = "linux")]
    {
        _ = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable);
    }
    let line: Vec<_> = std::env::args_os().collect();
    match cli::read(line.iter().cloned()) {
        Ok((globals, action)) => {
            let context = Context::new(globals);
            match command::run(&action, &context) {
                Ok(Ended::Done) => ExitCode::SUCCESS,
                Ok(Ended::With(exit)) => ExitCode::from(exit),
                Err(failure) => ExitCode::from(context.output.error(&failure)),
            }
        }
        Err(error) => misread(&error, line.iter().any(|word| word == "--json")),
    }
}

/// Tells what is wrong with the command line, or gives the help that was asked for.
fn misread(error: &clap::Error, json: bool) -> ExitCode {
    let asked = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if json && !asked {
        let text = error.render().to_string();
        let text = text.trim_start_matches("error: ");
        let (message, rest) = text.split_once("\n\n").unwrap_or((text, ""));
        let message = message.split_whitespace().collect::<Vec<_>>().join(" ");
        let hint = rest.lines().map(str::trim).find(|line| line.starts_with("tip:"));
        let error = Error::new(Code::Usage, message);
        let error = match hint {
            Some(hint) => error.hint(hint.trim_start_matches("tip: ")),
            None => error.hint("add --help to the command"),
        };
        return ExitCode::from(Output::new(Format::Json, false, false).error(&error.into()));
    }
    // A closed pipe is no failure, and there is nobody to be told of any other.
    _ = error.print();
    if asked { ExitCode::SUCCESS } else { ExitCode::from(Code::Usage.exit()) }
}
