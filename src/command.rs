//! From an action to the function that carries it out, and what every command starts from.

use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::Duration;

use anyhow::Result;
use jot::authority::{Authority, Keys, RingSource, Rules};
use jot::chance;
use jot::clock::{self, Clock};
use jot::event::{Source, Tally};
use jot::hook::{Bell, ClaimsCommand, Hooks};
use jot::key::{Part, Ring};
use jot::settings::{Settings, Surroundings};
use jot::store::sqlite::{Missing, Sqlite};

use crate::cli::{Action, Globals};
use crate::command::approval::Unapproved;
use crate::command::ring::{NoRing, RingSettings, Typed};
use crate::output::{Format, Outcome, Output};

mod approval;
mod backup;
mod batch;
mod carried;
mod client;
mod completions;
mod decode;
mod doctor;
mod events;
mod findings;
mod hook;
mod init;
mod input;
mod issue;
mod key;
mod keygen;
mod lint;
mod list;
mod log;
mod man;
mod page;
mod pasted;
mod refresh;
mod restore;
mod revocations;
mod revoke;
mod ring;
mod secret;
mod serve;
mod session;
mod settings;
mod throttle;
mod tokens;
mod tour;
mod user;
mod validate;

/// How a command that did not fail ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Everything was done.
    Done,
    /// The command has an answer of its own in its exit code.
    With(u8),
}

impl Ended {
    /// How a batch ends whose failures have these codes: with the one that all share, else 1.
    pub(crate) fn of_all(codes: &[u8]) -> Self {
        match codes {
            [] => Self::Done,
            [first, rest @ ..] if rest.iter().all(|code| code == first) => Self::With(*first),
            _ => Self::With(1),
        }
    }
}

impl From<Outcome> for Ended {
    /// A reader that went away has seen enough.
    fn from(_: Outcome) -> Self {
        Self::Done
    }
}

/// What every command starts from.
#[derive(Clone)]
pub(crate) struct Context {
    pub(crate) globals: Globals,
    pub(crate) output: Output,
    pub(crate) clock: clock::System,
    /// Where all that it does comes from, for the audit log.
    pub(crate) source: Source,
    /// What somebody typed, who is not to be asked again.
    typed: Typed,
    hooks: OnceLock<Arc<Hooks>>,
    /// Who runs commands for hooks, whatever settings name them.
    runners: Arc<Bell>,
    /// What happened in this process, whatever settings it had by then.
    tally: Arc<Tally>,
    unapproved: Unapproved,
}

impl Context {
    pub(crate) fn new(globals: Globals) -> Self {
        let format = if globals.json { Format::Json } else { Format::Text };
        let output = Output::new(format, globals.quiet, globals.verbose);
        Self {
            globals,
            output,
            clock: clock::System,
            source: Source::command_line(),
            typed: Typed::default(),
            hooks: OnceLock::new(),
            runners: Arc::default(),
            tally: Arc::default(),
            unapproved: Unapproved::Refused,
        }
    }

    /// Whether the answer is for a program.
    pub(crate) fn json(&self) -> bool {
        self.output.format == Format::Json
    }

    /// The time now.
    pub(crate) fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The settings, with what the command line says of them.
    pub(crate) fn settings(&self, flags: &[(&str, &str)]) -> Result<Settings> {
        let surroundings = Surroundings::of_the_process()?;
        let settings = Settings::load(self.globals.settings.as_deref(), flags, surroundings)?;
        match settings.file() {
            Some(path) => self.output.detail(&format!("settings {}", quoted(path))),
            None => self.output.detail("no settings file, only defaults"),
        }
        Ok(settings)
    }

    /// The authority over the settings' keys and store.
    pub(crate) fn authority(&self, settings: &Settings, missing: Missing) -> Result<Authority> {
        let store = Sqlite::open(&settings.store.url, missing, busy(settings))?;
        self.output.detail(&format!("store {}", quoted(&settings.store.url)));
        self.authority_over(store, settings)
    }

    /// The authority over the settings' keys and this store.
    pub(crate) fn authority_over(&self, store: Sqlite, settings: &Settings) -> Result<Authority> {
        self.approve(settings)?;
        let keys = match RingSettings::of(settings) {
            Ok(ring) => Keys::of(ring.typed(&self.typed)),
            Err(_) if self.unapproved == Unapproved::LeftOut => Keys::of(NoRing(settings.clone())),
            Err(error) => return Err(error),
        };
        let rules = Rules::from(settings);
        let system: (Box<dyn Clock>, Box<dyn chance::Chance>) =
            (Box::new(clock::System), Box::new(chance::System));
        let mut authority =
            Authority::new(keys, rules, Box::new(store), system).counting(Arc::clone(&self.tally));
        if let Some(outlet) = self.outlet(settings) {
            authority = authority.telling(outlet);
        }
        // Whoever leaves commands out issues nothing.
        if self.unapproved == Unapproved::Refused
            && let Some(program) = settings.claims_program()?
        {
            authority = authority.asking(Box::new(ClaimsCommand::new(program)));
        }
        Ok(authority)
    }

    /// What changing the ring takes. It causes events: what may not run is told before anything is
    /// done.
    pub(crate) fn changing(&self, settings: &Settings) -> Result<RingSettings> {
        self.approve(settings)?;
        RingSettings::of(settings)
    }

    /// The key ring that the settings name.
    pub(crate) fn ring(&self, settings: &Settings, part: Part) -> Result<Ring> {
        self.approve(settings)?;
        self.output.detail(&format!("keys {}", quoted(&settings.keys.folder)));
        Ok(RingSettings::of(settings)?.read(part, None)?)
    }
}

/// How long a store that another process holds is waited for.
pub(crate) fn busy(settings: &Settings) -> Duration {
    Duration::from_secs(settings.store.busy_timeout.unsigned_abs())
}

/// Carries out an action, and waits for the hooks that it has caused.
pub(crate) fn run(action: &Action, context: &Context) -> Result<Ended> {
    let context = &Context { unapproved: Unapproved::of(action), ..context.clone() };
    let ended = carry_out(action, context);
    for failure in context.finish_hooks() {
        context.output.warn(&failure);
    }
    ended
}

fn carry_out(action: &Action, context: &Context) -> Result<Ended> {
    match action {
        Action::Init(args) => init::run(args, context),
        Action::Keygen(args) => keygen::run(args, context),
        Action::Key(action) => key::run(action, context),
        Action::Issue(args) => issue::run(args, context),
        Action::Decode(args) => decode::run(args, context),
        Action::Lint(args) => lint::run(args, context),
        Action::Validate(args) => validate::run(args, context),
        Action::Refresh(args) => refresh::run(args, context),
        Action::Revoke(args) => revoke::run(args, context),
        Action::Revocations(args) => revocations::run(args, context),
        Action::Tokens(args) => tokens::run(args, context),
        Action::Session(args) => session::run(args, context),
        Action::Events(args) => events::run(args, context),
        Action::Throttle(action) => throttle::run(action, context),
        Action::User(action) => user::run(action, context),
        Action::Client(action) => client::run(action, context),
        Action::Serve(args) => serve::run(args, context),
        Action::Backup(args) => backup::run(args, context),
        Action::Restore(args) => restore::run(args, context),
        Action::Settings(action) => settings::run(action, context),
        Action::Doctor(args) => doctor::run(args, context),
        Action::Tour(_) => tour::run(context),
        Action::Completions(args) => completions::run(args, context),
        Action::Man(args) => man::run(args, context),
    }
}

/// A path as a message quotes it.
pub(crate) fn quoted(path: &Path) -> String {
    format!("\"{}\"", path.display().to_string().escape_debug())
}
