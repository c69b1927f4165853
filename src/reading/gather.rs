//! Where a token ends: its pieces are joined over white space as far as they belong to it.

use super::find::{JOINED, is_header, is_token_char};
use super::segment;
use crate::json::Json;
use crate::user::is_control;

/// In how many pieces a header may come.
const MOST_PIECES: usize = 64;

/// What was gathered from a place that looked like a token's start.
pub(super) struct Gathered {
    /// The token; none if it was not one.
    pub(super) token: Option<String>,
    /// How much of the text was looked at and need not be looked at again.
    pub(super) length: usize,
    /// What happened on the way.
    pub(super) notes: Vec<String>,
}

/// A place where the token may end.
#[derive(Clone, Copy)]
struct End {
    token: usize,
    text: usize,
    /// Each piece so far stood alone on its line.
    lines: bool,
    /// The dots before it.
    dots: usize,
    /// Where the part that it ends began.
    part: usize,
}

impl End {
    fn after(self, piece: &str, text: usize, lines: bool) -> Self {
        let part = piece.rfind('.').map_or(self.part, |at| self.token + at + 1);
        let token = self.token + piece.len();
        Self { token, text, lines, dots: self.dots + dots(piece), part }
    }
}

/// What the header says of the parts that follow.
struct Shape {
    dots: usize,
    /// The lengths that the last part can have.
    lengths: &'static [usize],
}

/// Gathers the token that begins with the text; none if nothing there is one.
pub(super) fn gather(text: &str, in_address: bool) -> Option<Gathered> {
    let piece = |at: usize| {
        let rest = &text[at..];
        let ends = |c| !is_token_char(c) || (in_address && c == '/');
        &rest[..rest.find(ends).unwrap_or(rest.len())]
    };
    let first = piece(0);
    let mut token = first.to_owned();
    let start = End { token: 0, text: 0, lines: true, dots: 0, part: 0 };
    let mut ends = vec![start.after(first, first.len(), true)];
    let mut shape = shape(&token)?;
    while let Some(last) = ends.last_mut() {
        let Some(gap) = gap(&text[last.text..]) else { break };
        let at = last.text + gap.length;
        let next = piece(at);
        if next.is_empty() || !continues(&token, last, next, shape.as_ref()) {
            break;
        }
        let after = text[at + next.len()..].chars().next();
        let alone = after.is_none_or(|c| matches!(c, '\n' | '\r' | '"' | '\'' | '`'));
        token.truncate(token.trim_end_matches('=').len());
        last.token = token.len();
        token.push_str(next);
        let end = last.after(next, at + next.len(), last.lines && gap.newline && alone);
        ends.push(end);
        if shape.is_none() {
            if ends.len() > MOST_PIECES {
                break;
            }
            shape = self::shape(&token)?;
        }
    }
    let Some(shape) = shape else {
        let length = ends.last().map_or(first.len(), |end| end.text);
        return Some(Gathered { token: None, length, notes: Vec::new() });
    };
    Some(cut(token, &ends, &shape))
}

/// The token up to its end, without the full stop of a sentence.
fn cut(mut token: String, ends: &[End], shape: &Shape) -> Gathered {
    let end = choose_end(&token, ends, shape);
    token.truncate(end.token);
    if dots(&token) > shape.dots && token.ends_with('.') {
        token.pop();
    }
    let is_joined = ends.first().is_some_and(|first| end.text > first.text);
    let notes = if is_joined { vec![JOINED.into()] } else { Vec::new() };
    Gathered { token: Some(token), length: end.text, notes }
}

/// White space, invisible characters and the marks of a quoting mail between two pieces.
struct Gap {
    length: usize,
    newline: bool,
}

fn gap(text: &str) -> Option<Gap> {
    let mut newline = false;
    let is_gap = |c: char| {
        newline |= c == '\n' || c == '\r';
        c.is_whitespace() || is_control(c) || (newline && c == '>')
    };
    let length = text.len() - text.trim_start_matches(is_gap).len();
    (length > 0).then_some(Gap { length, newline })
}

/// Whether the next piece may belong to the token.
fn continues(token: &str, last: &End, next: &str, shape: Option<&Shape>) -> bool {
    let Some(shape) = shape else { return true };
    if last.dots < shape.dots {
        // A whole token that follows is another one.
        return !(is_header(next) && dots(next) >= shape.dots);
    }
    let length = unpadded(&token[last.part..]) + unpadded(next);
    let longest = shape.lengths.iter().max().copied().unwrap_or(usize::MAX);
    last.dots == shape.dots && !next.contains('.') && length <= longest
}

/// The end that fits the algorithm, else the one that lines alone lead to.
fn choose_end(token: &str, ends: &[End], shape: &Shape) -> End {
    let whole = ends[ends.len() - 1];
    if ends.len() == 1 {
        return whole;
    }
    // Two parts and then words: the words are not the payload.
    let payload = |end: &End| token[..end.token].split('.').nth(1).and_then(segment::object);
    if shape.dots == 2
        && let Some(end) = ends.iter().find(|end| end.dots >= 1)
        && end.dots == 1
        && payload(end).is_some()
        && payload(&whole).is_none()
    {
        return *end;
    }
    let mut fitting = ends.iter().filter(|end| end.dots >= shape.dots).rev();
    let by_length =
        fitting.clone().find(|end| shape.lengths.contains(&unpadded(&token[end.part..end.token])));
    let by_lines = || fitting.clone().find(|end| end.lines);
    by_length.or_else(by_lines).or_else(|| fitting.next_back()).copied().unwrap_or(whole)
}

/// The shape of a token whose first dot is there; the outer none says that it is no token.
#[expect(clippy::option_option, reason = "undecided and refused are two things")]
fn shape(token: &str) -> Option<Option<Shape>> {
    if !is_header(token) {
        return None;
    }
    let Some((header, _)) = token.split_once('.') else { return Some(None) };
    let header = segment::object(header);
    let get = |name: &str| header.as_ref().and_then(|h| h.get(name)).and_then(Json::as_str);
    if get("enc").is_some() {
        return Some(Some(Shape { dots: 4, lengths: &[22, 32, 43] }));
    }
    let lengths: &[usize] = match get("alg") {
        Some("none") => &[0],
        Some("HS256") => &[43],
        Some("HS384") => &[64],
        Some("HS512" | "ES256" | "ES256K" | "EdDSA" | "Ed25519") => &[86],
        Some("ES384") => &[128],
        Some("ES512") => &[176],
        Some(alg) if alg.starts_with("RS") || alg.starts_with("PS") => &[171, 342, 512, 683],
        _ => &[],
    };
    Some(Some(Shape { dots: 2, lengths }))
}

/// Padding, and the soft line breaks of a mail (RFC 2045 6.7), do not count.
fn unpadded(text: &str) -> usize {
    text.trim_end_matches('=').len()
}

fn dots(text: &str) -> usize {
    text.bytes().filter(|b| *b == b'.').count()
}
