//! `jot key retire`, `revoke` and `remove`: ends of a key's life.

use anyhow::Result;
use jot::alg;
use jot::error::{Code, Error};
use jot::key::Held;
use jot::key::change::{Changed, Needed};
use jot::key::manifest::{Manifest, Record};
use jot::time;
use serde_json::{Value, json};

use crate::cli::{KeyRemoveArgs, KeyRevokeArgs};
use crate::command::key::{add_times, shown};
use crate::command::ring::{RingSettings, moment, note};
use crate::command::{Context, Ended, input};
use crate::output::escape;

pub(super) fn retire(kid: &str, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let at = moment(&settings, context.now())?;
    let ring = context.changing(&settings)?;
    let mut held = ring.hold()?;
    let Changed { record, already } = held.retire(kid, at)?;
    if !already {
        note("retired", &record.kid, &settings, context);
    }
    let told = || {
        let kid = escape(&record.kid);
        let until = record.times.until.map(|until| format!(" until {}", time::text(until)));
        let until = until.unwrap_or_default();
        match (already, record.times.revoked) {
            (true, Some(_)) => format!("revoked already: {kid}"),
            (true, None) => format!("retired already: {kid} verifies{until}"),
            (false, _) => format!("retired {kid}: it signs no more, and verifies{until}"),
        }
    };
    Ok(context.output.answer(|| document(&record, already, &held, context), told)?.into())
}

pub(super) fn revoke(args: &KeyRevokeArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let ring = context.changing(&settings)?;
    let kid = confirmed(&ring, &args.kid, "Refuse all that was signed with", args.yes)?;
    let mut held = ring.hold()?;
    let changed = held.revoke(&kid, args.reason.as_deref(), context.now())?;
    if !changed.already {
        let why = args.reason.as_ref().map(|reason| format!(": {reason}")).unwrap_or_default();
        note("revoked", &format!("{kid}{why}"), &settings, context);
    }
    let told = || {
        let kid = escape(&kid);
        if changed.already {
            return format!("revoked already: {kid}");
        }
        format!("revoked {kid}: all that it signed is refused from now on")
    };
    let document = || document(&changed.record, changed.already, &held, context);
    let outcome = context.output.answer(document, told)?;
    tell_unsigned(held.manifest(), context);
    Ok(outcome.into())
}

pub(super) fn remove(args: &KeyRemoveArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let ring = context.changing(&settings)?;
    let kid = confirmed(&ring, &args.kid, "Delete the files of", args.yes)?;
    let needed = if args.force { Needed::Remove } else { Needed::Keep };
    let mut held = ring.hold()?;
    let removed = held.remove(&kid, needed, context.now())?;
    note("removed", &kid, &settings, context);
    let files: Vec<_> = [&removed.private, &removed.public]
        .into_iter()
        .flatten()
        .map(|name| held.path(name).display().to_string())
        .collect();
    let document = || json!({"removed": {"kid": removed.kid, "files": files}});
    let told = || format!("removed {}: deleted {}", escape(&kid), escape(&files.join(" and ")));
    let outcome = context.output.answer(document, told)?;
    tell_unsigned(held.manifest(), context);
    Ok(outcome.into())
}

/// The whole id of a key, of which somebody said yes to the question. Nothing is held meanwhile.
fn confirmed(ring: &RingSettings, kid: &str, question: &str, yes: bool) -> Result<String> {
    let kid = ring.hold()?.manifest().record(kid)?.kid.clone();
    if input::confirm(&format!("{question} the key {}?", kid.escape_debug()), yes)? {
        return Ok(kid);
    }
    Err(Error::new(Code::Failed, "nothing was changed").into())
}

fn tell_unsigned(manifest: &Manifest, context: &Context) {
    let now = context.now();
    if manifest.signer(now).is_some() {
        return;
    }
    let until = manifest.next(now).map(|next| time::text(next.times.signs_from));
    let until = until.map(|until| format!(" until {until}")).unwrap_or_default();
    context.output.warn(&format!("there is no key to sign with{until}"));
    context.output.hint("jot key rotate --now");
}

fn document(record: &Record, already: bool, held: &Held<'_>, context: &Context) -> Value {
    let state = record.times.state(context.now()).name();
    let mut document = json!({"kid": record.kid, "alg": alg::name(record.alg), "state": state, "already": already});
    add_times(&mut document, &record.times, record.reason.as_deref());
    let path = |name: &Option<String>| name.as_ref().map(|name| shown(Some(&held.path(name))));
    document["private"] = json!(path(&record.private));
    document["public"] = json!(path(&record.public));
    document
}
