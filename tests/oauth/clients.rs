//! Tokens for a client itself (RFC 6749 4.4, RFC 9068).

use serde_json::json;

use crate::served::Folder;
use crate::site::*;
use crate::token;

#[test]
fn a_client_is_given_a_token_of_rfc9068_and_no_refresh_token() {
    let site = Site::ready();
    let answer = site.asked(TOKEN, &[CLIENT]);
    uncached(&answer);
    assert_eq!(answer.header("content-type"), Some("application/json"));
    let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    let text = answer.member("access_token");
    let lifetime = body["expires_in"].clone();
    let expected = json!({
        "access_token": text, "token_type": "Bearer", "expires_in": lifetime,
        "scope": "news.view news.change",
    });
    assert_eq!(body, expected);
    assert_eq!(token::part(&text, 0)["typ"], "at+jwt");
    let claims = token::claims(&text);
    let names: Vec<_> = claims.as_object().unwrap().keys().map(String::as_str).collect();
    let mut sorted = ["iss", "exp", "aud", "sub", "client_id", "iat", "jti", "scope"];
    sorted.sort_unstable();
    let mut seen = names.clone();
    seen.sort_unstable();
    assert_eq!(seen, sorted);
    assert_eq!((&claims["sub"], &claims["client_id"]), (&"billing".into(), &"billing".into()));
    let lived = claims["exp"].as_i64().unwrap() - claims["iat"].as_i64().unwrap();
    assert_eq!(lifetime, lived);
    assert_eq!(claims["aud"], claims["iss"], "there is no other resource");
}

#[test]
fn a_scope_is_part_of_what_the_client_may() {
    let site = Site::ready();
    let asked = |scope: &str| site.asked(TOKEN, &[CLIENT, ("scope", scope)]);
    for (scope, given) in [
        ("news.change", "news.change"),
        ("news.change news.view news.change", "news.change news.view"),
        ("", "news.view news.change"),
    ] {
        let answer = asked(scope);
        assert_eq!((answer.status, answer.member("scope")), (200, given.to_owned()), "{scope}");
        let token = answer.member("access_token");
        assert_eq!(token::text(&token, "scope"), given);
    }
    for beyond in
        ["news.delete", "news.view news.delete", "NEWS.VIEW", "news.view,news.change", " "]
    {
        refuses(&asked(beyond), 400, "invalid_scope");
    }
    let none = site.served.folder.run(&["client", "add", "bare"], "");
    let bare = basic("bare", &none);
    let answer = site.post(TOKEN, Some(&bare), &[CLIENT]);
    assert!(!answer.body.contains("scope"), "{answer:?}");
    let more = [CLIENT, ("scope", "news.view")];
    refuses(&site.post(TOKEN, Some(&bare), &more), 400, "invalid_scope");
}

#[test]
fn other_grants_are_not_there() {
    let site = Site::ready();
    for grant in ["password", "authorization_code", "implicit", "Client_credentials", "x y"] {
        refuses(&site.asked(TOKEN, &[("grant_type", grant)]), 400, "unsupported_grant_type");
    }
    refuses(&site.asked(TOKEN, &[("scope", "news.view")]), 400, "invalid_request");
    refuses(&site.asked(TOKEN, &[("grant_type", "")]), 400, "invalid_request");
}

#[test]
fn a_removed_client_is_nobody_and_so_are_its_tokens() {
    let site = Site::ready();
    let other = basic("other", &add(&site.served.folder, "other"));
    let token = site.client_token();
    let active = |token: &str| {
        let answer = site.post(INTROSPECT, Some(&other), &[("token", token)]);
        answer.body != r#"{"active":false}"#
    };
    assert!(active(&token));
    site.served.folder.run(&["client", "remove", "billing", "--yes"], "");
    assert!(!active(&token));
    refuses(&site.asked(TOKEN, &[CLIENT]), 401, "invalid_client");
    refuses(&site.asked(INTROSPECT, &[("token", &token)]), 401, "invalid_client");
    let again = basic("billing", &add(&site.served.folder, "billing"));
    assert!(!active(&token), "the client of that id is another one");
    refuses(&site.asked(TOKEN, &[CLIENT]), 401, "invalid_client");
    let answer = site.post(TOKEN, Some(&again), &[CLIENT]);
    assert!(active(&answer.member("access_token")));
    assert!(!active(&token));
}

/// An application that trusts `Jot-User` must not take a client for the user of that name.
#[test]
fn at_forward_auth_a_client_is_nobody_with_permissions() {
    let folder =
        Folder::ready().with("JOT_TOKEN__AUD", "api").with("JOT_TOKEN__ISS", "https://x.y");
    let secret = add(&folder, "alice");
    let site = Site::of(folder);
    let answer = site.post(TOKEN, Some(&basic("alice", &secret)), &[CLIENT]);
    let shown = format!("Bearer {}", answer.member("access_token"));
    let passed = |asked: &str| {
        site.served.ask("GET", &format!("/auth/verify?{asked}"), &[("authorization", &shown)])
    };
    let answer = passed("perm=news.change");
    assert_eq!(answer.status, 200, "{answer:?}");
    let told = ["jot-user", "jot-user-id", "jot-session"].map(|name| answer.header(name));
    assert_eq!(told, [Some(""), Some(""), Some("")]);
    assert_eq!(answer.header("jot-perms"), Some("news.view news.change"));
    assert_eq!(passed("perm=news.delete").status, 403);
    let answer = site.served.authorized(&shown);
    assert_eq!(answer.status, 403, "the other doors take their own profile only");
}
