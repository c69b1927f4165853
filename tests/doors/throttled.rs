//! Who guesses is held back at every door that takes passwords, and nobody else is.

use serde_json::{Value, json};

use crate::door::hands_out_nothing;
use crate::http::{self, Answer, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served};

const HOME: &str = "198.51.100.7";
const ATTACKER: &str = "192.0.2.66";

/// Where a name and a password are taken, in which mode, and in which member a refusal says why.
const DOORS: [(&str, &str, &str); 5] = [
    ("json", "/login/", "error"),
    ("one-cookie", "/login/", "error"),
    ("two-cookies", "/login/", "error"),
    ("json", "/api/auth/mobile/sign-in", "detail"),
    ("json", "/api/auth/web/sign-in", "detail"),
];

/// Behind a proxy on this machine, which says who asks.
fn folder(mode: &'static str) -> Folder {
    let folder = Folder::ready().with("JOT_SERVER__TRUSTED_PROXIES", "127.0.0.1");
    folder.with("JOT_SERVER__MODE", mode)
}

/// A login that the proxy passes on from that address.
fn login(served: &Served, path: &str, (name, password): (&str, &str), from: &str) -> Answer {
    let (kind, body) = if path == "/login/" {
        (FORM, form(&[("username", name), ("password", password)]))
    } else {
        (JSON, json!({"username": name, "password": password}).to_string())
    };
    let head = http::head("POST", path, &[kind, ("x-forwarded-for", from)], body.len());
    http::send(served.address, &head, body.as_bytes())
}

fn djwto(served: &Served, password: &str, from: &str) -> u16 {
    login(served, "/login/", ("alice", password), from).status
}

/// A refusal that says for how long; the seconds.
#[track_caller]
fn throttled(answer: &Answer, member: &str) -> i64 {
    assert_eq!(answer.status, 429, "{answer:?}");
    let seconds: i64 = answer.header("retry-after").unwrap().parse().unwrap();
    let words = format!("Too many attempts, wait {seconds} seconds.");
    assert_eq!(answer.body, format!("{{\"{member}\": \"{words}\"}}"));
    assert_eq!(answer.header("www-authenticate"), None);
    hands_out_nothing(answer);
    seconds
}

#[test]
fn c23_ninja_c14_guesses_are_held_back_at_every_door() {
    for (mode, path, member) in DOORS {
        let served = folder(mode).serve();
        for _ in 0..10 {
            assert_eq!(login(&served, path, ("alice", "wrong"), ATTACKER).status, 401);
        }
        for password in ["wrong", PASSWORD] {
            let answer = login(&served, path, ("alice", password), ATTACKER);
            assert!((3500..=3600).contains(&throttled(&answer, member)), "{answer:?}");
        }
        // One counter for all doors.
        for (other, path, member) in DOORS {
            if other == mode {
                throttled(&login(&served, path, ("alice", PASSWORD), "192.0.2.1"), member);
            }
        }
        assert_eq!(login(&served, path, ("alice", PASSWORD), HOME).status, 200);
    }
}

#[test]
fn unknown_disabled_and_wrong_are_held_back_alike() {
    for (_, path, member) in DOORS.into_iter().filter(|(mode, ..)| *mode == "json") {
        let folder = folder("json");
        folder.add_user("ina", PASSWORD);
        folder.run(&["user", "disable", "ina"], "");
        let served = folder.serve();
        for name in ["alice", "nobody", "ina"] {
            let password = if name == "alice" { "wrong" } else { PASSWORD };
            let login = || login(&served, path, (name, password), ATTACKER);
            let judged = (0..50).take_while(|_| login().status == 401).count();
            assert_eq!(judged, 10, "{name:?} at {path}");
            throttled(&login(), member);
        }
    }
}

/// Whoever hammers from one network keeps the owner out of no other, also after a restart.
#[test]
fn c23_an_attacker_cannot_turn_it_on_the_owner() {
    let served = folder("json").serve();
    served.folder.run(&["backup", "before.db"], "");
    assert_eq!(djwto(&served, PASSWORD, HOME), 200);
    let mut judged = 0;
    for at in 0..500 {
        let from = format!("192.0.2.{}", at % 256);
        match djwto(&served, "wrong", &from) {
            401 => judged += 1,
            status => assert_eq!(status, 429),
        }
        if at % 100 == 0 {
            assert_eq!(djwto(&served, "mistyped", HOME), 401);
            assert_eq!(djwto(&served, PASSWORD, HOME), 200, "where she was before");
        }
    }
    assert_eq!(judged, 10);
    assert_eq!(djwto(&served, PASSWORD, "203.0.113.5"), 200, "in a new place");
    let (folder, _) = served.stopped_in();
    let served = folder.serve();
    assert_eq!(djwto(&served, PASSWORD, ATTACKER), 429);
    assert_eq!(djwto(&served, PASSWORD, HOME), 200);
    served.folder.run(&["restore", "before.db", "--yes"], "");
    assert_eq!(djwto(&served, PASSWORD, ATTACKER), 429, "what a backup does not know is kept");
    served.folder.run(&["throttle", "lift", "--network", ATTACKER], "");
    assert_eq!(djwto(&served, "wrong", ATTACKER), 401, "a running server sees it");
}

/// Many networks, each with one guess: the owner's own is the only one that still gets in.
#[test]
fn c23_a_crowd_has_no_more_guesses_than_strangers_have() {
    let served = folder("json").serve();
    assert_eq!(djwto(&served, PASSWORD, HOME), 200);
    let from = |at: usize| format!("10.0.{at}.1");
    let judged = (0..100).filter(|at| djwto(&served, "wrong", &from(*at)) == 401).count();
    assert_eq!(judged, 26);
    assert_eq!(djwto(&served, PASSWORD, "203.0.113.5"), 429, "a stranger is a stranger");
    assert_eq!(djwto(&served, PASSWORD, HOME), 200);
}

/// What a client says of where it comes from counts for nothing if no proxy of ours says it.
#[test]
fn nobody_gets_more_guesses_by_claiming_to_be_elsewhere() {
    let served = Folder::ready().serve();
    let judged = (0..30).filter(|at| djwto(&served, "wrong", &format!("10.0.{at}.1")) == 401);
    assert_eq!(judged.count(), 10);
}

#[test]
fn one_password_at_many_names_is_held_back_by_the_network() {
    let served = folder("json").with("JOT_THROTTLE__NETWORK", "5").serve();
    let spray = |at: usize| login(&served, "/login/", (&format!("user{at}"), "wrong"), ATTACKER);
    let judged = (0..20).filter(|at| spray(*at).status == 401).count();
    assert_eq!(judged, 5);
    assert!((700..=720).contains(&throttled(&spray(20), "error")));
    assert_eq!(djwto(&served, PASSWORD, HOME), 200);
}

#[test]
fn where_it_is_off_nothing_is_held_back() {
    let served = folder("json").with("JOT_THROTTLE__ENABLED", "false").serve();
    assert!((0..40).all(|_| djwto(&served, "wrong", ATTACKER) == 401));
    assert_eq!(djwto(&served, PASSWORD, ATTACKER), 200);
}

#[test]
fn it_is_told_when_logins_begin_to_wait_and_counted_how_many_do() {
    let (served, operators) = folder("json").serve_operated();
    let judged = (0..25).filter(|_| djwto(&served, "wrong", ATTACKER) == 401).count();
    assert_eq!(judged, 10);
    let events = served.folder.run(&["--json", "events", "--kind", "throttled"], "");
    let event: Value = serde_json::from_str(&events).unwrap();
    assert_eq!((&event["user"], &event["address"]), (&json!("alice"), &json!(ATTACKER)));
    assert_eq!(event["detail"], "logins to this account from 192.0.2.0/24 wait 3600 s");
    let metrics = http::send(operators, &http::head("GET", "/metrics", &[], 0), b"").body;
    for sample in [
        "jot_logins_throttled_total 15",
        "jot_events_total{kind=\"throttled\"} 1",
        "jot_events_total{kind=\"login_failed\"} 10",
    ] {
        assert!(metrics.lines().any(|line| line == sample), "{sample}: {metrics}");
    }
}
