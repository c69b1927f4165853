//! Arguments of the commands that look at and change what the store keeps of tokens.

use clap::{Args, Subcommand};

/// Arguments of `jot revoke`.
#[derive(Debug, Args)]
pub(crate) struct RevokeArgs {
    /// Tokens, or ids (jti), or beginnings of ids; "-" reads them from stdin, one a line
    #[arg(value_name = "JTI|TOKEN", required_unless_present_any = ["user", "session", "all"])]
    pub(crate) what: Vec<String>,
    /// Everything of this user issued up to now
    #[arg(long, value_name = "NAME", conflicts_with_all = ["what", "session", "all"])]
    pub(crate) user: Option<String>,
    /// A session, by its id (sid) or the beginning of it
    #[arg(long, value_name = "SID", conflicts_with_all = ["what", "all"])]
    pub(crate) session: Option<String>,
    /// Everything of everybody issued up to now
    #[arg(long, conflicts_with = "what")]
    pub(crate) all: bool,
    /// With --user or --all: issued up to this moment
    #[arg(long, value_name = "TIME", allow_hyphen_values = true, conflicts_with_all = ["what", "session"])]
    pub(crate) before: Option<String>,
    /// Why
    #[arg(long, value_name = "TEXT")]
    pub(crate) reason: Option<String>,
    /// Say what would be revoked, and revoke nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Do not ask (--all asks)
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Which rows of a list are wanted.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// Only this user's
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) since: Option<String>,
    /// Only up to this moment
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) until: Option<String>,
    /// At most so many
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<u64>,
}

/// `jot revocations`, which lists when it is told nothing else.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct RevocationsAction {
    #[command(subcommand)]
    pub(crate) action: Option<RevocationsVerb>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// What `jot revocations` does.
#[derive(Debug, Subcommand)]
pub(crate) enum RevocationsVerb {
    /// List what is revoked, the latest first
    List(ListArgs),
    /// Show one
    Show {
        /// Its id, or the beginning of it
        id: String,
    },
    /// Take one back
    Remove {
        /// Its id, or the beginning of it
        id: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
    /// Delete what can no longer change an answer
    #[command(visible_alias = "delete_tokens")]
    Purge,
}

/// `jot tokens`, which lists when it is told nothing else.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct TokensAction {
    #[command(subcommand)]
    pub(crate) action: Option<TokensVerb>,
    #[command(flatten)]
    pub(crate) list: ListArgs,
}

/// What `jot tokens` does.
#[derive(Debug, Subcommand)]
pub(crate) enum TokensVerb {
    /// List what was issued, the latest first
    List(ListArgs),
    /// Show one
    Show {
        /// Its id (jti), or the beginning of it
        id: String,
    },
}

/// `jot session`, which lists when it is told nothing else.
#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct SessionAction {
    #[command(subcommand)]
    pub(crate) action: Option<SessionVerb>,
    #[command(flatten)]
    pub(crate) list: SessionListArgs,
}

/// Which sessions are wanted.
#[derive(Debug, Args)]
pub(crate) struct SessionListArgs {
    #[command(flatten)]
    pub(crate) list: ListArgs,
    /// Those that are over too
    #[arg(long)]
    pub(crate) all: bool,
}

/// What `jot session` does.
#[derive(Debug, Subcommand)]
pub(crate) enum SessionVerb {
    /// List the live sessions, the latest first
    List(SessionListArgs),
    /// Show one
    Show {
        /// Its id (sid), or the jti of its refresh token, or the beginning of one
        id: String,
    },
    /// End sessions, and refuse every token that came from them
    Revoke {
        /// Their ids (sid), or the beginnings of them; "-" reads them from stdin, one a line
        #[arg(required = true, value_name = "SID")]
        ids: Vec<String>,
        /// Why
        #[arg(long, value_name = "TEXT")]
        reason: Option<String>,
    },
}

/// Arguments of `jot events`.
#[derive(Debug, Args)]
pub(crate) struct EventsArgs {
    /// Only of this kind; one that is none is answered with all there are
    #[arg(long, value_name = "KIND")]
    pub(crate) kind: Option<String>,
    /// Only this user's
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// Only from this moment on: now, -2h, 2027-01-01, RFC 3339, seconds since 1970
    #[arg(long, value_name = "TIME", allow_hyphen_values = true)]
    pub(crate) since: Option<String>,
    /// Go on with new ones as they come; without --since, only these
    #[arg(long, short)]
    pub(crate) follow: bool,
}

/// `jot throttle`, which lists when it is told nothing else.
#[derive(Debug, Args)]
pub(crate) struct ThrottleAction {
    #[command(subcommand)]
    pub(crate) action: Option<ThrottleVerb>,
}

/// What `jot throttle` does.
#[derive(Debug, Subcommand)]
pub(crate) enum ThrottleVerb {
    /// List where wrong passwords are counted, and who has to wait
    List,
    /// Forget what was counted
    Lift(ThrottleLiftArgs),
}

/// Arguments of `jot throttle lift`.
#[derive(Debug, Args)]
pub(crate) struct ThrottleLiftArgs {
    #[command(flatten)]
    pub(crate) whose: Lifted,
    /// Do not ask (--all asks)
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Whose wrong passwords are forgotten: one of these.
#[derive(Debug, Args)]
#[group(required = true, multiple = false)]
pub(crate) struct Lifted {
    /// At this user's account, wherever they came from
    #[arg(long, value_name = "NAME")]
    pub(crate) user: Option<String>,
    /// From this network, or that of an address
    #[arg(long, value_name = "NETWORK")]
    pub(crate) network: Option<String>,
    /// All
    #[arg(long)]
    pub(crate) all: bool,
}

pub(super) const THROTTLE: &str = "\
Examples:
  $ jot throttle
  $ jot throttle list --json
  $ jot throttle lift --user alice
  $ jot throttle lift --network 192.0.2.0/24";

pub(super) const SESSION: &str = "\
Examples:
  $ jot session
  $ jot session list --user alice --all --json
  $ jot session show $SID
  $ jot session revoke $SID --reason 'lost phone'";

pub(super) const EVENTS: &str = "\
Examples:
  $ jot events
  $ jot events --kind login_failed --since -1h
  $ jot events --user alice --json";

pub(super) const REVOKE: &str = "\
Examples:
  $ jot revoke $TOKEN --reason 'leaked in a log'
  $ jot revoke $JTI
  $ jot revoke --user alice --before -1h
  $ echo $TOKEN | jot revoke - --json
  $ jot revoke --all --dry-run";

pub(super) const REVOCATIONS: &str = "\
Examples:
  $ jot revocations
  $ jot revocations list --user alice --since -1d --json
  $ jot revocations purge";

pub(super) const TOKENS: &str = "\
Examples:
  $ jot tokens
  $ jot tokens list --user alice --limit 20 --json
  $ jot tokens show $JTI";
