//! Names, order and types of what stands in a token: ours says what the original says, then more.

use serde_json::Value;

use crate::token::{names, parts};

/// A token taken apart.
pub(crate) struct Side {
    pub(crate) header: Value,
    pub(crate) claims: Value,
}

impl Side {
    pub(crate) fn of(token: &str) -> Self {
        let (header, claims) = parts(token);
        Self { header, claims }
    }
}

/// Ours of a session is theirs with `kid` in the header and `sid` among the claims.
#[track_caller]
pub(crate) fn same(theirs: &Side, ours: &Side) {
    assert_eq!(names(&ours.header), [&names(&theirs.header)[..], &["kid"]].concat());
    assert_eq!(theirs.header["alg"], ours.header["alg"]);
    assert_eq!(theirs.header["typ"], ours.header["typ"]);
    let (sid, rest): (Vec<_>, Vec<_>) =
        names(&ours.claims).into_iter().partition(|name| *name == "sid");
    assert_eq!((sid.len(), rest), (1, names(&theirs.claims)));
    same_kinds(&theirs.claims, &ours.claims);
}

#[track_caller]
fn same_kinds(theirs: &Value, ours: &Value) {
    for (name, value) in theirs.as_object().unwrap() {
        assert_eq!(kind(value), kind(&ours[name]), "{name}");
        if value.is_object() {
            assert_eq!(names(value), names(&ours[name]));
            same_kinds(value, &ours[name]);
        }
        if let (Some(theirs), Some(ours)) = (value.as_str(), ours[name].as_str()) {
            // Django leaves the fraction of a second out where it is zero, as here it always is.
            let whole = |text: &str| text.split('.').next().unwrap().trim_end_matches('Z').len();
            assert_eq!(whole(theirs), whole(ours), "{name}: {theirs} {ours}");
        }
    }
}

fn kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "fraction",
        Value::Number(_) => "integer",
        Value::String(_) => "text",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
