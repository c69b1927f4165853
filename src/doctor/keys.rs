//! The key ring: whether it can be used, who can get at it, and whether its keys are still fit.

use std::fs;
use std::path::Path;
use std::time::UNIX_EPOCH;

use super::{ALL, WRITE, not_made, told, too_open};
use crate::alg::{self, Family};
use crate::error::{Code, Error};
use crate::finding::{Finding, setup as rules};
use crate::key::Ring;
use crate::key::ring::{Entry, State};
use crate::settings::Settings;
use crate::time;

/// How long a key may sign.
const OLD: i64 = 2 * 365 * 86_400;

/// What is to be said of the ring that the settings name, or of why it cannot be read.
pub fn of(settings: &Settings, ring: Result<&Ring, &Error>, now: i64) -> Vec<Finding> {
    let keys = &settings.keys;
    let mut findings = Vec::new();
    let in_folder = keys.env.is_none() && !keys.command.is_set();
    if in_folder {
        findings.extend(too_open(&keys.folder, WRITE, (&rules::KEY_FOLDER, "o-w")));
    }
    match ring {
        Ok(ring) => findings.extend(in_ring(ring, now)),
        Err(error) if error.code() == Code::KeyMissing && !in_folder => {
            let missing = rules::KEY_MISSING.seen(error.to_string());
            findings.push(missing.remedy("put the private key there"));
        }
        Err(error) => findings.push(unread(error)),
    }
    findings
}

fn unread(error: &Error) -> Finding {
    match error.code() {
        Code::KeyMissing => told(&rules::KEY_MISSING, error, None),
        Code::KeyTooOpen => told(&rules::KEY_OPEN, error, None),
        // That a command is not trusted is said where the settings are.
        Code::SettingsUntrusted => not_made("the keys", error),
        _ => told(&rules::KEY_UNFIT, error, None),
    }
}

fn in_ring(ring: &Ring, now: i64) -> Vec<Finding> {
    let mut findings: Vec<_> = ring.entries().iter().flat_map(files).collect();
    let in_state = |state| ring.entries().iter().filter(move |e| e.times.state(now) == state);
    let signing: Vec<_> = in_state(State::Active).filter(|entry| signs(entry)).collect();
    if signing.is_empty() {
        findings.push(rules::KEY_MISSING.seen("no key of the ring signs now"));
    }
    for entry in signing.iter().copied().chain(in_state(State::Next)) {
        findings.extend(fitness(entry));
    }
    let idle = in_state(State::Retired).filter(|entry| !entry.times.verifies(now));
    findings.extend(idle.map(|entry| {
        let kid = entry.key.kid();
        let seen =
            format!("the key \"{}\" is retired, and what it signed is over", kid.escape_debug());
        // An id may begin as a flag does.
        let before = if kid.starts_with('-') { "-- " } else { "" };
        rules::KEY_IDLE.seen(seen).remedy(format!("jot key remove {before}{}", kid.escape_debug()))
    }));
    if let ([only], None) = (signing.as_slice(), in_state(State::Next).next()) {
        findings.extend(age(only, now));
    }
    findings
}

/// A public half alone tells as well that there is a private one beside it.
fn signs(entry: &Entry) -> bool {
    entry.private.is_some() || entry.key.is_private()
}

/// Where the settings say so, open files are taken: they are open all the same.
fn files(entry: &Entry) -> Vec<Finding> {
    let private = |path: &Path| too_open(path, ALL, (&rules::KEY_OPEN, "600"));
    let public = |path: &Path| too_open(path, WRITE, (&rules::KEY_OPEN, "644"));
    let private = entry.private.as_deref().and_then(private);
    private.into_iter().chain(entry.public.as_deref().and_then(public)).collect()
}

fn fitness(entry: &Entry) -> Option<Finding> {
    let key = &entry.key;
    let (name, bits) = (alg::name(key.alg()), key.bits());
    let is_short = key.alg().family() == Family::Rsa && bits < 3072;
    if is_short {
        return Some(rules::KEY_SHORT.seen(format!("the {name} key has {bits} bits")));
    }
    key.is_symmetric().then(|| rules::KEY_SYMMETRIC.seen(format!("the key is for {name}")))
}

/// A ring without a list says nothing of its key's age: then its file does.
fn age(entry: &Entry, now: i64) -> Option<Finding> {
    let written = || {
        let modified = fs::metadata(entry.private.as_ref()?).ok()?.modified().ok()?;
        i64::try_from(modified.duration_since(UNIX_EPOCH).ok()?.as_secs()).ok()
    };
    let since = Some(entry.times.signs_from).filter(|since| *since > 0).or_else(written)?;
    (now - since > OLD).then(|| {
        let seen = format!("it signs since {}, and there is no next one", time::text(since));
        rules::KEY_OLD.seen(seen)
    })
}
