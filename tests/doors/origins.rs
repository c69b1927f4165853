//! What browsers say of where a request comes from, and who is believed.

use crate::client::Browser;
use crate::csrf::{UNSAFE, VALIDATE, all_forged, behind_tls, cookie_mode, forged};
use crate::door::{Door, Visit, WEB, hands_out_nothing};
use crate::served::{FORM, JSON, PASSWORD};

#[test]
fn the_origin_is_judged_where_there_is_one() {
    for served in [cookie_mode().serve(), behind_tls()] {
        let own = match served.folder.told(&["settings", "get", "server.public_origins"], "") {
            told if String::from_utf8_lossy(&told.stdout).contains("jot.example") => {
                "https://jot.example".to_owned()
            }
            _ => format!("http://{}", served.address),
        };
        let mut browser = Browser::new(&served);
        let login = [FORM, ("origin", own.as_str())];
        let fields = crate::http::form(&[("username", "alice"), ("password", PASSWORD)]);
        assert_eq!(browser.send(("POST", "/login/"), &login, &fields).status, 200);
        let csrf = browser.cookie("csrftoken");
        let good = [("x-csrftoken", csrf.as_str()), ("origin", &own)];
        assert_eq!(browser.clone().send(("POST", VALIDATE), &good, "").status, 200);
        let (host, port) = own.rsplit_once(':').unwrap();
        let slash = format!("{own}/");
        let near = format!("{own}.evil.example");
        let other_port = format!("{host}:1{}", port.trim_start_matches('/'));
        let other_scheme = format!("ftp{}", &own[own.find(':').unwrap()..]);
        for foreign in
            ["https://evil.example", "null", &slash, &near, &other_port, &other_scheme, "", "x"]
        {
            let why =
                format!("the origin {foreign} is not one of this server's (server.public_origins)");
            for (method, path, body) in UNSAFE {
                // Also where everything else is right, a Referer and a fetch of the same origin.
                let headers = [
                    FORM,
                    ("x-csrftoken", csrf.as_str()),
                    ("origin", foreign),
                    ("referer", &own),
                    ("sec-fetch-site", "same-origin"),
                ];
                forged(&browser.clone().send((method, path), &headers, body), &why);
            }
        }
        let twice = [("x-csrftoken", csrf.as_str()), ("origin", &own), ("origin", &own)];
        let answer = browser.clone().send(("POST", VALIDATE), &twice, "");
        forged(&answer, "a header of the origin cannot be read");
    }
}

#[test]
fn a_fetch_from_another_site_is_refused() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    let cross = [("x-csrftoken", csrf.as_str()), ("sec-fetch-site", "cross-site")];
    all_forged(&browser, &cross, "", "the request comes from another site");
    for site in ["same-origin", "same-site", "none"] {
        let headers = [("x-csrftoken", csrf.as_str()), ("sec-fetch-site", site)];
        assert_eq!(browser.clone().send(("POST", VALIDATE), &headers, "").status, 200, "{site}");
    }
}

#[test]
fn over_tls_a_referer_is_asked_for_where_there_is_no_origin() {
    let served = behind_tls();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    let shown = ("x-csrftoken", csrf.as_str());
    for (method, path, body) in UNSAFE {
        let answer = browser.clone().send((method, path), &[FORM, shown], body);
        forged(&answer, "there is neither Origin nor Referer");
    }
    for foreign in [
        "https://evil.example/",
        "http://jot.example/",
        "https://jot.example:444/",
        "https://jot.example.evil.example/",
        "https://jot.example@evil.example/",
        "https://evil.example/https://jot.example/",
        "https://evil.example?https://jot.example/",
        "//jot.example/",
        "jot.example",
        "",
    ] {
        for (method, path, body) in UNSAFE {
            let headers = [FORM, shown, ("referer", foreign)];
            let answer = browser.clone().send((method, path), &headers, body);
            forged(&answer, "the Referer is not of this server (server.public_origins)");
        }
    }
    for own in ["https://jot.example", "https://jot.example/", "https://jot.example/a?b#c"] {
        let headers = [shown, ("referer", own)];
        assert_eq!(browser.clone().send(("POST", VALIDATE), &headers, "").status, 200, "{own}");
    }
    let headers = [shown, ("origin", "https://jot.example")];
    assert_eq!(browser.clone().send(("POST", VALIDATE), &headers, "").status, 200);
}

#[test]
fn over_http_the_referer_says_nothing() {
    let served = cookie_mode().serve();
    let browser = Browser::of_alice(&served);
    let csrf = browser.cookie("csrftoken");
    for referer in ["https://evil.example/", "x"] {
        let headers = [("x-csrftoken", csrf.as_str()), ("referer", referer)];
        assert_eq!(browser.clone().send(("POST", VALIDATE), &headers, "").status, 200);
    }
}

/// Being logged in as somebody else is an attack too (login CSRF); no Referer is asked for.
#[test]
fn a_foreign_page_cannot_log_its_visitor_in() {
    let fields = crate::http::form(&[("username", "alice"), ("password", PASSWORD)]);
    let json = serde_json::json!({"username": "alice", "password": PASSWORD}).to_string();
    for served in [cookie_mode().serve(), behind_tls()] {
        let doors = [
            ("/login/", FORM, &fields),
            ("/api/auth/web/sign-in", JSON, &json),
            ("/api/auth/mobile/sign-in", JSON, &json),
        ];
        for (path, kind, body) in doors {
            let ask = |header| Browser::new(&served).send(("POST", path), &[kind, header], body);
            for foreign in [
                ("origin", "https://evil.example"),
                ("origin", "null"),
                ("sec-fetch-site", "cross-site"),
            ] {
                let answer = ask(foreign);
                assert_eq!(answer.status, 403, "{path} {foreign:?}");
                hands_out_nothing(&answer);
                assert!(answer.body.contains("CSRF verification failed: "), "{answer:?}");
            }
            for fine in [("referer", "https://evil.example/"), ("sec-fetch-site", "none")] {
                assert_eq!(ask(fine).status, 200, "{path} {fine:?}");
            }
        }
    }
}

#[test]
fn a_foreign_page_cannot_use_the_ninja_cookie() {
    let visit = Visit::at(Door::Web);
    let cookie = format!("refresh={}", visit.refresh);
    for (method, path) in [("POST", WEB), ("DELETE", WEB), ("POST", "/api/auth/web/sign-out")] {
        for foreign in [
            ("origin", "https://evil.example"),
            ("origin", "null"),
            ("sec-fetch-site", "cross-site"),
        ] {
            let answer = visit.served.ask(method, path, &[("cookie", &cookie), foreign]);
            assert_eq!(answer.status, 403, "{method} {path} {foreign:?}");
            assert!(answer.member("detail").starts_with("CSRF verification failed: "));
            hands_out_nothing(&answer);
        }
    }
    assert_eq!(visit.served.ask("POST", WEB, &[("cookie", &cookie)]).status, 200);
}

/// Where there is no Origin, and no CSRF token is asked for, a foreign Referer still tells.
#[test]
fn over_tls_a_foreign_referer_is_refused_at_every_door_with_cookies() {
    let served = behind_tls();
    let answer = served.post(
        "/api/auth/web/sign-in",
        JSON,
        serde_json::json!({"username": "alice", "password": PASSWORD}).to_string(),
    );
    let refresh = crate::client::set_cookies(&answer).remove(0).value;
    let cookie = format!("refresh={refresh}");
    let web = |referer| served.ask("POST", WEB, &[("cookie", &cookie), ("referer", referer)]);
    assert_eq!(web("https://evil.example/").status, 403);
    assert_eq!(web("https://jot.example/").status, 200);

    let folder = cookie_mode().with("JOT_COOKIES__CSRF", "false");
    let served = folder.with("JOT_SERVER__PUBLIC_ORIGINS", r#"["https://jot.example"]"#).serve();
    let browser = Browser::of_alice(&served);
    let foreign = [FORM, ("referer", "https://evil.example/")];
    for (method, path, body) in UNSAFE {
        let answer = browser.clone().send((method, path), &foreign, body);
        forged(&answer, "the Referer is not of this server (server.public_origins)");
    }
    assert_eq!(browser.clone().send(("POST", VALIDATE), &[FORM], "").status, 200);
}
