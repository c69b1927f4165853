//! Arguments of the command for clients.

use clap::{Args, Subcommand};

/// What `jot client` does.
#[derive(Debug, Subcommand)]
pub(crate) enum ClientAction {
    /// Add a client and print its secret, which is shown this once
    Add(ClientAddArgs),
    /// List the clients
    List,
    /// Remove a client; its tokens are refused from now on
    Remove {
        /// Its id
        id: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Arguments of `jot client add`.
#[derive(Debug, Args)]
pub(crate) struct ClientAddArgs {
    /// Its id, by which it names itself in OAuth
    pub(crate) id: String,
    /// A permission that its own tokens may carry, such as app.codename; repeat for several
    #[arg(long, value_name = "PERMISSION")]
    pub(crate) perm: Vec<String>,
}

pub(super) const CLIENT: &str = "\
Examples:
  $ jot client add billing --perm news.change > billing.secret
  $ jot client list
  $ jot client remove billing --yes";
