//! `jot session`

use std::ops::ControlFlow;

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::revoke::{Note, What};
use jot::error::{Code, Error};
use jot::session::Session;
use jot::store::sqlite::Missing;
use jot::time;
use serde_json::{Value, json};

use crate::cli::{SessionAction, SessionListArgs, SessionVerb};
use crate::command::list::{filter, only, row};
use crate::command::{Context, Ended, input, revoke};

pub(crate) fn run(args: &SessionAction, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    match &args.action {
        None => list(&args.list, &authority, context),
        Some(SessionVerb::List(args)) => list(args, &authority, context),
        Some(SessionVerb::Show { id }) => {
            let one = only(authority.store().find_sessions(id)?, id, none(id))?;
            let page = || page(&one, context.now());
            Ok(context.output.answer(|| document(&one, context.now()), page)?.into())
        }
        Some(SessionVerb::Revoke { ids, reason }) => {
            let ids = input::words(ids, "id of a session")?;
            let wanted: Vec<_> = ids.into_iter().map(What::Session).collect();
            let source = Some(context.source.clone());
            let note = Note { before: None, reason: reason.clone(), source };
            revoke::tell(&authority.revoke(&wanted, &note)?, revoke::Mode::Did, context)
        }
    }
}

fn list(args: &SessionListArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let now = context.now();
    let mut filter = filter(&args.list, now)?;
    // What is over is left out here, so that the limit is counted here too.
    let mut left = filter.limit.take();
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[
        ("SID", 36),
        ("USER", 12),
        ("CREATED", 20),
        ("REFRESHED", 20),
        ("EXPIRES", 20),
        ("STATE", 0),
    ]))?;
    authority.store().sessions(&filter, &mut |session| {
        if !args.all && state(&session, now) != "live" {
            return Ok(ControlFlow::Continue(()));
        }
        if left == Some(0) {
            return Ok(ControlFlow::Break(()));
        }
        left = left.map(|left| left - 1);
        Ok(lines.answer(|| document(&session, now), || line(&session, now))?.into())
    })?;
    Ok(lines.finish()?.into())
}

fn none(id: &str) -> Error {
    let seen = format!("no session begins with \"{}\"", id.escape_debug());
    Error::new(Code::UnknownSession, seen).hint("jot session list --all")
}

/// In a word.
fn state(session: &Session, now: i64) -> &'static str {
    match &session.ended {
        Some(_) => "ended",
        None if session.current.expires <= now => "expired",
        None => "live",
    }
}

/// With the reason.
fn state_and_why(session: &Session, now: i64) -> String {
    match &session.ended {
        Some(ended) => format!("ended {}: {}", time::text(ended.at), ended.reason),
        None => state(session, now).to_owned(),
    }
}

fn refreshed(session: &Session) -> String {
    session.rotated.map(time::text).unwrap_or_default()
}

fn line(session: &Session, now: i64) -> String {
    row(&[
        (&session.sid, 36),
        (&session.subject.username, 12),
        (&time::text(session.created), 20),
        (&refreshed(session), 20),
        (&time::text(session.current.expires), 20),
        (&state_and_why(session, now), 0),
    ])
}

fn page(session: &Session, now: i64) -> String {
    let id = session.subject.id.map_or_else(|| "not stored".to_owned(), |id| id.to_string());
    [
        ("sid", session.sid.clone()),
        ("user", session.subject.username.clone()),
        ("user id", id),
        ("state", state_and_why(session, now)),
        ("created", time::text(session.created)),
        ("expires", time::text(session.current.expires)),
        ("refreshed", refreshed(session)),
        ("generation", session.generation.to_string()),
        ("jti", session.current.jti.clone()),
        ("previous", session.previous.clone().unwrap_or_default()),
    ]
    .map(|(name, value)| row(&[(name, 11), (&value, 0)]))
    .join("\n")
}

fn document(session: &Session, now: i64) -> Value {
    let ended = session.ended.as_ref();
    json!({
        "sid": session.sid, "user": session.subject.username, "user_id": session.subject.id,
        "state": state(session, now), "created": session.created,
        "expires": session.current.expires, "generation": session.generation,
        "jti": session.current.jti, "issued": session.current.issued, "previous": session.previous,
        "rotated": session.rotated, "recovered": session.recovered,
        "ended": ended.map(|ended| ended.at), "reason": ended.map(|ended| &ended.reason),
    })
}
