//! Everything that the contract says about a few sessions, put together: the table, the gate that
//! every way to a token passes, and watermarks.

use jot::authority::Rules;
use jot::authority::refresh::Wish;

use crate::request::{Heard, Refusal, Request};
use crate::table::{self, End, Row, Span};

/// How far the clock may be behind a watermark that is then waited for.
const SLACK: i64 = 2;

/// Somebody who has sessions.
#[derive(Debug, Clone)]
pub(crate) struct Person {
    pub(crate) name: &'static str,
    pub(crate) stored: bool,
    pub(crate) active: bool,
    /// The watermarks of tokens that carry the name only, and of those that carry the id.
    watermarks: [Option<i64>; 2],
}

/// A session, with the names that the system gave to what the table has.
#[derive(Debug, Clone)]
pub(crate) struct Session {
    pub(crate) row: Row,
    pub(crate) jtis: Vec<String>,
    pub(crate) user: usize,
    /// It carries its user's id.
    pub(crate) stored: bool,
    pub(crate) revoked: bool,
}

#[derive(Debug, Clone)]
pub(crate) struct Model {
    pub(crate) rules: Rules,
    pub(crate) now: i64,
    pub(crate) people: [Person; 2],
    pub(crate) sessions: Vec<Session>,
}

impl Model {
    /// A stored user and a name that the store does not know.
    pub(crate) fn new(rules: Rules, now: i64) -> Self {
        let person = |name, stored| Person { name, stored, active: true, watermarks: [None, None] };
        let people = [person("alice", true), person("bob", false)];
        Self { rules, now, people, sessions: Vec::new() }
    }

    /// Carries out a request, and says whether `heard` is the answer to it. `late` is for how many
    /// seconds a revocation at the same time may have made the answer wait.
    pub(crate) fn hear(
        &mut self,
        request: Request,
        heard: &Heard,
        late: i64,
    ) -> Result<(), String> {
        let dead = matches!(request, Request::Refresh { session, .. }
            if self.sessions[session].row.ended.is_some());
        let expected = match request {
            Request::Login { user } => self.login(user).map(|at| (self.sessions.len() - 1, 0, at)),
            Request::Refresh { session, shown, wish } => {
                self.refresh(session, shown, wish).map(|(generation, at)| (session, generation, at))
            }
            other => {
                self.administer(other);
                let done = *heard == Heard::Done;
                return done.then_some(()).ok_or_else(|| format!("{other:?} answers {heard:?}"));
            }
        };
        match (expected, heard) {
            // What is over is refused; of several reasons any is as good.
            (Err(refusal), Heard::Refused(seen)) if dead || refusal == *seen => Ok(()),
            (Ok((session, generation, at)), Heard::Given { jti, refresh, access }) => {
                self.named(session, generation, jti)?;
                let row = &self.sessions[session].row;
                let wanted = row.line[generation];
                let lifetime = self.rules.lifetimes.access;
                let exp = lifetime.map_or(wanted.exp, |lifetime| access.iat + lifetime);
                let fits = *refresh == wanted
                    && (at..=at + late).contains(&access.iat)
                    && access.exp == exp.min(wanted.exp);
                fits.then_some(()).ok_or_else(|| format!("{wanted:?} at {at} is {heard:?}"))
            }
            (expected, heard) => Err(format!("{request:?} is {expected:?}, answered {heard:?}")),
        }
    }

    /// One generation has one name, and no other has it.
    fn named(&mut self, session: usize, generation: usize, jti: &str) -> Result<(), String> {
        let taken = self.sessions.iter().any(|session| session.jtis.iter().any(|old| old == jti));
        let jtis = &mut self.sessions[session].jtis;
        match jtis.get(generation) {
            Some(known) if known == jti => Ok(()),
            None if !taken && jtis.len() == generation => {
                jtis.push(jti.to_owned());
                Ok(())
            }
            known => Err(format!("generation {generation} is {known:?} and now {jti}")),
        }
    }

    /// When the session begins.
    pub(crate) fn login(&mut self, user: usize) -> Result<i64, Refusal> {
        let person = &self.people[user];
        if person.stored && !person.active {
            return Err(Refusal::User);
        }
        let stored = person.stored;
        let at = self.waited(user, stored)?;
        let row = Row::begin(at, &self.rules);
        self.sessions.push(Session { row, jtis: Vec::new(), user, stored, revoked: false });
        Ok(at)
    }

    /// The generation that is given, and when.
    fn refresh(
        &mut self,
        session: usize,
        shown: usize,
        wish: Wish,
    ) -> Result<(usize, i64), Refusal> {
        let at = match self.admit(session, shown) {
            Err(Refusal::User) => {
                self.sessions[session].row.end(self.now, End::User);
                return Err(Refusal::User);
            }
            other => other?,
        };
        let turn = table::turn(wish, self.rules.rotation);
        let given = self.sessions[session].row.show(shown, turn, at, &self.rules);
        given.map(|generation| (generation, at)).ok_or(Refusal::Revoked)
    }

    /// What comes before the table: when the token may be looked up there.
    pub(crate) fn admit(&self, session: usize, shown: usize) -> Result<i64, Refusal> {
        if self.sessions[session].row.line[shown].exp <= self.now {
            return Err(Refusal::Expired);
        }
        if self.is_revoked(session, shown) {
            return Err(Refusal::Revoked);
        }
        if self.is_barred(session) {
            return Err(Refusal::User);
        }
        self.waited(self.sessions[session].user, self.sessions[session].stored)
    }

    fn is_revoked(&self, session: usize, shown: usize) -> bool {
        let Session { row, user, stored, revoked, .. } = &self.sessions[session];
        let watermark = self.people[*user].watermarks[usize::from(*stored)];
        *revoked || watermark.is_some_and(|watermark| watermark >= row.line[shown].iat)
    }

    /// Its user may not have tokens, or its name has become a user's.
    fn is_barred(&self, session: usize) -> bool {
        let Session { user, stored, .. } = &self.sessions[session];
        let person = &self.people[*user];
        person.stored != *stored || person.stored && !person.active
    }

    /// When a token can be issued to that user.
    pub(crate) fn waited(&self, user: usize, stored: bool) -> Result<i64, Refusal> {
        match self.people[user].watermarks[usize::from(stored)] {
            Some(watermark) if watermark - self.now > SLACK => Err(Refusal::Clock),
            Some(watermark) => Ok(self.now.max(watermark + 1)),
            None => Ok(self.now),
        }
    }

    fn administer(&mut self, request: Request) {
        match request {
            Request::Logout { session, .. } => {
                self.sessions[session].revoked = true;
                self.sessions[session].row.end(self.now, End::Revoked);
            }
            Request::Revoke { user } => self.revoke(user),
            Request::Disable { user } if self.people[user].stored => {
                self.people[user].active = false;
                self.revoke(user);
            }
            Request::Strike { user } if self.people[user].stored => {
                self.people[user].active = false;
            }
            Request::Enable { user } => self.people[user].active = true,
            Request::Enroll { user } => self.people[user].stored = true,
            _ => {}
        }
    }

    fn revoke(&mut self, user: usize) {
        let stored = self.people[user].stored;
        let watermark = &mut self.people[user].watermarks[usize::from(stored)];
        *watermark = Some(watermark.map_or(self.now, |old| old.max(self.now)));
        for session in &mut self.sessions {
            if session.user == user && session.stored == stored {
                session.row.end(self.now, End::Revoked);
            }
        }
    }

    /// What somebody who only checks a refresh token is told.
    pub(crate) fn judge(&self, session: usize, generation: usize) -> Result<(), Refusal> {
        let row = &self.sessions[session].row;
        if row.line[generation].exp <= self.now {
            return Err(Refusal::Expired);
        }
        let counts = row.counts(generation, self.now, &self.rules);
        if self.is_revoked(session, generation) || self.is_barred(session) || !counts {
            return Err(Refusal::Revoked);
        }
        Ok(())
    }

    /// What somebody who only checks an access token of a session is told.
    pub(crate) fn judge_access(&self, session: usize, span: Span) -> Result<(), Refusal> {
        let Session { row, user, stored, revoked, .. } = &self.sessions[session];
        let watermark = self.people[*user].watermarks[usize::from(*stored)];
        if span.exp <= self.now {
            return Err(Refusal::Expired);
        }
        let covered = watermark.is_some_and(|watermark| watermark >= span.iat);
        if *revoked || covered || row.ended.is_some() || self.is_barred(session) {
            return Err(Refusal::Revoked);
        }
        Ok(())
    }
}
