//! `jot tokens`

use anyhow::Result;
use jot::error::{Code, Error};
use jot::store::Minted;
use jot::store::sqlite::Missing;
use jot::time;
use serde_json::{Value, json};

use crate::cli::{ListArgs, TokensAction, TokensVerb};
use crate::command::list::{filter, only, row};
use crate::command::{Context, Ended};

pub(crate) fn run(args: &TokensAction, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let list_args = match &args.action {
        Some(TokensVerb::Show { id }) => {
            let one = only(authority.store().find_tokens(id)?, id, none(id))?;
            let answer = context.output.answer(|| document(&one), || line(&one));
            return Ok(answer?.into());
        }
        Some(TokensVerb::List(args)) => args,
        None => &args.list,
    };
    list(list_args, authority.store(), context)
}

fn list(args: &ListArgs, store: &dyn jot::store::Store, context: &Context) -> Result<Ended> {
    let filter = filter(args, context.now())?;
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[
        ("ISSUED", 20),
        ("TYPE", 7),
        ("JTI", 36),
        ("USER", 12),
        ("EXPIRES", 20),
        ("SID", 0),
    ]))?;
    store.tokens(&filter, &mut |minted| {
        Ok(lines.answer(|| document(&minted), || line(&minted))?.into())
    })?;
    _ = lines.finish()?;
    Ok(Ended::Done)
}

fn none(id: &str) -> Error {
    let seen = format!("no token of the ledger begins with \"{}\"", id.escape_debug());
    Error::new(Code::UnknownToken, seen).hint("jot tokens")
}

fn line(minted: &Minted) -> String {
    row(&[
        (&time::text(minted.issued), 20),
        (&minted.kind, 7),
        (&minted.jti, 36),
        (&minted.subject.username, 12),
        (&time::text(minted.expires), 20),
        (minted.sid.as_deref().unwrap_or_default(), 0),
    ])
}

fn document(minted: &Minted) -> Value {
    json!({
        "issued": minted.issued, "type": minted.kind, "jti": minted.jti, "user": minted.subject.username,
        "user_id": minted.subject.id, "expires": minted.expires, "sid": minted.sid,
        "profile": minted.profile, "kid": minted.kid,
    })
}
