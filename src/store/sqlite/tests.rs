//! What can only be tried from inside: migrations, and an engine that fails on demand.

use super::*;
use crate::error::Code;
use crate::json::Json;
use crate::store::Counted;
use crate::store::NewUser;
use crate::throttle::Class;

/// Today's schema and one that may come.
const LATER: [&str; open::VERSIONS.len() + 1] = {
    let mut versions = ["ALTER TABLE users ADD COLUMN email TEXT"; open::VERSIONS.len() + 1];
    let mut at = 0;
    while at < open::VERSIONS.len() {
        versions[at] = open::VERSIONS[at];
        at += 1;
    }
    versions
};

fn alice() -> NewUser {
    NewUser {
        id: None,
        username: "alice".into(),
        password: None,
        active: true,
        superuser: false,
        permissions: Vec::new(),
        groups: Vec::new(),
        attributes: Json::Object(Vec::new()),
        last_login: None,
        created: 1,
    }
}

fn add(store: &Sqlite, new: &NewUser) -> Result<User> {
    Ok(store.write(&[Change::AddUser(new)])?.unwrap().users.remove(0))
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
    let old = open_at(&folder, open::VERSIONS).unwrap();
    let user = add(&old, &alice()).unwrap();
    assert!(!has_email(&old));
    for _ in 0..2 {
        let new = open_at(&folder, &LATER).unwrap();
        assert_eq!(new.user("alice").unwrap(), Some(user.clone()));
        assert!(has_email(&new));
    }
    assert_eq!(open_at(&folder, open::VERSIONS).unwrap_err().code(), Code::StoreNewer);
}

/// What each version kept must be there in the next; rows are written as that version had them.
#[test]
fn a_store_of_every_earlier_version_is_brought_forward() {
    let folder = tempfile::tempdir().unwrap();
    let old = open_at(&folder, &open::VERSIONS[..1]).unwrap();
    old.lock()
        .execute_batch(
            "INSERT INTO users VALUES (7, 'alice', '$h', 1, 0, '[\"a.b\"]', '{\"x\":1}', 5, 1, NULL);
             INSERT INTO users VALUES (8, 'bob', NULL, 0, 1, '[]', '{}', NULL, 2, NULL);
             INSERT INTO sessions VALUES ('s', 7, 'alice', 1, 3, 'j', 2, 9, 'i', 2, NULL, NULL, NULL);
             INSERT INTO revocations VALUES (0, 't', NULL, 'alice', 9, 3, 'leaked', 'root');
             INSERT INTO minted VALUES (1, 't', NULL, 7, 'alice', 'access', 'djwto', 1, 9, 'k');
             INSERT INTO meta VALUES ('latest_expiry', 9);",
        )
        .unwrap();
    drop(old);
    let new = open_at(&folder, open::VERSIONS).unwrap();
    let alice = new.user("alice").unwrap().unwrap();
    assert_eq!((alice.id, alice.permissions, alice.groups), (7, vec!["a.b".to_owned()], vec![]));
    assert_eq!(alice.attributes.to_string(), "{\"x\":1}");
    assert!(!new.user("bob").unwrap().unwrap().active);
    assert_eq!(new.session("s").unwrap().unwrap().generation, 3);
    assert!(new.revocation(&Target::Token("t".into())).unwrap().is_some());
    assert_eq!(new.find_tokens("t").unwrap().len(), 1);
    assert_eq!(new.latest_expiry().unwrap(), Some(9));
    let latest = ledger::number(&new.lock(), ledger::LATEST_ISSUED).unwrap();
    assert_eq!(latest, Some(1), "or a watermark would not look for tokens dated later");
    assert_eq!(add(&new, &NewUser { username: "carol".into(), ..self::alice() }).unwrap().id, 9);
    assert_eq!(new.secret().unwrap(), new.secret().unwrap());
}

/// From each version on its own, with a row of a table that every version has.
#[test]
fn every_version_comes_to_the_same_schema() {
    let schema = |store: &Sqlite| -> Vec<(String, String)> {
        let sql = "SELECT name, sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name";
        let connection = store.lock();
        let mut select = connection.prepare(sql).unwrap();
        let rows = select.query_map([], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        rows.collect::<rusqlite::Result<_>>().unwrap()
    };
    let newest = schema(&Sqlite::in_memory().unwrap());
    for version in 1..open::VERSIONS.len() {
        let folder = tempfile::tempdir().unwrap();
        let old = open_at(&folder, &open::VERSIONS[..version]).unwrap();
        old.lock().execute_batch("INSERT INTO meta VALUES ('latest_expiry', 9)").unwrap();
        drop(old);
        let new = open_at(&folder, open::VERSIONS).unwrap();
        assert_eq!(schema(&new), newest, "from version {version}");
        assert_eq!(new.latest_expiry().unwrap(), Some(9));
        assert_eq!(new.client("billing").unwrap(), None);
        let client = Client {
            id: "billing".into(),
            secret: [7; 32],
            permissions: vec!["a.b".into()],
            created: 5,
        };
        new.write(&[Change::AddClient(&client)]).unwrap().unwrap();
        assert_eq!(new.client("billing").unwrap(), Some(client));
    }
}

#[test]
fn a_migration_that_fails_leaves_everything_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let broken = [&LATER[..], &["CREATE TABLE users (id)"]].concat();
    assert_eq!(open_at(&folder, &broken).unwrap_err().code(), Code::Failed);
    let store = open_at(&folder, open::VERSIONS).unwrap();
    assert_eq!(open_at(&folder, &broken).unwrap_err().code(), Code::Failed);
    assert!(!has_email(&store));
    add(&store, &alice()).unwrap();
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
    assert_eq!(add(&store, &alice()).unwrap_err().code(), Code::StoreAway);
    store.lock().execute_batch("PRAGMA query_only = OFF; PRAGMA max_page_count = 1").unwrap();
    let large = NewUser { password: Some("x".repeat(100_000)), ..alice() };
    assert_eq!(add(&store, &large).unwrap_err().code(), Code::DiskFull);
    assert!(store.user("alice").unwrap().is_none());
    store.lock().execute_batch("PRAGMA max_page_count = 1000").unwrap();
    assert_eq!(add(&store, &alice()).unwrap().id, 1, "no id was spent");
}

#[test]
fn a_backup_of_an_earlier_version_is_brought_forward_in_a_copy() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let place = Place { path: path("old.db"), busy: Duration::ZERO };
    let old = Sqlite::open_at(place, Missing::Create, &open::VERSIONS[..1]).unwrap();
    let sql = "INSERT INTO users VALUES (7, 'alice', NULL, 1, 0, '[]', '{}', NULL, 1, NULL)";
    old.lock().execute_batch(sql).unwrap();
    drop(old);
    let before = std::fs::read(path("old.db")).unwrap();
    let backup =
        Checked::new(&path("old.db"), &path("jot.db"), Duration::ZERO).unwrap().copy().unwrap();
    assert_eq!((backup.held().users, backup.has_store()), (1, false));
    drop(backup.alone().unwrap());
    backup.take_place().unwrap();
    assert_eq!(std::fs::read(path("old.db")).unwrap(), before);
    let names = std::fs::read_dir(folder.path()).unwrap().map(|file| file.unwrap().file_name());
    let mut names: Vec<_> = names.collect();
    names.sort();
    assert_eq!(names, ["jot.db", "old.db"]);
    let new = open_at(&folder, open::VERSIONS).unwrap();
    assert_eq!(new.user("alice").unwrap().unwrap().id, 7);
    assert_eq!(add(&new, &NewUser { username: "bob".into(), ..alice() }).unwrap().id, 1_000_008);
}

/// Whoever floods the doors with names must neither fill the disk nor push a victim's counter out.
#[test]
fn a_flood_of_counters_pushes_out_its_own_first() {
    const MOST: i64 = 80_000;
    let store = Sqlite::in_memory().unwrap();
    let victim = Guess { account: "victim".to_owned(), network: "192.0.2.0/24".to_owned() };
    let count = |guess: &Guess, until| {
        let was = store.seen(guess).unwrap();
        let becomes = Seen { until: [was.until[0], was.until[1], Some(until), None], ..was };
        let counted = Counted { guess, was, becomes };
        store.write(&[Change::Count(&counted)]).unwrap().unwrap();
    };
    let counters = || -> (i64, i64) {
        let sql = "SELECT count(*), min(until) FROM counters WHERE class > 0";
        store.lock().query_row(sql, [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap()
    };
    // Two failures of the victim's, before one each of everybody else's.
    count(&victim, 2 * 2400);
    let flood = "WITH RECURSIVE n (n) AS (VALUES (1) UNION ALL SELECT n + 1 FROM n WHERE n < ?1) \
        INSERT INTO counters SELECT 2, 'name ' || n, 2400 + n / 50 FROM n";
    store.lock().execute(flood, [MOST - 1]).unwrap();
    assert_eq!(counters(), (MOST, 2400));
    for number in 1..=100 {
        let name = Guess { account: format!("another {number}"), ..victim.clone() };
        count(&name, 2400 + 2000 + number / 50);
    }
    assert_eq!(counters(), (MOST, 2402), "the first of the flood went");
    assert_eq!(store.seen(&victim).unwrap().until(Class::Strangers), Some(2 * 2400));
}
