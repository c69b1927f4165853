//! What the settings decide about tokens, as plain values: a test writes one literal, and nothing
//! here knows where a value came from.

use crate::claims::Profile;
use crate::claims::grammar::{Mapped, Written};
use crate::event;
use crate::json::Json;
use crate::password::Cost;
use crate::session;
use crate::throttle::Limits;

/// The rules that an authority keeps.
#[derive(Debug, Clone)]
pub struct Rules {
    /// The profile of tokens for which nobody asks for another.
    pub profile: Profile,
    /// `iss`, written and expected.
    pub iss: Option<String>,
    /// What `sub` holds.
    pub sub: Sub,
    /// `aud`, written as it stands here and expected.
    pub aud: Option<Json>,
    /// Whether tokens carry `iat`.
    pub iat: bool,
    /// Whether tokens carry `jti`.
    pub jti: bool,
    /// How long after its issue a token becomes valid, in seconds; zero: no `nbf`.
    pub nbf: i64,
    /// `client_id`, for the profile that has one.
    pub client_id: String,
    /// How far clocks may be apart, in seconds.
    pub leeway: i64,
    /// Lifetimes, for every profile but ninja's.
    pub lifetimes: Lifetimes,
    /// Lifetimes for ninja's profile.
    pub ninja: Lifetimes,
    /// How long a replaced refresh token is an honest retry, in seconds.
    pub grace: i64,
    /// How long a session may last, in seconds.
    pub max_session: i64,
    /// When a refresh token is replaced.
    pub rotation: Rotation,
    /// Whether a refresh may move the end of the session's token.
    pub allow_update: bool,
    /// Claims filled from the stored user.
    pub mapped: Vec<Mapped>,
    /// Claims that are the same in every token.
    pub constants: Vec<Written>,
    /// What a password's hash costs.
    pub cost: Cost,
    /// How many wrong passwords are judged; none: all.
    pub throttle: Option<Limits>,
    /// Which of the frequent events are stored.
    pub recorded: Vec<event::Kind>,
    /// How long events are kept, in seconds.
    pub events_kept: i64,
}

/// What `sub` holds.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Sub {
    /// The user's name.
    Name,
    /// The user's id.
    Id,
    /// The same text in every token.
    Constant(String),
    /// Nothing; there is no `sub`.
    Absent,
}

/// How long tokens live, in seconds; none is "never".
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lifetimes {
    /// An access token; "never" ends with the refresh token.
    pub access: Option<i64>,
    /// A refresh token; "never" ends with the session.
    pub refresh: Option<i64>,
}

/// When a refresh token is replaced by a successor.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// Where the client is sure to take the successor.
    Auto,
    /// At every refresh whose answer has room for one.
    Always,
    /// Only where the client asks for a new refresh token.
    Update,
}

impl Rules {
    /// The lifetimes of a profile.
    pub fn lifetimes(&self, profile: Profile) -> Lifetimes {
        if profile == Profile::Ninja { self.ninja } else { self.lifetimes }
    }

    /// The limits of a session whose tokens have that profile.
    pub fn limits(&self, profile: Profile) -> session::Limits {
        let lifetime = self.lifetimes(profile).refresh;
        session::Limits { grace: self.grace, lifetime, max_session: self.max_session }
    }

    /// How long an access token with a lifetime of "never" lives where no refresh token bounds it,
    /// and how long a refresh token lives at most.
    pub fn refresh_lifetime(&self, profile: Profile) -> i64 {
        self.lifetimes(profile).refresh.unwrap_or(self.max_session).min(self.max_session)
    }

    /// How long an access token lives by itself.
    pub fn access_lifetime(&self, profile: Profile) -> i64 {
        self.lifetimes(profile).access.unwrap_or_else(|| self.refresh_lifetime(profile))
    }

    /// The longest that any token lives by these rules.
    pub fn longest_lifetime(&self) -> i64 {
        let of = |profile| self.refresh_lifetime(profile).max(self.access_lifetime(profile));
        of(Profile::Djwto).max(of(Profile::Ninja))
    }

    /// The latest `exp` that a token issued up to `moment` can have, if `known` is the latest that is
    /// recorded: earlier rules may have been more generous, and so may whoever asked for a token.
    pub fn last_expiry(&self, moment: i64, known: Option<i64>) -> i64 {
        let by_rules = moment.saturating_add(self.longest_lifetime());
        known.map_or(by_rules, |known| known.max(by_rules))
    }

    /// The audiences that we are.
    pub fn audiences(&self) -> Vec<String> {
        let one = self.aud.as_ref().and_then(Json::as_str).map(|one| vec![one]);
        let audiences = one.or_else(|| self.aud.as_ref().and_then(Json::as_strings));
        audiences.unwrap_or_default().into_iter().map(str::to_owned).collect()
    }
}
