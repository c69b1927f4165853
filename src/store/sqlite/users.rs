//! Users, groups, and the names that nobody has any more. A removed user is found by nothing here.

use rusqlite::{Connection, OptionalExtension, params};

use super::row::{self, USER, taken, texts};
use super::trouble::Outcome;
use super::{clients, revocations, sessions};
use crate::error::{Code, Error};
use crate::json::Json;
use crate::store::{Account, Each, NewUser, Whose};
use crate::user::{Group, User};

pub(super) fn by_name(connection: &Connection, username: &str) -> Outcome<Option<User>> {
    let sql = format!("SELECT {USER} FROM users WHERE username = ?1 AND removed IS NULL");
    let user = connection.prepare_cached(&sql)?.query_row([username], row::user).optional()?;
    user.map(|user| with_groups(connection, user)).transpose()
}

fn by_id(connection: &Connection, id: i64) -> Outcome<Option<User>> {
    let sql = format!("SELECT {USER} FROM users WHERE id = ?1 AND removed IS NULL");
    let user = connection.prepare_cached(&sql)?.query_row([id], row::user).optional()?;
    user.map(|user| with_groups(connection, user)).transpose()
}

/// Whether the user, with all that groups give, is what was read.
pub(super) fn is_still(connection: &Connection, user: &User) -> Outcome<bool> {
    Ok(by_id(connection, user.id)?.as_ref() == Some(user))
}

/// The user's groups with what they are today.
fn with_groups(connection: &Connection, mut user: User) -> Outcome<User> {
    for group in &mut user.groups {
        let sql = "SELECT permissions FROM groups WHERE name = ?1";
        let mut select = connection.prepare_cached(sql)?;
        let found = select.query_row([&group.name], |row| texts(row, 0)).optional()?;
        group.permissions = found.unwrap_or_default();
    }
    Ok(user)
}

/// Whose an id or a name is, or which client.
pub(super) fn account(connection: &Connection, whose: Whose<'_>) -> Outcome<Account> {
    Ok(match whose {
        Whose::Id(id) => match by_id(connection, id)? {
            Some(user) => Account::Stored(user),
            None if was_given(connection, id)? => Account::Removed,
            None => Account::Unknown,
        },
        Whose::Name(name) => match by_name(connection, name)? {
            Some(user) => Account::Stored(user),
            None if is_buried(connection, name)? => Account::Removed,
            None => Account::Unknown,
        },
        Whose::Client(client) => clients::account(connection, &client.id)?,
    })
}

/// The same, and the latest watermark that binds new tokens.
pub(super) fn account_and_watermark(
    connection: &Connection,
    whose: Whose<'_>,
) -> Outcome<(Account, Option<i64>)> {
    let account = account(connection, whose)?;
    let (id, name) = match (&account, whose) {
        (Account::Stored(user), _) => (Some(user.id), None),
        (_, Whose::Id(id)) => (Some(id), None),
        (_, Whose::Name(name)) => (None, Some(name)),
        (_, Whose::Client(_)) => (None, None),
    };
    let watermark = revocations::watermark(connection, id, name)?;
    // What was issued up to the second in which a client was added is a removed one's.
    let added = if let Account::Client(client) = &account { Some(client.created) } else { None };
    Ok((account, watermark.max(added)))
}

pub(super) fn add(connection: &Connection, new: &NewUser) -> Outcome<User> {
    let mut user = User {
        id: 0,
        username: new.username.clone(),
        password: new.password.clone(),
        active: new.active,
        superuser: new.superuser,
        permissions: new.permissions.clone(),
        groups: new.groups.clone(),
        attributes: new.attributes.clone(),
        last_login: new.last_login,
        created: new.created,
    };
    let sql =
        format!("INSERT INTO users ({USER}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)");
    let mut insert = connection.prepare_cached(&sql)?;
    let mut values = row::user_values(&user);
    values[0] = new.id.into();
    user.id = insert.insert(rusqlite::params_from_iter(values)).map_err(|error| {
        taken(error, || {
            let name = new.username.escape_debug();
            match new.id {
                None => format!("the user \"{name}\" is there already"),
                Some(id) => {
                    format!("the user \"{name}\", or one with the id {id}, is there already")
                }
            }
        })
    })?;
    unbury(connection, &user.username)?;
    with_groups(connection, user)
}

/// Whether the row was still `was`, in every column, and now is `becomes`.
pub(super) fn replace(connection: &Connection, was: &User, becomes: &User) -> Outcome<bool> {
    let sql = format!(
        "UPDATE users SET ({USER}) = (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) \
         WHERE id = ?11 AND removed IS NULL AND ({USER}) IS \
         (?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20)"
    );
    let values = row::user_values(becomes).into_iter().chain(row::user_values(was));
    let values = rusqlite::params_from_iter(values);
    let done = connection.prepare_cached(&sql)?.execute(values).map_err(|error| {
        let name = becomes.username.escape_debug();
        taken(error, || format!("the user \"{name}\" is there already"))
    })?;
    if done == 1 && was.username != becomes.username {
        bury(connection, &was.username)?;
        unbury(connection, &becomes.username)?;
        sessions::rename(connection, was.id, &becomes.username)?;
    }
    Ok(done == 1)
}

/// The row stays, so that its id does, without what it says of a person.
pub(super) fn remove(connection: &Connection, was: &User, at: i64) -> Outcome<bool> {
    let bare = User {
        password: None,
        permissions: Vec::new(),
        groups: Vec::new(),
        attributes: Json::Object(Vec::new()),
        ..was.clone()
    };
    let sql = "UPDATE users SET removed = ?2 WHERE id = ?1 AND removed IS NULL";
    let gone = replace(connection, was, &bare)?
        && connection.prepare_cached(sql)?.execute(params![was.id, at])? == 1;
    if gone {
        bury(connection, &was.username)?;
    }
    Ok(gone)
}

pub(super) fn list(connection: &Connection, take: Each<'_, User>) -> Outcome<()> {
    let sql = format!("SELECT {USER} FROM users WHERE removed IS NULL ORDER BY username");
    let mut select = connection.prepare_cached(&sql)?;
    let mut rows = select.query([])?;
    while let Some(row) = rows.next()? {
        if take(with_groups(connection, row::user(row)?)?)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// Of the users who have a password, the one that `draw` chooses: the next one from a place in the
/// order of ids, so that a login costs the same among ten users and among a million.
pub(super) fn any_user(connection: &Connection, draw: u64) -> Outcome<Option<User>> {
    let last = "SELECT max(id) FROM users";
    let last: Option<i64> = connection.prepare_cached(last)?.query_row([], |row| row.get(0))?;
    let places = last.map(i64::unsigned_abs).unwrap_or_default().saturating_add(1);
    let place = i64::try_from(draw % places).unwrap_or_default();
    let next = format!(
        "SELECT {USER} FROM users WHERE removed IS NULL AND password IS NOT NULL AND id >= ?1 \
         ORDER BY id LIMIT 1"
    );
    let mut next = connection.prepare_cached(&next)?;
    for from in [place, 0] {
        if let Some(user) = next.query_row([from], row::user).optional()? {
            return Ok(Some(user));
        }
    }
    Ok(None)
}

pub(super) fn set_group(
    connection: &Connection,
    was: Option<&Group>,
    becomes: &Group,
) -> Outcome<bool> {
    let (sql, before) = match was {
        None => ("INSERT OR IGNORE INTO groups VALUES (?1, ?2)", None),
        Some(was) => (
            "UPDATE groups SET permissions = ?2 WHERE name = ?1 AND permissions = ?3",
            Some(Json::strings(&was.permissions).to_string()),
        ),
    };
    let permissions = Json::strings(&becomes.permissions).to_string();
    let mut values = vec![Some(becomes.name.clone()), Some(permissions)];
    values.extend(before.map(Some));
    let values = rusqlite::params_from_iter(values);
    Ok(connection.prepare_cached(sql)?.execute(values)? == 1)
}

pub(super) fn groups(connection: &Connection) -> Outcome<Vec<Group>> {
    let sql = "SELECT name, permissions FROM groups ORDER BY name";
    let mut select = connection.prepare_cached(sql)?;
    let group =
        |row: &rusqlite::Row<'_>| Ok(Group { name: row.get(0)?, permissions: texts(row, 1)? });
    Ok(select.query_map([], group)?.collect::<rusqlite::Result<_>>()?)
}

fn was_given(connection: &Connection, id: i64) -> Outcome<bool> {
    Ok(connection.prepare_cached("SELECT 1 FROM users WHERE id = ?1")?.exists([id])?)
}

fn is_buried(connection: &Connection, name: &str) -> Outcome<bool> {
    let sql = "SELECT 1 FROM tombstones WHERE username = ?1";
    Ok(connection.prepare_cached(sql)?.exists([name])?)
}

fn bury(connection: &Connection, name: &str) -> Outcome<()> {
    connection.prepare_cached("INSERT OR IGNORE INTO tombstones VALUES (?1)")?.execute([name])?;
    Ok(())
}

fn unbury(connection: &Connection, name: &str) -> Outcome<()> {
    connection.prepare_cached("DELETE FROM tombstones WHERE username = ?1")?.execute([name])?;
    Ok(())
}

/// There is no such user.
pub(super) fn unknown(id: i64) -> Error {
    Error::new(Code::UnknownUser, format!("there is no user with the id {id}"))
}
