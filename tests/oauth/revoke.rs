//! Giving up a token (RFC 7009).

use crate::http::Answer;
use crate::served::Folder;
use crate::site::*;
use crate::token;

#[track_caller]
fn done(answer: &Answer) {
    assert_eq!((answer.status, answer.body.as_str()), (200, ""), "{answer:?}");
    uncached(answer);
}

#[test]
fn a_refresh_token_takes_its_session_along_and_an_access_token_does_not() {
    let site = Site::ready();
    let (refresh, access) = site.served.tokens();
    let (other, _) = site.served.tokens();
    for _ in 0..3 {
        done(&site.post(REVOKE, None, &[("token", &access)]));
    }
    assert!(!site.is_active(&access));
    assert!(site.is_active(&refresh));
    let answer = site.refresh(&refresh);
    let (next, access) = (answer.member("refresh_token"), answer.member("access_token"));
    // The one that was replaced, and said to be something else: it is the session's all the same.
    let fields = [("token", refresh.as_str()), ("token_type_hint", "access_token")];
    done(&site.asked(REVOKE, &fields));
    for dead in [&refresh, &next, &access] {
        assert!(!site.is_active(dead));
    }
    assert!(site.is_active(&other), "it is of another session");
    done(&site.post(REVOKE, None, &fields));
    let kinds = ["logged_out", "blacklisted"].map(|kind| {
        let told = site.served.folder.run(&["--json", "events", "--kind", kind], "");
        (told.lines().count(), told.matches("\"door\":\"oauth\"").count())
    });
    assert_eq!(kinds, [(1, 1), (2, 2)], "who gives up again is not told of again");
}

#[test]
fn what_is_no_token_of_ours_need_not_be_given_up() {
    let site = Site::ready();
    let (refresh, access) = site.served.tokens();
    let stranger = Folder::ready().serve().tokens().1;
    for shown in ["x", "a.b.c", &stranger, &token::tampered(&access), &token::unsigned(&refresh)] {
        done(&site.post(REVOKE, None, &[("token", shown), ("token_type_hint", "none")]));
    }
    assert!(site.is_active(&refresh) && site.is_active(&access));
    refuses(&site.post(REVOKE, None, &[]), 400, "invalid_request");
    refuses(&site.post(REVOKE, None, &[("token", "")]), 400, "invalid_request");
    let expired = token::resigned(&site.served.folder, &refresh, |claims| claims["exp"] = 1.into());
    done(&site.post(REVOKE, None, &[("token", &expired)]));
    assert!(!site.is_active(&refresh), "its session has ended");
}

#[test]
fn a_clients_token_is_its_own() {
    let site = Site::ready();
    let other = basic("other", &add(&site.served.folder, "other"));
    let token = site.client_token();
    let fields = [("token", token.as_str())];
    refuses(&site.post(REVOKE, None, &fields), 401, "invalid_client");
    refuses(&site.post(REVOKE, Some(&other), &fields), 400, "unauthorized_client");
    assert!(site.is_active(&token));
    done(&site.asked(REVOKE, &fields));
    assert!(!site.is_active(&token));
    assert!(site.is_active(&site.client_token()));
}

#[test]
fn a_token_that_names_nothing_cannot_be_revoked() {
    let folder = Folder::ready().with("JOT_TOKEN__JTI", "false");
    let token = folder.run(&["issue", "--user", "alice"], "");
    let site = Site::of(folder);
    refuses(&site.post(REVOKE, None, &[("token", &token)]), 400, "unsupported_token_type");
    assert!(site.is_active(&token));
    // A client's has a jti whatever the rules say of others.
    let own = site.client_token();
    done(&site.asked(REVOKE, &[("token", &own)]));
    assert!(!site.is_active(&own));
}
