//! How it ends.

use std::io::{Read, Write};
use std::net::TcpStream;

use rusqlite::Connection;

use crate::http::{self, connect, form};
use crate::served::{FORM, Folder, PASSWORD, Served};

/// A login that is being read: the server has asked for its body, which is answered too.
fn begun(served: &Served) -> (TcpStream, String) {
    let body = form(&[("username", "alice"), ("password", PASSWORD)]);
    let headers = [FORM, ("expect", "100-continue")];
    let mut stream = connect(served.address);
    let head = http::head("POST", "/login/", &headers, body.len());
    stream.write_all(head.as_bytes()).unwrap();
    let mut go_on = [0; 25];
    stream.read_exact(&mut go_on).unwrap();
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    (stream, body)
}

#[test]
fn a_login_in_flight_is_finished() {
    for signal in ["TERM", "INT"] {
        let served = Served::ready();
        let (mut stream, body) = begun(&served);
        served.signal(signal);
        // Once nobody is let in any more, the server is stopping.
        while TcpStream::connect(served.address).is_ok() {}
        stream.write_all(body.as_bytes()).unwrap();
        let answer = http::read(stream);
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(answer.header("connection"), Some("close"));
        let (status, log) = served.ended();
        assert!(status.success() && log.is_empty(), "{status} {log:?}");
    }
}

#[test]
fn who_says_nothing_does_not_hold_it_up() {
    let served = Served::ready();
    let silent = connect(served.address);
    let mut idle = connect(served.address);
    idle.write_all(b"GET /livez HTTP/1.1\r\nhost: x\r\n\r\n").unwrap();
    idle.read_exact(&mut [0; 17]).unwrap();
    assert!(served.stopped().is_empty());
    drop((silent, idle));
}

#[test]
fn work_that_does_not_end_is_left() {
    let served = Folder::ready().with("JOT_STORE__BUSY_TIMEOUT", "10m").serve();
    let other = Connection::open(served.folder.file("jot.db")).unwrap();
    other.execute_batch("BEGIN EXCLUSIVE").unwrap();
    let (mut stream, body) = begun(&served);
    stream.write_all(body.as_bytes()).unwrap();
    let log = served.stopped();
    assert!(log.iter().any(|line| line.contains("stopped before")), "{log:?}");
    other.execute_batch("ROLLBACK").unwrap();
}

#[test]
fn it_leaves_no_core_dump() {
    let served = Served::ready();
    let limits = format!("/proc/{}/limits", served.child.0.id());
    let limits = std::fs::read_to_string(limits).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    let words: Vec<_> = core.split_whitespace().collect();
    assert_eq!(words[4..6], ["0", "0"], "{core}");
}
