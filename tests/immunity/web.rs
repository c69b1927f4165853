//! Classes 23 to 26, 30 and 31: what HTTP brings along.

use std::io::{ErrorKind, Read, Write};

use crate::http::{self, Answer, form};
use crate::served::{FORM, Folder, JSON, PASSWORD, Served};

fn posted(served: &Served, headers: &[(&str, &str)], body: &str) -> Answer {
    let head = http::head("POST", "/login/", headers, body.len());
    http::send(served.address, &head, body.as_bytes())
}

/// CVE-2026-40575, CVE-2025-64484, CVE-2025-48865.
#[test]
fn c23_whoever_is_no_proxy_of_ours_speaks_for_nobody() {
    let served = Served::ready();
    let wrong = form(&[("username", "alice"), ("password", "wrong")]);
    let guess = |number: i32| {
        let from = format!("192.0.{}.{}", number % 7, number);
        let lines = ["x-forwarded-for", "X_Forwarded_For", "forwarded", "x-real-ip"];
        let headers: Vec<_> = lines.iter().map(|name| (*name, from.as_str())).collect();
        posted(&served, &[&[FORM], &headers[..]].concat(), &wrong).status
    };
    let statuses: Vec<_> = (0..20).map(guess).collect();
    assert_eq!(statuses.last(), Some(&429), "one network, whatever it says: {statuses:?}");
    for (name, value) in [
        ("jot-user", "alice"),
        ("jot_user", "alice"),
        ("jot-perms", "news.change"),
        ("x-forwarded-uri", "/livez"),
        ("x-forwarded-method", "OPTIONS"),
        ("x-original-url", "/livez"),
        ("connection", "authorization"),
        ("remote-user", "alice"),
    ] {
        let answer = served.ask("GET", "/auth/verify", &[(name, value)]);
        assert_eq!(answer.status, 401, "{name}");
        assert!(answer.header("jot-user").unwrap_or_default().is_empty(), "{answer:?}");
    }
    // Who is let in without a name, such as a client, is told of as nobody: the headers are there.
    let folder =
        Folder::ready().with("JOT_TOKEN__AUD", "api").with("JOT_TOKEN__ISS", "https://x.y");
    let secret = folder.run(&["client", "add", "billing"], "");
    let served = folder.serve();
    let fields = [
        ("grant_type", "client_credentials"),
        ("client_id", "billing"),
        ("client_secret", &secret),
    ];
    let token = served.post("/oauth/token", FORM, form(&fields)).member("access_token");
    let shown = format!("Bearer {token}");
    let headers = [("authorization", shown.as_str()), ("jot-user", "alice")];
    let answer = served.ask("GET", "/auth/verify", &headers);
    assert_eq!((answer.status, answer.header("jot-user")), (200, Some("")), "{answer:?}");
    let twice = [("authorization", shown.as_str()), ("authorization", "Bearer x")];
    assert_ne!(served.ask("GET", "/auth/verify", &twice).status, 200);
}

/// CVE-2024-25715.
#[test]
fn c24_a_login_leads_to_no_other_site() {
    let served = Folder::ready().with("JOT_SERVER__MODE", "one-cookie").serve();
    let page = served.ask("GET", "/login/", &[("accept", "text/html")]);
    let cookie = page.header("set-cookie").unwrap().split(';').next().unwrap().to_owned();
    let csrf = cookie.split_once('=').unwrap().1.to_owned();
    for next in [
        "//evil.example",
        "/\\evil.example",
        "\\/evil.example",
        "\\\\evil.example",
        "https:evil.example",
        "https://evil.example/",
        "HTTPS:/evil.example",
        "/\t/evil.example",
        "/\n/evil.example",
        "\t//evil.example",
        " //evil.example",
        "/%09/evil.example",
        "/\0/evil",
        "javascript:alert(1)",
        "data:text/html,x",
        "//alice@evil.example",
        "///evil.example",
        "/%2e%2e//evil.example",
        "/\r\nlocation: //evil.example",
        "evil.example",
        "?//evil",
        "",
    ] {
        let fields = [
            ("username", "alice"),
            ("password", PASSWORD),
            ("csrfmiddlewaretoken", csrf.as_str()),
            ("next", next),
        ];
        let headers = [FORM, ("accept", "text/html"), ("cookie", cookie.as_str())];
        let answer = posted(&served, &headers, &form(&fields));
        let places: Vec<_> = answer.headers.iter().filter(|(name, _)| name == "location").collect();
        assert_eq!(answer.status, 303, "{next:?} {answer:?}");
        assert_eq!(places.len(), 1, "{answer:?}");
        assert!(places[0].1.ends_with("/account/"), "{next:?} {places:?}");
        assert!(places[0].1.starts_with('/') && !places[0].1.contains("evil"), "{places:?}");
    }
}

/// RUSTSEC-2017-0002, and cookies that a neighbouring site tosses in.
#[test]
fn c25_no_cookie_is_tossed_and_no_header_split() {
    let folder = Folder::ready().with("JOT_SERVER__MODE", "two-cookies");
    for name in ["a\r\nset-cookie: x=1", "a\nb"] {
        let output = folder.told(&["user", "add", name, "--no-password"], "");
        assert!(!output.status.success(), "{name:?}");
    }
    for odd in ["a; path=/", "a,b=c", "\u{fc}ml\u{e4}ut", "\"q\""] {
        folder.add_user(odd, PASSWORD);
    }
    let served = folder.serve();
    for odd in ["alice", "a; path=/", "a,b=c", "\u{fc}ml\u{e4}ut", "\"q\""] {
        let answer = served.login(odd, PASSWORD);
        assert_eq!(answer.status, 200, "{answer:?}");
        for (name, value) in &answer.headers {
            assert!(!value.contains(['\r', '\n']) && value.is_ascii(), "{name}: {value}");
            let known = ["path", "max-age", "httponly", "secure", "samesite", "domain", "expires"];
            let rest = value.split("; ").skip(1).filter(|_| name == "set-cookie");
            for attribute in rest {
                let name = attribute.split('=').next().unwrap().to_lowercase();
                assert!(known.contains(&name.as_str()), "{value}");
            }
        }
    }
    let answer = served.login("alice", PASSWORD);
    let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs: Vec<_> = set.map(|(_, value)| value.split(';').next().unwrap()).collect();
    let good = pairs.join("; ");
    let status = |line: &str| served.ask("GET", "/auth/verify", &[("cookie", line)]).status;
    let asked = |line: &str| {
        served.ask("GET", "/account/", &[("accept", "text/html"), ("cookie", line)]).status
    };
    assert_eq!(asked(&good), 200, "{good}");
    for pair in &pairs {
        let name = pair.split('=').next().unwrap();
        for toss in [
            format!("{name}=evil; {good}"),
            format!("{good}; {name}=evil"),
            format!("{good}; {pair}"),
        ] {
            assert_ne!(status(&toss), 200, "{name}");
        }
    }
}

/// RUSTSEC-2025-0055 and Trojan Source: a name is one text in one line of the log.
#[test]
fn c26_what_somebody_types_is_no_line_of_the_log() {
    let evil = "\u{1b}]0;x\u{7}\u{1b}[2J\r\n{\"level\":\"INFO\"}\u{202e}\u{85}\u{9b}";
    let served = Served::ready();
    served.login(evil, "x");
    let body = serde_json::json!({"username": evil, "password": evil}).to_string();
    served.post("/login/", JSON, &body);
    served.validate("a.b.c\u{9b}");
    served.ask("GET", "/no/%1b%5b2J%0d%0a", &[("user-agent", "\u{9b}2J"), ("referer", "\t")]);
    let told = served.folder.told(&["events"], "").stdout;
    let log = served.stopped();
    assert!(log.len() > 1);
    let printable = |line: &str| {
        !line.chars().any(|c| c.is_control() || ('\u{202a}'..='\u{202e}').contains(&c))
    };
    for line in &log {
        assert!(serde_json::from_str::<serde_json::Value>(line).is_ok(), "{line}");
        assert!(printable(line), "{line:?}");
    }
    let told = String::from_utf8(told).unwrap();
    assert!(told.lines().all(printable), "{told:?}");
    let claims = serde_json::json!({"sub": evil, evil: 1}).to_string();
    let token = crate::target::Target::ready();
    let token = crate::target::forge(&token.header(""), claims, &token.key());
    let folder = Folder::empty();
    for command in ["decode", "lint", "validate"] {
        let output = folder.told(&[command, &token], "");
        for bytes in [output.stdout, output.stderr] {
            let text = String::from_utf8(bytes).unwrap();
            assert!(text.lines().all(printable), "{command} {text:?}");
        }
    }
}

/// Who sends a request a byte at a time keeps nobody waiting, and is cut off where places are wanted.
#[test]
fn c30_a_request_that_drips_holds_up_nobody() {
    let served = Folder::ready().with("JOT_SERVER__MAX_CONNECTIONS", "20").serve();
    let mut slow: Vec<_> = (0..50).map(|_| http::connect(served.address)).collect();
    for stream in &mut slow {
        // Whoever lost the place by now cannot write.
        _ = stream.write_all(b"POST /login/ HTTP/1.1\r\nhost: x\r\nx-");
    }
    assert_eq!(served.login("alice", PASSWORD).status, 200);
    let is_cut_off = match slow.remove(0).read(&mut [0; 1]) {
        Ok(read) => read == 0,
        Err(error) => error.kind() == ErrorKind::ConnectionReset,
    };
    assert!(is_cut_off, "the first of them made room");
}

/// Whether a name is there, and why a login was refused, is in no byte of the answer.
#[test]
fn c31_a_refused_login_does_not_tell_why() {
    let folder = Folder::ready();
    folder.add_user("bob", PASSWORD);
    folder.run(&["user", "disable", "bob"], "");
    folder.run(&["user", "add", "carol", "--no-password"], "");
    let served = folder.serve();
    let login = |name: &str, password: &str| served.login(name, password).undated();
    let wrong = login("alice", "wrong");
    assert_eq!(wrong.status, 401);
    for (name, password) in
        [("nobody", PASSWORD), ("bob", PASSWORD), ("carol", PASSWORD), ("\u{202e}", "x")]
    {
        assert_eq!(login(name, password), wrong, "{name}");
    }
}
