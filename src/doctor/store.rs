//! The store: whether it can be used, who can get at it, and whether it is kept in order.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

use super::{ALL, WRITE, told, too_open};
use crate::error::{Code, Error};
use crate::finding::{Finding, setup as rules};
use crate::store::sqlite::condition::Condition;
use crate::store::sqlite::inspect::Facts;
use crate::time;

/// How large the write-ahead log may grow: SQLite takes it over at 4 MB.
const LOG: u64 = 64 << 20;

/// How far a clock may be behind.
const BEHIND: i64 = 2;

/// What the file at `path` is like, whatever is in it.
pub fn file(path: &Path, condition: Result<Condition, &Error>) -> Vec<Finding> {
    let mut findings = Vec::new();
    match condition {
        Ok(Condition::Absent) => {
            findings.push(rules::STORE_ABSENT.seen(format!("there is none at {}", path.display())));
        }
        Ok(Condition::Older { schema, today }) => {
            let versions = format!("it has schema {schema}, today's is {today}");
            let seen = format!("{versions}; what is in it was not looked at");
            findings.push(rules::STORE_OLDER.seen(seen));
        }
        Ok(Condition::Ready) => {}
        Err(error) => findings.push(unused(error)),
    }
    findings.extend(too_open(path, ALL, (&rules::STORE_OPEN, "600")));
    let folder = path.parent().unwrap_or(Path::new("."));
    // Where the sticky bit is set, nobody replaces another's file.
    let mode = fs::metadata(folder).map_or(0, |facts| facts.mode());
    if mode & 0o1000 == 0 {
        findings.extend(too_open(folder, WRITE, (&rules::STORE_FOLDER, "o-w")));
    }
    findings.extend(network(folder).map(|name| on_network(path, name)));
    let log = PathBuf::from(format!("{}-wal", path.display()));
    let size = fs::metadata(&log).map_or(0, |facts| facts.len());
    if size > LOG {
        let seen = format!("{} has {} MiB", log.display(), size >> 20);
        findings.push(rules::STORE_LOG.seen(seen));
    }
    findings
}

fn unused(error: &Error) -> Finding {
    let rule = match error.code() {
        Code::StoreNewer => &rules::STORE_NEWER,
        Code::StoreCorrupt => &rules::STORE_DAMAGED,
        _ => &rules::STORE_UNUSABLE,
    };
    told(rule, error, None)
}

/// What is in it.
pub fn contents(facts: Result<&Facts, &Error>, now: i64) -> Vec<Finding> {
    let facts = match facts {
        Ok(facts) => facts,
        Err(error) => return vec![unused(error)],
    };
    let mut findings = Vec::new();
    if let Some(damage) = &facts.damage {
        findings.push(rules::STORE_DAMAGED.seen(damage.clone()));
    }
    if facts.is_due {
        let last = facts.last_purge.map_or("never".to_owned(), time::text);
        findings.push(rules::STORE_PURGE.seen(format!("last purged: {last}")));
    }
    if let Some(moment) = facts.watermark.filter(|moment| *moment > now + BEHIND) {
        let (moment, now) = (time::text(moment), time::text(now));
        let seen = format!("tokens up to {moment} are refused, and it is {now}");
        findings.push(rules::CLOCK.seen(seen));
    }
    findings
}

fn on_network(path: &Path, name: &str) -> Finding {
    rules::STORE_NETWORK.seen(format!("{} is on {name}", path.display()))
}

/// The name of the network file system that a folder is on, where that can be told.
#[cfg(target_os = "linux")]
fn network(folder: &Path) -> Option<&'static str> {
    let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    name_of(u64::try_from(rustix::fs::statfs(folder).ok()?.f_type).ok()?)
}

/// The name of the network file system that a folder is on, where that can be told.
#[cfg(not(target_os = "linux"))]
fn network(_: &Path) -> Option<&'static str> {
    None
}

/// By the numbers that statfs(2) lists.
#[cfg(target_os = "linux")]
fn name_of(magic: u64) -> Option<&'static str> {
    Some(match magic & 0xffff_ffff {
        0x6969 => "NFS",
        0x517b | 0xff53_4d42 | 0xfe53_4d42 => "SMB",
        0x5346_414f | 0x6b41_4653 => "AFS",
        0x7375_7245 => "Coda",
        0x00c3_6400 => "Ceph",
        0x0102_1997 => "9P",
        0x0161_1978 | 0x0bd0_0bd0 => "a cluster's file system",
        _ => return None,
    })
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use super::*;

    #[test]
    fn network_file_systems_are_known_by_their_number() {
        assert_eq!(name_of(0x6969), Some("NFS"));
        // As it is read on machines whose field is signed and has 32 bits.
        assert_eq!(name_of(0xffff_ffff_ff53_4d42), Some("SMB"));
        // ext4, btrfs, tmpfs, overlay.
        for own in [0xef53, 0x9123_683e, 0x0102_1994, 0x794c_7630] {
            assert_eq!(name_of(own), None, "{own:x}");
        }
        assert_eq!(network(Path::new("/proc")), None);
        let finding = on_network(Path::new("jot.db"), "NFS");
        assert_eq!((finding.rule.id, finding.seen.as_str()), ("store.network", "jot.db is on NFS"));
    }
}
