//! The doors' routes, described.

use serde_json::{Value, json};

use crate::server::oauth::{INTROSPECT, KEYS, METADATA, REVOKE, TOKEN};
use crate::server::openapi::{Described, Operation, texts};

const FORM: &[&str] = &["application/x-www-form-urlencoded"];
const PROBLEM: &str = "application/problem+json";

/// The doors, which are the same however a server is set up.
pub(in crate::server) fn described() -> Described {
    let grants = json!({
        "grant_type": {"type": "string", "enum": ["refresh_token", "client_credentials"]},
        "refresh_token": {"type": "string"},
        "scope": {"type": "string"},
    });
    let token = posts("token", "Tokens for a refresh token, or for a client itself")
        .sent(FORM, &form(&grants, "grant_type"), &json!({"grant_type": "client_credentials"}))
        .shown(json!([{}, {"client": []}]))
        .says(200, "The tokens.", &["Granted"]);
    let shown = json!({"token": {"type": "string"}, "token_type_hint": {"type": "string"}});
    let introspect = posts("introspect", "Whether a token is good, and what it says")
        .about("A Bearer token needs the permission `oauth.introspect`.")
        .sent(FORM, &form(&shown, "token"), &json!({"token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}))
        .shown(json!([{"client": []}, {"bearer": []}, {}]))
        .says(200, "What it says, or only that it is not good.", &["Introspected"])
        .says(403, "The Bearer token lacks the permission.", &["Fault"])
        .with_headers(403, &["WWW-Authenticate"]);
    let revoke = posts("revoke", "Gives up a token; a refresh token with its session")
        .sent(FORM, &form(&shown, "token"), &json!({"token": "eyJhbGciOiJFUzI1NiJ9.e30.c2ln"}))
        .shown(json!([{}, {"client": []}]))
        .says_nothing(200, "It is not good any more, or was not.");
    let keys = gets("keys", "The public keys, as a JWK set")
        .says_as("application/jwk-set+json", (200, "The keys."), &["Keys"])
        .with_headers(200, &["ETag", "Cache-Control", "Access-Control-Allow-Origin"])
        .says_nothing(304, "They are those of If-None-Match.");
    let metadata = gets("metadata", "What this authorization server has (RFC 8414)").says(
        200,
        "The metadata.",
        &["Metadata"],
    );
    Described::default()
        .with(TOKEN, "post", token)
        .with(INTROSPECT, "post", introspect)
        .with(REVOKE, "post", revoke)
        .with(KEYS, "get", keys)
        .with(METADATA, "get", metadata)
}

/// A form with one field that must be there, and those by which a client may say who it is.
fn form(fields: &Value, required: &str) -> Value {
    let mut fields = fields.clone();
    for name in ["client_id", "client_secret"] {
        fields[name] = json!({"type": "string"});
    }
    json!({"type": "object", "properties": fields, "required": [required]})
}

fn posts(id: &str, summary: &str) -> Operation {
    may_fail(Operation::new("oauth", id, summary))
        .says(400, "The request is refused.", &["Fault", "Refusal"])
        .says(401, "The client, or the Bearer token, is not known.", &["Fault"])
        .with_headers(401, &["WWW-Authenticate"])
}

fn gets(id: &str, summary: &str) -> Operation {
    may_fail(Operation::new("oauth", id, summary).shown(json!([])))
}

fn may_fail(operation: Operation) -> Operation {
    let unavailable = "Too much is to be done, or the store or the key is away.";
    operation
        .says_as(PROBLEM, (500, "Something is broken; the log says what."), &["Problem"])
        .says_as(PROBLEM, (503, unavailable), &["Problem"])
        .says(503, unavailable, &["Refusal"])
        .with_headers(503, &["Retry-After"])
}

/// The schemas of what these doors say.
pub(in crate::server) fn schemas() -> [(&'static str, Value); 6] {
    let fault = json!({"error": "invalid_client", "error_description": "The client is not known."});
    let text = || json!({"type": "string"});
    let problem = json!({
        "type": text(), "title": text(), "status": {"type": "integer"}, "detail": text(),
        "error": text(),
    });
    let granted = json!({
        "access_token": text(), "token_type": {"type": "string", "enum": ["Bearer"]},
        "expires_in": {"type": "integer"}, "refresh_token": text(), "scope": text(),
    });
    let keys = json!({"keys": {"type": "array", "items": {"type": "object"}}});
    [
        ("Fault", texts(&["error", "error_description"], &fault)),
        ("Problem", object(&problem, &["type", "title", "status", "detail"])),
        ("Granted", object(&granted, &["access_token", "token_type", "expires_in"])),
        ("Introspected", introspected()),
        ("Keys", object(&keys, &["keys"])),
        ("Metadata", metadata()),
    ]
}

fn introspected() -> Value {
    let mut members = json!({
        "active": {"type": "boolean"},
        "aud": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
    });
    for name in ["scope", "client_id", "username", "token_type", "sub", "iss", "jti"] {
        members[name] = json!({"type": "string"});
    }
    for name in ["exp", "iat", "nbf"] {
        members[name] = json!({"type": "integer"});
    }
    object(&members, &["active"])
}

fn metadata() -> Value {
    let mut members = json!({"issuer": {"type": "string"}});
    for name in ["jwks_uri", "token_endpoint", "introspection_endpoint", "revocation_endpoint"] {
        members[name] = json!({"type": "string", "format": "uri"});
    }
    for name in [
        "grant_types_supported",
        "response_types_supported",
        "token_endpoint_auth_methods_supported",
        "introspection_endpoint_auth_methods_supported",
        "revocation_endpoint_auth_methods_supported",
    ] {
        members[name] = json!({"type": "array", "items": {"type": "string"}});
    }
    object(&members, &["issuer", "jwks_uri", "token_endpoint", "response_types_supported"])
}

fn object(members: &Value, required: &[&str]) -> Value {
    json!({"type": "object", "properties": members, "required": required})
}
