//! How the claims of a token of ours are put together: the profile gives names, order and types,
//! the rules add what the settings map, and whoever issues it adds the rest.

use crate::claims::grammar::Written;
use crate::claims::{Kind, Profile, RESERVED};
use crate::error::{Code, Error, Result};
use crate::json::Json;
use crate::user::{Subject, User};

/// Everything that goes into a token's claims.
#[derive(Debug, Clone)]
pub struct Content<'a> {
    /// The shape.
    pub profile: Profile,
    /// The kind.
    pub kind: Kind,
    /// Whom it is about.
    pub subject: &'a Subject,
    /// The stored user, if there is one.
    pub user: Option<&'a User>,
    /// `iss`
    pub iss: Option<&'a str>,
    /// `sub`
    pub sub: Option<&'a str>,
    /// `aud`, a string or an array of strings.
    pub aud: Option<&'a Json>,
    /// `iat`, unless the rules leave it out.
    pub iat: Option<i64>,
    /// `exp`
    pub exp: i64,
    /// `nbf`
    pub nbf: Option<i64>,
    /// `jti`, unless the rules leave it out.
    pub jti: Option<&'a str>,
    /// `sid`
    pub sid: Option<&'a str>,
    /// The `iat` of the refresh token that an access token came from.
    pub refresh_iat: Option<i64>,
    /// `client_id`
    pub client_id: &'a str,
    /// Explicit permissions.
    pub permissions: &'a [String],
}

impl Content<'_> {
    /// The claims, in the profile's order.
    pub fn claims(&self) -> Json {
        collect(|put| match self.profile {
            Profile::Djwto => self.djwto(put),
            Profile::Ninja => self.ninja(put),
            Profile::Rfc9068 => self.rfc9068(put),
        })
    }

    /// What no original has.
    fn ours(&self, put: &mut dyn FnMut(&str, Option<Json>)) {
        put("sid", self.sid.map(Json::string));
        put("superuser", self.user.is_some_and(|user| user.superuser).then_some(Json::Bool(true)));
    }

    /// What is ours stands before what the original's clients know as the end.
    fn djwto(&self, put: &mut dyn FnMut(&str, Option<Json>)) {
        put("iss", self.iss.map(Json::string));
        put("sub", self.sub.map(Json::string));
        put("aud", self.aud.cloned());
        put("iat", self.iat.map(Json::integer));
        put("exp", Some(Json::integer(self.exp)));
        put("nbf", self.nbf.map(Json::integer));
        put("jti", self.jti.map(Json::string));
        self.ours(put);
        put("type", Some(Json::string(self.kind.name())));
        let user = vec![
            ("username".to_owned(), Json::string(&self.subject.username)),
            ("id".to_owned(), self.id()),
            ("perms".to_owned(), Json::strings(self.permissions)),
        ];
        put("user", Some(Json::Object(user)));
        put("refresh_iat", self.refresh_iat.map(Json::integer));
    }

    /// The original has no issuer, subject or audience; they stand behind, where they are set.
    fn ninja(&self, put: &mut dyn FnMut(&str, Option<Json>)) {
        let last_login = self.user.and_then(|user| user.last_login);
        put("user_id", Some(self.id()));
        put("username", Some(Json::string(&self.subject.username)));
        put(
            "last_login",
            Some(last_login.map_or(Json::Null, |at| Json::string(crate::time::text(at)))),
        );
        put("jti", self.jti.map(Json::string));
        put("exp", Some(Json::integer(self.exp)));
        put("iat", self.iat.map(Json::integer));
        put("token_type", Some(Json::string(self.kind.name())));
        put("iss", self.iss.map(Json::string));
        put("aud", self.aud.cloned());
        put("nbf", self.nbf.map(Json::integer));
        put("perms", (!self.permissions.is_empty()).then(|| Json::strings(self.permissions)));
        self.ours(put);
    }

    fn rfc9068(&self, put: &mut dyn FnMut(&str, Option<Json>)) {
        let standard = Standard {
            iss: self.iss,
            exp: self.exp,
            aud: self.aud,
            sub: self.sub,
            client_id: self.client_id,
            iat: self.iat,
            nbf: self.nbf,
            jti: self.jti,
            permissions: self.permissions,
        };
        standard.put(put);
        put("user_id", self.subject.id.map(Json::integer));
        put("username", Some(Json::string(&self.subject.username)));
        self.ours(put);
    }

    fn id(&self) -> Json {
        self.subject.id.map_or(Json::Null, Json::integer)
    }
}

/// What RFC 9068 has for every access token; that of a client has nothing else.
#[derive(Debug, Clone)]
pub struct Standard<'a> {
    /// `iss`
    pub iss: Option<&'a str>,
    /// `exp`
    pub exp: i64,
    /// `aud`
    pub aud: Option<&'a Json>,
    /// `sub`; of a client's own token, the client's id.
    pub sub: Option<&'a str>,
    /// `client_id`
    pub client_id: &'a str,
    /// `iat`
    pub iat: Option<i64>,
    /// `nbf`
    pub nbf: Option<i64>,
    /// `jti`
    pub jti: Option<&'a str>,
    /// `scope`
    pub permissions: &'a [String],
}

impl Standard<'_> {
    /// The claims, and no others.
    pub fn claims(&self) -> Json {
        collect(|put| self.put(put))
    }

    fn put(&self, put: &mut dyn FnMut(&str, Option<Json>)) {
        put("iss", self.iss.map(Json::string));
        put("exp", Some(Json::integer(self.exp)));
        put("aud", self.aud.cloned());
        put("sub", self.sub.map(Json::string));
        put("client_id", Some(Json::string(self.client_id)));
        put("iat", self.iat.map(Json::integer));
        put("nbf", self.nbf.map(Json::integer));
        put("jti", self.jti.map(Json::string));
        let scope = (!self.permissions.is_empty()).then(|| self.permissions.join(" "));
        put("scope", scope.map(Json::string));
    }
}

/// The members that are put, in their order.
fn collect(members: impl FnOnce(&mut dyn FnMut(&str, Option<Json>))) -> Json {
    let mut all = Vec::with_capacity(14);
    members(&mut |name, value| all.extend(value.map(|value| (name.to_owned(), value))));
    Json::Object(all)
}

/// Refuses a written claim that would say who the user is: only the profile's own members may.
pub fn allow(profile: Profile, claim: &Written) -> Result<()> {
    let path: Vec<_> = claim.path.iter().map(String::as_str).collect();
    let says_who = matches!(
        (profile, path.as_slice()),
        (Profile::Djwto, ["user"] | ["user", "id" | "username" | "perms", ..])
            | (Profile::Ninja, ["user_id" | "username" | "perms", ..])
            | (Profile::Rfc9068, ["user_id" | "username", ..])
    );
    if says_who {
        let seen = format!("the claim \"{}\" says who the user is", path.join(".").escape_debug());
        return Err(Error::new(Code::Usage, seen).hint("use --user and --perm"));
    }
    Ok(())
}

/// The claims of a token that are neither the profile's nor ours: what whoever issued it added.
pub fn added(profile: Profile, claims: &Json) -> Vec<Written> {
    let own: &[&str] = match profile {
        Profile::Djwto => &["user"],
        Profile::Ninja => &["user_id", "username", "last_login", "perms"],
        Profile::Rfc9068 => &["user_id", "username"],
    };
    let ours = |name: &str| RESERVED.contains(&name) || name == "superuser" || own.contains(&name);
    let members = claims.members().unwrap_or_default().iter();
    let mut added: Vec<_> = members
        .filter(|(name, _)| !ours(name))
        .map(|(name, value)| Written { path: vec![name.clone()], value: value.clone() })
        .collect();
    if profile == Profile::Djwto {
        let user = claims.get("user").and_then(Json::members).unwrap_or_default().iter();
        added.extend(
            user.filter(|(name, _)| !["username", "id", "perms"].contains(&name.as_str())).map(
                |(name, value)| Written {
                    path: vec!["user".into(), name.clone()],
                    value: value.clone(),
                },
            ),
        );
    }
    added
}
