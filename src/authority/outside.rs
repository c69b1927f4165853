//! Claims that somebody else knows: who is asked, and what is told of the user.

use crate::authority::{Authority, Holder};
use crate::claims::Profile;
use crate::claims::grammar::Written;
use crate::error::Result;
use crate::json::Json;
use crate::user::User;

/// Somebody who knows further claims of a user's tokens.
pub trait ClaimSource: Send + Sync {
    /// The claims, none of them reserved; an error: no token is issued. `user` is an object.
    fn claims(&self, user: &Json) -> Result<Vec<Written>>;
}

impl Authority {
    /// Asks for further claims, once for the tokens of one answer. The store is not held meanwhile.
    pub(super) fn further_claims(
        &self,
        holder: &Holder,
        profile: Profile,
        permissions: &[String],
    ) -> Result<Vec<Written>> {
        match &self.claims {
            Some(source) => source.claims(&described(holder, profile, permissions)),
            None => Ok(Vec::new()),
        }
    }
}

/// A user as a program is told. What a name that is not stored lacks is null or empty.
fn described(holder: &Holder, profile: Profile, permissions: &[String]) -> Json {
    let user = holder.user.as_ref();
    let groups = user.map(|user| user.groups.as_slice()).unwrap_or_default();
    let time = |at: Option<i64>| at.map_or(Json::Null, Json::integer);
    let attributes = user.map_or_else(|| Json::Object(Vec::new()), |user| user.attributes.clone());
    let members = [
        ("id", holder.subject.id.map_or(Json::Null, Json::integer)),
        ("username", Json::string(&holder.subject.username)),
        ("permissions", Json::strings(permissions)),
        ("groups", Json::strings(groups.iter().map(|group| group.name.as_str()))),
        ("attributes", attributes),
        ("superuser", Json::Bool(user.is_some_and(|user| user.superuser))),
        ("last_login", time(user.and_then(|user: &User| user.last_login))),
        ("created", time(user.map(|user| user.created))),
        ("profile", Json::string(profile.name())),
    ];
    Json::Object(members.map(|(name, value)| (name.to_owned(), value)).into())
}
