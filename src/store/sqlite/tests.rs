//! What can only be tried from inside: migrations, and an engine that fails on demand.

use super::*;
use crate::error::Code;

const LATER: [&str; 2] = [open::VERSIONS[0], "ALTER TABLE users ADD COLUMN email TEXT"];

fn alice() -> NewUser {
    NewUser {
        username: "alice".into(),
        password: None,
        superuser: false,
        permissions: Vec::new(),
        created: 1,
    }
}

fn open_at(folder: &tempfile::TempDir, versions: &[&str]) -> Result<Sqlite> {
    let place = Place { path: folder.path().join("jot.db"), busy: Duration::from_millis(20) };
    Sqlite::open_at(place, Missing::Create, versions)
}

fn has_email(store: &Sqlite) -> bool {
    store.lock().prepare("SELECT email FROM users").is_ok()
}

#[test]
fn an_older_store_is_brought_forward_once_and_keeps_its_rows() {
    let folder = tempfile::tempdir().unwrap();
    let old = open_at(&folder, &LATER[..1]).unwrap();
    let user = old.add_user(&alice()).unwrap();
    assert!(!has_email(&old));
    for _ in 0..2 {
        let new = open_at(&folder, &LATER).unwrap();
        assert_eq!(new.user("alice").unwrap(), Some(user.clone()));
        assert!(has_email(&new));
    }
    assert_eq!(open_at(&folder, &LATER[..1]).unwrap_err().code(), Code::StoreNewer);
}

#[test]
fn a_migration_that_fails_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let broken = [LATER[0], LATER[1], "CREATE TABLE users (id)"];
    assert_eq!(open_at(&folder, &broken).unwrap_err().code(), Code::Failed);
    let store = open_at(&folder, &LATER[..1]).unwrap();
    assert_eq!(open_at(&folder, &broken).unwrap_err().code(), Code::Failed);
    assert!(!has_email(&store));
    store.add_user(&alice()).unwrap();
}

#[test]
fn what_was_acknowledged_is_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(&folder, open::VERSIONS).unwrap();
    let pragma = |name| -> String {
        let sql = format!("SELECT {name} || '' FROM pragma_{name}");
        store.lock().query_row(&sql, [], |row| row.get(0)).unwrap()
    };
    assert_eq!((pragma("journal_mode"), pragma("synchronous")), ("wal".into(), "2".into()));
    assert_eq!(pragma("foreign_keys"), "1");
}

#[test]
fn a_full_disk_and_a_file_only_for_reading_are_told_apart() {
    let folder = tempfile::tempdir().unwrap();
    let store = open_at(&folder, open::VERSIONS).unwrap();
    store.lock().execute_batch("PRAGMA query_only = ON").unwrap();
    assert_eq!(store.add_user(&alice()).unwrap_err().code(), Code::StoreAway);
    store.lock().execute_batch("PRAGMA query_only = OFF; PRAGMA max_page_count = 1").unwrap();
    let large = NewUser { password: Some("x".repeat(100_000)), ..alice() };
    assert_eq!(store.add_user(&large).unwrap_err().code(), Code::DiskFull);
    assert!(store.user("alice").unwrap().is_none());
    store.lock().execute_batch("PRAGMA max_page_count = 1000").unwrap();
    assert_eq!(store.add_user(&alice()).unwrap().id, 1, "no id was spent");
}
