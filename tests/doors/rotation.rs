//! Sessions at the doors: which refresh token follows which, who is forgiven and who is a thief.

use crate::client::set_cookies;
use crate::door::{Door, Visit};
use crate::http::Answer;
use crate::served::{Folder, now};
use crate::token;

/// The doors that rotate at every refresh.
const ROTATING: [Door; 3] = [Door::OneCookie, Door::TwoCookies, Door::Web];

/// Nothing is forgiven as soon as the second is over.
fn strict() -> Folder {
    Folder::ready().with("JOT_REFRESH__GRACE", "0s")
}

/// The refresh token that an answer hands out.
#[track_caller]
fn given(door: Door, answer: &Answer) -> String {
    assert_eq!(answer.status, 200, "{answer:?}");
    if door.has_cookies() { set_cookies(answer)[0].value.clone() } else { answer.member("refresh") }
}

fn jti(token: &str) -> String {
    token::text(token, "jti")
}

fn time(token: &str, name: &str) -> i64 {
    token::claims(token)[name].as_i64().unwrap()
}

/// Waits until this second is over.
fn next_second() {
    let second = now();
    while now() <= second {
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
}

fn events(visit: &Visit, kind: &str) -> usize {
    visit.served.folder.run(&["--json", "events", "--kind", kind], "").lines().count()
}

impl Visit {
    fn access_again(&self, refresh: &str) -> Answer {
        self.show_refresh("refresh_access", Some(refresh))
    }

    fn renewed(&self, refresh: &str) -> String {
        given(self.door, &self.access_again(refresh))
    }

    fn updated(&self, refresh: &str) -> String {
        given(self.door, &self.show_refresh("update_refresh", Some(refresh)))
    }

    #[track_caller]
    fn refuses_now(&self, refresh: &str) {
        self.refuses_revoked(&self.access_again(refresh), "refresh_access");
    }
}

#[test]
fn json_refresh_access_keeps_the_token_byte_for_byte() {
    let visit = Visit::at(Door::Json);
    let mut seen = vec![jti(&visit.access)];
    for _ in 0..5 {
        let answer = visit.access_again(&visit.refresh);
        assert_eq!(given(Door::Json, &answer), visit.refresh);
        let access = answer.member("access");
        assert_eq!(time(&access, "refresh_iat"), time(&visit.refresh, "iat"));
        assert_eq!(token::text(&access, "sid"), token::text(&visit.refresh, "sid"));
        assert!(!seen.contains(&jti(&access)));
        seen.push(jti(&access));
    }
    assert_eq!(events(&visit, "refresh_updated"), 0);
}

#[test]
fn doors_whose_clients_take_the_successor_rotate_and_keep_its_times() {
    for door in ROTATING {
        let visit = Visit::at(door);
        next_second();
        let successor = visit.renewed(&visit.refresh);
        assert_ne!(jti(&successor), jti(&visit.refresh), "{door:?}");
        for name in ["iat", "exp"] {
            assert_eq!(time(&successor, name), time(&visit.refresh, name), "{door:?} {name}");
        }
        assert_eq!(token::text(&successor, "sid"), token::text(&visit.refresh, "sid"));
    }
}

#[test]
fn update_refresh_slides_and_rotates() {
    for door in [Door::Json, Door::OneCookie, Door::TwoCookies] {
        let visit = Visit::at(door);
        next_second();
        let successor = visit.updated(&visit.refresh);
        let moved = time(&successor, "iat") - time(&visit.refresh, "iat");
        assert!((1..10).contains(&moved), "{door:?} {moved}");
        assert_eq!(time(&successor, "exp") - time(&visit.refresh, "exp"), moved);
        assert_ne!(jti(&successor), jti(&visit.refresh));
        assert_eq!(events(&visit, "refresh_updated"), 1);
    }
}

#[test]
fn a_session_has_a_longest_life() {
    let visit = Visit::of(Folder::ready().with("JOT_REFRESH__MAX_SESSION", "1d"), Door::Json);
    next_second();
    let successor = visit.updated(&visit.refresh);
    assert!(time(&successor, "iat") > time(&visit.refresh, "iat"));
    assert_eq!(time(&successor, "exp"), time(&visit.refresh, "exp"));
    let visit = Visit::of(Folder::ready().with("JOT_REFRESH__MAX_SESSION", "3s"), Door::Json);
    let mut refresh = visit.refresh.clone();
    while now() < time(&visit.refresh, "iat") + 2 {
        refresh = visit.updated(&refresh);
    }
    assert_eq!(time(&refresh, "exp"), time(&visit.refresh, "iat") + 3);
    (0..2).for_each(|_| next_second());
    let answer = visit.show_refresh("update_refresh", Some(&refresh));
    assert_eq!((answer.status, answer.member("error")), (403, "Signature has expired".into()));
}

#[test]
fn the_previous_one_within_the_grace_gives_the_same_successor() {
    for door in ROTATING {
        let visit = Visit::at(door);
        let successor = visit.renewed(&visit.refresh);
        for _ in 0..5 {
            let again = visit.renewed(&visit.refresh);
            assert_eq!(token::claims(&again), token::claims(&successor), "{door:?}");
        }
        assert_ne!(jti(&visit.renewed(&successor)), jti(&successor));
        assert_eq!(events(&visit, "theft_detected") + events(&visit, "refresh_recovered"), 0);
    }
    let visit = Visit::at(Door::Json);
    let successor = visit.updated(&visit.refresh);
    let names = ["refresh_access", "update_refresh"];
    for name in names.into_iter().cycle().take(6) {
        let again = given(Door::Json, &visit.show_refresh(name, Some(&visit.refresh)));
        assert_eq!(token::claims(&again), token::claims(&successor), "{name}");
    }
}

#[test]
fn the_previous_one_is_taken_once_after_the_grace_and_then_is_theft() {
    for door in ROTATING {
        let visit = Visit::of(strict(), door);
        let successor = visit.renewed(&visit.refresh);
        next_second();
        assert_eq!(jti(&visit.renewed(&visit.refresh)), jti(&successor), "{door:?}");
        assert_eq!(events(&visit, "refresh_recovered"), 1);
        visit.refuses_now(&visit.refresh);
        assert_eq!(events(&visit, "theft_detected"), 1);
        visit.refuses_now(&successor);
    }
}

#[test]
fn a_late_one_in_two_generations_after_each_other_is_theft() {
    let visit = Visit::of(strict(), Door::OneCookie);
    let second = visit.renewed(&visit.refresh);
    next_second();
    assert_eq!(jti(&visit.renewed(&visit.refresh)), jti(&second));
    let third = visit.renewed(&second);
    next_second();
    visit.refuses_now(&second);
    visit.refuses_now(&third);
    assert_eq!((events(&visit, "refresh_recovered"), events(&visit, "theft_detected")), (1, 1));
}

#[test]
fn a_late_one_is_forgiven_again_after_a_generation_without() {
    let visit = Visit::of(strict(), Door::OneCookie);
    let second = visit.renewed(&visit.refresh);
    next_second();
    assert_eq!(jti(&visit.renewed(&visit.refresh)), jti(&second));
    let third = visit.renewed(&second);
    let fourth = visit.renewed(&third);
    next_second();
    assert_eq!(jti(&visit.renewed(&third)), jti(&fourth));
    assert_eq!((events(&visit, "refresh_recovered"), events(&visit, "theft_detected")), (2, 0));
}

#[test]
fn an_older_one_ends_the_session_with_one_event() {
    for door in ROTATING {
        let mut visit = Visit::at(door);
        let second = visit.renewed(&visit.refresh);
        let third = visit.renewed(&second);
        for old in [&visit.refresh, &visit.refresh, &second, &third] {
            visit.refuses_now(old);
        }
        assert_eq!(events(&visit, "theft_detected"), 1, "{door:?}");
        // Alice herself is none of the thief's.
        visit.log_in_again();
        visit.renewed(&visit.refresh);
    }
}

/// With the session's own key, but never handed out in it.
#[test]
fn one_that_is_not_of_the_sessions_line_is_theft() {
    for door in [Door::Json, Door::OneCookie, Door::Web, Door::Mobile] {
        let visit = Visit::at(door);
        let other = token::resigned(&visit.served.folder, &visit.refresh, |claims| {
            claims["jti"] = "00000000-0000-4000-8000-000000000000".into();
        });
        for refused in [&other, &visit.refresh] {
            visit.refuses_now(refused);
        }
        assert_eq!(events(&visit, "theft_detected"), 1, "{door:?}");
    }
}

#[test]
fn looking_changes_nothing() {
    let visit = Visit::of(strict(), Door::OneCookie);
    let second = visit.renewed(&visit.refresh);
    next_second();
    let third = visit.renewed(&second);
    for _ in 0..3 {
        let old = visit.show_refresh("validate_refresh", Some(&visit.refresh));
        visit.refuses_revoked(&old, "validate_refresh");
        let cookies = format!("jwt_refresh={}; csrftoken={}", visit.refresh, visit.csrf);
        let headers = [("cookie", cookies.as_str()), ("x-csrftoken", &visit.csrf)];
        let answer = visit.served.ask("GET", "/auth/verify?type=refresh", &headers);
        assert_eq!((answer.status, answer.header("jot-error")), (401, Some("revoked")));
    }
    assert_eq!(visit.show_refresh("validate_refresh", Some(&third)).status, 200);
    next_second();
    // After the grace the previous one is not valid, though it would be recovered.
    let late = visit.show_refresh("validate_refresh", Some(&second));
    visit.refuses_revoked(&late, "validate_refresh");
    assert_eq!(jti(&visit.renewed(&second)), jti(&third));
}

/// Answers are lost on the way: the client goes on with what it has.
#[test]
fn lost_answers_do_not_log_anybody_out() {
    for door in ROTATING {
        let visit = Visit::at(door);
        let mut refresh = visit.refresh.clone();
        for lost in [0, 1, 5, 2] {
            for _ in 0..lost {
                drop(visit.access_again(&refresh));
            }
            refresh = visit.renewed(&refresh);
        }
        assert_eq!(visit.access_again(&refresh).status, 200, "{door:?}");
        assert_eq!(events(&visit, "theft_detected"), 0);
    }
}

/// A client that was written for an original and keeps the refresh token of its login.
#[test]
fn a_seeds_client_that_takes_no_successor_works_for_its_tokens_whole_life() {
    for (door, refresh, access) in [
        (Door::Json, "JOT_TOKEN__REFRESH_LIFETIME", "JOT_TOKEN__ACCESS_LIFETIME"),
        (Door::Mobile, "JOT_NINJA__REFRESH_LIFETIME", "JOT_NINJA__ACCESS_LIFETIME"),
    ] {
        let folder = strict().with(refresh, "4s").with(access, "1s");
        let visit = Visit::of(folder, door);
        let exp = time(&visit.refresh, "exp");
        assert_eq!(exp - time(&visit.refresh, "iat"), 4);
        while now() < exp - 1 {
            let answer = visit.access_again(&visit.refresh);
            assert_eq!(answer.status, 200, "{door:?} {answer:?}");
            let bearer = format!("Bearer {}", answer.member("access"));
            let verified = visit.served.ask("GET", "/auth/verify", &[("authorization", &bearer)]);
            assert!([200, 401].contains(&verified.status));
            std::thread::sleep(std::time::Duration::from_millis(200));
        }
        (0..2).for_each(|_| next_second());
        let answer = visit.access_again(&visit.refresh);
        let status = if door == Door::Mobile { 401 } else { 403 };
        assert_eq!(answer.status, status);
    }
}

#[test]
fn the_settings_say_which_doors_rotate() {
    let always = || Folder::ready().with("JOT_REFRESH__ROTATION", "always");
    let visit = Visit::of(always(), Door::Json);
    assert_ne!(visit.renewed(&visit.refresh), visit.refresh);
    let visit = Visit::of(always(), Door::Mobile);
    for _ in 0..3 {
        let answer = visit.access_again(&visit.refresh);
        assert_eq!(token::claims(&answer.body[12..answer.body.len() - 2])["token_type"], "access");
    }
    for door in ROTATING {
        let visit = Visit::of(Folder::ready().with("JOT_REFRESH__ROTATION", "update"), door);
        assert_eq!(visit.renewed(&visit.refresh), visit.refresh, "{door:?}");
    }
    let visit = Visit::of(Folder::ready().with("JOT_REFRESH__ALLOW_UPDATE", "false"), Door::Json);
    let answer = visit.show_refresh("update_refresh", Some(&visit.refresh));
    assert_eq!((answer.status, answer.body.as_str()), (404, r#"{"error": "Not found."}"#));
}
