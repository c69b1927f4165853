//! Arguments of the commands that copy the store and bring a copy back.

use std::path::PathBuf;

use clap::Args;

/// Arguments of `jot backup`.
#[derive(Debug, Args)]
pub(crate) struct BackupArgs {
    /// The new file
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
}

/// Arguments of `jot restore`.
#[derive(Debug, Args)]
pub(crate) struct RestoreArgs {
    /// A file that `jot backup` made
    #[arg(value_name = "FILE")]
    pub(crate) file: PathBuf,
    /// Do not log everybody out: tokens that nothing speaks against stay good
    #[arg(long)]
    pub(crate) keep_sessions: bool,
    /// Do not ask
    #[arg(long, short)]
    pub(crate) yes: bool,
}

pub(super) const BACKUP: &str = "\
The copy is of one moment, while a server and other commands go on. It appears under its name when it
is whole, checked and on the disk; only its owner may read it: it holds password hashes. Keys and
settings are files of their own: back them up too.

Examples:
  $ jot backup jot-backup.db
  $ jot backup \"jot-$(date +%F).db\" --json";

pub(super) const RESTORE: &str = "\
Users, passwords, permissions and groups become those of the backup. Nothing that was refused is
accepted again: revocations, ended sessions, the ledger and the audit log stay and gain what only the
backup has; who was disabled or removed since comes back disabled; who was added since is removed; no
id is given twice. And everybody must log in again: every token issued up to now is refused. What is
there is gone afterwards: back it up first.

With --keep-sessions sessions go on and tokens stay good unless something speaks against them.

One transaction: a running server goes on with what was restored, and a restore that dies leaves the
store as it was. Where no store is left, nobody knows what was revoked since the backup: leave
--keep-sessions out then.

Examples:
  $ jot backup before.db && jot restore before.db --yes
  $ jot restore before.db --keep-sessions --yes --json";
