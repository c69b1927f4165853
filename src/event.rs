//! Events: what happened to whom, from where, as the audit log keeps it. Never a token, never a
//! password.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::json::Json;
use crate::user::Subject;

/// Something that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// When.
    pub at: i64,
    /// What.
    pub kind: Kind,
    /// To whom. None for a name that the store does not know: people type passwords where names
    /// are asked for.
    pub subject: Option<Subject>,
    /// The session.
    pub sid: Option<String>,
    /// The token.
    pub jti: Option<String>,
    /// From where.
    pub source: Source,
    /// More, in a few words.
    pub detail: Option<String>,
    /// What the tokens say that were given. Only hooks are told; it is not stored.
    pub claims: Option<Given>,
}

/// The claims of the tokens that were given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Given {
    /// Those of the refresh token.
    pub refresh: Json,
    /// Those of the access token.
    pub access: Json,
}

impl Event {
    /// An event of which nothing more is known yet.
    pub fn new(kind: Kind, at: i64, source: &Source) -> Self {
        let source = source.clone();
        Self { at, kind, subject: None, sid: None, jti: None, source, detail: None, claims: None }
    }

    /// The same event, about that subject.
    #[must_use]
    pub fn about(self, subject: &Subject) -> Self {
        Self { subject: Some(subject.clone()), ..self }
    }

    /// The same event, at which tokens were given that say this.
    #[must_use]
    pub fn given(self, claims: Given) -> Self {
        Self { claims: Some(claims), ..self }
    }

    /// The same event, in a few more words.
    #[must_use]
    pub fn detail(self, detail: impl Into<String>) -> Self {
        Self { detail: Some(detail.into()), ..self }
    }
}

/// From where somebody did something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Source {
    /// The door, or the command line.
    pub door: String,
    /// The client's address.
    pub address: Option<String>,
}

impl Source {
    /// Somebody at a terminal, or a script.
    pub fn command_line() -> Self {
        Self { door: "command line".to_owned(), address: None }
    }

    /// The server, which was told to.
    pub fn server() -> Self {
        Self { door: "server".to_owned(), address: None }
    }
}

macro_rules! kinds {
    ($($kind:ident $name:literal $about:literal)*) => {
        /// What can happen.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Kind { $(#[doc = $about] $kind),* }

        impl Kind {
            /// Every kind, in the order of their hooks.
            pub const ALL: &'static [Self] = &[$(Self::$kind),*];

            /// The names, in the same order.
            pub const NAMES: &'static [&'static str] = &[$($name),*];

            /// The name, in the log, in settings and hooks.
            pub fn name(self) -> &'static str {
                match self { $(Self::$kind => $name),* }
            }
        }
    };
}

kinds! {
    LoggedIn "logged_in" "Somebody logged in."
    LoginFailed "login_failed" "A login was refused."
    Blacklisted "blacklisted" "Something was revoked."
    TokenValidated "token_validated" "A token was found valid."
    AccessRefreshed "access_refreshed" "A new access token was given for a refresh token."
    RefreshUpdated "refresh_updated" "A refresh token was replaced by one that ends later."
    RefreshRefused "refresh_refused" "A genuine refresh token was refused."
    RefreshRecovered "refresh_recovered" "A replaced refresh token was taken after its grace."
    TheftDetected "theft_detected" "An old refresh token was used, which ended its session."
    LoggedOut "logged_out" "Somebody logged out."
    Throttled "throttled" "Logins were slowed."
    UserChanged "user_changed" "A user was changed."
    KeyChanged "key_changed" "A key was changed."
    SettingsReloaded "settings_reloaded" "The settings were read again."
}

impl Kind {
    /// The kind of that name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|kind| kind.name() == name)
    }

    /// Happens with every request, and is stored only where the settings say so.
    pub fn is_frequent(self) -> bool {
        matches!(self, Self::TokenValidated | Self::AccessRefreshed)
    }
}

/// How often each kind has happened.
#[derive(Debug, Default)]
pub struct Tally([AtomicU64; Kind::ALL.len()]);

impl Tally {
    /// It happened once more.
    pub fn count(&self, kind: Kind) {
        // The kinds are numbered in the order of `Kind::ALL`.
        if let Some(count) = self.0.get(kind as usize) {
            count.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Every kind, and how often it happened.
    pub fn counts(&self) -> impl Iterator<Item = (Kind, u64)> {
        Kind::ALL.iter().zip(&self.0).map(|(kind, count)| (*kind, count.load(Ordering::Relaxed)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_is_counted_by_itself() {
        let tally = Tally::default();
        for (at, kind) in Kind::ALL.iter().enumerate() {
            (0..=at).for_each(|_| tally.count(*kind));
        }
        let counts: Vec<_> = tally.counts().collect();
        let expected: Vec<_> = Kind::ALL.iter().copied().zip(1..).collect();
        assert_eq!(counts, expected);
    }
}
