//! Guesses at passwords: looked at before a password is hashed, and counted in one transaction with
//! what comes of them, so that however many guess at once, none is answered beyond the limits.

use std::collections::HashMap;
use std::ops::ControlFlow;

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::authority::{ATTEMPTS, Authority};
use crate::error::{Code, Error, Result};
use crate::event::{Event, Kind, Source};
use crate::store::{Change, Counted};
use crate::throttle::{self, Class, Counter, Guess, Lifted, Limits, Seen};
use crate::user::User;

/// Sets the names of accounts apart from whatever else the store's key makes authentic.
const ACCOUNTS: &[u8] = b"throttle";

/// How much of a keyed hash names an account, in bytes.
const ACCOUNT: usize = 15;

/// A guess that is counted, and within which limits.
pub(super) struct Attempt {
    guess: Guess,
    limits: Limits,
}

impl Attempt {
    /// The change that counts the right password.
    pub(super) fn passed(&self, seen: Seen) -> Counted<'_> {
        Counted { guess: &self.guess, was: seen, becomes: throttle::passed(&seen) }
    }
}

/// A counter as it is shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The counter.
    pub counter: Counter,
    /// Whose account it is of; none for a name that is nobody's.
    pub user: Option<String>,
    /// How many failures are not forgotten.
    pub failures: i64,
    /// After how many seconds the next guess is judged.
    pub wait: i64,
}

impl Authority {
    /// How a guess at the password of that name is counted; none where nothing is throttled, as at a
    /// terminal.
    pub(super) fn guess_at(&self, name: &str, source: &Source) -> Result<Option<Attempt>> {
        let network = source.address.as_deref().and_then(throttle::network);
        let Some((limits, network)) = self.rules.throttle.zip(network) else { return Ok(None) };
        let account = account(&self.account_key()?, name);
        Ok(Some(Attempt { guess: Guess { account, network }, limits }))
    }

    /// What stands about a guess that is judged now. [`Throttled`](Code::Throttled) if it is not.
    pub(super) fn judged(&self, attempt: &Attempt, now: i64) -> Result<Seen> {
        let seen = self.store.seen(&attempt.guess)?;
        match attempt.limits.wait(&seen, now) {
            Some((_, wait)) => Err(throttled(wait)),
            None => Ok(seen),
        }
    }

    /// Counts a wrong password, which `event` tells. [`Throttled`](Code::Throttled) if others used up
    /// meanwhile what was left.
    pub(super) fn count_failure(&self, attempt: &Attempt, event: &Event) -> Result<()> {
        for _ in 0..ATTEMPTS {
            let now = self.now();
            let was = self.judged(attempt, now)?;
            let becomes = attempt.limits.failed(&was, now);
            let counted = Counted { guess: &attempt.guess, was, becomes };
            let slowed = attempt.limits.wait(&becomes, now);
            let slowed = slowed.map(|slowed| slowing(event, slowed, &attempt.guess));
            let mut changes = vec![Change::Count(&counted), Change::Note(event)];
            changes.extend(slowed.as_ref().map(Change::Note));
            if self.write(&changes)?.is_some() {
                return Ok(());
            }
        }
        Err(Error::new(Code::StoreLocked, "wrong passwords come faster than they are counted"))
    }

    /// Every counter that is not over, with the names of stored users.
    pub fn throttled(&self) -> Result<Vec<Shown>> {
        let now = self.now();
        let limits = self.rules.throttle.unwrap_or_default();
        let mut counters = Vec::new();
        self.store.counters(&mut |counter| {
            counters.extend((counter.until > now).then_some(counter));
            Ok(ControlFlow::Continue(()))
        })?;
        let mut names: HashMap<String, Option<String>> = counters
            .iter()
            .filter_map(|counter| counter.account.clone().map(|account| (account, None)))
            .collect();
        if !names.is_empty() {
            let key = self.account_key()?;
            self.store.users(&mut |user| {
                if let Some(name) = names.get_mut(&account(&key, &user.username)) {
                    *name = Some(user.username);
                }
                Ok(ControlFlow::Continue(()))
            })?;
        }
        let shown = |counter: Counter| {
            let limit = limits.of(counter.class);
            let user = counter.account.as_ref().and_then(|account| names.get(account));
            Shown {
                user: user.cloned().flatten(),
                failures: limit.failures(counter.until, now),
                wait: limit.wait(counter.until, now),
                counter,
            }
        };
        Ok(counters.into_iter().map(shown).collect())
    }

    /// Takes away what was counted at a user's account. How many counters that were is the answer.
    pub fn lift_from_user(&self, user: &User, source: &Source) -> Result<u64> {
        let lifted = Lifted::Account(account(&self.account_key()?, &user.username));
        let event = self.event(Kind::UserChanged, source).about(&user.subject());
        self.lift(&lifted, &event.detail("logins are not slowed any more"))
    }

    /// Takes away what was counted of a network, or of everybody. How many counters that were is the
    /// answer.
    pub fn lift_from(&self, network: Option<String>, source: &Source) -> Result<u64> {
        let whose = network.clone().unwrap_or_else(|| "everybody".to_owned());
        let event = self.event(Kind::UserChanged, source);
        let lifted = network.map_or(Lifted::All, Lifted::Network);
        self.lift(&lifted, &event.detail(format!("logins of {whose} are not slowed any more")))
    }

    fn lift(&self, lifted: &Lifted, event: &Event) -> Result<u64> {
        let written = self.write(&[Change::Lift(lifted), Change::Note(event)])?;
        Ok(written.map_or(0, |written| written.lifted))
    }

    /// The key of the names of accounts.
    fn account_key(&self) -> Result<hmac::Key> {
        let key = hmac::sign(self.csrf_key()?, ACCOUNTS);
        Ok(hmac::Key::new(hmac::HMAC_SHA256, key.as_ref()))
    }
}

/// What an account is called among the counters.
fn account(key: &hmac::Key, name: &str) -> String {
    let tag = hmac::sign(key, name.as_bytes());
    URL_SAFE_NO_PAD.encode(tag.as_ref().get(..ACCOUNT).unwrap_or_default())
}

fn throttled(wait: i64) -> Error {
    let seconds = u32::try_from(wait).unwrap_or(u32::MAX);
    let seen = format!("too many wrong passwords: the next one is judged in {wait} s");
    Error::new(Code::Throttled(seconds), seen)
}

/// That logins are slowed from now on, since the failure that `event` tells.
fn slowing(event: &Event, (class, wait): (Class, i64), guess: &Guess) -> Event {
    let network = &guess.network;
    let whose = match class {
        Class::Network => format!("from {network} to accounts that do not know it"),
        Class::Single => format!("to this account from {network}"),
        Class::Strangers => "to this account from networks that it does not know".to_owned(),
        Class::Known => "to this account from networks that it knows".to_owned(),
    };
    let subject = event.subject.clone().filter(|_| class != Class::Network);
    let detail = Some(format!("logins {whose} wait {wait} s"));
    Event { kind: Kind::Throttled, subject, detail, ..event.clone() }
}
