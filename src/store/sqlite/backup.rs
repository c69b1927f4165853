//! Copying a store: beside the place it is for, checked, on the disk, and only then under its name.

use std::ffi::OsString;
use std::fs::{self, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::os::unix::ffi::OsStrExt;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ErrorCode};

use super::open::APPLICATION;
use super::reading::READING;
use super::trouble::{Outcome, Place};
use super::{BUSY, Sqlite};
use crate::error::{Code, Error, Result};
use crate::store::Copied;

/// What SQLite may leave beside a file.
const BESIDE: [&str; 3] = ["-journal", "-wal", "-shm"];

impl Sqlite {
    /// What [`backup`](crate::store::Store::backup) does.
    pub(super) fn back_up(&self, file: &Path) -> Result<Copied> {
        let unwritten = |error: io::Error| told(file, &error);
        if file.symlink_metadata().is_ok() {
            return Err(unwritten(ErrorKind::AlreadyExists.into()));
        }
        let copy = Temporary::beside(file).map_err(unwritten)?;
        copy.fill(&*self.reader()?, file).map_err(|trouble| self.place.tell(trouble))?;
        let place = Place { path: copy.0.clone(), busy: BUSY };
        let copied = copy.held().map_err(|trouble| place.tell(trouble))?;
        copy.claim(file).map_err(unwritten)?;
        Ok(copied)
    }
}

/// A new file that only its owner may read, and that is gone when this is.
#[derive(Debug)]
pub(super) struct Temporary(pub(super) PathBuf);

impl Drop for Temporary {
    fn drop(&mut self) {
        _ = fs::remove_file(&self.0);
        for end in BESIDE {
            _ = fs::remove_file(with_end(&self.0, end));
        }
    }
}

impl Temporary {
    /// An empty one in the folder of `path`.
    pub(super) fn beside(path: &Path) -> io::Result<Self> {
        let name = path.file_name().ok_or(ErrorKind::InvalidFilename)?.to_string_lossy();
        for attempt in 0..1000 {
            let sibling = format!(".{name}.{}-{attempt}", std::process::id());
            let own = Self(Path::new(".").join(path.with_file_name(sibling)));
            match OpenOptions::new().write(true).create_new(true).mode(0o600).open(&own.0) {
                Ok(_) => return Ok(own),
                // It is somebody else's.
                Err(error) if error.kind() == ErrorKind::AlreadyExists => std::mem::forget(own),
                Err(error) => return Err(error),
            }
        }
        Err(ErrorKind::AlreadyExists.into())
    }

    /// Copies the store of `connection` into it, as of one moment. `file` is what the copy is for.
    pub(super) fn fill(&self, connection: &Connection, file: &Path) -> Outcome<()> {
        let into = ToSqlOutput::Borrowed(path_value(&self.0));
        match connection.execute("VACUUM INTO ?1", [into]) {
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DiskFull) => {
                Err(told(file, &ErrorKind::StorageFull.into()).into())
            }
            done => Ok(done.map(drop)?),
        }
    }

    /// What it holds, if that is a sound store.
    pub(super) fn held(&self) -> Outcome<Copied> {
        let connection = Connection::open_with_flags(&self.0, READING)?;
        let place = Place { path: self.0.clone(), busy: BUSY };
        check(&connection, &place)?;
        let bytes = fs::metadata(&self.0).map_or(0, |found| found.len());
        Ok(Copied { bytes, ..count(&connection)? })
    }

    /// Gives it the name `path`, where nothing has that name, when all of it is on the disk.
    pub(super) fn claim(&self, path: &Path) -> io::Result<()> {
        File::open(&self.0)?.sync_all()?;
        match fs::hard_link(&self.0, path) {
            // Where the file system knows no links, an empty file takes the place first.
            Err(error) if error.kind() != ErrorKind::AlreadyExists => {
                OpenOptions::new().write(true).create_new(true).open(path)?;
                fs::rename(&self.0, path).inspect_err(|_| _ = fs::remove_file(path))?;
            }
            done => done?,
        }
        // A folder that may be written to and not looked into cannot be synchronised.
        File::open(folder_of(path)).map_or(Ok(()), |folder| folder.sync_all())
    }
}

/// Refuses what is not a sound store.
pub(super) fn check(connection: &Connection, place: &Place) -> Outcome<()> {
    let application: i32 =
        connection.pragma_query_value(None, "application_id", |row| row.get(0))?;
    if application != APPLICATION {
        return Err(place.foreign().into());
    }
    let first = connection.query_row("PRAGMA integrity_check(1)", [], |row| row.get(0));
    match first {
        Ok(found) if found == "ok" => Ok(()),
        Ok(found) => {
            let found: String = found;
            Err(place.damaged(found.lines().last().unwrap_or_default()).into())
        }
        Err(error) => Err(error.into()),
    }
}

fn count(connection: &Connection) -> Outcome<Copied> {
    let of = |rows: &str| -> Outcome<u64> {
        let sql = format!("SELECT count(*) FROM {rows}");
        let counted: i64 = connection.query_row(&sql, [], |row| row.get(0))?;
        Ok(u64::try_from(counted).unwrap_or(0))
    };
    Ok(Copied {
        bytes: 0,
        users: of("users WHERE removed IS NULL")?,
        sessions: of("sessions")?,
        revocations: of("revocations")?,
        tokens: of("minted")?,
        events: of("events")?,
    })
}

/// A path as SQLite takes one in a statement: as text, whatever its bytes are.
pub(super) fn path_value(path: &Path) -> ValueRef<'_> {
    ValueRef::Text(path.as_os_str().as_bytes())
}

/// What SQLite calls the file beside `path` that ends so.
pub(super) fn with_end(path: &Path, end: &str) -> PathBuf {
    let mut name = OsString::from(path);
    name.push(end);
    name.into()
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}

/// The words for a file that cannot be written.
pub(super) fn told(path: &Path, error: &io::Error) -> Error {
    let shown = path.to_string_lossy();
    let file = shown.escape_debug();
    match error.kind() {
        ErrorKind::AlreadyExists => {
            Error::new(Code::Exists, format!("\"{file}\" exists already and was not touched"))
                .hint("move it away first, or give another name")
        }
        ErrorKind::StorageFull | ErrorKind::QuotaExceeded => {
            Error::new(Code::DiskFull, format!("cannot write \"{file}\": the disk is full"))
        }
        ErrorKind::InvalidFilename => {
            Error::new(Code::Failed, format!("\"{file}\" is not the name of a file"))
        }
        _ => Error::new(Code::Failed, format!("cannot write \"{file}\": {error}")),
    }
}
