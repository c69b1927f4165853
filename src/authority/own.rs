//! What somebody who is logged in sees and ends: their own sessions, and nobody else's.

use std::ops::ControlFlow;

use crate::authority::Authority;
use crate::authority::logout::noted;
use crate::claims::Claims;
use crate::error::Result;
use crate::event::Source;
use crate::session::Session;
use crate::store::{Account, Whose};
use crate::user::{Subject, User};

/// What somebody may know of themselves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Own {
    /// The name, as it is now.
    pub username: String,
    /// Passes every permission check.
    pub superuser: bool,
    /// Every permission that was given.
    pub permissions: Vec<String>,
    /// The sessions that live, the latest first.
    pub sessions: Vec<Session>,
    /// Whether there are more of them.
    pub more: bool,
}

impl Authority {
    /// Ends every session of whom a token is about, and refuses all their tokens up to now.
    pub fn log_out_everywhere(&self, claims: &Claims, source: &Source) -> Result<()> {
        let note = noted(source);
        let Some(subject) = claims.subject() else { return self.log_out(claims, source).map(drop) };
        let plan = self.plan_subject(subject, &note, self.now())?;
        self.leave(&plan, (claims, None), (source, &note)).map(drop)
    }

    /// Ends a session of whom a token is about. Whether there was one with that id.
    pub fn end_own_session(&self, claims: &Claims, sid: &str, source: &Source) -> Result<bool> {
        let note = noted(source);
        let session = self.store.session(sid)?;
        let Some(session) = session.filter(|session| self.is_live(session, claims)) else {
            return Ok(false);
        };
        let plan = self.plan_session(&session, &note, self.now());
        self.leave(&plan, (claims, Some(sid)), (source, &note)).map(|_| true)
    }

    /// What whom a token is about may know of themselves, with at most so many sessions; the one
    /// that the token is of is always among them.
    pub fn own(&self, claims: &Claims, most: usize) -> Result<Own> {
        let (username, user) = self.whose(claims)?;
        let (mut sessions, mut more) = (Vec::new(), false);
        let whose = Subject { id: claims.user_id, username: username.clone() };
        self.store.own_sessions(&whose, &mut |session| {
            let shown = sessions.len() < most || Some(&session.sid) == claims.sid.as_ref();
            if self.is_live(&session, claims) {
                more |= !shown;
                sessions.extend(shown.then_some(session));
            }
            Ok(ControlFlow::Continue(()))
        })?;
        let superuser = user.as_ref().is_some_and(|user| user.superuser);
        let permissions = user.map_or_else(|| claims.permissions.clone(), |user| user.granted());
        Ok(Own { username, superuser, permissions, sessions, more })
    }

    /// The name that the holder of a token has now, and the user if it is stored.
    fn whose(&self, claims: &Claims) -> Result<(String, Option<User>)> {
        let name = claims.username.clone().unwrap_or_default();
        let whose = claims.user_id.map_or(Whose::Name(&name), Whose::Id);
        Ok(match self.store.account(whose)?.0 {
            Account::Stored(user) => (user.username.clone(), Some(user)),
            Account::Removed | Account::Unknown | Account::Client(_) => (name, None),
        })
    }

    /// Whether a session goes on and is of whom a token is about.
    fn is_live(&self, session: &Session, claims: &Claims) -> bool {
        let Subject { id, username } = &session.subject;
        let own = match (id, claims.user_id) {
            (Some(id), Some(own)) => *id == own,
            (None, None) => Some(username) == claims.username.as_ref(),
            _ => false,
        };
        own && session.ended.is_none() && session.current.expires > self.now()
    }
}
