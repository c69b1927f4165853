//! `jot lint`: what may be wrong with a token, anybody's. Neither settings nor store are needed.

use anyhow::Result;
use jot::lint::lint;

use crate::cli::LintArgs;
use crate::command::{Context, Ended, findings, pasted};

/// What is said of a token in which nothing was found.
const NONE: &str = "nothing found in form, header and claims; the signature was not checked";

pub(crate) fn run(args: &LintArgs, context: &Context) -> Result<Ended> {
    if let Some(ended) = findings::explain(&args.explain, context)? {
        return Ok(ended);
    }
    let reading = pasted::read(&args.token, "lint")?;
    findings::tell(&lint(&reading, context.now()), NONE, context)
}
