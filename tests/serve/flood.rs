//! Many logins at once: each is answered, none is waited for too long, and what they cost is bounded.

use crate::http::Answer;
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
