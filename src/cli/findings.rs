//! Arguments of the commands that look for what may be wrong.

use clap::Args;

/// Arguments of `jot lint`.
#[derive(Debug, Args)]
pub(crate) struct LintArgs {
    /// The token, whatever stands around it; "-" reads stdin, "@FILE" a file
    #[arg(value_name = "TOKEN")]
    pub(crate) token: Vec<String>,
    #[command(flatten)]
    pub(crate) explain: ExplainArgs,
}

/// Arguments of `jot doctor`.
#[derive(Debug, Args)]
pub(crate) struct DoctorArgs {
    #[command(flatten)]
    pub(crate) explain: ExplainArgs,
}

/// What is asked of the rules themselves.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// Say what a rule is about, and why; without RULE, list all
    #[arg(long, value_name = "RULE", num_args = 0..=1, default_missing_value = "")]
    pub(crate) explain: Option<String>,
}

pub(super) const LINT: &str = "\
Examples:
  $ jot lint $TOKEN
  $ echo \"Authorization: Bearer $TOKEN\" | jot lint -
  $ jot lint --json $TOKEN
  $ jot lint --explain token.no-exp";

pub(super) const DOCTOR: &str = "\
Examples:
  $ jot doctor
  $ jot doctor --json
  $ jot doctor --explain store.mode";
