//! Revoking: from what a person has in hand (a token, an id, a name) to a stored refusal.

use crate::authority::Authority;
use crate::authority::plan::Plan;
use crate::error::{Code, Error, Result};
use crate::event::{Event, Kind, Source};
use crate::revocation::{Revocation, Target};
use crate::store::{Change, Done, Horizon, Purged};

/// What is to be revoked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum What {
    /// A token of ours.
    Token(String),
    /// A `jti`, a `sid`, or the beginning of one that the store knows.
    Id(String),
    /// A session, by its `sid` or the beginning of it.
    Session(String),
    /// Everything of one user up to a moment.
    User(String),
    /// Everything up to a moment.
    Everybody,
}

/// What a revocation is stored with.
#[derive(Debug, Clone, Default)]
pub struct Note {
    /// Tokens issued up to this moment; none: up to now. For users and everybody.
    pub before: Option<i64>,
    /// Why.
    pub reason: Option<String>,
    /// Who revokes.
    pub source: Option<Source>,
}

/// What a refusal came to, and what the person who asked for it may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Revoked {
    /// The refusal, and whether it was there before.
    pub done: Done,
    /// The session that stays although a token of it was revoked.
    pub session_stays: Option<String>,
    /// Neither the ledger nor any session knows the id.
    pub unknown: bool,
}

/// Seconds for which all is kept after it can matter: a clock may be set back, a leeway asked for.
pub(super) const KEEP: i64 = 86_400;

impl Authority {
    /// Revokes all of it, or none. Durable when it returns; what was revoked before is no error.
    pub fn revoke(&self, wanted: &[What], note: &Note) -> Result<Vec<Revoked>> {
        let plans = self.plan(wanted, note)?;
        let events: Vec<_> = plans.iter().map(|plan| self.revoked(plan, note)).collect();
        let refusals = plans.iter().map(|plan| Change::Revoke(&plan.revocation));
        let changes: Vec<_> = refusals.chain(events.iter().map(Change::Note)).collect();
        let done = self.store.write(&changes)?.unwrap_or_default().revoked;
        // All of it is stored by now. What cannot be taken away now can be the next time.
        _ = self.purge_when_due();
        Ok(plans.into_iter().zip(done).map(|(plan, done)| plan.into_revoked(done)).collect())
    }

    /// The event of a refusal.
    pub(super) fn revoked(&self, plan: &Plan, note: &Note) -> Event {
        let Plan { revocation, subject, .. } = plan;
        let source = note.source.clone().unwrap_or_else(Source::command_line);
        let mut event = self.event(Kind::Blacklisted, &source);
        event.subject.clone_from(subject);
        match &revocation.target {
            Target::Token(jti) => event.jti = Some(jti.clone()),
            Target::Session(sid) => event.sid = Some(sid.clone()),
            Target::User(..) | Target::Name(..) | Target::Everybody(_) => {}
        }
        let why = revocation.reason.as_ref().map(|reason| format!(": {reason}"));
        event.detail(format!("{}{}", revocation.target.kind(), why.unwrap_or_default()))
    }

    /// What [`revoke`](Authority::revoke) would do. Nothing is stored.
    pub fn would_revoke(&self, wanted: &[What], note: &Note) -> Result<Vec<Revoked>> {
        let would = |plan: Plan| {
            let target = &plan.revocation.target;
            let already =
                self.store.revocation(target)?.is_some_and(|stored| stored.covers(target));
            let done = Done { revocation: plan.revocation.clone(), already };
            Ok(plan.into_revoked(done))
        };
        self.plan(wanted, note)?.into_iter().map(would).collect()
    }

    /// Takes a refusal back, if it still is as read.
    pub fn take_back(&self, refusal: &Revocation, source: &Source) -> Result<()> {
        let what = format!("taken back: {} {}", refusal.target.kind(), refusal.target.id());
        let event = self.event(Kind::Blacklisted, source).detail(what);
        match self.store.write(&[Change::Forget(refusal), Change::Note(&event)])? {
            Some(_) => Ok(()),
            None => Err(Error::new(Code::StoreLocked, "the refusal is another one by now")
                .hint("jot revocations")),
        }
    }

    /// Takes away what can no longer change an answer.
    pub fn purge(&self) -> Result<Purged> {
        let now = self.now();
        let over = now.saturating_sub(KEEP).saturating_sub(self.rules.leeway);
        self.store.purge(&Horizon { over, events: now.saturating_sub(self.rules.events_kept) })
    }

    /// The same once a day, for where no server does it.
    fn purge_when_due(&self) -> Result<()> {
        let due = self
            .store
            .last_purge()?
            .is_none_or(|last| self.now() > last + 2 * KEEP + self.rules.leeway);
        if due { self.purge().map(drop) } else { Ok(()) }
    }

    /// The latest `exp` that a token issued up to `moment` can have.
    pub(super) fn last_expiry(&self, moment: i64) -> Result<i64> {
        Ok(self.rules.last_expiry(moment, self.store.latest_expiry()?))
    }
}
