//! The ledger of what was minted, and the latest end of anything recorded.

use rusqlite::{Connection, OptionalExtension, params};

use super::revocations::{limited, matching};
use super::row::{self, MINTED, taken};
use super::trouble::Outcome;
use crate::store::{Each, Filter, Minted};

pub(super) fn mint(connection: &Connection, minted: &Minted) -> Outcome<bool> {
    let sql = format!("INSERT INTO minted ({MINTED}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    let values = params![
        minted.jti,
        minted.sid,
        minted.subject.id,
        minted.subject.username,
        minted.kind,
        minted.profile,
        minted.issued,
        minted.expires,
        minted.kid,
    ];
    connection.prepare_cached(&sql)?.execute(values).map_err(|error| {
        taken(error, || format!("the token \"{}\" is there already", minted.jti.escape_debug()))
    })?;
    note_latest(connection, LATEST_EXPIRY, minted.expires)?;
    note_latest(connection, LATEST_ISSUED, minted.issued)?;
    Ok(true)
}

/// The names of the numbers in meta.
pub(super) const LATEST_EXPIRY: &str = "latest_expiry";
pub(super) const LATEST_ISSUED: &str = "latest_issued";
pub(super) const LAST_PURGE: &str = "last_purge";
pub(super) const SECRET: &str = "secret";
/// The name of the key in secrets.
pub(super) const CSRF: &str = "csrf";

pub(super) fn note_latest(connection: &Connection, name: &str, number: i64) -> Outcome<()> {
    let sql = "INSERT INTO meta (name, value) VALUES (?1, ?2) \
        ON CONFLICT (name) DO UPDATE SET value = excluded.value WHERE value < excluded.value";
    connection.prepare_cached(sql)?.execute((name, number))?;
    Ok(())
}

pub(super) fn number(connection: &Connection, name: &str) -> Outcome<Option<i64>> {
    let sql = "SELECT value FROM meta WHERE name = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
}

pub(super) fn secret(connection: &Connection, name: &str) -> Outcome<Option<[u8; 32]>> {
    let sql = "SELECT value FROM secrets WHERE name = ?1";
    Ok(connection.prepare_cached(sql)?.query_row([name], |row| row.get(0)).optional()?)
}

pub(super) fn list(
    connection: &Connection,
    filter: &Filter,
    take: Each<'_, Minted>,
) -> Outcome<()> {
    let sql = format!(
        "SELECT {MINTED} FROM minted WHERE {} ORDER BY position DESC{}",
        matching("issued"),
        limited(filter)
    );
    let mut select = connection.prepare(&sql)?;
    let rows = select.query(params![filter.username, filter.since, filter.until])?;
    row::each(rows, row::minted, take)
}

pub(super) fn find(connection: &Connection, prefix: &str) -> Outcome<Vec<Minted>> {
    let sql = format!("SELECT {MINTED} FROM minted WHERE jti >= ?1 ORDER BY jti LIMIT 2");
    let mut found = row::find(connection, &sql, prefix, row::minted, |minted| &minted.jti)?;
    row::prefer(&mut found, |minted| minted.jti == prefix);
    Ok(found)
}
