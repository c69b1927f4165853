//! Comparing what was printed with what was expected, line by line.
//!
//! Placeholders for what varies: `{uuid}`, `{hex}` (32 digits), `{time}` (RFC 3339, UTC), `{epoch}` (seconds since
//! 1970), `{kid}` (a thumbprint), `{token}`, `{dir}` and `{home}` (the folder of the case, and the home it runs with), `{$NAME}` (what a
//! step captured) and `{any}` (the rest of a line, or less).

use std::collections::BTreeMap;
use std::path::Path;

/// What placeholders may stand for that the case alone knows.
pub(crate) struct Known<'a> {
    /// The folder it runs in and its home, by their names.
    pub(crate) folders: [(&'static str, &'a Path); 2],
    /// What its steps captured.
    pub(crate) variables: &'a BTreeMap<String, String>,
}

/// The first line that is not as expected.
pub(crate) fn first_difference(wanted: &str, seen: &str, known: &Known) -> Option<String> {
    let (mut wanted, mut seen) = (wanted.split('\n'), seen.split('\n'));
    let mut number = 0;
    loop {
        number += 1;
        match (wanted.next(), seen.next()) {
            (None, None) => return None,
            (Some(wanted), Some(seen)) if fits(&pieces(wanted, known), seen) => {}
            (wanted, seen) => {
                let none = "(no such line)";
                let (wanted, seen) = (wanted.unwrap_or(none), seen.unwrap_or(none));
                return Some(format!("line {number}\n  wanted {wanted}\n  seen   {seen}"));
            }
        }
    }
}

/// Whether some line holds the part.
pub(crate) fn contains(part: &str, seen: &str, known: &Known) -> bool {
    let around = format!("{{any}}{part}{{any}}");
    let pieces = pieces(&around, known);
    seen.lines().any(|line| fits(&pieces, line))
}

enum Piece {
    Text(String),
    Varying(Lengths),
}

/// The lengths that something varying may have at the start of a text.
type Lengths = fn(&str) -> Vec<usize>;

/// The names of what varies.
const VARYING: [(&str, Lengths); 7] = [
    ("uuid", |text| shaped(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx")),
    ("hex", |text| shaped(text, "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")),
    ("time", |text| shaped(text, "dddd-dd-ddTdd:dd:ddZ")),
    ("epoch", |text| shaped(text, "dddddddddd")),
    ("kid", |text| if run(text, is_base64url) == 43 { vec![43] } else { vec![] }),
    ("token", |text| {
        let length = run(text, |c| is_base64url(c) || c == '.');
        if text[..length].matches('.').count() == 2 { vec![length] } else { vec![] }
    }),
    ("any", |text| text.char_indices().map(|(at, _)| at).chain([text.len()]).collect()),
];

fn pieces(wanted: &str, known: &Known) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = wanted;
    while let Some(open) = rest.find('{') {
        let (text, from) = rest.split_at(open);
        pieces.push(Piece::Text(text.to_owned()));
        let named =
            from[1..].split_once('}').map(|(name, after)| (placeholder(name, known), after));
        let (piece, after) = match named {
            Some((Some(piece), after)) => (piece, after),
            _ => (Piece::Text("{".to_owned()), &from[1..]),
        };
        pieces.push(piece);
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

fn placeholder(name: &str, known: &Known) -> Option<Piece> {
    if let Some(variable) = name.strip_prefix('$') {
        return known.variables.get(variable).cloned().map(Piece::Text);
    }
    if let Some((_, folder)) = known.folders.iter().find(|(known, _)| *known == name) {
        return Some(Piece::Text(folder.display().to_string()));
    }
    VARYING.iter().find(|(known, _)| *known == name).map(|(_, lengths)| Piece::Varying(*lengths))
}

fn fits(pieces: &[Piece], text: &str) -> bool {
    match pieces.split_first() {
        None => text.is_empty(),
        Some((Piece::Text(part), rest)) => {
            text.strip_prefix(part.as_str()).is_some_and(|text| fits(rest, text))
        }
        Some((Piece::Varying(lengths), rest)) => {
            lengths(text).into_iter().any(|length| fits(rest, &text[length..]))
        }
    }
}

/// The whole length of a shape whose `x` are hexadecimal and whose `d` are decimal digits.
fn shaped(text: &str, shape: &str) -> Vec<usize> {
    let Some(head) = text.get(..shape.len()) else { return Vec::new() };
    let is_so = head.chars().zip(shape.chars()).all(|(seen, wanted)| match wanted {
        'x' => seen.is_ascii_hexdigit(),
        'd' => seen.is_ascii_digit(),
        other => seen == other,
    });
    if is_so { vec![shape.len()] } else { Vec::new() }
}

fn run(text: &str, is_part: impl Fn(char) -> bool) -> usize {
    text.find(|c| !is_part(c)).unwrap_or(text.len())
}

fn is_base64url(c: char) -> bool {
    c.is_ascii_alphanumeric() || c == '-' || c == '_'
}

#[test]
fn placeholders_fit_what_they_name_and_nothing_else() {
    let variables = BTreeMap::from([("T".to_owned(), "abc".to_owned())]);
    let known = Known {
        folders: [("dir", Path::new("/tmp/x")), ("home", Path::new("/tmp/y"))],
        variables: &variables,
    };
    let uuid = "0b0f7f0a-1c1d-4a4b-8c8d-0123456789ab";
    for (wanted, seen, fits) in [
        ("a {uuid} b", format!("a {uuid} b"), true),
        ("a {uuid} b", "a 0b0f7f0a b".to_owned(), false),
        (r#"{"exp":{epoch},"a":{}}"#, r#"{"exp":1795357834,"a":{}}"#.to_owned(), true),
        (r#"{"exp":{epoch}}"#, r#"{"exp":17953578345}"#.to_owned(), false),
        ("until {time}", "until 2026-11-22T14:25:34Z".to_owned(), true),
        ("until {time}", "until 2026-11-22 14:25:34Z".to_owned(), false),
        ("{dir}/x {$T} {$U}", "/tmp/x/x abc {$U}".to_owned(), true),
        ("{any}b{any}", "aabaa".to_owned(), true),
        ("{any}\nb", "a\na\nb".to_owned(), false),
        ("{token}", "a.b.c".to_owned(), true),
        ("{token}", "a.b".to_owned(), false),
        ("{kid}", "a".repeat(44), false),
        ("a\n", "a".to_owned(), false),
    ] {
        let difference = first_difference(wanted, &seen, &known);
        assert_eq!(difference.is_none(), fits, "{wanted} {seen}");
    }
    assert!(contains("b{uuid}", &format!("x\nab{uuid}c"), &known));
    assert!(!contains("{uuid}d", &format!("x\nab{uuid}c"), &known));
}
