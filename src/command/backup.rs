//! `jot backup`

use anyhow::Result;
use jot::store::Copied;
use jot::store::sqlite::Missing;
use serde_json::{Value, json};

use crate::cli::BackupArgs;
use crate::command::{Context, Ended, quoted};

pub(crate) fn run(args: &BackupArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let copied = authority.store().backup(&args.file)?;
    let file = args.file.to_string_lossy();
    let document =
        || json!({"backup": {"file": file, "bytes": copied.bytes, "held": held(&copied)}});
    let told = || format!("copied to {}: {}", quoted(&args.file), told(&copied));
    Ok(context.output.answer(document, told)?.into())
}

/// What a copy holds, as programs read it.
pub(super) fn held(copied: &Copied) -> Value {
    let Copied { users, sessions, revocations, tokens, events, .. } = copied;
    json!({
        "users": users, "sessions": sessions, "revocations": revocations, "tokens": tokens,
        "events": events,
    })
}

/// The same for a person.
pub(super) fn told(copied: &Copied) -> String {
    let Copied { users, sessions, revocations, tokens, events, .. } = copied;
    format!(
        "users {users}, sessions {sessions}, revocations {revocations}, tokens in the ledger {tokens}, events {events}"
    )
}
