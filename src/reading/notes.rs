//! The notes: what is unusual in a token and what it means, in one sentence each.

use super::{Kind, Part, segment};
use crate::json::Json;

/// The claims that hold a time.
pub const TIMES: [&str; 6] = ["exp", "nbf", "iat", "auth_time", "updated_at", "refresh_iat"];

/// Header members from which a careless verifier takes its key (RFC 8725 3.10).
pub const KEY_SOURCES: [&str; 4] = ["jku", "x5u", "jwk", "x5c"];

/// What a claim says about time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Moment {
    /// A NumericDate (RFC 7519 2), its fraction left out.
    At(i64),
    /// A number that can only be milliseconds; here in seconds.
    Milliseconds(i64),
    /// Not a time.
    Neither,
}

/// Reads a time claim, which may carry a fraction or an exponent.
pub fn moment(value: &Json) -> Moment {
    let Json::Number(digits) = value else { return Moment::Neither };
    let seconds = match digits.parse::<i64>() {
        Ok(whole) => whole,
        Err(_) => match digits.parse::<f64>() {
            Ok(number) if number.abs() < 9e15 => floor(number),
            _ => return Moment::Neither,
        },
    };
    match seconds.unsigned_abs() {
        0..1_000_000_000_000 => Moment::At(seconds),
        1_000_000_000_000..100_000_000_000_000 => Moment::Milliseconds(seconds.div_euclid(1000)),
        _ => Moment::Neither,
    }
}

/// Notes on what protects the token, which also tell its kind.
pub(super) fn on_signature(
    header: &Part,
    rest: Option<&str>,
    dots: usize,
    notes: &mut Vec<String>,
) -> Kind {
    if dots > 2 {
        notes.push(format!("there are {} parts where a signed token has 3", dots + 1));
    }
    let signature = rest.unwrap_or("");
    let alg = header.get("alg").and_then(Json::as_str);
    let why = match (alg, rest) {
        (Some(alg), _) if alg.eq_ignore_ascii_case("none") => "\"alg\" is \"none\"",
        (_, None) => "there is no signature part",
        (_, Some("")) => "the signature is empty",
        _ => {
            if dots == 2 && segment::bytes("signature", signature, notes).is_none() {
                notes.push("the signature part is not base64url".into());
            }
            return Kind::Jws;
        }
    };
    notes.push(format!("unsecured, anyone can have written this: {why}"));
    Kind::Unsecured
}

/// Notes on the header.
pub(super) fn on_header(header: &Part, kind: Kind, notes: &mut Vec<String>) {
    let Some(members) = header.json().and_then(Json::members) else { return };
    match header.get("alg") {
        None => notes.push("the header has no \"alg\"".into()),
        Some(Json::String(alg))
            if kind == Kind::Jws && matches!(alg.as_str(), "HS256" | "HS384" | "HS512") =>
        {
            notes.push(format!("{alg} is a shared secret: who can check this token can make one"));
        }
        Some(Json::String(_)) => {}
        Some(other) => notes.push(format!("\"alg\" is {}, not a string", other.kind())),
    }
    if let Some(crit) = header.get("crit") {
        let named = match crit.as_strings() {
            Some(names) => format!("\"{}\"", names.join("\", \"")),
            None => format!("{}, not an array of strings", crit.kind()),
        };
        notes.push(format!("\"crit\" is {named}: a verifier that does not know it refuses"));
    }
    for name in KEY_SOURCES.iter().filter(|name| members.iter().any(|(m, _)| m == *name)) {
        notes.push(format!("\"{name}\" is in the header: a verifier must not take its key there"));
    }
}

/// Notes on the claims.
pub(super) fn on_claims(claims: &Part, notes: &mut Vec<String>) {
    if let Part::Text(text) = claims
        && text.starts_with("eyJ")
        && text.contains('.')
    {
        notes.push("the claims part looks like a token itself (RFC 7519 A.2)".into());
    }
    if claims.json().and_then(Json::members).is_none() {
        return;
    }
    on_times(claims, notes);
    if claims.get("type").is_some() && claims.get("token_type").is_some() {
        notes.push("\"type\" and \"token_type\" both name the kind of token".into());
    }
    match claims.get("exp").map(moment) {
        None => notes.push("there is no \"exp\": this token does not expire by itself".into()),
        Some(Moment::At(exp)) => {
            if matches!(claims.get("iat").map(moment), Some(Moment::At(iat)) if exp < iat) {
                notes.push("\"exp\" is before \"iat\"".into());
            }
        }
        Some(_) => {}
    }
}

/// Notes on times that are not a NumericDate.
pub(super) fn on_times(claims: &Part, notes: &mut Vec<String>) {
    for name in TIMES {
        let Some(value) = claims.get(name) else { continue };
        match (moment(value), value) {
            (Moment::At(_), _) => {}
            (Moment::Milliseconds(_), _) => {
                notes.push(format!("\"{name}\" looks like milliseconds: a time is in seconds"));
            }
            (Moment::Neither, Json::Number(_)) => {
                notes.push(format!("\"{name}\" is out of range for a time in seconds"));
            }
            (Moment::Neither, other) => {
                notes.push(format!("\"{name}\" is {}, not a number of seconds", other.kind()));
            }
        }
    }
}

#[expect(clippy::cast_possible_truncation, reason = "the caller bounds the number")]
fn floor(number: f64) -> i64 {
    number.floor() as i64
}
