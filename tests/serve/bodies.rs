//! Requests that are not what they should be: methods, paths, bodies, sizes.

use crate::http::{self, form};
use crate::served::{FORM, JSON, PASSWORD, Served};

#[test]
fn other_methods_are_told_which_there_are() {
    let served = Served::ready();
    let doors = ["/login/", "/login", "/validate_access/", "/validate_access"];
    let asked = doors.map(|path| (path, "POST, OPTIONS"));
    let allowed = "GET, HEAD, OPTIONS";
    for (path, allow) in asked.into_iter().chain([("/livez", allowed), ("/readyz", allowed)]) {
        for method in ["GET", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "MADEUP"] {
            if allow.contains(method) && method != "OPTIONS" {
                continue;
            }
            let answer = served.ask(method, path, &[]);
            let status = if method == "OPTIONS" { 200 } else { 405 };
            assert_eq!(answer.status, status, "{method} {path}");
            assert_eq!(answer.header("allow"), Some(allow));
            assert_eq!(answer.header("cache-control"), Some("no-store"));
            assert_eq!(answer.body.is_empty(), method == "HEAD", "{method} {path}");
        }
    }
    let health = served.ask("POST", "/livez", &[]);
    health.is(405, r#"{"error": "Method not allowed."}"#);
    for path in ["/", "/nope/", "/login//", "/Login/", "/login/x", "/%6cogin/", "/login%2f"] {
        served.ask("POST", path, &[]).is(404, r#"{"error": "Not found."}"#);
    }
}

#[test]
fn it_says_that_it_lives_and_is_ready() {
    let served = Served::ready();
    served.ask("GET", "/livez", &[]).is(200, r#"{"status": "live"}"#);
    served.ask("GET", "/readyz", &[]).is(200, r#"{"status": "ready"}"#);
    assert_eq!(served.ask("HEAD", "/readyz", &[]).status, 200);
}

#[test]
fn json_that_can_be_read_in_two_ways_is_not_read() {
    let served = Served::ready();
    let (distinct, strings) = (
        r#"{"error": "The body must be a JSON object whose members are distinct."}"#,
        r#"{"error": "username must be a string."}"#,
    );
    let of_password = r#"{"error": "password must be a string."}"#;
    let not_json = r#"{"error": "The body is not JSON."}"#;
    let deep = |n: usize| format!("{{\"username\":{}1{}}}", "[".repeat(n), "]".repeat(n));
    for (body, expected) in [
        (r#"{"username":"bob","username":"alice","password":"x"}"#.to_owned(), distinct),
        (r#"{"username":"alice","password":"x","a":{"b":1,"b":2}}"#.to_owned(), distinct),
        (r#"["username","password"]"#.to_owned(), distinct),
        (r#""username""#.to_owned(), distinct),
        ("null".to_owned(), distinct),
        (r#"{"username":1,"password":"x"}"#.to_owned(), strings),
        (r#"{"username":["alice"],"password":"x"}"#.to_owned(), strings),
        (r#"{"username":"alice","password":{"$ne":""}}"#.to_owned(), of_password),
        (r#"{"username":"alice","password":true}"#.to_owned(), of_password),
        ("{".to_owned(), not_json),
        (r#"{"username":"alice"}x"#.to_owned(), not_json),
        ("username=alice&password=x".to_owned(), not_json),
        (r#"{"username":"\ud800","password":"x"}"#.to_owned(), not_json),
        ("\u{feff}{}".to_owned(), not_json),
        (deep(40), not_json),
        (deep(10_000), not_json),
        ("[".repeat(60_000), not_json),
    ] {
        served.post("/login/", JSON, body).is(400, expected);
    }
    served
        .post("/login/", JSON, b"{\"username\":\"\xff\",\"password\":\"x\"}")
        .is(400, r#"{"error": "The body is not UTF-8."}"#);
}

#[test]
fn a_body_has_a_limit() {
    let served = Served::ready();
    let body = form(&[("username", "alice"), ("password", PASSWORD), ("more", "")]);
    let padded = |length: usize| format!("{body}{}", "x".repeat(length - body.len()));
    assert_eq!(served.post("/login/", FORM, padded(64 * 1024)).status, 200);
    let answer = served.post("/login/", FORM, padded(64 * 1024 + 1));
    assert_eq!((answer.status, answer.header("connection")), (413, Some("close")));
    assert_eq!(answer.header("cache-control"), Some("no-store"));
    let long = "x".repeat(20_000);
    assert_eq!(served.ask("POST", "/login/", &[("x-long", &long)]).status, 431);
}

/// RFC 9112 3.2.
#[test]
fn a_request_names_one_host() {
    let served = Served::ready();
    let asked = |version: &str, hosts: &str| {
        let head = format!("GET /livez HTTP/{version}\r\n{hosts}connection: close\r\n\r\n");
        http::send(served.address, &head, b"").status
    };
    assert_eq!(asked("1.1", "host: a\r\n"), 200);
    assert_eq!(asked("1.1", ""), 400);
    assert_eq!(asked("1.1", "host: a\r\nhost: b\r\n"), 400);
    assert_eq!(asked("1.0", ""), 200);
    assert_eq!(asked("1.0", "host: a\r\nhost: a\r\n"), 400);
}

#[test]
fn a_body_may_come_in_chunks() {
    let served = Served::ready();
    let body = form(&[("username", "alice"), ("password", PASSWORD)]);
    let head = "POST /login/ HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\
                content-type: application/x-www-form-urlencoded\r\ntransfer-encoding: chunked\r\n\r\n";
    let chunked = |body: &str| format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    assert_eq!(http::send(served.address, head, chunked(&body).as_bytes()).status, 200);
    let endless = format!("{head}{}", chunked(&"x".repeat(70_000)));
    assert_eq!(http::send(served.address, &endless, b"").status, 413);
    // Of two lengths the chunks count (RFC 9112 6.3).
    let both = head.replace("host: x", "host: x\r\ncontent-length: 5");
    assert_eq!(http::send(served.address, &both, chunked(&body).as_bytes()).status, 200);
}
