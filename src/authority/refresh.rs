//! Refreshing: what the session says of the refresh token that is shown, carried out.

use crate::authority::issue::Token;
use crate::authority::mint::{Draft, Own};
use crate::authority::rules::Rotation;
use crate::authority::validate::{Asked, over, refused_by};
use crate::authority::{Authority, Holder};
use crate::claims::compose;
use crate::claims::{Claims, Kind};
use crate::error::{Code, Error, Result, Stage};
use crate::json::Json;
use crate::session::{self, Ended, Session, Turn, Verdict};

/// What a client asks for when it shows a refresh token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wish {
    /// A new access token, at a door whose client keeps the refresh token that it has.
    Access,
    /// A new access token, where the answer has no room for another refresh token.
    AccessOnly,
    /// A new access token, at a door whose client is sure to take a new refresh token too.
    Renewal,
    /// A new access token and a refresh token that ends later.
    Update,
}

/// The tokens after a refresh.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refreshed {
    /// The refresh token that counts now.
    pub refresh: String,
    /// A new access token.
    pub access: Token,
}

/// How often a lost race is run again before the store counts as held.
const ATTEMPTS: usize = 100;

impl Authority {
    /// Shows a refresh token. The same for every door and for the command line.
    pub fn refresh(&self, token: &str, wish: Wish) -> Result<Refreshed> {
        if wish == Wish::Update && !self.rules.allow_update {
            return Err(Error::new(
                Code::Usage,
                "refresh tokens are not renewed here (refresh.allow_update)",
            ));
        }
        // A refresh token is for whoever issued it. The audience that it carries is that of its
        // access tokens, and is judged only where the rules say who we are.
        let ignore_aud = self.rules.aud.is_none();
        let asked = Asked { kind: Some(Kind::Refresh), ignore_aud, ..Asked::default() };
        // Whoever refreshes signs: the private keys verify too, and are read once.
        self.ring()?;
        let claims = self.examine(token, &self.expected(&asked))?.accepted()?;
        for _ in 0..ATTEMPTS {
            if let Some(refreshed) = self.attempt(token, &claims, wish)? {
                return Ok(refreshed);
            }
        }
        Err(Error::new(Code::StoreLocked, "the session changes faster than it can be refreshed"))
    }

    /// One attempt; none if somebody else changed the session meanwhile.
    fn attempt(&self, token: &str, claims: &Claims, wish: Wish) -> Result<Option<Refreshed>> {
        let standing = self.standing(claims)?;
        if let Some(revocation) = &standing.revocation {
            return Err(revoked(refused_by(revocation)));
        }
        let Some(session) = standing.session else {
            return Err(revoked("its session is not known".to_owned()));
        };
        let holder = match self.holder(&session) {
            Err(error) if error.code() == Code::UserRefused => {
                if session.ended.is_none() {
                    self.end(&session, "the user may not be issued a token")?;
                }
                return Err(error);
            }
            other => other?,
        };
        let profile = claims.profile.unwrap_or(self.rules.profile);
        let shown = claims.jti.clone().unwrap_or_else(|| session.current.jti.clone());
        let limits = self.rules.limits(profile);
        let fresh = self.fresh_jti(profile);
        let verdict =
            session::present(&session, &shown, self.turn(wish), holder.now, (&limits, &fresh));
        match verdict {
            Verdict::Same => self.give(claims, &holder, &session, Some(token)).map(Some),
            Verdict::Current => self.give(claims, &holder, &session, None).map(Some),
            Verdict::Successor(next) | Verdict::Recovered(next) => {
                // Minted first: a successor that cannot be given must not take its place.
                let refreshed = self.give(claims, &holder, &next, None)?;
                Ok(self.store.replace_session(&session, &next)?.then_some(refreshed))
            }
            Verdict::Theft(ended) => {
                if !self.store.replace_session(&session, &ended)? {
                    return Ok(None);
                }
                Err(revoked(
                    "an old refresh token was used again, its session has been ended".to_owned(),
                ))
            }
            Verdict::Dead => Err(revoked(dead(&session))),
        }
    }

    /// Whether this wish, under the rules, replaces the refresh token.
    fn turn(&self, wish: Wish) -> Turn {
        match (wish, self.rules.rotation) {
            (Wish::Update, _) => Turn::Slide,
            (Wish::Renewal, Rotation::Auto | Rotation::Always)
            | (Wish::Access, Rotation::Always) => Turn::Rotate,
            _ => Turn::Keep,
        }
    }

    /// The session's user, past the one gate. A name that was unknown when the session began must
    /// be unknown still, and a stored user must be the same one.
    fn holder(&self, session: &Session) -> Result<Holder> {
        let holder = self.admit(&session.subject.username)?;
        if holder.subject.id == session.subject.id {
            return Ok(holder);
        }
        let name = session.subject.username.escape_debug();
        Err(Error::new(
            Code::UserRefused,
            format!("the user \"{name}\" is not the one the session began with"),
        ))
    }

    fn end(&self, session: &Session, reason: &str) -> Result<()> {
        let ended = Ended { at: self.now(), reason: reason.to_owned() };
        // If somebody was faster, the next attempt of this token meets what they left.
        self.store.replace_session(session, &Session { ended: Some(ended), ..session.clone() })?;
        Ok(())
    }

    /// A new access token, and the session's refresh token: the one that was shown, byte for byte,
    /// or the current one, minted (again) from what the row says.
    fn give(
        &self,
        claims: &Claims,
        holder: &Holder,
        session: &Session,
        same: Option<&str>,
    ) -> Result<Refreshed> {
        let profile = claims.profile.unwrap_or(self.rules.profile);
        let aud = claims.json.get("aud").cloned();
        let carried = compose::added(profile, &claims.json);
        let permissions = match &holder.user {
            Some(user) => user.permissions.clone(),
            None => claims.permissions.clone(),
        };
        let draft = Draft {
            holder,
            profile,
            iss: claims.iss.as_deref(),
            aud: aud.as_ref(),
            client_id: claims
                .json
                .get("client_id")
                .and_then(Json::as_str)
                .unwrap_or(&self.rules.client_id),
            permissions: &permissions,
            carried: &carried,
            added: &[],
            sid: Some(&session.sid),
        };
        let lifetime = self.rules.lifetimes(profile).access;
        // An access token ends with its refresh token at the latest, so that the session's row
        // outlives both.
        let end = session.current.expires;
        let expires = lifetime.map_or(end, |seconds| holder.now.saturating_add(seconds).min(end));
        let own = Own {
            kind: Kind::Access,
            jti: &self.fresh_jti(profile),
            issued: holder.now,
            expires,
            refresh_iat: Some(session.current.issued),
        };
        let access = self.mint(&draft, own)?;
        let refresh = match same {
            Some(token) => token.to_owned(),
            None => self.mint(&draft, Own::refresh(&session.current))?.text,
        };
        Ok(Refreshed { refresh, access })
    }
}

fn revoked(reason: String) -> Error {
    Error::new(Code::Refused(Stage::Revoked), reason)
}

fn dead(session: &Session) -> String {
    match &session.ended {
        Some(ended) => over(ended),
        None => format!("its session ended {}", crate::time::text(session.current.expires)),
    }
}
