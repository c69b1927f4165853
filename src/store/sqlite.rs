//! The store in one SQLite file.
//!
//! One connection behind a lock, and a second one to read with while that is taken: whoever is
//! given rows one at a time must not ask the store meanwhile. Writes are `BEGIN IMMEDIATE`; what is
//! read from several tables is read in one transaction. Other processes may use the file at the
//! same time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, OnceLock};
use std::time::Duration;

use rusqlite::Connection;

use self::connection::transact;
use self::trouble::{Place, Trouble};
use self::watch::Watch;
use super::{
    Account, Change, Copied, Each, EventFilter, Filter, Horizon, Meaning, Merged, Minted, Purged,
    Question, Restored, Standing, Store, Taken, Whose, Written,
};
use crate::client::Client;
use crate::error::Result;
use crate::event::Event;
use crate::revocation::{Revocation, Target};
use crate::session::Session;
use crate::throttle::{Counter, Guess, Seen};
use crate::user::{Group, Subject, User};

mod backup;
mod change;
mod clients;
pub mod condition;
mod connection;
mod counters;
pub mod django;
mod events;
pub mod inspect;
mod ledger;
mod open;
mod outbox;
mod purge;
mod reading;
mod restore;
mod revocations;
mod row;
mod sessions;
mod trouble;
mod users;
mod watch;

pub use restore::{Backup, Checked};

/// How long a held store is waited for, unless the caller says otherwise.
pub const BUSY: Duration = Duration::from_secs(5);

/// What to do about a store that is not there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// Make it.
    Create,
    /// Fail with [`StoreAway`](crate::error::Code::StoreAway).
    Refuse,
}

/// A store in a file.
#[derive(Debug)]
pub struct Sqlite {
    connection: Mutex<Connection>,
    /// For reading while the other one writes or waits to.
    second: OnceLock<Mutex<Connection>>,
    /// For looking whether anything changed.
    watch: Watch,
    place: Place,
    file: Option<(u64, u64)>,
}

impl Sqlite {
    /// Opens the store at `path`; `busy` is the longest wait for another process that holds it.
    /// A new one is made whole or not at all, readable by its owner only; an older one is brought
    /// to today's schema.
    pub fn open(path: &Path, missing: Missing, busy: Duration) -> Result<Self> {
        Self::open_at(Place { path: path.to_owned(), busy }, missing, open::VERSIONS)
    }

    /// A store that is gone when it is dropped.
    pub fn in_memory() -> Result<Self> {
        let place = Place { path: PathBuf::from(":memory:"), busy: BUSY };
        let opened = Connection::open_in_memory().map_err(Into::into).and_then(|mut connection| {
            open::ready(&mut connection, &place, Missing::Create, open::VERSIONS)?;
            Ok(connection)
        });
        match opened {
            Ok(connection) => Ok(Self::of(connection, place, None)),
            Err(trouble) => Err(place.tell(trouble)),
        }
    }

    fn open_at(place: Place, missing: Missing, versions: &[&str]) -> Result<Self> {
        match open::open(&place, missing, versions) {
            Ok(connection) => {
                let file = place.identity();
                Ok(Self::of(connection, place, file))
            }
            Err(trouble) => Err(place.tell(trouble)),
        }
    }

    fn of(connection: Connection, place: Place, file: Option<(u64, u64)>) -> Self {
        let (connection, watch) = (Mutex::new(connection), Watch::default());
        Self { connection, second: OnceLock::new(), watch, place, file }
    }
}

impl Store for Sqlite {
    fn write(&self, changes: &[Change<'_>]) -> Result<Option<Written>> {
        let done = self.try_write(|connection| change::carry_out(connection, changes));
        match done? {
            Ok(written) => Ok(Some(written)),
            Err(Trouble::Lost) => Ok(None),
            Err(trouble) => Err(self.place.tell(trouble)),
        }
    }

    fn account(&self, whose: Whose<'_>) -> Result<(Account, Option<i64>)> {
        self.read(|connection| users::account_and_watermark(connection, whose))
    }

    fn user(&self, username: &str) -> Result<Option<User>> {
        self.read(|connection| users::by_name(connection, username))
    }

    fn users(&self, each: Each<'_, User>) -> Result<()> {
        self.read(|connection| users::list(connection, each))
    }

    fn groups(&self) -> Result<Vec<Group>> {
        self.with(users::groups)
    }

    fn client(&self, id: &str) -> Result<Option<Client>> {
        self.with(|connection| clients::by_id(connection, id))
    }

    fn clients(&self, each: Each<'_, Client>) -> Result<()> {
        self.with(|connection| clients::list(connection, each))
    }

    fn any_user(&self, draw: u64) -> Result<Option<User>> {
        self.read(|connection| users::any_user(connection, draw))
    }

    fn secret(&self) -> Result<i64> {
        let number = self.with(|connection| ledger::number(connection, ledger::SECRET))?;
        number.ok_or_else(|| self.place.damaged("it has no secret number"))
    }

    fn csrf_key(&self) -> Result<[u8; 32]> {
        let key = self.with(|connection| ledger::secret(connection, ledger::CSRF))?;
        key.ok_or_else(|| self.place.damaged("it has no secret for forms"))
    }

    fn state(&self) -> Option<i64> {
        self.count()
    }

    fn standing(&self, question: &Question<'_>) -> Result<Standing> {
        self.read(|connection| revocations::standing(connection, question))
    }

    fn seen(&self, guess: &Guess) -> Result<Seen> {
        self.read(|connection| counters::seen(connection, guess))
    }

    fn counters(&self, each: Each<'_, Counter>) -> Result<()> {
        self.with(|connection| counters::list(connection, each))
    }

    fn session(&self, sid: &str) -> Result<Option<Session>> {
        self.with(|connection| sessions::get(connection, sid))
    }

    fn sessions(&self, filter: &Filter, each: Each<'_, Session>) -> Result<()> {
        self.with(|connection| sessions::list(connection, filter, each))
    }

    fn own_sessions(&self, whose: &Subject, each: Each<'_, Session>) -> Result<()> {
        self.with(|connection| sessions::own(connection, whose, each))
    }

    fn find_sessions(&self, prefix: &str) -> Result<Vec<Session>> {
        self.read(|connection| sessions::find(connection, prefix))
    }

    fn revocations(&self, filter: &Filter, each: Each<'_, Revocation>) -> Result<()> {
        self.with(|connection| revocations::list(connection, filter, each))
    }

    fn revocation(&self, target: &Target) -> Result<Option<Revocation>> {
        self.with(|connection| revocations::get(connection, target))
    }

    fn find_revocations(&self, prefix: &str) -> Result<Vec<Revocation>> {
        self.read(|connection| revocations::find(connection, prefix))
    }

    fn tokens(&self, filter: &Filter, each: Each<'_, Minted>) -> Result<()> {
        self.with(|connection| ledger::list(connection, filter, each))
    }

    fn find_tokens(&self, prefix: &str) -> Result<Vec<Minted>> {
        self.with(|connection| ledger::find(connection, prefix))
    }

    fn events(&self, filter: &EventFilter, each: Each<'_, (i64, Event)>) -> Result<()> {
        self.with(|connection| events::list(connection, filter, each))
    }

    fn last_event(&self) -> Result<i64> {
        self.with(events::last)
    }

    fn take_letter(&self, url: &str, now: i64, until: i64) -> Result<Option<Taken>> {
        self.take_out(url, (now, until))
    }

    fn latest_expiry(&self) -> Result<Option<i64>> {
        self.with(|connection| ledger::number(connection, ledger::LATEST_EXPIRY))
    }

    fn last_purge(&self) -> Result<Option<i64>> {
        self.with(|connection| ledger::number(connection, ledger::LAST_PURGE))
    }

    fn purge(&self, horizon: &Horizon) -> Result<Purged> {
        self.take_away(horizon)
    }

    fn backup(&self, file: &Path) -> Result<Copied> {
        self.back_up(file)
    }

    fn restore(
        &self,
        from: &Path,
        meaning: &dyn Fn(&Merged) -> Result<Meaning>,
    ) -> Result<Restored> {
        self.bring_back(from, meaning)
    }
}

#[cfg(test)]
mod tests;
