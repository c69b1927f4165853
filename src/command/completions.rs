//! `jot completions`

use anyhow::Result;
use serde_json::json;

use crate::cli::{self, CompletionsArgs};
use crate::command::{Context, Ended};

pub(crate) fn run(args: &CompletionsArgs, context: &Context) -> Result<Ended> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut cli::command(), "jot", &mut script);
    if context.json() {
        let script = String::from_utf8_lossy(&script);
        return Ok(context
            .output
            .json(&json!({"shell": args.shell.to_string(), "script": script}))?
            .into());
    }
    Ok(context.output.bytes(&script)?.into())
}
