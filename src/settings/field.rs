//! The types of settings, and how a checked value becomes one.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use ipnet::IpNet;

use crate::alg::{self, Algorithm};
use crate::authority::rules::Sub;
use crate::claims::grammar::{Format, Mapped};
use crate::json::Json;
use crate::settings::table::{Kind, Spec, Value};
use crate::settings::web;

/// A secret text, which `Debug` does not tell.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    /// The secret itself.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// A command of the settings. Only [`Settings::may_run`](super::Settings::may_run) tells what it
/// says, so that none is run that nobody approved.
#[derive(Debug, Clone)]
pub struct Command {
    pub(super) name: &'static str,
    pub(super) argv: Vec<String>,
}

impl Command {
    /// Whether there is one.
    pub fn is_set(&self) -> bool {
        !self.argv.is_empty()
    }
}

/// A type that a checked value can become. None: the row's kind and the field's type disagree,
/// which the tests find.
pub(super) trait Field: Sized {
    fn take(value: Value, spec: &Spec) -> Option<Self>;
}

/// Fields whose value is exactly one variant.
macro_rules! fields {
    ($($type:ty: $pattern:pat => $answer:expr;)*) => {
        $(impl Field for $type {
            fn take(value: Value, _: &Spec) -> Option<Self> {
                match value { $pattern => $answer, _ => None }
            }
        })*
    };
}

fields! {
    String: Value::Text(text) => Some(text);
    bool: Value::Flag(flag) => Some(flag);
    i64: Value::Integer(number) | Value::Duration(Some(number)) => Some(number);
    u32: Value::Integer(number) => number.try_into().ok();
    usize: Value::Integer(number) => number.try_into().ok();
    Option<i64>: Value::Duration(lifetime) => Some(lifetime);
    Vec<String>: Value::List(items) => Some(items);
    Vec<IpNet>: Value::List(items) => items.iter().map(|item| web::network(item)).collect();
    PathBuf: Value::Path(path) => Some(path);
    SocketAddr: Value::Text(text) => text.parse().ok();
    Vec<(String, Json)>: Value::Table(entries) => Some(entries);
    Sub: Value::Text(text) => Some(match text.as_str() {
        "name" => Self::Name,
        "id" => Self::Id,
        "none" => Self::Absent,
        other => Self::Constant(other.strip_prefix("constant:")?.to_owned()),
    });
}

/// Fields that may be unset.
macro_rules! optional {
    ($($type:ty: $pattern:pat => $answer:expr;)*) => {
        $(impl Field for Option<$type> {
            fn take(value: Value, _: &Spec) -> Option<Self> {
                match value { Value::Unset => Some(None), $pattern => Some($answer), _ => None }
            }
        })*
    };
}

optional! {
    String: Value::Text(text) => Some(text);
    Vec<IpNet>: Value::List(items) => items.iter().map(|item| web::network(item)).collect();
    PathBuf: Value::Path(path) => Some(path);
    SocketAddr: Value::Text(text) => Some(text.parse().ok()?);
    Secret: Value::Text(text) => Some(Secret(text));
    Algorithm: Value::Text(text) => Some(alg::from_name(&text)?);
}

/// An audience stays what it is, a text or a list (RFC 7519 4.1.3).
impl Field for Option<Json> {
    fn take(value: Value, _: &Spec) -> Option<Self> {
        match value {
            Value::Unset => Some(None),
            Value::Text(text) => Some(Some(Json::String(text))),
            Value::List(items) => Some(Some(Json::strings(items))),
            _ => None,
        }
    }
}

/// A word of a choice, so that it can be matched on.
impl Field for &'static str {
    fn take(value: Value, spec: &Spec) -> Option<Self> {
        match (value, spec.kind) {
            (Value::Text(text), Kind::Choice(words)) => words.iter().find(|w| **w == text).copied(),
            _ => None,
        }
    }
}

impl Field for Command {
    fn take(value: Value, spec: &Spec) -> Option<Self> {
        match value {
            Value::List(argv) => Some(Self { name: spec.name, argv }),
            _ => None,
        }
    }
}

impl Field for Vec<Mapped> {
    fn take(value: Value, _: &Spec) -> Option<Self> {
        let Value::Table(entries) = value else { return None };
        let mapped = |(claim, source): (String, Json)| {
            let text = |name| source.get(name).and_then(Json::as_str);
            let attribute = source.as_str().or_else(|| text("attribute"))?.to_owned();
            Some(Mapped {
                claim,
                attribute,
                format: text("format").map_or(Some(Format::Json), Format::from_name)?,
            })
        };
        entries.into_iter().map(mapped).collect()
    }
}
