//! Whether a token is good, and what it says (RFC 7662).

use serde_json::json;

use crate::http::Answer;
use crate::served::Folder;
use crate::site::*;
use crate::token;

const DEAD: &str = r#"{"active":false}"#;

#[test]
fn a_good_token_is_told_and_a_refresh_token_is_no_bearer() {
    let folder = Folder::ready().with("JOT_TOKEN__ISS", "https://x.y").with("JOT_TOKEN__NBF", "0s");
    let site = Site::of(folder.with("JOT_TOKEN__AUD", "api"));
    let (refresh, access) = site.served.tokens();
    let expected = |token: &str| {
        let claims = token::claims(token);
        json!({
            "active": true, "scope": "news.change", "username": "alice", "sub": "alice",
            "exp": claims["exp"], "iat": claims["iat"], "jti": claims["jti"], "iss": "https://x.y",
            "aud": "api",
        })
    };
    let mut told = expected(&access);
    told["token_type"] = "Bearer".into();
    assert_eq!(site.introspected(&access), told);
    assert_eq!(site.introspected(&refresh), expected(&refresh));
    let own = site.client_token();
    let mut told = expected(&own);
    told.as_object_mut().unwrap().remove("username");
    for (name, value) in [
        ("sub", "billing"),
        ("client_id", "billing"),
        ("scope", "news.view news.change"),
        ("token_type", "Bearer"),
    ] {
        told[name] = value.into();
    }
    assert_eq!(site.introspected(&own), told);
    for hint in ["access_token", "refresh_token", "saml2", ""] {
        let fields = [("token", refresh.as_str()), ("token_type_hint", hint)];
        let answer = site.asked(INTROSPECT, &fields);
        let told: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(told, expected(&refresh), "{hint}");
        uncached(&answer);
    }
}

#[test]
fn of_any_other_token_nothing_is_told_but_that() {
    let site = Site::ready();
    let (refresh, access) = site.served.tokens();
    let stranger = Folder::ready().serve().tokens().1;
    let folder = &site.served.folder;
    let changed = |name: &'static str, value: serde_json::Value| {
        token::resigned(folder, &access, move |claims| claims[name] = value.clone())
    };
    let (past, future) = (json!(1), json!(4_000_000_000_i64));
    for dead in [
        "x",
        &stranger,
        &changed("exp", past),
        &changed("nbf", future),
        &changed("token_type", json!("access")),
        &changed("sid", json!("another")),
        &token::tampered(&access),
        &token::unsigned(&access),
        &token::confused(folder, &access),
        &format!("{access} "),
        &"x".repeat(20_000),
    ] {
        let answer = site.asked(INTROSPECT, &[("token", dead)]);
        assert_eq!((answer.status, answer.body.as_str()), (200, DEAD), "{dead}");
        uncached(&answer);
    }
    assert!(site.is_active(&access));
    site.served.folder.run(&["revoke", &token::text(&access, "jti")], "");
    assert!(!site.is_active(&access), "another process revoked it");
    assert!(site.is_active(&refresh));
    site.served.folder.run(&["user", "disable", "alice"], "");
    assert!(!site.is_active(&refresh));
}

#[test]
fn whoever_asks_is_a_client_or_may() {
    let site = Site::ready();
    let folder = &site.served.folder;
    let (_, access) = site.served.tokens();
    let asks = |authorization: Option<&str>| -> Answer {
        site.post(INTROSPECT, authorization, &[("token", &access)])
    };
    refuses(&asks(None), 401, "invalid_client");
    let bearer = |token: &str| asks(Some(&format!("Bearer {token}")));
    let challenge = |answer: &Answer, status, error: &str| {
        refuses(answer, status, error);
        let how = answer.header("www-authenticate").unwrap();
        let begins = format!("Bearer realm=\"oauth\", error=\"{error}\", error_description=\"");
        assert!(how.starts_with(&begins), "{how}");
    };
    challenge(&bearer(&access), 403, "insufficient_scope");
    challenge(&bearer("x"), 401, "invalid_token");
    challenge(&asks(Some("Bearer")), 401, "invalid_token");
    folder.run(&["user", "perm", "alice", "--add", "oauth.introspect"], "");
    challenge(&bearer(&access), 403, "insufficient_scope");
    let (refresh, may) = site.served.tokens();
    assert_eq!(bearer(&may).status, 200);
    challenge(&bearer(&refresh), 401, "invalid_token");
    folder.run(&["revoke", &token::text(&may, "jti")], "");
    challenge(&bearer(&may), 401, "invalid_token");
    refuses(&site.asked(INTROSPECT, &[]), 400, "invalid_request");
    refuses(&site.asked(INTROSPECT, &[("token", "")]), 400, "invalid_request");
}
