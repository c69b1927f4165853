//! Clients. A removed one is found by nothing here but by [`account`], which says that it was there.

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::row::{self, CLIENT};
use super::trouble::Outcome;
use crate::client::Client;
use crate::error::{Code, Error};
use crate::store::{Account, Each};

pub(super) fn by_id(connection: &Connection, id: &str) -> Outcome<Option<Client>> {
    let sql = format!("SELECT {CLIENT} FROM clients WHERE id = ?1 AND removed IS NULL");
    Ok(connection.prepare_cached(&sql)?.query_row([id], row::client).optional()?)
}

/// Which client an id is.
pub(super) fn account(connection: &Connection, id: &str) -> Outcome<Account> {
    if let Some(client) = by_id(connection, id)? {
        return Ok(Account::Client(client));
    }
    let was_there =
        connection.prepare_cached("SELECT 1 FROM clients WHERE id = ?1")?.exists([id])?;
    Ok(if was_there { Account::Removed } else { Account::Unknown })
}

pub(super) fn list(connection: &Connection, take: Each<'_, Client>) -> Outcome<()> {
    let sql = format!("SELECT {CLIENT} FROM clients WHERE removed IS NULL ORDER BY id");
    row::each(connection.prepare_cached(&sql)?.query([])?, row::client, take)
}

/// Whoever takes a removed client's place counts as added after its end, also if the clock went
/// back since: that is what keeps the removed one's tokens refused.
pub(super) fn add(connection: &Connection, new: &Client) -> Outcome<()> {
    let sql = format!(
        "INSERT INTO clients ({CLIENT}) VALUES (?1, ?2, ?3, ?4) \
         ON CONFLICT (id) DO UPDATE SET secret = excluded.secret, \
         permissions = excluded.permissions, created = max(excluded.created, removed), \
         removed = NULL WHERE removed IS NOT NULL"
    );
    let values = params_from_iter(row::client_values(new));
    if connection.prepare_cached(&sql)?.execute(values)? == 1 {
        return Ok(());
    }
    let seen = format!("the client \"{}\" is there already", new.id.escape_debug());
    Err(Error::new(Code::Exists, seen).hint("jot client list").into())
}

/// Whether the row was still `was`, in every column, and now is nobody's.
pub(super) fn remove(connection: &Connection, was: &Client, at: i64) -> Outcome<bool> {
    let sql = format!(
        "UPDATE clients SET removed = ?5, secret = zeroblob(32), permissions = '[]' \
         WHERE removed IS NULL AND ({CLIENT}) = (?1, ?2, ?3, ?4)"
    );
    let values = row::client_values(was).into_iter().chain([at.into()]);
    Ok(connection.prepare_cached(&sql)?.execute(params_from_iter(values))? == 1)
}
