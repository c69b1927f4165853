//! The times of a token: written as they must be, in their order, and not too far apart.

use super::claims::is_refresh;
use crate::finding::{Finding, token as rules};
use crate::json::Json;
use crate::reading::{Moment, Reading, TIMES, moment};
use crate::time;

const DAY: i64 = 86_400;

/// How far clocks may be apart.
const APART: i64 = 60;

pub(super) fn lint(reading: &Reading, now: i64, findings: &mut Vec<Finding>) {
    for name in TIMES {
        findings.extend(reading.claims.get(name).and_then(|value| form(name, value)));
    }
    let at = |name| match reading.claims.get(name).map(moment) {
        Some(Moment::At(at)) => Some(at),
        _ => None,
    };
    let (iat, nbf, exp) = (at("iat"), at("nbf"), at("exp"));
    if let Some(iat) = iat.filter(|iat| *iat > now + APART) {
        let ahead = time::span(iat - now);
        findings.push(rules::FUTURE.seen(format!("\"iat\" is {ahead} ahead")));
    }
    if reading.claims.get("exp").is_none() {
        findings.push(rules::NO_EXP.seen("there is no \"exp\""));
    }
    let Some(exp) = exp else { return };
    for (name, other) in [("iat", iat), ("nbf", nbf)] {
        if other.is_some_and(|other| exp < other) {
            findings.push(rules::DISORDER.seen(format!("\"exp\" is before \"{name}\"")));
        }
    }
    // Without a beginning it lives at least from now on.
    let lifetime = exp.saturating_sub(iat.or(nbf).unwrap_or(now));
    let seen = || format!("it lives {}", time::span(lifetime));
    if lifetime > 90 * DAY {
        findings.push(rules::VERY_LONG.seen(seen()));
    } else if lifetime > DAY && !is_refresh(reading) {
        findings.push(rules::LONG.seen(seen()));
    }
}

/// RFC 7519 2: a number of seconds, which may have a fraction.
fn form(name: &str, value: &Json) -> Option<Finding> {
    let finding = match (moment(value), value) {
        (Moment::Milliseconds(_), _) => {
            rules::MILLISECONDS.seen(format!("\"{name}\" looks like milliseconds"))
        }
        (Moment::Neither, Json::Number(_)) => {
            rules::MISTYPED.seen(format!("\"{name}\" is out of range for seconds"))
        }
        (Moment::Neither, other) => rules::MISTYPED.seen(format!("\"{name}\" is {}", other.kind())),
        (Moment::At(at), _) if at < 0 => rules::ODD_TIME.seen(format!("\"{name}\" is negative")),
        (Moment::At(_), _) if value.as_i64().is_none() => {
            rules::ODD_TIME.seen(format!("\"{name}\" has a fraction or an exponent"))
        }
        (Moment::At(_), _) => return None,
    };
    Some(finding)
}
