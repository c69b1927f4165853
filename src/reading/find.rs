//! Tokens among other text: in a header line, a command, a cookie, an address, a mail. They are
//! known by their shape, a part that encodes `{` and what may follow it.
//!
//! A token that was wrapped over lines is joined again. Every search is linear in its input.

use std::borrow::Cow;

use super::gather::gather;
use super::segment;

/// How many tokens are looked for.
const MOST: usize = 64;

/// The header that carries an access token (RFC 6750 2.1).
const AUTHORIZATION: &str = "authorization";

/// The note on a token that was wrapped.
pub(super) const JOINED: &str = "white space inside the token was removed";

/// A token and where it stood.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Found {
    /// The token, joined and without what stood around it.
    pub(super) token: String,
    /// The name of the cookie, parameter or member that held it.
    pub(super) name: Option<String>,
    /// What that name is the name of, where that is known.
    pub(super) place: &'static str,
    /// What happened on the way.
    pub(super) notes: Vec<String>,
}

/// The tokens in a text, in their order, each once.
pub(super) fn tokens(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    let (mut at, mut word, mut in_address) = (0, 0, false);
    while let Some(start) = next_start(text, at) {
        in_address = is_in_address(&text[word..start], in_address);
        word = start;
        let Some(gathered) = gather(&text[start..], in_address) else {
            at = start + 2;
            continue;
        };
        at = start + gathered.length;
        let Some(token) = gathered.token else { continue };
        if found.iter().all(|other| other.token != token) {
            let (name, place) = name_before(text, start, in_address);
            let mut notes = gathered.notes;
            if text[at..].starts_with('~') {
                notes.push("an SD-JWT: the disclosures after \"~\" are not shown".into());
            }
            found.push(Found { token, name, place, notes });
        }
        if found.len() == MOST {
            break;
        }
    }
    found
}

/// The token to read: an access token before others, else the first; with notes on the rest.
pub(super) fn choose(mut found: Vec<Found>) -> Option<(String, Vec<String>)> {
    let named = |is: fn(&str) -> bool| found.iter().position(|f| f.name.as_deref().is_some_and(is));
    let index = named(|name| name.eq_ignore_ascii_case(AUTHORIZATION))
        .or_else(|| named(|name| name.to_ascii_lowercase().contains("access")))
        .unwrap_or(0);
    if found.is_empty() {
        return None;
    }
    let chosen = found.remove(index);
    let mut notes = Vec::new();
    match &chosen.name {
        Some(name) if !chosen.place.is_empty() => {
            notes.push(format!("read from the {} \"{name}\"", chosen.place));
        }
        Some(name) if !found.is_empty() => notes.push(format!("read from \"{name}\"")),
        _ => {}
    }
    let named: Vec<_> = found.iter().filter_map(|f| f.name.as_deref()).take(8).collect();
    if !named.is_empty() {
        notes.push(format!("another token is here and not shown: \"{}\"", named.join("\", \"")));
    }
    match found.len() - named.len() {
        0 => {}
        1 => notes.push("one more token is here and not shown".into()),
        unnamed => notes.push(format!("{unnamed} more tokens are here and not shown")),
    }
    notes.extend(chosen.notes);
    Some((chosen.token, notes))
}

/// What is left of a text that is one word in quotes or behind `Bearer`, its white space removed.
pub(super) fn bare(text: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let before = rest.len();
        rest = rest.trim().trim_matches(is_quote);
        for prefix in ["authorization:", "bearer ", "token "] {
            if let Some(start) = rest.get(..prefix.len())
                && start.eq_ignore_ascii_case(prefix)
            {
                rest = &rest[prefix.len()..];
            }
        }
        if rest.len() == before {
            break;
        }
    }
    let lines_only = rest.chars().all(|c| is_token_char(c) || matches!(c, '\n' | '\r'));
    if rest.is_empty() || !lines_only {
        return None;
    }
    Some(rest.split_ascii_whitespace().collect())
}

/// Whether a segment begins as the JSON of a header does.
pub(super) fn is_header(segment: &str) -> bool {
    let start = segment.get(..4).unwrap_or(segment);
    matches!(
        segment::any_bytes(start).as_deref(),
        Some([b'{', b'"' | b'}' | b' ' | b'\t' | b'\r' | b'\n', ..])
    )
}

/// The text with `%XX` replaced, where it holds any.
pub(super) fn percent_decoded(text: &str) -> Cow<'_, str> {
    if !text.contains('%') {
        return Cow::Borrowed(text);
    }
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let digit = |offset: usize| {
            let byte = bytes.get(at + offset)?;
            u8::try_from(char::from(*byte).to_digit(16)?).ok()
        };
        if byte == b'%'
            && let (Some(high), Some(low)) = (digit(1), digit(2))
        {
            out.push(high * 16 + low);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    Cow::Owned(String::from_utf8_lossy(&out).into_owned())
}

pub(super) fn is_token_char(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | '+' | '/' | '=')
}

fn is_quote(c: char) -> bool {
    matches!(
        c,
        '"' | '\''
            | '`'
            | '“'
            | '”'
            | '„'
            | '‘'
            | '’'
            | '‚'
            | '«'
            | '»'
            | '<'
            | '>'
            | ','
            | ';'
    )
}

/// Where the next word begins that could be a token: `{` in base64 is `e` and one of `w y 3`.
fn next_start(text: &str, from: usize) -> Option<usize> {
    let bytes = text.as_bytes();
    (from..bytes.len().saturating_sub(1)).find(|&at| {
        bytes[at] == b'e' && matches!(bytes[at + 1], b'y' | b'w' | b'3') && is_word_start(bytes, at)
    })
}

fn is_word_start(bytes: &[u8], at: usize) -> bool {
    let before = bytes[..at].last();
    bytes[..at].ends_with(b"\\n")
        || before.is_none_or(|b| !b.is_ascii_alphanumeric() && !b"-_.+".contains(b))
}

/// Whether a word stands in an address, where `/` ends it: what lies between it and the word
/// before, of which that is known, tells.
fn is_in_address(between: &str, before: bool) -> bool {
    match between.rfind(char::is_whitespace) {
        Some(at) => between[at..].contains("://"),
        None => before || between.contains("://"),
    }
}

/// The name of what holds the token at `start`, and what kind of thing that is.
fn name_before(text: &str, start: usize, in_address: bool) -> (Option<String>, &'static str) {
    let before = &text.as_bytes()[start.saturating_sub(2048)..start];
    let line = before.rsplit(|b| *b == b'\n').next().unwrap_or(before);
    let line = String::from_utf8_lossy(line);
    let decoration = |c: char| is_quote(c) || matches!(c, '=' | ':' | '\\' | ' ' | '\t');
    let mut held = line.trim_end_matches(decoration);
    if held.to_ascii_lowercase().ends_with("bearer") {
        held = held[..held.len() - "bearer".len()].trim_end_matches(decoration);
    }
    if !line[held.len()..].contains(['=', ':']) {
        return (None, "");
    }
    let from = held
        .rfind(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-' | '.')))
        .map_or(0, |at| at + held[at..].chars().next().map_or(1, char::len_utf8));
    let name = &held[from..];
    let lower = line.to_ascii_lowercase();
    if name.is_empty() {
        (None, "")
    } else if name.eq_ignore_ascii_case(AUTHORIZATION) {
        (Some(name.to_owned()), "")
    } else if lower.contains("cookie") || lower.contains(" -b ") {
        (Some(name.to_owned()), "cookie")
    } else if in_address {
        (Some(name.to_owned()), "parameter")
    } else {
        (Some(name.to_owned()), "")
    }
}
