//! Reading a file that is not the store, and leaving nothing beside it.

use std::ffi::{OsStr, OsString};
use std::fmt::Write;
use std::fs::File;
use std::io::Read;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Connection, OpenFlags};

use super::open::LONGEST_WAIT;
use super::trouble::{Outcome, Place};

/// Neither to write nor to lock within this process.
pub(super) const READING: OpenFlags =
    OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_NO_MUTEX);

/// Does `work` over the file.
///
/// In WAL mode SQLite makes a `-wal` and a `-shm` file even to read, and a connection that only
/// reads leaves them behind. Where nobody has the file open it is therefore read as one that cannot
/// change, and once more if it did.
pub(super) fn with<T>(place: &Place, work: &dyn Fn(&mut Connection) -> Outcome<T>) -> Outcome<T> {
    if let Some(before) = dormant(place) {
        let flags = READING | OpenFlags::SQLITE_OPEN_URI;
        let read = work(&mut Connection::open_with_flags(immutable(place), flags)?);
        if dormant(place) == Some(before) {
            return read;
        }
    }
    let mut connection = Connection::open_with_flags(place.file(), READING)?;
    connection.busy_timeout(place.busy.min(LONGEST_WAIT))?;
    work(&mut connection)
}

/// When the file last changed, if it is in WAL mode and nobody has it open. This looks into the
/// file by itself, which would drop the locks that this process has on it (POSIX): without a `-wal`
/// it has none.
pub(super) fn dormant(place: &Place) -> Option<SystemTime> {
    const VERSIONS: std::ops::Range<usize> = 18..20;
    let mut log = OsString::from(place.file());
    log.push("-wal");
    if Path::new(&log).try_exists().ok()? {
        return None;
    }
    let mut file = File::open(place.file()).ok()?;
    let mut header = [0; VERSIONS.end];
    file.read_exact(&mut header).ok()?;
    // https://www.sqlite.org/fileformat2.html#file_format_version_numbers
    if header[VERSIONS] == [2, 2] { file.metadata().ok()?.modified().ok() } else { None }
}

/// The file's address, with a promise that it does not change.
fn immutable(place: &Place) -> PathBuf {
    let mut address = String::from("file:");
    for byte in OsStr::as_bytes(place.file().as_os_str()) {
        _ = write!(address, "%{byte:02X}");
    }
    address.push_str("?immutable=1");
    address.into()
}
