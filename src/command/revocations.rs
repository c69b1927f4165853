//! `jot revocations`

use anyhow::Result;
use jot::authority::Authority;
use jot::error::{Code, Error};
use jot::revocation::Revocation;
use jot::store::sqlite::Missing;
use jot::time;
use serde_json::{Value, json};

use crate::cli::{ListArgs, RevocationsAction, RevocationsVerb};
use crate::command::list::{filter, row};
use crate::command::{Context, Ended, input};

pub(crate) fn run(args: &RevocationsAction, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    match &args.action {
        None => list(&args.list, &authority, context),
        Some(RevocationsVerb::List(args)) => list(args, &authority, context),
        Some(RevocationsVerb::Show { id }) => {
            let one = one(id, &authority)?;
            Ok(if context.json() {
                context.output.json(&document(&one))
            } else {
                context.output.result(&line(&one))
            }?
            .into())
        }
        Some(RevocationsVerb::Remove { id, yes }) => {
            let one = one(id, &authority)?;
            let question =
                format!("Accept {} {} again?", one.target.kind(), one.target.id().escape_debug());
            if !input::confirm(&question, *yes)? {
                return Err(Error::new(Code::Failed, "nothing was changed").into());
            }
            authority.store().forget_revocation(&one.target)?;
            let told = format!(
                "no longer revoked: {} {}",
                one.target.kind(),
                one.target.id().escape_debug()
            );
            let answer = json!({"removed": [{"kind": one.target.kind(), "id": one.target.id()}]});
            if one.target.kind() == "session" {
                context.output.note("the session itself has ended and stays so");
            }
            Ok(if context.json() {
                context.output.json(&answer)
            } else {
                context.output.result(&told)
            }?
            .into())
        }
        Some(RevocationsVerb::Purge) => {
            let purged = authority.purge()?;
            let answer = json!({"purged": {"revocations": purged.revocations, "sessions": purged.sessions, "tokens": purged.tokens}});
            let told = format!(
                "deleted {} revocations, {} sessions and {} tokens of the ledger that had run out",
                purged.revocations, purged.sessions, purged.tokens
            );
            Ok(if context.json() {
                context.output.json(&answer)
            } else {
                context.output.result(&told)
            }?
            .into())
        }
    }
}

fn list(args: &ListArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let filter = filter(args, context.now())?;
    let mut lines = context.output.lines();
    if !context.json() {
        _ = lines.text(&row(&[
            ("AT", 20),
            ("KIND", 9),
            ("ID", 36),
            ("USER", 12),
            ("UNTIL", 20),
            ("REASON", 0),
        ]))?;
    }
    authority.store().revocations(&filter, &mut |revocation| {
        let outcome = if context.json() {
            lines.json(&document(&revocation))
        } else {
            lines.text(&line(&revocation))
        };
        Ok(outcome?.into())
    })?;
    _ = lines.finish()?;
    Ok(Ended::Done)
}

fn one(id: &str, authority: &Authority) -> Result<Revocation, Error> {
    let mut found = authority.store().find_revocations(id)?;
    let shown = id.escape_debug();
    match (found.len(), found.pop()) {
        (1, Some(revocation)) => Ok(revocation),
        (0, _) => Err(Error::new(
            Code::UnknownToken,
            format!("nothing that begins with \"{shown}\" is revoked"),
        )
        .hint("jot revocations")),
        _ => Err(Error::new(
            Code::UnknownToken,
            format!("\"{shown}\" is the beginning of several ids"),
        )
        .hint("give more of it")),
    }
}

fn line(revocation: &Revocation) -> String {
    let until = time::text(revocation.until);
    let id = match revocation.target.watermark() {
        None => revocation.target.id(),
        Some(moment) => format!("issued up to {}", time::text(moment)),
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
