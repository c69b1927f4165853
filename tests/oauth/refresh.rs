//! Tokens for a refresh token (RFC 6749 6), whichever door gave it.

use serde_json::json;

use crate::served::{Folder, JSON, PASSWORD};
use crate::site::*;
use crate::token;

const GRANT: (&str, &str) = ("grant_type", "refresh_token");

#[test]
fn a_refresh_token_of_any_profile_rotates_and_stays_of_its_profile() {
    let folder = Folder::ready();
    let issued = ["issue", "--user", "alice", "--type", "refresh", "--profile", "rfc9068"];
    let named = [&issued[..], &["--iss", "https://x.y", "--aud", "api"]].concat();
    let minted = folder.run(&named, "");
    let site = Site::of(folder);
    let body = json!({"username": "alice", "password": PASSWORD}).to_string();
    let ninja = site.served.post("/api/auth/mobile/sign-in", JSON, body).member("refresh");
    let (djwto, _) = site.served.tokens();
    for (shown, kind) in [(djwto, "type"), (ninja, "token_type"), (minted, "client_id")] {
        let answer = site.refresh(&shown);
        assert_eq!(answer.status, 200, "{answer:?}");
        uncached(&answer);
        let (refresh, access) = (answer.member("refresh_token"), answer.member("access_token"));
        assert_ne!(token::text(&refresh, "jti"), token::text(&shown, "jti"));
        for token in [&refresh, &access] {
            assert!(token::claims(token)[kind].is_string(), "{kind} {token}");
            assert_eq!(token::text(token, "sid"), token::text(&shown, "sid"));
            assert!(site.is_active(token), "{kind}");
        }
        assert_eq!(
            (answer.member("token_type"), answer.member("scope")),
            ("Bearer".into(), "news.change".into())
        );
        let exp = token::claims(&access)["exp"].as_i64().unwrap();
        let body: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
        assert_eq!(body["expires_in"], exp - token::claims(&access)["iat"].as_i64().unwrap());
    }
}

#[test]
fn a_retry_converges_and_an_old_one_ends_the_session() {
    let site = Site::ready();
    let (first, _) = site.served.tokens();
    let second = site.refresh(&first).member("refresh_token");
    let again = site.refresh(&first).member("refresh_token");
    assert_eq!(token::claims(&again), token::claims(&second), "within the grace");
    let third = site.refresh(&second).member("refresh_token");
    assert!(site.is_active(&third));
    refuses(&site.refresh(&first), 400, "invalid_grant");
    for dead in [&first, &second, &third] {
        assert!(!site.is_active(dead));
        refuses(&site.refresh(dead), 400, "invalid_grant");
    }
    let events = site.served.folder.run(&["--json", "events", "--kind", "theft_detected"], "");
    assert_eq!(events.lines().count(), 1);
    assert!(events.contains("\"door\":\"oauth\""), "{events}");
}

#[test]
fn what_is_no_good_refresh_token_is_an_invalid_grant() {
    let site = Site::ready();
    let (refresh, access) = site.served.tokens();
    let stranger = Folder::ready().serve().tokens().0;
    let expired = token::resigned(&site.served.folder, &refresh, |claims| claims["exp"] = 1.into());
    for bad in [
        "x",
        "a.b.c",
        access.as_str(),
        &stranger,
        &expired,
        &token::tampered(&refresh),
        &token::unsigned(&refresh),
        &site.client_token(),
    ] {
        refuses(&site.refresh(bad), 400, "invalid_grant");
    }
    refuses(&site.post(TOKEN, None, &[GRANT]), 400, "invalid_request");
    assert_eq!(site.refresh(&refresh).status, 200, "nothing of that has hurt it");
    site.served.folder.run(&["user", "disable", "alice"], "");
    refuses(&site.refresh(&refresh), 400, "invalid_grant");
}

#[test]
fn a_scope_is_what_was_given_first_and_is_judged_before_anything_rotates() {
    let site = Site::ready();
    let (refresh, _) = site.served.tokens();
    let asked =
        |scope| site.post(TOKEN, None, &[GRANT, ("refresh_token", &refresh), ("scope", scope)]);
    for beyond in ["news.delete", "news.change news.delete", " "] {
        refuses(&asked(beyond), 400, "invalid_scope");
    }
    let kept = site.introspected(&refresh);
    assert_eq!(kept["jti"], token::text(&refresh, "jti"));
    let answer = asked("news.change");
    assert_eq!((answer.status, answer.member("scope")), (200, "news.change".to_owned()));
}

/// What is wrong with the token is told before what is wrong with the scope: clients give a session up
/// for the one word and not for the other.
#[test]
fn a_token_that_is_none_is_no_matter_of_scope() {
    let site = Site::ready();
    let fields = [GRANT, ("refresh_token", "garbage"), ("scope", "x")];
    refuses(&site.post(TOKEN, None, &fields), 400, "invalid_grant");
}

/// An operator gave more than fits into any token: the session is unharmed, and goes on when it fits.
#[test]
fn a_token_that_nobody_would_read_is_not_given() {
    let site = Site::ready();
    let (refresh, _) = site.served.tokens();
    let names: Vec<_> =
        (0..800).map(|number| format!("application.permission_{number:04}")).collect();
    let with = |verb| {
        let mut line = vec!["-q", "user", "perm", "alice"];
        line.extend(names.iter().flat_map(|name| [verb, name.as_str()]));
        site.served.folder.run(&line, "");
    };
    with("--add");
    let answer = site.refresh(&refresh);
    assert_eq!((answer.status, answer.member("error")), (403, "access_denied".to_owned()));
    assert_eq!(answer.header("content-type"), Some("application/problem+json"));
    with("--remove");
    assert_eq!(site.refresh(&refresh).status, 200);
}
