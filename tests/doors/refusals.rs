//! The table of refusals, each row at each door that has it: status, words and headers, and that
//! the good token goes on being good.

use serde_json::Value;

use crate::door::{Door, Visit, Words, hands_out_nothing};
use crate::served::{Folder, now};
use crate::token;

macro_rules! at_every_door {
    ($($row:ident)*) => {
        mod json { $(#[test] fn $row() { super::$row(super::Door::Json); })* }
        mod one_cookie { $(#[test] fn $row() { super::$row(super::Door::OneCookie); })* }
        mod two_cookies { $(#[test] fn $row() { super::$row(super::Door::TwoCookies); })* }
        mod ninja_mobile { $(#[test] fn $row() { super::$row(super::Door::Mobile); })* }
        mod ninja_web { $(#[test] fn $row() { super::$row(super::Door::Web); })* }
        mod forward { $(#[test] fn $row() { super::$row(super::Door::Forward); })* }
        mod forward_cookie { $(#[test] fn $row() { super::$row(super::Door::ForwardCookie); })* }
    };
}

at_every_door! {
    no_token
    not_a_token
    tampered
    expired
    not_yet_valid
    foreign_key
    alg_none
    hs256_with_the_public_key
    wrong_kind
    wrong_profile
    revoked_token
    revoked_session
    superseded
    ended_by_log_out
    ended_by_theft
    disabled_user
    removed_user
    another_password
    store_away
}

/// Both of alice's tokens, spoilt, are refused with these words, and good ones go on being good.
fn refused(door: Door, spoil: impl Fn(&Visit, &str) -> String, words: Words) {
    let visit = Visit::at(door);
    if !door.is_ninja() {
        let answer = visit.show_access(Some(&spoil(&visit, &visit.access)));
        visit.refuses(&answer, words);
        assert_eq!(visit.show_access(Some(&visit.access)).status, 200);
    }
    let bad = spoil(&visit, &visit.refresh);
    for name in visit.refresh_doors() {
        // Whoever logs out may be late.
        if (*name, words.1) != ("logout", "expired") {
            visit.refuses(&visit.show_refresh(name, Some(&bad)), words);
        }
    }
    let name = visit.refresh_doors()[0];
    assert_eq!(visit.show_refresh(name, Some(&visit.refresh)).status, 200);
}

fn changed(door: Door, change: impl Fn(&mut Value), words: Words) {
    refused(door, |visit, token| token::resigned(&visit.served.folder, token, &change), words);
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

fn no_token(door: Door) {
    let visit = Visit::at(door);
    if door == Door::Mobile {
        let answer = visit.show_refresh("", None);
        let fault = r#"{"type": "missing", "loc": ["body", "payload", "refresh"], "msg": "Field required"}"#;
        assert_eq!((answer.status, answer.body), (422, format!("{{\"detail\": [{fault}]}}")));
        return;
    }
    let none = "Token not found in \"HTTP_AUTHORIZATION\" header.";
    let (access, refresh) = match door {
        Door::TwoCookies => ("Cookie \"jwt_access_token\" cannot be empty.", EMPTY),
        Door::OneCookie | Door::ForwardCookie => ("Cookie \"jwt_access\" cannot be empty.", EMPTY),
        _ => (none, none),
    };
    if !door.is_ninja() {
        visit.refuses(&visit.show_access(None), Words(access, "missing"));
    }
    for name in visit.refresh_doors() {
        visit.refuses(&visit.show_refresh(name, None), Words(refresh, "missing"));
    }
}

const EMPTY: &str = "Cookie \"jwt_refresh\" cannot be empty.";

fn not_a_token(door: Door) {
    for few in ["abc", "a.b"] {
        refused(door, |_, _| few.to_owned(), Words("Not enough segments", "parse"));
    }
    let spoilt = |token: &str| [format!("{token}="), "abc.def.ghi".to_owned(), "...".to_owned()];
    for at in 0..3 {
        let words = Words("Invalid header string", "parse");
        refused(door, |_, token| spoilt(token)[at].clone(), words);
    }
}

fn tampered(door: Door) {
    let words = Words("Signature verification failed", "signature");
    refused(door, |_, token| token::tampered(token), words);
}

fn expired(door: Door) {
    changed(door, |claims| claims["exp"] = now().into(), Words("Signature has expired", "expired"));
}

fn not_yet_valid(door: Door) {
    let words = Words("The token is not yet valid (nbf)", "not-yet-valid");
    changed(door, |claims| claims["nbf"] = (now() + 60).into(), words);
}

fn foreign_key(door: Door) {
    let other = Folder::empty().with_key();
    let words = Words("Signature verification failed", "key");
    refused(door, |_, token| token::resigned(&other, token, |_| {}), words);
}

fn alg_none(door: Door) {
    let words = Words("The specified alg value is not allowed", "alg");
    refused(door, |_, token| token::unsigned(token), words);
}

fn hs256_with_the_public_key(door: Door) {
    let words = Words("The specified alg value is not allowed", "alg");
    refused(door, |visit, token| token::confused(&visit.served.folder, token), words);
}

fn wrong_kind(door: Door) {
    let visit = Visit::at(door);
    if !door.is_ninja() {
        let words = Words("Token type must be \"access\".", "claims");
        visit.refuses(&visit.show_access(Some(&visit.refresh)), words);
    }
    for name in visit.refresh_doors() {
        let answer = visit.show_refresh(name, Some(&visit.access));
        visit.refuses(&answer, Words(not_refresh(door, name), "claims"));
    }
}

fn wrong_profile(door: Door) {
    let other = if door.is_ninja() { "djwto" } else { "ninja" };
    if !door.is_ninja() && !door.is_djwto() {
        return any_profile(&Visit::at(door));
    }
    let visit = Visit::at(door);
    let issue = ["--json", "issue", "--user", "alice", "--type", "pair", "--profile", other];
    let pair: Value = serde_json::from_str(&visit.served.folder.run(&issue, "")).unwrap();
    // Of this session, as far as CSRF tokens are concerned.
    let sid = token::text(&visit.refresh, "sid");
    let [access, refresh] = ["access", "refresh"].map(|kind| {
        let token = pair[kind]["token"].as_str().unwrap();
        token::resigned(&visit.served.folder, token, |claims| claims["sid"] = sid.clone().into())
    });
    if door.is_djwto() {
        let words = Words("Token type must be \"access\".", "claims");
        visit.refuses(&visit.show_access(Some(&access)), words);
    }
    for name in visit.refresh_doors() {
        let words = Words(not_refresh(door, name), "claims");
        visit.refuses(&visit.show_refresh(name, Some(&refresh)), words);
    }
}

/// A proxy's application may be of either world.
fn any_profile(visit: &Visit) {
    for profile in ["djwto", "ninja"] {
        let issue = ["issue", "--user", "alice", "--profile", profile];
        let bearer = format!("Bearer {}", visit.served.folder.run(&issue, ""));
        let answer = visit.served.ask("GET", "/auth/verify", &[("authorization", &bearer)]);
        assert_eq!((answer.status, answer.header("jot-user")), (200, Some("alice")), "{profile}");
    }
}

/// What is said of a token that is no refresh token of this door.
fn not_refresh(door: Door, name: &str) -> &'static str {
    match (door, name) {
        (Door::Json, "refresh_access" | "update_refresh" | "logout") => {
            "Refresh token was not sent in authorization header."
        }
        _ => "Token type must be \"refresh\".",
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

fn store_away(door: Door) {
    let visit = Visit::at(door);
    let (path, aside) = (visit.served.folder.file("jot.db"), visit.served.folder.file("aside.db"));
    std::fs::rename(&path, &aside).unwrap();
    let mut answers = Vec::new();
    if !door.is_ninja() {
        answers.push(visit.show_access(Some(&visit.access)));
    }
    let doors = visit.refresh_doors();
    answers.extend(doors.iter().map(|name| visit.show_refresh(name, Some(&visit.refresh))));
    for answer in answers {
        let member = if door.is_ninja() { "detail" } else { "error" };
        assert_eq!((answer.status, answer.member(member)), (503, "Service unavailable.".into()));
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert_eq!(answer.header("www-authenticate"), None);
        hands_out_nothing(&answer);
    }
    std::fs::rename(&aside, &path).unwrap();
    let name = visit.refresh_doors()[0];
    assert_eq!(visit.show_refresh(name, Some(&visit.refresh)).status, 200);
}
