//! The one path for every way to a token: keys, rules, store, clock and chance put together.
//!
//! The command line and the doors of the server call these functions and add no rule of their
//! own. What a caller may be told, in which words, is the caller's matter.

use std::sync::{Arc, OnceLock};

use aws_lc_rs::hmac;

use crate::chance::Chance;
use crate::clock::Clock;
use crate::error::{Code, Error, Result};
use crate::event::Tally;
use crate::key::Ring;
use crate::store::{Account, Store, Whose};
use crate::user::{Subject, User};

pub mod audit;
mod caller;
pub mod clients;
mod csrf;
mod groups;
pub mod import;
pub mod issue;
mod keys;
pub mod login;
mod logout;
mod mint;
pub mod outside;
pub mod own;
pub mod people;
mod plan;
mod recall;
pub mod refresh;
pub mod restore;
pub mod revoke;
pub mod rules;
pub mod throttle;
pub mod validate;

pub use crate::password::Hasher;
use audit::{Audit, Outlet};
pub use caller::Caller;
pub use csrf::Bond;
pub use keys::{Keys, RingSource};
use outside::ClaimSource;
pub use rules::Rules;

/// How far behind a watermark the clock may be before it is called wrong, in seconds.
const CLOCK_SLACK: i64 = 2;

/// How often what somebody else was faster with is tried again before the store counts as held.
const ATTEMPTS: usize = 100;

/// Keys, rules, store, clock and chance, and whoever is told or asked besides.
pub struct Authority {
    keys: Keys,
    rules: Rules,
    store: Box<dyn Store>,
    clock: Box<dyn Clock>,
    chance: Box<dyn Chance>,
    audit: Audit,
    claims: Option<Box<dyn ClaimSource>>,
    memory: recall::Memory,
    csrf: OnceLock<hmac::Key>,
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
        let audit = Audit::new(&rules.recorded, None);
        let (memory, csrf) = (recall::Memory::default(), OnceLock::new());
        Self { keys, rules, store, clock, chance, audit, claims: None, memory, csrf }
    }

    /// The same authority, which tells its events there too.
    #[must_use]
    pub fn telling(self, outlet: Arc<dyn Outlet>) -> Self {
        Self { audit: self.audit.telling(outlet), ..self }
    }

    /// The same authority, which goes on with the counts of those before it.
    #[must_use]
    pub fn counting(self, tally: Arc<Tally>) -> Self {
        Self { audit: self.audit.counting(tally), ..self }
    }

    /// The same authority, which asks there for further claims of each user's tokens.
    #[must_use]
    pub fn asking(self, claims: Box<dyn ClaimSource>) -> Self {
        Self { claims: Some(claims), ..self }
    }

    /// The rules.
    pub fn rules(&self) -> &Rules {
        &self.rules
    }

    /// How often what has happened, here and with all that count in the same place.
    pub fn tally(&self) -> &Tally {
        self.audit.tally()
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

    /// The one gate: whether somebody may be issued a token, and from which moment on. Every way to
    /// a token passes it.
    pub(crate) fn admit(&self, whose: Whose<'_>) -> Result<Holder> {
        loop {
            let now = self.clock.now();
            let (account, watermark) = self.store.account(whose)?;
            if let Some(holder) = self.pass(admitted(whose, account)?, watermark, now)? {
                return Ok(holder);
            }
        }
    }

    /// The second half of the gate, for who was admitted; `now` was taken before the look at the
    /// store, so that whatever happens to the user afterwards has a watermark that covers it. None:
    /// a watermark had to be waited out, and it is to be looked again.
    pub(crate) fn pass(
        &self,
        (subject, user): (Subject, Option<User>),
        watermark: Option<i64>,
        now: i64,
    ) -> Result<Option<Holder>> {
        let Some(watermark) = watermark.filter(|watermark| *watermark >= now) else {
            return Ok(Some(Holder { subject, user, now }));
        };
        self.wait_past(watermark, now)?;
        Ok(None)
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

    /// A fresh id for a token, a session or a server.
    pub(crate) fn fresh_id(&self) -> String {
        crate::chance::uuid(self.chance.as_ref()).hyphenated().to_string()
    }
}

/// Who that is, if they may be issued a token: a stored user who is active, or a name that was
/// never anybody's, or a client that is still what it was.
fn admitted(whose: Whose<'_>, account: Account) -> Result<(Subject, Option<User>)> {
    let refuse = |seen: String| Err(Error::new(Code::UserRefused, seen));
    match (account, whose) {
        (Account::Stored(user), _) if !user.active => {
            let name = user.username.escape_debug();
            refuse(format!("the user \"{name}\" is disabled"))
        }
        (Account::Stored(user), _) => Ok((user.subject(), Some(user))),
        (Account::Client(stored), Whose::Client(client)) if stored == *client => {
            Ok((Subject { id: None, username: stored.id }, None))
        }
        (_, Whose::Client(client)) => {
            refuse(format!("the client \"{}\" is not the one it was", client.id.escape_debug()))
        }
        (Account::Unknown | Account::Client(_), Whose::Name(name)) => {
            Ok((Subject { id: None, username: name.to_owned() }, None))
        }
        (Account::Removed, Whose::Name(name)) => {
            let name = name.escape_debug();
            let seen = format!("\"{name}\" was the name of a user and is nobody's now");
            Err(Error::new(Code::UserRefused, seen).hint(format!("jot user add {name}")))
        }
        (_, Whose::Id(id)) => refuse(format!("the user with the id {id} was removed")),
    }
}
