//! `jot client`

use anyhow::Result;
use jot::authority::Authority;
use jot::client::Client;
use jot::error::{Code, Error};
use jot::store::sqlite::Missing;
use jot::time;
use serde_json::json;

use crate::cli::{ClientAction, ClientAddArgs};
use crate::command::list::row;
use crate::command::{Context, Ended, input};

pub(crate) fn run(action: &ClientAction, context: &Context) -> Result<Ended> {
    let missing = match action {
        ClientAction::Add(_) => Missing::Create,
        _ => Missing::Refuse,
    };
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, missing)?;
    match action {
        ClientAction::Add(args) => add(args, &authority, context),
        ClientAction::List => list(&authority, context),
        ClientAction::Remove { id, yes } => remove(id, *yes, &authority, context),
    }
}

fn add(args: &ClientAddArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let (client, secret) = authority.add_client(&args.id, &args.perm, &context.source)?;
    let document = || {
        json!({
            "client_id": client.id, "client_secret": *secret, "permissions": client.permissions,
        })
    };
    let outcome = context.output.answer(document, || secret.to_string())?;
    if authority.known(&client.id).is_ok() {
        context.output.warn(&format!(
            "a user is named \"{}\" too: whoever reads sub alone takes one for the other",
            client.id.escape_debug()
        ));
    }
    context.output.note("the secret is kept as a hash alone and never shown again");
    Ok(outcome.into())
}

fn list(authority: &Authority, context: &Context) -> Result<Ended> {
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[("ID", 20), ("ADDED", 20), ("PERMISSIONS", 0)]))?;
    authority.store().clients(&mut |client| {
        let document = || {
            let Client { id, permissions, created, .. } = &client;
            json!({"client_id": id, "permissions": permissions, "created": created})
        };
        let line = || {
            let permissions = client.permissions.join(" ");
            row(&[(&client.id, 20), (&time::text(client.created), 20), (&permissions, 0)])
        };
        Ok(lines.answer(document, line)?.into())
    })?;
    Ok(lines.finish()?.into())
}

fn remove(id: &str, yes: bool, authority: &Authority, context: &Context) -> Result<Ended> {
    let known = authority.known_client(id)?;
    let name = known.id.escape_debug();
    if !input::confirm(&format!("Remove the client \"{name}\"?"), yes)? {
        return Err(Error::new(Code::Failed, "no client was removed").into());
    }
    authority.remove_client(id, &context.source)?;
    let document = || json!({"removed": [{"client_id": known.id}]});
    let told = || format!("removed the client \"{name}\"; its tokens are refused");
    Ok(context.output.answer(document, told)?.into())
}
