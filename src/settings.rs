//! Settings: one table of keys, one merge, a typed value for each key, and where it came from.
//!
//! Defaults are overridden by a TOML file, that by environment variables (`JOT_SECTION__KEY`),
//! those by the command line. What is unknown, mistyped or contradictory is refused with its
//! place and a suggestion. Not here: what a setting does.
//!
//! A relative path is relative to the settings file, or to the current folder where there is no
//! file and for what the environment and the command line say.

use std::fmt;
use std::path::{Path, PathBuf};

use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::settings::file::Document;
use crate::settings::table::Value;

mod contradiction;
mod entry;
mod field;
mod file;
mod hooks;
mod merge;
mod near;
mod reference;
mod rules;
mod sections;
mod serving;
mod surroundings;
mod table;
mod trust;
mod value;
mod web;

pub use field::{Command, Secret};
pub use reference::{reference, template};
pub use sections::{Claims, Keys, Ninja, Password, Refresh, Store, Throttle, Token};
pub use serving::{Cookies, Events, Hooks, Server};
pub use surroundings::Surroundings;
pub use table::{Kind, Spec};
pub use trust::trust;

/// Every section: its name, what it is about, its rows.
const SECTIONS: [(&str, &str, &[Spec]); 12] = [
    ("token", Token::ABOUT, Token::SPECS),
    ("refresh", Refresh::ABOUT, Refresh::SPECS),
    ("keys", Keys::ABOUT, Keys::SPECS),
    ("store", Store::ABOUT, Store::SPECS),
    ("claims", Claims::ABOUT, Claims::SPECS),
    ("ninja", Ninja::ABOUT, Ninja::SPECS),
    ("password", Password::ABOUT, Password::SPECS),
    ("throttle", Throttle::ABOUT, Throttle::SPECS),
    ("cookies", Cookies::ABOUT, Cookies::SPECS),
    ("server", Server::ABOUT, Server::SPECS),
    ("events", Events::ABOUT, Events::SPECS),
    ("hooks", Hooks::ABOUT, Hooks::SPECS),
];

/// The settings in effect.
#[derive(Clone)]
#[expect(missing_docs, reason = "each field is a section that says itself what it is")]
pub struct Settings {
    pub token: Token,
    pub refresh: Refresh,
    pub keys: Keys,
    pub store: Store,
    pub claims: Claims,
    pub ninja: Ninja,
    pub password: Password,
    pub throttle: Throttle,
    pub cookies: Cookies,
    pub server: Server,
    pub events: Events,
    pub hooks: Hooks,
    given: Vec<Given>,
    document: Option<Document>,
    surroundings: Surroundings,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Source {
    /// Nobody said anything else.
    Default,
    /// A file, and the line of its key.
    File(PathBuf, usize),
    /// An environment variable.
    Environment(String),
    /// The command line.
    Flag,
}

/// A setting as it is shown.
#[derive(Debug, Clone)]
pub struct Shown<'a> {
    /// Its row of the table.
    pub spec: &'static Spec,
    /// Its value; null where it is unset. A secret is not told.
    pub value: Json,
    /// Where the value came from.
    pub source: &'a Source,
}

#[derive(Clone)]
struct Given {
    value: Value,
    source: Source,
}

impl Settings {
    /// The settings in effect: `named` is the file of `--settings`, `flags` what the command line
    /// says, by the settings' names. Fails with the first problem.
    pub fn load(
        named: Option<&Path>,
        flags: &[(&str, &str)],
        surroundings: Surroundings,
    ) -> Result<Self> {
        let (settings, problems) = merge::assemble(named, flags, surroundings);
        match (problems.into_iter().next(), settings) {
            (None, Some(settings)) => Ok(settings),
            (Some(problem), _) => Err(problem),
            (None, None) => Err(Error::new(Code::Failed, "the table of settings is inconsistent")),
        }
    }

    /// Everything that is wrong with the settings.
    pub fn check(
        named: Option<&Path>,
        flags: &[(&str, &str)],
        surroundings: Surroundings,
    ) -> Vec<Error> {
        merge::assemble(named, flags, surroundings).1
    }

    /// Every setting, in the order of the reference.
    pub fn show(&self) -> impl Iterator<Item = Shown<'_>> {
        specs().zip(&self.given).map(|(spec, given)| Shown {
            spec,
            value: reference::shown(spec, &given.value),
            source: &given.source,
        })
    }

    /// One setting, by its name.
    pub fn get(&self, name: &str) -> Result<Shown<'_>> {
        self.show().find(|shown| shown.spec.name == name).ok_or_else(|| unknown_setting(name))
    }

    /// The settings file, if there is one.
    pub fn file(&self) -> Option<&Path> {
        self.document.as_ref().map(|document| document.path.as_path())
    }

    /// What the settings were made from.
    pub fn surroundings(&self) -> &Surroundings {
        &self.surroundings
    }

    /// The program and arguments of a command, none if it is unset; refused if the file that says
    /// so may not make jot run anything.
    pub fn may_run<'a>(&self, command: &'a Command) -> Result<&'a [String]> {
        if let (true, Some(document)) = (command.is_set(), &self.document)
            && matches!(self.source(command.name), Source::File(..))
        {
            trust::check(document, command.name, &self.surroundings)?;
        }
        Ok(&command.argv)
    }

    /// The folder that a command's relative paths start from: that of the file that was approved,
    /// links resolved, or the current one for what the environment says.
    pub fn folder_of(&self, command: &Command) -> PathBuf {
        match (self.source(command.name), &self.document) {
            (Source::File(..), Some(document)) => {
                let path = document.path.canonicalize().unwrap_or_else(|_| document.path.clone());
                path.parent().unwrap_or(Path::new("/")).to_owned()
            }
            _ => self.surroundings.cwd.clone(),
        }
    }

    fn source(&self, name: &str) -> &Source {
        let given = position(name).and_then(|(index, _)| self.given.get(index));
        given.map_or(&Source::Default, |given| &given.source)
    }

    /// How an error names the place of a setting.
    fn place(&self, name: &str) -> String {
        match (self.source(name), &self.document) {
            (Source::File(_, line), Some(document)) => format!("{}:{line}", document.shown),
            (source, _) => source.to_string(),
        }
    }
}

/// Secrets and variables are not told.
impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings").field("file", &self.file()).finish_non_exhaustive()
    }
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Default => f.write_str("default"),
            Self::File(path, line) => write!(f, "{}:{line}", path.display()),
            Self::Environment(name) => f.write_str(name),
            Self::Flag => f.write_str("command line"),
        }
    }
}

/// Every row of the table.
pub fn specs() -> impl Iterator<Item = &'static Spec> {
    SECTIONS.iter().flat_map(|(_, _, rows)| rows.iter())
}

/// The environment variable of a setting.
pub fn variable(spec: &Spec) -> String {
    format!("JOT_{}", spec.name.replace('.', "__").to_ascii_uppercase())
}

fn position(name: &str) -> Option<(usize, &'static Spec)> {
    specs().enumerate().find(|(_, spec)| spec.name == name)
}

fn unknown_setting(name: &str) -> Error {
    let error = Error::new(Code::Usage, format!("unknown setting \"{}\"", name.escape_debug()));
    match near::setting(name) {
        Some(spec) => error.hint(format!("did you mean \"{}\"?", spec.name)),
        None => error.hint("jot settings show"),
    }
}
