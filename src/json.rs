//! JSON as a token carries it: members in their order, numbers as they were written, and members
//! that stand twice seen rather than dropped. `serde_json` reads every piece; this tree only keeps
//! what its own `Value` would lose.

use std::collections::HashSet;
use std::fmt;

use serde::de::{self, MapAccess, Visitor};
use serde::ser::{Error as _, SerializeMap, SerializeSeq};
use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::value::RawValue;

/// How deep objects and arrays may lie in each other in a token.
pub const MAX_DEPTH: usize = 32;

/// How many duplicates are listed.
const MOST_DUPLICATES: usize = 100;

/// A JSON value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Json {
    /// `null`
    Null,
    /// `true`, `false`
    Bool(bool),
    /// A number, in the digits it was written with.
    Number(String),
    /// A string.
    String(String),
    /// An array.
    Array(Vec<Json>),
    /// An object. A name can stand in it twice; see [`Json::duplicates`].
    Object(Vec<(String, Json)>),
}

/// Why a text was not read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// Not JSON.
    #[error("not JSON: {0}")]
    Syntax(String),
    /// Nested deeper than allowed.
    #[error("nested more than {0} deep")]
    TooDeep(usize),
}

impl Json {
    /// Reads `text`, whose objects and arrays may lie `depth` deep in each other.
    pub fn read(text: &str, depth: usize) -> Result<Self, Fault> {
        let raw: &RawValue =
            serde_json::from_str(text).map_err(|e| Fault::Syntax(e.to_string()))?;
        read_value(raw.get(), depth).map_err(|fault| match fault {
            Fault::TooDeep(_) => Fault::TooDeep(depth),
            other @ Fault::Syntax(_) => other,
        })
    }

    /// A string value.
    pub fn string(text: impl Into<String>) -> Self {
        Self::String(text.into())
    }

    /// A whole number.
    pub fn integer(number: i64) -> Self {
        Self::Number(number.to_string())
    }

    /// An array of strings.
    pub fn strings<T: Into<String>>(items: impl IntoIterator<Item = T>) -> Self {
        Self::Array(items.into_iter().map(Self::string).collect())
    }

    /// The member of that name, the first if there are several.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.members()?.iter().find(|(member, _)| member == name).map(|(_, value)| value)
    }

    /// The members of an object.
    pub fn members(&self) -> Option<&[(String, Self)]> {
        match self {
            Self::Object(members) => Some(members),
            _ => None,
        }
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match self {
            Self::String(text) => Some(text),
            _ => None,
        }
    }

    /// The value of a boolean.
    pub fn as_bool(&self) -> Option<bool> {
        match self {
            Self::Bool(value) => Some(*value),
            _ => None,
        }
    }

    /// The value of a number that is whole and fits.
    pub fn as_i64(&self) -> Option<i64> {
        match self {
            Self::Number(digits) => digits.parse().ok(),
            _ => None,
        }
    }

    /// The texts of an array of strings.
    pub fn as_strings(&self) -> Option<Vec<&str>> {
        match self {
            Self::Array(items) => items.iter().map(Self::as_str).collect(),
            _ => None,
        }
    }

    /// What kind of value it is, for messages.
    pub fn kind(&self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool(_) => "a boolean",
            Self::Number(_) => "a number",
            Self::String(_) => "a string",
            Self::Array(_) => "an array",
            Self::Object(_) => "an object",
        }
    }

    /// The dotted paths of members that stand more than once; the first hundred, names cut short.
    pub fn duplicates(&self) -> Vec<String> {
        let mut found = Vec::new();
        self.find_duplicates(&mut Vec::new(), &mut found);
        found
    }

    fn find_duplicates<'a>(&'a self, path: &mut Vec<&'a str>, found: &mut Vec<String>) {
        match self {
            Self::Object(members) => {
                let mut seen = HashSet::with_capacity(members.len());
                for (name, value) in members {
                    path.push(name.char_indices().nth(60).map_or(name, |(end, _)| &name[..end]));
                    value.find_duplicates(path, found);
                    if !seen.insert(name) && found.len() < MOST_DUPLICATES {
                        let path = path.join(".");
                        if !found.contains(&path) {
                            found.push(path);
                        }
                    }
                    path.pop();
                }
            }
            Self::Array(items) => items.iter().for_each(|item| item.find_duplicates(path, found)),
            _ => {}
        }
    }
}

/// Compact, as it stands in a token.
impl fmt::Display for Json {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&serde_json::to_string(self).map_err(|_| fmt::Error)?)
    }
}

impl Serialize for Json {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self {
            Self::Null => serializer.serialize_unit(),
            Self::Bool(value) => serializer.serialize_bool(*value),
            Self::Number(digits) => RawValue::from_string(digits.clone())
                .map_err(S::Error::custom)?
                .serialize(serializer),
            Self::String(text) => serializer.serialize_str(text),
            Self::Array(items) => {
                let mut seq = serializer.serialize_seq(Some(items.len()))?;
                items.iter().try_for_each(|item| seq.serialize_element(item))?;
                seq.end()
            }
            Self::Object(members) => {
                let mut map = serializer.serialize_map(Some(members.len()))?;
                members.iter().try_for_each(|(name, value)| map.serialize_entry(name, value))?;
                map.end()
            }
        }
    }
}

impl From<&serde_json::Value> for Json {
    fn from(value: &serde_json::Value) -> Self {
        use serde_json::Value;
        match value {
            Value::Null => Self::Null,
            Value::Bool(value) => Self::Bool(*value),
            Value::Number(number) => Self::Number(number.to_string()),
            Value::String(text) => Self::String(text.clone()),
            Value::Array(items) => Self::Array(items.iter().map(Self::from).collect()),
            Value::Object(members) => {
                Self::Object(members.iter().map(|(n, v)| (n.clone(), Self::from(v))).collect())
            }
        }
    }
}

/// One value whose text is known to be JSON; `depth` is how much deeper it may go.
fn read_value(text: &str, depth: usize) -> Result<Json, Fault> {
    let syntax = |e: serde_json::Error| Fault::Syntax(e.to_string());
    match text.as_bytes().first() {
        Some(b'{') => {
            let depth = depth.checked_sub(1).ok_or(Fault::TooDeep(0))?;
            let members: Members<'_> = serde_json::from_str(text).map_err(syntax)?;
            let read = |(name, raw): (String, &RawValue)| Ok((name, read_value(raw.get(), depth)?));
            members.0.into_iter().map(read).collect::<Result<_, _>>().map(Json::Object)
        }
        Some(b'[') => {
            let depth = depth.checked_sub(1).ok_or(Fault::TooDeep(0))?;
            let items: Vec<&RawValue> = serde_json::from_str(text).map_err(syntax)?;
            let read = |raw: &RawValue| read_value(raw.get(), depth);
            items.into_iter().map(read).collect::<Result<_, _>>().map(Json::Array)
        }
        Some(b'"') => serde_json::from_str(text).map(Json::String).map_err(syntax),
        Some(b't') => Ok(Json::Bool(true)),
        Some(b'f') => Ok(Json::Bool(false)),
        Some(b'n') => Ok(Json::Null),
        _ => Ok(Json::Number(text.to_owned())),
    }
}

/// The members of one object, their values unread.
struct Members<'a>(Vec<(String, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Members<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct InOrder;
        impl<'de> Visitor<'de> for InOrder {
            type Value = Members<'de>;
            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }
            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(InOrder)
    }
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let raw = Box::<RawValue>::deserialize(deserializer)?;
        Self::read(raw.get(), MAX_DEPTH).map_err(de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_digits_and_duplicates_survive() {
        let text = r#"{"z":12345678901234567890123,"a":1.10,"z":[{"x":1,"x":2}],"é":"\u0041"}"#;
        let json = Json::read(text, MAX_DEPTH).unwrap();
        assert_eq!(
            json.to_string(),
            r#"{"z":12345678901234567890123,"a":1.10,"z":[{"x":1,"x":2}],"é":"A"}"#
        );
        assert_eq!(json.duplicates(), ["z.x", "z"]);
    }

    #[test]
    fn a_list_of_duplicates_is_bounded() {
        let members: Vec<_> = (0..2000).map(|i| format!("\"{:0>61}\":1", i % 1000)).collect();
        let json = Json::read(&format!("{{{}}}", members.join(",")), MAX_DEPTH).unwrap();
        assert_eq!((json.duplicates().len(), json.duplicates()[0].len()), (100, 60));
    }

    #[test]
    fn depth_is_bounded_whatever_the_text() {
        let nest = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
        assert!(Json::read(&nest(32), 32).is_ok());
        assert_eq!(Json::read(&nest(33), 32), Err(Fault::TooDeep(32)));
        assert!(Json::read(&nest(100_000), 32).is_err());
        assert!(Json::read(&"[".repeat(100_000), 32).is_err());
    }

    #[test]
    fn what_is_not_json_is_refused() {
        for text in
            ["", "{", "{}x", "nul", "01", "+1", "1e", "{'a':1}", "\u{feff}{}", "\"\\ud800\""]
        {
            assert!(matches!(Json::read(text, 32), Err(Fault::Syntax(_))), "{text:?}");
        }
    }
}
