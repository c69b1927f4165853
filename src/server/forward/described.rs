//! The door's route, described.

use serde_json::json;

use crate::server::doors::Doors;
use crate::server::openapi::{Described, Operation};

/// The door as it is set up.
pub(in crate::server) fn described(doors: &Doors) -> Described {
    let refused = |operation: Operation, status, description: &str| {
        let operation = operation.says(status, description, &["Refusal"]);
        operation.with_headers(status, &["Jot-Error"])
    };
    let verify = Operation::new("forward-auth", "verify", "Whether a request may pass a proxy")
        .about(
            "The token is Bearer or, in the cookie modes, a cookie. A cookie needs the CSRF token \
             too, unless a trusted proxy says X-Forwarded-Method: GET, HEAD or OPTIONS.",
        )
        .shown(if doors.mode.has_cookies() {
            json!([{"bearer": []}, {"access": [], "csrf": []}])
        } else {
            json!([{"bearer": []}])
        })
        .asked(json!([
            {
                "name": "perm", "in": "query", "example": ["news.change"],
                "description": "A permission that the token must have; may be there several times.",
                "schema": {"type": "array", "items": {"type": "string"}},
            },
            {
                "name": "type", "in": "query", "description": "The kind of token that is meant.",
                "schema": {"type": "string", "enum": ["access", "refresh"], "default": "access"},
            },
            {
                "name": "claim", "in": "query", "example": ["user.id:1"],
                "description": "`NAME:VALUE`, which the token must say; may be there several times.",
                "schema": {"type": "array", "items": {"type": "string"}},
            },
        ]))
        .says_nothing(200, "It may pass; who it is, percent-encoded.")
        .with_headers(200, &["Jot-User", "Jot-User-Id", "Jot-Perms", "Jot-Session"]);
    let verify = refused(verify, 401, "No token that is good.")
        .with_headers(401, &["Jot-Error", "WWW-Authenticate"]);
    let verify = refused(verify, 403, "A permission or a claim is lacking, or CSRF.");
    let verify = refused(verify, 503, "Too much is to be done, or the store or the key is away.")
        .with_headers(503, &["Retry-After"]);
    Described::default().with("/auth/verify", "get", verify)
}
