//! Text from outside, made harmless before a person sees it.

use std::borrow::Cow;
use std::fmt::Write as _;

use jot::user::is_control;

/// Text from outside, its control characters written out as `\u{1b}`.
pub(crate) fn escape(text: &str) -> Cow<'_, str> {
    escape_as(text, |out, c| match c {
        '\n' => out.push_str("\\n"),
        '\r' => out.push_str("\\r"),
        '\t' => out.push_str("\\t"),
        _ => {
            let _ = write!(out, "\\u{{{:x}}}", u32::from(c));
        }
    })
}

/// JSON text whose control characters, which stand in strings only, are written as `\u001b`.
pub(crate) fn escape_json(text: &str) -> Cow<'_, str> {
    escape_as(text, |out, c| {
        let _ = write!(out, "\\u{:04x}", u32::from(c));
    })
}

fn escape_as(text: &str, write: impl Fn(&mut String, char)) -> Cow<'_, str> {
    let is_plain = text.bytes().all(|b| matches!(b, b' '..=b'~'));
    if is_plain || !text.chars().any(is_control) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 16);
    for c in text.chars() {
        if is_control(c) { write(&mut out, c) } else { out.push(c) }
    }
    Cow::Owned(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_moves_a_cursor_is_written_out() {
        assert_eq!(
            escape("\u{1b}]0;x\u{7}\r\n\u{202e}\u{9b}\u{7f}é"),
            "\\u{1b}]0;x\\u{7}\\r\\n\\u{202e}\\u{9b}\\u{7f}é"
        );
        assert!(matches!(escape("alice \"é\" \\"), Cow::Borrowed(_)));
        assert_eq!(escape_json("\"\u{202e}\u{7f}\""), "\"\\u202e\\u007f\"");
    }
}
