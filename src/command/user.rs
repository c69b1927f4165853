//! `jot user`

use anyhow::Result;
use jot::authority::login::Person;
use jot::password::Weak;
use jot::store::sqlite::Missing;
use jot::time;
use jot::user::User;
use serde_json::{Value, json};

use crate::cli::{PasswordArgs, UserAction, UserAddArgs};
use crate::command::list::row;
use crate::command::{Context, Ended, input};

pub(crate) fn run(action: &UserAction, context: &Context) -> Result<Ended> {
    match action {
        UserAction::Add(args) => add(args, context),
        UserAction::List => list(context),
        UserAction::Show { name } => show(name, context),
        UserAction::Passwd { name, password } => passwd(name, password, context),
    }
}

fn add(args: &UserAddArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Create)?;
    authority.check_free(&args.name)?;
    let password = input::new_password(&args.password, settings.surroundings())?;
    let person = Person {
        username: args.name.clone(),
        permissions: args.perm.clone(),
        superuser: args.superuser,
    };
    let user = authority.add_user(&person, &password, weak(&args.password))?;
    let told = format!("added \"{}\", id {}", user.username.escape_debug(), user.id);
    Ok(context.output.answer(|| document(&user), || told)?.into())
}

fn list(context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let mut lines = context.output.lines();
    _ = lines.heading(&row(&[
        ("ID", 4),
        ("NAME", 20),
        ("STATE", 9),
        ("LAST LOGIN", 20),
        ("PERMISSIONS", 0),
    ]))?;
    authority
        .store()
        .users(&mut |user| Ok(lines.answer(|| document(&user), || line(&user))?.into()))?;
    Ok(lines.finish()?.into())
}

fn show(name: &str, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    let user = authority.known(name)?;
    Ok(context.output.answer(|| document(&user), || page(&user))?.into())
}

fn passwd(name: &str, args: &PasswordArgs, context: &Context) -> Result<Ended> {
    let settings = context.settings(&[])?;
    let authority = context.authority(&settings, Missing::Refuse)?;
    authority.known(name)?;
    let password = input::new_password(args, settings.surroundings())?;
    let user = authority.set_password(name, &password, weak(args))?;
    let told = format!(
        "changed the password of \"{}\"; the user's sessions are over and the tokens issued so far are refused",
        user.username.escape_debug()
    );
    Ok(context.output.answer(|| document(&user), || told)?.into())
}

fn weak(args: &PasswordArgs) -> Weak {
    if args.allow_weak_password { Weak::Allowed } else { Weak::Refused }
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

fn line(user: &User) -> String {
    row(&[
        (&user.id.to_string(), 4),
        (&user.username, 20),
        (state(user), 9),
        (&last_login(user), 20),
        (&user.permissions.join(" "), 0),
    ])
}

fn page(user: &User) -> String {
    let permissions =
        if user.permissions.is_empty() { "none".to_owned() } else { user.permissions.join(" ") };
    [
        ("name", user.username.clone()),
        ("id", user.id.to_string()),
        ("state", state(user).to_owned()),
        ("permissions", permissions),
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
    })
}
