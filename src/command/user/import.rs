//! `jot user import`

use std::path::Path;

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::import::{Import, Outcome};
use jot::store::sqlite::{BUSY, django};
use serde_json::{Value, json};

use crate::command::{Context, Ended};

pub(super) fn run(file: &Path, authority: &Authority, context: &Context) -> Result<Ended> {
    let import = authority.import(django::read(file, BUSY)?, &context.source)?;
    if context.json() {
        return documents(&import, context);
    }
    let count = |is: fn(&Outcome) -> bool| import.users.iter().filter(|user| is(user)).count();
    let added = count(|user| matches!(user, Outcome::Added(..)));
    let already = count(|user| matches!(user, Outcome::Already(_)));
    let refused = count(|user| matches!(user, Outcome::Refused(_)));
    let groups = import.groups.len();
    let outcome = context.output.result(&format!(
        "imported {added} users and {groups} groups; {already} users were here already, {refused} were left out"
    ))?;
    for note in &import.notes {
        context.output.note(note);
    }
    for user in &import.users {
        match user {
            Outcome::Added(user, notes) => {
                for note in notes {
                    context.output.note(&format!("{}: {note}", user.username.escape_debug()));
                }
            }
            Outcome::Already(_) => {}
            Outcome::Refused(error) => context.output.warn(&format!("left out: {error}")),
        }
    }
    if refused == 0 { Ok(outcome.into()) } else { Ok(Ended::With(1)) }
}

/// One line for each group and each user.
fn documents(import: &Import, context: &Context) -> Result<Ended> {
    let mut lines = context.output.lines();
    let groups = import.groups.iter().map(
        |group| json!({"group": group.name, "status": "added", "permissions": group.permissions}),
    );
    let notes = import.notes.iter().map(|note| json!({"status": "noted", "note": note}));
    let users = import.users.iter().map(user_document);
    for document in groups.chain(notes).chain(users) {
        _ = lines.json(&document)?;
    }
    _ = lines.finish()?;
    let refused = import.users.iter().any(|user| matches!(user, Outcome::Refused(_)));
    Ok(if refused { Ended::With(1) } else { Ended::Done })
}

fn user_document(user: &Outcome) -> Value {
    match user {
        Outcome::Added(user, notes) => {
            json!({"user": user.username, "id": user.id, "status": "added", "notes": notes})
        }
        Outcome::Already(name) => json!({"user": name, "status": "already"}),
        Outcome::Refused(error) => json!({"status": "refused", "reason": error.to_string()}),
    }
}
