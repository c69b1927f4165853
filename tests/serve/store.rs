//! A store that is away, held or exchanged: never "wrong password", never a pass.

use rusqlite::Connection;

use crate::served::{Folder, PASSWORD, Served, VALID, WRONG};

const AWAY: &str = "Service unavailable.";

/// Every line of a log but the first ones, which are for people, is one JSON object.
#[track_caller]
fn is_json(log: &[String]) {
    assert!(!log.is_empty());
    for line in log {
        let value: serde_json::Value = serde_json::from_str(line).unwrap();
        assert!(value["level"].is_string(), "{line}");
    }
}

#[test]
fn while_another_process_writes_nobody_is_told_a_wrong_password() {
    let served = Folder::ready().with("JOT_STORE__BUSY_TIMEOUT", "0s").serve();
    let (_, access) = served.tokens();
    let other = Connection::open(served.folder.file("jot.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    served.login("alice", PASSWORD).is_unavailable("5", AWAY);
    // A refusal goes to the audit log first, so that the answer does not tell whether it was right.
    served.login("alice", "wrong").is_unavailable("5", AWAY);
    // Who reads is not held up.
    served.validate(&access).is(200, VALID);
    served.ask("GET", "/livez", &[]).is(200, r#"{"status": "live"}"#);
    other.execute_batch("COMMIT").unwrap();
    assert_eq!(served.login("alice", PASSWORD).status, 200);
    let log = served.stopped();
    is_json(&log);
    assert!(log.iter().any(|line| line.contains("store-locked")), "{log:?}");
}

#[test]
fn who_waits_to_write_does_not_hold_up_who_reads() {
    let served = Folder::ready().with("JOT_STORE__BUSY_TIMEOUT", "10m").serve();
    let (_, access) = served.tokens();
    let other = Connection::open(served.folder.file("jot.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    std::thread::scope(|scope| {
        let logins: Vec<_> =
            (0..3).map(|_| scope.spawn(|| served.login("alice", PASSWORD))).collect();
        for _ in 0..100 {
            served.validate(&access).is(200, VALID);
        }
        other.execute_batch("COMMIT").unwrap();
        for login in logins {
            let answer = login.join().unwrap();
            assert!([200, 503].contains(&answer.status), "{answer:?}");
        }
    });
}

#[test]
fn a_store_that_is_moved_or_exchanged_is_away() {
    let served = Served::ready();
    let (_, access) = served.tokens();
    let (path, aside) = (served.folder.file("jot.db"), served.folder.file("aside.db"));
    let is_away = || {
        served.login("alice", PASSWORD).is_unavailable("5", AWAY);
        served.validate(&access).is_unavailable("5", AWAY);
        served.ask("GET", "/readyz", &[]).is_unavailable("5", AWAY);
        served.ask("GET", "/livez", &[]).is(200, r#"{"status": "live"}"#);
    };
    std::fs::rename(&path, &aside).unwrap();
    is_away();
    std::fs::create_dir(&path).unwrap();
    is_away();
    std::fs::remove_dir(&path).unwrap();
    std::fs::copy(&aside, &path).unwrap();
    is_away();
    std::fs::rename(&aside, &path).unwrap();
    served.validate(&access).is(200, VALID);
    served.ask("GET", "/readyz", &[]).is(200, r#"{"status": "ready"}"#);
    is_json(&served.stopped());
}

#[test]
fn what_is_no_store_any_more_is_away() {
    let served = Served::ready();
    let (_, access) = served.tokens();
    // Others may write into the file without its name or place being another.
    Connection::open(served.folder.file("jot.db"))
        .unwrap()
        .execute_batch("PRAGMA wal_checkpoint(TRUNCATE)")
        .unwrap();
    std::fs::write(served.folder.file("jot.db"), vec![0x5a; 100_000]).unwrap();
    served.login("alice", PASSWORD).is_unavailable("5", AWAY);
    served.validate(&access).is_unavailable("5", AWAY);
}

#[test]
fn no_secret_is_in_the_log_or_the_process_list() {
    let served = Served::ready();
    let (refresh, access) = served.tokens();
    let typed = "a wrong password, typed twice";
    served.login("alice", typed).is(401, WRONG);
    served.validate(&access).is(200, VALID);
    served.folder.run(&["revoke", &access], "");
    std::fs::rename(served.folder.file("jot.db"), served.folder.file("aside.db")).unwrap();
    for token in [&refresh, &access] {
        assert_eq!(served.validate(token).status, 503);
    }
    served.login("alice", PASSWORD).is_unavailable("5", AWAY);
    let process = format!("/proc/{}", served.child.0.id());
    let read = |name: &str| std::fs::read(format!("{process}/{name}")).unwrap();
    let mut said = String::from_utf8_lossy(&read("cmdline")).into_owned();
    said += &String::from_utf8_lossy(&read("environ"));
    assert!(said.contains("serve"));
    let log = served.stopped();
    assert!(!log.is_empty());
    said += &log.join("\n");
    let signatures = [&refresh, &access].map(|token| token.rsplit_once('.').unwrap().1);
    for secret in [PASSWORD, typed, signatures[0], signatures[1]] {
        assert!(!said.contains(secret), "{said}");
    }
}
