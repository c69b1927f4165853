//! Many logins at once: each is answered, none is waited for too long, and what they cost is bounded.
//! And many connections, where few files can be opened.

use std::process::{Command, Stdio};

use crate::http::{Answer, connect};
use crate::served::{Folder, PASSWORD, Served, VALID, WRONG};

const MIB: u64 = 1024;

/// Logs in so many times at once; validation goes on meanwhile.
fn flood(served: &Served, logins: usize, password: &str) -> Vec<Answer> {
    let (_, access) = served.tokens();
    std::thread::scope(|scope| {
        let login = |_| scope.spawn(|| served.login("alice", password));
        let logins: Vec<_> = (0..logins).map(login).collect();
        for _ in 0..10 {
            served.validate(&access).is(200, VALID);
        }
        logins.into_iter().map(|login| login.join().unwrap()).collect()
    })
}

/// A number of the server's `/proc/PID/status`.
fn status(served: &Served, name: &str) -> u64 {
    let file = format!("/proc/{}/status", served.child.0.id());
    let text = std::fs::read_to_string(file).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap();
    line.split_whitespace().next().unwrap().parse().unwrap()
}

fn is_busy(answer: &Answer) -> bool {
    if answer.status == 503 {
        answer.is_unavailable("2", "Too many requests at once.");
    }
    answer.status == 503
}

#[test]
fn thirty_two_logins_at_once_are_all_answered_in_bounded_memory() {
    let folder = Folder::empty().with_key().with("JOT_PASSWORD__MEMORY_KIB", "19456");
    let served = folder.with_alice().serve();
    for answer in flood(&served, 32, PASSWORD) {
        assert!(is_busy(&answer) || answer.status == 200, "{answer:?}");
    }
    // Four at a time take 19 MiB each, and give it back.
    assert!(status(&served, "VmHWM:") < 160 * MIB);
    assert!(status(&served, "VmRSS:") < 40 * MIB);
    assert!(status(&served, "Threads:") < 16);
}

#[test]
fn who_would_wait_too_long_is_told_to_come_again() {
    let folder = Folder::empty().with_key().with("JOT_PASSWORD__MEMORY_KIB", "19456");
    let folder =
        folder.with("JOT_PASSWORD__ITERATIONS", "8").with("JOT_THROTTLE__ENABLED", "false");
    let served = folder.with_alice().serve();
    let answers = flood(&served, 100, "wrong");
    let busy = answers.iter().filter(|answer| is_busy(answer)).count();
    assert!((1..100).contains(&busy), "{busy}");
    for answer in answers.iter().filter(|answer| answer.status != 503) {
        answer.is(401, WRONG);
    }
    let mut log = served.stopped();
    log.retain(|line| !line.contains("\"jot::event\""));
    assert!(!log.is_empty());
    assert!(log.iter().all(|line| line.contains("waited too long or among too many")), "{log:?}");
}

/// A server in a shell that limits its open files first.
fn limited(limits: &str) -> Served {
    let folder = Folder::ready();
    let mut command = Command::new("sh");
    let script = format!("{limits} && exec \"$0\" serve --listen 127.0.0.1:0");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_jot")]).current_dir(folder.path.path());
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    folder.serve_by(command)
}

#[test]
fn where_few_files_can_be_opened_there_are_fewer_places_and_nobody_is_kept_out() {
    let served = limited("ulimit -n 300");
    let _silent: Vec<_> = (0..200).map(|_| connect(served.address)).collect();
    let (_, access) = served.tokens();
    for _ in 0..20 {
        served.validate(&access).is(200, VALID);
    }
    let log = served.stopped();
    assert!(log[0].starts_with("jot: warning: 1024 connections are wanted"), "{log:?}");
    assert!(log[0].contains("room for 44: the system lets a process open 300 files"), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("could not be accepted")), "{log:?}");
}

#[test]
fn every_file_that_may_be_opened_counts() {
    let served = limited("ulimit -Sn 64 && ulimit -Hn 2000");
    let _silent: Vec<_> = (0..200).map(|_| connect(served.address)).collect();
    let (_, access) = served.tokens();
    served.validate(&access).is(200, VALID);
    let log = served.stopped();
    assert!(!log.iter().any(|line| line.contains("connections are wanted")), "{log:?}");
    assert!(!log.iter().any(|line| line.contains("could not be accepted")), "{log:?}");
}
