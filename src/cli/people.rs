//! Arguments of the commands for users, settings, the server and setting up.

use std::path::PathBuf;

use clap::{Args, Subcommand};

/// Arguments of `jot init`.
#[derive(Debug, Args)]
pub(crate) struct InitArgs {
    /// Ask nothing, take the defaults, add no user
    #[arg(long, short)]
    pub(crate) yes: bool,
}

/// Arguments of `jot serve`.
#[derive(Debug, Clone, Args)]
pub(crate) struct ServeArgs {
    /// Where to listen; port 0 takes a free one [default: 127.0.0.1:8000]
    #[arg(long, value_name = "ADDRESS:PORT")]
    pub(crate) listen: Option<String>,
    /// How djwto's door hands out tokens: json, one-cookie or two-cookies [default: json]
    #[arg(long, value_name = "MODE")]
    pub(crate) mode: Option<String>,
    /// Serve HTTPS with this certificate chain, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_key")]
    pub(crate) tls_cert: Option<String>,
    /// The certificate's private key, in PEM
    #[arg(long, value_name = "FILE", requires = "tls_cert")]
    pub(crate) tls_key: Option<String>,
    /// Serve HTTPS with a certificate made here and kept beside the store
    #[arg(long, conflicts_with_all = ["tls_cert", "tls_key"])]
    pub(crate) tls_self_signed: bool,
    /// Check settings, key, store, certificate and address, change nothing, and stop
    #[arg(long)]
    pub(crate) check: bool,
}

/// What `jot user` does.
#[derive(Debug, Subcommand)]
pub(crate) enum UserAction {
    /// Add a user
    Add(UserAddArgs),
    /// List the users
    List {
        /// Only those of this group
        #[arg(long, value_name = "GROUP")]
        group: Option<String>,
    },
    /// Show a user
    Show {
        /// The name
        name: String,
    },
    /// Set a user's password; ends the user's sessions and refuses the tokens issued so far
    Passwd {
        /// The name
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Change a user's name, attributes, groups, or whether it is a superuser
    Set(UserSetArgs),
    /// Show or change the permissions of a user or of a group
    Perm(UserPermArgs),
    /// List the groups
    Groups,
    /// Take over the users and groups of a Django site, with their passwords and permissions
    Import {
        /// The site's SQLite database, which is only read
        #[arg(long, value_name = "FILE")]
        django: PathBuf,
    },
    /// Let a user have tokens again
    Enable {
        /// The name
        name: String,
    },
    /// Let a user have no tokens; ends the user's sessions and refuses the tokens issued so far
    Disable {
        /// The name
        name: String,
    },
    /// Remove a user; the id is never given again, the name only if it is added again
    Remove {
        /// The name
        name: String,
        /// Do not ask
        #[arg(long, short)]
        yes: bool,
    },
}

/// Arguments of `jot user add`.
#[derive(Debug, Args)]
pub(crate) struct UserAddArgs {
    /// The name
    pub(crate) name: String,
    /// A permission, such as app.codename; repeat for several
    #[arg(long, value_name = "PERMISSION")]
    pub(crate) perm: Vec<String>,
    /// A group, whose permissions the user has too; repeat for several
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Vec<String>,
    /// An attribute: name=text, name:=JSON or @FILE; repeat for several
    #[arg(long, value_name = "ATTRIBUTE")]
    pub(crate) attr: Vec<String>,
    /// Passes every permission check
    #[arg(long)]
    pub(crate) superuser: bool,
    /// Add a user who cannot log in with a password
    #[arg(long, conflicts_with_all = ["password_stdin", "password_file", "password_env"])]
    pub(crate) no_password: bool,
    #[command(flatten)]
    pub(crate) password: PasswordArgs,
}

/// Arguments of `jot user set`.
#[derive(Debug, Args)]
pub(crate) struct UserSetArgs {
    /// The name
    pub(crate) name: String,
    /// A new name; the tokens issued so far go on under the old one
    #[arg(long, value_name = "NAME")]
    pub(crate) rename: Option<String>,
    /// An attribute: name=text, name:=JSON or @FILE; repeat for several
    #[arg(long, value_name = "ATTRIBUTE")]
    pub(crate) attr: Vec<String>,
    /// An attribute to take away; repeat for several
    #[arg(long, value_name = "NAME")]
    pub(crate) unset: Vec<String>,
    /// A group to put the user into; repeat for several
    #[arg(long, value_name = "GROUP")]
    pub(crate) join: Vec<String>,
    /// A group to take the user out of; repeat for several
    #[arg(long, value_name = "GROUP")]
    pub(crate) leave: Vec<String>,
    /// Passes every permission check
    #[arg(long, conflicts_with = "no_superuser")]
    pub(crate) superuser: bool,
    /// Passes only the checks of its own permissions
    #[arg(long)]
    pub(crate) no_superuser: bool,
    /// End the user's sessions and refuse the tokens issued so far
    #[arg(long)]
    pub(crate) now: bool,
}

/// Arguments of `jot user perm`.
#[derive(Debug, Args)]
pub(crate) struct UserPermArgs {
    /// The name
    #[arg(required_unless_present = "group", conflicts_with = "group")]
    pub(crate) name: Option<String>,
    /// A group instead of a user; it is made with its first permission
    #[arg(long, value_name = "GROUP")]
    pub(crate) group: Option<String>,
    /// A permission to give, such as app.codename; repeat for several
    #[arg(long, value_name = "PERMISSION")]
    pub(crate) add: Vec<String>,
    /// A permission to take away; repeat for several
    #[arg(long, value_name = "PERMISSION")]
    pub(crate) remove: Vec<String>,
    /// End the sessions and refuse the tokens issued so far, of the user or the group's members
    #[arg(long)]
    pub(crate) now: bool,
}

/// Where a new password comes from: a prompt on a terminal, or one of these.
#[derive(Debug, Args)]
pub(crate) struct PasswordArgs {
    /// Read the password from the first line of stdin
    #[arg(long, conflicts_with_all = ["password_file", "password_env"])]
    pub(crate) password_stdin: bool,
    /// Read the password from the first line of this file
    #[arg(long, value_name = "FILE", conflicts_with = "password_env")]
    pub(crate) password_file: Option<PathBuf>,
    /// Read the password from this environment variable
    #[arg(long, value_name = "VARIABLE")]
    pub(crate) password_env: Option<String>,
    /// Take a password that is shorter than 15 characters or well known
    #[arg(long)]
    pub(crate) allow_weak_password: bool,
}

/// What `jot settings` does.
#[derive(Debug, Subcommand)]
pub(crate) enum SettingsAction {
    /// Show every setting with where its value comes from
    Show,
    /// Print the path of the settings file
    Path,
    /// Check the settings and say everything that is wrong
    Check,
    /// Print one setting
    Get {
        /// Its name, such as token.iss
        key: String,
    },
    /// Let this file, as it is now, name commands that jot runs
    Trust {
        /// The settings file [default: the one in use]
        file: Option<PathBuf>,
    },
    /// Print a settings file with every default
    Template,
    /// Print every setting with its meaning and its name in both seeds
    Reference,
}

pub(super) const INIT: &str = "\
Examples:
  $ mkdir site && cd site && jot init --yes";

pub(super) const SERVE: &str = "\
Examples:
  $ jot serve --check
  $ jot serve
  $ jot serve --listen 127.0.0.1:0
  $ jot serve --tls-self-signed --check";

pub(super) const USER: &str = "\
Examples:
  $ echo 'correct horse battery' | jot user add carol --perm news.change --password-stdin
  $ jot user list
  $ jot user show carol --json
  $ jot user perm --group editors --add news.change --add news.publish
  $ jot user set carol --join editors --attr email=carol@example.com
  $ jot user perm carol --remove news.change --now
  $ jot user disable carol
  $ jot user enable carol
  $ echo 'another long password' | jot user passwd carol --password-stdin";

pub(super) const SETTINGS: &str = "\
Examples:
  $ jot settings show
  $ jot settings get token.access_lifetime
  $ JOT_TOKEN__ISS=https://login.example jot settings get token.iss --json
  $ jot settings template > jot.toml && jot settings check";
