//! Rows and what they mean: the columns of each table in one order, read in one place.

use rusqlite::types::{Type, Value};
use rusqlite::{Connection, Row, Rows, ToSql, ffi};

use super::trouble::{Outcome, Trouble};
use crate::client::Client;
use crate::error::{Code, Error};
use crate::event::{Event, Kind, Source};
use crate::json::{Json, MAX_DEPTH};
use crate::revocation::{Revocation, Target};
use crate::session::{Ended, Refresh, Session};
use crate::store::{Each, Minted};
use crate::throttle::{Class, Counter};
use crate::user::{Group, Subject, User};

/// The columns that [`user`] reads and [`user_values`] writes.
pub(super) const USER: &str = "id, username, password, active, superuser, permissions, groups, \
    attributes, last_login, created";

/// The columns that [`client`] reads and [`client_values`] writes.
pub(super) const CLIENT: &str = "id, secret, permissions, created";

/// The columns that [`session`] reads and [`session_values`] writes.
pub(super) const SESSION: &str = "sid, user_id, username, created, generation, \
    jti, issued, expires, previous, rotated, recovered, ended, ended_reason";

/// The columns that [`revocation`] reads.
pub(super) const REVOCATION: &str = "kind, id, watermark, username, until, at, reason, by";

/// The columns that [`minted`] reads.
pub(super) const MINTED: &str = "jti, sid, user_id, username, kind, profile, issued, expires, kid";

/// The columns that [`event`] reads, the position behind them.
pub(super) const EVENT: &str = "at, kind, user_id, username, sid, jti, door, address, detail";

// The kinds of targets, as `revocations` has them.
pub(super) const TOKEN: i64 = 0;
pub(super) const SESSION_ID: i64 = 1;
pub(super) const USER_ID: i64 = 2;
pub(super) const NAME: i64 = 3;
const EVERYBODY: i64 = 4;

/// A row of `users`; what the groups are is to be asked for.
pub(super) fn user(row: &Row<'_>) -> rusqlite::Result<User> {
    let group = |name| Group { name, permissions: Vec::new() };
    Ok(User {
        id: row.get(0)?,
        username: row.get(1)?,
        password: row.get(2)?,
        active: row.get(3)?,
        superuser: row.get(4)?,
        permissions: texts(row, 5)?,
        groups: texts(row, 6)?.into_iter().map(group).collect(),
        attributes: json(row, 7)?,
        last_login: row.get(8)?,
        created: row.get(9)?,
    })
}

/// The values of a row of `users`.
pub(super) fn user_values(user: &User) -> [Value; 10] {
    let groups = Json::strings(user.groups.iter().map(|group| group.name.as_str()));
    [
        Value::Integer(user.id),
        Value::Text(user.username.clone()),
        user.password.clone().into(),
        user.active.into(),
        user.superuser.into(),
        Value::Text(Json::strings(&user.permissions).to_string()),
        Value::Text(groups.to_string()),
        Value::Text(user.attributes.to_string()),
        user.last_login.into(),
        Value::Integer(user.created),
    ]
}

/// A row of `clients`.
pub(super) fn client(row: &Row<'_>) -> rusqlite::Result<Client> {
    let (id, secret, created) = (row.get(0)?, row.get(1)?, row.get(3)?);
    Ok(Client { id, secret, permissions: texts(row, 2)?, created })
}

/// The values of a row of `clients`.
pub(super) fn client_values(client: &Client) -> [Value; 4] {
    [
        Value::Text(client.id.clone()),
        Value::Blob(client.secret.to_vec()),
        Value::Text(Json::strings(&client.permissions).to_string()),
        Value::Integer(client.created),
    ]
}

/// A row of `events`, and its position.
pub(super) fn event(row: &Row<'_>) -> rusqlite::Result<(i64, Event)> {
    let kind: String = row.get(1)?;
    let kind = Kind::from_name(&kind).ok_or_else(|| misread(1, "not a kind of event"))?;
    let subject = match row.get(3)? {
        Some(username) => Some(Subject { id: row.get(2)?, username }),
        None => None,
    };
    let source = Source { door: row.get(6)?, address: row.get(7)? };
    let (at, sid, jti, detail) = (row.get(0)?, row.get(4)?, row.get(5)?, row.get(8)?);
    Ok((row.get(9)?, Event { at, kind, subject, sid, jti, source, detail, claims: None }))
}

/// The class, the id and the end of a row of `counters`.
pub(super) fn counter(row: &Row<'_>) -> rusqlite::Result<Counter> {
    let class: u16 = row.get(0)?;
    let class =
        *Class::ALL.get(usize::from(class)).ok_or_else(|| misread(0, "not a class of counters"))?;
    let id: String = row.get(1)?;
    Ok(Counter::of(class, &id, row.get(2)?))
}

/// A row of `sessions`.
pub(super) fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    let ended = match row.get(11)? {
        None => None,
        Some(at) => Some(Ended { at, reason: row.get(12)? }),
    };
    Ok(Session {
        sid: row.get(0)?,
        subject: Subject { id: row.get(1)?, username: row.get(2)? },
        created: row.get(3)?,
        generation: row.get(4)?,
        current: Refresh { jti: row.get(5)?, issued: row.get(6)?, expires: row.get(7)? },
        previous: row.get(8)?,
        rotated: row.get(9)?,
        recovered: row.get(10)?,
        ended,
    })
}

/// The values of a row of `sessions`; `ended` holds the last two apart, as columns are.
pub(super) fn session_values<'a>(
    session: &'a Session,
    ended: &'a (Option<i64>, Option<&'a str>),
) -> [&'a dyn ToSql; 13] {
    [
        &session.sid,
        &session.subject.id,
        &session.subject.username,
        &session.created,
        &session.generation,
        &session.current.jti,
        &session.current.issued,
        &session.current.expires,
        &session.previous,
        &session.rotated,
        &session.recovered,
        &ended.0,
        &ended.1,
    ]
}

/// The two columns of a session's end.
pub(super) fn ended(session: &Session) -> (Option<i64>, Option<&str>) {
    let ended = session.ended.as_ref();
    (ended.map(|ended| ended.at), ended.map(|ended| ended.reason.as_str()))
}

/// A row of `revocations`.
pub(super) fn revocation(row: &Row<'_>) -> rusqlite::Result<Revocation> {
    let id: String = row.get(1)?;
    let target = match row.get(0)? {
        TOKEN => Target::Token(id),
        SESSION_ID => Target::Session(id),
        USER_ID => {
            Target::User(id.parse().map_err(|_| misread(1, "not a user's id"))?, row.get(2)?)
        }
        NAME => Target::Name(id, row.get(2)?),
        EVERYBODY => Target::Everybody(row.get(2)?),
        _ => return Err(misread(0, "not a kind")),
    };
    Ok(Revocation {
        target,
        username: row.get(3)?,
        until: row.get(4)?,
        at: row.get(5)?,
        reason: row.get(6)?,
        by: row.get(7)?,
    })
}

/// The number that stands for a target's kind; see [`revocation`].
pub(super) fn kind(target: &Target) -> i64 {
    match target {
        Target::Token(_) => TOKEN,
        Target::Session(_) => SESSION_ID,
        Target::User(..) => USER_ID,
        Target::Name(..) => NAME,
        Target::Everybody(_) => EVERYBODY,
    }
}

/// A row of `minted`.
pub(super) fn minted(row: &Row<'_>) -> rusqlite::Result<Minted> {
    Ok(Minted {
        jti: row.get(0)?,
        sid: row.get(1)?,
        subject: Subject { id: row.get(2)?, username: row.get(3)? },
        kind: row.get(4)?,
        profile: row.get(5)?,
        issued: row.get(6)?,
        expires: row.get(7)?,
        kid: row.get(8)?,
    })
}

/// Hands over the rows of a query, one at a time.
pub(super) fn each<T>(
    mut rows: Rows<'_>,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
    take: Each<'_, T>,
) -> Outcome<()> {
    while let Some(row) = rows.next()? {
        if take(read(row)?)?.is_break() {
            break;
        }
    }
    Ok(())
}

/// The first two rows of `sql`, which finds the keys from `prefix` on in their order, as far as
/// their key starts with it. Nothing in a prefix has a meaning, unlike in a pattern.
pub(super) fn find<T>(
    connection: &Connection,
    sql: &str,
    prefix: &str,
    read: fn(&Row<'_>) -> rusqlite::Result<T>,
    key: fn(&T) -> &str,
) -> Outcome<Vec<T>> {
    let mut statement = connection.prepare_cached(sql)?;
    let rows = statement.query_map([prefix], read)?;
    let mut found = rows.collect::<rusqlite::Result<Vec<T>>>()?;
    found.retain(|row| key(row).starts_with(prefix));
    Ok(found)
}

/// Of rows that were found by the beginning of an id, those whose whole id it is come alone.
pub(super) fn prefer<T>(found: &mut Vec<T>, is_whole: impl Fn(&T) -> bool) {
    if found.iter().any(&is_whole) {
        found.retain(is_whole);
    }
}

/// The same failure, unless it is that a key is taken: that is told as `message`.
pub(super) fn taken(error: rusqlite::Error, message: impl FnOnce() -> String) -> Trouble {
    match error.sqlite_extended_error_code() {
        Some(ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY) => {
            Error::new(Code::Exists, message()).into()
        }
        _ => error.into(),
    }
}

/// A list of texts.
pub(super) fn texts(row: &Row<'_>, column: usize) -> rusqlite::Result<Vec<String>> {
    let list = json(row, column)?;
    let texts = list.as_strings().ok_or_else(|| misread(column, "not a list of texts"))?;
    Ok(texts.into_iter().map(str::to_owned).collect())
}

fn json(row: &Row<'_>, column: usize) -> rusqlite::Result<Json> {
    let text = row.get_ref(column)?.as_str()?;
    Json::read(text, MAX_DEPTH).map_err(|fault| misread(column, fault))
}

fn misread(
    column: usize,
    why: impl Into<Box<dyn std::error::Error + Send + Sync>>,
) -> rusqlite::Error {
    rusqlite::Error::FromSqlConversionFailure(column, Type::Text, why.into())
}
