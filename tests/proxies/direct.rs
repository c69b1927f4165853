//! What the door says to whoever asks it without a proxy of ours, or otherwise than these two do.

use crate::cookies::kept;
use crate::front::{ORIGIN, USER, folder};
use crate::served::PASSWORD;

const VERIFY: &str = "/auth/verify?perm=news.change";

/// Proxies that ask with the client's own method exist, and any 2xx means to them that it may pass.
#[test]
fn only_a_token_brings_a_200() {
    for served in [folder().serve(), folder().with("JOT_SERVER__CORS_ORIGINS", ORIGIN).serve()] {
        for method in ["GET", "HEAD", "OPTIONS", "POST", "DELETE", "TRACE", "PURGE"] {
            let preflight = [("origin", ORIGIN), ("access-control-request-method", "GET")];
            for headers in [&[][..], &preflight] {
                let answer = served.ask(method, VERIFY, headers);
                let expected = if ["GET", "HEAD"].contains(&method) { 401 } else { 405 };
                assert_eq!(answer.status, expected, "{method} {answer:?}");
                assert_eq!(answer.header("access-control-allow-origin"), None);
            }
        }
    }
}

/// Misspelt, a question would ask for nothing.
#[test]
fn a_question_with_an_unknown_name_is_refused() {
    let served = folder().serve();
    let bearer = format!("Bearer {}", served.login(USER, PASSWORD).member("access"));
    let ask = |query: &str| {
        served.ask("GET", &format!("/auth/verify{query}"), &[("authorization", &bearer)])
    };
    for query in ["", "?", "?perm=news.change", "?perm=news.change&type=access&claim=user.id:1"] {
        assert_eq!(ask(query).status, 200, "{query}");
    }
    for query in ["?perms=news.change", "?Perm=news.change", "?perm=news.change&x", "?news.change"]
    {
        let answer = ask(query);
        assert_eq!(
            (answer.status, answer.header("jot-error")),
            (403, Some("permission")),
            "{query}"
        );
    }
    for query in [
        "?perm=",
        "?perm=news.change&perm=x",
        "?type=",
        "?type=access&type=refresh",
        "?claim=user.id",
    ] {
        assert_eq!(ask(query).status, 403, "{query}");
    }
}

#[test]
fn only_a_proxy_of_ours_says_which_method_it_is_for() {
    let trusted = |networks| folder().with("JOT_SERVER__TRUSTED_PROXIES", networks);
    for (networks, status) in [("127.0.0.1", 200), ("10.0.0.0/8", 403)] {
        let served = trusted(networks).with("JOT_SERVER__MODE", "one-cookie").serve();
        let (cookies, _) = kept(&served.login(USER, PASSWORD));
        let said = |method| [("cookie", cookies.as_str()), ("x-forwarded-method", method)];
        assert_eq!(served.ask("GET", VERIFY, &said("GET")).status, status);
        assert_eq!(served.ask("GET", VERIFY, &said("POST")).status, 403);
        assert_eq!(served.ask("GET", VERIFY, &said("get")).status, 403);
        assert_eq!(served.ask("GET", VERIFY, &said("")).status, 403);
        assert_eq!(served.ask("GET", VERIFY, &said("GET")[..1]).status, 403);
        let twice = [&said("GET")[..], &said("GET")[1..]].concat();
        assert_eq!(served.ask("GET", VERIFY, &twice).status, 403);
    }
}
