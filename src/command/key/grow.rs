//! `jot key rotate` and `import`: what takes a key into the ring.

use std::cell::OnceCell;

use anyhow::Result;
use jot::alg::{self, Algorithm, Family};
use jot::chance;
use jot::key::change::{Moment, Start};
use jot::key::manifest::{Manifest, Record};
use jot::key::ring::{Entry, MAX_AGE, State};
use jot::key::{self, Held, Key, New, Part, Seal};
use jot::settings::Settings;
use jot::time;
use zeroize::Zeroizing;

use crate::cli::{KeyImportArgs, KeyRotateArgs};
use crate::command::key::{of_file, one, read_with, tell_entry};
use crate::command::keygen::with_spinner;
use crate::command::ring::{RingSettings, moment, note};
use crate::command::{Context, Ended, input};

type Passphrase = Zeroizing<String>;

pub(super) fn rotate(args: &KeyRotateArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let (ring, at) = (context.changing(&settings)?, moment(&settings, context.now())?);
    let start = if args.now { Start::Now } else { Start::Published };
    let is_plain = args.alg.is_none() && args.bits.is_none() && args.passphrase_file.is_none();
    let mut held = ring.hold()?;
    let before = held.manifest().clone();
    let starts = args.now && is_plain;
    if let Some(started) = starts.then(|| held.start_next(at)).transpose()?.flatten() {
        note("let sign at once", &started.kid, &settings, context);
        return tell(&started, &held, &before, context);
    }
    held.manifest().check_new(None, start, at.now)?;
    let model = held.manifest().model(at.now).map(|model| model.kid.clone());
    let is_sealed = is_sealed(&held, at.now);
    // Questions and the search for primes hold up nobody else.
    drop(held);
    let known = context.ring(&settings, Part::Public)?;
    let model = model.map(|kid| known.find(&kid)).transpose()?;
    let (alg, bits) = wanted(args, model, &settings)?;
    let passphrase = match &args.passphrase_file {
        Some(path) => Some(input::secret_file(path, "passphrase")?),
        None if is_sealed && alg::hash_length(alg) == 0 => Some(ring.passphrase()?),
        None => None,
    };
    let mut generator = chance::System::generator();
    let key = with_spinner(context, || key::generate(alg, bits, &mut generator))?;
    take_in(&ring, (&key, start, passphrase.as_ref()), at, context)?;
    note("made", key.kid(), &settings, context);
    Ok(Ended::Done)
}

pub(super) fn import(args: &KeyImportArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let (ring, at) = (context.changing(&settings)?, moment(&settings, context.now())?);
    let own: OnceCell<Passphrase> = OnceCell::new();
    let passphrase = || match own.get() {
        Some(passphrase) => Ok(passphrase.clone()),
        None => of_file(&args.reading).map(|passphrase| own.get_or_init(|| passphrase).clone()),
    };
    let key = one(read_with(&args.file, &args.reading, &passphrase)?.keys, &args.file)?;
    let start = match (args.verify_only || !key.is_private(), args.now) {
        (true, _) => Start::Never,
        (false, true) => Start::Now,
        (false, false) => Start::Published,
    };
    let held = ring.hold()?;
    held.manifest().check_new(Some(key.kid()), start, at.now)?;
    let is_sealed = is_sealed(&held, at.now);
    drop(held);
    let is_sealable = !key.is_symmetric() && !key.has_own_kid();
    let passphrase = match own.into_inner() {
        _ if start == Start::Never => None,
        Some(own) if is_sealable && !ring.has_passphrase() => Some(own),
        own if is_sealable && (is_sealed || own.is_some()) => Some(ring.passphrase()?),
        _ => None,
    };
    if is_sealed && start != Start::Never && !is_sealable {
        context.output.warn("this key is not encrypted: neither a secret nor a kid of its own has a place in PKCS#8");
    }
    take_in(&ring, (&key, start, passphrase.as_ref()), at, context)?;
    note("imported", key.kid(), &settings, context);
    Ok(Ended::Done)
}

/// Whether the ring's keys are encrypted.
fn is_sealed(held: &Held<'_>, now: i64) -> bool {
    let private = held.manifest().model(now).and_then(|model| model.private.as_deref());
    private.is_some_and(|name| key::is_sealed(&held.path(name)))
}

/// Puts a key into the ring and tells what it does there.
fn take_in(
    ring: &RingSettings,
    (key, start, passphrase): (&Key, Start, Option<&Passphrase>),
    at: Moment,
    context: &Context,
) -> Result<Ended> {
    let seal = passphrase.map(|passphrase| Seal { passphrase, chance: &chance::System });
    if seal.is_some() {
        // It will be opened with the ring's own: whoever has to type that types it before others wait.
        ring.passphrase()?;
    }
    let mut held = ring.hold()?;
    let before = held.manifest().clone();
    let record = ring.wanted(|wanted| held.add(&New { key, start, seal, wanted: *wanted }, at))?;
    tell(&record, &held, &before, context)
}

/// What a key does in the ring, and what became of the keys that signed before.
fn tell(record: &Record, held: &Held<'_>, before: &Manifest, context: &Context) -> Result<Ended> {
    let entry = held.entry(record)?;
    let outcome = tell_entry(&entry, context)?;
    let now = context.now();
    let (from, state) = (record.times.signs_from, record.times.state(now));
    if state == State::Retired {
        return Ok(outcome.into());
    }
    let ended = |other: &&Record| {
        let was = before.records.iter().find(|was| was.kid == other.kid);
        other.times.retired == Some(from)
            && was.is_some_and(|was| was.times.retired.is_none_or(|retired| retired > from))
    };
    for Record { kid, times, .. } in held.manifest().records.iter().filter(ended) {
        let signs = match state {
            State::Next => format!("signs until {}", time::text(from)),
            _ => "signs no more".to_owned(),
        };
        let until = times.until.map(time::text).unwrap_or_default();
        context.output.note(&format!("the key {kid} {signs}, and verifies until {until}"));
    }
    // Where there was no key, nobody keeps a set without it.
    let is_known = entry.key.is_symmetric() || before.records.is_empty();
    if state == State::Active && !is_known {
        context.output.warn(&format!(
            "who keeps the key set (JWKS) may refuse its tokens for up to {}",
            time::span(MAX_AGE)
        ));
    }
    Ok(outcome.into())
}

/// The algorithm and the size of the next key: those of the one it takes after, unless others are
/// asked for.
fn wanted(
    args: &KeyRotateArgs,
    model: Option<&Entry>,
    settings: &Settings,
) -> Result<(Algorithm, Option<usize>)> {
    let asked = args.alg.as_deref().map(alg::parse).transpose()?;
    let own = model.map(|entry| entry.key.alg());
    let alg = asked.or(own).or(settings.keys.alg).unwrap_or(Algorithm::RS256);
    let is_rsa = |alg: Algorithm| alg.family() == Family::Rsa;
    let alike = model.filter(|entry| is_rsa(alg) && is_rsa(entry.key.alg()));
    Ok((alg, args.bits.or(alike.map(|entry| entry.key.bits()))))
}
