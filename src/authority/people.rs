//! Users: added, changed, disabled, removed. What a change means for the tokens that a
//! user has is decided here, and takes effect in the same transaction.

use crate::authority::{ATTEMPTS, Authority};
use crate::error::{Code, Error, Result};
use crate::event::{Kind, Source};
use crate::json::Json;
use crate::password::{self, Weak};
use crate::revocation::{Revocation, Target};
use crate::store::{Change, NewUser};
use crate::user::{self, User};

/// A user to be added, as a person describes one.
#[derive(Debug, Clone)]
pub struct Person {
    /// The name.
    pub username: String,
    /// The permissions.
    pub permissions: Vec<String>,
    /// The groups, which must be there.
    pub groups: Vec<String>,
    /// The attributes, an object.
    pub attributes: Json,
    /// Passes every permission check.
    pub superuser: bool,
}

impl Person {
    /// Somebody of whom nothing but the name is said.
    pub fn named(username: &str) -> Self {
        Self {
            username: username.to_owned(),
            permissions: Vec::new(),
            groups: Vec::new(),
            attributes: Json::Object(Vec::new()),
            superuser: false,
        }
    }
}

/// A password for a user, and whether it may be a weak one.
#[derive(Clone, Copy)]
pub struct NewPassword<'a> {
    /// As it was typed.
    pub text: &'a str,
    /// Whether the rules for new passwords are kept.
    pub weak: Weak,
}

/// What becomes of the tokens that a user has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Tokens {
    /// They stay; what they say changes at the next refresh.
    Stay,
    /// They are refused from now on, and the user's sessions end.
    Refused,
}

/// What is done to a user, in the words of the audit log.
#[derive(Clone, Copy)]
pub struct Act<'a> {
    /// What, such as "password changed".
    pub what: &'a str,
    /// What becomes of the user's tokens.
    pub tokens: Tokens,
    /// Who does it.
    pub source: &'a Source,
}

impl Authority {
    /// Refuses a name that is taken: to be asked before somebody is asked for a password.
    pub fn check_free(&self, username: &str) -> Result<()> {
        let name = user::name(username)?;
        if self.store.user(&name)?.is_some() {
            return Err(Error::new(
                Code::Exists,
                format!("there is a user \"{}\" already", name.escape_debug()),
            )
            .hint("set another password: jot user passwd NAME"));
        }
        Ok(())
    }

    /// Whether anybody could log in.
    pub fn lets_anybody_in(&self) -> Result<bool> {
        Ok(self.store.any_user(0)?.is_some())
    }

    /// The stored user of that name.
    pub fn known(&self, username: &str) -> Result<User> {
        let name = user::name(username)?;
        self.store.user(&name)?.ok_or_else(|| {
            Error::new(Code::UnknownUser, format!("there is no user \"{}\"", name.escape_debug()))
                .hint("jot user list")
        })
    }

    /// Adds a user; without a password, nobody can log in as that user.
    pub fn add_user(
        &self,
        person: &Person,
        password: Option<NewPassword<'_>>,
        source: &Source,
    ) -> Result<User> {
        let username = user::name(&person.username)?;
        self.check_free(&username)?;
        let new = NewUser {
            id: None,
            password: password.map(|password| self.hash(&username, password)).transpose()?,
            active: true,
            superuser: person.superuser,
            permissions: permissions(&person.permissions)?,
            groups: self.groups(&person.groups)?,
            attributes: person.attributes.clone(),
            last_login: None,
            created: self.now(),
            username,
        };
        let event = self.event(Kind::UserChanged, source).detail("added");
        // The id is not known before the row is there; the event has the name.
        let event = event.about(&user::Subject { id: None, username: new.username.clone() });
        let written = self.write(&[Change::AddUser(&new), Change::Note(&event)])?;
        written.and_then(|written| written.users.into_iter().next()).ok_or_else(contended)
    }

    /// Sets a user's password, ends the user's sessions and refuses every token issued up to now.
    pub fn set_password(
        &self,
        username: &str,
        password: NewPassword<'_>,
        source: &Source,
    ) -> Result<User> {
        let hash = self.hash(&self.known(username)?.username, password)?;
        let act = Act { what: "password changed", tokens: Tokens::Refused, source };
        self.change_user(username, act, |user| {
            user.password = Some(hash.clone());
            Ok(())
        })
    }

    /// Lets a user have tokens, or not: then sessions end and every token issued up to now is
    /// refused.
    pub fn set_active(&self, username: &str, active: bool, source: &Source) -> Result<User> {
        let act = if active {
            Act { what: "enabled", tokens: Tokens::Stay, source }
        } else {
            Act { what: "disabled", tokens: Tokens::Refused, source }
        };
        self.change_user(username, act, |user| {
            user.active = active;
            Ok(())
        })
    }

    /// Changes a user. `edit` may be called again, with the user as somebody else left it.
    pub fn change_user(
        &self,
        username: &str,
        act: Act<'_>,
        edit: impl Fn(&mut User) -> Result<()>,
    ) -> Result<User> {
        for _ in 0..ATTEMPTS {
            let was = self.known(username)?;
            let mut becomes = was.clone();
            edit(&mut becomes)?;
            becomes.username = user::name(&becomes.username)?;
            if becomes == was && act.tokens == Tokens::Stay {
                return Ok(was);
            }
            let change = Change::ReplaceUser { was: &was, becomes: &becomes };
            if self.write_act(&was, change, act)? {
                return Ok(becomes);
            }
        }
        Err(contended())
    }

    /// Removes a user: sessions end, every token is refused, nobody gets the id again, and nobody
    /// the name until it is added again.
    pub fn remove_user(&self, username: &str, source: &Source) -> Result<User> {
        let act = Act { what: "removed", tokens: Tokens::Refused, source };
        for _ in 0..ATTEMPTS {
            let was = self.known(username)?;
            if self.write_act(&was, Change::RemoveUser(&was, self.now()), act)? {
                return Ok(was);
            }
        }
        Err(contended())
    }

    fn write_act(&self, user: &User, change: Change<'_>, act: Act<'_>) -> Result<bool> {
        let event = self.event(Kind::UserChanged, act.source).about(&user.subject());
        let event = event.detail(act.what);
        let refusal = self.refusal(user, act)?;
        let mut changes = vec![change, Change::Note(&event)];
        changes.extend(refusal.as_ref().map(Change::Revoke));
        Ok(self.write(&changes)?.is_some())
    }

    /// What refuses a user's tokens, if they are to be refused.
    pub(super) fn refusal(&self, user: &User, act: Act<'_>) -> Result<Option<Revocation>> {
        if act.tokens == Tokens::Stay {
            return Ok(None);
        }
        let now = self.now();
        Ok(Some(Revocation {
            target: Target::User(user.id, now),
            username: Some(user.username.clone()),
            until: self.last_expiry(now)?,
            at: now,
            reason: Some(act.what.to_owned()),
            by: Some(act.source.door.clone()),
        }))
    }

    fn hash(&self, username: &str, password: NewPassword<'_>) -> Result<String> {
        password::set_rules(password.text, username, password.weak)?;
        password::hash(password.text, &self.rules.cost, self.chance.as_ref())
    }
}

/// Permissions as they are kept, each once.
pub fn permissions(typed: &[String]) -> Result<Vec<String>> {
    let kept = typed.iter().map(|one| user::permission(one)).collect::<Result<Vec<_>>>()?;
    Ok(user::merged(&kept))
}

/// Somebody else was faster, again and again.
pub(super) fn contended() -> Error {
    Error::new(Code::StoreLocked, "the user changes faster than it can be changed here")
        .hint("try again")
}
