//! Claims of the types they must have (RFC 7519 4.1), read one by one.

use crate::claims::{Kind, Mistyped, Profile};
use crate::json::Json;

/// Reads members and notes those of the wrong type.
pub(super) struct Reader<'a> {
    pub(super) json: &'a Json,
    pub(super) mistyped: Vec<Mistyped>,
}

impl Reader<'_> {
    pub(super) fn text(&mut self, claim: &'static str) -> Option<String> {
        let value = self.json.get(claim)?;
        if value.as_str().is_none() {
            self.note(claim, format!("{claim} is {}, a string was expected", value.kind()));
        }
        value.as_str().map(str::to_owned)
    }

    pub(super) fn audience(&mut self) -> Vec<String> {
        let Some(value) = self.json.get("aud") else { return Vec::new() };
        let audience = value.as_str().map(|one| vec![one]).or_else(|| value.as_strings());
        if audience.is_none() {
            let seen =
                format!("aud is {}, a string or an array of strings was expected", value.kind());
            self.note("aud", seen);
        }
        audience.unwrap_or_default().into_iter().map(str::to_owned).collect()
    }

    /// A NumericDate, which may have a fraction: the seconds before and after it.
    pub(super) fn date(&mut self, claim: &'static str) -> Option<(i64, i64)> {
        let value = self.json.get(claim)?;
        let seen = match value {
            Json::Number(digits) => {
                if let Some(date) = numeric_date(digits) {
                    return Some(date);
                }
                digits.chars().take(40).collect()
            }
            other => other.kind().to_owned(),
        };
        self.note(claim, format!("{claim} is {seen}, seconds since 1970 were expected"));
        None
    }

    /// djwto's user, whose id is null for a name that is not stored.
    pub(super) fn user(&mut self) {
        let seen = match self.json.get("user").and_then(|user| user.get("id")) {
            Some(Json::Null) => return,
            Some(id) if id.as_i64().is_some() => return,
            Some(id) => id.kind(),
            None => "missing",
        };
        self.note("user", format!("user.id is {seen}, a whole number or null was expected"));
    }

    /// The kind of token and the profile, from the one name that it has for them.
    pub(super) fn kind(&mut self, typ: Option<&str>) -> (Option<Profile>, Option<Kind>) {
        let in_header = typ.and_then(|typ| {
            // A media type has no case (RFC 7515 4.1.9).
            let typ = typ.to_ascii_lowercase();
            let typ = typ.strip_prefix("application/").unwrap_or(&typ);
            [Kind::Access, Kind::Refresh].into_iter().find(|k| Profile::Rfc9068.typ(*k) == typ)
        });
        let named: Vec<_> = [(Profile::Djwto, "type"), (Profile::Ninja, "token_type")]
            .into_iter()
            .filter(|(_, claim)| self.json.get(claim).is_some())
            .collect();
        match (in_header, named.as_slice()) {
            (None, []) => (None, None),
            (Some(kind), []) => (Some(Profile::Rfc9068), Some(kind)),
            (None, [(profile, claim)]) => {
                let word = self.text(claim);
                (Some(*profile), word.as_deref().and_then(Kind::from_name))
            }
            _ => {
                self.note("type", "the token names its kind twice".to_owned());
                (None, None)
            }
        }
    }

    fn note(&mut self, claim: &'static str, reason: String) {
        self.mistyped.push(Mistyped { claim, reason });
    }
}

/// The whole seconds before and after a NumericDate: not negative, and small enough that a
/// double holds it exactly, as every other reader's would.
fn numeric_date(digits: &str) -> Option<(i64, i64)> {
    const EXACT: f64 = 9_007_199_254_740_992.0;
    if let Ok(whole) = digits.parse::<i64>() {
        return (!digits.starts_with('-') && whole <= 1 << 53).then_some((whole, whole));
    }
    let date: f64 = digits.parse().ok()?;
    if digits.starts_with('-') || !(0.0..=EXACT).contains(&date) {
        return None;
    }
    #[expect(clippy::cast_possible_truncation, reason = "the range was checked")]
    let bounds = (date.floor() as i64, date.ceil() as i64);
    Some(bounds)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::claims::Claims;

    #[test]
    fn a_numeric_date_is_seconds_whole_or_not() {
        for (digits, expected) in [
            ("0", Some((0, 0))),
            ("1609529004.0", Some((1_609_529_004, 1_609_529_004))),
            ("1.30081938e+09", Some((1_300_819_380, 1_300_819_380))),
            ("10.5", Some((10, 11))),
            ("-1", None),
            ("-0", None),
            ("-0.5", None),
            ("1e400", None),
            ("9223372036854775808", None),
            ("9223372036854775807", None),
        ] {
            assert_eq!(numeric_date(digits), expected, "{digits}");
        }
    }

    #[test]
    fn one_name_for_the_kind_and_only_one() {
        let kind = |typ, payload: &str| {
            let claims = Claims::read(typ, payload.as_bytes()).unwrap();
            (claims.profile, claims.kind, claims.mistyped.len())
        };
        assert_eq!(
            kind(None, r#"{"type":"access","user":{"id":null}}"#),
            (Some(Profile::Djwto), Some(Kind::Access), 0)
        );
        assert_eq!(
            kind(None, r#"{"token_type":"refresh"}"#),
            (Some(Profile::Ninja), Some(Kind::Refresh), 0)
        );
        assert_eq!(
            kind(Some("application/AT+JWT"), "{}"),
            (Some(Profile::Rfc9068), Some(Kind::Access), 0)
        );
        assert_eq!(kind(None, r#"{"type":"access","token_type":"access"}"#), (None, None, 1));
        assert_eq!(kind(Some("at+jwt"), r#"{"type":"refresh"}"#), (None, None, 1));
        assert_eq!(kind(None, r#"{"type":7,"user":{"id":1}}"#), (Some(Profile::Djwto), None, 1));
        assert_eq!(kind(Some("JWT"), "{}"), (None, None, 0));
    }
}
