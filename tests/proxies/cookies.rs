//! Browsers, whose cookies come along with whatever page makes them ask.

use crate::client::ADDRESS;
use crate::front::{BOTH, ENCODED, Front, Kind, ORIGIN, folder, spoken};
use crate::http::Answer;

const MODES: [&str; 2] = ["one-cookie", "two-cookies"];

/// A browser that is logged in: its proxy, the line of its cookies, and its CSRF token.
struct Browser {
    front: Front,
    cookies: String,
    csrf: String,
}

impl Browser {
    fn behind(kind: Kind, mode: &'static str) -> Self {
        let front = Front::of(kind, folder().with("JOT_SERVER__MODE", mode));
        let answer = front.login(&[]);
        assert_eq!(answer.status, 200, "{answer:?}");
        let (cookies, csrf) = kept(&answer);
        Self { front, cookies, csrf }
    }

    fn ask(&self, method: &str, headers: &[(&str, &str)]) -> Answer {
        self.front.ask(method, "/", &[&[("cookie", self.cookies.as_str())], headers].concat())
    }

    #[track_caller]
    fn passes(&self, answer: &Answer) {
        assert_eq!(answer.status, 200, "{:?} {answer:?}", self.front.kind);
        let spoken = spoken(&answer.body);
        assert_eq!(spoken[0], ("jot-user", ENCODED));
        assert_eq!(spoken.len(), 4, "{spoken:?}");
    }
}

/// What a browser sends back: the line of its cookies, and the CSRF token among them. The refresh
/// cookie has a path of its own.
pub(crate) fn kept(answer: &Answer) -> (String, String) {
    let cookies = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
    let pairs = cookies.map(|(_, cookie)| cookie.split(';').next().unwrap());
    let pairs: Vec<_> = pairs.filter(|pair| !pair.starts_with("jwt_refresh")).collect();
    let csrf = pairs.iter().find_map(|pair| pair.strip_prefix("csrftoken=")).unwrap();
    (pairs.join("; "), csrf.to_owned())
}

/// One browser for each proxy and mode.
fn browsers() -> impl Iterator<Item = Browser> {
    BOTH.into_iter().flat_map(|kind| MODES.into_iter().map(move |mode| Browser::behind(kind, mode)))
}

#[test]
fn reading_needs_the_cookie_alone() {
    for browser in browsers() {
        for method in ["GET", "OPTIONS"] {
            browser.passes(&browser.ask(method, &[]));
        }
        assert_eq!(browser.ask("HEAD", &[]).status, 200);
    }
}

#[test]
fn a_change_needs_the_csrf_token_of_the_session() {
    for browser in browsers() {
        let (front, csrf) = (&browser.front, browser.csrf.as_str());
        let other = front.login(&[]);
        let (_, other) = kept(&other);
        let other = other.as_str();
        let exchanged = browser.cookies.replace(csrf, other);
        for method in ["POST", "PUT", "PATCH", "DELETE", "TRACE", "PURGE"] {
            if method == "TRACE" && front.kind == Kind::Nginx {
                continue; // 405 before any door.
            }
            front.refuses(&browser.ask(method, &[]), 403, "csrf");
            front.refuses(&browser.ask(method, &[("x-csrftoken", "x")]), 403, "csrf");
        }
        for headers in [
            vec![("x-csrftoken", other)],
            vec![("x-csrftoken", csrf), ("x-csrftoken", csrf)],
            vec![("x-csrftoken", csrf), ("origin", "https://evil.example")],
            vec![("x-csrftoken", csrf), ("origin", "null")],
            vec![("x-csrftoken", csrf), ("origin", ORIGIN), ("origin", ORIGIN)],
            vec![("x-csrftoken", csrf), ("sec-fetch-site", "cross-site")],
            vec![("x-csrftoken", csrf), ("referer", "https://app.example.evil.example/")],
        ] {
            front.refuses(&browser.ask("POST", &headers), 403, "csrf");
        }
        let stolen = [("cookie", exchanged.as_str()), ("x-csrftoken", other)];
        front.refuses(&front.ask("POST", "/", &stolen), 403, "csrf");
        for headers in [
            vec![("x-csrftoken", csrf)],
            vec![("x-csrftoken", csrf), ("origin", ORIGIN)],
            vec![("x-csrftoken", csrf), ("referer", "https://app.example/page?x")],
        ] {
            browser.passes(&browser.ask("POST", &headers));
        }
    }
}

#[test]
fn a_client_does_not_say_which_method_it_has() {
    for browser in browsers() {
        for headers in [
            vec![("x-forwarded-method", "GET")],
            vec![("X-FORWARDED-METHOD", "GET"), ("x-forwarded-method", "HEAD")],
            vec![("x_forwarded_method", "GET")],
            vec![("x-original-method", "GET"), ("x-http-method-override", "GET")],
            vec![("connection", "x-forwarded-method"), ("x-forwarded-method", "GET")],
            vec![("x-forwarded-for", ADDRESS), ("x-forwarded-method", "GET")],
        ] {
            browser.front.refuses(&browser.ask("POST", &headers), 403, "csrf");
        }
    }
}

#[test]
fn two_cookies_of_one_name_are_none() {
    for browser in browsers() {
        let (front, cookies) = (&browser.front, &browser.cookies);
        front.refuses(&browser.ask("GET", &[("cookie", cookies)]), 401, "missing");
        let twice = format!("{cookies}; {cookies}");
        front.refuses(&front.ask("GET", "/", &[("cookie", &twice)]), 401, "missing");
        for planted in ["jwt_access=x; jwt_access_token=x", "jwt_access=; jwt_access_token="] {
            front.refuses(&browser.ask("GET", &[("cookie", planted)]), 401, "missing");
        }
        let csrf = ("x-csrftoken", browser.csrf.as_str());
        let planted = ("cookie", "csrftoken=x");
        front.refuses(&browser.ask("POST", &[csrf, planted]), 403, "csrf");
    }
}

/// On one host the application's cookies come along too, and some are no text.
#[test]
fn what_others_keep_in_cookies_is_nothing_to_us() {
    for browser in browsers() {
        let cookies = &browser.cookies;
        for others in
            [&b"name=Zo\xc3\xab"[..], b"name=Zo\xeb", b"\xff", b"jwt_access\xff=x", b"=", b";;"]
        {
            let head = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncookie: ";
            let joined = [head, others, b"; ", cookies.as_bytes(), b"\r\n\r\n"].concat();
            browser.passes(&browser.front.send(joined));
            let split = [head, cookies.as_bytes(), b"\r\ncookie: ", others, b"\r\n\r\n"].concat();
            browser.passes(&browser.front.send(split));
        }
        let hidden = format!("cookie: {cookies}; \u{e9}=x\r\n");
        let head = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n";
        let answer = browser.front.send(format!("{head}{hidden}cookie: {cookies}\r\n\r\n"));
        assert_eq!(answer.header("jot-error"), Some("missing"), "{answer:?}");
    }
}

#[test]
fn a_bearer_token_sets_the_cookies_aside() {
    for browser in browsers() {
        let (front, csrf) = (&browser.front, browser.csrf.as_str());
        front.refuses(&browser.ask("GET", &[("authorization", "Bearer x")]), 401, "parse");
        let two = [("authorization", "Basic eDp5"), ("authorization", "bearer x")];
        assert!([400, 401].contains(&browser.ask("GET", &two).status));
        assert!(front.upstream.seen().is_empty());
        // The issued token is nobody's cookie, so that no page can make a browser send it.
        let issued = front.served.folder.run(&["issue", "--user", crate::front::USER], "");
        let bearer = format!("Bearer {issued}");
        assert_eq!(browser.ask("POST", &[("authorization", &bearer)]).status, 200);
        browser.passes(
            &browser.ask("POST", &[("authorization", "Basic eDp5"), ("x-csrftoken", csrf)]),
        );
    }
}
