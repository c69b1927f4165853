//! Using the connections: which of them, in what kind of transaction, and only while the file is where
//! others find it.

use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};

use rusqlite::{Connection, TransactionBehavior};

use super::trouble::Outcome;
use super::{Missing, Sqlite, open};
use crate::error::Result;

impl Sqlite {
    /// For what is read in one statement, and so in one transaction by itself.
    pub(super) fn with<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        work(&*self.reader()?).map_err(|trouble| self.place.tell(trouble))
    }

    pub(super) fn read<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        transact(&mut *self.reader()?, TransactionBehavior::Deferred, work)
            .map_err(|trouble| self.place.tell(trouble))
    }

    /// One writing transaction, alone in the file.
    pub(super) fn alone<T>(&self, work: impl FnOnce(&Connection) -> Outcome<T>) -> Result<T> {
        self.try_write(work)?.map_err(|trouble| self.place.tell(trouble))
    }

    /// The same, with the trouble for whoever makes something of it.
    pub(super) fn try_write<T>(
        &self,
        work: impl FnOnce(&Connection) -> Outcome<T>,
    ) -> Result<Outcome<T>> {
        let mut connection = self.lock();
        self.check_place()?;
        Ok(transact(&mut connection, TransactionBehavior::Immediate, work))
    }

    /// The connection, or a second one while the first is taken: who writes may wait long for
    /// another process.
    pub(super) fn reader(&self) -> Result<MutexGuard<'_, Connection>> {
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
    pub(super) fn check_place(&self) -> Result<()> {
        if self.file.is_some() && self.file != self.place.identity() {
            return Err(self.place.replaced());
        }
        Ok(())
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Connection> {
        unpoisoned(&self.connection)
    }
}

pub(super) fn transact<T>(
    connection: &mut Connection,
    behavior: TransactionBehavior,
    work: impl FnOnce(&Connection) -> Outcome<T>,
) -> Outcome<T> {
    let transaction = connection.transaction_with_behavior(behavior)?;
    let done = work(&transaction)?;
    transaction.commit()?;
    Ok(done)
}

/// A transaction that a panic left behind was rolled back when it was dropped.
fn unpoisoned(connection: &Mutex<Connection>) -> MutexGuard<'_, Connection> {
    connection.lock().unwrap_or_else(PoisonError::into_inner)
}
