//! What can be seen in anything a person pastes: a token with whatever stands around it, its
//! parts as they were written, and notes on what is unusual.
//!
//! Deliberately not here: any belief. Nothing is checked, so nothing read here may decide
//! anything; what a verifier would refuse is shown all the same, with a note.

mod find;
mod gather;
mod notes;
mod refuse;
mod segment;
mod serialised;

use std::borrow::Cow;

use crate::error::Result;
use crate::json::Json;

pub use notes::{KEY_SOURCES, Moment, TIMES, moment};
pub use segment::flaw;

/// The longest input that is read, in bytes.
pub const MAX_INPUT: usize = 16 << 20;

/// How deep claims may nest before they are shown as they stand.
const DEPTH: usize = 64;

/// A token as it was found, unchecked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reading {
    /// The header, protected by the signature.
    pub header: Part,
    /// The claims.
    pub claims: Part,
    /// What kind of token it is.
    pub kind: Kind,
    /// Members that stand more than once in their object: `header.alg`, `claims.exp`.
    pub duplicates: Vec<String>,
    /// What is worth knowing, each one sentence.
    pub notes: Vec<String>,
    /// The compact form, without what stood around it.
    pub token: String,
}

impl Reading {
    /// Whether white space stood inside the token.
    pub fn was_joined(&self) -> bool {
        self.notes.iter().any(|note| note == find::JOINED)
    }
}

/// One part of a token.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Part {
    /// JSON, byte-faithful.
    Json(Json),
    /// Text that is not JSON, or JSON nested too deep to be taken apart.
    Text(String),
    /// Bytes that are not text.
    Bytes(Vec<u8>),
    /// Encrypted: nobody sees it without the key.
    Encrypted,
    /// Not there, or empty.
    Absent,
}

/// The kinds of token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Signed, RFC 7515.
    Jws,
    /// Encrypted, RFC 7516.
    Jwe,
    /// Without a signature, RFC 7519 6.
    Unsecured,
}

impl Part {
    /// The JSON, where it is JSON.
    pub fn json(&self) -> Option<&Json> {
        match self {
            Self::Json(json) => Some(json),
            _ => None,
        }
    }

    /// The member of that name, where it is an object.
    pub fn get(&self, name: &str) -> Option<&Json> {
        self.json()?.get(name)
    }
}

/// Reads the token in `pasted`; only what holds none is an error.
pub fn read(pasted: &[u8]) -> Result<Reading> {
    if pasted.len() > MAX_INPUT {
        return Err(refuse::too_long(pasted.len()));
    }
    let text = as_text(pasted);
    let text = text.trim_start_matches('\u{feff}').trim();
    if is_compact(text) && find::is_header(first_part(text)) {
        return Ok(compact(text.to_owned(), Vec::new()));
    }
    if let Some(json) = serialised::parse(text) {
        return serialised::read(&json);
    }
    let text = find::percent_decoded(text);
    if let Some((token, notes)) = find::choose(find::tokens(&text)) {
        return Ok(compact(token, notes));
    }
    match find::bare(&text) {
        Some(word) => plain(word, &text),
        None => Err(refuse::no_token(&text)),
    }
}

/// One word that does not begin as tokens do: still one, if either part can be read.
fn plain(word: String, pasted: &str) -> Result<Reading> {
    let notes = if pasted.contains(&word) { Vec::new() } else { vec![find::JOINED.to_owned()] };
    if !word.contains('.') {
        return match segment::object(&word) {
            Some(json) => Ok(lone(word, json, notes)),
            None => Err(refuse::no_token(pasted)),
        };
    }
    let mut parts = word.splitn(3, '.');
    let (header, claims) = (parts.next().unwrap_or(""), parts.next().unwrap_or(""));
    let readable = segment::object(header).is_some()
        || segment::object(claims).is_some()
        || (segment::is_plain_text(header) && segment::is_plain_text(claims));
    if readable { Ok(compact(word, notes)) } else { Err(refuse::no_token(pasted)) }
}

/// A part on its own: a header if it names an algorithm, else claims.
fn lone(word: String, json: Json, mut notes: Vec<String>) -> Reading {
    let is_header = json.get("alg").is_some() || json.get("enc").is_some();
    let what = if is_header { "header" } else { "claims" };
    notes.push(format!("there is one part only: the {what} of a token, nothing else"));
    let (header, claims) =
        if is_header { (Part::Json(json), Part::Absent) } else { (Part::Absent, Part::Json(json)) };
    notes::on_times(&claims, &mut notes);
    let duplicates = duplicates(&header, &claims);
    Reading { header, claims, kind: Kind::Unsecured, duplicates, notes, token: word }
}

/// Takes the compact form apart (RFC 7515 7.1, RFC 7516 7.1).
fn compact(token: String, mut notes: Vec<String>) -> Reading {
    let dots = token.bytes().filter(|b| *b == b'.').count();
    let mut parts = token.splitn(3, '.');
    let header = segment::part("header", parts.next().unwrap_or(""), &mut notes);
    let payload = parts.next().unwrap_or("");
    let rest = parts.next();
    let (kind, claims) = if dots == 4 || header.get("enc").is_some() {
        notes.push("the header is all that can be read: the rest is encrypted".into());
        (Kind::Jwe, Part::Encrypted)
    } else {
        let claims = segment::part("claims", payload, &mut notes);
        let kind = notes::on_signature(&header, rest, dots, &mut notes);
        (kind, claims)
    };
    notes::on_header(&header, kind, &mut notes);
    notes::on_claims(&claims, &mut notes);
    let duplicates = duplicates(&header, &claims);
    Reading { header, claims, kind, duplicates, notes, token }
}

fn duplicates(header: &Part, claims: &Part) -> Vec<String> {
    let mut found = Vec::new();
    for (label, part) in [("header", header), ("claims", claims)] {
        let paths = part.json().map(Json::duplicates).unwrap_or_default();
        found.extend(paths.into_iter().map(|path| format!("{label}.{path}")));
    }
    found
}

/// The input as text: UTF-16 where its mark says so, as some shells redirect, else UTF-8.
fn as_text(pasted: &[u8]) -> Cow<'_, str> {
    let wide = |read: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = pasted.as_chunks::<2>().0.iter().map(|pair| read(*pair)).collect();
        Cow::Owned(String::from_utf16_lossy(&units))
    };
    match pasted {
        [0xff, 0xfe, ..] => wide(u16::from_le_bytes),
        [0xfe, 0xff, ..] => wide(u16::from_be_bytes),
        _ => String::from_utf8_lossy(pasted),
    }
}

/// Whether the text is a token and nothing else, as nearly all are.
fn is_compact(text: &str) -> bool {
    let mut dots = 0;
    for byte in text.bytes() {
        match byte {
            b'.' => dots += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' => {}
            _ => return false,
        }
    }
    matches!(dots, 1 | 2 | 4)
}

fn first_part(token: &str) -> &str {
    token.split('.').next().unwrap_or("")
}

#[cfg(test)]
mod hostile;
#[cfg(test)]
mod tests;
