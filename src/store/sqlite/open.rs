//! Opening the file: made with its mode, known for ours, brought to today's schema.

use std::fs::OpenOptions;
use std::io::ErrorKind;
use std::os::unix::fs::OpenOptionsExt;
use std::sync::{Mutex, PoisonError};
use std::thread::sleep;
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags, Transaction, TransactionBehavior};

use super::Missing;
use super::trouble::{Outcome, Place, Trouble};
use crate::error::{Code, Error};

/// What makes the schema, version by version; each text brings its predecessor's to the next.
pub(super) const VERSIONS: &[&str] = &[
    include_str!("version_1.sql"),
    include_str!("version_2.sql"),
    include_str!("version_3.sql"),
    include_str!("version_4.sql"),
    include_str!("version_5.sql"),
];

/// SQLite's mark of whose file it is.
pub(super) const APPLICATION: i32 = i32::from_be_bytes(*b"jot\0");

/// The longest wait that can be told to SQLite, which counts milliseconds in 31 bits.
pub(super) const LONGEST_WAIT: Duration = Duration::from_millis(i32::MAX.unsigned_abs() as u64);

/// How many statements stay prepared: more than there are.
const STATEMENTS: usize = 64;

/// The file at `place`, ready for use with the schema of the last of `versions`.
pub(super) fn open(place: &Place, missing: Missing, versions: &[&str]) -> Outcome<Connection> {
    let mut connection = reach(place, missing)?;
    connection.busy_timeout(place.busy.min(LONGEST_WAIT))?;
    ready(&mut connection, place, missing, versions)?;
    Ok(connection)
}

/// Brings `connection` to the schema of the last of `versions`, and sets what every connection
/// sets for itself.
pub(super) fn ready(
    connection: &mut Connection,
    place: &Place,
    missing: Missing,
    versions: &[&str],
) -> Outcome<()> {
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_FKEY, true)?;
    let found = version(&connection.transaction()?, place, versions.len())?;
    if found != Some(versions.len()) {
        migrate(connection, place, missing, versions)?;
    }
    set_wal(connection, place.busy)?;
    // WAL with less than FULL can lose the last commits at power loss.
    connection.execute_batch("PRAGMA synchronous = FULL")?;
    Ok(())
}

fn reach(place: &Place, missing: Missing) -> Outcome<Connection> {
    // Closing any descriptor of a file drops all locks this process has on it (POSIX), so no
    // thread may hold one between `create_new` and the end of its file.
    static REACHING: Mutex<()> = Mutex::new(());
    let _alone = REACHING.lock().unwrap_or_else(PoisonError::into_inner);
    if missing == Missing::Create {
        // The -wal and -shm files take the mode of this one.
        match OpenOptions::new().write(true).create_new(true).mode(0o600).open(place.file()) {
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                return Err(place.unmade(&error).into());
            }
            _ => {}
        }
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(place.file(), flags).map_err(|error| {
        match place.path.try_exists() {
            Ok(false) => place.absent().into(),
            _ => Trouble::Engine(error),
        }
    })
}

/// The version of the schema; none in a file that is still empty. It takes several looks, and so a
/// transaction.
pub(super) fn version(
    transaction: &Transaction<'_>,
    place: &Place,
    newest: usize,
) -> Outcome<Option<usize>> {
    let pragma = |name| transaction.pragma_query_value(None, name, |row| row.get::<_, i32>(0));
    let found = (pragma("application_id")?, pragma("user_version")?);
    match (found.0, usize::try_from(found.1)) {
        (APPLICATION, Ok(version)) if version > newest => Err(newer(place, version, newest).into()),
        (APPLICATION, Ok(version)) if version > 0 => Ok(Some(version)),
        (0, Ok(0)) if is_empty(transaction)? => Ok(None),
        _ => Err(place.foreign().into()),
    }
}

fn newer(place: &Place, version: usize, newest: usize) -> Error {
    let path = place.path.display();
    let message =
        format!("the store {path} has schema {version}, and this jot knows schemas up to {newest}");
    Error::new(Code::StoreNewer, message).hint("update jot")
}

pub(super) fn is_empty(connection: &Connection) -> rusqlite::Result<bool> {
    connection.query_row("SELECT NOT EXISTS (SELECT 1 FROM sqlite_schema)", [], |row| row.get(0))
}

/// One transaction, so that nobody ever sees half a schema. An empty file is no store yet: that is
/// what whoever makes one leaves if it dies before its commit.
fn migrate(
    connection: &mut Connection,
    place: &Place,
    missing: Missing,
    versions: &[&str],
) -> Outcome<()> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let done = match version(&transaction, place, versions.len())? {
        None if missing == Missing::Refuse => return Err(place.absent().into()),
        None => 0,
        Some(version) => version,
    };
    versions.iter().skip(done).try_for_each(|sql| transaction.execute_batch(sql))?;
    transaction.pragma_update(None, "application_id", APPLICATION)?;
    transaction.pragma_update(None, "user_version", i64::try_from(versions.len()).unwrap_or(0))?;
    transaction.commit()?;
    Ok(())
}

/// The change to WAL needs the file alone, and SQLite does not wait for that by itself.
fn set_wal(connection: &Connection, busy: Duration) -> rusqlite::Result<()> {
    const PAUSE: Duration = Duration::from_millis(5);
    let mut left = busy;
    loop {
        match connection.pragma_update(None, "journal_mode", "wal") {
            Err(error) if is_busy(&error) && !left.is_zero() => {
                sleep(PAUSE);
                left = left.saturating_sub(PAUSE);
            }
            other => return other,
        }
    }
}

fn is_busy(error: &rusqlite::Error) -> bool {
    error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy)
}
