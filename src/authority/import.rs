//! Taking over the users and groups of another store: as many as can be, all in one transaction.
//!
//! Ids are kept, since other tables of a site name users by them; hashes are kept too, until their
//! users log in. Who is here already stays as they are, so that an import can be run again.

use std::collections::{BTreeMap, BTreeSet};

use crate::authority::Authority;
use crate::error::{Code, Error, Result};
use crate::event::{Kind, Source};
use crate::password;
use crate::store::imported::{Imported, ImportedGroup, ImportedUser};
use crate::store::{Account, Change, NewUser, Whose};
use crate::user::{self, Group, User};

/// The ids that are kept: whole numbers that JSON readers do not round (RFC 8259 6).
const IDS: std::ops::RangeInclusive<i64> = 1..=(1 << 53) - 1;

/// What became of one user.
#[derive(Debug)]
pub enum Outcome {
    /// Added, with what is different here.
    Added(User, Vec<String>),
    /// There is a user of that name already.
    Already(String),
    /// Left out, for this reason.
    Refused(Error),
}

/// What an import came to.
#[derive(Debug, Default)]
pub struct Import {
    /// The groups that were made.
    pub groups: Vec<Group>,
    /// What is to be said of groups.
    pub notes: Vec<String>,
    /// The users, in their order.
    pub users: Vec<Outcome>,
}

/// A user about to be added.
struct Newcomer {
    new: NewUser,
    notes: Vec<String>,
}

impl Authority {
    /// Adds everybody who can be, or nobody.
    pub fn import(&self, site: Imported, source: &Source) -> Result<Import> {
        let mut import = Import::default();
        let mut known = self.store.groups()?;
        for group in site.groups {
            match group.and_then(|group| new_group(group, &known)) {
                Ok(Some(group)) => {
                    known.push(group.clone());
                    import.groups.push(group);
                }
                Ok(None) => {}
                Err(error) => import.notes.push(error.to_string()),
            }
        }
        let mut names = BTreeSet::new();
        let mut planned = Vec::new();
        for user in site.users {
            planned.push(user.and_then(|user| self.newcomer(user, &known, &mut names)));
        }
        let mut added = self.add_all(&import.groups, &planned, source)?;
        import.users = planned.into_iter().filter_map(|plan| came_to(plan, &mut added)).collect();
        Ok(import)
    }

    /// What is to be added of a user; [`Exists`](Code::Exists) if the name is taken.
    fn newcomer(
        &self,
        user: ImportedUser,
        known: &[Group],
        names: &mut BTreeSet<String>,
    ) -> Result<Newcomer> {
        let username = user::name(&user.username)?;
        if self.store.user(&username)?.is_some() {
            return Err(Error::new(Code::Exists, username));
        }
        if !names.insert(username.clone()) {
            let name = username.escape_debug();
            let seen = format!("two users over there are \"{name}\" here (NFKC)");
            return Err(Error::new(Code::Failed, seen));
        }
        let mut notes = Vec::new();
        let id = match self.store.account(Whose::Id(user.id))?.0 {
            Account::Unknown if IDS.contains(&user.id) => Some(user.id),
            Account::Unknown => {
                notes.push(format!("the id {} is no number that every program reads", user.id));
                None
            }
            Account::Stored(_) | Account::Removed | Account::Client(_) => {
                notes.push(format!(
                    "the id {} is somebody else's here, to whom tokens issued over there belong",
                    user.id
                ));
                None
            }
        };
        let password = password::imported(&user.password).unwrap_or_else(|error| {
            notes.push(format!("{error}; set a password: jot user passwd NAME"));
            None
        });
        let mut groups = Vec::new();
        for name in &user.groups {
            match known.iter().find(|group| user::group_name(name).is_ok_and(|n| n == group.name)) {
                Some(group) => groups.push(group.clone()),
                None => notes.push(format!("the group \"{}\" is not here", name.escape_debug())),
            }
        }
        let new = NewUser {
            id,
            username,
            password: password.map(str::to_owned),
            active: user.active,
            superuser: user.superuser,
            permissions: user.permissions,
            groups,
            attributes: user.attributes,
            last_login: user.last_login,
            created: user.created,
        };
        Ok(Newcomer { new, notes })
    }

    fn add_all(
        &self,
        groups: &[Group],
        planned: &[Result<Newcomer>],
        source: &Source,
    ) -> Result<BTreeMap<String, User>> {
        let newcomers: Vec<_> = planned.iter().flatten().map(|newcomer| &newcomer.new).collect();
        let events: Vec<_> = newcomers
            .iter()
            .map(|new| {
                let subject = user::Subject { id: new.id, username: new.username.clone() };
                self.event(Kind::UserChanged, source).about(&subject).detail("imported")
            })
            .collect();
        let mut changes: Vec<_> =
            groups.iter().map(|becomes| Change::SetGroup { was: None, becomes }).collect();
        // Those who keep their ids come first, so that no other is given one of these.
        let (own, others): (Vec<_>, Vec<_>) = newcomers.iter().partition(|new| new.id.is_some());
        changes.extend(own.into_iter().chain(others).map(Change::AddUser));
        changes.extend(events.iter().map(Change::Note));
        let written = self.write(&changes)?;
        let written = written.ok_or_else(|| {
            Error::new(Code::StoreLocked, "somebody made one of the groups meanwhile")
                .hint("try again")
        })?;
        let named = |user: User| (user.username.clone(), user);
        Ok(written.users.into_iter().map(named).collect())
    }
}

/// The group to be made; none if it is here as it is there.
fn new_group(group: ImportedGroup, known: &[Group]) -> Result<Option<Group>> {
    let name = user::group_name(&group.name)?;
    let new = Group { name, permissions: group.permissions };
    match known.iter().find(|known| known.name == new.name) {
        None => Ok(Some(new)),
        Some(here) if *here == new => Ok(None),
        Some(here) => Err(Error::new(
            Code::Exists,
            format!(
                "the group \"{}\" is here already and keeps its own permissions",
                here.name.escape_debug()
            ),
        )),
    }
}

/// What became of a plan; the user that it added is taken out of `added`.
fn came_to(plan: Result<Newcomer>, added: &mut BTreeMap<String, User>) -> Option<Outcome> {
    Some(match plan {
        Ok(Newcomer { new, notes }) => Outcome::Added(added.remove(&new.username)?, notes),
        Err(error) if error.code() == Code::Exists => Outcome::Already(error.to_string()),
        Err(error) => Outcome::Refused(error),
    })
}
