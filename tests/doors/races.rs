//! Many refreshes of one token at once, as tabs and retries make them: one successor, nobody is
//! logged out, and a replay afterwards is found all the same.

use std::sync::Barrier;

use crate::client::set_cookies;
use crate::door::{Door, Visit, Words};
use crate::http::Answer;
use crate::token;

const THREADS: usize = 64;

/// How many rounds each door runs, unless `JOT_TEST_ROUNDS` says otherwise.
const ROUNDS: usize = 10;

#[expect(clippy::disallowed_methods, reason = "this is the tests' own, not a setting of jot")]
fn rounds() -> usize {
    let asked = std::env::var("JOT_TEST_ROUNDS").ok();
    asked.map_or(ROUNDS, |number| number.parse().expect("a number of rounds"))
}

#[test]
fn json_update_refresh() {
    race(Door::Json, "update_refresh");
}

#[test]
fn one_cookie_refresh_access() {
    race(Door::OneCookie, "refresh_access");
}

#[test]
fn two_cookies_refresh_access() {
    race(Door::TwoCookies, "refresh_access");
}

#[test]
fn ninja_web_token_refresh() {
    race(Door::Web, "");
}

/// Whatever a page's tabs do, some refresh and some update.
#[test]
fn two_cookies_refresh_access_and_update_refresh() {
    race(Door::TwoCookies, "mixed");
}

/// However a log-out and the refreshes of other tabs overtake each other, nothing is left alive.
#[test]
fn a_log_out_among_refreshes_ends_all_of_them() {
    for door in [Door::Json, Door::TwoCookies] {
        let mut visit = Visit::at(door);
        for round in 0..rounds() {
            visit.log_in_again();
            let answers = all_at_once(&visit, "log out", &visit.refresh);
            let mut seen = vec![visit.refresh.clone()];
            for (at, answer) in answers.iter().enumerate() {
                let expected = if at == 0 { &[200][..] } else { &[200, 401] };
                assert!(expected.contains(&answer.status), "{door:?} {round} {at} {answer:?}");
                let cookies = set_cookies(answer).into_iter();
                let given = cookies.filter(|one| one.name == "jwt_refresh" && one.age() > 0);
                seen.extend(given.map(|cookie| cookie.value));
                if door == Door::Json && at > 0 && answer.status == 200 {
                    seen.push(answer.member("refresh"));
                }
            }
            seen.sort();
            seen.dedup();
            for refresh in &seen {
                let answer = visit.show_refresh("refresh_access", Some(refresh));
                visit.refuses_revoked(&answer, "refresh_access");
            }
            let access = visit.show_access(Some(&visit.access));
            visit.refuses(&access, Words("Token was revoked.", ""));
        }
    }
}

fn race(door: Door, name: &str) {
    let visit = Visit::at(door);
    let mut line = vec![visit.refresh.clone()];
    for round in 0..rounds() {
        let answers = all_at_once(&visit, name, line.last().unwrap());
        line.push(successor(door, &answers, round));
    }
    let [first, .., previous, last] = line.as_slice() else { panic!("one round is no race") };
    assert_eq!(thefts(&visit), 0);
    let refused = |token: &str| {
        let name = if name == "mixed" { "refresh_access" } else { name };
        visit.refuses_revoked(&visit.show_refresh(name, Some(token)), name);
    };
    refused(first);
    for token in [first, previous, last] {
        refused(token);
    }
    assert_eq!(thefts(&visit), 1);
}

fn all_at_once(visit: &Visit, name: &str, refresh: &str) -> Vec<Answer> {
    let barrier = Barrier::new(THREADS);
    let ask = |at: usize| {
        barrier.wait();
        let name = match name {
            "log out" if at == 0 => "logout",
            "log out" | "mixed" => ["refresh_access", "update_refresh"][at % 2],
            name => name,
        };
        visit.show_refresh(name, Some(refresh))
    };
    std::thread::scope(|scope| {
        let threads: Vec<_> = (0..THREADS).map(|at| scope.spawn(move || ask(at))).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    })
}

/// The one refresh token that every answer hands out.
fn successor(door: Door, answers: &[Answer], round: usize) -> String {
    let given: Vec<_> = answers
        .iter()
        .map(|answer| {
            assert_eq!(answer.status, 200, "{door:?}, round {round}: {answer:?}");
            let cookies = set_cookies(answer);
            // A lost race never clears a cookie.
            assert!(cookies.iter().all(|cookie| cookie.age() > 0 && !cookie.value.is_empty()));
            match cookies.first() {
                Some(cookie) => cookie.value.clone(),
                None => answer.member("refresh"),
            }
        })
        .collect();
    for token in &given {
        assert_eq!(token::claims(token), token::claims(&given[0]), "{door:?}, round {round}");
    }
    given.into_iter().next().unwrap()
}

fn thefts(visit: &Visit) -> usize {
    let events = ["--json", "events", "--kind", "theft_detected"];
    visit.served.folder.run(&events, "").lines().count()
}
