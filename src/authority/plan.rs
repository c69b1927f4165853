//! Planning a revocation: what a token, an id or a name refuses, and until when that is kept.

use std::collections::BTreeSet;

use crate::authority::Authority;
use crate::authority::revoke::{Note, Revoked, What};
use crate::claims::check::Expected;
use crate::claims::report::Report;
use crate::claims::{Claims, Kind};
use crate::error::{Code, Error, Result};
use crate::revocation::{self, Revocation, Target};
use crate::session::Session;
use crate::store::{Done, Minted};
use crate::user::Subject;

/// The longest id that is kept, in characters.
const MAX_ID: usize = 255;

/// A refusal about to be stored.
pub(super) struct Plan {
    pub(super) revocation: Revocation,
    pub(super) subject: Option<Subject>,
    session_stays: Option<String>,
    unknown: bool,
}

impl Authority {
    /// What is to be refused, all of it or nothing.
    pub(super) fn plan(&self, wanted: &[What], note: &Note) -> Result<Vec<Plan>> {
        let now = self.now();
        if let Some(before) = note.before.filter(|before| *before > now) {
            let seen = format!("--before {} lies in the future", crate::time::text(before));
            return Err(Error::new(Code::Usage, seen).hint("leave --before out for now"));
        }
        wanted.iter().map(|what| self.plan_one(what, note, now)).collect()
    }

    fn plan_one(&self, what: &What, note: &Note, now: i64) -> Result<Plan> {
        match what {
            What::Token(token) => {
                let claims = self.verified(token)?;
                self.plan_claims(&claims, note, now)
            }
            What::Id(id) => self.reaching(self.plan_id(id, note, now)?),
            What::Session(sid) => {
                check_id(sid)?;
                let session = self.one_session(sid)?;
                Ok(self.plan_session(&session, note, now))
            }
            What::User(name) => {
                let username = crate::user::name(name)?;
                let id = self.store.user(&username)?.map(|user| user.id);
                let plan = self.plan_subject(Subject { id, username }, note, now)?;
                Ok(Plan { unknown: id.is_none(), ..plan })
            }
            What::Everybody => {
                let moment = note.before.unwrap_or(now);
                Ok(Plan::new(Target::Everybody(moment), self.last_expiry(moment)?, now, note))
            }
        }
    }

    /// A token's claims, if the token is of ours; an expired or revoked one is as good.
    fn verified(&self, token: &str) -> Result<Claims> {
        let expected = Expected { now: self.now(), ..Expected::default() };
        match self.examine(token, &expected)? {
            Report { claims: Some(claims), .. } => Ok(claims),
            unread => unread.accepted(),
        }
    }

    /// What logging out with a token refuses, if the token names anything.
    pub(super) fn plan_log_out(&self, claims: &Claims, note: &Note) -> Result<Option<Plan>> {
        let now = self.now();
        let Some(sid) = &claims.sid else {
            return claims.jti.is_some().then(|| self.plan_claims(claims, note, now)).transpose();
        };
        let expires = match self.store.session(sid)? {
            Some(session) => self.session_end(&session),
            None => self.last_expiry(now)?,
        };
        let target = Target::Session(sid.clone());
        Ok(Some(Plan::new(target, expires, now, note).of(claims.subject())))
    }

    /// Everything that somebody was issued up to a moment.
    pub(super) fn plan_subject(&self, subject: Subject, note: &Note, now: i64) -> Result<Plan> {
        let moment = note.before.unwrap_or(now);
        let target = match subject.id {
            Some(id) => Target::User(id, moment),
            None => Target::Name(subject.username.clone(), moment),
        };
        Ok(Plan::new(target, self.last_expiry(moment)?, now, note).of(Some(subject)))
    }

    fn plan_claims(&self, claims: &Claims, note: &Note, now: i64) -> Result<Plan> {
        let until = claims.exp.map_or_else(|| self.last_expiry(now), Ok)?;
        match (claims.kind, &claims.sid, &claims.jti) {
            (Some(Kind::Refresh), Some(sid), _) | (_, Some(sid), None) => {
                let expires = match self.store.session(sid)? {
                    Some(session) => self.session_end(&session),
                    None => until,
                };
                Ok(Plan::new(Target::Session(sid.clone()), expires, now, note).of(claims.subject()))
            }
            (_, sid, Some(jti)) => {
                let plan =
                    Plan::new(Target::Token(jti.clone()), until, now, note).of(claims.subject());
                Ok(Plan { session_stays: sid.clone(), ..plan })
            }
            (_, None, None) => {
                let seen = "the token has neither a jti nor a sid by which it could be revoked";
                Err(Error::new(Code::Usage, seen).hint("jot revoke --user NAME"))
            }
        }
    }

    /// An id as a person types it: of the ledger or a session, whole or its beginning; or a whole
    /// one that nobody here knows.
    fn plan_id(&self, id: &str, note: &Note, now: i64) -> Result<Plan> {
        check_id(id)?;
        let (mut tokens, mut sessions, mut written) = (Vec::new(), Vec::new(), id.to_owned());
        for spelling in revocation::spellings(id) {
            (tokens, sessions) =
                (self.store.find_tokens(&spelling)?, self.store.find_sessions(&spelling)?);
            written = spelling;
            if !tokens.is_empty() || !sessions.is_empty() {
                break;
            }
        }
        let id = written.as_str();
        let exact = tokens.iter().find(|token| token.jti == id);
        let sids: BTreeSet<_> = tokens
            .iter()
            .filter(|token| token.kind == Kind::Refresh.name())
            .filter_map(|token| token.sid.as_deref())
            .chain(sessions.iter().map(|session| session.sid.as_str()))
            .collect();
        let access: Vec<_> =
            tokens.iter().filter(|token| token.kind == Kind::Access.name()).collect();
        match (exact, access.as_slice(), sids.len()) {
            (Some(token), ..) if token.kind == Kind::Access.name() => {
                Ok(Self::plan_minted(token, note, now))
            }
            (None, [token], 0) => Ok(Self::plan_minted(token, note, now)),
            (_, [], 1) => {
                let sid = sids.first().copied().unwrap_or_default();
                let session = self.one_session(sid)?;
                Ok(self.plan_session(&session, note, now))
            }
            (None, [], 0) if revocation::is_whole(id) => {
                let plan =
                    Plan::new(Target::Token(id.to_owned()), self.last_expiry(now)?, now, note);
                Ok(Plan { unknown: true, ..plan })
            }
            (None, [], 0) => Err(Error::new(
                Code::UnknownToken,
                format!("no token or session begins with \"{}\"", id.escape_debug()),
            )
            .hint("give the whole jti, or see `jot tokens`")),
            _ => Err(Error::new(
                Code::UnknownToken,
                format!("\"{}\" is the beginning of several ids", id.escape_debug()),
            )
            .hint("give more of it")),
        }
    }

    /// A plan that was made of an id alone: where tokens carry none, it would refuse nothing.
    fn reaching(&self, plan: Plan) -> Result<Plan> {
        if self.rules.jti || !matches!(plan.revocation.target, Target::Token(_)) {
            return Ok(plan);
        }
        let seen = "tokens carry no jti here (token.jti), no id names one";
        Err(Error::new(Code::Usage, seen).hint("jot revoke --user NAME"))
    }

    fn plan_minted(token: &Minted, note: &Note, now: i64) -> Plan {
        let target = Target::Token(token.jti.clone());
        let plan = Plan::new(target, token.expires, now, note).of(Some(token.subject.clone()));
        Plan { session_stays: token.sid.clone(), ..plan }
    }

    pub(super) fn plan_session(&self, session: &Session, note: &Note, now: i64) -> Plan {
        Plan::new(Target::Session(session.sid.clone()), self.session_end(session), now, note)
            .of(Some(session.subject.clone()))
    }

    /// The latest end of any token of a session.
    fn session_end(&self, session: &Session) -> i64 {
        let access = self.rules.longest_lifetime();
        session.current.expires.max(self.now().saturating_add(access))
    }

    fn one_session(&self, prefix: &str) -> Result<Session> {
        let mut found = self.store.find_sessions(prefix)?;
        let shown = prefix.escape_debug();
        match (found.len(), found.pop()) {
            (1, Some(session)) => Ok(session),
            (0, _) => {
                Err(Error::new(Code::UnknownSession, format!("no session begins with \"{shown}\"")))
            }
            _ => Err(Error::new(
                Code::UnknownSession,
                format!("\"{shown}\" is the beginning of several sessions"),
            )
            .hint("give more of it")),
        }
    }
}

/// Nothing is the beginning of everything: no id is empty.
fn check_id(id: &str) -> Result<()> {
    if id.is_empty() || id.chars().count() > MAX_ID || id.chars().any(char::is_control) {
        let seen = format!("an id has 1 to {MAX_ID} characters, none of them a control character");
        return Err(Error::new(Code::Usage, seen));
    }
    Ok(())
}

impl Plan {
    fn new(target: Target, until: i64, now: i64, note: &Note) -> Self {
        let revocation = Revocation {
            target,
            username: None,
            until,
            at: now,
            reason: note.reason.clone(),
            by: note.source.as_ref().map(|source| source.door.clone()),
        };
        Self { revocation, subject: None, session_stays: None, unknown: false }
    }

    fn of(mut self, subject: Option<Subject>) -> Self {
        self.revocation.username = subject.as_ref().map(|subject| subject.username.clone());
        self.subject = subject;
        self
    }

    /// What it came to.
    pub(super) fn into_revoked(self, done: Done) -> Revoked {
        Revoked { done, session_stays: self.session_stays, unknown: self.unknown }
    }
}
