//! Bringing a backup back: read from its file into a copy beside the store, brought to today's
//! schema there, and put together with the store in one transaction, or given its place where there
//! is none.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, TransactionBehavior, params};

use super::backup::{self, Temporary, path_value, with_end};
use super::row::{self, EVENT, MINTED, REVOCATION, SESSION, USER};
use super::trouble::{Outcome, Place};
use super::{Missing, Sqlite, change, ledger, open, reading, revocations, transact};
use crate::error::{Code, Error, Result};
use crate::store::{Change, Copied, Meaning, Merged, Restored};

/// How many ids are skipped where no store says which were given since the backup.
const UNKNOWN_IDS: i64 = 1_000_000;

/// Why a session has ended whose user is not let in any more.
const ENDED: &str = "restored";

/// The copy of a backup that was checked, beside the store that it is for.
#[derive(Debug)]
pub struct Backup {
    copy: Temporary,
    place: Place,
    held: Copied,
}

impl Backup {
    /// Checks the backup in `file` and copies it, to be brought back to the store at `path`. The
    /// file stays as it is.
    pub fn read(file: &Path, path: &Path, busy: Duration) -> Result<Self> {
        let place = Place { path: path.to_owned(), busy };
        let from = Place { path: file.to_owned(), busy };
        if from.identity().is_some_and(|found| Some(found) == place.identity()) {
            let seen = format!("{} is the store itself", file.display());
            return Err(Error::new(Code::Usage, seen).hint("name a file that `jot backup` made"));
        }
        check_readable(file)?;
        let copied = reading::with(&from, &|connection| copy(connection, &from, &place));
        let copy = copied.map_err(|trouble| from.tell(trouble))?;
        let own = || Place { path: copy.0.clone(), busy };
        // Opening it brings it to today's schema.
        drop(opened(own(), &place)?);
        let held = copy.held().map_err(|trouble| of_copy(&place, own().tell(trouble)))?;
        Ok(Self { copy, place, held })
    }

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
    let opened = fs::File::open(file).and_then(|opened| opened.metadata());
    match opened {
        Err(error) => Err(unread(format!("cannot be read: {error}"))),
        Ok(found) if !found.is_file() => {
            Err(unread("is no regular file, expected one that `jot backup` made".to_owned()))
        }
        Ok(_) => Ok(()),
    }
}

/// The backup in a file of its own beside the store at `place`, if it is a sound store.
fn copy(connection: &mut Connection, from: &Place, place: &Place) -> Outcome<Temporary> {
    // The schema may be somebody else's: what it would call while it is read is not called.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    if open::version(&connection.transaction()?, from, open::VERSIONS.len())?.is_none() {
        return Err(from.foreign().into());
    }
    backup::check(connection, from)?;
    let copy = Temporary::beside(&place.path).map_err(|error| place.unmade(&error))?;
    copy.fill(connection, &place.path)?;
    Ok(copy)
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

impl Sqlite {
    /// What [`restore`](crate::store::Store::restore) does.
    pub(super) fn bring_back(
        &self,
        from: &Path,
        meaning: &dyn Fn(&Merged) -> Result<Meaning>,
    ) -> Result<Restored> {
        let mut connection = self.lock();
        self.check_place()?;
        let file = ToSqlOutput::Borrowed(path_value(from));
        connection
            .execute("ATTACH ?1 AS backup", [file])
            .map_err(|error| self.place.tell(error.into()))?;
        let done = transact(&mut connection, TransactionBehavior::Immediate, |connection| {
            put_together(connection, meaning)
        });
        _ = connection.execute_batch("DETACH backup");
        done.map_err(|trouble| self.place.tell(trouble))
    }
}

fn put_together(
    connection: &Connection,
    meaning: &dyn Fn(&Merged) -> Result<Meaning>,
) -> Outcome<Restored> {
    let merged = merged(connection)?;
    let Meaning { refusal, event } = meaning(&merged)?;
    let (restored, shut) = differences(connection, merged.of_this_store)?;
    users(connection, event.at)?;
    for id in shut {
        connection.execute("UPDATE main.users SET active = 0 WHERE id = ?1", [id])?;
    }
    add_what_is_missing(connection)?;
    sessions(connection, event.at)?;
    let changes: Vec<_> =
        refusal.iter().map(Change::Revoke).chain([Change::Note(&event)]).collect();
    change::carry_out(connection, &changes)?;
    Ok(restored)
}

/// What the store and the backup know together; it is written down as far as it is a number.
fn merged(connection: &Connection) -> Outcome<Merged> {
    let number = |of: &str, name| {
        let sql = format!("SELECT max(value) FROM {of}.meta WHERE name = ?1");
        connection.query_row(&sql, [name], |row| row.get::<_, Option<i64>>(0))
    };
    let secrets = (number("main", ledger::SECRET)?, number("backup", ledger::SECRET)?);
    let ends = [number("main", ledger::LATEST_EXPIRY)?, number("backup", ledger::LATEST_EXPIRY)?];
    let latest_expiry = ends.into_iter().max().flatten();
    if let Some(latest) = latest_expiry {
        ledger::note_latest(connection, ledger::LATEST_EXPIRY, latest)?;
    }
    // From now on the store is one of the backup's line.
    let sql = "UPDATE main.meta SET value = ?2 WHERE name = ?1";
    connection.execute(sql, params![ledger::SECRET, secrets.1])?;
    Ok(Merged { of_this_store: secrets.0 == secrets.1, latest_expiry })
}

/// Who will not be as in the backup, and the ids of those who are to be disabled. Of another store's
/// users nothing is known but their names.
fn differences(connection: &Connection, of_this_store: bool) -> Outcome<(Restored, Vec<i64>)> {
    let both = "main.users AS now JOIN backup.users AS was USING (id) \
        WHERE ?1 AND was.removed IS NULL";
    let out = format!(
        "SELECT id, was.username FROM {both} AND was.active \
         AND (now.removed IS NOT NULL OR NOT now.active) ORDER BY 2"
    );
    let changed = format!(
        "SELECT id, was.username FROM {both} AND now.removed IS NULL \
         AND was.password IS NOT now.password ORDER BY 2"
    );
    let new = "SELECT now.id, now.username FROM main.users AS now WHERE now.removed IS NULL \
        AND NOT EXISTS (SELECT 1 FROM backup.users AS was WHERE was.removed IS NULL \
        AND CASE WHEN ?1 THEN was.id = now.id ELSE was.username = now.username END) ORDER BY 2";
    let found = |sql: &str| -> Outcome<Vec<(i64, String)>> {
        let mut select = connection.prepare(sql)?;
        let rows = select.query_map([of_this_store], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    let (shut, disabled) = found(&out)?.into_iter().unzip();
    let names = |rows: Vec<(i64, String)>| rows.into_iter().map(|(_, name)| name).collect();
    let (removed, passwords) = (names(found(new)?), names(found(&changed)?));
    Ok((Restored { disabled, removed, passwords }, shut))
}

/// Users and groups become those of the backup. Whoever is in the store alone is removed as
/// [`users::remove`](super::users::remove) does it.
fn users(connection: &Connection, at: i64) -> Outcome<()> {
    connection.execute_batch(
        "INSERT OR IGNORE INTO main.tombstones
             SELECT username FROM main.users WHERE removed IS NULL;
         INSERT OR IGNORE INTO main.tombstones SELECT username FROM backup.tombstones;
         DELETE FROM main.groups;
         INSERT INTO main.groups SELECT name, permissions FROM backup.groups;",
    )?;
    let bare = "UPDATE main.users SET removed = ?1, password = NULL, permissions = '[]', \
        groups = '[]', attributes = '{}' WHERE removed IS NULL";
    connection.execute(bare, [at])?;
    let excluded: Vec<_> =
        USER.split(',').map(|name| format!("excluded.{}", name.trim())).collect();
    let sql = format!(
        "INSERT INTO main.users ({USER}, removed) SELECT {USER}, removed FROM backup.users \
         WHERE true ON CONFLICT (id) DO UPDATE \
         SET ({USER}, removed) = ({}, excluded.removed)",
        excluded.join(", ")
    );
    connection.execute(&sql, [])?;
    connection.execute_batch(
        "DELETE FROM main.tombstones
             WHERE username IN (SELECT username FROM main.users WHERE removed IS NULL);",
    )?;
    Ok(())
}

/// Sessions go by the names of their users, and are over where these get no token.
fn sessions(connection: &Connection, at: i64) -> Outcome<()> {
    connection.execute_batch(
        "UPDATE main.sessions AS one SET username = users.username FROM main.users
             WHERE one.ended IS NULL AND users.id = one.user_id AND users.username <> one.username",
    )?;
    let sql = "UPDATE main.sessions SET ended = ?1, ended_reason = ?2 \
        WHERE ended IS NULL AND user_id IN \
        (SELECT id FROM main.users WHERE removed IS NOT NULL OR active = 0)";
    connection.execute(sql, params![at, ENDED])?;
    Ok(())
}

/// Sessions, ledger, log, refusals and ids: what only the backup knows comes to what the store knows.
fn add_what_is_missing(connection: &Connection) -> Outcome<()> {
    connection.execute_batch(&format!(
        "INSERT OR IGNORE INTO main.sessions ({SESSION}) SELECT {SESSION} FROM backup.sessions;
         INSERT OR IGNORE INTO main.minted ({MINTED})
             SELECT {MINTED} FROM backup.minted ORDER BY position;
         INSERT OR IGNORE INTO main.events ({EVENT}, position)
             SELECT {EVENT}, position FROM backup.events;
         INSERT INTO main.sqlite_sequence SELECT name, seq FROM backup.sqlite_sequence
             WHERE name NOT IN (SELECT name FROM main.sqlite_sequence);
         UPDATE main.sqlite_sequence AS now SET seq = max(now.seq, was.seq)
             FROM backup.sqlite_sequence AS was WHERE was.name = now.name;"
    ))?;
    // EXCEPT gathers its rows before the first one is handed out, so that writing does not move them.
    let sql = format!(
        "SELECT {REVOCATION} FROM backup.revocations \
         EXCEPT SELECT {REVOCATION} FROM main.revocations"
    );
    let mut select = connection.prepare(&sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        revocations::keep(connection, &row::revocation(row)?)?;
    }
    Ok(())
}
