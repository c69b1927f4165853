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
        ["jot: note: nobody can log in yet: there is no user", "hint: jot user add NAME"]
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
    // A running server is no reason not to start its successor.
    let served = folder.serve();
    let check = ["serve", "--check", "--listen", &served.address.to_string()];
    let (code, _, stderr) = told(&served.folder, &check);
    assert_eq!((code, stderr.contains("somebody listens on")), (0, true), "{stderr}");
    assert_eq!(told(&Folder::empty(), &check).0, 21);
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
