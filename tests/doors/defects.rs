//! What was unsafe in djwto 0.0.4, row by row of the list of its defects, and is safe here. Each test
//! has the number of its row; throttling (23, second half) and the time that a refused login takes
//! (24) have files of their own.

use serde_json::{Value, json};

use crate::client::{Browser, set_cookies};
use crate::door::{Door, Visit, Words};
use crate::served::{Folder, PASSWORD, Served, WRONG, now};
use crate::token;

pub(crate) const REFRESH: &str = "/api/token/refresh/refresh_access/";
pub(crate) const UPDATE: &str = "/api/token/refresh/update_refresh/";
const LOGOUT: &str = "/api/token/refresh/logout/";
pub(crate) const TYPE: [(&str, &str); 1] = [("jwt_type", "refresh")];
pub(crate) const DJWTO: [Door; 3] = [Door::Json, Door::OneCookie, Door::TwoCookies];

pub(crate) fn cookies(door: Door) -> Served {
    Folder::ready().with("JOT_SERVER__MODE", door.mode()).serve()
}

/// The claims of the refresh token that an answer hands out.
fn successor(visit: &Visit, name: &str) -> String {
    let answer = visit.show_refresh(name, Some(&visit.refresh));
    assert_eq!(answer.status, 200, "{answer:?}");
    match set_cookies(&answer).first() {
        Some(cookie) => cookie.value.clone(),
        None => answer.member("refresh"),
    }
}

fn permissions(token: &str) -> Value {
    token::claims(token)["user"]["perms"].clone()
}

#[test]
fn c1_type_confusion_in_cookie_mode() {
    for door in [Door::OneCookie, Door::TwoCookies] {
        let visit = Visit::at(door);
        for name in visit.refresh_doors() {
            let answer = visit.show_refresh(name, Some(&visit.access));
            visit.refuses(&answer, Words("Token type must be \"refresh\".", ""));
        }
    }
}

#[test]
fn c2_a_refresh_token_opens_protected_views() {
    for door in [Door::Json, Door::OneCookie, Door::TwoCookies, Door::Forward, Door::ForwardCookie]
    {
        let visit = Visit::at(door);
        let words = Words("Token type must be \"access\".", "claims");
        visit.refuses(&visit.show_access(Some(&visit.refresh)), words);
    }
}

#[test]
fn c2_validating_does_not_tell_types_apart() {
    for door in DJWTO {
        let visit = Visit::at(door);
        let answer = visit.show_refresh("validate_refresh", Some(&visit.access));
        visit.refuses(&answer, Words("Token type must be \"refresh\".", ""));
    }
}

#[test]
fn c3_a_blacklisted_session_still_opens_protected_views() {
    for door in DJWTO {
        let visit = Visit::at(door);
        assert_eq!(visit.show_refresh("logout", Some(&visit.refresh)).status, 200);
        let words = Words("Token was revoked.", "");
        visit.refuses(&visit.show_access(Some(&visit.access)), words);
        visit.refuses(&visit.show_refresh("validate_refresh", Some(&visit.refresh)), words);
        let bearer = format!("Bearer {}", visit.access);
        let verified = visit.served.ask("GET", "/auth/verify", &[("authorization", &bearer)]);
        assert_eq!((verified.status, verified.header("jot-error")), (401, Some("revoked")));
    }
}

/// Out with the first token of the line, purge when that one is over, in with the last.
#[test]
fn c4_resurrection_by_purging() {
    let folder = Folder::ready().with("JOT_TOKEN__REFRESH_LIFETIME", "4s");
    let visit = Visit::of(folder, Door::Json);
    while now() < token::claims(&visit.refresh)["iat"].as_i64().unwrap() + 2 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    let later = successor(&visit, "update_refresh");
    assert_eq!(visit.show_refresh("logout", Some(&visit.refresh)).status, 200);
    while now() <= token::claims(&visit.refresh)["exp"].as_i64().unwrap() {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    visit.served.folder.run(&["revocations", "purge"], "");
    for name in ["refresh_access", "update_refresh"] {
        visit.refuses_revoked(&visit.show_refresh(name, Some(&later)), name);
    }
}

#[test]
fn c5_updating_is_no_rotation() {
    for door in DJWTO {
        let visit = Visit::at(door);
        let second = successor(&visit, "update_refresh");
        assert_ne!(token::text(&second, "jti"), token::text(&visit.refresh, "jti"));
        let answer = visit.show_refresh("update_refresh", Some(&second));
        assert_eq!(answer.status, 200, "{answer:?}");
        // The first one was found used again, and with it the session is over.
        let reused = visit.show_refresh("refresh_access", Some(&visit.refresh));
        visit.refuses_revoked(&reused, "refresh_access");
        visit.refuses(&visit.show_access(Some(&visit.access)), Words("Token was revoked.", ""));
    }
}

#[test]
fn c6_permissions_are_frozen_at_login() {
    for door in DJWTO {
        let visit = Visit::at(door);
        assert_eq!(permissions(&visit.access), json!(["news.change"]));
        visit.served.folder.run(&["user", "perm", "alice", "--remove", "news.change"], "");
        let answer = visit.show_refresh("update_refresh", Some(&visit.refresh));
        let access = match set_cookies(&answer).get(1) {
            Some(cookie) => cookie.value.clone(),
            None => answer.member("access"),
        };
        assert_eq!(permissions(&access), json!([]), "{door:?}");
        let bearer = format!("Bearer {access}");
        let path = "/auth/verify?perm=news.change";
        let verified = visit.served.ask("GET", path, &[("authorization", &bearer)]);
        assert_eq!(verified.status, 403);
        assert_eq!(verified.member("error"), "Invalid permissions for jwt token.");
    }
}

#[test]
fn c7_refreshing_never_looks_at_the_user() {
    let passwd = ["user", "passwd", "alice", "--password-stdin"];
    for act in [&["user", "disable", "alice"][..], &["user", "remove", "alice", "--yes"], &passwd] {
        for door in DJWTO {
            let visit = Visit::at(door);
            visit.served.folder.run(act, "eight tall herons mend roofs");
            let answer = visit.show_refresh("refresh_access", Some(&visit.refresh));
            visit.refuses_revoked(&answer, "refresh_access");
        }
    }
}

#[test]
fn c21_whole_tokens_are_in_the_store() {
    let visit = Visit::at(Door::Json);
    let second = successor(&visit, "update_refresh");
    visit.show_refresh("logout", Some(&second));
    let issued = visit.served.folder.run(&["issue", "--user", "alice"], "");
    visit.served.folder.run(&["revoke", &issued], "");
    let mut kept = Vec::new();
    for name in ["jot.db", "jot.db-wal"] {
        kept.extend(std::fs::read(visit.served.folder.file(name)).unwrap_or_default());
    }
    let kept = String::from_utf8_lossy(&kept);
    let sid = token::text(&visit.refresh, "sid");
    assert!(kept.contains(&sid), "the store is elsewhere");
    for token in [&visit.refresh, &visit.access, &second, &issued] {
        for part in token.split('.').skip(1) {
            assert!(!kept.contains(part));
        }
    }
}

#[test]
fn c23_wrong_passwords_leave_no_trace() {
    let served = Served::ready();
    for _ in 0..10 {
        served.login("alice", "wrong").is(401, WRONG);
    }
    let events = served.folder.run(&["--json", "events", "--kind", "login_failed"], "");
    assert_eq!(events.lines().count(), 10);
    assert!(events.lines().all(|line| line.contains("127.0.0.1") && line.contains("alice")));
}

#[test]
fn c32_token_answers_may_be_cached() {
    for door in DJWTO {
        let served = cookies(door);
        let mut browser = Browser::new(&served);
        let mut answers = vec![browser.login("alice", PASSWORD), browser.login("alice", "wrong")];
        answers.push(browser.post("/validate_access/", &[]));
        answers.extend([REFRESH, UPDATE, LOGOUT].map(|path| browser.post(path, &TYPE)));
        for answer in answers {
            assert_eq!(answer.header("cache-control"), Some("no-store"), "{answer:?}");
        }
    }
}
