//! The command line: every argument, every help text, every example. It depends on clap alone
//! and says nothing of what an argument means; the man pages and completions come from here too.
//!
//! A command's arguments are built only when that command is asked for, so that the tree of
//! commands costs little at start.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Arg, ArgAction, ArgMatches, Args, Command, FromArgMatches};

mod clients;
mod copies;
mod findings;
mod keys;
mod people;
mod state;
mod tokens;

pub(crate) use clients::{ClientAction, ClientAddArgs};
pub(crate) use copies::{BackupArgs, RestoreArgs};
pub(crate) use findings::{DoctorArgs, ExplainArgs, LintArgs};
pub(crate) use keys::{
    ExportForm, KeyAction, KeyExportArgs, KeyFormat, KeyImportArgs, KeyReading, KeyRemoveArgs,
    KeyRevokeArgs, KeyRotateArgs, KeyShowArgs, KeygenArgs,
};
pub(crate) use people::{
    InitArgs, PasswordArgs, ServeArgs, SettingsAction, UserAction, UserAddArgs, UserPermArgs,
    UserSetArgs,
};
pub(crate) use state::{
    EventsArgs, ListArgs, RevocationsAction, RevocationsVerb, RevokeArgs, SessionAction,
    SessionListArgs, SessionVerb, ThrottleAction, ThrottleLiftArgs, ThrottleVerb, TokensAction,
    TokensVerb,
};
pub(crate) use tokens::{
    DecodeArgs, IssueArgs, IssueType, ProfileName, RefreshArgs, TokenType, ValidateArgs,
};

/// What stands on every command line.
#[derive(Debug, Clone, Default)]
pub(crate) struct Globals {
    /// The settings file to use.
    pub(crate) settings: Option<PathBuf>,
    /// Answer in JSON.
    pub(crate) json: bool,
    /// No notes.
    pub(crate) quiet: bool,
    /// More notes.
    pub(crate) verbose: bool,
}

/// No arguments of its own.
#[derive(Debug, Args)]
pub(crate) struct Nothing {}

/// Which shell to complete for.
#[derive(Debug, Args)]
pub(crate) struct CompletionsArgs {
    /// The shell
    #[arg(value_name = "SHELL")]
    pub(crate) shell: clap_complete::Shell,
}

/// Where the man pages go.
#[derive(Debug, Args)]
pub(crate) struct ManArgs {
    /// The folder to write the pages into
    #[arg(value_name = "DIR")]
    pub(crate) folder: PathBuf,
}

macro_rules! actions {
    ($($variant:ident($args:ty), $name:literal $(or $alias:literal)?, $about:literal, $more:expr;)*) => {
        /// A command with its arguments.
        #[derive(Debug)]
        pub(crate) enum Action { $(#[doc = $about] $variant($args)),* }

        fn with_actions(jot: Command) -> Command {
            jot $(.subcommand(
                Command::new($name)$(.visible_alias($alias))?.about($about).defer(|command| {
                    let command = <$args>::augment(command);
                    let pass_on = command.has_subcommands();
                    command.args(globals(pass_on)).about($about).after_help($more)
                }),
            ))*
        }

        fn action(name: &str, matches: &ArgMatches) -> Result<Action, clap::Error> {
            match name {
                $($name => <$args>::from_arg_matches(matches).map(Action::$variant),)*
                _ => Err(clap::Error::new(clap::error::ErrorKind::InvalidSubcommand)),
            }
        }
    };
}

/// Arguments or subcommands, put into a command.
trait Augment {
    fn augment(command: Command) -> Command;
}

macro_rules! augment {
    ($($how:ident: $($args:ty),*;)*) => {
        $($(impl Augment for $args {
            fn augment(command: Command) -> Command { augment!(@ $how, command, $args) }
        })*)*
    };
    (@ args, $command:ident, $args:ty) => { <$args as clap::Args>::augment_args($command) };
    (@ group, $command:ident, $args:ty) => {
        <$args as clap::Subcommand>::augment_subcommands($command.subcommand_required(true).arg_required_else_help(true))
    };
}

augment! {
    args: KeygenArgs, IssueArgs, DecodeArgs, ValidateArgs, RefreshArgs, RevokeArgs, InitArgs, ServeArgs,
        CompletionsArgs, ManArgs, Nothing, BackupArgs, RestoreArgs, RevocationsAction, TokensAction,
        SessionAction, EventsArgs, ThrottleAction, LintArgs, DoctorArgs;
    group: KeyAction, UserAction, ClientAction, SettingsAction;
}

actions! {
    Init(InitArgs), "init", "Set up a folder: settings, a key, the store and a first user", people::INIT;
    Keygen(KeygenArgs), "keygen" or "make_rsa", "Make a key pair", keys::KEYGEN;
    Key(KeyAction), "key", "Rotate, import, revoke, show and convert keys", keys::KEY;
    Issue(IssueArgs), "issue" or "mint", "Issue a token", tokens::ISSUE;
    Decode(DecodeArgs), "decode", "Show what a token says, without checking it", tokens::DECODE;
    Lint(LintArgs), "lint", "Find what is wrong with a token, without checking its signature", findings::LINT;
    Validate(ValidateArgs), "validate" or "verify", "Check a token", tokens::VALIDATE;
    Refresh(RefreshArgs), "refresh", "Get new tokens for a refresh token", tokens::REFRESH;
    Revoke(RevokeArgs), "revoke" or "blacklist", "Refuse a token, a session, a user's tokens or all", state::REVOKE;
    Revocations(RevocationsAction), "revocations", "List and purge what is revoked", state::REVOCATIONS;
    Tokens(TokensAction), "tokens", "List the tokens issued from the command line", state::TOKENS;
    Session(SessionAction), "session", "List, show and end sessions", state::SESSION;
    Events(EventsArgs), "events", "Read the audit log", state::EVENTS;
    Throttle(ThrottleAction), "throttle", "Show and lift what slows logins down", state::THROTTLE;
    User(UserAction), "user", "Add, list and change the users of the store", people::USER;
    Client(ClientAction), "client", "Add, list and remove the programs that ask the server", clients::CLIENT;
    Serve(ServeArgs), "serve", "Run the login server", people::SERVE;
    Backup(BackupArgs), "backup", "Copy the store to a new file, while it is in use", copies::BACKUP;
    Restore(RestoreArgs), "restore", "Bring users and groups back from a backup", copies::RESTORE;
    Settings(SettingsAction), "settings", "Show and check the settings", people::SETTINGS;
    Doctor(DoctorArgs), "doctor", "Find what is wrong with settings, keys, store and server", findings::DOCTOR;
    Tour(Nothing), "tour", "Play a token's whole life in a temporary folder", "Examples:\n  $ jot tour";
    Completions(CompletionsArgs), "completions", "Print the completions for a shell", "Examples:\n  $ jot completions bash";
    Man(ManArgs), "man", "Write the man pages", "Examples:\n  $ jot man man1";
}

/// The whole parser.
pub(crate) fn command() -> Command {
    let jot = Command::new("jot")
        .version(env!("CARGO_PKG_VERSION"))
        .about("Administers JSON Web Tokens: keys, tokens, sessions, revocations, users, a login server")
        .after_help(FIRST)
        .subcommand_required(true)
        .arg_required_else_help(true)
        .disable_help_subcommand(true)
        .args(globals(false));
    with_actions(jot)
}

/// What stands on every command line. Clap copies a global argument into every command of the
/// tree, and its value into every answer; so only the command that is asked for gets these, and
/// passes them on if it has commands of its own.
fn globals(pass_on: bool) -> [Arg; 4] {
    let flag = |name: &'static str, help: &'static str| {
        Arg::new(name).long(name).action(ArgAction::SetTrue).help(help).display_order(LAST)
    };
    let settings = Arg::new("settings")
        .long("settings")
        .value_name("FILE")
        .value_parser(clap::value_parser!(PathBuf))
        .help("Use this settings file")
        .display_order(LAST - 1);
    [
        settings,
        flag("json", "Answer in JSON, on failure too"),
        flag("quiet", "No notes on stderr").short('q'),
        flag("verbose", "More notes on stderr").short('v'),
    ]
    .map(|argument| argument.global(pass_on))
}

/// Reads a command line.
pub(crate) fn read(
    line: impl IntoIterator<Item = OsString>,
) -> Result<(Globals, Action), clap::Error> {
    let matches = command().try_get_matches_from(asked(line.into_iter().collect()))?;
    let (name, of_action) = matches.subcommand().unwrap_or(("", &matches));
    let is_set = |flag: &str| matches.get_flag(flag) || of_action.get_flag(flag);
    let settings = [of_action, &matches].into_iter().find_map(|found| found.get_one("settings"));
    let globals = Globals {
        settings: settings.cloned(),
        json: is_set("json"),
        quiet: is_set("quiet"),
        verbose: is_set("verbose"),
    };
    Ok((globals, action(name, of_action)?))
}

/// `jot help COMMAND` asks for what `jot COMMAND --help` says. Clap's own command for that would
/// stand in every list of commands, with a man page and completions for each command once more.
fn asked(mut line: Vec<OsString>) -> Vec<OsString> {
    if line.get(1).is_some_and(|word| word == "help") {
        line.remove(1);
        line.push("--help".into());
    }
    line
}

/// What every command has stands behind what is a command's own.
const LAST: usize = 900;

const FIRST: &str = "\
First steps, in an empty folder:
  $ jot keygen
  $ jot issue --user alice
  $ jot decode <token>
  $ jot revoke <jti>
  $ jot serve

Exit codes: 0 done or valid, 1 other failure, 2 usage, 10 to 17 a token was refused
(10 parse, 11 key or alg, 12 signature, 13 claims, 14 expired, 15 not yet valid, 16 revoked,
17 permission), 20 settings, 21 key, 22 store, 23 exists already, 24 unknown, 25 user refused.";
