//! What a token says (RFC 7519 4), read strictly: its kind and profile, and the claims that jot
//! has rules for, each of the type it must have. Whether a claim is the one expected is judged in
//! [`check`], how claims are put together in [`compose`].

use std::fmt;

use crate::json::{Json, MAX_DEPTH};
use crate::user::Subject;

pub mod check;
pub mod compose;
pub mod grammar;
mod read;
pub mod report;

/// Claims that only their own flags and rules may set.
pub const RESERVED: [&str; 13] = [
    "iss",
    "sub",
    "aud",
    "exp",
    "nbf",
    "iat",
    "jti",
    "sid",
    "type",
    "token_type",
    "refresh_iat",
    "client_id",
    "scope",
];

/// The shape of a token's claims.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Profile {
    /// djwto: `type`, and the user in an object.
    Djwto,
    /// django-ninja-simple-jwt: `token_type`, and the user's attributes side by side.
    Ninja,
    /// JWT access tokens for OAuth 2.0 (RFC 9068): the kind stands in the header's `typ`.
    Rfc9068,
}

impl Profile {
    /// Every profile.
    pub const ALL: [Self; 3] = [Self::Djwto, Self::Ninja, Self::Rfc9068];

    /// The name that flags and settings use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Djwto => "djwto",
            Self::Ninja => "ninja",
            Self::Rfc9068 => "rfc9068",
        }
    }

    /// The profile of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|profile| profile.name() == name)
    }

    /// The header's `typ` for a token of this profile and kind.
    pub fn typ(self, kind: Kind) -> &'static str {
        match (self, kind) {
            (Self::Djwto | Self::Ninja, _) => "JWT",
            (Self::Rfc9068, Kind::Access) => "at+jwt",
            (Self::Rfc9068, Kind::Refresh) => "rt+jwt",
        }
    }
}

/// What a token is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Shown at every request.
    Access,
    /// Shown to get new tokens, and nowhere else.
    Refresh,
}

impl Kind {
    /// The word that claims, flags and listings use.
    pub fn name(self) -> &'static str {
        match self {
            Self::Access => "access",
            Self::Refresh => "refresh",
        }
    }

    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Access, Self::Refresh].into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A claim that is not of the type it must have, or that contradicts another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mistyped {
    /// The claim.
    pub claim: &'static str,
    /// What was seen and what was expected.
    pub reason: String,
}

/// The claims of a verified token. A claim that is mistyped reads as absent here and stands in
/// [`mistyped`](Claims::mistyped).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claims {
    /// All of them, as they were written.
    pub json: Json,
    /// The profile whose name of the kind the token carries.
    pub profile: Option<Profile>,
    /// The kind.
    pub kind: Option<Kind>,
    /// `iss`
    pub iss: Option<String>,
    /// `sub`
    pub sub: Option<String>,
    /// `aud`; a single one reads as a list of one.
    pub aud: Vec<String>,
    /// `exp`; of a fraction, the second it lies in.
    pub exp: Option<i64>,
    /// `nbf`; of a fraction, the second after it.
    pub nbf: Option<i64>,
    /// `iat`; of a fraction, the second it lies in.
    pub iat: Option<i64>,
    /// `jti`
    pub jti: Option<String>,
    /// `sid`
    pub sid: Option<String>,
    /// The user's id, where the profile has one.
    pub user_id: Option<i64>,
    /// The user's name, where the profile has one.
    pub username: Option<String>,
    /// The client, where the token is about one and about no user (RFC 9068 2.2).
    pub client: Option<String>,
    /// Explicit permissions.
    pub permissions: Vec<String>,
    /// Passes every permission check.
    pub superuser: bool,
    /// What is not as it must be.
    pub mistyped: Vec<Mistyped>,
}

impl Claims {
    /// Whom they are about, where they name somebody.
    pub fn subject(&self) -> Option<Subject> {
        let username = self.username.clone()?;
        Some(Subject { id: self.user_id, username })
    }

    /// Reads a payload; `typ` is the header's. The error says why it is no claims set at all.
    pub fn read(typ: Option<&str>, payload: &[u8]) -> Result<Self, String> {
        let text = std::str::from_utf8(payload).map_err(|_| "the payload is not UTF-8")?;
        let json =
            Json::read(text, MAX_DEPTH).map_err(|fault| format!("the payload is {fault}"))?;
        if json.members().is_none() {
            return Err(format!(
                "the payload is {}, an object of claims was expected",
                json.kind()
            ));
        }
        if let Some(name) = json.duplicates().first() {
            return Err(format!("the claim \"{}\" stands twice", name.escape_debug()));
        }
        let mut reader = read::Reader { json: &json, mistyped: Vec::new() };
        let (profile, kind) = reader.kind(typ);
        let (exp, nbf, iat) = (reader.date("exp"), reader.date("nbf"), reader.date("iat"));
        if profile == Some(Profile::Djwto) {
            reader.user();
        }
        let mut claims = Self {
            profile,
            kind,
            iss: reader.text("iss"),
            sub: reader.text("sub"),
            aud: reader.audience(),
            exp: exp.map(|date| date.0),
            nbf: nbf.map(|date| date.1),
            iat: iat.map(|date| date.0),
            jti: reader.text("jti"),
            sid: reader.text("sid"),
            user_id: None,
            username: None,
            client: None,
            permissions: Vec::new(),
            superuser: json.get("superuser").and_then(Json::as_bool).unwrap_or_default(),
            mistyped: reader.mistyped,
            json,
        };
        claims.read_user();
        Ok(claims)
    }

    /// When the token was issued; one without `iat` counts as issued its lifetime before its end.
    pub fn issued(&self, lifetime: i64) -> i64 {
        let from_end = || self.exp.map(|exp| exp.saturating_sub(lifetime));
        self.iat.or_else(from_end).unwrap_or_default()
    }

    /// The user, by the names that the profile gives its claims.
    fn read_user(&mut self) {
        let strings = |json: Option<&Json>| -> Vec<String> {
            let texts = json.and_then(Json::as_strings).unwrap_or_default();
            texts.into_iter().map(str::to_owned).collect()
        };
        let text = |json: Option<&Json>| json.and_then(Json::as_str).map(str::to_owned);
        let json = &self.json;
        match self.profile {
            Some(Profile::Djwto) => {
                let user = json.get("user");
                self.user_id = user.and_then(|user| user.get("id")).and_then(Json::as_i64);
                self.username = text(user.and_then(|user| user.get("username")));
                self.permissions = strings(user.and_then(|user| user.get("perms")));
            }
            Some(Profile::Ninja) => {
                self.user_id = json.get("user_id").and_then(Json::as_i64);
                self.username = text(json.get("username"));
                self.permissions = strings(json.get("perms"));
            }
            Some(Profile::Rfc9068) => {
                self.user_id = json.get("user_id").and_then(Json::as_i64);
                let named = text(json.get("username"));
                let own = named.is_none() && self.user_id.is_none() && self.sub.is_some();
                let own = own && self.sub == text(json.get("client_id"));
                if own && self.kind == Some(Kind::Access) {
                    self.client.clone_from(&self.sub);
                } else {
                    self.username = named.or_else(|| self.sub.clone());
                }
                let scope = json.get("scope").and_then(Json::as_str).unwrap_or_default();
                self.permissions =
                    scope.split(' ').filter(|p| !p.is_empty()).map(str::to_owned).collect();
            }
            None => {}
        }
    }
}
