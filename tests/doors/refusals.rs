//! The table of refusals, each row at each door that has it: status, words and headers, and that
//! the good token goes on being good.

use serde_json::Value;

use crate::door::{Door, Visit, Words, at_every_door, hands_out_nothing};
use crate::served::{Folder, now};
use crate::token;

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
