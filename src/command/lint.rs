//! `jot lint`: what may be wrong with a token, anybody's. Neither settings nor store are needed.

use anyhow::Result;
use jot::lint::lint;

use crate::cli::LintArgs;
use crate::command::{Context, Ended, findings, pasted};

/// What is said of a token in which nothing was found, and of every token.
const NONE: &str = "nothing found in form, header and claims";
const LAST: &str = "signature: not checked";

pub(crate) fn run(args: &LintArgs, context: &Context) -> Result<Ended> {
    if let Some(ended) = findings::explain(&args.explain, context)? {
        return Ok(ended);
    }
    let hint = "paste a token behind the command: jot lint TOKEN";
    let reading = pasted::read(&args.token, hint)?;
    findings::tell(&lint(&reading, context.now()), (NONE, LAST), context)
}
