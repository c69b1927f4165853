//! Where the keys of a ring lie: a folder, a text someone else read, or what a command prints.

use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;

use zeroize::Zeroizing;

use super::folder::{self, Stamp};
use super::read::{self, LIMIT};
use super::ring::{Entry, Times};
use super::{Part, TooOpen, Wanted, file, manifest, unfit, unreadable};
use crate::error::{Code, Error, Result};
use crate::program;

/// A place for keys.
pub enum Place {
    /// A folder with NAME.pem, .jwk, .key or .der and perhaps NAME.pub beside it; or with NAME.ring,
    /// the manifest of a ring, which alone says what its files are.
    Folder {
        /// The folder.
        path: PathBuf,
        /// The name of the key.
        name: String,
    },
    /// The value of an environment variable, which the settings have read.
    Text {
        /// What it is, for messages: "the environment variable `JOT_KEY`".
        what: String,
        /// The key.
        text: Zeroizing<String>,
    },
    /// A command that prints the key.
    Command {
        /// The program and its arguments; no shell is involved.
        argv: Vec<String>,
        /// The folder it runs in, that of whoever approved it: not the one that jot happens to be
        /// called from, where a program of the same name may lie.
        folder: PathBuf,
    },
}

/// What a place holds.
pub(super) struct Found {
    pub(super) entries: Vec<Entry>,
    /// A manifest says so.
    pub(super) listed: bool,
}

impl Place {
    /// The keys that are there. Those that are `known` are not read again.
    pub(super) fn read(
        &self,
        wanted: &Wanted<'_>,
        (open, part): (TooOpen, Part),
        known: &[Entry],
    ) -> Result<Found> {
        let entries = match self {
            Self::Folder { path, name } => {
                return folder::keys((path, name), wanted, (open, part), known);
            }
            Self::Text { what, text } if text.trim().is_empty() => {
                Err(Error::new(Code::KeyMissing, format!("{what} is not set or empty")))
            }
            Self::Text { what, text } => of_text(text.as_bytes(), what, wanted),
            Self::Command { argv, folder } => {
                let origin = command_name(argv);
                of_text(&printed(argv, folder, &origin)?, &origin, wanted)
            }
        };
        Ok(Found { entries: entries?, listed: false })
    }

    /// What tells one state of a ring from another, for the price of a look at its files. Keys that
    /// lie in none are read once.
    pub fn stamps(&self) -> Result<Vec<Stamp>> {
        match self {
            Self::Folder { path, name } => folder::stamps(path, name).map_err(|error| {
                let (path, kind) = (file::quoted(&manifest::path(path, name)), error.kind());
                unreadable(format!("the key ring {path} cannot be read: {kind}"))
            }),
            Self::Text { .. } | Self::Command { .. } => Ok(Vec::new()),
        }
    }

    /// Where a private key was looked for.
    pub(super) fn whereabouts(&self, listed: bool) -> String {
        match self {
            Self::Folder { path, name } if listed => {
                format!("none that {} lists signs now", file::quoted(&manifest::path(path, name)))
            }
            Self::Folder { path, name } => {
                format!("{} was not found in {}", folder::expected(name), file::quoted(path))
            }
            Self::Text { what, .. } => format!("{what} holds only a public one"),
            Self::Command { argv, .. } => {
                format!("{} printed only a public one", command_name(argv))
            }
        }
    }

    /// What to do where no private key is found.
    pub(super) fn remedy(&self, listed: bool) -> &'static str {
        match self {
            Self::Folder { .. } if listed => "jot key rotate --now",
            Self::Folder { .. } => "put it back, or make another pair with `jot keygen --force`",
            Self::Text { .. } | Self::Command { .. } => {
                "the private key is expected there, the public one is computed from it"
            }
        }
    }
}

fn of_text(bytes: &[u8], origin: &str, wanted: &Wanted<'_>) -> Result<Vec<Entry>> {
    let set = read::read(bytes, origin, wanted)?;
    let count = set.keys.iter().filter(|key| key.is_private()).count();
    if count > 1 {
        let sentence = format!("{origin}: there are {count} private keys; one is expected");
        return Err(unfit(sentence));
    }
    let entry = |key| Entry {
        key: Arc::new(key),
        times: Times::default(),
        reason: None,
        private: None,
        public: None,
    };
    Ok(set.keys.into_iter().map(entry).collect())
}

/// The arguments may hold what is nobody's business.
pub(super) fn command_name(argv: &[String]) -> String {
    let program = argv.first().map(String::as_str).unwrap_or_default();
    format!("the key command \"{}\"", program.escape_debug())
}

fn printed(argv: &[String], folder: &Path, origin: &str) -> Result<Zeroizing<Vec<u8>>> {
    let failed = |why: String| unreadable(format!("{origin} {why}"));
    let cannot = |error: std::io::Error| failed(format!("cannot be run: {}", error.kind()));
    // It has the environment and the terminal of whoever called jot: it may have to ask for a PIN.
    let mut child = program::command(argv, folder)
        .ok_or_else(|| failed("is empty".to_owned()))?
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .spawn()
        .map_err(cannot)?;
    let bytes = child.stdout.take().map(read::bounded).transpose().map_err(cannot)?;
    let bytes = bytes.unwrap_or_default();
    if bytes.len() > LIMIT {
        let _ = child.kill();
    }
    let status = child.wait().map_err(cannot)?;
    if bytes.len() <= LIMIT && !status.success() {
        return Err(failed(format!("failed ({status})")));
    }
    if bytes.trim_ascii().is_empty() {
        return Err(failed("printed nothing".to_owned()));
    }
    Ok(bytes)
}
