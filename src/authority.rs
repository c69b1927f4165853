//! The one path for every way to a token: keys, rules, store, clock and chance put together.
//!
//! The command line and the doors of the server call these functions and add no rule of their
//! own. What a caller may be told, in which words, is the caller's matter.

use std::sync::Arc;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::key::Ring;
use crate::store::Store;
use crate::user::{Subject, User};

pub mod issue;
mod keys;
pub mod login;
mod mint;
pub mod refresh;
pub mod revoke;
pub mod rules;
pub mod validate;

pub use crate::password::Hasher;
pub use keys::{Keys, Source};
pub use rules::Rules;

/// How far behind a watermark the clock may be before it is called wrong, in seconds.
const CLOCK_SLACK: i64 = 2;

/// Keys, rules, store, clock and chance.
pub struct Authority {
    keys: Keys,
    rules: Rules,
    store: Box<dyn Store>,
    clock: Box<dyn Clock>,
    chance: Box<dyn Chance>,
}

/// Somebody who may be issued a token, at a moment that no watermark covers.
#[derive(Debug, Clone)]
pub(crate) struct Holder {
    /// Who.
    pub(crate) subject: Subject,
    /// The stored user, if the name is stored.
    pub(crate) user: Option<User>,
    /// The moment.
    pub(crate) now: i64,
}

impl Authority {
    /// Puts an authority together.
    pub fn new(
        keys: Keys,
        rules: Rules,
        store: Box<dyn Store>,
        (clock, chance): (Box<dyn Clock>, Box<dyn Chance>),
    ) -> Self {
        Self { keys, rules, store, clock, chance }
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// The store, for listings.
    pub fn store(&self) -> &dyn Store {
        self.store.as_ref()
    }

    /// The time now.
    pub fn now(&self) -> i64 {
        self.clock.now()
    }

    /// The key ring, as it is now.
    pub fn ring(&self) -> Result<Arc<Ring>> {
        self.keys.ring()
    }

    /// The one gate: whether this name may be issued a token, and from which moment on. Every way
    /// to a token passes it. The moment is taken before the user is read, so that whatever happens
    /// to the user afterwards has a watermark that covers it.
    pub(crate) fn admit(&self, username: &str) -> Result<Holder> {
        loop {
            let now = self.clock.now();
            let user = self.store.user(username)?;
            if user.as_ref().is_some_and(|user| !user.active) {
                let seen = format!("the user \"{}\" is disabled", username.escape_debug());
                return Err(Error::new(Code::UserRefused, seen));
            }
            let id = user.as_ref().map(|user| user.id);
            let subject = Subject { id, username: username.to_owned() };
            match self.store.watermark(&subject)?.filter(|watermark| *watermark >= now) {
                None => return Ok(Holder { subject, user, now }),
                Some(watermark) => self.wait_past(watermark, now)?,
            }
        }
    }

    /// A watermark covers its whole second, so issuing waits until that is over.
    fn wait_past(&self, watermark: i64, now: i64) -> Result<()> {
        if watermark - now > CLOCK_SLACK {
            let seen = format!(
                "the clock went back: it says {}, and tokens up to {} were revoked",
                crate::time::text(now),
                crate::time::text(watermark)
            );
            return Err(Error::new(Code::ClockBehind, seen).hint("set the clock of this machine"));
        }
        self.clock.wait_until(watermark + 1);
        Ok(())
    }

    /// A fresh id for a token or a session.
    fn fresh_id(&self) -> String {
        crate::chance::uuid(self.chance.as_ref()).hyphenated().to_string()
    }
}
