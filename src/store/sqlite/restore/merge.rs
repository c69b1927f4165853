//! Putting a backup together with the store, in one transaction.

use std::path::Path;

use rusqlite::types::ToSqlOutput;
use rusqlite::{Connection, TransactionBehavior, params};

use super::super::backup::path_value;
use super::super::row::{self, CLIENT, EVENT, MINTED, REVOCATION, SESSION, USER};
use super::super::trouble::Outcome;
use super::super::{Sqlite, change, ledger, revocations, transact};
use crate::error::Result;
use crate::store::{Change, Meaning, Merged, Restored};

/// Why a session has ended whose user is not let in any more.
const ENDED: &str = "restored";

impl Sqlite {
    /// What [`restore`](crate::store::Store::restore) does.
    pub(in crate::store::sqlite) fn bring_back(
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
    let Meaning { refusal, event, letter } = meaning(&merged)?;
    let (restored, shut) = differences(connection, &merged)?;
    users(connection, event.at)?;
    clients(connection, event.at)?;
    for id in shut {
        connection.execute("UPDATE main.users SET active = 0 WHERE id = ?1", [id])?;
    }
    add_what_is_missing(connection)?;
    sessions(connection, event.at)?;
    let changes = refusal.iter().map(Change::Revoke).chain([Change::Note(&event)]);
    let changes: Vec<_> = changes.chain(letter.iter().map(Change::Send)).collect();
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
    for name in [ledger::LATEST_EXPIRY, ledger::LATEST_ISSUED] {
        if let Some(latest) = number("backup", name)? {
            ledger::note_latest(connection, name, latest)?;
        }
    }
    let latest_expiry = number("main", ledger::LATEST_EXPIRY)?;
    // From now on the store is one of the backup's line.
    let sql = "UPDATE main.meta SET value = ?2 WHERE name = ?1";
    connection.execute(sql, params![ledger::SECRET, secrets.1])?;
    Ok(Merged { of_this_store: secrets.0 == secrets.1, latest_expiry })
}

/// Who will not be as in the backup, and the ids of those who are to be disabled. Of another store's
/// users nothing is known but their names.
fn differences(connection: &Connection, merged: &Merged) -> Outcome<(Restored, Vec<i64>)> {
    let both = "main.users AS now JOIN backup.users AS was USING (id) \
        WHERE ?1 AND was.removed IS NULL";
    let out = format!(
        "SELECT id, was.username FROM {both} AND was.active \
         AND (now.removed IS NOT NULL OR NOT now.active) ORDER BY 2"
    );
    let other = |what: &str| {
        format!("SELECT id, was.username FROM {both} AND now.removed IS NULL AND {what} ORDER BY 2")
    };
    let passwords = other("was.password IS NOT now.password");
    let permissions = other(
        "(was.superuser, was.permissions, was.groups) \
         <> (now.superuser, now.permissions, now.groups)",
    );
    let new = "SELECT now.id, now.username FROM main.users AS now WHERE now.removed IS NULL \
        AND NOT EXISTS (SELECT 1 FROM backup.users AS was WHERE was.removed IS NULL \
        AND CASE WHEN ?1 THEN was.id = now.id ELSE was.username = now.username END) ORDER BY 2";
    let found = |sql: &str| -> Outcome<Vec<(i64, String)>> {
        let mut select = connection.prepare(sql)?;
        let rows =
            select.query_map([merged.of_this_store], |row| Ok((row.get(0)?, row.get(1)?)))?;
        Ok(rows.collect::<rusqlite::Result<_>>()?)
    };
    let (shut, disabled) = found(&out)?.into_iter().unzip();
    let names = |sql: &str| -> Outcome<Vec<String>> {
        Ok(found(sql)?.into_iter().map(|(_, name)| name).collect())
    };
    let (removed, passwords, permissions) = (names(new)?, names(&passwords)?, names(&permissions)?);
    Ok((Restored { disabled, removed, passwords, permissions }, shut))
}

/// Users and groups become those of the backup. Whoever is in the store alone is removed as
/// [`users::remove`](super::super::users::remove) does it.
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

/// Clients become those of the backup, but for those that were removed since, or have another secret
/// since: the one in the backup may be why.
fn clients(connection: &Connection, at: i64) -> Outcome<()> {
    let gone = "UPDATE main.clients SET removed = ?1, secret = zeroblob(32), permissions = '[]' \
        WHERE removed IS NULL AND id NOT IN (SELECT id FROM backup.clients WHERE removed IS NULL)";
    connection.execute(gone, [at])?;
    connection.execute_batch(&format!(
        "INSERT OR IGNORE INTO main.clients ({CLIENT}, removed)
             SELECT {CLIENT}, removed FROM backup.clients;"
    ))?;
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
