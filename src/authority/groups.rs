//! Groups: named sets of permissions that their members have too.

use std::ops::ControlFlow;

use crate::authority::people::{Act, contended};
use crate::authority::{ATTEMPTS, Authority};
use crate::error::{Code, Error, Result};
use crate::event::Kind;
use crate::store::Change;
use crate::user::{self, Group, User};

impl Authority {
    /// The group of that name.
    pub fn known_group(&self, name: &str) -> Result<Group> {
        let name = user::group_name(name)?;
        self.group(&name)?.ok_or_else(|| {
            let seen = format!("there is no group \"{}\"", name.escape_debug());
            Error::new(Code::UnknownGroup, seen).hint("jot user groups")
        })
    }

    fn group(&self, name: &str) -> Result<Option<Group>> {
        Ok(self.store.groups()?.into_iter().find(|group| group.name == name))
    }

    /// Gives a group other permissions; the group is made if it is not there.
    pub fn change_group(
        &self,
        name: &str,
        act: Act<'_>,
        edit: impl Fn(&mut Vec<String>) -> Result<()>,
    ) -> Result<Group> {
        let name = user::group_name(name)?;
        for _ in 0..ATTEMPTS {
            let was = self.group(&name)?;
            let mut becomes =
                was.clone().unwrap_or(Group { name: name.clone(), permissions: Vec::new() });
            edit(&mut becomes.permissions)?;
            // A group is made with its first permission; another name is a slip.
            if was.is_none() && becomes.permissions.is_empty() {
                return self.known_group(&name);
            }
            let what = format!("group \"{}\": {}", name.escape_debug(), act.what);
            let event = self.event(Kind::UserChanged, act.source).detail(what);
            let mut refusals = Vec::new();
            for member in self.members(&name)? {
                refusals.extend(self.refusal(&member, act)?);
            }
            let group = Change::SetGroup { was: was.as_ref(), becomes: &becomes };
            let mut changes = vec![group, Change::Note(&event)];
            changes.extend(refusals.iter().map(Change::Revoke));
            if self.write(&changes)?.is_some() {
                return Ok(becomes);
            }
        }
        Err(contended())
    }

    /// The users who are in that group.
    pub fn members(&self, group: &str) -> Result<Vec<User>> {
        let mut members = Vec::new();
        self.store.users(&mut |user| {
            if user.groups.iter().any(|own| own.name == group) {
                members.push(user);
            }
            Ok(ControlFlow::Continue(()))
        })?;
        Ok(members)
    }

    /// The groups of these names, which must all be there.
    pub fn groups(&self, names: &[String]) -> Result<Vec<Group>> {
        names.iter().map(|name| self.known_group(name)).collect()
    }
}
