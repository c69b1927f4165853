//! Users and their passwords: adding, changing, and logging in.

use std::ops::ControlFlow;

use crate::authority::Authority;
use crate::authority::issue::{Grant, Issued, What};
use crate::error::{Code, Error, Result};
use crate::password::{self, Hasher, Weak};
use crate::revocation::{Revocation, Target};
use crate::store::NewUser;
use crate::user::{self, User};

/// A user to be added, as a person describes one.
#[derive(Debug, Clone, Default)]
pub struct Person {
    /// The name.
    pub username: String,
    /// The permissions.
    pub permissions: Vec<String>,
    /// Passes every permission check.
    pub superuser: bool,
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
    pub fn has_users(&self) -> Result<bool> {
        let mut any = false;
        self.store.users(&mut |_| {
            any = true;
            Ok(ControlFlow::Break(()))
        })?;
        Ok(any)
    }

    /// Adds a user who logs in with this password.
    pub fn add_user(&self, person: &Person, password: &str, weak: Weak) -> Result<User> {
        let username = user::name(&person.username)?;
        let permissions =
            person.permissions.iter().map(|p| user::permission(p)).collect::<Result<_>>()?;
        self.check_free(&username)?;
        let hash = self.hash(&username, password, weak)?;
        self.store.add_user(&NewUser {
            username,
            password: Some(hash),
            superuser: person.superuser,
            permissions,
            created: self.now(),
        })
    }

    /// Sets a user's password, ends the user's sessions and refuses every token issued up to now.
    pub fn set_password(&self, username: &str, password: &str, weak: Weak) -> Result<User> {
        let user = self.known(username)?;
        let hash = self.hash(&user.username, password, weak)?;
        let now = self.now();
        let watermark = Revocation {
            target: Target::User(user.id, now),
            username: Some(user.username.clone()),
            until: self.last_expiry(now)?,
            at: now,
            reason: Some("password changed".to_owned()),
            by: None,
        };
        self.store.set_password(user.id, &hash, &watermark)?;
        Ok(user)
    }

    /// The stored user of that name.
    pub fn known(&self, username: &str) -> Result<User> {
        let name = user::name(username)?;
        self.store.user(&name)?.ok_or_else(|| {
            Error::new(Code::UnknownUser, format!("there is no user \"{}\"", name.escape_debug()))
                .hint("jot user list")
        })
    }

    /// Logs in: a new session's tokens, or none for a wrong password. A name that is unknown, a
    /// user who is disabled and a wrong password answer alike and take the same work, which
    /// `hasher` has the memory for.
    pub fn login(
        &self,
        username: &str,
        password: &str,
        hasher: &mut Hasher,
    ) -> Result<Option<Issued>> {
        let stored = match user::name(username) {
            Ok(name) => self.store.user(&name)?,
            Err(_) => None,
        };
        let candidate =
            stored.as_ref().filter(|user| user.active).and_then(|user| user.password.as_deref());
        let stand_in = password::stand_in(&self.rules.cost, self.chance.as_ref())?;
        let right = hasher.check(password, candidate, &stand_in)?;
        let Some(user) = stored.filter(|_| right) else { return Ok(None) };
        let holder = match self.admit(&user.username) {
            Err(error) if error.code() == Code::UserRefused => return Ok(None),
            other => other?,
        };
        let was = holder.user.as_ref().and_then(|user| user.password.as_deref());
        // Since it was checked, another password may have been set; or it was only hashed anew.
        if was != user.password.as_deref() && !hasher.check(password, was, &stand_in)? {
            return Ok(None);
        }
        let was = was.unwrap_or_default();
        let rehashed = if password::outdated(was, &self.rules.cost) {
            Some(hasher.hash(password, &self.rules.cost, self.chance.as_ref())?)
        } else {
            None
        };
        self.store.note_login(user.id, holder.now, rehashed.as_deref().map(|new| (new, was)))?;
        let holder = crate::authority::Holder {
            user: holder.user.map(|user| User { last_login: Some(holder.now), ..user }),
            ..holder
        };
        let grant = Grant { username: user.username, what: What::Pair, ..Grant::default() };
        let (issued, session) = self.prepare(&grant, &holder)?;
        self.store.record(&[], session.as_slice())?;
        Ok(Some(issued))
    }

    fn hash(&self, username: &str, password: &str, weak: Weak) -> Result<String> {
        password::set_rules(password, username, weak)?;
        password::hash(password, &self.rules.cost, self.chance.as_ref())
    }
}
