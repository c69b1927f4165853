//! The same for django-ninja-simple-jwt 0.4.0, but for what is about its package. Throttling and the
//! time that a refused login takes (14) have files of their own.

use std::os::unix::fs::PermissionsExt;

use serde_json::json;

use crate::client::{names, set_cookies};
use crate::door::{Door, MOBILE, UNAUTHORIZED, Visit, WEB, Words, hands_out_nothing};
use crate::http::Answer;
use crate::served::{Folder, JSON, PASSWORD, Served};
use crate::token;

const DOORS: [Door; 2] = [Door::Mobile, Door::Web];
const OUT: &str = "/api/auth/web/sign-out";

fn sign_in(served: &Served, client: &str, name: &str, password: &str) -> Answer {
    let body = json!({"username": name, "password": password}).to_string();
    served.post(&format!("/api/auth/{client}/sign-in"), JSON, body)
}

#[track_caller]
fn unauthorized(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (401, UNAUTHORIZED));
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=api"));
    hands_out_nothing(answer);
}

#[test]
fn ninja_c1_wrong_password_is_401() {
    let folder = Folder::ready();
    folder.add_user("ina", PASSWORD);
    folder.run(&["user", "disable", "ina"], "");
    let served = folder.serve();
    for client in ["mobile", "web"] {
        let wrong = sign_in(&served, client, "alice", "wrong");
        unauthorized(&wrong);
        for name in ["nobody", "ina"] {
            let answer = sign_in(&served, client, name, PASSWORD);
            assert_eq!(answer.undated(), wrong.clone().undated(), "{name}");
        }
    }
}

#[test]
fn ninja_c2_a_bad_cookie_is_401() {
    let visit = Visit::at(Door::Web);
    let folder = &visit.served.folder;
    let expired = token::resigned(folder, &visit.refresh, |claims| claims["exp"] = 1.into());
    let no_exp = token::resigned(folder, &visit.refresh, |claims| {
        claims.as_object_mut().unwrap().remove("exp");
    });
    let no_jti = token::resigned(folder, &visit.refresh, |claims| {
        claims.as_object_mut().unwrap().remove("jti");
    });
    let tampered = token::tampered(&visit.refresh);
    for bad in ["abc", "a.b.c", &visit.access, &expired, &no_exp, &no_jti, &tampered, ""] {
        unauthorized(&visit.show_refresh("", Some(bad)));
    }
    assert_eq!(visit.show_refresh("", Some(&visit.refresh)).status, 200);
}

#[test]
fn ninja_c3_a_bad_bearer_on_a_protected_view_is_401() {
    let visit = Visit::at(Door::Mobile);
    let verify =
        |bearer: &str| visit.served.ask("GET", "/auth/verify", &[("authorization", bearer)]);
    let folder = &visit.served.folder;
    let expired = token::resigned(folder, &visit.access, |claims| claims["exp"] = 1.into());
    for bad in ["Bearer", "Bearer a b", "Basic x", "Bearer abc"] {
        assert_eq!(verify(bad).status, 401, "{bad}");
    }
    for bad in [&visit.refresh, &expired, &token::tampered(&visit.access)] {
        assert_eq!(verify(&format!("Bearer {bad}")).status, 401);
    }
    for good in ["Bearer", "bearer"] {
        let answer = verify(&format!("{good} {}", visit.access));
        assert_eq!((answer.status, answer.header("jot-user")), (200, Some("alice")));
    }
}

#[test]
fn ninja_c4_signing_out_only_drops_the_cookie() {
    for (method, path) in [("POST", OUT), ("DELETE", WEB)] {
        let visit = Visit::at(Door::Web);
        let (bearer, cookie) =
            (format!("Bearer {}", visit.access), format!("refresh={}", visit.refresh));
        let shown = if path == OUT { ("authorization", &*bearer) } else { ("cookie", &*cookie) };
        let answer = visit.served.ask(method, path, &[shown]);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
        let gone = &set_cookies(&answer)[0];
        assert_eq!((gone.name.as_str(), gone.value.as_str(), gone.age()), ("refresh", "", 0));
        assert_eq!(gone.attribute("Path"), Some(WEB));
        unauthorized(&visit.show_refresh("", Some(&visit.refresh)));
        let verified = visit.served.ask("GET", "/auth/verify", &[("authorization", &bearer)]);
        assert_eq!(verified.header("jot-error"), Some("revoked"));
        // Once more, with nothing, or with rubbish: gone is gone.
        for headers in [&[shown][..], &[], &[("authorization", "x"), ("cookie", "refresh=x")]] {
            let again = visit.served.ask(method, path, headers);
            assert_eq!((again.status, names(&again)), (204, vec!["refresh".to_owned()]));
        }
    }
}

#[test]
fn ninja_c5_refresh_tokens_are_replayed_for_thirty_days() {
    let visit = Visit::at(Door::Web);
    let rotated =
        |refresh: &str| set_cookies(&visit.show_refresh("", Some(refresh)))[0].value.clone();
    let third = rotated(&rotated(&visit.refresh));
    unauthorized(&visit.show_refresh("", Some(&visit.refresh)));
    unauthorized(&visit.show_refresh("", Some(&third)));
}

#[test]
fn ninja_c5_disabled_removed_and_renamed_users_go_on_with_stale_claims() {
    for door in DOORS {
        for act in [&["user", "disable", "alice"][..], &["user", "remove", "alice", "--yes"]] {
            let visit = Visit::at(door);
            visit.served.folder.run(act, "");
            unauthorized(&visit.show_refresh("", Some(&visit.refresh)));
        }
        let visit = Visit::at(door);
        visit.served.folder.run(&["user", "set", "alice", "--rename", "alicia"], "");
        let answer = visit.show_refresh("", Some(&visit.refresh));
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(token::text(&answer.member("access"), "username"), "alicia");
    }
}

#[test]
fn ninja_c6_the_bearer_of_one_and_the_cookie_of_another_are_mixed() {
    let folder = Folder::ready();
    folder.add_user("bob", PASSWORD);
    let visit = Visit::of(folder, Door::Web);
    let bob = sign_in(&visit.served, "web", "bob", PASSWORD);
    let bearer = format!("Bearer {}", bob.member("access"));
    let cookie = format!("refresh={}; jwt_access={}", visit.refresh, visit.access);
    let both = [("authorization", bearer.as_str()), ("cookie", &cookie)];
    let verified = visit.served.ask("GET", "/auth/verify", &both);
    let who = ["jot-user", "jot-user-id"].map(|name| verified.header(name));
    assert_eq!(who, [Some("bob"), Some("2")]);
    let refreshed = visit.served.ask("POST", WEB, &both);
    let claims = token::claims(&refreshed.member("access"));
    assert_eq!((&claims["username"], &claims["user_id"]), (&json!("alice"), &json!(1)));
    // The Bearer says whose session a sign-out ends, and the cookie's lives.
    assert_eq!(visit.served.ask("POST", OUT, &both).status, 204);
    let alices = format!("refresh={}", set_cookies(&refreshed)[0].value);
    assert_eq!(visit.served.ask("POST", WEB, &[("cookie", &alices)]).status, 200);
    let bobs = format!("refresh={}", set_cookies(&bob)[0].value);
    unauthorized(&visit.served.ask("POST", WEB, &[("cookie", &bobs)]));
}

#[test]
fn ninja_c7_keys_are_open_and_overwritten() {
    let folder = Folder::empty();
    folder.run(&["make_rsa"], "");
    let key = folder.file("jwt-signing.pem");
    let mode = std::fs::metadata(&key).unwrap().permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    let before = std::fs::read(&key).unwrap();
    let again = folder.told(&["make_rsa"], "");
    assert_eq!(again.status.code(), Some(23), "{again:?}");
    assert_eq!(std::fs::read(&key).unwrap(), before);
}

#[test]
fn ninja_c10_a_time_zone_refuses_every_token() {
    for zone in ["America/New_York", "Asia/Kathmandu", "UTC"] {
        let visit = Visit::of(Folder::ready().with("TZ", zone), Door::Mobile);
        let bearer = format!("Bearer {}", visit.access);
        let verified = visit.served.ask("GET", "/auth/verify", &[("authorization", &bearer)]);
        assert_eq!((verified.status, verified.header("jot-user")), (200, Some("alice")));
        assert_eq!(visit.show_refresh("", Some(&visit.refresh)).status, 200);
        let last = token::text(&visit.access, "last_login");
        assert!(last.ends_with('Z'), "{last}");
    }
}

/// A cookie whose path is not that of the door never comes back, and nobody says why.
#[test]
fn ninja_c11_a_cookie_path_out_of_step_with_the_door() {
    for path in ["api/auth/web/token", "auth/web/token-refresh", "api/auth/web/token-refresh/x"] {
        let folder = Folder::ready().with("JOT_NINJA__PATH", path);
        let told = folder.told(&["serve", "--check", "--listen", "127.0.0.1:0"], "");
        assert_eq!(told.status.code(), Some(20), "{path} {told:?}");
        let said = String::from_utf8_lossy(&told.stderr);
        assert!(said.contains("ninja.path") && said.contains(&WEB[1..]), "{said}");
    }
    for path in ["api/auth/web/token-refresh", "/api/auth/web/", "api"] {
        let folder = Folder::ready().with("JOT_NINJA__PATH", path);
        let told = folder.told(&["serve", "--check", "--listen", "127.0.0.1:0"], "");
        assert!(told.status.success(), "{path} {told:?}");
    }
}

#[test]
fn ninja_c13_foreign_pages_use_the_cookie() {
    let visit = Visit::at(Door::Web);
    let cookie = format!("refresh={}", visit.refresh);
    let foreign = [("cookie", cookie.as_str()), ("origin", "https://evil.example")];
    assert_eq!(visit.served.ask("POST", WEB, &foreign).status, 403);
}

#[test]
fn ninja_c15_an_interpreter_that_is_too_old() {
    // There is none: nothing but the program is needed.
    let served = Folder::ready().with("PATH", "/nonexistent").serve();
    assert_eq!(sign_in(&served, "web", "alice", PASSWORD).status, 200);
}

#[test]
fn ninja_c16_token_answers_may_be_cached_and_the_docs_are_public() {
    for door in DOORS {
        let visit = Visit::at(door);
        let answer = visit.show_refresh("", Some(&visit.refresh));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
        for path in ["/api/docs", "/api/openapi.json"] {
            assert_eq!(visit.served.ask("GET", path, &[]).status, 404);
        }
    }
    let client = |name| if name == "mobile" { Door::Mobile } else { Door::Web };
    for name in ["mobile", "web"] {
        let served = Visit::at(client(name)).served;
        let answer = sign_in(&served, name, "alice", PASSWORD);
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}

/// Measured of the original, kept: a refresh token is one, whichever client has it.
#[test]
fn web_and_mobile_take_each_others_refresh_tokens() {
    let visit = Visit::at(Door::Web);
    let body = json!({"refresh": visit.refresh}).to_string();
    assert_eq!(visit.served.post(MOBILE, JSON, body).status, 200);
    let mobile = sign_in(&visit.served, "mobile", "alice", PASSWORD);
    assert_eq!(visit.show_refresh("", Some(&mobile.member("refresh"))).status, 200);
    let words = Words("", "");
    visit.refuses(&visit.show_refresh("", Some(&mobile.member("access"))), words);
}
