//! Who asks: HTTP Basic, the body, both, neither; and what a request to these doors must be.

use crate::http;
use crate::served::{FORM, JSON};
use crate::site::*;

/// An Authorization header, and a form.
type Shown<'a> = (Option<&'a str>, &'a [(&'a str, &'a str)]);

const DOORS: [&str; 3] = [TOKEN, INTROSPECT, REVOKE];

#[test]
fn a_client_authenticates_itself_in_one_of_two_ways() {
    let site = Site::ready();
    let secret = site.secret.as_str();
    let (id, shown) = (("client_id", "billing"), ("client_secret", secret));
    let good: [Shown; 4] = [
        (Some(&site.basic()), &[CLIENT]),
        (Some(&site.basic()), &[CLIENT, id]),
        (None, &[CLIENT, id, shown]),
        (None, &[CLIENT, id, shown, ("scope", ""), ("extra", "is left alone")]),
    ];
    for (header, fields) in good {
        let answer = site.post(TOKEN, header, fields);
        assert_eq!(answer.status, 200, "{header:?} {fields:?} {answer:?}");
    }
    let lower = site.basic().replacen("Basic", "bAsIC", 1);
    assert_eq!(site.post(TOKEN, Some(&lower), &[CLIENT]).status, 200);
    let wrong = basic("billing", "wrong");
    let swapped = basic(secret, "billing");
    let bad: [(Option<&str>, &[_], u16, &str); 12] = [
        (None, &[CLIENT], 401, "invalid_client"),
        (None, &[CLIENT, id], 401, "invalid_client"),
        (None, &[CLIENT, id, ("client_secret", "")], 401, "invalid_client"),
        (None, &[CLIENT, id, ("client_secret", "wrong")], 401, "invalid_client"),
        (None, &[CLIENT, ("client_id", "none"), shown], 401, "invalid_client"),
        (None, &[CLIENT, shown], 400, "invalid_request"),
        (Some(&wrong), &[CLIENT], 401, "invalid_client"),
        (Some(&swapped), &[CLIENT], 401, "invalid_client"),
        (Some("Basic !"), &[CLIENT], 401, "invalid_client"),
        (Some("Bearer x"), &[CLIENT], 401, "invalid_client"),
        (Some(&site.basic()), &[CLIENT, id, shown], 400, "invalid_request"),
        (Some(&site.basic()), &[CLIENT, ("client_id", "shop")], 400, "invalid_request"),
    ];
    for (header, fields, status, error) in bad {
        refuses(&site.post(TOKEN, header, fields), status, error);
    }
    // A secret that is shown must be right also where none is asked for.
    let (refresh, _) = site.served.tokens();
    for (path, fields) in [
        (TOKEN, [("grant_type", "refresh_token"), ("refresh_token", refresh.as_str())]),
        (REVOKE, [("token", refresh.as_str()), ("token_type_hint", "refresh_token")]),
    ] {
        refuses(&site.post(path, Some(&wrong), &fields), 401, "invalid_client");
    }
    assert!(site.is_active(&refresh));
    let header = site.basic();
    let twice = [FORM, ("authorization", &header), ("authorization", &header)];
    refuses(&site.posted(TOKEN, &twice, "grant_type=client_credentials"), 400, "invalid_request");
}

#[test]
fn an_id_may_have_any_character_that_can_be_seen() {
    let site = Site::ready();
    for id in ["s6BhdRkqt3:+%&=", "a:b", "100%", "\"\\", "https://app.example/?x=1&y=2"] {
        let secret = add(&site.served.folder, id);
        let answer = site.post(TOKEN, Some(&basic(id, &secret)), &[CLIENT]);
        assert_eq!(answer.status, 200, "{id} {answer:?}");
        let claims = crate::token::claims(&answer.member("access_token"));
        assert_eq!((&claims["sub"], &claims["client_id"]), (&id.into(), &id.into()));
        let posted = [CLIENT, ("client_id", id), ("client_secret", &secret)];
        assert_eq!(site.post(TOKEN, None, &posted).status, 200, "{id}");
    }
}

#[test]
fn a_request_is_a_form_with_each_name_once() {
    let site = Site::ready();
    let header = site.basic();
    let (refresh, _) = site.served.tokens();
    for path in DOORS {
        let body = format!("grant_type=client_credentials&token={refresh}");
        let sent = |kind: Option<(&str, &str)>, body: &str| {
            let mut headers = vec![("authorization", header.as_str())];
            headers.extend(kind);
            site.posted(path, &headers, body)
        };
        let charset = ("content-type", "Application/X-WWW-Form-Urlencoded; charset=UTF-8");
        for twice in ["&grant_type=x&grant_type=y", "&token=x", "&a=1&a=1", "&scope=&scope="] {
            refuses(&sent(Some(FORM), &format!("{body}{twice}")), 400, "invalid_request");
        }
        let multipart = ("content-type", "multipart/form-data; boundary=b");
        for kind in [None, Some(JSON), Some(multipart), Some(("content-type", "text/plain"))] {
            refuses(&sent(kind, &body), 400, "invalid_request");
        }
        refuses(
            &sent(Some(JSON), r#"{"grant_type":"client_credentials"}"#),
            400,
            "invalid_request",
        );
        refuses(&sent(Some(FORM), ""), 400, "invalid_request");
        let asked = format!("{path}?{body}");
        let headers = [FORM, ("authorization", header.as_str())];
        refuses(&site.posted(&asked, &headers, ""), 400, "invalid_request");
        if path != REVOKE {
            assert_eq!(sent(Some(charset), &body).status, 200, "{path}");
        }
    }
    assert!(site.is_active(&refresh));
}

#[test]
fn other_methods_and_other_addresses_are_problems() {
    let site = Site::ready();
    let ask = |method: &str, path: &str| site.served.ask(method, path, &[]);
    for path in DOORS {
        for method in ["GET", "PUT", "DELETE", "OPTIONS", "BREW"] {
            let answer = ask(method, path);
            is_problem(&answer, 405);
            assert_eq!(answer.header("allow"), Some("POST"), "{method} {path}");
        }
        assert_eq!(ask("HEAD", path).status, 405);
    }
    for path in [KEYS, METADATA] {
        let answer = ask("POST", path);
        is_problem(&answer, 405);
        assert_eq!(answer.header("allow"), Some("GET, HEAD"));
        let (get, head) = (ask("GET", path).undated(), ask("HEAD", path).undated());
        assert_eq!((get.status, head.status, head.body.as_str()), (200, 200, ""));
        assert_eq!(get.headers, head.headers, "{path}");
    }
    for path in ["/oauth/", "/oauth/authorize", "/oauth/token/", "/oauth/token/x"] {
        is_problem(&ask("POST", path), 404);
    }
    assert_eq!(ask("GET", "/oauth").header("content-type"), Some("application/json"));
    let long = "x".repeat(70_000);
    let headers = [FORM, ("authorization", "Basic x")];
    let head = http::head("POST", TOKEN, &headers, long.len());
    assert_eq!(http::send(site.served.address, &head, long.as_bytes()).status, 413);
}

#[test]
fn a_store_that_is_away_is_a_problem_and_no_refusal() {
    let site = Site::ready();
    let header = site.basic();
    std::fs::rename(site.served.folder.file("jot.db"), site.served.folder.file("gone.db")).unwrap();
    for path in DOORS {
        let answer = site.post(path, Some(&header), &[CLIENT, ("token", "x")]);
        is_problem(&answer, 503);
        assert_eq!(answer.member("error"), "temporarily_unavailable");
        assert_eq!(answer.header("retry-after"), Some("5"));
        assert_eq!(answer.header("cache-control"), Some("no-store"));
    }
}
