//! What cannot be read, at every door: bodies, tokens and headers that are not what they should be.
//! None is taken for something else, none reaches a 5xx.

use serde_json::json;

use crate::client::{Browser, names};
use crate::door::{Door, MOBILE, UNAUTHORIZED, Visit, WEB, Words, hands_out_nothing};
use crate::http::{self, Answer, form};
use crate::served::{FORM, JSON, PASSWORD, Served};
use crate::token;

const MOBILE_IN: &str = "/api/auth/mobile/sign-in";
const WEB_IN: &str = "/api/auth/web/sign-in";
const UNPARSED: &str = r#"{"detail": "Cannot parse request body"}"#;

fn ninja(answer: &Answer, status: u16, body: &str) {
    assert_eq!((answer.status, answer.body.as_str()), (status, body));
    hands_out_nothing(answer);
}

fn fault(kind: &str, name: &str, says: &str) -> String {
    let name = if name.is_empty() { String::new() } else { format!(", \"{name}\"") };
    format!(r#"{{"type": "{kind}", "loc": ["body", "payload"{name}], "msg": "{says}"}}"#)
}

fn faults(faults: &[String]) -> String {
    format!("{{\"detail\": [{}]}}", faults.join(", "))
}

#[test]
fn ninja_bodies_without_a_field_are_422_as_measured() {
    let served = Served::ready();
    let (missing, string) = ("Field required", "Input should be a valid string");
    let names = ["username", "password"];
    let no_body = faults(&[fault("missing", "", missing)]);
    let no_object = "Input should be a valid dictionary or object to extract fields from";
    for path in [MOBILE_IN, WEB_IN] {
        ninja(&served.post(path, JSON, ""), 422, &no_body);
        let both = faults(&names.map(|name| fault("missing", name, missing)));
        ninja(&served.post(path, JSON, "{}"), 422, &both);
        let one = faults(&[fault("missing", "password", missing)]);
        ninja(&served.post(path, JSON, r#"{"username": "alice"}"#), 422, &one);
        let number = faults(&[fault("string_type", "password", string)]);
        ninja(&served.post(path, JSON, r#"{"username": "alice", "password": 7}"#), 422, &number);
        let null = r#"{"username": null, "password": {"$ne": ""}}"#;
        let both = faults(&names.map(|name| fault("string_type", name, string)));
        ninja(&served.post(path, JSON, null), 422, &both);
        for shape in [r#"["alice", "x"]"#, "\"alice\"", "7", "null"] {
            let body = faults(&[fault("model_attributes_type", "", no_object)]);
            ninja(&served.post(path, JSON, shape), 422, &body);
        }
    }
    let refresh = faults(&[fault("missing", "refresh", missing)]);
    ninja(&served.post(MOBILE, JSON, "{}"), 422, &refresh);
    let number = faults(&[fault("string_type", "refresh", string)]);
    ninja(&served.post(MOBILE, JSON, r#"{"refresh": 7}"#), 422, &number);
}

#[test]
fn ninja_bodies_that_are_no_json_are_400_as_measured() {
    let served = Served::ready();
    let form = form(&[("username", "alice"), ("password", PASSWORD)]);
    let twice = r#"{"username": "bob", "username": "alice", "password": "x"}"#;
    for path in [MOBILE_IN, WEB_IN, MOBILE] {
        for body in ["{", &form, "\u{feff}{}", twice, r#"{"refresh": "\ud800"}"#] {
            ninja(&served.post(path, JSON, body), 400, UNPARSED);
        }
        ninja(&served.post(path, JSON, b"{\"refresh\": \"\xff\"}"), 400, UNPARSED);
        ninja(&served.post(path, FORM, &form), 400, UNPARSED);
    }
}

#[test]
fn ninja_takes_json_whatever_its_header_says_and_members_it_does_not_know() {
    let served = Served::ready();
    let body = json!({"username": "alice", "password": PASSWORD, "x": 1}).to_string();
    for kind in [JSON, FORM, ("content-type", "text/plain"), ("x-none", "")] {
        for path in [MOBILE_IN, WEB_IN] {
            assert_eq!(served.post(path, kind, &body).status, 200, "{kind:?} {path}");
        }
    }
}

#[test]
fn names_with_nul_or_invalid_utf_8_are_nobodys() {
    let served = Served::ready();
    for path in [MOBILE_IN, WEB_IN] {
        for name in ["a\0b", "", "alice\0", &"a".repeat(10_000)] {
            let body = json!({"username": name, "password": PASSWORD}).to_string();
            ninja(&served.post(path, JSON, body), 401, UNAUTHORIZED);
        }
        let body = json!({"username": "alice", "password": format!("{PASSWORD}\0")}).to_string();
        ninja(&served.post(path, JSON, body), 401, UNAUTHORIZED);
    }
    let mobile = json!({"refresh": "a\0b.c.d"}).to_string();
    ninja(&served.post(MOBILE, JSON, mobile), 401, UNAUTHORIZED);
}

#[test]
fn a_huge_body_is_413_at_every_door() {
    let served = Served::ready();
    let doors = ["/login/", "/validate_access/", "/api/token/refresh/refresh_access/"];
    for path in doors.into_iter().chain([MOBILE_IN, WEB_IN, MOBILE, WEB]) {
        let answer = served.post(path, JSON, "x".repeat(64 * 1024 + 1));
        assert_eq!(answer.status, 413, "{path}");
        hands_out_nothing(&answer);
    }
}

/// Under the limit of a request's head a token may have up to 16 KiB; beyond it the head has.
#[test]
fn an_overlong_token_is_refused_at_every_door() {
    for door in [Door::Json, Door::OneCookie, Door::TwoCookies, Door::Web, Door::Forward] {
        let visit = Visit::at(door);
        let long = visit.refresh.clone() + &"A".repeat(17 * 1024);
        for name in visit.refresh_doors() {
            let answer = visit.show_refresh(name, Some(&long));
            assert_eq!(answer.status, 431, "{door:?} {name}");
            assert_eq!(names(&answer), Vec::<String>::new());
        }
        assert_eq!(visit.show_refresh(visit.refresh_doors()[0], Some(&visit.refresh)).status, 200);
    }
    // A body is larger than a head.
    let visit = Visit::at(Door::Mobile);
    let long = visit.refresh.clone() + &"A".repeat(20 * 1024);
    ninja(&visit.show_refresh("", Some(&long)), 401, UNAUTHORIZED);
    let fits = token::padded(&visit.served.folder, &visit.refresh, 15 * 1024);
    assert!((14 * 1024..16 * 1024).contains(&fits.len()), "{}", fits.len());
    assert_eq!(visit.show_refresh("", Some(&fits)).status, 200);
}

#[test]
fn a_header_that_is_no_utf_8_is_no_token() {
    let visit = Visit::at(Door::Json);
    let wrong = Words("Value in HTTP_AUTHORIZATION header is not valid.", "missing");
    for path in ["/validate_access/", "/api/token/refresh/refresh_access/"] {
        let head = http::head("POST", path, &[("authorization", "Bearer @")], 0);
        let answer = raw(&visit.served, &head);
        visit.refuses(&answer, wrong);
    }
    let visit = Visit::at(Door::Web);
    let head = http::head("POST", WEB, &[("cookie", "refresh=@")], 0);
    ninja(&raw(&visit.served, &head), 401, UNAUTHORIZED);
    let visit = Visit::at(Door::OneCookie);
    let cookie = format!("csrftoken={}; jwt_access=@", visit.csrf);
    let headers = [("cookie", cookie.as_str()), ("x-csrftoken", &visit.csrf)];
    let answer = raw(&visit.served, &http::head("POST", "/validate_access/", &headers, 0));
    assert_eq!(answer.status, 403);
    hands_out_nothing(&answer);
}

/// The head with every @ a byte that is no UTF-8.
fn raw(served: &Served, head: &str) -> Answer {
    use std::io::Write;
    let bytes: Vec<_> = head.bytes().map(|byte| if byte == b'@' { 0xff } else { byte }).collect();
    let mut stream = http::connect(served.address);
    stream.write_all(&bytes).unwrap();
    http::read(stream)
}

/// In JSON mode cookies say nothing, in the cookie modes a Bearer says nothing; of two cookies of
/// one name neither is believed.
#[test]
fn a_token_in_both_places_counts_in_its_own() {
    let json = Visit::at(Door::Json);
    let bearer = format!("Bearer {}", json.access);
    let cookie = ["jwt_access=x; jwt_access_token=x; csrftoken=x"; 2].join("; ");
    let both = [("authorization", bearer.as_str()), ("cookie", &cookie)];
    assert_eq!(json.served.ask("POST", "/validate_access/", &both).status, 200);
    let only_cookie = format!("jwt_access={}", json.access);
    let answer = json.served.ask("POST", "/validate_access/", &[("cookie", &only_cookie)]);
    let none = "Token not found in \"HTTP_AUTHORIZATION\" header.";
    json.refuses(&answer, Words(none, "missing"));
    for door in [Door::OneCookie, Door::TwoCookies] {
        let visit = Visit::at(door);
        let name = door.access_cookie();
        let ask = |cookies: &str, bearer: &str| {
            let cookies = format!("csrftoken={}; {cookies}", visit.csrf);
            let bearer = format!("Bearer {bearer}");
            let headers = [
                ("cookie", cookies.as_str()),
                ("x-csrftoken", &visit.csrf),
                ("authorization", &bearer),
            ];
            visit.served.ask("POST", "/validate_access/", &headers)
        };
        let own = format!("{name}={}", visit.access);
        assert_eq!(ask(&own, "garbage").status, 200);
        let empty = format!("Cookie \"{name}\" cannot be empty.");
        let answer = ask("", &visit.access);
        assert_eq!((answer.status, answer.member("error")), (403, empty));
        for twice in
            [format!("{own}; {own}"), format!("{own}; {name}=x"), format!("{name}=; {own}")]
        {
            let answer = ask(&twice, "");
            let seen = format!("Cookie \"{name}\" was sent twice.");
            assert_eq!((answer.status, answer.member("error")), (403, seen), "{twice}");
            hands_out_nothing(&answer);
        }
    }
    let web = Visit::at(Door::Web);
    let (bearer, own) = (format!("Bearer {}", web.refresh), format!("refresh={}", web.refresh));
    ninja(&web.served.ask("POST", WEB, &[("authorization", &bearer)]), 401, UNAUTHORIZED);
    ninja(&web.served.ask("POST", WEB, &[("cookie", &format!("{own}; {own}"))]), 401, UNAUTHORIZED);
    assert_eq!(web.served.ask("POST", WEB, &[("cookie", &own)]).status, 200);
}

/// Forward-auth: with a Bearer, good or bad, cookies are ignored, and so is CSRF.
#[test]
fn forward_auth_takes_the_bearer_before_the_cookie() {
    let visit = Visit::at(Door::ForwardCookie);
    let cookie = format!("jwt_access={}; csrftoken={}", visit.access, visit.csrf);
    let ask = |bearer: &str| {
        let headers =
            [("cookie", cookie.as_str()), ("x-csrftoken", &visit.csrf), ("authorization", bearer)];
        visit.served.ask("GET", "/auth/verify", &headers)
    };
    assert_eq!(ask("Basic x").status, 200);
    visit.refuses(&ask("Bearer abc"), Words("Not enough segments", "parse"));
    let wrong = Words("Value in HTTP_AUTHORIZATION header is not valid.", "missing");
    for bearer in ["Bearer", "bearer ", "Bearer a b"] {
        visit.refuses(&ask(bearer), wrong);
    }
    let bearer = format!("bearer {}", visit.access);
    let foreign = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    assert_eq!(visit.served.ask("GET", "/auth/verify", &foreign).status, 200);
}

#[test]
fn which_cookie_is_meant_is_said_as_measured() {
    for door in [Door::OneCookie, Door::TwoCookies] {
        let served = crate::served::Folder::ready().with("JOT_SERVER__MODE", door.mode()).serve();
        let mut browser = Browser::of_alice(&served);
        let only = "POST variable \"jwt_type\" must be equal to \"refresh\".";
        for name in ["refresh_access", "update_refresh", "logout"] {
            let path = format!("/api/token/refresh/{name}/");
            for fields in [&[][..], &[("jwt_type", "access")], &[("jwt_type", "bogus")]] {
                let answer = browser.post(&path, fields);
                assert_eq!((answer.status, answer.member("error")), (403, only.to_owned()));
                hands_out_nothing(&answer);
            }
        }
        let bogus = "Input data \"jwt_type\" must be either \"access\" or \"refresh\". Got \"bogus\" instead.";
        let path = "Refresh cookie is only sent in path \"/api/token/refresh\". Requested path was: /validate_access/.";
        for (kind, words) in [("bogus", bogus), ("refresh", path)] {
            let answer = browser.post("/validate_access/", &[("jwt_type", kind)]);
            assert_eq!((answer.status, answer.member("error")), (403, words.to_owned()));
        }
        assert_eq!(browser.post("/validate_access/", &[("jwt_type", "access")]).status, 200);
        let validate = "/api/token/refresh/validate_refresh/";
        assert_eq!(browser.post(validate, &[("jwt_type", "refresh")]).status, 200);
        // A JSON body says it as well as a form does.
        let csrf = browser.cookie("csrftoken");
        let headers = [JSON, ("x-csrftoken", csrf.as_str())];
        let path = "/api/token/refresh/refresh_access/";
        let answer = browser.send(("POST", path), &headers, r#"{"jwt_type": "refresh"}"#);
        assert_eq!(answer.status, 200, "{answer:?}");
    }
}

/// Some proxies ask with the method of the request that is to pass: 200 is for who showed a token.
#[test]
fn forward_auth_lets_no_method_pass_without_a_token() {
    let visit = Visit::at(Door::Forward);
    for method in ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "PATCH", "MADEUP"] {
        let answer = visit.served.ask(method, "/auth/verify", &[]);
        let status = if ["GET", "HEAD"].contains(&method) { 401 } else { 405 };
        assert_eq!(answer.status, status, "{method}");
        assert_eq!(answer.header("jot-user"), None);
    }
}
