//! A refused login does not tell why: unknown, wrong, disabled and without a password answer alike,
//! byte for byte, and take the same time.

use std::time::{Duration, Instant};

use rand::seq::SliceRandom;

use crate::client::set_cookies;
use crate::http::{Answer, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served};

/// How many of each kind are asked to be alike.
const ASKED: usize = 60;

/// How many of each kind are timed in each of so many stores, if `JOT_TEST_TIMING` is set: which
/// user stands in for a name is the store's secret, and not as near in every store.
const TIMED: usize = 100;
const STORES: usize = 10;

/// How many go before them, until everything is warm.
const WARM: usize = 20;

/// Less likely than this by chance is a difference.
const CHANCE: f64 = 0.01;

/// Kinds of refused logins: what is wrong, the name, the password.
const REFUSED: [(&str, &str, &str); 4] = [
    ("wrong", "alice", "not the password"),
    ("unknown", "nobody", PASSWORD),
    ("disabled", "ina", PASSWORD),
    ("without a password", "noemi", PASSWORD),
];

/// Where a name and a password are taken, and in which mode.
const DOORS: [(&str, &str); 5] = [
    ("json", "/login/"),
    ("one-cookie", "/login/"),
    ("two-cookies", "/login/"),
    ("json", "/api/auth/mobile/sign-in"),
    ("json", "/api/auth/web/sign-in"),
];

/// Three users with passwords of the same cost, and one without.
fn served(mode: &'static str) -> Served {
    let folder = Folder::ready().with("JOT_SERVER__MODE", mode);
    // That they are held back alike is looked at by itself.
    let folder = folder.with("JOT_THROTTLE__ENABLED", "false");
    for name in ["bob", "ina"] {
        folder.add_user(name, PASSWORD);
    }
    folder.run(&["user", "add", "noemi", "--no-password"], "");
    folder.run(&["user", "disable", "ina"], "");
    folder.serve()
}

fn login(served: &Served, path: &str, (_, name, password): (&str, &str, &str)) -> Answer {
    if path == "/login/" {
        return served.post(path, FORM, form(&[("username", name), ("password", password)]));
    }
    let body = serde_json::json!({"username": name, "password": password}).to_string();
    served.post(path, JSON, body)
}

/// The answer without what says when it was given and without the values of its cookies.
fn bare(answer: &Answer) -> Answer {
    let mut bare = answer.clone().undated();
    let cookies = set_cookies(answer);
    let mut names = cookies.iter().map(|cookie| cookie.name.clone());
    for (name, value) in &mut bare.headers {
        if name == "set-cookie" {
            *value = names.next().unwrap();
        }
    }
    bare
}

#[test]
fn c24_ninja_c14_refused_logins_answer_alike_byte_for_byte() {
    for (mode, path) in DOORS {
        let served = served(mode);
        let first = bare(&login(&served, path, REFUSED[0]));
        assert_eq!(first.status, 401, "{first:?}");
        let cookies = set_cookies(&login(&served, path, REFUSED[0]));
        assert_eq!(cookies.len(), usize::from(mode != "json"));
        for _ in 0..ASKED {
            for kind in REFUSED {
                let answer = login(&served, path, kind);
                assert_eq!(bare(&answer), first, "{mode} {path} {kind:?}");
                let length = |value: &str| value.len();
                let seen: Vec<_> =
                    set_cookies(&answer).iter().map(|cookie| length(&cookie.value)).collect();
                let expected: Vec<_> = cookies.iter().map(|cookie| length(&cookie.value)).collect();
                assert_eq!(seen, expected);
            }
        }
        let right = login(&served, path, ("", "alice", PASSWORD));
        assert_eq!(right.status, 200, "{right:?}");
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the tests' own, not a setting of jot")]
fn is_asked_for() -> bool {
    std::env::var_os("JOT_TEST_TIMING").is_some()
}

/// Timed only on request: a machine with other work to do finds differences of its own.
#[test]
fn c24_ninja_c14_refused_logins_take_the_same_time() {
    if !is_asked_for() {
        return;
    }
    let mut times = REFUSED.map(|_| Vec::with_capacity(STORES * TIMED));
    for _ in 0..STORES {
        let served = served("json");
        (0..WARM).for_each(|_| time(&served, &mut REFUSED.map(|_| Vec::new())));
        (0..TIMED).for_each(|_| time(&served, &mut times));
    }
    let mut found = Vec::new();
    for at in 1..REFUSED.len() {
        let chance = mann_whitney(&times[0], &times[at]);
        let median = |times: &[Duration]| {
            let mut times = times.to_vec();
            times.sort();
            times[times.len() / 2]
        };
        let (name, own, other) = (REFUSED[at].0, median(&times[0]), median(&times[at]));
        println!("wrong {own:?}, {name} {other:?}: p = {chance:.3}");
        if chance <= CHANCE {
            found.push(name);
        }
    }
    assert!(found.is_empty(), "{found:?}");
}

/// Times a login of each kind, in an order drawn by chance.
fn time(served: &Served, times: &mut [Vec<Duration>; REFUSED.len()]) {
    let mut order = [0, 1, 2, 3];
    order.shuffle(&mut rand::rng());
    for at in order {
        let began = Instant::now();
        let answer = login(served, "/login/", REFUSED[at]);
        times[at].push(began.elapsed());
        assert_eq!(answer.status, 401);
    }
}

/// How likely two samples of one distribution differ so much or more: the U test of Mann and Whitney,
/// two-sided, with the normal distribution that it has for many.
fn mann_whitney(one: &[Duration], other: &[Duration]) -> f64 {
    let tagged =
        |times: &[Duration], own: bool| times.iter().map(|time| (*time, own)).collect::<Vec<_>>();
    let mut all = [tagged(one, true), tagged(other, false)].concat();
    all.sort();
    // Nanoseconds hardly ever tie, and a tie moves the sum by one at most.
    let ranks = (1_u32..).zip(&all).filter(|(_, (_, own))| *own);
    let sum: f64 = ranks.map(|(rank, _)| f64::from(rank)).sum();
    let count = |times: &[Duration]| f64::from(u32::try_from(times.len()).unwrap());
    let (n, m) = (count(one), count(other));
    let u = sum - n * (n + 1.0) / 2.0;
    let deviation = (n * m * (n + m + 1.0) / 12.0).sqrt();
    beyond((u - n * m / 2.0).abs() / deviation)
}

/// How likely a normal variable is that far from its mean or farther (Abramowitz and Stegun 26.2.17).
fn beyond(z: f64) -> f64 {
    let t = 1.0 / (1.0 + 0.231_641_9 * z);
    let factors = [1.330_274_429, -1.821_255_978, 1.781_477_937, -0.356_563_782, 0.319_381_530];
    let sum = factors.iter().fold(0.0, |sum, factor| (sum + factor) * t);
    2.0 * sum * (-z * z / 2.0).exp() / std::f64::consts::TAU.sqrt()
}

#[test]
fn the_statistic_finds_what_is_there_and_nothing_else() {
    let times = |step: u64, from: u64| -> Vec<_> {
        (0..1000).map(|at| Duration::from_nanos(from + (at * step) % 1009)).collect()
    };
    assert!(mann_whitney(&times(7, 0), &times(11, 0)) > 0.5);
    assert!(mann_whitney(&times(7, 0), &times(11, 60)) < 0.001);
    assert!((beyond(1.96) - 0.05).abs() < 0.001 && (beyond(0.0) - 1.0).abs() < 0.001);
    assert!((beyond(2.576) - 0.01).abs() < 0.0001);
}
