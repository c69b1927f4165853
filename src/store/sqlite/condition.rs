//! What lies where a store is to be, looked at and left as it is.

use std::fs;
use std::io::ErrorKind;
use std::path::Path;
use std::time::Duration;

use rustix::fs::{Access, access};

use super::trouble::Place;
use super::{open, reading};
use crate::error::Result;

/// What opening a store for use would find there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Condition {
    /// No store yet; one can be made.
    Absent,
    /// One that would be brought to today's schema.
    Older {
        /// The version of its schema.
        schema: usize,
        /// That of today's.
        today: usize,
    },
    /// One of today's schema.
    Ready,
}

/// What is at `path`; `busy` is the longest wait for another process that holds it. What could not
/// be opened for use is refused in the same words.
pub fn of(path: &Path, busy: Duration) -> Result<Condition> {
    let place = Place { path: path.to_owned(), busy };
    let is_missing = |error: std::io::Error| error.kind() == ErrorKind::NotFound;
    let file = place.file();
    // The log lies beside the store, which is written there first.
    let folder = file.parent().unwrap_or(Path::new("."));
    let folder = access(folder, Access::WRITE_OK | Access::EXEC_OK);
    if fs::metadata(&file).is_err_and(is_missing) {
        folder.map_err(|error| place.unmade(&error.into()))?;
        return Ok(Condition::Absent);
    }
    folder
        .and_then(|()| access(file, Access::READ_OK | Access::WRITE_OK))
        .map_err(|error| place.unwritable(&error.into()))?;
    let today = open::VERSIONS.len();
    let version = reading::with(&place, &|connection| {
        open::version(&connection.transaction()?, &place, today)
    });
    Ok(match version.map_err(|trouble| place.tell(trouble))? {
        None => Condition::Absent,
        Some(schema) if schema < today => Condition::Older { schema, today },
        Some(_) => Condition::Ready,
    })
}
