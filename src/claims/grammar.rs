//! Claims that people write: `name=text`, `name:=JSON`, dotted names for members of members, and
//! the map from claims to user attributes.

use crate::claims::RESERVED;
use crate::error::{Code, Error, Result};
use crate::json::{Json, MAX_DEPTH};
use crate::user::User;

/// One claim as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The name; more than one part for a member of a member.
    pub path: Vec<String>,
    /// The value.
    pub value: Json,
}

/// What happens to a claim that is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Existing {
    /// It is an error.
    Refuse,
    /// It stays.
    Keep,
    /// It is replaced.
    Replace,
}

/// The claims that say who a user is, with the attribute each must hold.
const IDENTITY: [(&str, &str); 6] = [
    ("user.id", "id"),
    ("user.username", "username"),
    ("user.perms", "permissions"),
    ("user_id", "id"),
    ("username", "username"),
    ("perms", "permissions"),
];

/// How a user attribute is written into a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// As the JSON value it is.
    Json,
    /// As a string.
    Text,
    /// A time as seconds since 1970.
    Epoch,
    /// A time as RFC 3339 text.
    Rfc3339,
}

impl Format {
    /// The names that settings use.
    pub const NAMES: [&'static str; 4] = ["text", "json", "epoch", "rfc3339"];

    /// The format of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        match name {
            "text" => Some(Self::Text),
            "json" => Some(Self::Json),
            "epoch" => Some(Self::Epoch),
            "rfc3339" => Some(Self::Rfc3339),
            _ => None,
        }
    }
}

/// A claim that is filled from the stored user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapped {
    /// The claim, dotted for a member of a member.
    pub claim: String,
    /// The attribute, dotted for a member of a member.
    pub attribute: String,
    /// How it is written.
    pub format: Format,
}

/// Reads `name=text` or `name:=JSON`.
pub fn parse(text: &str) -> Result<Written> {
    let usage =
        |seen: String| Error::new(Code::Usage, seen).hint("write -c name=text or -c 'name:=JSON'");
    let Some((name, value)) = text.split_once('=') else {
        return Err(usage(format!("the claim \"{}\" has no \"=\"", text.escape_debug())));
    };
    let (name, value) = match name.strip_suffix(':') {
        None => (name, Json::string(value)),
        Some(name) => {
            let read = Json::read(value, MAX_DEPTH);
            let json = read.map_err(|fault| {
                usage(format!("the value of the claim \"{}\" is {fault}", name.escape_debug()))
            })?;
            (name, json)
        }
    };
    if let Some(twice) = value.duplicates().first() {
        return Err(usage(format!(
            "the claim \"{}\" says \"{}\" twice",
            name.escape_debug(),
            twice.escape_debug()
        )));
    }
    Ok(Written { path: path(name)?, value })
}

/// The claims of a JSON object, as `-c @FILE` and a batch give them.
pub fn from_object(json: &Json, origin: &str) -> Result<Vec<Written>> {
    let usage = |seen: String| Error::new(Code::Usage, format!("{origin}: {seen}"));
    let members = json
        .members()
        .ok_or_else(|| usage(format!("seen {}, an object of claims was expected", json.kind())))?;
    if let Some(twice) = json.duplicates().first() {
        return Err(usage(format!("the claim \"{}\" stands twice", twice.escape_debug())));
    }
    let write = |(name, value): &(String, Json)| {
        allow(name)?;
        Ok(Written { path: vec![name.clone()], value: value.clone() })
    };
    members.iter().map(write).collect()
}

/// The parts of a dotted name that people may set. A name that is a URL or a path stays whole:
/// RFC 7519 4.2 asks for collision-resistant names, and those hold dots.
pub fn path(name: &str) -> Result<Vec<String>> {
    let parts = parts(name);
    if parts.iter().any(String::is_empty) {
        let seen = format!("\"{}\" is no name for a claim: a part is empty", name.escape_debug());
        return Err(Error::new(Code::Usage, seen));
    }
    allow(&parts[0])?;
    Ok(parts)
}

/// The parts of a dotted name, whoever may set it.
pub fn parts(name: &str) -> Vec<String> {
    split(name).into_iter().map(str::to_owned).collect()
}

/// Whether a map may fill `claim` with `attribute`: not a reserved claim, and a claim that says
/// who the user is only with that very attribute.
pub fn allow_mapped(claim: &str, attribute: &str) -> Result<()> {
    path(claim)?;
    let own = IDENTITY.iter().find(|(identity, _)| *identity == claim);
    if own.is_some_and(|(_, own)| *own != attribute) || claim == "user" {
        let seen = format!(
            "the claim \"{claim}\" says who the user is and cannot be mapped to \"{}\"",
            attribute.escape_debug()
        );
        return Err(Error::new(Code::Usage, seen).hint("map another claim, such as user.email"));
    }
    Ok(())
}

/// Whether a claim may be the same in every token: not a reserved one, and none that says who the
/// user is.
pub fn allow_constant(claim: &str) -> Result<()> {
    path(claim)?;
    let says = |identity: &str| {
        claim.strip_prefix(identity).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
    };
    if claim == "user" || IDENTITY.iter().any(|(identity, _)| says(identity)) {
        let seen = format!("the claim \"{}\" says who the user is", claim.escape_debug());
        return Err(Error::new(Code::Usage, seen).hint("set another claim, such as user.group"));
    }
    Ok(())
}

fn allow(name: &str) -> Result<()> {
    if name.is_empty() {
        return Err(Error::new(Code::Usage, "a claim needs a name"));
    }
    if RESERVED.contains(&name) || name == "superuser" {
        let own = match name {
            "aud" => "use --aud",
            "sub" => "use --user",
            "exp" => "use --ttl",
            "type" | "token_type" => "use --type",
            "scope" => "use --perm",
            "iss" => "use --iss",
            "client_id" => "use --client-id",
            _ => "leave it out, jot sets it",
        };
        return Err(Error::new(Code::Usage, format!("the claim \"{name}\" is reserved")).hint(own));
    }
    Ok(())
}

/// Puts a claim in its place, making the objects on the way. What is on the way and no object is
/// an error, and so, if asked, is a claim that is there already.
pub fn set(claims: &mut Json, written: Written, existing: Existing) -> Result<()> {
    let Written { path, value } = written;
    let shown = path.join(".").escape_debug().to_string();
    let mut at = claims;
    let mut new = false;
    for (depth, part) in path.iter().enumerate() {
        let Json::Object(members) = at else {
            let above = path[..depth].join(".");
            let seen = format!(
                "the claim \"{shown}\" does not fit: \"{}\" is {}",
                above.escape_debug(),
                at.kind()
            );
            return Err(Error::new(Code::Usage, seen));
        };
        let place = members.iter().position(|(member, _)| member == part);
        new = place.is_none();
        let place = place.unwrap_or_else(|| {
            members.push((part.clone(), Json::Object(Vec::new())));
            members.len() - 1
        });
        at = &mut members[place].1;
    }
    match existing {
        Existing::Refuse if !new => {
            Err(Error::new(Code::Usage, format!("the claim \"{shown}\" is set already")))
        }
        Existing::Keep if !new => Ok(()),
        _ => {
            *at = value;
            Ok(())
        }
    }
}

/// The value of a mapped claim for this user; `null` where the user has no such attribute.
pub fn mapped(rule: &Mapped, user: &User) -> Json {
    let time = |at: Option<i64>| at.map_or(Json::Null, Json::integer);
    let value = match rule.attribute.as_str() {
        "id" => Json::integer(user.id),
        "username" => Json::string(&user.username),
        "permissions" | "perms" => Json::strings(user.granted()),
        "groups" => {
            Json::Array(user.groups.iter().map(|group| Json::string(&group.name)).collect())
        }
        "superuser" => Json::Bool(user.superuser),
        "active" => Json::Bool(user.active),
        "last_login" => time(user.last_login),
        "created" => time(Some(user.created)),
        other => split(other)
            .iter()
            .try_fold(&user.attributes, |at, part| at.get(part))
            .cloned()
            .unwrap_or(Json::Null),
    };
    match (rule.format, &value) {
        (_, Json::Null) | (Format::Json | Format::Epoch, _) | (Format::Text, Json::String(_)) => {
            value
        }
        (Format::Text, other) => Json::string(other.to_string()),
        (Format::Rfc3339, other) => {
            other.as_i64().map_or(Json::Null, |at| Json::string(crate::time::text(at)))
        }
    }
}

fn split(name: &str) -> Vec<&str> {
    if name.contains(['/', ':']) { vec![name] } else { name.split('.').collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_stays_text_and_json_is_json() {
        for (text, name, value) in [
            ("ver=1.10", "ver", Json::string("1.10")),
            ("a=b=c", "a", Json::string("b=c")),
            ("n:=1.10", "n", Json::Number("1.10".into())),
            ("https://x.example/role=admin", "https://x.example/role", Json::string("admin")),
            ("empty=", "empty", Json::string("")),
        ] {
            assert_eq!(parse(text).unwrap(), Written { path: vec![name.into()], value });
        }
        for text in
            ["a", "=x", "a..b=1", ".=1", "n:=", "n:={", "iss=x", "sid.x=1", "n:={\"a\":1,\"a\":2}"]
        {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn dots_make_objects_and_never_overwrite_what_is_none() {
        let mut claims = Json::Object(vec![("n".into(), Json::integer(1))]);
        let mut put = |text, existing| set(&mut claims, parse(text).unwrap(), existing);
        put("user.email=a@b", Existing::Refuse).unwrap();
        put("user.name=a", Existing::Refuse).unwrap();
        assert!(put("n.x=1", Existing::Replace).is_err());
        assert!(put("user.name=b", Existing::Refuse).is_err());
        put("user.name=b", Existing::Keep).unwrap();
        assert_eq!(claims.to_string(), r#"{"n":1,"user":{"email":"a@b","name":"a"}}"#);
    }
}
