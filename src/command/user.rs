//! `jot user`

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::people::{Act, NewPassword, Person, Tokens};
use jot::error::{Code, Error};
use jot::json::Json;
use jot::password::Weak;
use jot::settings::Surroundings;
use jot::store::sqlite::Missing;
use jot::time;
use jot::user::User;
use serde_json::{Value, json};

use crate::cli::{PasswordArgs, UserAction, UserAddArgs};
use crate::command::list::row;
use crate::command::{Context, Ended, input};

mod edit;
mod import;

/// What happens to the tokens of a user who loses them.
const REFUSED: &str = "the user's sessions are over and the tokens issued so far are refused";

pub(crate) fn run(action: &UserAction, context: &Context) -> Result<Ended> {
    let missing = match action {
        UserAction::Add(_) | UserAction::Import { .. } => Missing::Create,
        _ => Missing::Refuse,
    };
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, missing)?;
    let surroundings = settings.surroundings();
    match action {
        UserAction::Add(args) => add(args, surroundings, &authority, context),
        UserAction::Import { django } => import::run(django, &authority, context),
        UserAction::List { group } => list(group.as_deref(), &authority, context),
        UserAction::Show { name } => {
            let user = authority.known(name)?;
            Ok(context.output.answer(|| document(&user), || page(&user))?.into())
        }
        UserAction::Passwd { name, password } => {
            authority.known(name)?;
            let typed = input::new_password(password, surroundings)?;
            let user = authority.set_password(name, fresh(&typed, password), &context.source)?;
            tell(&user, "changed the password of", Some(REFUSED), context)
        }
        UserAction::Set(args) => edit::set(args, &authority, context),
        UserAction::Perm(args) => edit::perm(args, (&settings, &authority), context),
        UserAction::Groups => groups(&authority, context),
        UserAction::Enable { name } => {
            let user = authority.set_active(name, true, &context.source)?;
            tell(&user, "enabled", None, context)
        }
        UserAction::Disable { name } => {
            let user = authority.set_active(name, false, &context.source)?;
            tell(&user, "disabled", Some(REFUSED), context)
        }
        UserAction::Remove { name, yes } => remove(name, *yes, &authority, context),
    }
}

fn add(
    args: &UserAddArgs,
    surroundings: &Surroundings,
    authority: &Authority,
    context: &Context,
) -> Result<Ended> {
    authority.check_free(&args.name)?;
    authority.groups(&args.group)?;
    let mut attributes = Json::Object(Vec::new());
    edit::set_attributes(&mut attributes, &args.attr)?;
    let person = Person {
        username: args.name.clone(),
        permissions: args.perm.clone(),
        groups: args.group.clone(),
        attributes,
        superuser: args.superuser,
    };
    let typed = if args.no_password {
        None
    } else {
        Some(input::new_password(&args.password, surroundings)?)
    };
    let password = typed.as_ref().map(|typed| fresh(typed, &args.password));
    let user = authority.add_user(&person, password, &context.source)?;
    let told = format!("added \"{}\", id {}", user.username.escape_debug(), user.id);
    Ok(context.output.answer(|| document(&user), || told)?.into())
}

fn list(group: Option<&str>, authority: &Authority, context: &Context) -> Result<Ended> {
    let group = group.map(|name| authority.known_group(name)).transpose()?;
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[
        ("ID", 4),
        ("NAME", 20),
        ("STATE", 9),
        ("LAST LOGIN", 20),
        ("GROUPS", 12),
        ("PERMISSIONS", 0),
    ]))?;
    authority.store().users(&mut |user| {
        if group.as_ref().is_some_and(|group| user.groups.iter().all(|own| own.name != group.name))
        {
            return Ok(std::ops::ControlFlow::Continue(()));
        }
        Ok(lines.answer(|| document(&user), || line(&user))?.into())
    })?;
    Ok(lines.finish()?.into())
}

fn groups(authority: &Authority, context: &Context) -> Result<Ended> {
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[("NAME", 20), ("MEMBERS", 7), ("PERMISSIONS", 0)]))?;
    for group in authority.store().groups()? {
        let members = authority.members(&group.name)?.len();
        let document =
            || json!({"name": group.name, "permissions": group.permissions, "members": members});
        let line = || {
            let permissions = group.permissions.join(" ");
            row(&[(&group.name, 20), (&members.to_string(), 7), (&permissions, 0)])
        };
        _ = lines.answer(document, line)?;
    }
    Ok(lines.finish()?.into())
}

fn remove(name: &str, yes: bool, authority: &Authority, context: &Context) -> Result<Ended> {
    let known = authority.known(name)?;
    let question = format!("Remove \"{}\", id {}?", known.username.escape_debug(), known.id);
    if !input::confirm(&question, yes)? {
        return Err(Error::new(Code::Failed, "nobody was removed").into());
    }
    let user = authority.remove_user(name, &context.source)?;
    let document = || json!({"removed": [{"id": user.id, "username": user.username}]});
    let told = || {
        let name = user.username.escape_debug();
        format!("removed \"{name}\", id {}; {REFUSED}", user.id)
    };
    let outcome = context.output.answer(document, told)?;
    context.output.note("the name gets no token until a user is added under it");
    Ok(outcome.into())
}

/// Says what was done to whom, and what followed.
fn tell(user: &User, verb: &str, what: Option<&str>, context: &Context) -> Result<Ended> {
    let followed = what.map(|what| format!("; {what}")).unwrap_or_default();
    let told = || format!("{verb} \"{}\"{followed}", user.username.escape_debug());
    Ok(context.output.answer(|| document(user), told)?.into())
}

fn fresh<'a>(text: &'a str, args: &PasswordArgs) -> NewPassword<'a> {
    let weak = if args.allow_weak_password { Weak::Allowed } else { Weak::Refused };
    NewPassword { text, weak }
}

/// What is done, and what becomes of the tokens.
fn act<'a>(what: &'a str, now: bool, context: &'a Context) -> Act<'a> {
    let tokens = if now { Tokens::Refused } else { Tokens::Stay };
    Act { what, tokens, source: &context.source }
}

fn state(user: &User) -> &'static str {
    match (user.active, user.superuser) {
        (false, _) => "disabled",
        (true, true) => "superuser",
        (true, false) => "active",
    }
}

fn last_login(user: &User) -> String {
    user.last_login.map_or_else(|| "never".to_owned(), time::text)
}

fn group_names(user: &User) -> Vec<&str> {
    user.groups.iter().map(|group| group.name.as_str()).collect()
}

fn line(user: &User) -> String {
    row(&[
        (&user.id.to_string(), 4),
        (&user.username, 20),
        (state(user), 9),
        (&last_login(user), 20),
        (&group_names(user).join(" "), 12),
        (&user.permissions.join(" "), 0),
    ])
}

fn page(user: &User) -> String {
    let or_none = |text: String| if text.is_empty() { "none".to_owned() } else { text };
    [
        ("name", user.username.clone()),
        ("id", user.id.to_string()),
        ("state", state(user).to_owned()),
        ("permissions", or_none(user.permissions.join(" "))),
        ("groups", or_none(group_names(user).join(" "))),
        ("granted", or_none(user.granted().join(" "))),
        ("attributes", user.attributes.to_string()),
        ("last login", last_login(user)),
        ("created", time::text(user.created)),
    ]
    .map(|(name, value)| row(&[(name, 12), (&value, 0)]))
    .join("\n")
}

/// A user as programs read one: never the password's hash.
pub(super) fn document(user: &User) -> Value {
    json!({
        "id": user.id, "username": user.username, "active": user.active, "superuser": user.superuser,
        "permissions": user.permissions, "attributes": user.attributes, "last_login": user.last_login,
        "created": user.created, "has_password": user.password.is_some(),
        "groups": group_names(user), "granted": user.granted(),
    })
}
