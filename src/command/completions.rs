//! `jot completions`

use anyhow::Result;

use crate::cli::{self, CompletionsArgs};
use crate::command::{Context, Ended};

pub(crate) fn run(args: &CompletionsArgs, context: &Context) -> Result<Ended> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "jot", &mut script);
    Ok(context.output.bytes(&script)?.into())
}
