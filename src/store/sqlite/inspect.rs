//! What is in a store, looked at and left as it is: for whoever wants to know whether all is well.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use rusqlite::Connection;

use super::trouble::{Outcome, Place};
use super::{ledger, purge, reading, users};
use crate::error::Result;
use crate::store::Horizon;
use crate::user::User;

/// What is asked.
#[derive(Clone, Copy)]
pub struct Asked<'a> {
    /// The time now.
    pub now: i64,
    /// What lies behind it should be gone.
    pub horizon: Horizon,
    /// Whether a password's hash should be made anew.
    pub outdated: &'a dyn Fn(&str) -> bool,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Facts {
    /// What SQLite finds wrong with the file, if anything; nothing else is looked at then.
    pub damage: Option<String>,
    /// When the last purge ended.
    pub last_purge: Option<i64>,
    /// Whether there are rows behind the horizon.
    pub is_due: bool,
    /// The latest watermark.
    pub watermark: Option<i64>,
    /// How many users there are.
    pub users: u64,
    /// How many of them pass every permission check.
    pub superusers: u64,
    /// How many have a password.
    pub with_password: u64,
    /// How many have one whose hash should be made anew.
    pub outdated: u64,
    /// The active user of whom tokens say most.
    pub largest: Option<User>,
    /// The disabled users who have a live session.
    pub disabled: Vec<String>,
}

/// Looks into the store at `path`, which must have today's schema; `busy` is the longest wait for
/// another process that holds it.
pub fn inspect(path: &Path, busy: Duration, asked: &Asked<'_>) -> Result<Facts> {
    let place = Place { path: path.to_owned(), busy };
    let facts = reading::with(&place, &|connection| facts(&*connection.transaction()?, asked));
    facts.map_err(|trouble| place.tell(trouble))
}

fn facts(connection: &Connection, asked: &Asked<'_>) -> Outcome<Facts> {
    let told: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if told != "ok" {
        // The lines before the last say where in the file that is.
        let damage = told.lines().last().map(str::to_owned);
        return Ok(Facts { damage, ..Facts::default() });
    }
    let watermark =
        connection.query_row("SELECT max(watermark) FROM revocations", [], |row| row.get(0))?;
    let mut facts = Facts {
        last_purge: ledger::number(connection, ledger::LAST_PURGE)?,
        is_due: purge::is_due(connection, &asked.horizon)?,
        watermark,
        disabled: disabled(connection, asked.now)?,
        ..Facts::default()
    };
    users::list(connection, &mut |user| {
        facts.count(user, asked);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(facts)
}

fn disabled(connection: &Connection, now: i64) -> Outcome<Vec<String>> {
    let sql = "SELECT username FROM users AS u WHERE active = 0 AND removed IS NULL AND EXISTS \
        (SELECT 1 FROM sessions AS s WHERE s.user_id = u.id AND s.ended IS NULL AND s.expires > ?1) \
        ORDER BY username";
    let mut select = connection.prepare(sql)?;
    let names = select.query_map([now], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

impl Facts {
    fn count(&mut self, user: User, asked: &Asked<'_>) {
        self.users += 1;
        self.superusers += u64::from(user.superuser);
        if let Some(password) = &user.password {
            self.with_password += 1;
            self.outdated += u64::from((asked.outdated)(password));
        }
        let size = |user: &User| user.granted().concat().len() + user.attributes.to_string().len();
        if user.active && self.largest.as_ref().is_none_or(|largest| size(largest) < size(&user)) {
            self.largest = Some(user);
        }
    }
}
