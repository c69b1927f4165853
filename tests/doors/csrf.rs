//! Cross-site request forgery: what a cookie mode asks of a request beside the cookies.

use crate::client::{Browser, SetCookie, names, set_cookies};
use crate::door::{Door, Visit, hands_out_nothing};
use crate::http::Answer;
use crate::served::{FORM, Folder, JSON, PASSWORD, Served};

pub(crate) const VALIDATE: &str = "/validate_access/";
const REFRESH: &str = "/api/token/refresh/refresh_access/";
const LOGOUT: &str = "/api/token/refresh/logout/";
const TYPE: &str = "jwt_type=refresh";

/// Every endpoint of djwto that cookies authenticate: method, path, body.
pub(crate) const UNSAFE: [(&str, &str, &str); 6] = [
    ("POST", VALIDATE, ""),
    ("POST", "/api/token/refresh/validate_refresh/", TYPE),
    ("POST", REFRESH, TYPE),
    ("POST", "/api/token/refresh/update_refresh/", TYPE),
    ("POST", LOGOUT, TYPE),
    ("DELETE", LOGOUT, TYPE),
];

pub(crate) fn cookie_mode() -> Folder {
    Folder::ready().with("JOT_SERVER__MODE", "two-cookies")
}

/// As if a proxy in front spoke TLS.
pub(crate) fn behind_tls() -> Served {
    cookie_mode().with("JOT_SERVER__PUBLIC_ORIGINS", r#"["https://jot.example"]"#).serve()
}

#[track_caller]
pub(crate) fn forged(answer: &Answer, why: &str) {
    let words = format!("CSRF verification failed: {why}.");
    assert_eq!((answer.status, answer.member("error")), (403, words));
    assert_eq!(answer.header("www-authenticate"), None);
    hands_out_nothing(answer);
}

/// Each request is refused so, with the cookies of `browser` and these headers and fields.
pub(crate) fn all_forged(browser: &Browser<'_>, headers: &[(&str, &str)], field: &str, why: &str) {
    for (method, path, body) in UNSAFE {
        let mut headers = headers.to_vec();
        headers.push(FORM);
        let body = [body, field].join("&");
        let answer = browser.clone().send((method, path), &headers, &body);
        forged(&answer, why);
    }
    // Nothing was done: the session lives.
    assert_eq!(browser.clone().post(VALIDATE, &[]).status, 200);
}

const NONE: &str = "there is no cookie csrftoken";
const SHOW: &str = "send the cookie csrftoken as X-CSRFToken or csrfmiddlewaretoken as well";
const OTHER: &str = "the CSRF token is not the one of the cookie csrftoken";
const FORGED: &str = "the cookie csrftoken is not from this server";
const SESSION: &str = "the cookie csrftoken is not of this session";

#[test]
fn without_the_cookie() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    for (method, path, body) in UNSAFE {
        let mut bare = browser.clone();
        bare.jar.remove("csrftoken");
        let answer = bare.send((method, path), &[FORM, ("x-csrftoken", &csrf)], body);
        forged(&answer, NONE);
    }
}

#[test]
fn without_the_header_and_without_the_field() {
    let served = cookie_mode().serve();
    all_forged(&Browser::of_alice(&served), &[], "", SHOW);
}

#[test]
fn a_field_is_as_good_as_the_header_and_the_header_counts_where_both_are() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    let field = format!("csrfmiddlewaretoken={csrf}");
    for (method, path, body) in UNSAFE {
        let fresh = Browser::of_alice(&served);
        let field = format!("{body}&csrfmiddlewaretoken={}", fresh.cookie("csrftoken"));
        assert_eq!(fresh.clone().send((method, path), &[FORM], &field).status, 200, "{path}");
    }
    let json = format!("{{\"csrfmiddlewaretoken\": \"{csrf}\"}}");
    assert_eq!(browser.clone().send(("POST", VALIDATE), &[JSON], &json).status, 200);
    all_forged(&browser, &[("x-csrftoken", "x")], &field, OTHER);
    let good = [("x-csrftoken", csrf.as_str()), FORM];
    let answer = browser.clone().send(("POST", VALIDATE), &good, "csrfmiddlewaretoken=x");
    assert_eq!(answer.status, 200);
}

#[test]
fn a_wrong_one() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    for wrong in ["", "x", &csrf[1..], &format!("{csrf}A"), &csrf.to_lowercase()] {
        all_forged(&browser, &[("x-csrftoken", wrong)], "", OTHER);
    }
    let twice = [("x-csrftoken", csrf.as_str()), ("x-csrftoken", &csrf)];
    all_forged(&browser, &twice, "", "there are two X-CSRFToken");
}

#[test]
fn one_that_this_server_did_not_sign() {
    let served = cookie_mode().serve();
    let elsewhere = cookie_mode().serve();
    let foreign = Browser::of_alice(&elsewhere).cookie("csrftoken");
    let browser = Browser::of_alice(&served);
    let own = browser.cookie("csrftoken");
    let last = if own.ends_with('A') { "B" } else { "A" };
    let touched = format!("{}{last}", &own[..own.len() - 1]);
    let made_up = ["A".repeat(own.len()), "0".repeat(64), "x".to_owned(), foreign, touched];
    for made_up in &made_up {
        for (method, path, body) in UNSAFE {
            let mut planted = browser.clone();
            planted.plant("csrftoken", made_up);
            let headers = [FORM, ("x-csrftoken", made_up.as_str())];
            forged(&planted.send((method, path), &headers, body), FORGED);
        }
    }
}

#[test]
fn one_of_another_session_or_of_none() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let mut stranger = Browser::new(&served);
    assert_eq!(stranger.login("alice", "wrong").status, 401);
    let others = [Browser::of_alice(&served), stranger].map(|other| other.cookie("csrftoken"));
    for other in &others {
        for (method, path, body) in UNSAFE {
            let mut planted = browser.clone();
            planted.plant("csrftoken", other);
            let headers = [FORM, ("x-csrftoken", other.as_str())];
            forged(&planted.send((method, path), &headers, body), SESSION);
        }
    }
    assert_eq!(browser.clone().post(VALIDATE, &[]).status, 200);
}

#[test]
fn two_cookies_of_the_name() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    for second in [csrf.as_str(), "x"] {
        let line = format!("{}; csrftoken={second}", browser.cookies_for(REFRESH));
        for (method, path, _) in UNSAFE {
            let headers = [("cookie", line.as_str()), ("x-csrftoken", &csrf)];
            let answer = served.ask(method, path, &headers);
            forged(&answer, "the cookie csrftoken was sent twice");
        }
    }
}

/// The cookie of forward-auth is as good as the token in it, and so is held to the same.
#[test]
fn forward_auth_asks_for_the_token_unless_the_proxy_says_that_the_request_reads() {
    let visit = Visit::at(Door::ForwardCookie);
    let cookie = format!("jwt_access={}; csrftoken={}", visit.access, visit.csrf);
    let ask = |headers: &[(&str, &str)]| {
        let mut all = vec![("cookie", cookie.as_str())];
        all.extend(headers);
        visit.served.ask("GET", "/auth/verify", &all)
    };
    assert_eq!(ask(&[("x-csrftoken", &visit.csrf)]).status, 200);
    // No proxy is trusted here: whoever says so is the client itself.
    for safe in [&[][..], &[("x-forwarded-method", "GET")], &[("x-csrftoken", "x")]] {
        let answer = ask(safe);
        assert_eq!((answer.status, answer.header("jot-error")), (403, Some("csrf")), "{safe:?}");
        assert_eq!(answer.header("jot-user"), None);
    }
    let foreign = [("x-csrftoken", visit.csrf.as_str()), ("origin", "https://evil.example")];
    assert_eq!(ask(&foreign).status, 403);
}

#[test]
fn it_survives_a_log_out_and_a_failed_login_gives_a_first_one() {
    let served = cookie_mode().serve();
    let mut browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    assert_eq!(browser.post(LOGOUT, &[("jwt_type", "refresh")]).status, 200);
    assert_eq!(browser.jar.keys().collect::<Vec<_>>(), ["csrftoken"]);
    // With it the tokens can be given up once more, as the original's pages do.
    assert_eq!(browser.shown("DELETE", LOGOUT, &[("jwt_type", "refresh")]).status, 200);
    assert_eq!(browser.cookie("csrftoken"), csrf);
    let again = browser.login("alice", "wrong");
    assert_eq!((again.status, names(&again)), (401, Vec::new()));
    let mut fresh = Browser::new(&served);
    let first = fresh.login("alice", "wrong");
    assert_eq!((first.status, names(&first)), (401, vec!["csrftoken".to_owned()]));
    let SetCookie { value, attributes, .. } = &set_cookies(&first)[0];
    assert!(!value.is_empty() && !attributes.contains("HttpOnly"), "{attributes}");
    // A login changes it, so that one that was planted before is worth nothing.
    assert_eq!(fresh.login("alice", PASSWORD).status, 200);
    assert_ne!(fresh.cookie("csrftoken"), *value);
}

#[test]
fn it_survives_refreshes_and_a_restart() {
    let mut browser_of = cookie_mode().serve();
    let jar = {
        let mut browser = Browser::of_alice(&browser_of);
        let csrf = browser.cookie("csrftoken");
        for _ in 0..2 {
            assert_eq!(browser.post(REFRESH, &[("jwt_type", "refresh")]).status, 200);
        }
        assert_eq!(browser.cookie("csrftoken"), csrf);
        browser.jar
    };
    let Served { folder, child, .. } = browser_of;
    drop(child);
    browser_of = folder.serve();
    let mut browser = Browser::new(&browser_of);
    browser.jar = jar;
    assert_eq!(browser.post(REFRESH, &[("jwt_type", "refresh")]).status, 200);
}

#[test]
fn it_can_be_switched_off() {
    let served = cookie_mode().with("JOT_COOKIES__CSRF", "false").serve();
    let mut browser = Browser::of_alice(&served);
    for (method, path, body) in UNSAFE {
        let answer = browser.send((method, path), &[FORM], body);
        assert_eq!(answer.status, 200, "{method} {path} {answer:?}");
    }
    // What the browser says of a foreign page is believed all the same.
    let mut browser = Browser::of_alice(&served);
    for (method, path, body) in [&UNSAFE[..], &[("POST", "/login/", "")]].concat() {
        for foreign in [("origin", "https://evil.example"), ("sec-fetch-site", "cross-site")] {
            let answer = browser.send((method, path), &[FORM, foreign], body);
            assert_eq!(answer.status, 403, "{method} {path} {answer:?}");
            hands_out_nothing(&answer);
        }
    }
    assert_eq!(browser.post(VALIDATE, &[]).status, 200);
}

#[test]
fn json_mode_knows_no_csrf() {
    let visit = Visit::at(Door::Json);
    let bearer = format!("Bearer {}", visit.access);
    let headers = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    assert_eq!(visit.served.ask("POST", VALIDATE, &headers).status, 200);
}
