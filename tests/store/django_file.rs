//! The SQLite file of a Django site as a file: what is none, who else uses it, and that it stays as
//! it was.

use std::fs;
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use crate::acts::Acts as _;
use jot::error::Code;
use jot::store::sqlite::{BUSY, Missing, Sqlite, django};
use proptest::prelude::*;
use rusqlite::Connection;

use crate::django::{SHORT, SITE, Site, assert_told, names, with_links};
use crate::suite::new_user;

#[test]
fn what_is_no_database_is_told_what_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    assert_told(&path("none"), "PATH cannot be read: No such file or directory (os error 2)");
    assert!(!path("none").exists());
    fs::write(path("empty"), "").unwrap();
    assert_told(&path("empty"), "PATH is empty, expected the database of a Django site");
    fs::write(path("text"), "users: alice, bob\n".repeat(100)).unwrap();
    assert_told(&path("text"), "PATH is not an SQLite database");
    assert_told(folder.path(), "PATH is a folder, expected the database of a Django site");
    drop(Sqlite::open(&path("jot.db"), Missing::Create, BUSY).unwrap());
    assert_told(&path("jot.db"), "PATH is a jot store, expected the database of a Django site");
}

/// Closing any descriptor of a file drops all locks that the process has on it (POSIX).
#[test]
#[cfg(target_os = "linux")]
fn a_store_in_use_by_this_process_keeps_its_locks() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    let store = Sqlite::open(&path, Missing::Create, BUSY).unwrap();
    store.add_user(&new_user("alice")).unwrap();
    let file = format!(":{} ", std::os::unix::fs::MetadataExt::ino(&fs::metadata(&path).unwrap()));
    let locks = || {
        let all = fs::read_to_string("/proc/locks").unwrap();
        all.lines().filter(|line| line.contains(&file)).count()
    };
    assert_eq!(locks(), 1);
    assert_told(&path, "PATH is a jot store, expected the database of a Django site");
    assert_eq!(locks(), 1);
}

#[test]
fn a_held_site_is_waited_for() {
    let site = Site::new(SITE);
    let writer = site.connect();
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM auth_user").unwrap();
    assert_eq!(names(&site.read()), ["alice", "bob"], "what is not committed is not read");
    writer.execute_batch("ROLLBACK; BEGIN EXCLUSIVE").unwrap();
    let error = site.refused();
    assert_eq!(error.code(), Code::StoreLocked);
    let path = site.path.display();
    let expected = format!("{path} is held by another process, waited 20 ms");
    assert_eq!(error.to_string(), expected);
    let ending = thread::spawn(move || {
        thread::sleep(Duration::from_millis(100));
        writer.execute_batch("COMMIT").unwrap();
    });
    assert_eq!(names(&site.read()), ["alice", "bob"]);
    ending.join().unwrap();
}

#[test]
fn the_file_and_its_folder_stay_as_they_were() {
    for mode in ["delete", "truncate", "persist", "wal"] {
        let site = Site::new(&format!("PRAGMA journal_mode = {mode};{}", with_links()));
        let before = site.files();
        site.read();
        assert_eq!(site.files(), before, "{mode}");
    }
}

#[test]
fn what_stands_in_the_log_of_an_open_site_is_read() {
    let site = Site::new(&format!("PRAGMA journal_mode = wal;{SITE}"));
    let writer = site.connect();
    writer.execute_batch("UPDATE auth_user SET username = 'carol' WHERE id = 3").unwrap();
    let before = site.files();
    assert!(
        before
            .iter()
            .any(|(path, content)| path.ends_with("site.sqlite3-wal") && !content.is_empty())
    );
    writer.execute_batch("BEGIN IMMEDIATE; DELETE FROM auth_user").unwrap();
    assert_eq!(names(&site.read()), ["carol", "bob"]);
    writer.execute_batch("ROLLBACK").unwrap();
    let paths = |files: &[(PathBuf, Vec<u8>)]| -> Vec<_> {
        files.iter().map(|(path, _)| path.clone()).collect()
    };
    assert_eq!(paths(&site.files()), paths(&before));
}

/// What a writer left in the middle of its work, the next one who may write takes back.
#[test]
fn a_site_that_broke_off_is_refused_with_what_helps() {
    let site = Site::new(SITE);
    let left = site.folder.path().join("left.sqlite3");
    let writer = site.connect();
    let sql = "PRAGMA cache_size = 1; BEGIN; CREATE TABLE more (text);
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9999)
        INSERT INTO more SELECT hex(randomblob(99)) FROM n; UPDATE auth_user SET email = 'x'";
    writer.execute_batch(sql).unwrap();
    fs::copy(&site.path, &left).unwrap();
    fs::copy(site.path.with_extension("sqlite3-journal"), left.with_extension("sqlite3-journal"))
        .unwrap();
    writer.execute_batch("ROLLBACK").unwrap();
    assert_told(&left, "PATH holds a change that broke off, which only who may write takes back");
    assert!(left.with_extension("sqlite3-journal").exists());
    Connection::open(&left).unwrap().execute_batch("DELETE FROM auth_group").unwrap();
    assert_eq!(names(&django::read(&left, SHORT).unwrap()), ["alice", "bob"]);
}

#[test]
fn a_path_is_a_file_whatever_it_looks_like() {
    for name in ["file:x?mode=memory", "a %41?#b", "caf\u{e9}", ":memory:"] {
        for mode in ["delete", "wal"] {
            let site = Site::new(&format!("PRAGMA journal_mode = {mode};{SITE}"));
            let path = site.folder.path().join(name);
            fs::rename(&site.path, &path).unwrap();
            assert_eq!(names(&django::read(&path, SHORT).unwrap()), ["alice", "bob"], "{name}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn a_damaged_file_makes_nothing_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..40),
    ) {
        let site = Site::new(&with_links());
        let mut bytes = fs::read(&site.path).unwrap();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        fs::write(&site.path, bytes).unwrap();
        _ = django::read(&site.path, SHORT);
    }
}
