//! `jot revocations`

use anyhow::Result;
use jot::authority::Authority;
use jot::error::{Code, Error};
use jot::revocation::Revocation;
use jot::store::Purged;
use jot::store::sqlite::Missing;
use jot::time;
use serde_json::{Value, json};

use crate::cli::{ListArgs, RevocationsAction, RevocationsVerb};
use crate::command::list::{filter, only, row};
use crate::command::{Context, Ended, input};
use crate::output::escape;

pub(crate) fn run(args: &RevocationsAction, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    match &args.action {
        None => list(&args.list, &authority, context),
        Some(RevocationsVerb::List(args)) => list(args, &authority, context),
        Some(RevocationsVerb::Show { id }) => {
            let one = one(id, &authority)?;
            Ok(context.output.answer(|| document(&one), || line(&one))?.into())
        }
        Some(RevocationsVerb::Remove { id, yes }) => {
            remove(&one(id, &authority)?, *yes, &authority, context)
        }
        Some(RevocationsVerb::Purge) => purge(&authority, context),
    }
}

fn remove(one: &Revocation, yes: bool, authority: &Authority, context: &Context) -> Result<Ended> {
    let (kind, id) = (one.target.kind(), one.target.id());
    if !input::confirm(&format!("Accept {kind} {} again?", id.escape_debug()), yes)? {
        return Err(Error::new(Code::Failed, "nothing was changed").into());
    }
    authority.take_back(one, &context.source)?;
    if kind == "session" {
        context.output.note("the session itself has ended and stays so");
    }
    let document = || json!({"removed": [{"kind": kind, "id": id}]});
    Ok(context
        .output
        .answer(document, || format!("no longer revoked: {kind} {}", escape(&id)))?
        .into())
}

fn purge(authority: &Authority, context: &Context) -> Result<Ended> {
    let Purged { revocations, sessions, tokens, events } = authority.purge()?;
    let document = json!({
        "revocations": revocations, "sessions": sessions, "tokens": tokens, "events": events,
    });
    let told = || {
        format!(
            "deleted what had run out: {revocations} revocations, {sessions} sessions, {tokens} tokens of the ledger, {events} events"
        )
    };
    Ok(context.output.answer(|| json!({ "purged": document }), told)?.into())
}

fn list(args: &ListArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let filter = filter(args, context.now())?;
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[
        ("AT", 20),
        ("KIND", 9),
        ("ID", 36),
        ("USER", 12),
        ("UNTIL", 20),
        ("REASON", 0),
    ]))?;
    authority.store().revocations(&filter, &mut |revocation| {
        Ok(lines.answer(|| document(&revocation), || line(&revocation))?.into())
    })?;
    _ = lines.finish()?;
    Ok(Ended::Done)
}

fn one(id: &str, authority: &Authority) -> Result<Revocation, Error> {
    let seen = format!("nothing that begins with \"{}\" is revoked", id.escape_debug());
    let none = Error::new(Code::UnknownToken, seen).hint("jot revocations");
    only(authority.store().find_revocations(id)?, id, none)
}

fn line(revocation: &Revocation) -> String {
    let until = time::text(revocation.until);
    let id = match revocation.target.watermark() {
        None => revocation.target.id(),
        Some(moment) => format!("{} up to {}", revocation.target.id(), time::text(moment)),
    };
    row(&[
        (&time::text(revocation.at), 20),
        (revocation.target.kind(), 9),
        (&id, 36),
        (revocation.username.as_deref().unwrap_or_default(), 12),
        (&until, 20),
        (revocation.reason.as_deref().unwrap_or_default(), 0),
    ])
}

fn document(revocation: &Revocation) -> Value {
    json!({
        "at": revocation.at, "kind": revocation.target.kind(), "id": revocation.target.id(),
        "user": revocation.username, "before": revocation.target.watermark(),
        "until": revocation.until, "reason": revocation.reason, "by": revocation.by,
    })
}
