//! A store that is copied and restored while a server runs on it, or while the restore is killed.

use std::process::Stdio;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use rusqlite::Connection;

use crate::served::{Folder, PASSWORD, Served, VALID, WRONG};

fn sound(folder: &Folder, name: &str) -> bool {
    let file = Connection::open(folder.file(name)).unwrap();
    let check = |row: &rusqlite::Row<'_>| row.get::<_, String>(0);
    file.query_row("PRAGMA integrity_check", [], check).unwrap() == "ok"
}

#[test]
fn a_running_server_goes_on_with_what_was_restored() {
    let served = Served::ready();
    let (_, before) = served.tokens();
    served.folder.run(&["backup", "copy.db"], "");
    served.folder.add_user("bob", PASSWORD);
    assert_eq!(served.login("bob", PASSWORD).status, 200);
    served.folder.run(&["user", "disable", "alice"], "");
    let late = served.login("bob", PASSWORD).member("access");
    served.validate(&late).is(200, VALID);
    served.folder.run(&["restore", "copy.db", "--yes"], "");
    for token in [&before, &late] {
        assert_eq!(served.validate(token).status, 403);
    }
    served.login("bob", PASSWORD).is(401, WRONG);
    served.login("alice", PASSWORD).is(401, WRONG);
    served.folder.run(&["user", "enable", "alice"], "");
    let (_, fresh) = served.tokens();
    served.validate(&fresh).is(200, VALID);
    served.ask("GET", "/readyz", &[]).is(200, r#"{"status": "ready"}"#);
}

#[test]
fn copies_and_restores_under_load_are_sound() {
    let served = Served::ready();
    let stop = AtomicBool::new(false);
    thread::scope(|scope| {
        let log_in = || {
            let mut answers = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                answers.push(served.login("alice", PASSWORD).status);
            }
            answers
        };
        let clients = [scope.spawn(log_in), scope.spawn(log_in)];
        for n in 0..4 {
            let copy = format!("{n}.db");
            served.folder.run(&["backup", &copy], "");
            assert!(sound(&served.folder, &copy));
            served.folder.run(&["restore", &copy, "--yes"], "");
        }
        stop.store(true, Ordering::Relaxed);
        for client in clients {
            let answers = client.join().unwrap();
            assert!(answers.iter().all(|status| *status == 200), "{answers:?}");
        }
    });
    let (_, access) = served.tokens();
    served.validate(&access).is(200, VALID);
    assert!(sound(&served.folder, "jot.db"));
}

/// Rows enough for a restore to take a while.
fn fill(folder: &Folder) {
    let store = Connection::open(folder.file("jot.db")).unwrap();
    let rows = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 20000)";
    let sql = format!(
        "{rows} INSERT INTO minted (jti, username, kind, profile, issued, expires, kid) \
         SELECT 't' || i, 'x', 'access', 'djwto', i, i, 'k' FROM n; \
         {rows} INSERT INTO revocations (kind, id, until, at) SELECT 0, 't' || i, i, i FROM n;"
    );
    store.execute_batch(&sql).unwrap();
}

#[test]
fn a_restore_that_is_killed_leaves_the_old_store_or_the_new_one() {
    let folder = Folder::ready();
    fill(&folder);
    folder.run(&["backup", "copy.db"], "");
    // What the restore has to add to the store.
    Connection::open(folder.file("jot.db")).unwrap().execute_batch("DELETE FROM minted").unwrap();
    let restore = || folder.jot(&["restore", "copy.db", "--yes"]).stderr(Stdio::null()).spawn();
    let count = |sql: &str| -> i64 {
        let file = Connection::open(folder.file("jot.db")).unwrap();
        file.query_row(sql, [], |row| row.get(0)).unwrap()
    };
    let rounds = 12_u32;
    let mut whole = Duration::from_millis(200);
    for round in 0..rounds {
        if folder.told(&["user", "show", "bob"], "").status.code() == Some(24) {
            folder.add_user("bob", PASSWORD);
        }
        let began = Instant::now();
        let mut child = restore().unwrap();
        thread::sleep(whole * round / (rounds - 2));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            whole = whole.min(began.elapsed());
        }
        assert!(sound(&folder, "jot.db"));
        let names = folder.run(&["user", "list", "--json"], "");
        let is_new = !names.contains("bob");
        let all = "SELECT count(*) FROM minted";
        let events = "SELECT count(*) FROM events WHERE detail LIKE '%restored%'";
        assert!(names.contains("alice"));
        assert_eq!(is_new, count(all) == 20_000, "round {round}: half of it");
        assert_eq!(is_new, count(events) == 1, "round {round}: half of it");
        let reset = "DELETE FROM minted; DELETE FROM events";
        Connection::open(folder.file("jot.db")).unwrap().execute_batch(reset).unwrap();
        folder.run(&["issue", "--user", "alice"], "");
        Connection::open(folder.file("jot.db")).unwrap().execute_batch(reset).unwrap();
    }
    folder.run(&["restore", "copy.db", "--yes"], "");
}
