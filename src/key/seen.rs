//! Names for what is no key, so that a refusal can say what it saw.

use super::der;
use crate::json::{Json, MAX_DEPTH};

/// How files that are easily taken for a key begin.
const BEGINNINGS: [(&str, &str); 11] = [
    ("ssh-", "an OpenSSH public key"),
    ("ecdsa-sha2-", "an OpenSSH public key"),
    ("sk-ssh-", "an OpenSSH public key"),
    ("sk-ecdsa-", "an OpenSSH public key"),
    ("---- begin ssh2", "an SSH public key (RFC 4716)"),
    ("putty-user-key-file", "a PuTTY key"),
    ("<!doctype", "HTML"),
    ("<html", "HTML"),
    ("<head", "HTML"),
    ("<body", "HTML"),
    ("<?xml", "XML"),
];

/// What `bytes` are, if they are known to be something else than a secret.
pub(super) fn named(bytes: &[u8]) -> Option<&'static str> {
    if bytes.starts_with(b"\xff\xfe") || bytes.starts_with(b"\xfe\xff") {
        return Some("UTF-16 text, which is not read; save it as UTF-8");
    }
    let text = std::str::from_utf8(bytes).ok()?.trim();
    let begins =
        |with: &str| text.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    if let Some((_, name)) = BEGINNINGS.iter().find(|(start, _)| begins(start)) {
        return Some(name);
    }
    let token = text.starts_with("eyJ") && matches!(text.matches('.').count(), 1..=4);
    (token && !text.contains(char::is_whitespace)).then_some("a token")
}

/// What a secret really is, if it is a key in another form: who has the public half of a pair
/// could sign with it.
pub(super) fn disguised(secret: &[u8]) -> Option<&'static str> {
    if secret.windows(11).any(|window| window == b"-----BEGIN ") {
        return Some("PEM text");
    }
    if der::shape(secret).is_some() {
        return Some("a key in DER");
    }
    let json = std::str::from_utf8(secret).ok().and_then(|text| Json::read(text, MAX_DEPTH).ok());
    if json.is_some_and(|json| json.get("kty").is_some() || json.get("keys").is_some()) {
        return Some("a JWK");
    }
    named(secret)
}

/// What bytes are that nothing else is known of.
pub(super) fn unnamed(bytes: &[u8]) -> String {
    let length = bytes.len();
    let declared = match bytes {
        [0x30, 0x81, high, ..] => Some(usize::from(*high) + 3),
        [0x30, 0x82, high, low, ..] => Some(usize::from(*high) * 256 + usize::from(*low) + 4),
        _ => None,
    };
    if declared.is_some_and(|declared| declared > length) {
        return "this is DER that is cut short".to_owned();
    }
    let kind = match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => "text",
        _ => "binary data",
    };
    format!("this is {kind} of {length} bytes and no known key (PEM, DER, JWK, JWKS)")
}
