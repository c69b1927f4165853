//! What the door says to whoever asks it without a proxy of ours, or otherwise than these two do.

use crate::front::{ORIGIN, folder};

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
