//! Sessions: rows that are begun, replaced and ended, never changed unseen.

use rusqlite::{Connection, OptionalExtension, ToSql, ffi, params};

use super::revocations::{limited, matching};
use super::row::{self, SESSION, taken};
use super::trouble::Outcome;
use super::{ledger, users};
use crate::revocation::{Revocation, Target};
use crate::session::Session;
use crate::store::{Each, Filter};
use crate::user::Subject;

/// The reason of an end that nobody gave one for.
const REVOKED: &str = "revoked";

pub(super) fn get(connection: &Connection, sid: &str) -> Outcome<Option<Session>> {
    let sql = format!("SELECT {SESSION} FROM sessions WHERE sid = ?1");
    Ok(connection.prepare_cached(&sql)?.query_row([sid], row::session).optional()?)
}

pub(super) fn begin(connection: &Connection, session: &Session) -> Outcome<bool> {
    let sql = format!(
        "INSERT INTO sessions ({SESSION}) \
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)"
    );
    let ended = row::ended(session);
    let mut insert = connection.prepare_cached(&sql)?;
    insert.execute(row::session_values(session, &ended)).map_err(|error| {
        if let Some(id) = session.subject.id
            && error.sqlite_extended_error_code() == Some(ffi::SQLITE_CONSTRAINT_FOREIGNKEY)
        {
            return users::unknown(id).into();
        }
        taken(error, || format!("the session \"{}\" is there already", session.sid.escape_debug()))
    })?;
    ledger::note_latest(connection, ledger::LATEST_EXPIRY, session.current.expires)?;
    Ok(true)
}

/// Whether the row was still `was`, in every column, and now is `becomes`.
pub(super) fn replace(connection: &Connection, was: &Session, becomes: &Session) -> Outcome<bool> {
    let sql = format!(
        "UPDATE sessions SET ({SESSION}) = \
         (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13) \
         WHERE sid = ?14 AND ({SESSION}) IS \
         (?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, ?22, ?23, ?24, ?25, ?26)"
    );
    let ended = (row::ended(becomes), row::ended(was));
    let values = [row::session_values(becomes, &ended.0), row::session_values(was, &ended.1)];
    let replaced = connection.prepare_cached(&sql)?.execute(values.as_flattened())? == 1;
    if replaced {
        ledger::note_latest(connection, ledger::LATEST_EXPIRY, becomes.current.expires)?;
    }
    Ok(replaced)
}

pub(super) fn list(
    connection: &Connection,
    filter: &Filter,
    take: Each<'_, Session>,
) -> Outcome<()> {
    let sql = format!(
        "SELECT {SESSION} FROM sessions WHERE {} ORDER BY created DESC, sid{}",
        matching("created"),
        limited(filter)
    );
    let mut select = connection.prepare(&sql)?;
    let rows = select.query(params![filter.username, filter.since, filter.until])?;
    row::each(rows, row::session, take)
}

/// Those of a user, or of a name that is nobody's, which have not ended; they have an index.
pub(super) fn own(
    connection: &Connection,
    whose: &Subject,
    take: Each<'_, Session>,
) -> Outcome<()> {
    let sql = format!(
        "SELECT {SESSION} FROM sessions WHERE ended IS NULL AND user_id IS ?1 \
         AND (?1 IS NOT NULL OR username = ?2) ORDER BY created DESC, sid"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let rows = select.query(params![whose.id, whose.username])?;
    row::each(rows, row::session, take)
}

/// The sessions that have an id with this prefix, at most two.
pub(super) fn find(connection: &Connection, prefix: &str) -> Outcome<Vec<Session>> {
    type Key = fn(&Session) -> &str;
    let keys: [(&str, Key); 3] = [
        ("sid", |session| &session.sid),
        ("jti", |session| &session.current.jti),
        ("previous", |session| session.previous.as_deref().unwrap_or_default()),
    ];
    let mut found: Vec<Session> = Vec::new();
    for (column, key) in keys {
        let sql = format!(
            "SELECT {SESSION} FROM sessions WHERE {column} >= ?1 ORDER BY {column} LIMIT 2"
        );
        found.extend(row::find(connection, &sql, prefix, row::session, key)?);
    }
    row::prefer(&mut found, |session| {
        [Some(&session.sid), Some(&session.current.jti), session.previous.as_ref()]
            .into_iter()
            .flatten()
            .any(|id| id == prefix)
    });
    found.sort_by(|one, other| one.sid.cmp(&other.sid));
    found.dedup_by(|one, other| one.sid == other.sid);
    found.truncate(2);
    Ok(found)
}

/// Ends what a new refusal covers: the session itself; for a watermark, every session that began
/// or whose refresh token was issued up to it.
pub(super) fn end(connection: &Connection, revocation: &Revocation) -> Outcome<()> {
    let reason = revocation.reason.as_deref().unwrap_or(REVOKED);
    let (at, end) = (revocation.at, "UPDATE sessions SET ended = ?1, ended_reason = ?2");
    // Up to now means all there are, also what a clock that ran ahead has dated later.
    let covered = "ended IS NULL AND (min(created, issued) <= ?3 OR ?1 <= ?3)";
    let run = |sql: String, values: &[&dyn ToSql]| {
        connection.prepare_cached(&sql)?.execute(values)?;
        Ok(())
    };
    match &revocation.target {
        Target::Token(_) => Ok(()),
        Target::Session(sid) => {
            run(format!("{end} WHERE ended IS NULL AND sid = ?3"), &[&at, &reason, sid])
        }
        Target::User(id, moment) => {
            run(format!("{end} WHERE {covered} AND user_id = ?4"), &[&at, &reason, moment, id])
        }
        Target::Name(name, moment) => run(
            format!("{end} WHERE {covered} AND user_id IS NULL AND username = ?4"),
            &[&at, &reason, moment, name],
        ),
        Target::Everybody(moment) => run(format!("{end} WHERE {covered}"), &[&at, &reason, moment]),
    }
}

/// Live sessions go by their user's new name.
pub(super) fn rename(connection: &Connection, user: i64, name: &str) -> Outcome<()> {
    let sql = "UPDATE sessions SET username = ?2 WHERE ended IS NULL AND user_id = ?1";
    connection.prepare_cached(sql)?.execute(params![user, name])?;
    Ok(())
}
