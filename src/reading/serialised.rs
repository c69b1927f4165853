//! Tokens in JSON: the JSON serialisations of JWS and JWE (RFC 7515 7.2, RFC 7516 7.2), and the
//! answers of login servers, which carry tokens in members.

use super::refuse::refused;
use super::{DEPTH, Reading, compact, find};
use crate::error::{Error, Result};
use crate::json::Json;

/// How much of a member's name a note repeats.
const LONGEST_NAME: usize = 60;

/// The text as JSON, if it is an object or an array.
pub(super) fn parse(text: &str) -> Option<Json> {
    if !text.starts_with(['{', '[']) {
        return None;
    }
    Json::read(text, DEPTH).ok()
}

/// Reads the token in a JSON document.
pub(super) fn read(json: &Json) -> Result<Reading> {
    if let Some((token, notes)) = jws(json).or_else(|| jwe(json)) {
        return Ok(compact(token, notes));
    }
    let mut found = Vec::new();
    if json.get("kty").is_none() && json.get("keys").is_none() {
        collect(json, "", &mut found);
    }
    match find::choose(found) {
        Some((token, notes)) => Ok(compact(token, notes)),
        None => Err(no_token(json)),
    }
}

/// Says what a JSON document without a token is.
pub(super) fn no_token(json: &Json) -> Error {
    let what = if json.get("kty").is_some() {
        "this is a JWK, not a token"
    } else if json.get("keys").is_some() {
        "this is a JWK set, not a token"
    } else if json.get("exp").or_else(|| json.get("sub")).is_some() {
        "these are claims that are decoded already; a token was expected"
    } else {
        "this is JSON without a token in any member"
    };
    let error = refused(what.into());
    if what.contains("JWK") { error.hint("to look at a key: jot key show FILE") } else { error }
}

fn jws(json: &Json) -> Option<(String, Vec<String>)> {
    let payload = json.get("payload")?.as_str()?;
    let (first, form) = match json.get("signatures") {
        Some(Json::Array(all)) => {
            let form = format!(
                "JWS JSON serialisation with {} signatures, the header of the first is shown",
                all.len()
            );
            (all.first()?, form)
        }
        _ => (json, "JWS JSON serialisation, shown in its compact form".to_owned()),
    };
    let signature = first.get("signature").and_then(Json::as_str);
    let protected = first.get("protected").and_then(Json::as_str);
    if signature.is_none() && protected.is_none() {
        return None;
    }
    let mut notes = vec![form];
    unprotected(first.get("header"), &mut notes);
    let token = [protected.unwrap_or(""), payload, signature.unwrap_or("")].join(".");
    Some((token, notes))
}

fn jwe(json: &Json) -> Option<(String, Vec<String>)> {
    let ciphertext = json.get("ciphertext")?.as_str()?;
    let text = |from: &Json, name: &str| {
        from.get(name).and_then(Json::as_str).unwrap_or_default().to_owned()
    };
    let first = match json.get("recipients") {
        Some(Json::Array(all)) => all.first()?,
        _ => json,
    };
    let mut notes = vec!["JWE JSON serialisation, shown in its compact form".to_owned()];
    unprotected(first.get("header").or_else(|| json.get("unprotected")), &mut notes);
    let token = [
        text(json, "protected"),
        text(first, "encrypted_key"),
        text(json, "iv"),
        ciphertext.to_owned(),
        text(json, "tag"),
    ];
    Some((token.join("."), notes))
}

fn unprotected(header: Option<&Json>, notes: &mut Vec<String>) {
    if let Some(header) = header {
        notes.push(format!("an unprotected header is there too: {header}"));
    }
}

/// Every token in a string of the document, named by the path of its member.
fn collect(json: &Json, path: &str, found: &mut Vec<find::Found>) {
    match json {
        Json::String(text) => {
            for mut token in find::tokens(&find::percent_decoded(text)) {
                if !path.is_empty() {
                    token.name = Some(path.to_owned());
                    token.place = "member";
                }
                found.push(token);
            }
        }
        Json::Array(items) => items.iter().for_each(|item| collect(item, path, found)),
        Json::Object(members) => {
            for (name, value) in members {
                let name: String = name.chars().take(LONGEST_NAME).collect();
                let here = if path.is_empty() { name } else { format!("{path}.{name}") };
                collect(value, &here, found);
            }
        }
        _ => {}
    }
}
