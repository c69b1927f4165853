//! Tokens taken apart and put together wrongly, without `jot`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

/// The claims for a token that somebody else signs: far from its end.
pub(crate) const CLAIMS: &str =
    r#"{"iss":"elsewhere","sub":"mallory","aud":["api","web"],"iat":1700000000,"exp":4102444800}"#;

/// Header and claims.
pub(crate) fn parts(token: &str) -> (Value, Value) {
    let mut parts = token.split('.').map(|part| URL_SAFE_NO_PAD.decode(part).unwrap());
    let mut part = || serde_json::from_slice(&parts.next().unwrap()).unwrap();
    (part(), part())
}

/// The names of an object's members, in their order.
pub(crate) fn names(object: &Value) -> Vec<&str> {
    object.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The token with the claims of another one under its own signature.
pub(crate) fn tampered(token: &str, other: &str) -> String {
    let part = |token: &str, at: usize| token.split('.').nth(at).unwrap().to_owned();
    assert_ne!(part(token, 1), part(other, 1));
    [part(token, 0), part(other, 1), part(token, 2)].join(".")
}

/// What was signed, and the signature.
pub(crate) fn signed(token: &str) -> (String, Vec<u8>) {
    let (input, signature) = token.rsplit_once('.').unwrap();
    (input.to_owned(), URL_SAFE_NO_PAD.decode(signature).unwrap())
}

/// The parts without a signature.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let part = |part: &Value| URL_SAFE_NO_PAD.encode(part.to_string());
    [part(header), part(claims), String::new()].join(".")
}
