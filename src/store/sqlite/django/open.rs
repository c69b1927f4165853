//! Opening somebody else's file, to read it and nothing else, and saying what it is instead.

use rusqlite::Connection;
use rusqlite::config::DbConfig;
use rusqlite::ffi::{self, ErrorCode};

use super::super::open::{APPLICATION, is_empty};
use super::super::reading;
use super::super::trouble::{Outcome, Place, Trouble};
use super::TABLES;
use crate::error::{Code, Error};

const EXPECTED: &str = "expected the database of a Django site";

/// Does `work` in one transaction over the file.
pub(super) fn with<T>(place: &Place, work: &dyn Fn(&Connection) -> Outcome<T>) -> Outcome<T> {
    reading::with(place, &|connection| transact(place, connection, work))
}

fn transact<T>(
    place: &Place,
    connection: &mut Connection,
    work: &dyn Fn(&Connection) -> Outcome<T>,
) -> Outcome<T> {
    // The schema is somebody else's: what it would call while it is read is not called.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    let transaction = connection.transaction()?;
    refuse_others(&transaction, place)?;
    work(&transaction)
}

fn refuse_others(connection: &Connection, place: &Place) -> Outcome<()> {
    let refuse = |why: String| Err(Error::new(Code::Failed, why).into());
    let path = place.path.display();
    if is_empty(connection)? {
        return refuse(format!("{path} is empty, {EXPECTED}"));
    }
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application == APPLICATION {
        return refuse(format!("{path} is a jot store, {EXPECTED}"));
    }
    let mut columns_of = connection.prepare(
        "SELECT info.name FROM sqlite_schema AS made JOIN pragma_table_info(made.name) AS info \
         WHERE made.type = 'table' AND made.name = ?1",
    )?;
    let mut missing = Vec::new();
    for (table, columns) in TABLES {
        let found = columns_of.query_map([table], |row| row.get(0))?;
        let found = found.collect::<rusqlite::Result<Vec<String>>>()?;
        let lacks = columns.iter().find(|column| !found.iter().any(|name| name == **column));
        match lacks {
            _ if found.is_empty() => missing.push((table, None)),
            Some(column) => missing.push((table, Some(column))),
            None => {}
        }
    }
    match missing.as_slice() {
        [] => Ok(()),
        all if all.len() == TABLES.len() => refuse(format!(
            "{path} is not the database of a Django site: it has none of its tables"
        )),
        [("auth_user", None), ..] => refuse(format!(
            "{path} has no table auth_user: users of a model of the site's own are not read"
        )),
        [(table, None), ..] => refuse(format!("{path} has no table {table}")),
        [(table, Some(column)), ..] => {
            refuse(format!("the table {table} in {path} has no column {column}"))
        }
    }
}

/// The words for a failure with this file.
pub(super) fn tell(place: &Place, trouble: Trouble) -> Error {
    let path = place.path.display();
    let (code, why) = match trouble {
        Trouble::Told(error) => return error,
        Trouble::Lost => (ErrorCode::OperationAborted, "it was changed meanwhile".to_owned()),
        Trouble::Engine(rusqlite::Error::SqliteFailure(error, message)) => {
            let why = message.unwrap_or_else(|| ffi::code_to_str(error.extended_code).to_owned());
            (error.code, why)
        }
        Trouble::Engine(error) => (ErrorCode::Unknown, error.to_string()),
    };
    match code {
        ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::new(
            Code::StoreLocked,
            format!("{path} is held by another process, waited {}", place.waited()),
        )
        .hint("try again, or end the process that holds it"),
        ErrorCode::NotADatabase => {
            Error::new(Code::Failed, format!("{path} is not an SQLite database"))
        }
        ErrorCode::ReadOnly => Error::new(
            Code::Failed,
            format!("{path} holds a change that broke off, which only who may write takes back"),
        )
        .hint("open it once with the site that wrote it, then try again"),
        _ => {
            let why = match place.path.metadata() {
                Err(error) => format!("{path} cannot be read: {error}"),
                Ok(found) if found.is_dir() => format!("{path} is a folder, {EXPECTED}"),
                Ok(_) => format!("{path} cannot be read: {why}"),
            };
            Error::new(Code::Failed, why)
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;
    use std::fmt::Write;
    use std::time::Duration;

    use super::super::super::reading::dormant;
    use super::*;

    #[test]
    fn what_changes_while_it_is_read_is_read_again() {
        let folder = tempfile::tempdir().unwrap();
        let place = Place { path: folder.path().join("site.sqlite3"), busy: Duration::ZERO };
        let mut sql = String::from("PRAGMA journal_mode = wal;");
        for (table, columns) in TABLES {
            _ = write!(sql, "CREATE TABLE {table} ({});", columns.join(", "));
        }
        Connection::open(&place.path).unwrap().execute_batch(&sql).unwrap();
        assert!(dormant(&place).is_some());
        let (writer, counts) = (RefCell::new(None), RefCell::new(Vec::new()));
        let count = |connection: &Connection| {
            if writer.borrow().is_none() {
                let other = Connection::open(&place.path)?;
                other.execute_batch("INSERT INTO auth_group VALUES (1, 'Editors')")?;
                writer.replace(Some(other));
            }
            let sql = "SELECT count(*) FROM auth_group";
            counts.borrow_mut().push(connection.query_row(sql, [], |row| row.get::<_, i64>(0))?);
            Ok(())
        };
        with(&place, &count).unwrap();
        assert_eq!(counts.take(), [0, 1]);
    }
}
