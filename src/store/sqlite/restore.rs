//! Bringing a backup back: checked in its file, copied beside the store, brought to today's schema
//! there, and put together with the store ([`merge`]), or given its place where there is none.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::backup::{self, Temporary, with_end};
use super::trouble::{Outcome, Place};
use super::{Missing, Sqlite, open, reading};
use crate::error::{Code, Error, Result};
use crate::store::Copied;

mod merge;

/// How many ids are skipped where no store says which were given since the backup.
const UNKNOWN_IDS: i64 = 1_000_000;

/// A backup that was checked. Nothing is made of it yet.
#[derive(Debug)]
pub struct Checked {
    from: Place,
    place: Place,
}

/// The copy of a backup that was checked, beside the store that it is for.
#[derive(Debug)]
pub struct Backup {
    copy: Temporary,
    place: Place,
    held: Copied,
}

impl Checked {
    /// Checks the backup in `file`, to be brought back to the store at `path`.
    pub fn new(file: &Path, path: &Path, busy: Duration) -> Result<Self> {
        let place = Place { path: path.to_owned(), busy };
        let from = Place { path: file.to_owned(), busy };
        if from.identity().is_some_and(|found| Some(found) == place.identity()) {
            let seen = format!("{} is the store itself", file.display());
            return Err(
                Error::new(Code::Usage, seen).hint("name a file that `jot backup FILE` made")
            );
        }
        check_readable(file)?;
        let checked = reading::with(&from, &|connection| check(connection, &from));
        checked.map_err(|trouble| from.tell(trouble))?;
        Ok(Self { from, place })
    }

    /// Copies it, and brings the copy to today's schema. The file stays as it is.
    pub fn copy(self) -> Result<Backup> {
        let Self { from, place } = self;
        let copied = reading::with(&from, &|connection| {
            let copy = Temporary::beside(&place.path).map_err(|error| place.unmade(&error))?;
            copy.fill(connection, &place.path)?;
            Ok(copy)
        });
        let copy = copied.map_err(|trouble| from.tell(trouble))?;
        let own = || Place { path: copy.0.clone(), busy: place.busy };
        drop(opened(own(), &place)?);
        let held = copy.held().map_err(|trouble| of_copy(&place, own().tell(trouble)))?;
        Ok(Backup { copy, place, held })
    }
}

impl Backup {
    /// What it holds.
    pub fn held(&self) -> Copied {
        self.held
    }

    /// The copy's file.
    pub fn path(&self) -> &Path {
        &self.copy.0
    }

    /// Whether there is a store to bring it back to. An empty file is none yet.
    pub fn has_store(&self) -> bool {
        fs::metadata(self.place.file()).is_ok_and(|found| found.len() > 0)
    }

    /// The copy as a store by itself, for where there is no other.
    pub fn alone(&self) -> Result<Sqlite> {
        let place = Place { path: self.copy.0.clone(), busy: self.place.busy };
        let store = opened(place, &self.place)?;
        store.alone(skip_ids)?;
        Ok(store)
    }

    /// Gives the copy the place of the store that is not there.
    pub fn take_place(self) -> Result<()> {
        let path = self.place.file();
        let log = with_end(&self.place.path, "-wal");
        if log.symlink_metadata().is_ok() {
            let seen = format!("{} lies there without its store", log.display());
            return Err(Error::new(Code::StoreAway, seen)
                .hint("move it to where its store was moved, then restore again"));
        }
        if fs::metadata(&path).is_ok_and(|found| found.len() == 0) {
            _ = fs::remove_file(&path);
        }
        self.copy.claim(&path).map_err(|error| match error.kind() {
            ErrorKind::AlreadyExists => backup::told(&self.place.path, &error),
            _ => self.place.unmade(&error),
        })
    }
}

fn opened(copy: Place, place: &Place) -> Result<Sqlite> {
    Sqlite::open_at(copy, Missing::Refuse, open::VERSIONS).map_err(|error| of_copy(place, error))
}

/// A failure of the copy: what there is no room for is the store that it is made for.
fn of_copy(place: &Place, error: Error) -> Error {
    match error.code() {
        Code::DiskFull => backup::told(&place.path, &ErrorKind::StorageFull.into()),
        _ => error,
    }
}

/// The system's own words are better than SQLite's.
fn check_readable(file: &Path) -> Result<()> {
    let unread = |why: String| Error::new(Code::Failed, format!("{} {why}", file.display()));
    // Opening a pipe would wait for whoever writes to it.
    match fs::metadata(file) {
        Ok(found) if !found.is_file() => {
            Err(unread("is no regular file, expected one that `jot backup FILE` made".to_owned()))
        }
        found => found
            .and_then(|_| fs::File::open(file))
            .map(drop)
            .map_err(|error| unread(format!("cannot be read: {error}"))),
    }
}

/// Refuses what is no sound store, or one of a newer jot.
fn check(connection: &mut Connection, from: &Place) -> Outcome<()> {
    // The schema may be somebody else's: what it would call while it is read is not called.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    if open::version(&connection.transaction()?, from, open::VERSIONS.len())?.is_none() {
        return Err(from.foreign().into());
    }
    backup::check(connection, from)
}

/// What was given since the backup is not known, so that what is given next is far from it.
fn skip_ids(connection: &Connection) -> Outcome<()> {
    connection.execute_batch(
        "INSERT INTO sqlite_sequence SELECT 'users', 0 \
         WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'users')",
    )?;
    let sql = "UPDATE sqlite_sequence SET seq = seq + ?1 WHERE name = 'users'";
    connection.execute(sql, [UNKNOWN_IDS])?;
    Ok(())
}
