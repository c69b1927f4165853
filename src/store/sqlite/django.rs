//! The users and groups of a Django site, read from its SQLite file in one transaction. Nothing is
//! written there, ever: the file is opened for reading only.

use std::collections::HashMap;
use std::path::Path;
use std::time::Duration;

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ValueRef};
use rusqlite::{Connection, Row};

use super::trouble::{Outcome, Place, Trouble};
use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::store::imported::{Imported, ImportedGroup, ImportedUser};
use crate::{time, user};

mod open;

/// A table, and those of its columns that are read.
type Table = (&'static str, &'static [&'static str]);

const GROUPS: Table = ("auth_group", &["id", "name"]);
const USERS: Table = (
    "auth_user",
    &[
        "id",
        "username",
        "password",
        "is_active",
        "is_superuser",
        "email",
        "first_name",
        "last_name",
        "is_staff",
        "last_login",
        "date_joined",
    ],
);
const MEMBERSHIPS: Table = ("auth_user_groups", &["id", "user_id", "group_id"]);
const USER_PERMISSIONS: Table = ("auth_user_user_permissions", &["id", "user_id", "permission_id"]);
const GROUP_PERMISSIONS: Table = ("auth_group_permissions", &["id", "group_id", "permission_id"]);
const PERMISSIONS: Table = ("auth_permission", &["id", "content_type_id", "codename"]);
const CONTENT_TYPES: Table = ("django_content_type", &["id", "app_label"]);

/// All that must be there.
const TABLES: [Table; 7] =
    [USERS, GROUPS, PERMISSIONS, CONTENT_TYPES, MEMBERSHIPS, USER_PERMISSIONS, GROUP_PERMISSIONS];

/// Texts by the id of whom they belong to.
type Lists = HashMap<i64, Vec<String>>;

/// Reads the site at `path`; `busy` is the longest wait for another process that holds it. A time
/// without an offset is taken for UTC, which is what Django writes unless `USE_TZ` is off.
pub fn read(path: &Path, busy: Duration) -> Result<Imported> {
    let place = Place { path: path.to_owned(), busy };
    open::with(&place, &everything).map_err(|trouble| open::tell(&place, trouble))
}

fn everything(connection: &Connection) -> Outcome<Imported> {
    let mut permissions = granted(connection, GROUP_PERMISSIONS, "group_id")?;
    let groups = rows(connection, GROUPS, |id, row| {
        let permissions = permissions.remove(&id).unwrap_or_default();
        Ok(ImportedGroup { name: row.get("name")?, permissions })
    })?;
    let mut permissions = granted(connection, USER_PERMISSIONS, "user_id")?;
    let mut memberships = memberships(connection)?;
    let users = rows(connection, USERS, |id, row| {
        let permissions = permissions.remove(&id).unwrap_or_default();
        let groups = memberships.remove(&id).unwrap_or_default();
        Ok(ImportedUser { permissions, groups, ..person(id, row)? })
    })?;
    Ok(Imported {
        groups: kept(groups, GROUPS, |group| {
            check(&group.permissions)?;
            Ok(group)
        }),
        users: kept(users, USERS, |user| {
            check(&user.permissions)?;
            Ok(ImportedUser { username: user::name(&user.username)?, ..user })
        }),
    })
}

/// A row of `auth_user`, without what other tables say.
fn person(id: i64, row: &Row<'_>) -> rusqlite::Result<ImportedUser> {
    let text = |name: &str| Ok((name.to_owned(), Json::String(row.get(name)?)));
    let texts: rusqlite::Result<Vec<_>> =
        ["email", "first_name", "last_name"].into_iter().map(text).collect();
    let mut attributes = texts?;
    attributes.push(("is_staff".to_owned(), Json::Bool(row.get("is_staff")?)));
    Ok(ImportedUser {
        id,
        username: row.get("username")?,
        password: row.get("password")?,
        active: row.get("is_active")?,
        superuser: row.get("is_superuser")?,
        permissions: Vec::new(),
        groups: Vec::new(),
        attributes: Json::Object(attributes),
        last_login: row.get::<_, Option<Stamp>>("last_login")?.map(|Stamp(moment)| moment),
        created: row.get("date_joined").map(|Stamp(moment)| moment)?,
    })
}

/// A time as Django writes it.
struct Stamp(i64);

impl FromSql for Stamp {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        time::stamp(value.as_str()?).map(Self).map_err(|error| FromSqlError::Other(error.into()))
    }
}

/// The permissions that a table links to their owners.
fn granted(connection: &Connection, link: Table, owner: &str) -> Outcome<Lists> {
    let (table, _) = link;
    let sql = format!(
        "SELECT link.id, link.{owner}, type.app_label || '.' || permission.codename AS permission \
         FROM {table} AS link \
         JOIN auth_permission AS permission ON permission.id = link.permission_id \
         JOIN django_content_type AS type ON type.id = permission.content_type_id \
         ORDER BY 2, 3"
    );
    lists(connection, link, &sql)
}

/// The names of the users' groups.
fn memberships(connection: &Connection) -> Outcome<Lists> {
    let sql = "SELECT link.id, link.user_id, team.name FROM auth_user_groups AS link \
        JOIN auth_group AS team ON team.id = link.group_id ORDER BY 2, 3";
    lists(connection, MEMBERSHIPS, sql)
}

/// The texts that `sql` finds: the id of a row, that of an owner, and the text, in this order.
fn lists(connection: &Connection, (table, _): Table, sql: &str) -> Outcome<Lists> {
    let mut lists = Lists::new();
    let mut statement = connection.prepare(sql)?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let read = row.get(1).and_then(|owner: i64| Ok((owner, row.get::<_, String>(2)?)));
        let (owner, text) = match read {
            Ok(read) => read,
            Err(error) => return Err(strange(table, row.get(0)?, &misfit(error, row)?).into()),
        };
        let list = lists.entry(owner).or_default();
        // Two models of one app may have a permission of one name.
        if list.last() != Some(&text) {
            list.push(text);
        }
    }
    Ok(lists)
}

/// Every row of a table by its id, or why it cannot be read.
fn rows<T>(
    connection: &Connection,
    (table, columns): Table,
    mut read: impl FnMut(i64, &Row<'_>) -> rusqlite::Result<T>,
) -> Outcome<Vec<(i64, Result<T>)>> {
    let sql = format!("SELECT {} FROM {table} ORDER BY id", columns.join(", "));
    let mut statement = connection.prepare(&sql)?;
    let mut rows = statement.query([])?;
    let mut all = Vec::new();
    while let Some(row) = rows.next()? {
        let id = row.get(0)?;
        let read = match read(id, row) {
            Ok(read) => Ok(read),
            Err(error) => Err(strange(table, id, &misfit(error, row)?)),
        };
        all.push((id, read));
    }
    Ok(all)
}

/// Brings what was read into its kept form, or says why that cannot be.
fn kept<T>(
    rows: Vec<(i64, Result<T>)>,
    (table, _): Table,
    keep: impl Fn(T) -> Result<T>,
) -> Vec<Result<T>> {
    let kept =
        |(id, row): (_, Result<T>)| keep(row?).map_err(|why| strange(table, id, &why.to_string()));
    rows.into_iter().map(kept).collect()
}

fn check(permissions: &[String]) -> Result<()> {
    permissions.iter().try_for_each(|permission| user::permission(permission).map(drop))
}

/// What of a row is not as it should be; any other failure is not the row's.
fn misfit(error: rusqlite::Error, row: &Row<'_>) -> Result<String, Trouble> {
    let name = |column| row.as_ref().column_name(column).unwrap_or("a column");
    match error {
        rusqlite::Error::InvalidColumnType(_, name, kind) => {
            Ok(format!("{name} is of the type {}", kind.to_string().to_lowercase()))
        }
        rusqlite::Error::FromSqlConversionFailure(column, _, why) => {
            Ok(format!("{}: {why}", name(column)))
        }
        rusqlite::Error::Utf8Error(column, why) => Ok(format!("{}: {why}", name(column))),
        other => Err(other.into()),
    }
}

fn strange(table: &str, id: i64, why: &str) -> Error {
    Error::new(Code::Failed, format!("the row {id} of {table} cannot be taken over: {why}"))
}
