//! The store in one SQLite file.
//!
//! One connection behind a lock, and a second one to read with while that is taken: whoever is
//! given rows one at a time must not ask the store meanwhile. Writes are `BEGIN IMMEDIATE`; what is
//! read from several tables is read in one transaction. Other processes may use the file at the
//! same time.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};
use std::thread::sleep;
use std::time::Duration;

use rusqlite::{Connection, TransactionBehavior};

use self::purge::Walk;
use self::trouble::{Outcome, Place};
use super::{Done, Each, Filter, Minted, NewUser, Purged, Question, Standing, Store};
use crate::error::Result;
use crate::revocation::{Revocation, Target};
use crate::session::Session;
use crate::user::{Subject, User};

pub mod django;
mod ledger;
mod open;
mod purge;
mod revocations;
mod row;
mod sessions;
mod trouble;
mod users;

/// How long a held store is waited for, unless the caller says otherwise.
pub const BUSY: Duration = Duration::from_secs(5);

/// How long a purge leaves the store to others after each batch.
const PAUSE: Duration = Duration::from_millis(2);

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
        Self { connection: Mutex::new(connection), second: OnceLock::new(), place, file }
    }

    /// For what is read in one statement, and so in one transaction by itself.
    fn with<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        work(&*self.reader()?).map_err(|trouble| self.place.tell(trouble))
    }

    fn read<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        self.transact(&mut *self.reader()?, TransactionBehavior::Deferred, work)
    }

    fn write<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        let mut connection = self.lock();
        self.check_place()?;
        self.transact(&mut connection, TransactionBehavior::Immediate, work)
    }

    fn transact<T>(
        &self,
        connection: &mut Connection,
        behavior: TransactionBehavior,
        work: impl FnOnce(&Connection) -> Outcome<T>,
    ) -> Result<T> {
        let run = |connection: &mut Connection| {
            let transaction = connection.transaction_with_behavior(behavior)?;
            let done = work(&transaction)?;
            transaction.commit()?;
            Ok(done)
        };
        run(connection).map_err(|trouble| self.place.tell(trouble))
    }

    /// The connection, or a second one while the first is taken: who writes may wait long for
    /// another process.
    fn reader(&self) -> Result<MutexGuard<'_, Connection>> {
        self.check_place()?;
        match self.connection.try_lock() {
            Ok(connection) => Ok(connection),
            Err(TryLockError::WouldBlock) if self.file.is_some() => {
                if self.second.get().is_none() {
                    let opened = open::open(&self.place, Missing::Refuse, open::VERSIONS)
                        .map_err(|trouble| self.place.tell(trouble))?;
                    // Another thread's may be there by now, and serves as well.
                    _ = self.second.set(Mutex::new(opened));
                }
                Ok(unpoisoned(self.second.get().unwrap_or(&self.connection)))
            }
            Err(_) => Ok(self.lock()),
        }
    }

    /// The store is still where others find it: SQLite would go on with a file that was moved or
    /// deleted, and would not see what others revoke.
    fn check_place(&self) -> Result<()> {
        if self.file.is_some() && self.file != self.place.identity() {
            return Err(self.place.replaced());
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, Connection> {
        unpoisoned(&self.connection)
    }

    fn walk(&self, walk: &Walk, now: i64) -> Result<u64> {
        let (mut gone, mut from) = (0, Some(walk.start()));
        while let Some(start) = from {
            let (count, next) = self.write(|connection| walk.step(connection, &start, now))?;
            gone += count;
            from = next;
            if from.is_some() {
                sleep(PAUSE);
            }
        }
        Ok(gone)
    }
}

/// A transaction that a panic left behind was rolled back when it was dropped.
fn unpoisoned(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Store for Sqlite {
    fn user(&self, username: &str) -> Result<Option<User>> {
        self.with(|connection| users::by_name(connection, username))
    }

    fn user_by_id(&self, id: i64) -> Result<Option<User>> {
        self.with(|connection| users::by_id(connection, id))
    }

    fn add_user(&self, user: &NewUser) -> Result<User> {
        self.write(|connection| users::add(connection, user))
    }

    fn users(&self, each: Each<'_, User>) -> Result<()> {
        self.with(|connection| users::list(connection, each))
    }

    fn set_password(&self, id: i64, hash: &str, watermark: &Revocation) -> Result<()> {
        self.write(|connection| users::set_password(connection, id, hash, watermark))
    }

    fn note_login(&self, id: i64, at: i64, rehashed: Option<(&str, &str)>) -> Result<()> {
        self.write(|connection| users::note_login(connection, id, at, rehashed))
    }

    fn watermark(&self, subject: &Subject) -> Result<Option<i64>> {
        self.read(|connection| revocations::watermark(connection, subject))
    }

    fn record(&self, minted: &[Minted], begun: &[Session]) -> Result<()> {
        self.write(|connection| ledger::record(connection, minted, begun))
    }

    fn session(&self, sid: &str) -> Result<Option<Session>> {
        self.with(|connection| sessions::get(connection, sid))
    }

    fn replace_session(&self, was: &Session, becomes: &Session) -> Result<bool> {
        self.write(|connection| {
            let replaced = sessions::replace(connection, was, becomes)?;
            if replaced {
                ledger::note_latest(connection, ledger::LATEST_EXPIRY, becomes.current.expires)?;
            }
            Ok(replaced)
        })
    }

    fn standing(&self, question: &Question<'_>) -> Result<Standing> {
        self.read(|connection| {
            let session = question.sid.map(|sid| sessions::get(connection, sid)).transpose()?;
            let user = match (question.user_id, question.username) {
                (Some(id), _) => users::by_id(connection, id)?,
                (None, Some(username)) => users::by_name(connection, username)?,
                (None, None) => None,
            };
            let revocation = revocations::against(connection, question)?;
            Ok(Standing { revocation, session: session.flatten(), user })
        })
    }

    fn revoke(&self, revocations: &[Revocation]) -> Result<Vec<Done>> {
        self.write(|connection| {
            revocations.iter().map(|new| revocations::revoke(connection, new)).collect()
        })
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

    fn forget_revocation(&self, target: &Target) -> Result<bool> {
        self.write(|connection| revocations::forget(connection, target))
    }

    fn tokens(&self, filter: &Filter, each: Each<'_, Minted>) -> Result<()> {
        self.with(|connection| ledger::list(connection, filter, each))
    }

    fn find_tokens(&self, prefix: &str) -> Result<Vec<Minted>> {
        self.with(|connection| ledger::find(connection, prefix))
    }

    fn find_sessions(&self, prefix: &str) -> Result<Vec<Session>> {
        self.read(|connection| sessions::find(connection, prefix))
    }

    fn latest_expiry(&self) -> Result<Option<i64>> {
        self.with(|connection| ledger::number(connection, ledger::LATEST_EXPIRY))
    }

    fn last_purge(&self) -> Result<Option<i64>> {
        self.with(|connection| ledger::number(connection, ledger::LAST_PURGE))
    }

    fn purge(&self, now: i64) -> Result<Purged> {
        let mut revocations = 0;
        for walk in &purge::REVOCATIONS {
            revocations += self.walk(walk, now)?;
        }
        let sessions = self.walk(&purge::SESSIONS, now)?;
        let tokens = self.walk(&purge::TOKENS, now)?;
        self.write(|connection| ledger::note_latest(connection, ledger::LAST_PURGE, now))?;
        Ok(Purged { revocations, sessions, tokens })
    }
}

#[cfg(test)]
mod tests;
