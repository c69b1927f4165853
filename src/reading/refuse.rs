//! The refusals: what was pasted instead of a token. None quotes it, it may be a secret.

use super::{MAX_INPUT, serialised};
use crate::error::{Code, Error, Stage};

const EXPECTED: &str = "a token is two or three parts of base64url joined by dots";

/// More than is read.
pub(super) fn too_long(length: usize) -> Error {
    refused(format!("the input has {length} bytes; a token of at most {MAX_INPUT} was expected"))
}

/// Says what a text without a token is.
pub(super) fn no_token(text: &str) -> Error {
    let text = text.trim();
    if text.is_empty() {
        return refused("the input is empty, a token was expected".into())
            .hint("paste a token, or pipe one into: jot decode -");
    }
    if let Some((_, label)) = text.split_once("-----BEGIN ") {
        let label: String = label.chars().take_while(|c| *c != '-').take(40).collect();
        return refused(format!("this is a PEM \"{}\", not a token", label.escape_debug()))
            .hint("to look at a key: jot key show FILE");
    }
    if let Some(json) = serialised::parse(text) {
        return serialised::no_token(&json);
    }
    if text.contains('\u{fffd}') || text.contains('\0') {
        return refused(format!("these are bytes that are not text; {EXPECTED}"));
    }
    let one_word = !text.contains(char::is_whitespace);
    if one_word && is_paseto(text) {
        return refused("this is a PASETO, not a JSON Web Token".into());
    }
    if one_word && text.len() >= 16 && text.bytes().all(is_token_byte) {
        return refused(format!(
            "this looks like an opaque token, with nothing to read; {EXPECTED}"
        ))
        .hint("ask its issuer what it means (RFC 7662, introspection)");
    }
    let count = text.chars().count();
    refused(format!("no token in this text of length {count}; {EXPECTED}"))
}

pub(super) fn refused(message: String) -> Error {
    Error::new(Code::Refused(Stage::Parse), message)
}

fn is_paseto(text: &str) -> bool {
    let mut parts = text.split('.');
    matches!(parts.next(), Some("v1" | "v2" | "v3" | "v4"))
        && matches!(parts.next(), Some("local" | "public"))
}

fn is_token_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_.~+/=:".contains(&byte)
}
