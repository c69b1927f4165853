//! `jot restore`

use anyhow::Result;
use jot::authority::restore::Tokens;
use jot::error::{Code, Error};
use jot::settings::Settings;
use jot::store::Restored;
use jot::store::sqlite::{Backup, Checked, Missing};
use serde_json::json;

use crate::cli::RestoreArgs;
use crate::command::ring::RingSettings;
use crate::command::{Context, Ended, authority_over, backup, busy, input, quoted};
use crate::output::escape;

/// How many names a note has room for.
const NAMED: usize = 10;

pub(crate) fn run(args: &RestoreArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let checked = Checked::new(&args.file, &settings.store.url, busy(&settings))?;
    if !input::confirm(&question(args, &settings), args.yes)? {
        return Err(Error::new(Code::Failed, "nothing was restored").into());
    }
    let backup = checked.copy()?;
    let held = backup.held();
    let has_store = backup.has_store();
    let restored = if has_store {
        with_store(args, &backup, &settings, context)?
    } else {
        alone(args, backup, &settings, context)?;
        Restored::default()
    };
    let document = || {
        json!({
            "restored": {"file": args.file.to_string_lossy(), "held": backup::held(&held)},
            "tokens_refused": !args.keep_sessions, "disabled": restored.disabled,
            "removed": restored.removed, "passwords": restored.passwords,
            "permissions": restored.permissions,
        })
    };
    let told = || format!("restored from {}: {}", quoted(&args.file), backup::told(&held));
    let outcome = context.output.answer(document, told)?;
    tell(args, &restored, context);
    if !has_store {
        context.output.note("there was no store to learn from: what was revoked, disabled or removed since the backup is not known");
    }
    Ok(outcome.into())
}

fn question(args: &RestoreArgs, settings: &Settings) -> String {
    let (file, store) = (quoted(&args.file), quoted(&settings.store.url));
    let tokens = if args.keep_sessions { "" } else { ", and log everybody out" };
    format!("Give {store} the users and groups of {file}{tokens}?")
}

fn tokens(args: &RestoreArgs) -> Tokens {
    if args.keep_sessions { Tokens::Kept } else { Tokens::Refused }
}

fn with_store(
    args: &RestoreArgs,
    backup: &Backup,
    settings: &Settings,
    context: &Context,
) -> Result<Restored> {
    let unfit = |error: anyhow::Error| match error.downcast::<Error>() {
        Ok(error) if error.code() == Code::StoreCorrupt => {
            error.hint("move it away, with its -wal and -shm, then restore again").into()
        }
        Ok(error) => error.into(),
        Err(other) => other,
    };
    let authority = context.authority(settings, Missing::Refuse).map_err(unfit)?;
    let restored = authority.restore(backup.path(), tokens(args), &context.source);
    restored.map_err(Into::into).map_err(unfit)
}

fn alone(args: &RestoreArgs, backup: Backup, settings: &Settings, context: &Context) -> Result<()> {
    let authority = authority_over(backup.alone()?, RingSettings::of(settings)?, settings);
    authority.restored_alone(tokens(args), &context.source)?;
    // The last one to close the copy leaves all of it in the one file.
    drop(authority);
    Ok(backup.take_place()?)
}

/// What an operator has to know, and may want to undo.
fn tell(args: &RestoreArgs, restored: &Restored, context: &Context) {
    let say = |names: &[String], what: &str| {
        if !names.is_empty() {
            context.output.note(&format!("{what}: {}", listed(names)));
        }
    };
    if !args.keep_sessions {
        context.output.note("everybody must log in again");
    }
    say(&restored.disabled, "disabled, as they were disabled or removed since the backup");
    if let Some(name) = restored.disabled.first() {
        context.output.hint(&format!("jot user enable {}", escape(name)));
    }
    say(&restored.removed, "removed, as they were added since the backup");
    say(&restored.passwords, "with the password of the backup, which was changed since");
    say(&restored.permissions, "with the permissions of the backup, which were changed since");
}

fn listed(names: &[String]) -> String {
    let shown: Vec<_> = names.iter().take(NAMED).map(|name| escape(name)).collect();
    match names.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {more} more", shown.join(", ")),
    }
}
