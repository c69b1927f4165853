//! Checks one entry of a table: a mapped claim, a constant claim, a webhook.

use crate::json::Json;
use crate::settings::field::Format;
use crate::settings::near;
use crate::settings::table::Kind;
use crate::settings::value::{Checked, Fault, seen};

/// The claims that jot itself sets, which no map, constant or command may name.
pub const RESERVED: &[&str] = &[
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "type",
    "token_type",
    "refresh_iat",
    "client_id",
    "scope",
];

/// Checks one entry.
pub(super) fn check(kind: Kind, name: &str, value: &Json) -> Checked<()> {
    let wrong = |said: String| Err(Fault::new(said).at(name));
    if let Kind::Texts(words) = kind {
        if !words.contains(&name) {
            let fault = Fault::new(format!("unknown name, expected one of {}", words.join(", ")));
            return Err(match near::nearest(name, words.iter().copied()) {
                Some(word) => Fault::new("unknown name").hint(format!("did you mean \"{word}\"?")),
                None => fault,
            }
            .at(name));
        }
        return match value.as_str() {
            Some(text) if !text.is_empty() => Ok(()),
            _ => wrong(format!("expected a text, seen {}", seen(kind, value))),
        };
    }
    let first = name.split('.').next().unwrap_or(name);
    if RESERVED.contains(&first) {
        return wrong(format!("the claim \"{first}\" is set by jot alone"));
    }
    if name.split('.').any(str::is_empty) {
        return wrong("a claim's name has no empty part".into());
    }
    if kind == Kind::ClaimMap { mapped(name, value) } else { Ok(()) }
}

/// An entry of the claim map: an attribute, or an attribute with a format.
fn mapped(claim: &str, value: &Json) -> Checked<()> {
    let text = |name| value.get(name).and_then(Json::as_str);
    let wrong = |said: String| Fault::new(said).at(claim);
    let Some(members) = value.members() else {
        return match value.as_str() {
            Some(attribute) if !attribute.is_empty() => Ok(()),
            _ => Err(wrong(format!("expected an attribute, seen {}", seen(Kind::ClaimMap, value)))),
        };
    };
    if text("attribute").is_none_or(str::is_empty) {
        return Err(wrong("expected an attribute, or { attribute, format }".into())
            .hint("quote a claim that has a dot: \"user.email\" = \"email\""));
    }
    match text("format") {
        None if members.len() == 1 => Ok(()),
        Some(format) if members.len() == 2 && Format::NAMES.contains(&format) => Ok(()),
        _ => Err(wrong(format!("expected attribute and a format of {}", Format::NAMES.join(", ")))),
    }
}
