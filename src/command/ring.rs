//! The key ring that the settings name, and what reading it takes.

use std::path::PathBuf;
use std::sync::{Arc, OnceLock};

use anyhow::Result;
use jot::alg::Algorithm;
use jot::authority::audit::Audit;
use jot::authority::{RingSource, Rules};
use jot::error::{Code, Error};
use jot::event::{Event, Kind};
use jot::key::change::Moment;
use jot::key::{Held, Part, Place, Ring, Stamp, TooOpen, Wanted};
use jot::settings::Settings;
use jot::store::sqlite::{Missing, Sqlite};
use jot::store::{Change, Store};
use zeroize::Zeroizing;

use crate::command::{Context, busy, input};

/// A passphrase that was typed: once, as the next key of a ring, or the settings, are read when nobody
/// sits at the terminal any more.
pub(super) type Typed = Arc<OnceLock<Zeroizing<String>>>;

/// What opening the ring needs of the settings.
pub(crate) struct RingSettings {
    place: Place,
    alg: Option<Algorithm>,
    open: TooOpen,
    passphrase_file: Option<PathBuf>,
    passphrase: Option<Zeroizing<String>>,
    typed: Typed,
}

impl RingSettings {
    pub(super) fn of(settings: &Settings) -> Result<Self> {
        let keys = &settings.keys;
        let surroundings = settings.surroundings();
        let argv = settings.may_run(&keys.command)?;
        let place = match &keys.env {
            Some(name) => Place::Text {
                what: format!("the environment variable {name}"),
                text: surroundings.variable(name).unwrap_or_default().to_owned().into(),
            },
            None if !argv.is_empty() => {
                Place::Command { argv: argv.to_vec(), folder: settings.folder_of(&keys.command) }
            }
            None => Place::Folder { path: keys.folder.clone(), name: keys.name.clone() },
        };
        let open = if keys.allow_open { TooOpen::Accept } else { TooOpen::Refuse };
        let variable =
            |name: &String| surroundings.variable(name).map(|text| text.to_owned().into());
        let passphrase = keys.passphrase_env.as_ref().and_then(variable);
        let passphrase_file = keys.passphrase_file.clone();
        let typed = Typed::default();
        Ok(Self { place, alg: keys.alg, open, passphrase_file, passphrase, typed })
    }

    /// The same, with what was typed for another.
    pub(super) fn typed(self, typed: &Typed) -> Self {
        Self { typed: Arc::clone(typed), ..self }
    }

    /// Holds the ring for a change.
    pub(super) fn hold(&self) -> jot::error::Result<Held<'_>> {
        self.wanted(|wanted| self.place.hold(wanted, self.open))
    }

    /// The passphrase of encrypted keys, where the settings say it, else asked for.
    pub(super) fn passphrase(&self) -> jot::error::Result<Zeroizing<String>> {
        match (self.passphrase.as_ref().or(self.typed.get()), &self.passphrase_file) {
            (Some(passphrase), _) => Ok(passphrase.clone()),
            (None, Some(path)) => input::secret_file(path, "passphrase"),
            (None, None) => {
                let typed = input::passphrase("Passphrase of the signing key")?;
                Ok(self.typed.get_or_init(|| typed).clone())
            }
        }
    }

    /// Whether the settings say a passphrase.
    pub(super) fn has_passphrase(&self) -> bool {
        self.passphrase.is_some() || self.passphrase_file.is_some()
    }

    /// Does `work` with what reading a key of the ring takes.
    pub(super) fn wanted<T>(&self, work: impl FnOnce(&Wanted<'_>) -> T) -> T {
        let passphrase = || self.passphrase();
        work(&Wanted { algs: self.alg.as_slice(), passphrase: Some(&passphrase) })
    }
}

impl RingSource for RingSettings {
    fn stamps(&self) -> jot::error::Result<Vec<Stamp>> {
        self.place.stamps()
    }

    fn read(&self, part: Part, before: Option<&Ring>) -> jot::error::Result<Ring> {
        self.wanted(|wanted| match (before, part) {
            (Some(ring), _) => ring.again(&self.place, wanted, self.open),
            (None, Part::Private) => Ring::open(&self.place, wanted, self.open),
            (None, Part::Public) => Ring::open_public(&self.place, wanted, self.open),
        })
    }
}

/// The ring of a command that nobody approved: whoever needs a key is refused.
pub(super) struct NoRing(pub(super) Settings);

impl RingSource for NoRing {
    fn stamps(&self) -> jot::error::Result<Vec<Stamp>> {
        self.0.may_run(&self.0.keys.command).map(|_| Vec::new())
    }

    fn read(&self, part: Part, before: Option<&Ring>) -> jot::error::Result<Ring> {
        let missing = || Error::new(Code::KeyMissing, "there is no key");
        RingSettings::of(&self.0).map_err(|_| missing())?.read(part, before)
    }
}

/// Now, and the longest that a token may live that was issued by now. Where there is no store, no
/// token outlives the rules.
pub(super) fn moment(settings: &Settings, now: i64) -> Result<Moment> {
    let rules = Rules::from(settings);
    let known = store(settings)?.map(|store| store.latest_expiry()).transpose()?.flatten();
    Ok(Moment { now, lifetime: rules.last_expiry(now, known) - now + rules.leeway })
}

/// Enters what was done to a key in the audit log. It is done by then, whatever becomes of the log.
pub(super) fn note(what: &str, kid: &str, settings: &Settings, context: &Context) {
    let event = Event::new(Kind::KeyChanged, context.now(), &context.source);
    let event = event.detail(format!("{what} {kid}"));
    let noted = store(settings).and_then(|store| {
        let audit = Audit::new(&[], context.outlet(settings));
        Ok(store.map(|store| audit.write(&store, &[Change::Note(&event)])).transpose()?)
    });
    if let Err(error) = noted {
        context.output.warn(&format!("this is not in the audit log: {error:#}"));
    }
}

/// The store, if there is one: a change of keys makes none.
fn store(settings: &Settings) -> Result<Option<Sqlite>> {
    let url = &settings.store.url;
    if !url.exists() {
        return Ok(None);
    }
    Ok(Some(Sqlite::open(url, Missing::Refuse, busy(settings))?))
}
