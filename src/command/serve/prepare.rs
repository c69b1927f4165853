//! From the settings to everything that a server is made of: at the start, for `--check`, and again
//! when the server is told to read its settings.

use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;

use anyhow::Result;
use jot::authority::Authority;
use jot::doctor::serving;
use jot::error::Error;
use jot::hook::Secret;
use jot::server::Parts;
use jot::server::tls::Tls;
use jot::settings::Settings;
use jot::store::sqlite::condition::{self, Condition};
use jot::store::sqlite::{Missing, Sqlite};

use super::{certificate, doors};
use crate::cli::ServeArgs;
use crate::command::hook::{self, Running};
use crate::command::{Context, busy, quoted};
use crate::output::Output;

/// What for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Purpose {
    /// The server starts: it makes what it needs and is not there.
    Start,
    /// Somebody wants to know whether it could: nothing is made, nothing is changed.
    Check,
    /// It runs. A store that is missing is not made: it would know nothing of what was revoked.
    Reload,
}

/// What the settings are read with: always the same.
pub(super) struct Preparation {
    context: Context,
    flags: Vec<(&'static str, String)>,
}

/// Everything that could be refused was not.
pub(super) struct Prepared {
    pub(super) settings: Settings,
    pub(super) authority: Arc<Authority>,
    context: Context,
    secret: Option<Secret>,
    tls: Option<Arc<Tls>>,
    /// What may be wrong.
    warnings: Vec<String>,
    notes: Vec<String>,
}

impl Preparation {
    /// What the command line says. A socket that was handed over says where the server listens.
    pub(super) fn new(
        args: ServeArgs,
        context: Context,
        handed: Option<&TcpListener>,
    ) -> Result<Self> {
        let mut flags = Vec::new();
        let listen = match handed {
            Some(listener) => Some(listener.local_addr()?.to_string()),
            None => args.listen,
        };
        flags.extend(listen.map(|listen| ("server.listen", listen)));
        flags.extend(args.mode.map(|mode| ("server.mode", mode)));
        // One certificate on the command line takes the place of the other in the file.
        if let (Some(cert), Some(key)) = (args.tls_cert, args.tls_key) {
            let own = ("server.tls_self_signed", "false".to_owned());
            flags.extend([("server.tls_cert", cert), ("server.tls_key", key), own]);
        } else if args.tls_self_signed {
            let none = ["server.tls_cert", "server.tls_key"].map(|name| (name, String::new()));
            flags.extend(none);
            flags.push(("server.tls_self_signed", "true".to_owned()));
        }
        Ok(Self { context, flags })
    }

    /// Whether more is to be said.
    pub(super) fn is_verbose(&self) -> bool {
        self.context.globals.verbose
    }

    /// Where the command says what it has to say.
    pub(super) fn output(&self) -> &Output {
        &self.context.output
    }

    /// Everything, or what is wrong with it.
    pub(super) fn prepare(&self, purpose: Purpose) -> Result<Prepared> {
        let flags: Vec<_> = self.flags.iter().map(|(name, said)| (*name, said.as_str())).collect();
        let settings = self.context.settings(&flags)?;
        // Its hooks are its own, and end with it.
        let context = self.context.without_hooks();
        let mut notes = Vec::new();
        let store = store(&settings, purpose, &mut notes)?;
        context.output.detail(&format!("store {}", quoted(&settings.store.url)));
        let authority = context.authority_over(store, &settings)?;
        authority.warm_up()?;
        let secret = hook::secret(&settings)?;
        let tls = certificate::open(&settings, purpose, self.context.now(), &mut notes)?;
        let untimely = tls.as_ref().and_then(certificate::untimely);
        let doubts = untimely.into_iter().chain(serving::doubts(&settings));
        let warnings = doubts.map(|doubt| doubt.to_string()).collect();
        let (authority, tls) = (Arc::new(authority), tls.map(Arc::new));
        Ok(Prepared { settings, authority, context, secret, tls, warnings, notes })
    }
}

/// The store, ready for use. A check looks at it and goes on with one in memory.
fn store(settings: &Settings, purpose: Purpose, notes: &mut Vec<String>) -> Result<Sqlite, Error> {
    let (path, busy) = (&settings.store.url, busy(settings));
    let missing = match purpose {
        Purpose::Start => Missing::Create,
        Purpose::Reload => Missing::Refuse,
        Purpose::Check => {
            notes.extend(match condition::of(path, busy)? {
                Condition::Ready => None,
                Condition::Absent => {
                    Some("there is no store yet, the server makes it when it starts".to_owned())
                }
                Condition::Older { schema, today } => Some(format!(
                    "the store has schema {schema}, the server brings it to {today} when it starts"
                )),
            });
            return Sqlite::in_memory();
        }
    };
    Sqlite::open(path, missing, busy)
}

impl Prepared {
    /// The parts of a server that listens on `local`.
    pub(super) fn parts(&self, local: SocketAddr) -> Parts {
        let (authority, tls) = (Arc::clone(&self.authority), self.tls.clone());
        Parts { authority, doors: doors::of(&self.settings, (local, tls.is_some())), tls }
    }

    /// Begins to tell whoever wants to know what happens.
    pub(super) fn start_hooks(&mut self) -> Running {
        Running::start(&self.context, &self.authority, self.secret.take())
    }

    /// How a browser says where the server is.
    pub(super) fn scheme(&self) -> &'static str {
        if self.tls.is_some() { "https" } else { "http" }
    }

    /// Says what may be wrong, and what is worth knowing.
    pub(super) fn tell(&self, output: &Output) {
        self.warnings.iter().for_each(|warning| output.warn(warning));
        self.notes.iter().for_each(|note| output.note(note));
    }

    /// The same, in the log of a server that runs.
    pub(super) fn log(&self) {
        self.warnings.iter().for_each(|warning| tracing::warn!("{warning}"));
        self.notes.iter().for_each(|note| tracing::info!("{note}"));
    }
}
