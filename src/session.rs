//! Sessions: what one login is, and what follows when a refresh token is shown.
//!
//! One login, or one minted pair, makes one row. The rules are pure functions over that row; the
//! store only replaces a row by its successor, if nobody was faster.

use crate::user::Subject;

/// A row of the session table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// The session's id, the claim `sid` of every token that came from it.
    pub sid: String,
    /// Whose it is.
    pub subject: Subject,
    /// When it began.
    pub created: i64,
    /// How often its refresh token was rotated.
    pub generation: i64,
    /// The refresh token that counts now.
    pub current: Refresh,
    /// The id of the one before.
    pub previous: Option<String>,
    /// When `previous` was replaced.
    pub rotated: Option<i64>,
    /// The generation in which `previous` was last accepted after the grace.
    pub recovered: Option<i64>,
    /// When and why it ended.
    pub ended: Option<Ended>,
}

/// What makes a refresh token this one and no other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refresh {
    /// Its `jti`.
    pub jti: String,
    /// Its `iat`.
    pub issued: i64,
    /// Its `exp`.
    pub expires: i64,
}

/// The end of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ended {
    /// When.
    pub at: i64,
    /// Why, in a word or the words of whoever ended it.
    pub reason: String,
}

/// How a door treats the refresh token it is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Turn {
    /// Gives the same one back.
    Keep,
    /// Gives a successor with the same `iat` and `exp`.
    Rotate,
    /// Gives a successor with a new `iat` and a later `exp`.
    Slide,
}

/// The limits that a session keeps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// How long after a rotation the previous token is an honest retry, in seconds.
    pub grace: i64,
    /// A refresh token's lifetime; none: as long as the session may last.
    pub lifetime: Option<i64>,
    /// How long a session may last.
    pub max_session: i64,
}

impl Limits {
    /// The `exp` of a refresh token issued at `now` in a session begun at `created`.
    pub fn expiry(&self, created: i64, now: i64) -> i64 {
        let end = created.saturating_add(self.max_session);
        self.lifetime.map_or(end, |lifetime| now.saturating_add(lifetime).min(end))
    }
}

/// What is to be done with a refresh token that was shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// Give the very token back with a new access token; the row stays.
    Same,
    /// Give `successor`, which is the row's new current token; the row becomes this.
    Successor(Session),
    /// Give the row's current token again; the row stays.
    Current,
    /// As `Current`, and the row becomes this: the last late use that is forgiven.
    Recovered(Session),
    /// Somebody uses what was replaced long ago: refuse, and the row becomes this.
    Theft(Session),
    /// Refuse; the row stays.
    Dead,
}

/// The word that a session ended by theft carries as its reason.
pub const THEFT: &str = "theft_detected";

/// Decides what follows when the refresh token `jti` of this session is shown at `now` at a door
/// that treats it as `turn` says; `fresh` is the id its successor would have.
pub fn present(
    session: &Session,
    jti: &str,
    turn: Turn,
    now: i64,
    with: (&Limits, &str),
) -> Verdict {
    let (limits, fresh) = with;
    if session.ended.is_some() || session.current.expires <= now {
        return Verdict::Dead;
    }
    if jti == session.current.jti {
        return match turn {
            Turn::Keep => Verdict::Same,
            // The longest session may have been made shorter since.
            Turn::Slide if limits.expiry(session.created, now) <= now => Verdict::Dead,
            Turn::Rotate | Turn::Slide => {
                Verdict::Successor(rotate(session, turn, now, (limits, fresh)))
            }
        };
    }
    if session.previous.as_deref() != Some(jti) {
        return Verdict::Theft(end(session, now, THEFT));
    }
    if session.rotated.is_some_and(|rotated| now <= rotated.saturating_add(limits.grace)) {
        return Verdict::Current;
    }
    match session.recovered {
        Some(when) if when >= session.generation.saturating_sub(1) => {
            Verdict::Theft(end(session, now, THEFT))
        }
        _ => Verdict::Recovered(Session { recovered: Some(session.generation), ..session.clone() }),
    }
}

/// Whether a refresh token of this session that is only being looked at still counts.
pub fn counts(session: &Session, jti: &str, now: i64, limits: &Limits) -> bool {
    let in_grace = || {
        session.previous.as_deref() == Some(jti)
            && session.rotated.is_some_and(|rotated| now <= rotated.saturating_add(limits.grace))
    };
    session.ended.is_none() && (jti == session.current.jti || in_grace())
}

fn rotate(session: &Session, turn: Turn, now: i64, with: (&Limits, &str)) -> Session {
    let (limits, fresh) = with;
    let current = match turn {
        Turn::Slide => Refresh {
            jti: fresh.to_owned(),
            issued: now,
            expires: limits.expiry(session.created, now),
        },
        Turn::Keep | Turn::Rotate => Refresh { jti: fresh.to_owned(), ..session.current.clone() },
    };
    Session {
        generation: session.generation.saturating_add(1),
        current,
        previous: Some(session.current.jti.clone()),
        rotated: Some(now),
        ..session.clone()
    }
}

/// The session, ended.
pub fn end(session: &Session, now: i64, reason: &str) -> Session {
    Session { ended: Some(Ended { at: now, reason: reason.to_owned() }), ..session.clone() }
}
