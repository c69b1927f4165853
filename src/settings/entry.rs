//! Checks one entry of a table: a mapped claim, a constant claim, a webhook.

use crate::claims::grammar::{self, Format};
use crate::hook::Address;
use crate::json::Json;
use crate::near::nearest;
use crate::settings::table::Kind;
use crate::settings::value::{Checked, Fault, seen};

/// Checks one entry.
pub(super) fn check(kind: Kind, name: &str, value: &Json) -> Checked<()> {
    let wrong = |said: String| Err(Fault::new(said).at(name));
    if let Kind::Webhooks(words) = kind {
        if !words.contains(&name) {
            let fault = Fault::new(format!("unknown name, expected one of {}", words.join(", ")));
            return Err(match nearest(name, words.iter().copied()) {
                Some(word) => Fault::new("unknown name").hint(format!("did you mean \"{word}\"?")),
                None => fault,
            }
            .at(name));
        }
        return match value.as_str().map(Address::parse) {
            Some(Ok(_)) => Ok(()),
            Some(Err(why)) => {
                wrong(format!("expected a URL such as \"https://example.org/hook\": {why}"))
            }
            None => wrong(format!("expected a URL, seen {}", seen(kind, value))),
        };
    }
    let is_mapped = kind == Kind::ClaimMap;
    let allowed =
        if is_mapped { grammar::path(name).map(drop) } else { grammar::allow_constant(name) };
    match allowed {
        Err(error) => wrong(error.to_string()),
        Ok(()) if is_mapped => mapped(name, value),
        Ok(()) => Ok(()),
    }
}

/// An entry of the claim map: an attribute, or an attribute with a format.
fn mapped(claim: &str, value: &Json) -> Checked<()> {
    let text = |name| value.get(name).and_then(Json::as_str);
    let wrong = |said: String| Fault::new(said).at(claim);
    let allow = |attribute: &str| {
        grammar::allow_mapped(claim, attribute).map_err(|error| wrong(error.to_string()))
    };
    let Some(members) = value.members() else {
        return match value.as_str() {
            Some(attribute) if !attribute.is_empty() => allow(attribute),
            _ => Err(wrong(format!("expected an attribute, seen {}", seen(Kind::ClaimMap, value)))),
        };
    };
    if text("attribute").is_none_or(str::is_empty) {
        return Err(wrong("expected an attribute, or { attribute, format }".into())
            .hint("quote a claim that has a dot: \"user.email\" = \"email\""));
    }
    allow(text("attribute").unwrap_or_default())?;
    match text("format") {
        None if members.len() == 1 => Ok(()),
        Some(format) if members.len() == 2 && Format::NAMES.contains(&format) => Ok(()),
        _ => Err(wrong(format!("expected attribute and a format of {}", Format::NAMES.join(", ")))),
    }
}
