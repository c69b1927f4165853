//! What is true of a store in a SQLite file: where it lies, who else uses it, how it fails.

use crate::acts::Acts as _;
use std::fs::{self, OpenOptions};
use std::ops::ControlFlow;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use jot::error::{Code, Error};
use jot::revocation::Target;
use jot::session::{Refresh, Session};
use jot::store::sqlite::{BUSY, Missing, Sqlite};
use jot::store::{Filter, Question, Store};
use rusqlite::Connection;

use crate::suite::{minted, nameless, new_user, refusal, session};

const SHORT: Duration = Duration::from_millis(20);

fn folder() -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("jot.db");
    (folder, path)
}

fn create(path: &Path) -> Sqlite {
    Sqlite::open(path, Missing::Create, BUSY).unwrap()
}

fn reopen(path: &Path) -> Sqlite {
    Sqlite::open(path, Missing::Refuse, BUSY).unwrap()
}

/// Why neither way of opening accepts the file.
fn refused(path: &Path) -> Error {
    let created = Sqlite::open(path, Missing::Create, SHORT).unwrap_err();
    let refused = Sqlite::open(path, Missing::Refuse, SHORT).unwrap_err();
    assert_eq!((created.code(), created.to_string()), (refused.code(), refused.to_string()));
    refused
}

#[test]
fn an_absent_store_is_refused_or_made() {
    let (_folder, path) = folder();
    let absent = Sqlite::open(&path, Missing::Refuse, BUSY).unwrap_err();
    assert_eq!(absent.code(), Code::StoreAway);
    assert_eq!(absent.to_string(), format!("there is no store at {}", path.display()));
    assert!(!path.exists());
    fs::write(&path, "").unwrap();
    let empty = Sqlite::open(&path, Missing::Refuse, BUSY).unwrap_err();
    assert_eq!((empty.code(), empty.to_string()), (absent.code(), absent.to_string()));
    create(&path).add_user(&new_user("alice")).unwrap();
    assert!(reopen(&path).user("alice").unwrap().is_some());
}

#[test]
fn a_wait_may_be_longer_than_sqlite_counts() {
    let (_folder, path) = folder();
    Sqlite::open(&path, Missing::Create, Duration::from_secs(36_525 * 86_400)).unwrap();
}

#[test]
fn only_its_owner_can_read_it() {
    let (_folder, path) = folder();
    let store = create(&path);
    store.add_user(&new_user("alice")).unwrap();
    for end in ["", "-wal", "-shm"] {
        let file = PathBuf::from(format!("{}{end}", path.display()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600, "{end}");
    }
}

#[test]
fn a_path_that_looks_like_an_address_is_a_file() {
    let (folder, _) = folder();
    let path = folder.path().join("file:x?mode=memory");
    drop(create(&path));
    assert!(path.exists());
}

#[test]
fn everything_is_there_after_reopening() {
    let (_folder, path) = folder();
    let store = create(&path);
    let alice = store.add_user(&new_user("alice")).unwrap();
    let begun = session("s", nameless("bob"), 100);
    store.record(&[minted("t", "alice", 100)], std::slice::from_ref(&begun)).unwrap();
    store.revoke(&[refusal(Target::Token("t".into()), 1, 9)]).unwrap();
    drop(store);
    let store = reopen(&path);
    assert_eq!(store.user("alice").unwrap(), Some(alice));
    assert_eq!(store.session("s").unwrap(), Some(begun));
    assert_eq!(store.find_tokens("t").unwrap(), [minted("t", "alice", 100)]);
    assert_eq!(store.find_revocations("t").unwrap().len(), 1);
    assert_eq!(store.latest_expiry().unwrap(), Some(1100));
}

#[test]
fn what_one_writes_the_other_sees_at_once() {
    let (_folder, path) = folder();
    let (one, other) = (create(&path), reopen(&path));
    let question =
        |jti| Question { jti, sid: None, user_id: None, username: None, client: None, issued: 0 };
    for jti in ["a", "b", "c"] {
        assert!(other.standing(&question(Some(jti))).unwrap().revocation.is_none());
        one.revoke(&[refusal(Target::Token(jti.into()), 1, 9)]).unwrap();
        assert!(other.standing(&question(Some(jti))).unwrap().revocation.is_some());
    }
}

#[test]
fn of_many_rotations_by_many_connections_one_wins() {
    let (_folder, path) = folder();
    let was = session("s", nameless("alice"), 100);
    create(&path).record(&[], std::slice::from_ref(&was)).unwrap();
    let rotate = |n: i64| {
        let current = Refresh { jti: format!("r{n}"), ..was.current.clone() };
        reopen(&path).replace_session(&was, &Session { current, ..was.clone() }).unwrap()
    };
    let won = thread::scope(|scope| {
        let racing: Vec<_> = (0..8).map(|n| scope.spawn(move || rotate(n))).collect();
        racing
            .into_iter()
            .filter(|_| true)
            .map(|race| race.join().unwrap())
            .filter(|won| *won)
            .count()
    });
    assert_eq!(won, 1);
}

#[test]
fn many_can_make_the_same_store_at_once() {
    for _ in 0..10 {
        let (_folder, path) = folder();
        thread::scope(|scope| {
            for n in 0..8 {
                let path = &path;
                scope.spawn(move || create(path).add_user(&new_user(&n.to_string())).unwrap());
            }
        });
        let mut names = 0;
        let mut count = |_| {
            names += 1;
            Ok(ControlFlow::Continue(()))
        };
        reopen(&path).users(&mut count).unwrap();
        assert_eq!(names, 8);
    }
}

#[test]
fn a_held_store_is_waited_for_and_then_refused() {
    let (_folder, path) = folder();
    drop(create(&path));
    let store = Sqlite::open(&path, Missing::Refuse, SHORT).unwrap();
    let holder = Connection::open(&path).unwrap();
    holder.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let locked = store.add_user(&new_user("alice")).unwrap_err();
    assert_eq!(locked.code(), Code::StoreLocked);
    let expected = format!("the store {} is held by another process, waited 20 ms", path.display());
    assert_eq!(locked.to_string(), expected);
    assert!(store.user("alice").unwrap().is_none(), "reading goes on");
    holder.execute_batch("ROLLBACK").unwrap();
    store.add_user(&new_user("alice")).unwrap();
}

#[test]
fn a_store_that_is_being_made_is_waited_for() {
    let (_folder, path) = folder();
    let maker = Connection::open(&path).unwrap();
    maker.execute_batch("BEGIN EXCLUSIVE; CREATE TABLE half (x)").unwrap();
    assert_eq!(refused(&path).code(), Code::StoreLocked);
    maker.execute_batch("ROLLBACK").unwrap();
    drop(create(&path));
}

#[test]
fn a_newer_store_is_refused() {
    let (_folder, path) = folder();
    drop(create(&path));
    let other = Connection::open(&path).unwrap();
    other.pragma_update(None, "user_version", 99).unwrap();
    let newer = refused(&path);
    assert_eq!(newer.code(), Code::StoreNewer);
    assert!(newer.to_string().ends_with("has schema 99, and this jot knows schemas up to 4"));
    assert_eq!(newer.hint_text(), Some("update jot"));
}

#[test]
fn what_is_no_store_is_refused_and_left_alone() {
    let (folder, path) = folder();
    let expect = |path: &Path| {
        let foreign = refused(path);
        assert_eq!(foreign.code(), Code::StoreCorrupt);
        assert_eq!(foreign.to_string(), format!("{} is not a jot store", path.display()));
    };
    let text = "not a database, and longer than the hundred bytes of a header. ".repeat(100);
    fs::write(&path, &text).unwrap();
    expect(&path);
    assert_eq!(fs::read_to_string(&path).unwrap(), text);
    let theirs = folder.path().join("theirs.db");
    let other = Connection::open(&theirs).unwrap();
    other.execute_batch("CREATE TABLE users (name)").unwrap();
    expect(&theirs);
    other.pragma_update(None, "application_id", 7).unwrap();
    expect(&theirs);
    let ours = folder.path().join("ours.db");
    drop(create(&ours));
    Connection::open(&ours).unwrap().pragma_update(None, "user_version", -1).unwrap();
    expect(&ours);
}

#[test]
fn a_truncated_or_overwritten_store_is_damaged() {
    let (_folder, path) = folder();
    create(&path).add_user(&new_user("alice")).unwrap();
    let whole = fs::read(&path).unwrap();
    let length = u64::try_from(whole.len()).unwrap();
    OpenOptions::new().write(true).open(&path).unwrap().set_len(length / 2).unwrap();
    let damaged = refused(&path);
    assert_eq!(damaged.code(), Code::StoreCorrupt);
    let words = format!("the store {} is damaged: ", path.display());
    assert!(damaged.to_string().starts_with(&words), "{damaged}");
    let mut spoilt = whole;
    spoilt[4096..].fill(0x5a);
    fs::write(&path, &spoilt).unwrap();
    let look = Sqlite::open(&path, Missing::Refuse, SHORT).and_then(|store| store.user("alice"));
    assert_eq!(look.unwrap_err().code(), Code::StoreCorrupt);
}

#[test]
fn spoilt_bytes_anywhere_are_damage_or_go_unseen() {
    let (_folder, path) = folder();
    let store = create(&path);
    store.add_user(&new_user("alice")).unwrap();
    store.revoke(&[refusal(Target::Token("t".into()), 1, 9)]).unwrap();
    drop(store);
    let whole = fs::read(&path).unwrap();
    let mut seen = 0;
    for start in (0..whole.len()).step_by(512) {
        let mut spoilt = whole.clone();
        spoilt[start..start + 64].fill(0xff);
        fs::write(&path, &spoilt).unwrap();
        let look = || {
            let store = Sqlite::open(&path, Missing::Refuse, SHORT)?;
            store.add_user(&new_user("bob"))?;
            store.revocations(&Filter::default(), &mut |_| Ok(ControlFlow::Continue(())))?;
            store.users(&mut |_| Ok(ControlFlow::Continue(())))?;
            store.purge_at(0)
        };
        if let Err(error) = look() {
            assert_eq!(error.code(), Code::StoreCorrupt, "{start}: {error}");
            seen += 1;
        }
    }
    assert_ne!(seen, 0);
}

#[test]
fn rows_that_make_no_sense_are_damage() {
    let (_folder, path) = folder();
    let store = create(&path);
    store.add_user(&new_user("alice")).unwrap();
    let other = Connection::open(&path).unwrap();
    for wrong in ["permissions = '[1]'", "permissions = '{'", "attributes = '{}x'"] {
        other.execute_batch(&format!("UPDATE users SET {wrong}")).unwrap();
        assert_eq!(store.user("alice").unwrap_err().code(), Code::StoreCorrupt, "{wrong}");
    }
    other.execute_batch("INSERT INTO revocations VALUES (9, 'x', 0, '', 0, 0, '', '')").unwrap();
    let mut take = |_| Ok(ControlFlow::Continue(()));
    let listed = store.revocations(&Filter::default(), &mut take);
    assert_eq!(listed.unwrap_err().code(), Code::StoreCorrupt);
}

#[test]
fn a_place_that_cannot_be_used_is_away() {
    let (folder, path) = folder();
    fs::create_dir(&path).unwrap();
    let directory = refused(&path);
    assert_eq!(directory.code(), Code::StoreAway);
    assert!(directory.to_string().contains("cannot be used"), "{directory}");
    let nowhere = folder.path().join("no/such/folder.db");
    let error = Sqlite::open(&nowhere, Missing::Create, SHORT).unwrap_err();
    assert_eq!(error.code(), Code::StoreAway);
    assert!(error.to_string().contains("cannot be made: No such file"), "{error}");
}
