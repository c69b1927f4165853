//! Tokens taken apart, and put together as they should not be.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::served::Folder;

/// The claims of a token.
pub(crate) fn claims(token: &str) -> Value {
    part(token, 1)
}

/// The header or the claims of a token.
pub(crate) fn part(token: &str, index: usize) -> Value {
    let part = token.split('.').nth(index).unwrap();
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}

/// A claim that is a text.
pub(crate) fn text(token: &str, name: &str) -> String {
    claims(token)[name].as_str().unwrap_or_else(|| panic!("no {name}")).to_owned()
}

/// The token with other claims, signed by the folder's key.
pub(crate) fn resigned(folder: &Folder, token: &str, change: impl Fn(&mut Value)) -> String {
    let mut claims = claims(token);
    change(&mut claims);
    folder.sign(&claims.to_string())
}

/// The token with another claim under the old signature.
pub(crate) fn tampered(token: &str) -> String {
    let mut claims = claims(token);
    claims["jti"] = "00000000-0000-4000-8000-000000000000".into();
    let (header, rest) = token.split_once('.').unwrap();
    let signature = rest.rsplit_once('.').unwrap().1;
    format!("{header}.{}.{signature}", BASE64_URL_SAFE_NO_PAD.encode(claims.to_string()))
}

/// The token without a signature, as `alg` none has it.
pub(crate) fn unsigned(token: &str) -> String {
    let payload = token.split('.').nth(1).unwrap();
    format!("{}.{payload}.", BASE64_URL_SAFE_NO_PAD.encode(r#"{"alg":"none","typ":"JWT"}"#))
}

/// The token signed by HS256 with the public key as its secret.
pub(crate) fn confused(folder: &Folder, token: &str) -> String {
    let mut header = part(token, 0);
    header["alg"] = "HS256".into();
    let payload = token.split('.').nth(1).unwrap();
    let signed = format!("{}.{payload}", BASE64_URL_SAFE_NO_PAD.encode(header.to_string()));
    let secret = std::fs::read(folder.file("jwt-signing.pub")).unwrap();
    let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, &secret), signed.as_bytes());
    format!("{signed}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag))
}

/// A claim so large that the token has about that many bytes.
pub(crate) fn padded(folder: &Folder, token: &str, bytes: usize) -> String {
    resigned(folder, token, |claims| claims["more"] = "x".repeat(bytes * 3 / 4).into())
}
