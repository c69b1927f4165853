//! What broke the users of djwto 0.0.4, row by row of the list of its defects, and works here. Each
//! test has the number of its row.

use serde_json::json;

use crate::client::{Browser, names, set_cookies};
use crate::defects::{DJWTO, REFRESH, TYPE, UPDATE, cookies};
use crate::door::{Door, Visit, Words};
use crate::http::form;
use crate::served::{FORM, Folder, JSON, PASSWORD, Served, VALID, now};
use crate::token;

const LOGOUT: &str = "/api/token/refresh/logout/";

#[test]
fn c8_any_token_text_keeps_people_from_logging_in() {
    let served = Served::ready();
    let body = form(&[("username", "alice"), ("password", PASSWORD)]);
    let (_, access) = served.tokens();
    let expired = token::resigned(&served.folder, &access, |claims| claims["exp"] = 1.into());
    for bearer in ["garbage", &expired, &access] {
        let bearer = format!("Bearer {bearer}");
        let mut browser = Browser::new(&served);
        let headers = [FORM, ("authorization", bearer.as_str())];
        let answer = browser.send(("POST", "/login/"), &headers, &body);
        assert_eq!((answer.status, answer.member("access").len() > 100), (200, true));
    }
    for door in [Door::OneCookie, Door::TwoCookies] {
        let served = cookies(door);
        let access = Browser::of_alice(&served).cookie(door.access_cookie());
        for stale in ["garbage", &access] {
            let mut browser = Browser::new(&served);
            browser.plant(door.access_cookie(), stale);
            let answer = browser.login("alice", PASSWORD);
            answer.is(200, r#"{"msg": "Tokens successfully created."}"#);
            assert_ne!(browser.cookie(door.access_cookie()), stale);
            // Who posts nothing and has a good token is told so, and nobody else.
            let mut browser = Browser::new(&served);
            browser.plant(door.access_cookie(), stale);
            let answer = browser.send(("POST", "/login/"), &[FORM], "");
            assert_eq!(answer.status, if stale == "garbage" { 401 } else { 200 });
        }
    }
}

#[test]
fn c9_refusals_are_500() {
    for door in DJWTO {
        let visit = Visit::at(door);
        visit.show_refresh("logout", Some(&visit.refresh));
        for name in visit.refresh_doors() {
            let answer = visit.show_refresh(name, Some(&visit.refresh));
            assert!((400..500).contains(&answer.status), "{answer:?}");
        }
    }
}

#[test]
fn c10_logging_out_needs_two_requests() {
    for door in [Door::OneCookie, Door::TwoCookies] {
        let served = cookies(door);
        let mut browser = Browser::of_alice(&served);
        let access = browser.cookie(door.access_cookie());
        let refresh = browser.cookie("jwt_refresh");
        browser.post(LOGOUT, &TYPE).is(200, r#"{"msg": "Token successfully blacklisted."}"#);
        assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["csrftoken"]);
        // DELETE by itself, long after the access cookie went.
        let mut other = Browser::of_alice(&served);
        let second = other.cookie("jwt_refresh");
        other.jar.remove(door.access_cookie());
        let deleted = other.shown("DELETE", LOGOUT, &TYPE);
        deleted.is(200, r#"{"msg": "Tokens successfully deleted."}"#);
        assert_eq!(other.jar.keys().collect::<Vec<_>>(), ["csrftoken"]);
        let again = other.shown("DELETE", LOGOUT, &TYPE);
        assert_eq!((again.status, names(&again)), (200, names(&deleted)));
        for (token, kind) in [(access, "access"), (refresh, "refresh"), (second, "refresh")] {
            let told = served.folder.told(&["validate", "--type", kind, &token], "");
            assert_eq!(told.status.code(), Some(16), "{told:?}");
        }
    }
    let visit = Visit::at(Door::Json);
    let old = token::resigned(&visit.served.folder, &visit.access, |claims| {
        claims["exp"] = (now() - 1).into();
    });
    for token in [Some(old.as_str()), Some(old.as_str()), Some("garbage"), None] {
        let answer = visit.show(("DELETE", LOGOUT.to_owned()), ("", token), &[]);
        assert_eq!((answer.status, answer.body.as_str()), (204, ""));
    }
    visit.refuses_revoked(
        &visit.show_refresh("refresh_access", Some(&visit.refresh)),
        "refresh_access",
    );
}

#[test]
fn c11_the_payload_cookie_gets_quotes() {
    let served = cookies(Door::TwoCookies);
    for name in ["bo", "bob", "bobb", "bobby"] {
        served.folder.add_user(name, PASSWORD);
        let answer = Browser::new(&served).login(name, PASSWORD);
        let payload = &set_cookies(&answer)[2];
        assert_eq!(payload.name, "jwt_access_payload");
        assert!(payload.value.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{payload:?}");
    }
}

#[test]
fn c12_a_cookie_that_browsers_drop_without_a_word() {
    let folder = Folder::ready();
    let names: Vec<_> = (0..130).map(|at| format!("app.change_thing{at:03}")).collect();
    let mut arguments = vec!["user", "perm", "alice"];
    arguments.extend(names.iter().flat_map(|name| ["--add", name.as_str()]));
    folder.run(&arguments, "");
    let served = folder.with("JOT_SERVER__MODE", "two-cookies").serve();
    let answer = Browser::new(&served).login("alice", PASSWORD);
    assert_eq!((answer.status, crate::client::names(&answer)), (403, Vec::new()));
    assert!(answer.member("error").contains("server.mode"), "{answer:?}");
    // A superuser's token does not list what it passes anyway.
    served.folder.run(&["user", "add", "root", "--superuser", "--password-stdin"], PASSWORD);
    let mut browser = Browser::new(&served);
    assert_eq!(browser.login("root", PASSWORD).status, 200);
    let access = token::claims(&browser.cookie("jwt_access_token"));
    assert_eq!((&access["superuser"], &access["user"]["perms"]), (&json!(true), &json!([])));
    let line = browser.cookies_for("/");
    let csrf = browser.cookie("csrftoken");
    let headers = [("cookie", line.as_str()), ("x-csrftoken", &csrf)];
    assert_eq!(served.ask("GET", "/auth/verify?perm=a.b&perm=c.d", &headers).status, 200);
}

#[test]
fn c13_refusals_are_html_or_without_a_challenge() {
    let served = cookies(Door::OneCookie);
    let mut browser = Browser::of_alice(&served);
    let answer = browser.send(("POST", REFRESH), &[FORM], "jwt_type=refresh");
    assert_eq!((answer.status, answer.header("content-type")), (403, Some("application/json")));
    assert!(answer.member("error").starts_with("CSRF "));
    browser.plant("jwt_refresh", "abc");
    let answer = browser.post(REFRESH, &TYPE);
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=api"));
}

#[test]
fn c14_json_bodies_are_ignored() {
    for door in DJWTO {
        let served = cookies(door);
        let body = json!({"username": "alice", "password": PASSWORD}).to_string();
        assert_eq!(served.post("/login/", JSON, body).status, 200);
    }
    let served = cookies(Door::OneCookie);
    let mut browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    let body = json!({"jwt_type": "refresh", "csrfmiddlewaretoken": csrf}).to_string();
    assert_eq!(browser.send(("POST", UPDATE), &[JSON], &body).status, 200);
}

#[test]
fn c15_bearer_is_case_sensitive_and_found_anywhere() {
    let served = Served::ready();
    let (_, access) = served.tokens();
    served.authorized(&format!("bearer {access}")).is(200, VALID);
    let refused = r#"{"error": "Value in HTTP_AUTHORIZATION header is not valid."}"#;
    served.authorized(&format!("Token xBearer {access}")).is(403, refused);
}

#[test]
fn c16_a_variable_that_must_be_there_though_the_key_is_set() {
    let served = Served::ready();
    let environ = std::fs::read(format!("/proc/{}/environ", served.child.0.id())).unwrap();
    assert!(!String::from_utf8_lossy(&environ).split('\0').any(|pair| pair.starts_with("DJWTO")));
    served.tokens();
}

#[test]
fn c17_lifetimes_without_an_end() {
    let folder = Folder::ready()
        .with("JOT_TOKEN__ACCESS_LIFETIME", "never")
        .with("JOT_TOKEN__REFRESH_LIFETIME", "never")
        .with("JOT_REFRESH__MAX_SESSION", "10d");
    let visit = Visit::of(folder, Door::Json);
    let exp = |token: &str| token::claims(token)["exp"].as_i64().unwrap();
    let begun = token::claims(&visit.refresh)["iat"].as_i64().unwrap();
    let answer = visit.show_refresh("update_refresh", Some(&visit.refresh));
    for token in
        [&visit.refresh, &visit.access, &answer.member("refresh"), &answer.member("access")]
    {
        assert_eq!(exp(token), begun + 10 * 86_400);
    }
}

#[test]
fn c18_nbf_is_never_moved_and_a_second_of_skew_refuses() {
    let set = Folder::ready().with("JOT_TOKEN__NBF", "2s").with("JOT_TOKEN__LEEWAY", "3s");
    let visit = Visit::of(set, Door::Json);
    let claim = |token: &str, name: &str| token::claims(token)[name].as_i64().unwrap();
    let sound = |token: &str| claim(token, "nbf") - claim(token, "iat") == 2;
    assert!(sound(&visit.refresh) && sound(&visit.access));
    std::thread::sleep(std::time::Duration::from_millis(1100));
    let answer = visit.show_refresh("update_refresh", Some(&visit.refresh));
    let (refresh, access) = (answer.member("refresh"), answer.member("access"));
    assert!(sound(&refresh) && sound(&access));
    assert!(claim(&refresh, "nbf") > claim(&visit.refresh, "nbf"));
    visit.served.validate(&access).is(200, VALID);
    // A host whose clock is ahead gave this one; the leeway is for the times that bind.
    let ahead = token::resigned(&visit.served.folder, &access, |claims| {
        claims["iat"] = (now() + 2).into();
        claims["nbf"] = (now() + 2).into();
    });
    visit.served.validate(&ahead).is(200, VALID);
    let behind = token::resigned(&visit.served.folder, &access, |claims| {
        claims["exp"] = (now() - 1).into();
    });
    visit.served.validate(&behind).is(200, VALID);
    // What cannot be is refused at the start.
    let negative = Folder::ready().with("JOT_TOKEN__NBF", "-1s");
    let told = negative.told(&["serve", "--check", "--listen", "127.0.0.1:0"], "");
    assert_eq!(told.status.code(), Some(20), "{told:?}");
}

#[test]
fn c19_a_cookie_outlives_its_token() {
    for door in [Door::OneCookie, Door::TwoCookies] {
        let served = cookies(door);
        let mut browser = Browser::of_alice(&served);
        std::thread::sleep(std::time::Duration::from_millis(1100));
        let answer = browser.post(REFRESH, &TYPE);
        let cookie = &set_cookies(&answer)[0];
        let exp = token::claims(&cookie.value)["exp"].as_i64().unwrap();
        assert!(now() + cookie.age() <= exp + 1, "{cookie:?}");
        assert!(cookie.age() < 86_400);
    }
}

#[test]
fn c20_secure_cannot_be_turned_off() {
    let served = Folder::ready()
        .with("JOT_SERVER__MODE", "one-cookie")
        .with("JOT_COOKIES__SECURE", "false")
        .serve();
    let answer = Browser::new(&served).login("alice", PASSWORD);
    assert!(set_cookies(&answer).iter().all(|cookie| cookie.attribute("Secure").is_none()));
}

#[test]
fn c33_a_user_is_whoever_has_an_id() {
    let visit = Visit::at(Door::Json);
    for user in [json!({}), json!({"username": "alice"}), json!({"id": "1"}), json!([1]), json!(1)]
    {
        let token = token::resigned(&visit.served.folder, &visit.access, |claims| {
            claims["user"] = user.clone();
        });
        let answer = visit.show_access(Some(&token));
        visit.refuses(&answer, Words("Failed to validate token.", ""));
    }
}
