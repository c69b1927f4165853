//! The cookie in which scripts read the access token's claims: base64 of JSON with sorted keys, as
//! the original writes it, and such that Python's `b64decode`, a browser's `atob` and any decoder of
//! base64url read it alike, and no cookie writer puts quotes around it.

use std::fmt::Write as _;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

use crate::json::{Json, MAX_DEPTH};

/// The claims of a token of ours.
pub(super) fn of(token: &str) -> String {
    let claims = token.split('.').nth(1).and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    let claims = claims.and_then(|bytes| String::from_utf8(bytes).ok());
    let claims = claims.and_then(|text| Json::read(&text, MAX_DEPTH).ok());
    encode(&claims.unwrap_or(Json::Object(Vec::new())))
}

/// Base64 without `+`, `/` and `=`: the first two would come from `>`, `?`, `~` and DEL alone in ASCII
/// text, the last from a length that is not a multiple of three.
fn encode(claims: &Json) -> String {
    let mut text = String::new();
    tell(claims, &mut text);
    while !text.len().is_multiple_of(3) {
        text.push(' ');
    }
    STANDARD.encode(text)
}

fn tell(json: &Json, text: &mut String) {
    match json {
        Json::Object(members) => {
            let mut sorted: Vec<_> = members.iter().collect();
            sorted.sort_by(|a, b| a.0.cmp(&b.0));
            list(text, ('{', '}'), sorted, |(name, value), text| {
                escape(&Json::string(name.as_str()).to_string(), text);
                text.push_str(": ");
                tell(value, text);
            });
        }
        Json::Array(items) => list(text, ('[', ']'), items, tell),
        scalar => escape(&scalar.to_string(), text),
    }
}

fn list<T>(
    text: &mut String,
    (open, close): (char, char),
    items: impl IntoIterator<Item = T>,
    mut each: impl FnMut(T, &mut String),
) {
    text.push(open);
    for (at, item) in items.into_iter().enumerate() {
        if at > 0 {
            text.push_str(", ");
        }
        each(item, text);
    }
    text.push(close);
}

/// JSON in characters whose base64 is the same in both alphabets.
fn escape(json: &str, text: &mut String) {
    for c in json.chars() {
        if c.is_ascii() && !matches!(c, '>' | '?' | '~' | '\x7f') {
            text.push(c);
            continue;
        }
        for unit in c.encode_utf16(&mut [0; 2]) {
            // Writing to a text cannot fail.
            _ = write!(text, "\\u{unit:04x}");
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn keys_are_sorted_and_spaced_as_the_original_does() {
        let text = r#"{"user":{"username":"Zoë","id":1,"perms":["a.b","c>d"]},"exp":2}"#;
        let decoded = STANDARD.decode(encode(&Json::read(text, MAX_DEPTH).unwrap())).unwrap();
        assert_eq!(
            String::from_utf8(decoded).unwrap().trim_end(),
            r#"{"exp": 2, "user": {"id": 1, "perms": ["a.b", "c\u003ed"], "username": "Zo\u00eb"}}"#
        );
    }

    proptest! {
        #[test]
        fn every_decoder_reads_it_alike(name in ".*", value in ".*", number: i64) {
            let claims = Json::Object(vec![
                (name.clone(), Json::string(value)),
                ("number".to_owned(), Json::integer(number)),
            ]);
            let cookie = encode(&claims);
            prop_assert!(cookie.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{cookie}");
            prop_assert_eq!(STANDARD.decode(&cookie).unwrap(), URL_SAFE_NO_PAD.decode(&cookie).unwrap());
            let text = String::from_utf8(STANDARD.decode(&cookie).unwrap()).unwrap();
            let read = Json::read(&text, MAX_DEPTH).unwrap();
            prop_assert_eq!(read.get("number"), claims.get("number"));
            if name != "number" {
                prop_assert_eq!(read.get(&name), claims.get(&name));
            }
        }
    }
}
