//! The outbox.

use rusqlite::{Connection, OptionalExtension, params};

use super::Sqlite;
use super::trouble::Outcome;
use crate::error::Result;
use crate::event::Kind;
use crate::store::{Letter, Taken};

/// How many letters may wait: a receiver that is away must not fill the disk.
const MOST: i64 = 10_000;

impl Sqlite {
    /// What [`take_letter`](crate::store::Store::take_letter) does.
    pub(super) fn take_out(&self, url: &str, (now, until): (i64, i64)) -> Result<Option<Taken>> {
        // Most looks find nothing, and hold up no writer.
        if self.with(|connection| next(connection, url, now))?.is_none() {
            return Ok(None);
        }
        self.alone(|connection| take(connection, url, (now, until)))
    }
}

/// Puts a letter behind the others; `event` is the position of its event in the log. How many gave
/// way is the answer.
pub(super) fn send(connection: &Connection, letter: &Letter, event: Option<i64>) -> Outcome<u64> {
    let sql = "INSERT INTO outbox (id, url, stream, kind, at, body, event, due) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?5)";
    let Letter { id, url, stream, kind, at, body, .. } = letter;
    connection.prepare_cached(sql)?.execute(params![id, url, stream, kind, at, body, event])?;
    let sql = "SELECT count(*) FROM outbox";
    let waiting: i64 = connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?;
    if waiting <= MOST {
        return Ok(0);
    }
    // Anybody can cause failed logins, who must crowd out nothing else.
    let sql = "DELETE FROM outbox WHERE position = coalesce( \
        (SELECT position FROM outbox WHERE kind = ?1 ORDER BY position LIMIT 1), \
        (SELECT min(position) FROM outbox))";
    let first = Kind::LoginFailed.name();
    let lost = connection.prepare_cached(sql)?.execute([first])?;
    Ok(lost.try_into().unwrap_or(u64::MAX))
}

/// The letter that is to be sent next, by its id.
fn next(connection: &Connection, url: &str, now: i64) -> Outcome<Option<String>> {
    let sql = "SELECT id FROM outbox WHERE position IN \
        (SELECT min(position) FROM outbox WHERE url = ?1 GROUP BY stream) \
        AND due <= ?2 ORDER BY due, position LIMIT 1";
    let mut select = connection.prepare_cached(sql)?;
    Ok(select.query_row(params![url, now], |row| row.get(0)).optional()?)
}

fn take(connection: &Connection, url: &str, (now, until): (i64, i64)) -> Outcome<Option<Taken>> {
    let Some(id) = next(connection, url, now)? else { return Ok(None) };
    let sql = "UPDATE outbox SET attempts = attempts + 1, due = ?2 WHERE id = ?1 \
        RETURNING id, kind, at, body, attempts";
    let taken = connection.prepare_cached(sql)?.query_row(params![id, until], |row| {
        Ok(Taken {
            id: row.get(0)?,
            kind: row.get(1)?,
            at: row.get(2)?,
            body: row.get(3)?,
            attempts: row.get(4)?,
        })
    })?;
    Ok(Some(taken))
}

// A letter that somebody else took meanwhile is theirs, and stays as it is, which is no reason to take
// anything else back: each time that it is taken counts as an attempt.

pub(super) fn remove(connection: &Connection, letter: &Taken) -> Outcome<bool> {
    let sql = "DELETE FROM outbox WHERE id = ?1 AND attempts = ?2";
    connection.prepare_cached(sql)?.execute(params![letter.id, letter.attempts])?;
    Ok(true)
}

pub(super) fn put_back(connection: &Connection, letter: &Taken, due: i64) -> Outcome<bool> {
    let sql = "UPDATE outbox SET due = ?2 WHERE id = ?1 AND attempts = ?3";
    connection.prepare_cached(sql)?.execute(params![letter.id, due, letter.attempts])?;
    Ok(true)
}

pub(super) fn give_up(connection: &Connection, letter: &Taken, why: &str) -> Outcome<bool> {
    let sql = "UPDATE events SET detail = coalesce(detail || '; ', '') || ?2 \
        WHERE position = (SELECT event FROM outbox WHERE id = ?1 AND attempts = ?3)";
    connection.prepare_cached(sql)?.execute(params![letter.id, why, letter.attempts])?;
    remove(connection, letter)
}
