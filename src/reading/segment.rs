//! One part of a token, from its base64url to what it says; read however it was written.

use base64::Engine as _;
use base64::alphabet::URL_SAFE;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use base64::prelude::BASE64_URL_SAFE_NO_PAD;

use super::{DEPTH, Part};
use crate::json::{Fault, Json};
use crate::user::is_control;

/// Takes any padding and any trailing bits.
const LENIENT: GeneralPurpose = GeneralPurpose::new(
    &URL_SAFE,
    GeneralPurposeConfig::new()
        .with_decode_allow_trailing_bits(true)
        .with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Reads a part; `label` names it in the notes.
pub(super) fn part(label: &str, segment: &str, notes: &mut Vec<String>) -> Part {
    if segment.is_empty() {
        notes.push(format!("the {label} part is empty"));
        return Part::Absent;
    }
    let Some(bytes) = bytes(label, segment, notes) else {
        notes.push(format!("the {label} part is not base64url and shown as it stands"));
        return Part::Text(segment.to_owned());
    };
    match String::from_utf8(bytes) {
        Ok(text) => from_text(label, text, notes),
        Err(e) => {
            let bytes = e.into_bytes();
            notes.push(format!("the {label} part is not UTF-8 text and shown in hex"));
            Part::Bytes(bytes)
        }
    }
}

/// The bytes of a segment, with a note on each thing that a verifier refuses.
pub(super) fn bytes(label: &str, segment: &str, notes: &mut Vec<String>) -> Option<Vec<u8>> {
    if let Ok(bytes) = BASE64_URL_SAFE_NO_PAD.decode(segment) {
        return Some(bytes);
    }
    let (bytes, flaw) = lenient(segment)?;
    notes.push(format!("the {label} part {flaw}: a verifier refuses it (RFC 7515 2)"));
    Some(bytes)
}

/// Why a strict verifier refuses a segment (RFC 7515 2), if it does.
pub fn flaw(segment: &str) -> Option<&'static str> {
    match BASE64_URL_SAFE_NO_PAD.decode(segment) {
        Ok(_) => None,
        Err(_) => Some(lenient(segment).map_or("is not base64url", |(_, flaw)| flaw)),
    }
}

/// The object that a segment encodes, if it does.
pub(super) fn object(segment: &str) -> Option<Json> {
    let text = String::from_utf8(any_bytes(segment)?).ok()?;
    Json::read(text.trim_start_matches('\u{feff}'), DEPTH).ok().filter(|j| j.members().is_some())
}

/// Whether a segment encodes readable text.
pub(super) fn is_plain_text(segment: &str) -> bool {
    any_bytes(segment)
        .and_then(|bytes| String::from_utf8(bytes).ok())
        .is_some_and(|text| !text.is_empty() && !text.chars().any(|c| is_control(c) && c != '\n'))
}

/// The bytes of a segment, however it was written.
pub(super) fn any_bytes(segment: &str) -> Option<Vec<u8>> {
    BASE64_URL_SAFE_NO_PAD.decode(segment).ok().or_else(|| lenient(segment).map(|(bytes, _)| bytes))
}

fn from_text(label: &str, text: String, notes: &mut Vec<String>) -> Part {
    let body = text.strip_prefix('\u{feff}').unwrap_or(&text);
    if body.len() < text.len() {
        notes
            .push(format!("the {label} part begins with a byte order mark: a verifier refuses it"));
    }
    match Json::read(body, DEPTH) {
        Ok(json) => {
            if json.members().is_none() {
                notes.push(format!("the {label} part is {}, not an object", json.kind()));
            }
            Part::Json(json)
        }
        Err(Fault::TooDeep(depth)) => {
            notes.push(format!(
                "the {label} part is nested more than {depth} deep and shown as it stands"
            ));
            Part::Text(text)
        }
        Err(Fault::Syntax(why)) => {
            notes.push(format!("the {label} part is not JSON ({why}) and shown as it stands"));
            Part::Text(text)
        }
    }
}

/// Reads what strict base64url refuses, and says what was wrong with it.
fn lenient(segment: &str) -> Option<(Vec<u8>, &'static str)> {
    let bare = segment.trim_end_matches('=');
    let flaw = if bare.bytes().any(|b| matches!(b, b'+' | b'/')) {
        "is in the standard base64 alphabet"
    } else if bare.len() < segment.len() {
        "is padded"
    } else if bare.len() % 4 == 1 {
        "is cut short or has a character too many"
    } else {
        "ends in bits that are not zero"
    };
    let whole = if bare.len() % 4 == 1 { bare.get(..bare.len() - 1)? } else { bare };
    let url: String = whole.replace('+', "-").replace('/', "_");
    LENIENT.decode(url).ok().map(|bytes| (bytes, flaw))
}
