//! The cookies themselves: attributes as the originals set them, ends as the tokens have them, a
//! payload that every decoder reads, and what happens when one would be too large.

use std::process::{Command, Stdio};

use serde_json::Value;

use crate::client::{Browser, SetCookie, names, set_cookies};
use crate::door::{Door, Visit, WEB};
use crate::http::Answer;
use crate::served::{Folder, JSON, PASSWORD, now};
use crate::token;

const TYPE: [(&str, &str); 1] = [("jwt_type", "refresh")];
const REFRESH: &str = "/api/token/refresh/refresh_access/";
const UPDATE: &str = "/api/token/refresh/update_refresh/";
const LOGOUT: &str = "/api/token/refresh/logout/";

fn folder(mode: &'static str) -> Folder {
    Folder::ready().with("JOT_SERVER__MODE", mode)
}

/// The attributes without `expires`, which is looked at by itself.
fn attributes(cookie: &SetCookie) -> String {
    let kept = cookie.attributes.split("; ").filter(|one| !one.starts_with("expires="));
    kept.collect::<Vec<_>>().join("; ")
}

fn sign_in(folder: Folder) -> (crate::served::Served, SetCookie) {
    let served = folder.serve();
    let body = serde_json::json!({"username": "alice", "password": PASSWORD}).to_string();
    let answer = served.post("/api/auth/web/sign-in", JSON, body);
    assert_eq!(answer.status, 200, "{answer:?}");
    let cookie = set_cookies(&answer).remove(0);
    (served, cookie)
}

#[test]
fn a_login_sets_the_originals_cookies_in_their_order() {
    let refresh = "HttpOnly; Max-Age=86400; Path=/api/token/refresh; SameSite=Lax; Secure";
    let access = "HttpOnly; Max-Age=300; Path=/; SameSite=Lax; Secure";
    let payload = "Max-Age=300; Path=/; SameSite=Lax; Secure";
    let csrf = "Max-Age=31449600; Path=/; SameSite=Lax; Secure";
    let one = [("jwt_refresh", refresh), ("jwt_access", access), ("csrftoken", csrf)];
    let two = [
        ("jwt_refresh", refresh),
        ("jwt_access_token", access),
        ("jwt_access_payload", payload),
        ("csrftoken", csrf),
    ];
    for (mode, expected) in [("one-cookie", &one[..]), ("two-cookies", &two)] {
        let served = folder(mode).serve();
        let answer = Browser::new(&served).login("alice", PASSWORD);
        answer.is(200, r#"{"msg": "Tokens successfully created."}"#);
        let cookies = set_cookies(&answer);
        let seen: Vec<_> =
            cookies.iter().map(|cookie| (cookie.name.as_str(), attributes(cookie))).collect();
        let expected: Vec<_> =
            expected.iter().map(|(name, attributes)| (*name, (*attributes).to_owned())).collect();
        assert_eq!(seen, expected);
    }
}

#[test]
fn the_ninja_cookie_is_the_originals() {
    let (_, cookie) = sign_in(Folder::ready());
    assert_eq!(cookie.name, "refresh");
    let expected =
        "HttpOnly; Max-Age=2592000; Path=/api/auth/web/token-refresh; SameSite=Strict; Secure";
    assert_eq!(attributes(&cookie), expected);
}

#[test]
fn the_ninja_cookie_is_as_it_is_set() {
    let set = Folder::ready()
        .with("JOT_NINJA__REFRESH_COOKIE", "r")
        .with("JOT_NINJA__SECURE", "false")
        .with("JOT_NINJA__HTTP_ONLY", "false")
        .with("JOT_NINJA__SAME_SITE", "Lax")
        .with("JOT_NINJA__PATH", "api/auth/web")
        .with("JOT_NINJA__REFRESH_LIFETIME", "1h");
    let (served, cookie) = sign_in(set);
    assert_eq!(cookie.name, "r");
    assert_eq!(attributes(&cookie), "Max-Age=3600; Path=/api/auth/web; SameSite=Lax");
    let line = format!("r={}", cookie.value);
    let answer = served.ask("POST", WEB, &[("cookie", &line)]);
    assert_eq!((answer.status, names(&answer)), (200, vec!["r".to_owned()]));
    let gone = served.ask("DELETE", WEB, &[("cookie", &line)]);
    assert_eq!(attributes(&set_cookies(&gone)[0]), "Max-Age=0; Path=/api/auth/web; SameSite=Lax");
}

#[test]
fn same_site_domain_and_path_are_as_they_are_set() {
    let set = folder("two-cookies")
        .with("JOT_COOKIES__SAME_SITE", "None")
        .with("JOT_COOKIES__DOMAIN", "jot.example")
        .with("JOT_REFRESH__PATH", "auth/again");
    let served = set.serve();
    let mut browser = Browser::new(&served);
    let answer = browser.login("alice", PASSWORD);
    let update = "/auth/again/update_refresh/";
    let answers = [answer, browser.post(update, &TYPE), browser.post("/auth/again/logout/", &TYPE)];
    for answer in answers {
        assert_eq!(answer.status, 200, "{answer:?}");
        for cookie in set_cookies(&answer) {
            assert_eq!(cookie.attribute("SameSite"), Some("None"));
            assert_eq!(cookie.attribute("Domain"), Some("jot.example"));
            assert_eq!(cookie.attribute("Secure"), Some(""));
            let path = if cookie.name == "jwt_refresh" { "/auth/again" } else { "/" };
            assert_eq!(cookie.attribute("Path"), Some(path));
        }
    }
    assert_eq!(browser.post(UPDATE, &TYPE).status, 404);
}

#[test]
fn on_loopback_cookies_can_go_without_secure() {
    let served = folder("one-cookie").with("JOT_COOKIES__SECURE", "false").serve();
    let mut browser = Browser::of_alice(&served);
    let answer = browser.post(REFRESH, &TYPE);
    assert!(set_cookies(&answer).iter().all(|cookie| cookie.attribute("Secure").is_none()));
    let log = served.stopped();
    assert!(log.iter().any(|line| line.contains("without Secure")), "{log:?}");
}

/// A cookie ends with its token, also where the token is not new.
#[test]
fn max_age_follows_exp() {
    let set = folder("two-cookies").with("JOT_TOKEN__REFRESH_LIFETIME", "1000s");
    let served = set.with("JOT_TOKEN__ACCESS_LIFETIME", "400s").serve();
    let mut browser = Browser::new(&served);
    let mut answers = vec![browser.login("alice", PASSWORD)];
    let second = now();
    while now() < second + 2 {
        std::thread::sleep(std::time::Duration::from_millis(50));
    }
    answers.push(browser.post(REFRESH, &TYPE));
    answers.push(browser.post(UPDATE, &TYPE));
    for answer in &answers {
        let cookies = set_cookies(answer);
        let date = answer.header("date").unwrap();
        for cookie in &cookies[..2] {
            let claims = token::claims(&cookie.value);
            let exp = claims["exp"].as_i64().unwrap();
            let left = exp - cookie.age();
            assert!((now() - 30..=now()).contains(&left), "{} {date}", cookie.name);
            let expires = jot::time::http_date(exp);
            assert_eq!(cookie.attribute("expires"), Some(expires.as_str()));
        }
        assert_eq!(cookies[2].age(), cookies[1].age());
    }
    let ages: Vec<_> = answers.iter().map(|answer| set_cookies(answer)[0].age()).collect();
    assert_eq!((ages[0], ages[2]), (1000, 1000));
    assert!((990..=998).contains(&ages[1]), "{ages:?}");
}

#[test]
fn a_log_out_expires_every_token_cookie_at_its_own_path() {
    for (mode, access) in [
        ("one-cookie", &["jwt_access"][..]),
        ("two-cookies", &["jwt_access_token", "jwt_access_payload"]),
    ] {
        let served = folder(mode).serve();
        for method in ["POST", "DELETE"] {
            let answer = Browser::of_alice(&served).shown(method, LOGOUT, &TYPE);
            let cookies = set_cookies(&answer);
            let seen: Vec<_> = cookies.iter().map(|cookie| cookie.name.as_str()).collect();
            assert_eq!(seen, [&["jwt_refresh"], access].concat());
            for cookie in &cookies {
                assert_eq!((cookie.age(), cookie.value.as_str()), (0, ""));
                let past = Some("Thu, 01 Jan 1970 00:00:00 GMT");
                assert_eq!(cookie.attribute("expires"), past);
                let path = if cookie.name == "jwt_refresh" { "/api/token/refresh" } else { "/" };
                assert_eq!(cookie.attribute("Path"), Some(path));
            }
        }
    }
}

/// Runs a program with a text as its argument; what it prints.
fn printed(program: &str, script: &[&str], text: &str) -> Option<String> {
    let mut command = Command::new(program);
    let output = command.args(script).arg(text).stdin(Stdio::null()).output().ok()?;
    assert!(output.status.success(), "{program}: {output:?}");
    Some(String::from_utf8(output.stdout).unwrap().trim().to_owned())
}

#[test]
fn the_payload_is_read_by_every_decoder_and_needs_no_quotes() {
    let folder = folder("two-cookies");
    let names = ["bo", "bob", "bobb", "Zo\u{eb}", "a~?>b", "\u{1f9a6}", "a\"b\\c"];
    for name in names {
        folder.add_user(name, PASSWORD);
    }
    let served = folder.serve();
    let python = "import base64, sys; print(base64.b64decode(sys.argv[1]).decode('ascii'))";
    let url = "import base64, sys; print(base64.urlsafe_b64decode(sys.argv[1]).decode('ascii'))";
    let node = "console.log(atob(process.argv[1]))";
    for name in names.into_iter().chain(["alice"]) {
        let mut browser = Browser::new(&served);
        assert_eq!(browser.login(name, PASSWORD).status, 200, "{name}");
        let cookie = browser.cookie("jwt_access_payload");
        assert!(cookie.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{cookie}");
        let claims = token::claims(&browser.cookie("jwt_access_token"));
        assert_eq!(claims["user"]["username"], name);
        let read = [
            printed("python3", &["-c", python], &cookie).expect("python3"),
            printed("python3", &["-c", url], &cookie).expect("python3"),
        ];
        for text in read.into_iter().chain(printed("node", &["-e", node], &cookie)) {
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), claims, "{text}");
            let sorted = format!("{{\"exp\": {}, \"iat\": ", claims["exp"]);
            assert!(text.starts_with(&sorted), "{text}");
        }
    }
}

/// Alice with so many permissions of 19 characters.
fn with_permissions(mode: &'static str, count: usize) -> Folder {
    let folder = folder(mode);
    permit(&folder, "--add", count);
    folder
}

fn permit(folder: &Folder, change: &str, count: usize) {
    let names: Vec<_> = (0..count).map(|at| format!("app.change_thing{at:03}")).collect();
    let mut arguments = vec!["user", "perm", "alice"];
    arguments.extend(names.iter().flat_map(|name| [change, name.as_str()]));
    folder.run(&arguments, "");
}

#[track_caller]
fn too_large(answer: &Answer, member: &str, cookie: &str) {
    let words = answer.member(member);
    assert_eq!(answer.status, 403, "{words}");
    assert!(words.starts_with(&format!("the cookie \"{cookie}\" would have ")), "{words}");
    assert!(words.contains("browsers keep 4096") && words.contains("server.mode"), "{words}");
    assert_eq!((answer.header("www-authenticate"), names(answer)), (None, Vec::new()));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
}

#[test]
fn a_login_whose_cookies_no_browser_keeps_is_refused_and_begins_no_session() {
    for mode in ["one-cookie", "two-cookies"] {
        let served = with_permissions(mode, 200).serve();
        too_large(&Browser::new(&served).login("alice", PASSWORD), "error", "jwt_refresh");
        assert_eq!(served.folder.run(&["--json", "session", "list"], ""), "");
        assert_eq!(served.folder.run(&["--json", "events", "--kind", "logged_in"], ""), "");
        let user = served.folder.run(&["--json", "user", "show", "alice"], "");
        assert!(user.contains("\"last_login\":null"), "{user}");
        // Whoever does not know the password is told nothing of it.
        assert_eq!(Browser::new(&served).login("alice", "wrong").status, 401);
    }
    let served = with_permissions("json", 200).serve();
    let (refresh, _) = served.tokens();
    assert!(refresh.len() > 4096);
}

#[test]
fn a_refresh_that_outgrows_its_cookie_is_refused_and_rotates_nothing() {
    for door in [Door::OneCookie, Door::TwoCookies] {
        let visit = Visit::at(door);
        permit(&visit.served.folder, "--add", 200);
        for name in ["refresh_access", "update_refresh", "refresh_access"] {
            let answer = visit.show_refresh(name, Some(&visit.refresh));
            too_large(&answer, "error", "jwt_refresh");
        }
        permit(&visit.served.folder, "--remove", 200);
        let answer = visit.show_refresh("refresh_access", Some(&visit.refresh));
        assert_eq!(answer.status, 200, "{answer:?}");
        let jti = |token: &str| token::text(token, "jti");
        let successor = set_cookies(&answer)[0].value.clone();
        assert_ne!(jti(&successor), jti(&visit.refresh));
        let events = ["--json", "events", "--kind", "refresh_updated"];
        assert_eq!(visit.served.folder.run(&events, ""), "");
    }
}

/// No door reads a token of more than 16 KiB, so that none gives one.
#[test]
fn a_token_that_nobody_would_read_is_refused_at_login_and_at_refresh() {
    let served = folder("json").serve();
    let (refresh, _) = served.tokens();
    permit(&served.folder, "--add", 800);
    let authorized = [("authorization", &*format!("Bearer {refresh}"))];
    let body = serde_json::json!({"username": "alice", "password": PASSWORD}).to_string();
    let pair = served.post("/api/auth/mobile/sign-in", JSON, body);
    for (answer, member) in [
        (served.login("alice", PASSWORD), "error"),
        (served.ask("POST", REFRESH, &authorized), "error"),
        (pair, "detail"),
    ] {
        let words = answer.member(member);
        assert_eq!(answer.status, 403, "{words}");
        assert!(
            words.contains("at most 16384 are accepted: give the user fewer permissions"),
            "{words}"
        );
    }
    assert_eq!(served.login("alice", "wrong").status, 401);
    permit(&served.folder, "--remove", 800);
    assert_eq!(served.ask("POST", REFRESH, &authorized).status, 200);
}

/// The whole of a cookie counts: name, value and attributes.
#[test]
fn just_under_the_limit_is_kept_and_just_over_it_is_not() {
    let served = folder("two-cookies").serve();
    let mut largest = 0;
    for count in (100..140).step_by(2) {
        permit(&served.folder, "--add", count);
        let answer = Browser::new(&served).login("alice", PASSWORD);
        if answer.status == 403 {
            assert!(largest > 3900, "{largest}");
            return;
        }
        let lines = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
        largest = lines.map(|(_, line)| line.len()).max().unwrap();
        assert!(largest <= 4096, "{largest}");
    }
    panic!("{largest}");
}
