//! The one path for every way to a token: keys, rules, store, clock and chance put together.
//!
//! The command line and the doors of the server call these functions and add no rule of their
//! own. What a caller may be told, in which words, is the caller's matter.

use std::sync::OnceLock;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::key::Part;
use crate::key::ring::Ring;
use crate::store::Store;
use crate::user::{Subject, User};

pub mod issue;
pub mod login;
pub mod refresh;
pub mod revoke;
pub mod rules;
pub mod validate;

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

/// The key ring, opened when the first token asks for it: listing or revoking by id needs no key.
pub struct Keys {
    open: Box<dyn Fn(Part) -> Result<Ring> + Send + Sync>,
    ring: OnceLock<Ring>,
    public: OnceLock<Ring>,
}

impl Keys {
    /// Keys that `open` will read: private ones, or what is enough to verify with.
    pub fn when_needed(open: impl Fn(Part) -> Result<Ring> + Send + Sync + 'static) -> Self {
        Self { open: Box::new(open), ring: OnceLock::new(), public: OnceLock::new() }
    }

    /// The ring.
    pub fn ring(&self) -> Result<&Ring> {
        if let Some(ring) = self.ring.get() {
            return Ok(ring);
        }
        let ring = (self.open)(Part::Private)?;
        Ok(self.ring.get_or_init(|| ring))
    }

    /// The ring, as far as it takes to verify.
    pub fn verifying(&self) -> Result<&Ring> {
        if let Some(ring) = self.ring.get().or_else(|| self.public.get()) {
            return Ok(ring);
        }
        let ring = (self.open)(Part::Public)?;
        Ok(self.public.get_or_init(|| ring))
    }
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

    /// The key ring.
    pub fn ring(&self) -> Result<&Ring> {
        self.keys.ring()
    }

    /// The one gate: whether this name may be issued a token, and from which moment on. Every way
    /// to a token passes it.
    pub(crate) fn admit(&self, username: &str) -> Result<Holder> {
        let user = self.store.user(username)?;
        if user.as_ref().is_some_and(|user| !user.active) {
            let seen = format!("the user \"{}\" is disabled", username.escape_debug());
            return Err(Error::new(Code::UserRefused, seen));
        }
        let id = user.as_ref().map(|user| user.id);
        let subject = Subject { id, username: username.to_owned() };
        let now = self.past_watermark(&subject)?;
        Ok(Holder { subject, user, now })
    }

    /// A moment at which a token for `subject` is not already refused: a watermark covers its
    /// whole second, so issuing waits until that is over.
    fn past_watermark(&self, subject: &Subject) -> Result<i64> {
        let now = self.clock.now();
        let Some(watermark) = self.store.watermark(subject)?.filter(|watermark| *watermark >= now)
        else {
            return Ok(now);
        };
        if watermark - now > CLOCK_SLACK {
            let seen = format!(
                "the clock went back: it says {}, and tokens up to {} were revoked",
                crate::time::text(now),
                crate::time::text(watermark)
            );
            return Err(Error::new(Code::ClockBehind, seen).hint("set the clock of this machine"));
        }
        self.clock.wait_until(watermark + 1);
        Ok(self.clock.now())
    }

    /// A fresh id for a token or a session.
    fn fresh_id(&self) -> String {
        crate::chance::uuid(self.chance.as_ref()).hyphenated().to_string()
    }
}
