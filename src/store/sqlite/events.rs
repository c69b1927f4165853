//! The audit log.

use rusqlite::{Connection, params};

use super::row::{self, EVENT};
use super::trouble::Outcome;
use crate::event::{Event, Kind};
use crate::store::{Each, EventFilter};

/// Enters an event, and answers its position.
pub(super) fn note(connection: &Connection, event: &Event) -> Outcome<i64> {
    let sql = format!("INSERT INTO events ({EVENT}) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)");
    let subject = event.subject.as_ref();
    connection.prepare_cached(&sql)?.execute(params![
        event.at,
        event.kind.name(),
        subject.and_then(|subject| subject.id),
        subject.map(|subject| &subject.username),
        event.sid,
        event.jti,
        event.source.door,
        event.source.address,
        event.detail,
    ])?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn list(
    connection: &Connection,
    filter: &EventFilter,
    take: Each<'_, (i64, Event)>,
) -> Outcome<()> {
    let sql = format!(
        "SELECT {EVENT}, position FROM events WHERE position > ?1 \
         AND (?2 IS NULL OR username = ?2) AND (?3 IS NULL OR kind = ?3) \
         AND (?4 IS NULL OR at >= ?4) ORDER BY position"
    );
    let mut select = connection.prepare_cached(&sql)?;
    let kind = filter.kind.map(Kind::name);
    let after = filter.after.unwrap_or(0);
    let rows = select.query(params![after, filter.username, kind, filter.since])?;
    row::each(rows, row::event, take)
}

pub(super) fn last(connection: &Connection) -> Outcome<i64> {
    let sql = "SELECT coalesce(max(position), 0) FROM events";
    Ok(connection.prepare_cached(sql)?.query_row([], |row| row.get(0))?)
}
