//! Taking away what can no longer change an answer, a little at a time.

use std::thread::sleep;
use std::time::Duration;

use rusqlite::types::Value;
use rusqlite::{Connection, OptionalExtension, params};

use super::trouble::Outcome;
use super::{Sqlite, ledger};
use crate::error::Result;
use crate::store::{Horizon, Purged};

/// How long a session is kept after its last refresh token, for the access tokens that outlive it.
const SESSION_KEPT: i64 = 30 * 24 * 60 * 60;

/// How long a letter is kept, which is longer than anybody goes on sending it.
const LETTER_KEPT: i64 = 3 * 24 * 60 * 60;

/// How long an account knows a network from which nobody logs in any more.
const NETWORK_KEPT: i64 = 90 * 24 * 60 * 60;

/// How long a purge leaves the store to others after each batch.
const PAUSE: Duration = Duration::from_millis(2);

/// Greater than every number and text.
const END: Value = Value::Blob(Vec::new());

/// A table, in the order of its key.
struct Walk {
    rows: &'static str,
    key: &'static str,
    over: &'static str,
    /// How many rows one transaction looks at: some milliseconds' worth, fewer where every row
    /// lies in several indexes, each on a page of its own.
    batch: u32,
    start: fn() -> Value,
    kept: i64,
}

/// Refusals, one walk for each kind, since a key is unique within its kind only.
const REVOCATIONS: [Walk; 5] = [
    of_kind("revocations WHERE kind = 0"),
    of_kind("revocations WHERE kind = 1"),
    of_kind("revocations WHERE kind = 2"),
    of_kind("revocations WHERE kind = 3"),
    of_kind("revocations WHERE kind = 4"),
];

/// Sessions.
const SESSIONS: Walk = Walk {
    rows: "sessions WHERE true",
    key: "sid",
    over: "expires",
    batch: 150,
    start: first_text,
    kept: SESSION_KEPT,
};

/// The ledger.
const TOKENS: Walk = Walk {
    rows: "minted WHERE true",
    key: "position",
    over: "expires",
    batch: 500,
    start: || Value::Integer(i64::MIN),
    kept: 0,
};

/// The audit log.
const EVENTS: Walk = Walk {
    rows: "events WHERE true",
    key: "position",
    over: "at",
    batch: 2_000,
    start: || Value::Integer(i64::MIN),
    kept: 0,
};

/// Letters to whom nobody sends any more: the URL is not in the settings now.
const LETTERS: Walk = Walk {
    rows: "outbox WHERE true",
    key: "position",
    over: "at",
    batch: 500,
    start: || Value::Integer(i64::MIN),
    kept: LETTER_KEPT,
};

/// Counters of wrong passwords, one walk for each class.
const COUNTERS: [Walk; 4] = [
    of_kind("counters WHERE class = 0"),
    of_kind("counters WHERE class = 1"),
    of_kind("counters WHERE class = 2"),
    of_kind("counters WHERE class = 3"),
];

/// Networks that accounts know. An account has so few that a batch always goes on past them.
const NETWORKS: Walk = Walk {
    rows: "networks WHERE true",
    key: "account",
    over: "seen",
    batch: 500,
    start: first_text,
    kept: NETWORK_KEPT,
};

const fn of_kind(rows: &'static str) -> Walk {
    Walk { rows, key: "id", over: "until", batch: 2_000, start: first_text, kept: 0 }
}

fn first_text() -> Value {
    Value::Text(String::new())
}

impl Walk {
    /// Where the walk begins.
    fn start(&self) -> Value {
        (self.start)()
    }

    /// Deletes what is over at `now` among the next rows from `from` on: how many those were, and
    /// where to go on.
    fn step(
        &self,
        connection: &Connection,
        from: &Value,
        now: i64,
    ) -> Outcome<(u64, Option<Value>)> {
        let Self { rows, key, over, batch, .. } = self;
        let bound = format!(
            "SELECT {key} FROM {rows} AND {key} >= ?1 ORDER BY {key} LIMIT 1 OFFSET {batch}"
        );
        let to: Option<Value> =
            connection.prepare_cached(&bound)?.query_row([from], |row| row.get(0)).optional()?;
        let delete = format!("DELETE FROM {rows} AND {key} >= ?1 AND {key} < ?2 AND {over} < ?3");
        let end = to.clone().unwrap_or(END);
        let past = now.saturating_sub(self.kept);
        let gone = connection.prepare_cached(&delete)?.execute(params![from, end, past])?;
        Ok((u64::try_from(gone).unwrap_or(u64::MAX), to))
    }

    /// Whether there is anything that is over at `now`.
    fn has_any(&self, connection: &Connection, now: i64) -> Outcome<bool> {
        let Self { rows, over, .. } = self;
        let sql = format!("SELECT EXISTS (SELECT 1 FROM {rows} AND {over} < ?1)");
        let past = now.saturating_sub(self.kept);
        Ok(connection.query_row(&sql, [past], |row| row.get(0))?)
    }
}

/// Whether a purge would take refusals, sessions, tokens or events away.
pub(super) fn is_due(connection: &Connection, horizon: &Horizon) -> Outcome<bool> {
    for walk in REVOCATIONS.iter().chain([&SESSIONS, &TOKENS]) {
        if walk.has_any(connection, horizon.over)? {
            return Ok(true);
        }
    }
    EVENTS.has_any(connection, horizon.events)
}

impl Sqlite {
    /// What [`purge`](crate::store::Store::purge) does.
    pub(super) fn take_away(&self, horizon: &Horizon) -> Result<Purged> {
        let over = horizon.over;
        let mut revocations = 0;
        for walk in &REVOCATIONS {
            revocations += self.walk(walk, over)?;
        }
        let sessions = self.walk(&SESSIONS, over)?;
        let tokens = self.walk(&TOKENS, over)?;
        let events = self.walk(&EVENTS, horizon.events)?;
        for walk in COUNTERS.iter().chain([&LETTERS, &NETWORKS]) {
            self.walk(walk, over)?;
        }
        self.alone(|connection| ledger::note_latest(connection, ledger::LAST_PURGE, over))?;
        Ok(Purged { revocations, sessions, tokens, events })
    }

    fn walk(&self, walk: &Walk, now: i64) -> Result<u64> {
        let (mut gone, mut from) = (0, Some(walk.start()));
        while let Some(start) = from {
            let (count, next) = self.alone(|connection| walk.step(connection, &start, now))?;
            gone += count;
            from = next;
            if from.is_some() {
                sleep(PAUSE);
            }
        }
        Ok(gone)
    }
}
