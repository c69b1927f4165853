//! Users. A removed one is found by nothing here.

use rusqlite::{Connection, OptionalExtension, params};

use super::row::{self, USER, taken};
use super::trouble::Outcome;
use super::{revocations, sessions};
use crate::error::{Code, Error};
use crate::json::Json;
use crate::revocation::{Revocation, Target};
use crate::store::{Each, NewUser};
use crate::user::User;

pub(super) fn by_name(connection: &Connection, username: &str) -> Outcome<Option<User>> {
    let sql = format!("SELECT {USER} FROM users WHERE username = ?1 AND removed IS NULL");
    Ok(connection.prepare_cached(&sql)?.query_row([username], row::user).optional()?)
}

pub(super) fn by_id(connection: &Connection, id: i64) -> Outcome<Option<User>> {
    let sql = format!("SELECT {USER} FROM users WHERE id = ?1 AND removed IS NULL");
    Ok(connection.prepare_cached(&sql)?.query_row([id], row::user).optional()?)
}

pub(super) fn add(connection: &Connection, new: &NewUser) -> Outcome<User> {
    let mut user = User {
        id: 0,
        username: new.username.clone(),
        password: new.password.clone(),
        active: true,
        superuser: new.superuser,
        permissions: new.permissions.clone(),
        attributes: Json::Object(Vec::new()),
        last_login: None,
        created: new.created,
    };
    let sql = "INSERT INTO users \
        (username, password, active, superuser, permissions, attributes, created) \
        VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
    let mut insert = connection.prepare_cached(sql)?;
    let values = params![
        user.username,
        user.password,
        user.active,
        user.superuser,
        Json::strings(&user.permissions).to_string(),
        user.attributes.to_string(),
        user.created,
    ];
    user.id = insert.insert(values).map_err(|error| {
        taken(error, || format!("the user \"{}\" is there already", new.username.escape_debug()))
    })?;
    Ok(user)
}

pub(super) fn list(connection: &Connection, take: Each<'_, User>) -> Outcome<()> {
    let sql = format!("SELECT {USER} FROM users WHERE removed IS NULL ORDER BY username");
    row::each(connection.prepare_cached(&sql)?.query([])?, row::user, take)
}

pub(super) fn set_password(
    connection: &Connection,
    id: i64,
    hash: &str,
    watermark: &Revocation,
) -> Outcome<()> {
    if !matches!(watermark.target, Target::User(whose, _) if whose == id) {
        return Err(
            Error::new(Code::Failed, "a new password needs its own user's watermark").into()
        );
    }
    let sql = "UPDATE users SET password = ?2 WHERE id = ?1 AND removed IS NULL";
    known(id, connection.prepare_cached(sql)?.execute(params![id, hash])?)?;
    let reason = watermark.reason.as_deref().unwrap_or("password changed");
    sessions::end_all_of(connection, id, watermark.at, reason)?;
    revocations::revoke(connection, watermark)?;
    Ok(())
}

pub(super) fn note_login(
    connection: &Connection,
    id: i64,
    at: i64,
    rehashed: Option<(&str, &str)>,
) -> Outcome<()> {
    let sql = "UPDATE users SET last_login = ?2, \
        password = CASE WHEN password = ?4 THEN ?3 ELSE password END \
        WHERE id = ?1 AND removed IS NULL";
    let (new, was) = rehashed.unzip();
    known(id, connection.prepare_cached(sql)?.execute(params![id, at, new, was])?)
}

/// There is no such user.
pub(super) fn unknown(id: i64) -> Error {
    Error::new(Code::UnknownUser, format!("there is no user with the id {id}"))
}

fn known(id: i64, changed: usize) -> Outcome<()> {
    if changed == 0 { Err(unknown(id).into()) } else { Ok(()) }
}
