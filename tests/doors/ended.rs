//! What was good once: tokens, sessions and users that were refused since, at each door.

use serde_json::Value;

use crate::client::{Browser, set_cookies};
use crate::csrf::{VALIDATE, cookie_mode, forged};
use crate::door::{Door, Visit, WEB, Words, at_every_door};
use crate::served::now;
use crate::token;

at_every_door! {
    revoked_token
    revoked_session
    superseded
    ended_by_log_out
    ended_by_theft
    disabled_user
    removed_user
    another_password
}

/// The same where the session's end was no log-out: who logs out then is told that it worked, once.
fn ended(door: Door, act: impl FnOnce(&Visit)) {
    revoked(door, |visit| {
        act(visit);
        if door.is_djwto() {
            assert_eq!(visit.show_refresh("logout", Some(&visit.refresh)).status, 200);
        }
    });
}

/// Both of alice's tokens are refused as revoked after this was done.
fn revoked(door: Door, act: impl FnOnce(&Visit)) {
    let visit = Visit::at(door);
    assert_eq!(visit.show_refresh(visit.refresh_doors()[0], Some(&visit.refresh)).status, 200);
    act(&visit);
    all_revoked(&visit, &visit.refresh);
}

fn all_revoked(visit: &Visit, refresh: &str) {
    if !visit.door.is_ninja() {
        let answer = visit.show_access(Some(&visit.access));
        visit.refuses(&answer, Words("Token was revoked.", "revoked"));
    }
    for name in visit.refresh_doors() {
        visit.refuses_revoked(&visit.show_refresh(name, Some(refresh)), name);
    }
}

fn revoked_token(door: Door) {
    let visit = Visit::at(door);
    if !door.is_ninja() {
        visit.served.folder.run(&["revoke", &token::text(&visit.access, "jti")], "");
        let answer = visit.show_access(Some(&visit.access));
        visit.refuses(&answer, Words("Token was revoked.", "revoked"));
    }
    // The session goes on, until its refresh token is revoked by its id.
    let name = visit.refresh_doors()[0];
    assert_eq!(visit.show_refresh(name, Some(&visit.refresh)).status, 200);
    visit.served.folder.run(&["revoke", &token::text(&visit.refresh, "jti")], "");
    all_revoked(&visit, &visit.refresh);
}

fn revoked_session(door: Door) {
    revoked(door, |visit| {
        let sid = token::text(&visit.refresh, "sid");
        visit.served.folder.run(&["revoke", "--session", &sid], "");
    });
}

/// Rotates by the command line, so that every door meets an older token.
fn rotate(visit: &Visit, refresh: &str) -> String {
    let pair = visit.served.folder.run(&["refresh", "--update", "-"], refresh);
    let pair: Value = serde_json::from_str(&pair).unwrap();
    pair["refresh"].as_str().unwrap().to_owned()
}

fn superseded(door: Door) {
    for at in 0..Visit::at(door).refresh_doors().len() {
        let visit = Visit::at(door);
        let current = rotate(&visit, &rotate(&visit, &visit.refresh));
        let name = visit.refresh_doors()[at];
        let answer = visit.show_refresh(name, Some(&visit.refresh));
        if name == "logout" {
            // Somebody who logs out with an old token is let out.
            assert_eq!(answer.status, 200, "{answer:?}");
        } else {
            visit.refuses_revoked(&answer, name);
        }
        // Looking changes nothing; at the doors that refresh it is theft.
        let looks = name == "validate_refresh" || !(door.is_djwto() || door.is_ninja());
        let status = visit.show_refresh(visit.refresh_doors()[0], Some(&current)).status;
        assert_eq!(status == 200, looks, "{name} {status}");
    }
}

fn ended_by_log_out(door: Door) {
    revoked(door, |visit| {
        if door.is_ninja() {
            let bearer = format!("Bearer {}", visit.access);
            let path = "/api/auth/web/sign-out";
            assert_eq!(visit.served.ask("POST", path, &[("authorization", &bearer)]).status, 204);
            return;
        }
        let fields = [("jwt_type", "refresh")];
        let path = "/api/token/refresh/logout/".to_owned();
        let shown = ("jwt_refresh", Some(visit.refresh.as_str()));
        assert_eq!(visit.show(("POST", path), shown, &fields).status, 200);
    });
}

fn ended_by_theft(door: Door) {
    ended(door, |visit| {
        rotate(visit, &rotate(visit, &visit.refresh));
        let stolen = visit.served.folder.told(&["refresh", "-"], &visit.refresh);
        assert_eq!(stolen.status.code(), Some(16), "{stolen:?}");
    });
}

fn disabled_user(door: Door) {
    ended(door, |visit| drop(visit.served.folder.run(&["user", "disable", "alice"], "")));
}

fn removed_user(door: Door) {
    ended(door, |visit| {
        visit.served.folder.run(&["user", "remove", "alice", "--yes"], "");
    });
}

fn another_password(door: Door) {
    ended(door, |visit| {
        let passwd = ["user", "passwd", "alice", "--password-stdin"];
        visit.served.folder.run(&passwd, "eight tall herons mend roofs");
    });
}

/// Also with a token that is over, or older: whoever wants out is let out, once.
#[test]
fn a_log_out_may_come_late() {
    for door in [Door::Json, Door::OneCookie, Door::TwoCookies] {
        let visit = Visit::at(door);
        let expired = token::resigned(&visit.served.folder, &visit.refresh, |claims| {
            claims["exp"] = (now() - 1).into();
        });
        let answer = visit.show_refresh("logout", Some(&expired));
        answer.is(200, r#"{"msg": "Token successfully blacklisted."}"#);
        let gone = set_cookies(&answer);
        assert_eq!(gone.is_empty(), door == Door::Json);
        assert!(gone.iter().all(|cookie| cookie.age() == 0), "{gone:?}");
        let again = visit.show_refresh("logout", Some(&expired));
        visit.refuses_revoked(&again, "logout");
        assert_eq!(set_cookies(&again), gone);
        all_revoked(&visit, &visit.refresh);
    }
}

const LOGOUT: &str = "/api/token/refresh/logout/";

/// All that came along is ended, or nothing is: no answer says of a session that goes on that it is
/// deleted.
#[test]
fn a_log_out_with_cookies_of_two_sessions_ends_neither() {
    let served = cookie_mode().serve();
    let [one, other] = [(); 2].map(|()| Browser::of_alice(&served));
    let mut mixed = one.clone();
    mixed.plant("jwt_access_token", &other.cookie("jwt_access_token"));
    let answer = mixed.shown("DELETE", LOGOUT, &[]);
    forged(&answer, "the cookie csrftoken is not of this session");
    for browser in [one, other] {
        assert_eq!(browser.clone().post(VALIDATE, &[]).status, 200);
    }
}

#[test]
fn a_log_out_with_a_cookie_that_came_twice_ends_nothing() {
    let served = cookie_mode().serve();
    let alice = Browser::of_alice(&served);
    for name in ["jwt_refresh", "jwt_access_token"] {
        let csrf = alice.cookie("csrftoken");
        let planted = format!("{name}=planted");
        let headers = [("x-csrftoken", csrf.as_str()), ("cookie", &planted)];
        let answer = alice.clone().send(("DELETE", LOGOUT), &headers, "");
        answer.is(403, &format!(r#"{{"error": "Cookie \"{name}\" was sent twice."}}"#));
        assert!(set_cookies(&answer).is_empty());
    }
    assert_eq!(alice.clone().post(VALIDATE, &[]).status, 200);

    let visit = Visit::at(Door::Web);
    let twice = format!("refresh=planted; refresh={}", visit.refresh);
    let answer = visit.served.ask("DELETE", WEB, &[("cookie", &twice)]);
    answer.is(401, r#"{"detail": "Unauthorized"}"#);
    assert_eq!(visit.show_refresh("", Some(&visit.refresh)).status, 200);
}

/// Whoever has one dead token can show it as often as they like, and a log-out with both cookies of a
/// session is one log-out.
#[test]
fn a_log_out_is_told_once() {
    let served = cookie_mode().serve();
    let alice = Browser::of_alice(&served);
    for _ in 0..3 {
        assert_eq!(alice.clone().shown("DELETE", LOGOUT, &[]).status, 200);
    }
    assert_eq!(alice.clone().post(LOGOUT, &[("jwt_type", "refresh")]).status, 409);
    for kind in ["logged_out", "blacklisted"] {
        let told = served.folder.run(&["events", "--kind", kind, "--json"], "");
        assert_eq!(told.lines().count(), 1, "{told}");
    }
}

/// Whoever wants out by DELETE is told that it is done, also before the token may be used.
#[test]
fn a_log_out_before_the_token_is_valid_ends_the_session() {
    let served = cookie_mode().with("JOT_TOKEN__NBF", "60s").serve();
    let sessions = || served.folder.run(&["session", "list", "--json"], "");
    let alice = Browser::of_alice(&served);
    assert!(sessions().contains("\"ended\":null"), "{}", sessions());
    assert_eq!(alice.clone().shown("DELETE", LOGOUT, &[]).status, 200);
    assert!(!sessions().contains("\"ended\":null"), "{}", sessions());
}
