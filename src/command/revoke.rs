//! `jot revoke`

use anyhow::Result;
use jot::authority::revoke::{Note, Revoked, What};
use jot::error::{Code, Error};
use jot::store::sqlite::Missing;
use jot::time;
use serde_json::{Value, json};

use crate::cli::RevokeArgs;
use crate::command::{Context, Ended, input};
use crate::output::escape;

pub(crate) fn run(args: &RevokeArgs, context: &Context) -> Result<Ended> {
    let wanted = wanted(args)?;
    let before =
        args.before.as_deref().map(|before| time::moment(before, context.now())).transpose()?;
    let note = Note { before, reason: args.reason.clone(), source: Some(context.source.clone()) };
    let question = "Refuse every token of everybody?";
    if args.all && !args.dry_run && !input::confirm(question, args.yes)? {
        return Err(Error::new(Code::Failed, "nothing was revoked").into());
    }
    let settings = context.settings(&[])?;
    let missing = if args.dry_run { Missing::Refuse } else { Missing::Create };
    let authority = context.authority(&settings, missing)?;
    if args.dry_run {
        return tell(&authority.would_revoke(&wanted, &note)?, Mode::Would, context);
    }
    tell(&authority.revoke(&wanted, &note)?, Mode::Did, context)
}

/// Whether it was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    /// It was.
    Did,
    /// It would be.
    Would,
}

/// Says what was refused, and what the person who asked for it may want to know.
pub(super) fn tell(revoked: &[Revoked], mode: Mode, context: &Context) -> Result<Ended> {
    let name = if mode == Mode::Would { "would_revoke" } else { "revoked" };
    let rows = || revoked.iter().map(document).collect::<Vec<_>>();
    let lines = || revoked.iter().map(|one| told(one, mode)).collect::<Vec<_>>();
    let outcome = context.output.answer(|| json!({ name: rows() }), || lines().join("\n"));
    for one in revoked {
        advise(one, context);
    }
    Ok(outcome?.into())
}

fn wanted(args: &RevokeArgs) -> Result<Vec<What>> {
    if let Some(name) = &args.user {
        return Ok(vec![What::User(name.clone())]);
    }
    if let Some(sid) = &args.session {
        return Ok(vec![What::Session(sid.clone())]);
    }
    if args.all {
        return Ok(vec![What::Everybody]);
    }
    let words = input::words(&args.what, "id and no token")?;
    Ok(words
        .into_iter()
        .map(|word| if is_token(&word) { What::Token(word) } else { What::Id(word) })
        .collect())
}

/// Whatever holds the beginning of a header: a piece of a token, or one with words around it, is
/// refused as a token. It must not be kept as an id.
fn is_token(word: &str) -> bool {
    word.contains("eyJ") && word.contains('.')
}

fn told(one: &Revoked, mode: Mode) -> String {
    let revocation = &one.done.revocation;
    let (kind, id) = (revocation.target.kind(), revocation.target.id());
    let verb = match (mode, one.done.already) {
        (Mode::Would, false) => "would revoke",
        (Mode::Would, true) => "is already revoked:",
        (Mode::Did, true) => "was already revoked:",
        (Mode::Did, false) => "revoked",
    };
    let what = match (revocation.target.watermark(), &revocation.username) {
        (None, _) => format!("{kind} {}", escape(&id)),
        (Some(moment), None) => format!("everything issued up to {}", time::text(moment)),
        (Some(moment), Some(name)) => {
            format!("everything of \"{}\" issued up to {}", escape(name), time::text(moment))
        }
    };
    format!("{verb} {what}, kept until {}", time::text(revocation.until))
}

fn document(one: &Revoked) -> Value {
    let revocation = &one.done.revocation;
    json!({
        "kind": revocation.target.kind(), "id": revocation.target.id(), "until": revocation.until,
        "already": one.done.already, "user": revocation.username,
        "before": revocation.target.watermark(), "unknown": one.unknown,
    })
}

fn advise(one: &Revoked, context: &Context) {
    let revocation = &one.done.revocation;
    if one.unknown && revocation.target.watermark().is_none() {
        context.output.note("the ledger does not know this id; it is refused all the same");
    }
    if let (true, Some(name)) = (one.unknown, &revocation.username) {
        context.output.note(&format!(
            "no stored user is named \"{name}\"; tokens of that name are refused all the same"
        ));
    }
    if let Some(sid) = &one.session_stays {
        context.output.note("its session goes on and can get new tokens");
        context.output.hint(&format!("jot revoke --session {sid}"));
    }
}
