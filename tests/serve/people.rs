//! The pages for people as HTTP: who gets one, what may be sent, and where it leads. What a browser
//! makes of them is in `tests/browser`.

use crate::http::{Answer, form};
use crate::served::{FORM, Folder, PASSWORD, Served};
use crate::visitor::{HTML, Visitor};

const GO_ON: &str = "/api/token/refresh/continue";

fn served(mode: &'static str) -> Served {
    Folder::ready().with("JOT_SERVER__MODE", mode).serve()
}

/// Alice's browser, logged in.
fn alice(served: &Served) -> Visitor {
    let mut visitor = Visitor::of(served.address);
    visitor.enter(PASSWORD).leads_to("/account/");
    visitor
}

fn sessions(served: &Served) -> Vec<serde_json::Value> {
    let listed = served.folder.run(&["session", "list", "--json"], "");
    listed.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[test]
fn a_page_keeps_everything_else_out() {
    let answer = Visitor::of(served("one-cookie").address).get("/login/");
    answer.is_page(200, "Log in");
    let policy = answer.header("content-security-policy").unwrap();
    let (before, after) = policy.split_once("style-src 'sha256-").unwrap();
    assert_eq!(before, "default-src 'none'; ");
    assert!(after.ends_with("'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"));
    for (name, value) in [
        ("x-content-type-options", "nosniff"),
        ("referrer-policy", "same-origin"),
        ("cross-origin-opener-policy", "same-origin"),
        ("cross-origin-resource-policy", "same-origin"),
        ("vary", "Accept, Cookie"),
    ] {
        assert_eq!(answer.header(name), Some(value), "{name}");
    }
    assert!(answer.body.starts_with("<!DOCTYPE html><html lang=\"en\">"), "{}", answer.body);
    for word in ["<script", " style=", " on", "http:", "https:"] {
        assert!(!answer.body.contains(word), "{word}");
    }
}

#[test]
fn a_page_is_for_whoever_asks_for_one() {
    let get = |served: &Served, accept: &str| {
        Visitor::of(served.address).ask(("GET", "/login/"), &[("accept", accept)], "")
    };
    let refused = |answer: &Answer| {
        assert_eq!((answer.status, answer.header("allow")), (405, Some("POST, OPTIONS")));
        assert_eq!(answer.header("content-type"), Some("application/json"));
    };
    let cookies = served("two-cookies");
    get(&cookies, "text/html").is_page(200, "Log in");
    for accept in ["*/*", "application/json", "application/json, text/html;q=0.5", "text/html;q=0"]
    {
        refused(&get(&cookies, accept));
    }
    let json = served("json");
    refused(&get(&json, "text/html"));
    for path in ["/account/", GO_ON, "/account/logout/"] {
        assert_eq!(Visitor::of(json.address).get(path).status, 404, "{path}");
    }
    let head = Visitor::of(cookies.address).ask(("HEAD", "/login/"), &[HTML], "");
    assert_eq!((head.status, head.body.as_str()), (200, ""));
}

#[test]
fn programs_are_answered_as_before() {
    let served = served("one-cookie");
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let shown = [&fields[..], &[("csrfmiddlewaretoken", "x")]].concat();
    let done = r#"{"msg": "Tokens successfully created."}"#;
    for (headers, body) in [
        (&[FORM][..], form(&fields)),
        (&[FORM], form(&shown)),
        (&[FORM, ("accept", "*/*")], form(&shown)),
        (&[FORM, ("accept", "application/json")], form(&shown)),
        // A page of somebody's own sends its form here and shows what comes back.
        (&[FORM, HTML], form(&fields)),
    ] {
        let answer = Visitor::of(served.address).ask(("POST", "/login/"), headers, &body);
        assert_eq!((answer.status, answer.body.as_str()), (200, done), "{headers:?}");
    }
    let wrong = form(&[("username", "alice"), ("password", "wrong")]);
    let answer = Visitor::of(served.address).ask(("POST", "/login/"), &[FORM, HTML], &wrong);
    answer.is(401, crate::served::WRONG);
}

#[test]
fn a_login_leads_to_where_one_wanted_to_go() {
    for (mode, access) in [
        ("one-cookie", &["jwt_access"][..]),
        ("two-cookies", &["jwt_access_token", "jwt_access_payload"]),
    ] {
        let served = served(mode);
        let mut visitor = Visitor::of(served.address);
        let page = visitor.get("/login/?next=%2Fapp%3Fa%3D1%26b");
        assert!(page.body.contains("name=\"next\" value=\"/app?a=1&amp;b\""), "{}", page.body);
        let fields = [("username", "alice"), ("password", PASSWORD), ("next", "/app?a=1&b")];
        let answer = visitor.send("/login/", &fields);
        answer.leads_to("/app?a=1&b");
        let set: Vec<_> =
            answer.set_cookies().iter().map(|c| c.split('=').next().unwrap().to_owned()).collect();
        assert_eq!(set, [&["jwt_refresh"], access, &["csrftoken"]].concat());
        visitor.get("/account/").is_page(200, "Your account");
        // What the form says is judged like what the link says.
        let fields = [("username", "alice"), ("password", PASSWORD), ("next", "//evil.example")];
        visitor.send("/login/", &fields).leads_to("/account/");
    }
}

#[test]
fn a_refused_login_shows_the_page_again() {
    let served = served("one-cookie");
    let mut visitor = Visitor::of(served.address);
    let answer = visitor.enter("wrong");
    answer.is_page(401, "Log in");
    assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=api"));
    assert!(answer.body.contains("value=\"alice\""), "{}", answer.body);
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    let said = |fields: &[(&str, &str)]| {
        let answer = visitor.clone().send("/login/", fields);
        answer.is_page(401, "Log in");
        let (_, rest) = answer.body.split_once("id=\"problem\" role=\"alert\">").unwrap();
        rest.split_once('<').unwrap().0.to_owned()
    };
    let wrong = said(&[("username", "alice"), ("password", "wrong")]);
    assert_eq!(said(&[("username", "nobody"), ("password", PASSWORD)]), wrong);
    assert_eq!(said(&[("username", "\"><i>\0"), ("password", PASSWORD)]), wrong);
    assert_ne!(said(&[("username", "alice")]), wrong);
}

#[test]
fn a_form_that_is_not_ours_is_refused() {
    let served = served("one-cookie");
    let mut visitor = Visitor::of(served.address);
    visitor.get("/login/");
    let fields = [("username", "alice"), ("password", PASSWORD), ("csrfmiddlewaretoken", "x")];
    let send = |headers: &[(&str, &str)], visitor: &Visitor| {
        let headers = [&[FORM, HTML], headers].concat();
        visitor.clone().ask(("POST", "/login/"), &headers, &form(&fields))
    };
    send(&[], &visitor).is_page(403, "Please try again");
    send(&[("origin", "https://evil.example")], &visitor).is_page(403, "Please try again");
    send(&[("sec-fetch-site", "cross-site")], &visitor).is_page(403, "Please try again");
    let twice = visitor.clone();
    send(&[("cookie", "csrftoken=y")], &twice).is_page(400, "Your browser sent a cookie twice");
    visitor.lose("csrftoken");
    send(&[], &visitor).is_page(403, "Cookies are needed");
    assert_eq!(sessions(&served).len(), 0);
}

#[test]
fn who_asks_for_a_page_that_is_not_there_reads_so() {
    let cookies = served("one-cookie");
    Visitor::of(cookies.address).get("/no/such").is_page(404, "There is no such page");
    let json = Served::ready();
    for (served, accept) in [(&cookies, ("accept", "application/json")), (&json, HTML)] {
        let answer = served.ask("GET", "/no/such", &[accept]);
        answer.is(404, r#"{"error": "Not found."}"#);
    }
}

/// The page came from this very server, by a name that nobody told it: sending it again would not
/// help. The operator reads why.
#[test]
fn a_form_from_an_address_that_is_not_set_up_says_so() {
    let served = served("one-cookie");
    let mut visitor = Visitor::of(served.address);
    visitor.get("/login/");
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let csrf = visitor.cookie("csrftoken").unwrap();
    let fields = [&fields[..], &[("csrfmiddlewaretoken", csrf.as_str())]].concat();
    let headers = [HTML, FORM, ("origin", "http://x")];
    let answer = visitor.ask(("POST", "/login/"), &headers, &form(&fields));
    answer.is_page(403, "This address is not set up");
    let log = served.stopped();
    let told = log.iter().find(|line| line.contains("its origin is not in server.public_origins"));
    assert!(told.is_some_and(|line| line.contains("http://x")), "{log:?}");
}

#[test]
fn whoever_has_no_good_access_cookie_is_sent_to_get_one_and_back() {
    let served = served("two-cookies");
    let mut visitor = alice(&served);
    visitor.lose("jwt_access_token");
    let to = format!("{GO_ON}?next=%2Faccount%2F");
    visitor.get("/account/").leads_to(&to);
    let was = visitor.cookie("jwt_refresh");
    let mut forgetful = visitor.clone();
    let kept = to.replace('?', "?kept=1&");
    visitor.get(&to).leads_to(&kept);
    assert_ne!(visitor.cookie("jwt_refresh"), was);
    visitor.get(&kept).leads_to("/account/");
    visitor.get("/account/").is_page(200, "Your account");
    // Who has a good one loses none.
    let answer = visitor.get(&format!("{GO_ON}?next=/app"));
    answer.leads_to("/app");
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    // Who keeps nothing is told so, and sent nowhere.
    forgetful.get(&kept).is_page(403, "Cookies are needed");
    assert_eq!(sessions(&served)[0]["generation"], 1);
}

/// `next` may stand in a link as a proxy writes it, with a query of its own.
#[test]
fn a_next_is_taken_escaped_or_as_it_stands() {
    let served = served("one-cookie");
    let mut visitor = alice(&served);
    for (said, next) in [
        ("%2Fapp%3Fa%3D1%26b%3D%252F", "/app?a=1&b=%2F"),
        ("/app?a=1&b=%2F", "/app?a=1&b=%2F"),
        ("/caf%C3%A9?kept=1&next=/x", "/caf%C3%A9?kept=1&next=/x"),
        ("/app&next=/x", "/app&next=/x"),
        ("%2Fapp&next=%2Fx", "/account/"),
        ("/%2f..", "/account/"),
        ("//evil.example", "/account/"),
        ("https://evil.example", "/account/"),
        ("", "/account/"),
    ] {
        visitor.get(&format!("{GO_ON}?next={said}")).leads_to(next);
        visitor.get(&format!("{GO_ON}?kept=1&next={said}")).leads_to(next);
    }
    visitor.lose("jwt_access");
    let mut lost = Visitor::of(served.address);
    for visitor in [&mut visitor, &mut lost] {
        let answer = visitor.get(&format!("{GO_ON}?next=/app?kept=1&b=%2F"));
        let to = answer.header("location").unwrap();
        assert!(to.ends_with("next=%2Fapp%3Fkept%3D1%26b%3D%252F"), "{to}");
    }
}

#[test]
fn whoever_has_no_session_is_sent_to_log_in_and_loses_no_cookie() {
    let served = served("one-cookie");
    let login = "/login/?next=%2Fapp";
    let to = format!("{GO_ON}?next=/app");
    Visitor::of(served.address).get(&to).leads_to(login);
    let mut visitor = alice(&served);
    visitor.lose("jwt_access");
    served.folder.run(&["revoke", "--user", "alice", "--yes"], "");
    let answer = visitor.get(&to);
    answer.leads_to(login);
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
}

#[test]
fn only_a_visit_goes_on() {
    let served = served("one-cookie");
    let mut visitor = alice(&served);
    visitor.lose("jwt_access");
    let to = format!("{GO_ON}?next=/app");
    let visit = [("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "document")];
    for other in [
        &[("sec-fetch-mode", "navigate"), ("sec-fetch-dest", "iframe")][..],
        &[("sec-fetch-mode", "no-cors"), ("sec-fetch-dest", "image")],
        &[("sec-fetch-mode", "cors"), ("sec-fetch-dest", "empty")],
        &[visit[0], visit[1], ("sec-purpose", "prefetch")],
        &[("purpose", "prefetch")],
        &[("x-moz", "prefetch")],
        &[visit[0], visit[1], ("sec-fetch-dest", "document")],
    ] {
        let headers = [&[HTML], other].concat();
        let answer = visitor.ask(("GET", &to), &headers, "");
        answer.is_page(403, "Open this page by itself");
        assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    }
    for method in ["POST", "HEAD"] {
        assert_eq!(visitor.ask((method, &to), &[HTML], "").status, 405, "{method}");
    }
    assert_eq!(sessions(&served)[0]["generation"], 0);
    let headers = [HTML, visit[0], visit[1], ("sec-fetch-site", "cross-site")];
    visitor.ask(("GET", &to), &headers, "").leads_to(&format!("{GO_ON}?kept=1&next=%2Fapp"));
}

#[test]
fn a_log_out_ends_the_session_and_every_cookie_at_its_path() {
    for mode in ["one-cookie", "two-cookies"] {
        let served = served(mode);
        let mut visitor = alice(&served);
        visitor.get("/account/");
        visitor.send("/account/logout/", &[]).leads_to("/login/");
        let left: Vec<_> = visitor.cookies.iter().map(|cookie| cookie.name.as_str()).collect();
        assert_eq!(left, ["csrftoken", "jot_said"]);
        assert_eq!(sessions(&served).len(), 0);
        let page = visitor.get("/login/");
        assert!(page.body.contains("You are logged out."), "{}", page.body);
        assert!(!visitor.get("/login/").body.contains("You are logged out."), "it is said once");
        // The next login takes the CSRF token that is there.
        visitor.enter(PASSWORD).leads_to("/account/");
    }
}

#[test]
fn a_form_is_sent_on_to_where_the_refresh_cookie_is_seen() {
    let served = served("one-cookie");
    for act in ["logout", "logout_everywhere"] {
        let mut visitor = alice(&served);
        visitor.lose("jwt_access");
        let answer = visitor.send(&format!("/account/{act}/"), &[]);
        let far = format!("/api/token/refresh/account/{act}/");
        assert_eq!((answer.status, answer.header("location")), (307, Some(far.as_str())));
        visitor.send(&far, &[]).leads_to("/login/");
        assert_eq!((visitor.cookie("jwt_refresh"), sessions(&served).len()), (None, 0));
        // Again, with nothing left.
        visitor.send(&far, &[]).leads_to("/login/");
    }
}

/// Alice in a window that has an older token of her session: another window was faster, twice.
fn left_behind(served: &Served) -> Visitor {
    let mut visitor = alice(served);
    let old = visitor.clone();
    for _ in 0..2 {
        visitor.lose("jwt_access");
        visitor.get(GO_ON);
    }
    old
}

#[test]
fn a_log_out_with_a_refresh_token_that_was_replaced_ends_the_session() {
    let served = served("one-cookie");
    let mut old = left_behind(&served);
    old.send("/api/token/refresh/account/logout/", &[]).leads_to("/login/");
    assert_eq!(sessions(&served).len(), 0);
    let page = old.get("/login/");
    assert!(page.body.contains("You are logged out."), "{}", page.body);
}

/// What cannot be done any more is not passed over in silence.
#[test]
fn a_log_out_everywhere_that_comes_too_late_says_so() {
    let served = served("one-cookie");
    let mut old = left_behind(&served);
    old.send("/api/token/refresh/account/logout_everywhere/", &[]).leads_to("/login/");
    assert_eq!(sessions(&served).len(), 1);
    let page = old.get("/login/");
    assert!(page.body.contains("This was not done: you were not logged in any more."));
}

#[test]
fn what_the_account_page_does_needs_its_own_form() {
    let served = served("one-cookie");
    let mut visitor = alice(&served);
    let mut other = alice(&served);
    for place in ["", "/api/token/refresh"] {
        for act in ["logout", "logout_everywhere", "end_session"] {
            let path = format!("{place}/account/{act}/");
            assert_eq!(visitor.get(&path).status, 405);
            let mut send = |headers: &[(&str, &str)], body: &str| {
                let headers = [&[FORM, HTML], headers].concat();
                let answer = visitor.ask(("POST", &path), &headers, body);
                answer.is_page(403, "Please try again");
                assert_eq!(answer.set_cookies(), Vec::<&str>::new(), "{path}");
            };
            send(&[], "");
            // Good in itself, but of another session.
            let foreign = form(&[("csrfmiddlewaretoken", &other.cookie("csrftoken").unwrap())]);
            send(&[], &foreign);
            send(&[("origin", "https://evil.example")], "");
        }
    }
    // With the other's cookie too, it is still another session's.
    visitor.lose("csrftoken");
    let csrf = other.cookies.iter().find(|cookie| cookie.name == "csrftoken").unwrap().clone();
    visitor.cookies.push(csrf);
    visitor.send("/account/logout/", &[]).is_page(403, "Please try again");
    // A foreign form comes without any cookie, and must not make the browser forget them.
    let mut foreign = Visitor::of(served.address);
    let answer = foreign.send("/api/token/refresh/account/logout/", &[]);
    answer.is_page(403, "Cookies are needed");
    assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    assert_eq!(sessions(&served).len(), 2);
    other.get("/account/").is_page(200, "Your account");
}

#[test]
fn one_ends_sessions_of_ones_own_alone() {
    let served = served("one-cookie");
    served.folder.add_user("bob", PASSWORD);
    let mut bob = Visitor::of(served.address);
    bob.get("/login/");
    bob.send("/login/", &[("username", "bob"), ("password", PASSWORD)]).leads_to("/account/");
    let mut visitor = alice(&served);
    let sid = |name: &str| {
        let all = sessions(&served);
        all.iter().find(|s| s["user"] == name).map(|s| s["sid"].as_str().unwrap().to_owned())
    };
    let (own, bobs) = (sid("alice").unwrap(), sid("bob").unwrap());
    for foreign in [bobs.as_str(), "", "nobody's", &own[..8]] {
        visitor.send("/account/end_session/", &[("sid", foreign)]).leads_to("/account/");
        assert_eq!((sessions(&served).len(), visitor.cookie("jot_said")), (2, None), "{foreign}");
    }
    visitor.send("/account/end_session/", &[("sid", &own)]).leads_to("/login/");
    assert_eq!((sid("alice"), sid("bob")), (None, Some(bobs)));
    bob.get("/account/").is_page(200, "Your account");
}

#[test]
fn a_store_that_is_away_logs_nobody_out() {
    let served = served("one-cookie");
    let mut visitor = alice(&served);
    let file = |name: &str| served.folder.file(name);
    std::fs::rename(file("jot.db"), file("away.db")).unwrap();
    let fields = [("username", "alice"), ("password", PASSWORD)];
    let refused = [visitor.get("/account/"), visitor.get(GO_ON), visitor.send("/login/", &fields)];
    for answer in refused {
        answer.is_page(503, "Not available just now");
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert_eq!(answer.set_cookies(), Vec::<&str>::new());
    }
    std::fs::rename(file("away.db"), file("jot.db")).unwrap();
    visitor.get("/account/").is_page(200, "Your account");
}

#[test]
fn whoever_guesses_too_often_is_told_how_long_to_wait() {
    let served = served("two-cookies");
    let mut visitor = Visitor::of(served.address);
    for _ in 0..10 {
        visitor.enter("not the password").is_page(401, "Log in");
    }
    for password in ["not the password", PASSWORD] {
        let answer = visitor.enter(password);
        answer.is_page(429, "Too many attempts");
        let seconds = answer.header("retry-after").unwrap();
        let words = format!("Too many attempts, wait {seconds} seconds.");
        assert!(answer.body.contains(&words), "{}", answer.body);
    }
}
