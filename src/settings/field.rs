//! The types of settings, and how a checked value becomes one.

use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::alg::{self, Algorithm};
use crate::json::Json;
use crate::settings::table::{Kind, Spec, Value};

/// What `sub` says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sub {
    /// The user's name.
    Name,
    /// The user's id.
    Id,
    /// Tokens have no `sub`.
    None,
    /// The same text in every token.
    Constant(String),
}

/// An audience as it is emitted: a text stays a text, a list stays a list (RFC 7519 4.1.3).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Audience {
    /// One text.
    One(String),
    /// A list.
    Many(Vec<String>),
}

/// A claim that is filled from a user's attribute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The claim; a dot leads into an object.
    pub claim: String,
    /// The user's attribute.
    pub attribute: String,
    /// How it is written.
    pub format: Format,
}

/// How a mapped attribute is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As a text, whatever it is.
    Text,
    /// As it is stored.
    Json,
    /// A time, as a number of seconds.
    Epoch,
    /// A time, in RFC 3339.
    Rfc3339,
}

impl Format {
    /// The names a settings file uses.
    pub const NAMES: &'static [&'static str] = &["text", "json", "epoch", "rfc3339"];

    fn of(name: &str) -> Self {
        match name {
            "text" => Self::Text,
            "epoch" => Self::Epoch,
            "rfc3339" => Self::Rfc3339,
            _ => Self::Json,
        }
    }
}

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
    PathBuf: Value::Path(path) => Some(path);
    SocketAddr: Value::Text(text) => text.parse().ok();
    Vec<(String, Json)>: Value::Table(entries) => Some(entries);
    Sub: Value::Text(text) => Some(match text.as_str() {
        "name" => Self::Name,
        "id" => Self::Id,
        "none" => Self::None,
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
    PathBuf: Value::Path(path) => Some(path);
    SocketAddr: Value::Text(text) => Some(text.parse().ok()?);
    Secret: Value::Text(text) => Some(Secret(text));
    Algorithm: Value::Text(text) => Some(alg::from_name(&text)?);
}

impl Field for Option<Audience> {
    fn take(value: Value, _: &Spec) -> Option<Self> {
        match value {
            Value::Unset => Some(None),
            Value::Text(text) => Some(Some(Audience::One(text))),
            Value::List(items) => Some(Some(Audience::Many(items))),
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
            Some(Mapped { claim, attribute, format: Format::of(text("format").unwrap_or("json")) })
        };
        entries.into_iter().map(mapped).collect()
    }
}
