//! The door's routes, described.

use serde_json::{Value, json};

use crate::server::doors::Doors;
use crate::server::openapi::{Described, Operation};

/// The door as it is set up.
pub(in crate::server) fn described(_: &Doors) -> Described {
    let credentials = json!({"username": "alice", "password": "seven quiet otters paint barns"});
    let signs_in = |id, tokens: &str| {
        let summary = "The first tokens of a session, for a name and a password";
        reads(id, summary, &["username", "password"], &credentials)
            .says(200, "The tokens.", &[tokens])
            .says(403, "A foreign page sent the request.", &["Detail"])
            .may_throttle("Detail")
    };
    let refresh = json!({"refresh": "eyJhbGciOiJFUzI1NiIsInR5cCI6IkpXVCJ9.e30.c2lnbmF0dXJl"});
    let refreshes = reads("mobileTokenRefresh", "A new access token", &["refresh"], &refresh).says(
        200,
        "The token.",
        &["Access"],
    );
    let by_cookie = || json!([{"ninja": []}]);
    let web = guarded("webTokenRefresh", "A new access token, and the next refresh cookie")
        .says(200, "The token.", &["Access"])
        .with_headers(200, &["Set-Cookie"])
        .shown(by_cookie());
    let web = refuses(web);
    let forgets = guarded("webForget", "Ends the session of the refresh cookie")
        .says_nothing(204, "Nothing is left.")
        .with_headers(204, &["Set-Cookie"])
        .shown(json!([{}, {"ninja": []}]));
    let signs_out = guarded("webSignOut", "Ends the session of an access token")
        .says_nothing(204, "Nothing is left.")
        .with_headers(204, &["Set-Cookie"])
        .shown(json!([{}, {"bearer": []}]));
    let web_sign_in = signs_in("webSignIn", "Access")
        .about("The refresh token is set as a cookie.")
        .with_headers(200, &["Set-Cookie"]);
    Described::default()
        .with("/api/auth/mobile/sign-in", "post", signs_in("mobileSignIn", "Tokens"))
        .with("/api/auth/mobile/token-refresh", "post", refreshes)
        .with("/api/auth/web/sign-in", "post", web_sign_in)
        .with("/api/auth/web/token-refresh", "post", web)
        .with("/api/auth/web/token-refresh", "delete", forgets)
        .with("/api/auth/web/sign-out", "post", signs_out)
}

/// An operation that takes an object of texts.
fn reads(id: &str, summary: &str, names: &[&str], example: &Value) -> Operation {
    let properties: serde_json::Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!({"type": "string"}))).collect();
    let schema = json!({"type": "object", "properties": properties, "required": names});
    let operation = Operation::new("ninja", id, summary)
        .may_fail("Detail")
        .sent(&["application/json"], &schema, example)
        .says(400, "The body is not JSON.", &["Detail"])
        .says(422, "Something is missing in it, or is no text.", &["Invalid"]);
    refuses(operation)
}

/// An operation that a foreign page may not ask for.
fn guarded(id: &str, summary: &str) -> Operation {
    let operation = Operation::new("ninja", id, summary).may_fail("Detail");
    operation.says(403, "A foreign page sent the request.", &["Detail"])
}

fn refuses(operation: Operation) -> Operation {
    let refused = "The name and the password, or the token, were refused.";
    operation.says(401, refused, &["Detail"]).with_headers(401, &["WWW-Authenticate"])
}

/// What is said of a body that lacks something.
pub(in crate::server) fn invalid_schema() -> Value {
    let text = json!({"type": "string"});
    let example = json!({"type": "missing", "loc": ["body", "payload"], "msg": "Field required"});
    let fault = json!({
        "type": "object",
        "properties": {"type": text, "loc": {"type": "array", "items": text}, "msg": text},
        "required": ["type", "loc", "msg"],
        "additionalProperties": false,
    });
    json!({
        "type": "object",
        "properties": {"detail": {"type": "array", "items": fault, "minItems": 1}},
        "required": ["detail"],
        "additionalProperties": false,
        "examples": [{"detail": [example]}],
    })
}
