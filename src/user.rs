//! Users: what the store keeps of a person, and how a name is written.

use unicode_normalization::UnicodeNormalization;

use crate::error::{Code, Error, Result};
use crate::json::Json;

/// The longest user name, in characters.
pub const MAX_NAME: usize = 150;

/// A stored user.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct User {
    /// Given once, never used again.
    pub id: i64,
    /// In NFKC, case-sensitive.
    pub username: String,
    /// The password's hash as a PHC string; none means that no password fits.
    pub password: Option<String>,
    /// An inactive user gets no token.
    pub active: bool,
    /// Passes every permission check.
    pub superuser: bool,
    /// Explicit permissions, in the order they were given.
    pub permissions: Vec<String>,
    /// The groups whose permissions the user has too.
    pub groups: Vec<Group>,
    /// Free attributes, an object.
    pub attributes: Json,
    /// The last login by password.
    pub last_login: Option<i64>,
    /// When the user was added.
    pub created: i64,
}

impl User {
    /// Every permission that the user has, each once: explicit ones first, then those of groups.
    pub fn granted(&self) -> Vec<String> {
        let of_groups = self.groups.iter().flat_map(|group| &group.permissions);
        merged(self.permissions.iter().chain(of_groups))
    }

    /// As tokens and sessions name this user.
    pub fn subject(&self) -> Subject {
        Subject { id: Some(self.id), username: self.username.clone() }
    }
}

/// Texts in their order, each once.
pub fn merged<'a>(texts: impl IntoIterator<Item = &'a String>) -> Vec<String> {
    let mut all: Vec<String> = Vec::new();
    for text in texts {
        if !all.contains(text) {
            all.push(text.clone());
        }
    }
    all
}

/// A named set of permissions.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Group {
    /// The name.
    pub name: String,
    /// The permissions, in the order they were given.
    pub permissions: Vec<String>,
}

/// Whom a token is about: a stored user, or a name that the store does not know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Subject {
    /// The user's id; none for a name that is not stored.
    pub id: Option<i64>,
    /// The name.
    pub username: String,
}

/// A user name as it is kept: NFKC, 1 to 150 characters, no control characters.
pub fn name(typed: &str) -> Result<String> {
    kept("user", typed)
}

/// A group's name, of which the same is asked.
pub fn group_name(typed: &str) -> Result<String> {
    kept("group", typed)
}

fn kept(what: &str, typed: &str) -> Result<String> {
    let name: String = typed.nfkc().collect();
    let refuse = |why: String| Err(Error::new(Code::Usage, why));
    if name.is_empty() {
        return refuse(format!("a {what} name needs at least one character"));
    }
    if name.chars().count() > MAX_NAME {
        return refuse(format!("a {what} name has at most {MAX_NAME} characters"));
    }
    if let Some(control) = name.chars().find(|c| is_control(*c)) {
        return refuse(format!(
            "the {what} name \"{}\" holds the control character U+{:04X}",
            name.escape_debug(),
            u32::from(control)
        ));
    }
    Ok(name)
}

/// A permission: not empty, no white space, no control characters.
pub fn permission(typed: &str) -> Result<String> {
    if typed.is_empty() || typed.chars().any(|c| c.is_whitespace() || is_control(c)) {
        return Err(Error::new(
            Code::Usage,
            format!(
                "\"{}\" is not a permission: one or more characters without white space were expected",
                typed.escape_debug()
            ),
        )
        .hint("write it like app.codename"));
    }
    Ok(typed.to_owned())
}

/// Control characters, and the invisible ones that reorder or hide what a person reads.
pub fn is_control(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}
