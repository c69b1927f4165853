//! `jot user set` and `jot user perm`: what is changed, told apart from how.

use anyhow::Result;
use jot::authority::Authority;
use jot::authority::people;
use jot::claims::grammar::{self, Existing};
use jot::error::{Code, Error};
use jot::json::Json;
use jot::settings::Settings;
use jot::user::{Group, User, merged};
use serde_json::json;

use crate::cli::{UserPermArgs, UserSetArgs};
use crate::command::carried::outgrown;
use crate::command::{Context, Ended, issue};
use crate::output::Outcome;

pub(super) fn set(args: &UserSetArgs, authority: &Authority, context: &Context) -> Result<Ended> {
    let join = authority.groups(&args.join)?;
    let leave = authority.groups(&args.leave)?;
    let what = said(args);
    if what.is_empty() {
        return Err(Error::new(Code::Usage, "nothing is to be changed")
            .hint("jot user set --help")
            .into());
    }
    let edit = |user: &mut User| {
        if let Some(name) = &args.rename {
            user.username.clone_from(name);
        }
        set_attributes(&mut user.attributes, &args.attr)?;
        if let Json::Object(members) = &mut user.attributes {
            members.retain(|(name, _)| !args.unset.contains(name));
        }
        let is_new = |group: &&Group| user.groups.iter().all(|own| own.name != group.name);
        let new: Vec<_> = join.iter().filter(is_new).cloned().collect();
        user.groups.extend(new);
        user.groups.retain(|own| leave.iter().all(|group| group.name != own.name));
        user.superuser = (user.superuser || args.superuser) && !args.no_superuser;
        Ok(())
    };
    let what = what.join(", ");
    let user = authority.change_user(&args.name, super::act(&what, args.now, context), edit)?;
    if args.rename.is_some() {
        context.output.note("the old name gets no token until a user is added under it");
    }
    let followed = if args.now { super::REFUSED } else { "tokens say so from the next refresh on" };
    super::tell(&user, "changed", Some(followed), context)
}

/// The changes, in the words of the audit log.
fn said(args: &UserSetArgs) -> Vec<&'static str> {
    [
        (args.rename.is_some(), "renamed"),
        (!args.attr.is_empty() || !args.unset.is_empty(), "attributes changed"),
        (!args.join.is_empty() || !args.leave.is_empty(), "groups changed"),
        (args.superuser, "made a superuser"),
        (args.no_superuser, "no superuser any more"),
        (args.now, "tokens refused"),
    ]
    .into_iter()
    .filter_map(|(is_so, what)| is_so.then_some(what))
    .collect()
}

pub(super) fn perm(
    args: &UserPermArgs,
    (settings, authority): (&Settings, &Authority),
    context: &Context,
) -> Result<Ended> {
    let add = people::permissions(&args.add)?;
    let edit = |permissions: &mut Vec<String>| {
        *permissions = merged(permissions.iter().chain(&add));
        permissions.retain(|permission| !args.remove.contains(permission));
        Ok(())
    };
    let changes = !add.is_empty() || !args.remove.is_empty() || args.now;
    let act = super::act("permissions changed", args.now, context);
    let outcome = match (&args.group, args.name.as_deref().unwrap_or_default()) {
        (Some(name), _) if changes => {
            let group = authority.change_group(name, act, edit)?;
            let members = authority.members(&group.name)?;
            // The member whose tokens say most stands for all: each look signs, and may ask a command.
            if let Some(most) = members.iter().max_by_key(|user| user.granted().concat().len()) {
                check_size(most, (settings, authority), context);
            }
            tell_group(&group, context)?
        }
        (Some(name), _) => tell_group(&authority.known_group(name)?, context)?,
        (None, name) => {
            let user = if changes {
                let user = authority.change_user(name, act, |user| edit(&mut user.permissions))?;
                check_size(&user, (settings, authority), context);
                user
            } else {
                authority.known(name)?
            };
            let told = || line("user", &user.username, &user.permissions);
            context.output.answer(|| super::document(&user), told)?
        }
    };
    if changes {
        context.output.note(if args.now {
            "the sessions are over and the tokens issued so far are refused"
        } else {
            "tokens say so from the next refresh on; --now refuses the ones issued so far"
        });
    }
    Ok(outcome.into())
}

/// Says before the user does that the tokens have become too large.
fn check_size(user: &User, (settings, authority): (&Settings, &Authority), context: &Context) {
    if let Some(error) = outgrown(user, settings, authority) {
        context
            .output
            .warn(&format!("{} cannot log in any more: {error}", user.username.escape_debug()));
    }
}

fn tell_group(group: &Group, context: &Context) -> Result<Outcome> {
    let document = || json!({"name": group.name, "permissions": group.permissions});
    Ok(context.output.answer(document, || line("group", &group.name, &group.permissions))?)
}

fn line(kind: &str, name: &str, permissions: &[String]) -> String {
    let permissions =
        if permissions.is_empty() { "no permissions".to_owned() } else { permissions.join(" ") };
    format!("{kind} \"{}\": {permissions}", name.escape_debug())
}

/// Sets attributes as claims are written.
pub(super) fn set_attributes(attributes: &mut Json, written: &[String]) -> Result<(), Error> {
    let written = issue::written(written)?;
    written.into_iter().try_for_each(|one| grammar::set(attributes, one, Existing::Replace))
}
