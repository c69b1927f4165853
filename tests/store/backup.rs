//! Copies of a store that is in use, and what is left of both when one is brought back.

use crate::acts::Acts as _;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;

use jot::client::Client;
use jot::error::{Code, Error};
use jot::event::{Event, Kind, Source};
use jot::revocation::Target;
use jot::session::{Refresh, Session};
use jot::store::sqlite::{BUSY, Checked, Missing, Sqlite};
use jot::store::{Account, Change, EventFilter, Meaning, NewUser, Restored, Store, Whose};
use jot::user::{Group, User};
use rusqlite::Connection;

use crate::clients::client;
use crate::suite::{minted, nameless, new_user, refusal, session};

fn folder() -> (tempfile::TempDir, PathBuf, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let (path, copy) = (folder.path().join("jot.db"), folder.path().join("copy.db"));
    (folder, path, copy)
}

fn create(path: &Path) -> Sqlite {
    Sqlite::open(path, Missing::Create, BUSY).unwrap()
}

fn event() -> Event {
    Event::new(Kind::UserChanged, 500, &Source::command_line())
}

/// Brings `copy` back with no refusal.
fn restore(store: &Sqlite, path: &Path, copy: &Path) -> Restored {
    let backup = Checked::new(copy, path, BUSY).unwrap().copy().unwrap();
    let meaning = |_: &_| Ok(Meaning { refusal: None, event: event(), letter: None });
    store.restore(backup.path(), &meaning).unwrap()
}

fn events(store: &Sqlite) -> Vec<i64> {
    let mut positions = Vec::new();
    let mut take = |(position, _)| {
        positions.push(position);
        Ok(ControlFlow::Continue(()))
    };
    store.events(&EventFilter::default(), &mut take).unwrap();
    positions
}

fn named(user: &User, name: &str) -> User {
    User { username: name.into(), ..user.clone() }
}

#[test]
fn a_copy_made_while_others_write_is_of_one_moment() {
    let (folder, path, _) = folder();
    let store = create(&path);
    let stop = AtomicBool::new(false);
    let write = |who: &str| {
        let own = create(&path);
        for n in 0.. {
            if stop.load(Ordering::Relaxed) {
                return n;
            }
            let id = format!("{who}{n:06}");
            own.record(&[minted(&id, who, n)], &[session(&id, nameless(who), n)]).unwrap();
        }
        0
    };
    let written = thread::scope(|scope| {
        let writers = ["a", "b"].map(|who| scope.spawn(move || write(who)));
        let mut last = 0;
        for n in 0..20 {
            let copy = folder.path().join(format!("{n}.db"));
            let copied = store.backup(&copy).unwrap();
            assert_eq!(copied.tokens, copied.sessions, "half a transaction");
            assert!(copied.tokens >= last);
            last = copied.tokens;
            let file = Connection::open(&copy).unwrap();
            let ask = |sql: &str| file.query_row(sql, [], |row| row.get::<_, String>(0)).unwrap();
            assert_eq!(ask("PRAGMA integrity_check"), "ok");
            // No token is there without all that came before it.
            let gaps = "SELECT count(*) || '' FROM minted AS one WHERE issued > 0 AND NOT EXISTS \
                (SELECT 1 FROM minted WHERE username = one.username AND issued = one.issued - 1)";
            assert_eq!(ask(gaps), "0");
        }
        stop.store(true, Ordering::Relaxed);
        writers.map(|writer| writer.join().unwrap())
    });
    assert!(written.iter().all(|written| *written > 0));
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 23, "nothing else is left");
}

#[test]
fn clients_are_the_backups_but_for_those_that_changed_since() {
    let (_folder, path, copy) = folder();
    let store = create(&path);
    let add = |client: &Client| store.write(&[Change::AddClient(client)]).unwrap().unwrap();
    let remove = |client: &Client| store.write(&[Change::RemoveClient(client, 200)]).unwrap();
    let [kept, gone, renewed, late] = ["kept", "gone", "renewed", "late"].map(|id| client(id, 100));
    for client in [&kept, &gone, &renewed] {
        add(client);
    }
    store.backup(&copy).unwrap();
    remove(&gone).unwrap();
    remove(&renewed).unwrap();
    let renewed = Client { secret: [9; 32], created: 300, ..renewed };
    add(&renewed);
    add(&late);
    restore(&store, &path, &copy);
    let found = |id| store.client(id).unwrap();
    assert_eq!((found("kept"), found("renewed")), (Some(kept.clone()), Some(renewed)));
    assert_eq!((found("gone"), found("late")), (None, None), "nothing revoked comes back");
    let empty = path.with_file_name("empty.db");
    restore(&create(&empty), &empty, &copy);
    let store = create(&empty);
    assert_eq!(store.client("gone").unwrap(), Some(gone), "nothing is known of its end there");
}

#[test]
fn users_are_the_backups_and_of_all_else_nothing_is_lost() {
    let (_folder, path, copy) = folder();
    let store = create(&path);
    let editors = Group { name: "Editors".into(), permissions: vec!["a.b".into()] };
    store.write(&[Change::SetGroup { was: None, becomes: &editors }]).unwrap();
    let [alice, bob, carol] =
        ["alice", "bob", "carol"].map(|name| store.add_user(&new_user(name)).unwrap());
    let begun = session("old", alice.subject(), 100);
    store.record(&[minted("t1", "x", 1)], std::slice::from_ref(&begun)).unwrap();
    store.revoke(&[refusal(Target::Token("early".into()), 1, 900)]).unwrap();
    store.write(&[Change::Note(&event())]).unwrap();
    store.backup(&copy).unwrap();

    let current = Refresh { jti: "r1".into(), ..begun.current.clone() };
    let rotated = Session { current, generation: 1, ..begun.clone() };
    assert!(store.replace_session(&begun, &rotated).unwrap());
    assert!(store.replace_user(&alice, &named(&alice, "alicia")).unwrap());
    assert!(store.replace_user(&bob, &named(&bob, "alice")).unwrap());
    store.write(&[Change::RemoveUser(&carol, 300)]).unwrap();
    let new = store.add_user(&NewUser { id: Some(70), ..new_user("dave") }).unwrap();
    store.record(&[minted("t2", "x", 2)], &[session("new", new.subject(), 300)]).unwrap();
    store.revoke(&[refusal(Target::User(alice.id, 1), 2, 800)]).unwrap();
    store.forget(&Target::Token("early".into())).unwrap();
    store.write(&[Change::Note(&event())]).unwrap();
    let none = Group { permissions: Vec::new(), ..editors.clone() };
    store.write(&[Change::SetGroup { was: Some(&editors), becomes: &none }]).unwrap();

    let restored = restore(&store, &path, &copy);
    assert_eq!((restored.disabled, restored.removed), (vec!["carol".into()], vec!["dave".into()]));
    assert_eq!(store.user("alice").unwrap(), Some(alice.clone()));
    assert_eq!(store.user("bob").unwrap(), Some(bob));
    assert_eq!(store.user("carol").unwrap(), Some(User { active: false, ..carol }));
    assert_eq!(store.groups().unwrap(), [editors]);
    for gone in ["alicia", "dave"] {
        assert_eq!(store.account(Whose::Name(gone)).unwrap().0, Account::Removed, "{gone}");
    }
    assert_eq!(store.session("old").unwrap(), Some(rotated));
    let ended = store.session("new").unwrap().unwrap().ended.unwrap();
    assert_eq!((ended.at, ended.reason.as_str()), (500, "restored"));
    for jti in ["t1", "t2"] {
        assert_eq!(store.find_tokens(jti).unwrap().len(), 1, "{jti}");
    }
    for target in [Target::Token("early".into()), Target::User(alice.id, 0)] {
        assert!(store.revocation(&target).unwrap().is_some(), "{target:?}");
    }
    assert_eq!(events(&store), [1, 2, 3]);
    assert_eq!(store.add_user(&new_user("eve")).unwrap().id, 71);
}

#[test]
fn what_only_the_backup_knows_comes_back() {
    let (folder, path, copy) = folder();
    let first = create(&folder.path().join("first.db"));
    let alice = first.add_user(&NewUser { id: Some(40), ..new_user("alice") }).unwrap();
    first.record(&[minted("t", "x", 1)], &[session("s", alice.subject(), 100)]).unwrap();
    let watermark = |moment, until| refusal(Target::Everybody(moment), moment, until);
    first.revoke(&[refusal(Target::Token("dead".into()), 1, 9), watermark(70, 80)]).unwrap();
    for _ in 0..3 {
        first.write(&[Change::Note(&event())]).unwrap();
    }
    first.backup(&copy).unwrap();
    let store = create(&path);
    store.add_user(&new_user("mallory")).unwrap();
    store.revoke(&[watermark(60, 90)]).unwrap();
    store.write(&[Change::Note(&event())]).unwrap();
    assert_eq!(restore(&store, &path, &copy).removed, ["mallory"]);
    assert_eq!(store.user("alice").unwrap(), Some(alice));
    assert!(store.session("s").unwrap().is_some());
    assert_eq!(store.find_tokens("t").unwrap().len(), 1);
    assert!(store.revocation(&Target::Token("dead".into())).unwrap().is_some());
    let later = store.revocation(&Target::Everybody(0)).unwrap().unwrap();
    assert_eq!((later.target, later.until), (Target::Everybody(70), 90));
    assert_eq!(store.latest_expiry().unwrap(), first.latest_expiry().unwrap());
    assert_eq!(events(&store), [1, 2, 3, 4]);
    assert_eq!(store.add_user(&new_user("bob")).unwrap().id, 41);
}

#[test]
fn what_is_refused_at_the_last_moment_changes_nothing() {
    let (_folder, path, copy) = folder();
    let store = create(&path);
    store.add_user(&new_user("alice")).unwrap();
    store.backup(&copy).unwrap();
    store.add_user(&new_user("bob")).unwrap();
    let backup = Checked::new(&copy, &path, BUSY).unwrap().copy().unwrap();
    let refuse = |_: &_| Err(Error::new(Code::Failed, "no"));
    assert_eq!(store.restore(backup.path(), &refuse).unwrap_err().to_string(), "no");
    assert!(store.user("bob").unwrap().is_some());
    assert_eq!(restore(&store, &path, &copy).removed, ["bob"], "it can be tried again");
}

#[test]
fn a_place_that_was_taken_meanwhile_stays_taken() {
    let (_folder, path, copy) = folder();
    create(&path).backup(&copy).unwrap();
    std::fs::remove_file(&path).unwrap();
    let backup = Checked::new(&copy, &path, BUSY).unwrap().copy().unwrap();
    create(&path).add_user(&new_user("alice")).unwrap();
    assert_eq!(backup.take_place().unwrap_err().code(), Code::Exists);
    assert!(create(&path).user("alice").unwrap().is_some());
}

#[test]
fn a_store_in_memory_can_be_copied() {
    let (_folder, _, copy) = folder();
    let store = Sqlite::in_memory().unwrap();
    store.add_user(&new_user("alice")).unwrap();
    assert_eq!(store.backup(&copy).unwrap().users, 1);
}
