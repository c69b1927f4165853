//! What the claims say and do not say, and what must not stand where everybody can read it.

use super::{is_token, quoted, secrets};
use crate::finding::{Finding, token as rules};
use crate::json::Json;
use crate::reading::Reading;

pub(super) fn lint(reading: &Reading, members: &[(String, Json)], findings: &mut Vec<Finding>) {
    let lacks = |name| reading.claims.get(name).is_none();
    for (name, rule) in [
        ("jti", &rules::NO_JTI),
        ("iat", &rules::NO_IAT),
        ("iss", &rules::NO_ISS),
        ("aud", &rules::NO_AUD),
    ] {
        if lacks(name) {
            findings.push(rule.seen(format!("there is no \"{name}\"")));
        }
    }
    if !lacks("type") && !lacks("token_type") {
        findings.push(rules::TWO_KINDS.seen("both are there"));
    }
    for (name, value) in members {
        walk(name, value, &mut |path, name, value| look(path, name, value, findings));
    }
}

/// Whether it says that it is a refresh token, by any of the names that jot knows for that.
pub(super) fn is_refresh(reading: &Reading) -> bool {
    let says = |name: &str| reading.claims.get(name).and_then(Json::as_str) == Some("refresh");
    let typ = reading.header.get("typ").and_then(Json::as_str).unwrap_or_default();
    says("type") || says("token_type") || typ.eq_ignore_ascii_case("rt+jwt")
}

/// What is looked at: the path to a value, its own name, and the value.
type Look<'a> = &'a mut dyn FnMut(&str, &str, &Json);

/// Every value below this one, and itself. The reader has bounded the depth.
fn walk(path: &str, value: &Json, look: Look<'_>) {
    let name = path.rsplit('.').next().unwrap_or(path);
    look(path, name, value);
    match value {
        Json::Object(members) => {
            for (member, value) in members {
                walk(&format!("{path}.{member}"), value, look);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(path, item, look)),
        _ => {}
    }
}

/// The value itself is not told: a finding may go where the token does not.
fn look(path: &str, name: &str, value: &Json, findings: &mut Vec<Finding>) {
    let path = quoted(path);
    if secrets::is_named(name) && secrets::is_said(value) {
        findings.push(rules::SECRET_NAME.seen(format!("{path} is there")));
    }
    if secrets::is_private_jwk(value) {
        findings.push(rules::SECRET_VALUE.seen(format!("{path} is a private JWK")));
    }
    let Some(text) = value.as_str() else { return };
    if text.contains("PRIVATE KEY-----") {
        findings.push(rules::SECRET_VALUE.seen(format!("{path} holds a private key in PEM")));
    }
    if secrets::is_card(text) {
        findings.push(rules::CARD.seen(format!("{path} has the form and the check digit of one")));
    }
    if is_token(text) {
        findings.push(rules::NESTED.seen(format!("{path} is a token")));
    }
}
