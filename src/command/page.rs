//! A reading as a page for people: order and digits as written, the times in words beside them.

use std::fmt::Write as _;

use jot::json::Json;
use jot::reading::{Moment, Part, Reading, TIMES, moment};

use crate::output::{Ink, Output, escape, escape_json};
use jot::time;

/// How many cells the bar of the lifetime has.
const CELLS: i64 = 30;

/// The page.
pub(crate) fn page(reading: &Reading, output: &Output, now: i64) -> String {
    let mut page = String::with_capacity(reading.token.len() * 2 + 512);
    for (title, part) in [("header", &reading.header), ("claims", &reading.claims)] {
        page.push_str(&output.paint(Ink::Title, title));
        page.push('\n');
        let is_claims = title == "claims";
        let beside = |name: &str, value: &Json| {
            let words = is_claims.then(|| in_words(name, value, now)).flatten()?;
            Some(output.paint(Ink::Faint, &format!("  # {words}")))
        };
        write_part(part, &mut page, &beside);
        page.push_str("\n\n");
    }
    if output.terminals.stdout
        && let Some(bar) = lifetime(&reading.claims, now)
    {
        line(&mut page, "lifetime: ", &bar);
    }
    line(&mut page, "signature: ", &output.paint(Ink::Alert, "not checked"));
    for path in &reading.duplicates {
        line(&mut page, &output.paint(Ink::Alert, "duplicate: "), &escape(path));
    }
    for note in &reading.notes {
        line(&mut page, "note: ", &escape(note));
    }
    page
}

/// Bytes in hex.
pub(crate) fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len() * 2);
    for byte in bytes {
        let _ = write!(text, "{byte:02x}");
    }
    text
}

fn line(page: &mut String, label: &str, text: &str) {
    page.push_str(label);
    page.push_str(text);
    page.push('\n');
}

type Beside<'a> = dyn Fn(&str, &Json) -> Option<String> + 'a;

fn write_part(part: &Part, page: &mut String, beside: &Beside<'_>) {
    match part {
        Part::Json(json) => write_json(json, 0, page, beside),
        Part::Text(text) => page.push_str(&escape(text)),
        Part::Bytes(bytes) => page.push_str(&hex(bytes)),
        Part::Encrypted => page.push_str("(encrypted)"),
        Part::Absent => page.push_str("(none)"),
    }
}

/// Writes a value; `beside` has words for the members of the outermost object.
fn write_json(json: &Json, depth: usize, page: &mut String, beside: &Beside<'_>) {
    match json {
        Json::Array(items) if !items.is_empty() => {
            page.push('[');
            for (index, item) in items.iter().enumerate() {
                new_line(page, depth + 1);
                write_json(item, depth + 1, page, beside);
                page.push_str(if index + 1 < items.len() { "," } else { "" });
            }
            new_line(page, depth);
            page.push(']');
        }
        Json::Object(members) if !members.is_empty() => {
            page.push('{');
            for (index, (name, value)) in members.iter().enumerate() {
                new_line(page, depth + 1);
                write_string(name, page);
                page.push_str(": ");
                write_json(value, depth + 1, page, beside);
                page.push_str(if index + 1 < members.len() { "," } else { "" });
                if depth == 0
                    && let Some(words) = beside(name, value)
                {
                    page.push_str(&words);
                }
            }
            new_line(page, depth);
            page.push('}');
        }
        Json::String(text) => write_string(text, page),
        Json::Number(digits) => page.push_str(digits),
        Json::Null => page.push_str("null"),
        Json::Bool(value) => page.push_str(if *value { "true" } else { "false" }),
        Json::Array(_) => page.push_str("[]"),
        Json::Object(_) => page.push_str("{}"),
    }
}

fn new_line(page: &mut String, depth: usize) {
    page.push('\n');
    page.extend(std::iter::repeat_n("  ", depth));
}

fn write_string(text: &str, page: &mut String) {
    if text.bytes().all(|b| matches!(b, b' '..=b'~') && b != b'"' && b != b'\\') {
        page.push('"');
        page.push_str(text);
        page.push('"');
    } else {
        page.push_str(&escape_json(&Json::string(text).to_string()));
    }
}

/// A time claim in UTC, in local time where that differs, and from now.
fn in_words(name: &str, value: &Json, now: i64) -> Option<String> {
    let (Moment::At(epoch) | Moment::Milliseconds(epoch)) =
        TIMES.contains(&name).then(|| moment(value))?
    else {
        return None;
    };
    let relative = time::relative(epoch, now);
    let Some(utc) = time::utc(epoch) else { return Some(relative) };
    Some(match time::local(epoch) {
        Some(local) if !local.ends_with("+00:00") => format!("{utc}, {local}, {relative}"),
        _ => format!("{utc}, {relative}"),
    })
}

/// How much of the time from iat to exp has passed.
fn lifetime(claims: &Part, now: i64) -> Option<String> {
    let claims = claims.json()?;
    let (Moment::At(from), Moment::At(to)) =
        (moment(claims.get("iat")?), moment(claims.get("exp")?))
    else {
        return None;
    };
    if to <= from {
        return None;
    }
    let passed = now.clamp(from, to) - from;
    let part = |of: i64| passed * of / (to - from);
    let mut bar: String =
        (0..CELLS).map(|cell| if cell < part(CELLS) { '█' } else { '░' }).collect();
    let _ = write!(bar, " {}%, ends {}", part(100), time::relative(to, now));
    if now >= to {
        bar.truncate(bar.find(' ').unwrap_or(bar.len()));
        let _ = write!(bar, " over, ended {}", time::relative(to, now));
    }
    Some(bar)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_from_iat_to_exp() {
        let claims = Part::Json(Json::read(r#"{"iat":1000,"exp":1300}"#, 8).unwrap());
        let bar = |now| lifetime(&claims, now).unwrap();
        assert_eq!(bar(0), format!("{} 0%, ends in 21m 40s", "░".repeat(30)));
        assert_eq!(bar(1150), format!("{}{} 50%, ends in 2m 30s", "█".repeat(15), "░".repeat(15)));
        assert_eq!(bar(1300), format!("{} over, ended now", "█".repeat(30)));
        assert_eq!(bar(1310), format!("{} over, ended 10s ago", "█".repeat(30)));
        let wrong = Part::Json(Json::read(r#"{"iat":2,"exp":1}"#, 8).unwrap());
        assert_eq!(lifetime(&wrong, 0), None);
    }
}
