//! What the claims say and do not say, and what must not stand where everybody can read it.

use super::{MOST, is_token, quoted, secrets};
use crate::finding::{Finding, Rule, token as rules};
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
    // What was found before takes no room from it: secrets are the worst that can stand there.
    let mut within = Vec::new();
    for (name, value) in members {
        walk(&mut vec![name], value, &mut within);
    }
    findings.append(&mut within);
}

/// Whether it says that it is a refresh token, by any of the names that jot knows for that.
pub(super) fn is_refresh(reading: &Reading) -> bool {
    let says = |name: &str| reading.claims.get(name).and_then(Json::as_str) == Some("refresh");
    let typ = reading.header.get("typ").and_then(Json::as_str).unwrap_or_default();
    says("type") || says("token_type") || typ.eq_ignore_ascii_case("rt+jwt")
}

/// Looks at a value and at every one below it. The reader has bounded the depth.
fn walk<'a>(path: &mut Vec<&'a str>, value: &'a Json, findings: &mut Vec<Finding>) {
    look(path, value, findings);
    match value {
        Json::Object(members) => {
            for (name, value) in members {
                path.push(name);
                walk(path, value, findings);
                path.pop();
            }
        }
        Json::Array(items) => items.iter().for_each(|item| walk(path, item, findings)),
        _ => {}
    }
}

/// The value itself is not told: a finding may go where the token does not.
fn look(path: &[&str], value: &Json, findings: &mut Vec<Finding>) {
    if findings.len() >= MOST {
        return;
    }
    let mut found = |rule: &'static Rule, seen: &str| {
        findings.push(rule.seen(format!("{} {seen}", quoted(&path.join(".")))));
    };
    if path.last().is_some_and(|name| secrets::is_named(name)) && secrets::is_said(value) {
        found(&rules::SECRET_NAME, "is there");
    }
    if secrets::is_private_jwk(value) {
        found(&rules::SECRET_VALUE, "is a private JWK");
    }
    let Some(text) = value.as_str() else { return };
    if text.contains("PRIVATE KEY-----") {
        found(&rules::SECRET_VALUE, "holds a private key in PEM");
    }
    if secrets::is_card(text) {
        found(&rules::CARD, "has the form and the check digit of one");
    }
    if is_token(text) {
        found(&rules::NESTED, "is a token");
    }
}
