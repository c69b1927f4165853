//! What can go wrong between jot and SQLite, and the words for it.

use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::ffi::{self, ErrorCode};

use crate::error::{Code, Error};

/// A failure inside the store: SQLite's own, or one that already has its words.
#[derive(Debug)]
pub(super) enum Trouble {
    /// SQLite's.
    Engine(rusqlite::Error),
    /// Ours, or that of whoever was given the rows.
    Told(Error),
    /// No failure: a row is not any more what it was, and all that was done is to be undone.
    Lost,
}

/// What the functions below the store answer.
pub(super) type Outcome<T> = Result<T, Trouble>;

impl From<rusqlite::Error> for Trouble {
    fn from(error: rusqlite::Error) -> Self {
        Self::Engine(error)
    }
}

impl From<Error> for Trouble {
    fn from(error: Error) -> Self {
        Self::Told(error)
    }
}

/// Where the store lies, and how long a held one is waited for.
#[derive(Debug)]
pub(super) struct Place {
    /// The file.
    pub(super) path: PathBuf,
    /// The longest wait for another process.
    pub(super) busy: Duration,
}

impl Place {
    /// The path as SQLite may be given it: one that begins with `file:` or is `:memory:` would not
    /// be taken for a file's.
    pub(super) fn file(&self) -> PathBuf {
        Path::new(".").join(&self.path)
    }

    /// There is no store here.
    pub(super) fn absent(&self) -> Error {
        Error::new(Code::StoreAway, format!("there is no store at {}", self.path.display()))
            .hint("`jot issue --user NAME` makes one; `jot validate --key FILE TOKEN` is for a token of somebody else")
    }

    /// What is here is something else.
    pub(super) fn foreign(&self) -> Error {
        Error::new(Code::StoreCorrupt, format!("{} is not a jot store", self.path.display()))
    }

    /// Which file is here, by device and inode.
    pub(super) fn identity(&self) -> Option<(u64, u64)> {
        std::fs::metadata(self.file()).ok().map(|found| (found.dev(), found.ino()))
    }

    /// What is here is not what was opened.
    pub(super) fn replaced(&self) -> Error {
        let path = self.path.display();
        let message =
            format!("the store {path} was moved, removed or replaced while it was in use");
        Error::new(Code::StoreAway, message).hint("put it back, or restart what uses it")
    }

    /// The operating system's refusal to make the file.
    pub(super) fn unmade(&self, error: &std::io::Error) -> Error {
        if error.kind() == std::io::ErrorKind::StorageFull {
            return self.full();
        }
        let message = format!("the store {} cannot be made: {error}", self.path.display());
        Error::new(Code::StoreAway, message)
    }

    /// The operating system's refusal to have the file written.
    pub(super) fn unwritable(&self, error: &std::io::Error) -> Error {
        let message = format!("the store {} cannot be written: {error}", self.path.display());
        Error::new(Code::StoreAway, message)
    }

    /// The words for a failure here.
    pub(super) fn tell(&self, trouble: Trouble) -> Error {
        match trouble {
            Trouble::Told(error) => error,
            Trouble::Lost => self.tell_code(ErrorCode::OperationAborted, "somebody was faster"),
            // The index of the write-ahead log could not grow, and its write names no reason.
            Trouble::Engine(rusqlite::Error::SqliteFailure(error, _))
                if error.extended_code == ffi::SQLITE_IOERR_SHMSIZE =>
            {
                self.full()
            }
            Trouble::Engine(rusqlite::Error::SqliteFailure(error, message)) => {
                let why =
                    message.unwrap_or_else(|| ffi::code_to_str(error.extended_code).to_owned());
                self.tell_code(error.code, &why)
            }
            Trouble::Engine(
                error @ (rusqlite::Error::FromSqlConversionFailure(..)
                | rusqlite::Error::InvalidColumnType(..)
                | rusqlite::Error::IntegralValueOutOfRange(..)),
            ) => self.tell_code(ErrorCode::DatabaseCorrupt, &error.to_string()),
            Trouble::Engine(error) => self.tell_code(ErrorCode::Unknown, &error.to_string()),
        }
    }

    fn tell_code(&self, code: ErrorCode, why: &str) -> Error {
        let path = self.path.display();
        match code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => Error::new(
                Code::StoreLocked,
                format!("the store {path} is held by another process, waited {}", self.waited()),
            )
            .hint("try again, or end the process that holds it"),
            ErrorCode::NotADatabase => self.foreign(),
            ErrorCode::DatabaseCorrupt => self.damaged(why),
            ErrorCode::DiskFull => self.full(),
            ErrorCode::ReadOnly
            | ErrorCode::CannotOpen
            | ErrorCode::SystemIoFailure
            | ErrorCode::PermissionDenied
            | ErrorCode::FileLockingProtocolFailed => {
                Error::new(Code::StoreAway, format!("the store {path} cannot be used: {why}"))
            }
            _ => Error::new(Code::Failed, format!("the store {path} failed: {why}")),
        }
    }

    /// What is here cannot be right.
    pub(super) fn damaged(&self, why: &str) -> Error {
        let path = self.path.display();
        Error::new(Code::StoreCorrupt, format!("the store {path} is damaged: {why}"))
    }

    fn full(&self) -> Error {
        let message = format!("the disk with the store {} is full", self.path.display());
        Error::new(Code::DiskFull, message)
    }

    /// The longest wait, in words.
    pub(super) fn waited(&self) -> String {
        match self.busy.subsec_millis() {
            0 => format!("{} s", self.busy.as_secs()),
            _ => format!("{} ms", self.busy.as_millis()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_failure_of_the_engine_has_its_code() {
        let place = Place { path: "jot.db".into(), busy: Duration::from_secs(5) };
        for (engine, code, words) in [
            (ffi::SQLITE_BUSY, Code::StoreLocked, "another process, waited 5 s"),
            (ffi::SQLITE_BUSY_SNAPSHOT, Code::StoreLocked, "held by"),
            (ffi::SQLITE_LOCKED, Code::StoreLocked, "held by"),
            (ffi::SQLITE_NOTADB, Code::StoreCorrupt, "jot.db is not a jot store"),
            (ffi::SQLITE_CORRUPT, Code::StoreCorrupt, "damaged: database disk image is malformed"),
            (ffi::SQLITE_FULL, Code::DiskFull, "the disk with the store jot.db is full"),
            (ffi::SQLITE_READONLY, Code::StoreAway, "attempt to write a readonly database"),
            (ffi::SQLITE_READONLY_DBMOVED, Code::StoreAway, "readonly"),
            (ffi::SQLITE_CANTOPEN, Code::StoreAway, "unable to open database file"),
            (ffi::SQLITE_IOERR_SHMSIZE, Code::DiskFull, "the disk with the store jot.db is full"),
            (ffi::SQLITE_IOERR_FSYNC, Code::StoreAway, "disk I/O error"),
            (ffi::SQLITE_PERM, Code::StoreAway, "access permission denied"),
            (ffi::SQLITE_PROTOCOL, Code::StoreAway, "locking protocol"),
            (ffi::SQLITE_NOMEM, Code::Failed, "out of memory"),
        ] {
            let error = rusqlite::Error::SqliteFailure(ffi::Error::new(engine), None);
            let error = place.tell(error.into());
            assert_eq!(error.code(), code, "{engine}");
            assert!(error.to_string().contains(words), "{error}");
        }
        let told = place.tell(Error::new(Code::Exists, "mine").into());
        assert_eq!((told.code(), told.to_string()), (Code::Exists, "mine".to_owned()));
        let short = Place { busy: Duration::from_millis(1500), ..place };
        assert_eq!(short.waited(), "1500 ms");
    }

    #[test]
    fn a_path_is_always_a_file() {
        let place = |path: &str| Place { path: path.into(), busy: Duration::ZERO }.file();
        assert_eq!(place("file:x?mode=ro"), Path::new("./file:x?mode=ro"));
        assert_eq!(place(":memory:"), Path::new("./:memory:"));
        assert_eq!(place("/a/b"), Path::new("/a/b"));
    }
}
