//! Whether anything changed, told by a connection that does nothing else: SQLite counts for each
//! connection what all others commit.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use rusqlite::Connection;

use super::open::{self, VERSIONS};
use super::trouble::Place;
use super::{Missing, Sqlite};

/// A connection that only looks, made when it is first asked.
#[derive(Debug, Default)]
pub(super) struct Watch(Mutex<Option<Connection>>);

impl Watch {
    /// The count, if it can be told without waiting for anybody.
    fn state(&self, place: &Place) -> Option<i64> {
        let mut held = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if held.is_none() {
            let at_once = Place { path: place.path.clone(), busy: Duration::ZERO };
            *held = Some(open::open(&at_once, Missing::Refuse, VERSIONS).ok()?);
        }
        let mut count = held.as_ref()?.prepare_cached("PRAGMA data_version").ok()?;
        count.query_row([], |row| row.get(0)).ok()
    }
}

impl Sqlite {
    /// The count of changes. Nobody else can change what is in memory.
    pub(super) fn count(&self) -> Option<i64> {
        match self.file {
            None => i64::try_from(self.lock().total_changes()).ok(),
            Some(_) => self.check_place().ok().and_then(|()| self.watch.state(&self.place)),
        }
    }
}
