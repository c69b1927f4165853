//! Users and groups of another store, as they come in. Names and permissions are in the form in
//! which they are kept; passwords are not yet judged ([`crate::password`] does), and neither is
//! whether a name is free.

use crate::error::Result;
use crate::json::Json;

/// All that one store had. Who or what cannot be taken over has a reason instead, so that one
/// strange row does not keep everybody else out.
#[derive(Debug, Default)]
pub struct Imported {
    /// The groups, in the order of their ids.
    pub groups: Vec<Result<ImportedGroup>>,
    /// The users, in the order of their ids.
    pub users: Vec<Result<ImportedUser>>,
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedGroup {
    /// As it was written.
    pub name: String,
    /// As `app_label.codename`, sorted, each once.
    pub permissions: Vec<String>,
}

/// A user as another store had one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImportedUser {
    /// The id over there.
    pub id: i64,
    /// In NFKC.
    pub username: String,
    /// What stood there for the password: a hash of theirs, or a mark that there is none.
    pub password: String,
    /// An inactive user gets no token.
    pub active: bool,
    /// Passes every permission check.
    pub superuser: bool,
    /// The user's own, as `app_label.codename`, sorted, each once.
    pub permissions: Vec<String>,
    /// The names of the user's groups, sorted, as [`ImportedGroup::name`] has them.
    pub groups: Vec<String>,
    /// `email`, `first_name`, `last_name`, `is_staff`.
    pub attributes: Json,
    /// The last login by password.
    pub last_login: Option<i64>,
    /// When the user was added over there.
    pub created: i64,
}
