//! `jot doctor`: looks at settings, keys, store, server and users, and changes none of them.

use anyhow::Result;
use jot::authority::{Authority, Keys, RingSource, Rules};
use jot::chance::{self, Chance};
use jot::clock::{self, Clock};
use jot::doctor::{self, keys, people, serving, settings as of_settings, store};
use jot::error::{Code, Error};
use jot::finding::Finding;
use jot::key::{Part, Ring, is_sealed};
use jot::password;
use jot::settings::{Settings, Surroundings};
use jot::store::Horizon;
use jot::store::sqlite::Sqlite;
use jot::store::sqlite::condition::{self, Condition};
use jot::store::sqlite::inspect::{Asked, Facts, inspect};
use jot::user::User;

use crate::cli::DoctorArgs;
use crate::command::carried::outgrown;
use crate::command::ring::RingSettings;
use crate::command::serve::certificate;
use crate::command::{Context, Ended, busy, findings, hook, quoted};

/// How long rows may be left that nobody needs: a day until a purge takes them, and eight more.
const LEFT: i64 = 9 * 86_400;

pub(crate) fn run(args: &DoctorArgs, context: &Context) -> Result<Ended> {
    if let Some(ended) = findings::explain(&args.explain, context)? {
        return Ok(ended);
    }
    let (named, surroundings) =
        (context.globals.settings.as_deref(), Surroundings::of_the_process()?);
    let problems = Settings::check(named, &[], surroundings.clone());
    if !problems.is_empty() {
        let unread = Error::new(Code::Settings, "they are named by the settings");
        let mut found: Vec<_> = problems.iter().map(doctor::broken).collect();
        found.push(doctor::not_made("keys, store, server and users", &unread));
        return findings::tell(&found, ("", ""), context);
    }
    let settings = Settings::load(named, &[], surroundings)?;
    let mut found = look(&settings, context);
    found.sort_by_key(|finding| finding.rule.severity);
    findings::tell(&found, (&none(&settings), ""), context)
}

/// What was looked at, where nothing was found.
fn none(settings: &Settings) -> String {
    let file =
        settings.file().map_or("the defaults, as there is no settings file".to_owned(), quoted);
    let (keys, store) = (&settings.keys, quoted(&settings.store.url));
    let keys = match &keys.env {
        Some(name) => format!("the environment variable {name}"),
        None if keys.command.is_set() => "what keys.command prints".to_owned(),
        None => quoted(&keys.folder),
    };
    format!(
        "nothing found\nlooked at settings ({file}), keys ({keys}), store ({store}), server and users"
    )
}

fn look(settings: &Settings, context: &Context) -> Vec<Finding> {
    let now = context.now();
    let mut found = of_settings::of(settings);
    found.extend(serving::of(settings));
    found.extend(certificate::look(settings, now));
    found.extend(hook::secret(settings).err().map(|error| doctor::broken(&known(error))));
    let ring = ring(settings, &mut found);
    found.extend(keys::of(settings, ring.as_ref(), now));
    if let Some(facts) = facts(settings, now, &mut found) {
        found.extend(people::of(&facts));
        let signs = ring.is_ok_and(|ring| ring.signing(now).is_ok());
        found.extend(facts.largest.and_then(|user| size(&user, signs.then_some(settings))));
    }
    found
}

/// The ring, with its private halves where nobody has to be asked for a passphrase.
fn ring(settings: &Settings, found: &mut Vec<Finding>) -> Result<Ring, Error> {
    let source = RingSettings::of(settings).map_err(known)?;
    let ring = source.read(Part::Public, None)?;
    let mut files = ring.entries().iter().filter_map(|entry| entry.private.as_ref());
    if !source.has_passphrase() && files.any(|file| is_sealed(file)) {
        let sealed = Error::new(
            Code::KeyUnreadable,
            "they are encrypted, and no setting has the passphrase",
        )
        .hint("set keys.passphrase_file or keys.passphrase_env");
        found.push(doctor::not_made("the private keys", &sealed));
        return Ok(ring);
    }
    source.read(Part::Private, None)
}

/// What lies where the store is to be, and what is in it where that can be told.
fn facts(settings: &Settings, now: i64, found: &mut Vec<Finding>) -> Option<Facts> {
    let (path, busy) = (&settings.store.url, busy(settings));
    let condition = condition::of(path, busy);
    found.extend(store::file(path, condition.as_ref().copied()));
    if !matches!(condition, Ok(Condition::Ready)) {
        return None;
    }
    let rules = Rules::from(settings);
    let left = now.saturating_sub(LEFT).saturating_sub(rules.leeway);
    let asked = Asked {
        now,
        horizon: Horizon { over: left, events: left.saturating_sub(rules.events_kept) },
        outdated: &|hash| password::outdated(hash, &rules.cost),
    };
    let facts = inspect(path, busy, &asked);
    found.extend(store::contents(facts.as_ref(), now));
    facts.ok().filter(|facts| facts.damage.is_none())
}

/// Whether the tokens of the user of whom they say most have become too large; it takes a key.
fn size(user: &User, settings: Option<&Settings>) -> Option<Finding> {
    let Some((settings, authority)) = settings.and_then(|found| Some((found, mint(found)?))) else {
        let lacking = Error::new(Code::KeyMissing, "that takes a key that signs");
        return Some(doctor::not_made("how large tokens become", &lacking));
    };
    let error = outgrown(user, settings, &authority)?;
    Some(people::outgrown(user, &error))
}

/// Who mints a token to see how large it becomes. Nobody is given it, no command is asked for claims
/// and nothing is stored.
fn mint(settings: &Settings) -> Option<Authority> {
    let keys = Keys::of(RingSettings::of(settings).ok()?);
    let store = Box::new(Sqlite::in_memory().ok()?);
    let around: (Box<dyn Clock>, Box<dyn Chance>) =
        (Box::new(clock::System), Box::new(chance::System));
    Some(Authority::new(keys, Rules::from(settings), store, around))
}

/// An error of the library's, as all of these are.
fn known(error: anyhow::Error) -> Error {
    error.downcast().unwrap_or_else(|error| Error::new(Code::Failed, format!("{error:#}")))
}
