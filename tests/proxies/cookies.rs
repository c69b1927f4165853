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
        let set = answer.headers.iter().filter(|(name, _)| name == "set-cookie");
        let pairs: Vec<_> = set.map(|(_, cookie)| cookie.split(';').next().unwrap()).collect();
        let csrf = pairs.iter().find_map(|pair| pair.strip_prefix("csrftoken=")).unwrap();
        // The refresh cookie has a path of its own.
        let sent: Vec<_> = pairs.iter().filter(|pair| !pair.starts_with("jwt_refresh")).collect();
        let cookies = sent.iter().map(|pair| **pair).collect::<Vec<_>>().join("; ");
        Self { csrf: csrf.to_owned(), cookies, front }
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
        let other = other.headers.iter().find_map(|(_, value)| value.strip_prefix("csrftoken="));
        let other = other.unwrap().split(';').next().unwrap();
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
