//! What changes a ring: pure rules over its records. Carried out by [`Held`](super::Held).
//!
//! A new key is published at once and signs when everybody has it; whoever signs until then retires
//! at that very moment, and verifies until the last token it can have signed has ended.

use super::manifest::{self, Manifest, Record};
use super::ring::{LEAD, State, Times};
use crate::error::{Code, Error, Result};
use crate::time;

/// When a change is made, and what it has to outlast.
#[derive(Debug, Clone, Copy)]
pub struct Moment {
    /// The time now.
    pub now: i64,
    /// The longest that a token can live which is issued from now on or was issued before, counted
    /// from now, in seconds.
    pub lifetime: i64,
}

/// When a new key begins to sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// When whoever keeps the JWKS has it; at once where nothing else signs.
    Published,
    /// At once.
    Now,
    /// Never: it only verifies.
    Never,
}

/// Whether a key goes that tokens may still need.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Needed {
    /// It is kept.
    Keep,
    /// It goes all the same.
    Remove,
}

/// What a change came to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changed {
    /// The key as it is now.
    pub record: Record,
    /// It was so before.
    pub already: bool,
}

impl Moment {
    /// Until when a key verifies that signs no more from `retired` on.
    fn until(self, retired: i64) -> i64 {
        retired.saturating_add(self.lifetime)
    }
}

impl Manifest {
    /// The key that is published and waits for its moment to sign.
    pub fn next(&self, now: i64) -> Option<&Record> {
        self.records.iter().find(|record| record.times.state(now) == State::Next)
    }

    /// The key that signs at `now`.
    pub fn signer(&self, now: i64) -> Option<&Record> {
        let signs =
            |record: &&Record| record.private.is_some() && record.times.state(now) == State::Active;
        self.records.iter().filter(signs).max_by_key(|record| record.times.signs_from)
    }

    /// The key that a next one takes after: the one that signs, else the last that could.
    pub fn model(&self, now: i64) -> Option<&Record> {
        let could = |record: &&Record| record.private.is_some();
        self.signer(now).or_else(|| self.records.iter().rfind(could))
    }

    /// The key whose id is `kid`, or begins with it.
    pub fn record(&self, kid: &str) -> Result<&Record> {
        self.find(kid).map(|place| &self.records[place])
    }

    fn find(&self, kid: &str) -> Result<usize> {
        let kids: Vec<_> = self.records.iter().map(|record| record.kid.as_str()).collect();
        find(&kids, kid)
    }

    /// Refuses a key that cannot be taken in: it is there already, or another one waits to sign.
    pub fn check_new(&self, kid: Option<&str>, start: Start, now: i64) -> Result<()> {
        if let Some(kid) = kid.filter(|kid| self.records.iter().any(|known| known.kid == *kid)) {
            let kid = manifest::typed(kid);
            return Err(Error::new(Code::Exists, format!("the key {kid} is in the ring already"))
                .hint(format!("jot key show {kid}")));
        }
        match self.next(now) {
            Some(next) if start != Start::Never => {
                let (kid, from) = (&next.kid, time::text(next.times.signs_from));
                let seen = format!(
                    "a rotation is on its way: the key {} signs from {from}",
                    manifest::typed(kid)
                );
                Err(Error::new(Code::Exists, seen)
                    .hint("wait until then, or let it sign at once: jot key rotate --now"))
            }
            _ => Ok(()),
        }
    }

    /// Takes a key in, and gives it its times.
    pub(super) fn add(&mut self, record: Record, start: Start, at: Moment) -> Result<&Record> {
        self.check_new(Some(&record.kid), start, at.now)?;
        let now = at.now;
        let from =
            if start == Start::Published && self.signer(now).is_some() { now + LEAD } else { now };
        let mut times = Times { published: now, signs_from: from, ..Times::default() };
        if start == Start::Never {
            (times.retired, times.until) = (Some(now), Some(at.until(now)));
        } else {
            self.hand_over(from, at);
        }
        let place = self.records.len();
        self.records.push(Record { times, ..record });
        Ok(&self.records[place])
    }

    /// Lets the key that waits sign at once, if one waits.
    pub(super) fn start_next(&mut self, at: Moment) -> Option<&Record> {
        let place = self.records.iter().position(|r| r.times.state(at.now) == State::Next)?;
        self.hand_over(at.now, at);
        self.records[place].times.signs_from = at.now;
        Some(&self.records[place])
    }

    /// Whoever signs until `from` retires then.
    fn hand_over(&mut self, from: i64, at: Moment) {
        let signing = |record: &&mut Record| record.times.state(at.now) == State::Active;
        for Record { times, .. } in self.records.iter_mut().filter(signing) {
            times.retired = Some(from);
            times.until = times.until.max(Some(at.until(from)));
        }
    }

    /// Where no key waits any more, whoever was to hand over to one goes on.
    fn call_off(&mut self, now: i64) {
        if self.next(now).is_some() {
            return;
        }
        let signing = |record: &&mut Record| record.times.state(now) == State::Active;
        for Record { times, .. } in self.records.iter_mut().filter(signing) {
            (times.retired, times.until) = (None, None);
        }
    }

    /// Lets a key sign no more.
    pub(super) fn retire(&mut self, kid: &str, at: Moment) -> Result<Changed> {
        let place = self.find(kid)?;
        let record = &mut self.records[place];
        let state = record.times.state(at.now);
        if matches!(state, State::Retired | State::Revoked) {
            return Ok(Changed { record: record.clone(), already: true });
        }
        record.times.retired = Some(at.now);
        record.times.until = record.times.until.max(Some(at.until(at.now)));
        let record = record.clone();
        if state == State::Active && record.private.is_some() && self.signer(at.now).is_none() {
            let kid = manifest::typed(&record.kid);
            let hint = match self.next(at.now) {
                None => "let another key sign first: jot key rotate",
                Some(_) => "let the key that waits sign first: jot key rotate --now",
            };
            let seen = format!("without the key {kid} nothing would sign");
            return Err(Error::new(Code::Usage, seen).hint(hint));
        }
        self.call_off(at.now);
        Ok(Changed { record, already: false })
    }

    /// Refuses a key from now on.
    pub(super) fn revoke(&mut self, kid: &str, reason: Option<&str>, now: i64) -> Result<Changed> {
        let place = self.find(kid)?;
        let record = &mut self.records[place];
        if record.times.state(now) == State::Revoked {
            return Ok(Changed { record: record.clone(), already: true });
        }
        record.times.revoked = Some(now);
        record.reason = reason.map(str::to_owned);
        let record = record.clone();
        self.call_off(now);
        Ok(Changed { record, already: false })
    }

    /// Forgets a key.
    pub(super) fn remove(&mut self, kid: &str, needed: Needed, now: i64) -> Result<Record> {
        let place = self.find(kid)?;
        let Record { kid, times, .. } = &self.records[place];
        if needed == Needed::Keep && times.verifies(now) {
            let kid = manifest::typed(kid);
            let seen = match (times.state(now), times.until) {
                (State::Next, _) => format!("the key {kid} is about to sign"),
                (State::Active, _) => format!("the key {kid} signs"),
                (_, Some(until)) => {
                    format!("tokens of the key {kid} may be alive until {}", time::text(until))
                }
                (_, None) => format!("tokens of the key {kid} may be alive"),
            };
            return Err(Error::new(Code::Usage, seen)
                .hint(format!("to remove it all the same: jot key remove {kid} --force")));
        }
        let record = self.records.remove(place);
        self.call_off(now);
        Ok(record)
    }
}

/// Where in `kids` the one stands that is `kid`, or else begins with it.
pub(super) fn find(kids: &[&str], kid: &str) -> Result<usize> {
    let fitting = |fits: &dyn Fn(&str) -> bool| -> Vec<usize> {
        kids.iter().enumerate().filter(|(_, one)| fits(one)).map(|(at, _)| at).collect()
    };
    let mut found = fitting(&|one| one == kid);
    if found.is_empty() && !kid.is_empty() {
        found = fitting(&|one| one.starts_with(kid));
    }
    let shown = kid.escape_debug();
    match found.as_slice() {
        [at] => Ok(*at),
        [] => {
            let seen = format!("no key of the ring begins with \"{shown}\"");
            Err(Error::new(Code::UnknownKey, seen).hint("jot key list"))
        }
        _ => {
            let seen = format!("\"{shown}\" is the beginning of several keys");
            Err(Error::new(Code::UnknownKey, seen).hint("give more of it"))
        }
    }
}
