//! What an operator sees: how it starts, what it refuses, what it says.

use std::net::{SocketAddr, TcpListener};
use std::process::Output;

use crate::served::{Folder, PASSWORD, Served};

fn told(folder: &Folder, arguments: &[&str]) -> (i32, String, String) {
    let Output { status, stdout, stderr } = folder.told(arguments, "");
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (status.code().unwrap(), text(stdout), text(stderr))
}

#[test]
fn without_a_key_it_names_the_command_that_makes_one() {
    let folder = Folder::empty();
    let (code, stdout, stderr) = told(&folder, &["serve", "--listen", "127.0.0.1:0"]);
    assert_eq!((code, stdout.as_str()), (21, ""));
    assert!(stderr.ends_with("hint: jot keygen\n"), "{stderr}");
    let (code, stdout, _) = told(&folder, &["--json", "serve", "--listen", "127.0.0.1:0"]);
    assert_eq!(code, 21);
    let error: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(error["error"]["code"], "key-missing");
}

#[test]
fn without_a_user_it_serves_and_names_the_command_that_adds_one() {
    let log = Folder::empty().with_key().serve().stopped();
    assert_eq!(
        log,
        [
            "jot: note: nobody can log in yet: there is no user with a password",
            "hint: jot user add NAME"
        ]
    );
    assert!(Served::ready().stopped().is_empty());
}

#[test]
fn it_listens_where_it_is_told_to() {
    if TcpListener::bind("[::1]:0").is_err() {
        return;
    }
    let served = Folder::ready().serve_on("[::1]:0");
    assert!(matches!(served.address, SocketAddr::V6(address) if address.port() != 0));
    assert_eq!(served.login("alice", PASSWORD).status, 200);
}

#[test]
fn an_address_that_cannot_be_is_refused() {
    let folder = Folder::ready();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let (code, _, stderr) = told(&folder, &["serve", "--listen", &address]);
    assert_eq!(code, 1);
    assert!(stderr.contains(&format!("cannot listen on {address}: ")), "{stderr}");
    assert!(stderr.contains("jot serve --listen 127.0.0.1:0\n"), "{stderr}");
    for wrong in ["", "8000", "127.0.0.1", "127.0.0.1:65536", "::1:80", "localhost"] {
        let (code, stdout, stderr) = told(&folder, &["serve", "--listen", wrong]);
        assert_eq!((code, stdout.as_str()), (2, ""), "{wrong:?} {stderr}");
        assert!(stderr.contains("expected an address with its port"), "{stderr}");
    }
    let (code, ..) = told(&folder.with("JOT_SERVER__MODE", "cookies"), &["serve", "--check"]);
    assert_eq!(code, 20);
}

#[test]
fn a_check_says_what_is_good_and_serves_nobody() {
    let folder = Folder::ready();
    let check = ["serve", "--check", "--listen", "127.0.0.1:0"];
    let (code, stdout, stderr) = told(&folder, &check);
    assert_eq!((code, stderr.as_str()), (0, ""));
    assert_eq!(stdout, "settings, key, store and address are good\n");
    let (code, stdout, _) = told(&folder, &[&["--json"], &check[..]].concat());
    assert_eq!((code, stdout.as_str()), (0, "{\"ok\":true}\n"));
    // Beside a running server it is asked as a rule: what that needs is good, and a start would fail.
    let served = folder.serve();
    let check = ["serve", "--check", "--listen", &served.address.to_string()];
    let (code, stdout, stderr) = told(&served.folder, &check);
    assert_eq!((code, stdout.as_str()), (0, "settings, key and store are good\n"));
    let taken = format!(
        "jot: warning: somebody listens on {} already: no server can start there until that ends\n",
        served.address
    );
    assert_eq!(stderr, taken);
    let (_, stdout, _) = told(&served.folder, &[&["--json"], &check[..]].concat());
    assert_eq!(stdout, format!("{{\"ok\":true,\"taken\":[\"{}\"]}}\n", served.address));
    assert_eq!(told(&Folder::empty(), &check).0, 21);
}

/// What the store's file holds, by way of SQLite, which may have put it elsewhere.
fn schema(folder: &Folder) -> i64 {
    let file = rusqlite::Connection::open(folder.file("jot.db")).unwrap();
    file.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap()
}

#[test]
fn a_check_leaves_an_older_store_as_it_is() {
    let folder = Folder::ready();
    let older = "PRAGMA user_version = 2; PRAGMA journal_mode = delete";
    rusqlite::Connection::open(folder.file("jot.db")).unwrap().execute_batch(older).unwrap();
    let before = std::fs::read(folder.file("jot.db")).unwrap();
    let check = ["serve", "--check", "--listen", "127.0.0.1:0"];
    let (code, stdout, stderr) = told(&folder, &check);
    assert_eq!((code, stdout.as_str()), (0, "settings, key, store and address are good\n"));
    let note = "jot: note: the store has schema 2, the server brings it to 4 when it starts\n";
    assert_eq!(stderr, note);
    assert!(std::fs::read(folder.file("jot.db")).unwrap() == before, "the store was changed");
    assert_eq!(schema(&folder), 2);
    std::fs::write(folder.file("jot.db"), "no store").unwrap();
    let (code, _, stderr) = told(&folder, &check);
    assert_eq!((code, stderr.contains("is not a jot store")), (22, true), "{stderr}");
}

#[test]
fn a_log_that_nobody_reads_any_more_ends_nothing() {
    let served = Folder::ready().serve_unread();
    std::fs::rename(served.folder.file("jot.db"), served.folder.file("aside.db")).unwrap();
    for _ in 0..3 {
        served.login("alice", PASSWORD).is_unavailable("5", "Service unavailable.");
    }
    assert!(served.stopped().is_empty());
}
