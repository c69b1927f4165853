//! What may be wrong with a token, seen in the token alone: anybody's, and whoever it is for.
//!
//! It looks at a [`Reading`], which believes nothing. Whether a signature is good is never said;
//! that a secret is one that everybody knows is found out by trying those.

use crate::finding::{Finding, token as rules};
use crate::json::Json;
use crate::reading::{Kind, Part, Reading, flaw};

mod claims;
mod header;
mod secrets;
mod signature;
mod times;

/// How large a token may be before it does not fit into a cookie, or into many servers' headers.
const COOKIE: usize = 4096;
const HEADER: usize = 8 << 10;

/// How many findings there are at most, so that no token makes a flood of them.
const MOST: usize = 100;

/// How many parts a token has at most.
const PARTS: usize = 5;

/// How much of a name or value from the token a finding repeats.
const SHOWN: usize = 60;

/// Everything that may be wrong with the token, the worst first.
pub fn lint(reading: &Reading, now: i64) -> Vec<Finding> {
    let mut findings = Vec::new();
    form(reading, &mut findings);
    header::lint(reading, &mut findings);
    signature::lint(reading, &mut findings);
    if let Some(members) = reading.claims.json().and_then(Json::members) {
        times::lint(reading, now, &mut findings);
        claims::lint(reading, members, &mut findings);
    }
    findings.sort_by_key(|finding| finding.rule.severity);
    findings
}

/// How it is written.
fn form(reading: &Reading, findings: &mut Vec<Finding>) {
    let parts = reading.token.split('.');
    let count = parts.clone().count();
    match (reading.kind, count) {
        (Kind::Jwe, PARTS) => findings.push(rules::ENCRYPTED.seen("there are five parts")),
        (Kind::Jwe, _) => {
            let seen = format!("there are {count} parts, and an encrypted token has 5");
            findings.push(rules::PARTS.seen(seen));
        }
        (_, 3) => {}
        (_, 1) => findings.push(rules::PARTS.seen("there is one part only")),
        _ => {
            let seen = format!("there are {count} parts, and a signed token has 3");
            findings.push(rules::PARTS.seen(seen));
        }
    }
    for (number, part) in (1..).zip(parts.take(PARTS)) {
        let name = match (reading.kind, number) {
            (_, 1) if reading.header != Part::Absent => "the header".to_owned(),
            (Kind::Jws | Kind::Unsecured, 1 | 2) => "the payload".to_owned(),
            (Kind::Jws | Kind::Unsecured, 3) => "the signature".to_owned(),
            _ => format!("part {number}"),
        };
        findings.extend(flaw(part).map(|flaw| rules::NOT_STRICT.seen(format!("{name} {flaw}"))));
    }
    if reading.was_joined() {
        findings.push(rules::WHITE_SPACE.seen("it was removed to read the token"));
    }
    for path in &reading.duplicates {
        findings.push(rules::DUPLICATE.seen(format!("\"{}\"", path.escape_debug())));
    }
    payload(reading, findings);
    let length = reading.token.len();
    if length > HEADER {
        findings.push(rules::LARGE.seen(format!("it has {length} bytes")));
    } else if length > COOKIE {
        findings.push(rules::COOKIE.seen(format!("it has {length} bytes")));
    }
}

/// A payload that is no object of claims.
fn payload(reading: &Reading, findings: &mut Vec<Finding>) {
    let seen = match &reading.claims {
        Part::Json(json) if json.members().is_some() => return,
        Part::Encrypted => return,
        Part::Absent if reading.header == Part::Absent => return,
        Part::Text(text) if is_token(text) => {
            findings.push(rules::NESTED.seen("the payload is a token"));
            return;
        }
        Part::Json(json) => format!("the payload is {}", json.kind()),
        Part::Text(_) => "the payload is text, and not JSON".to_owned(),
        Part::Bytes(_) => "the payload is not text".to_owned(),
        Part::Absent => "there is no payload".to_owned(),
    };
    findings.push(rules::NOT_CLAIMS.seen(seen));
}

/// Whether a text is a signed or encrypted token in compact form.
fn is_token(text: &str) -> bool {
    if !text.starts_with("eyJ") {
        return false;
    }
    let parts: Vec<_> = text.splitn(PARTS + 1, '.').collect();
    matches!(parts.len(), 3 | PARTS) && parts.iter().all(|part| flaw(part).is_none())
}

/// What comes from the token, as a finding repeats it: cut short, and quoted.
fn quoted(text: &str) -> String {
    let end = text.char_indices().nth(SHOWN).map_or(text.len(), |(end, _)| end);
    let more = if end < text.len() { "…" } else { "" };
    format!("\"{}{more}\"", text[..end].escape_debug())
}

#[cfg(test)]
mod tests;
