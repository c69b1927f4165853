//! Counters of wrong passwords, and the networks that accounts know.

use rusqlite::{Connection, OptionalExtension, params};

use super::row;
use super::trouble::Outcome;
use crate::store::{Counted, Each};
use crate::throttle::{Class, Counter, Guess, Lifted, Seen};

/// How many counters there may be of networks, and how many of accounts: whoever floods the doors with
/// names must not fill the disk, and loses no network's counter by it.
const MOST: [i64; 2] = [20_000, 80_000];

/// How many networks an account knows.
const KNOWN: i64 = 8;

/// What stands about a guess.
pub(super) fn seen(connection: &Connection, guess: &Guess) -> Outcome<Seen> {
    let sql = "SELECT EXISTS (SELECT 1 FROM networks WHERE account = ?1 AND network = ?2)";
    let is_known = connection
        .prepare_cached(sql)?
        .query_row(params![guess.account, guess.network], |row| row.get(0))?;
    let mut seen = Seen { is_known, ..Seen::default() };
    for (class, until) in Class::ALL.into_iter().zip(&mut seen.until) {
        *until = stored(connection, class, &guess.id(class))?;
    }
    Ok(seen)
}

fn stored(connection: &Connection, class: Class, id: &str) -> Outcome<Option<i64>> {
    let sql = "SELECT until FROM counters WHERE class = ?1 AND id = ?2";
    let mut select = connection.prepare_cached(sql)?;
    Ok(select.query_row(params![class as i64, id], |row| row.get(0)).optional()?)
}

/// Puts the counters in the place of what they were, if all of them still are that.
pub(super) fn count(connection: &Connection, counted: &Counted<'_>) -> Outcome<bool> {
    let Counted { guess, was, becomes } = counted;
    if seen(connection, guess)? != *was {
        return Ok(false);
    }
    for class in Class::ALL {
        let id = guess.id(class);
        match (was.until(class), becomes.until(class)) {
            (was, becomes) if was == becomes => {}
            (was, Some(until)) => {
                if was.is_none() {
                    make_room(connection, class)?;
                }
                let sql = "INSERT INTO counters (class, id, until) VALUES (?1, ?2, ?3) \
                    ON CONFLICT (class, id) DO UPDATE SET until = excluded.until";
                connection.prepare_cached(sql)?.execute(params![class as i64, id, until])?;
            }
            (_, None) => {
                let sql = "DELETE FROM counters WHERE class = ?1 AND id = ?2";
                connection.prepare_cached(sql)?.execute(params![class as i64, id])?;
            }
        }
    }
    Ok(true)
}

/// Where there are too many, those go that would go first by themselves: a counter of many failures
/// outlasts any flood of counters of one.
fn make_room(connection: &Connection, class: Class) -> Outcome<()> {
    let of_networks = class == Class::Network;
    let [networks, accounts] = MOST;
    let most = if of_networks { networks } else { accounts };
    let sql = "DELETE FROM counters WHERE (class, id) IN (SELECT class, id FROM counters \
        WHERE (class = 0) = ?1 ORDER BY until \
        LIMIT max(0, (SELECT count(*) FROM counters WHERE (class = 0) = ?1) + 1 - ?2))";
    connection.prepare_cached(sql)?.execute(params![of_networks, most])?;
    Ok(())
}

/// The account knows the network from now on; where it knows too many, it forgets the oldest.
pub(super) fn know(connection: &Connection, guess: &Guess, at: i64) -> Outcome<()> {
    let sql = "INSERT INTO networks (account, network, seen) VALUES (?1, ?2, ?3) \
        ON CONFLICT (account, network) DO UPDATE SET seen = excluded.seen";
    connection.prepare_cached(sql)?.execute(params![guess.account, guess.network, at])?;
    let sql = "DELETE FROM networks WHERE account = ?1 AND network IN (SELECT network FROM networks \
        WHERE account = ?1 ORDER BY seen DESC, network = ?2 DESC LIMIT -1 OFFSET ?3)";
    connection.prepare_cached(sql)?.execute(params![guess.account, guess.network, KNOWN])?;
    Ok(())
}

/// Takes counters away, and answers how many.
pub(super) fn lift(connection: &Connection, lifted: &Lifted) -> Outcome<u64> {
    let (single, account) = (Class::Single as i64, "substr(id, 1, instr(id || ' ', ' ') - 1)");
    let gone = match lifted {
        Lifted::Account(account_id) => {
            let sql = format!("DELETE FROM counters WHERE class > 0 AND {account} = ?1");
            connection.execute(&sql, [account_id])?
        }
        Lifted::Network(network) => connection.execute(
            "DELETE FROM counters WHERE (class = 0 AND id = ?1) \
             OR (class = ?2 AND substr(id, instr(id, ' ') + 1) = ?1)",
            params![network, single],
        )?,
        Lifted::All => connection.execute("DELETE FROM counters", [])?,
    };
    Ok(u64::try_from(gone).unwrap_or(u64::MAX))
}

pub(super) fn list(connection: &Connection, each: Each<'_, Counter>) -> Outcome<()> {
    let sql = "SELECT class, id, until FROM counters ORDER BY class, until DESC, id";
    let mut select = connection.prepare(sql)?;
    row::each(select.query([])?, row::counter, each)
}
